"""CURB-65 severity of community-acquired pneumonia. Version 1. Not for clinical use."""

import itertools
import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case, tell_all
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import BREATHS, UREA_NITROGEN
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Lim WS, van der Eerden MM, Laing R, et al. Defining community acquired pneumonia severity on "
    "presentation to "
    "hospital. Thorax 2003;58:377-382 (criteria looked up in summaries of that paper)."
)
_RULES = (
    "One point each for confusion, urea above 7 mmol/L (urea nitrogen above 19 mg/dL), respiratory rate "
    "of 30/min or "
    "more, systolic pressure below 90 or diastolic pressure of 60 mmHg or less, and age of 65 years or more."
)


def curb65_points(
    *,
    confusion: bool,
    bun_mg_dl: float,
    respiratory_rate_per_min: float,
    systolic_mmhg: int,
    diastolic_mmhg: int,
    age_years: int,
) -> int:
    """CURB-65, 0 to 5 points.

    Args:
        confusion: new confusion at presentation.
        bun_mg_dl: blood urea nitrogen in mg/dL (urea in mmol/L times 2.8).
        respiratory_rate_per_min: breaths per minute.
        systolic_mmhg: systolic blood pressure.
        diastolic_mmhg: diastolic blood pressure.
        age_years: completed years.

    Returns:
        Points. Not for clinical use.
    """
    return sum(
        (
            confusion,
            bun_mg_dl > 19,
            respiratory_rate_per_min >= 30,
            systolic_mmhg < 90 or diastolic_mmhg <= 60,
            age_years >= 65,
        )
    )


_CASES = [(sum(case), case) for case in itertools.product((False, True), repeat=5)]


def _pressure(rng: random.Random, low: bool) -> tuple[int, int]:
    """Systolic and diastolic pressure (mmHg), clear of thresholds whose exact edge textbooks dispute."""
    if not low:
        return rng.randint(102, 148), rng.randint(64, 86)
    if rng.random() < 0.5:
        return rng.randint(74, 87), rng.randint(42, 57)
    return rng.randint(96, 118), rng.randint(46, 57)


def _urea_nitrogen_mg_dl(rng: random.Random, high: bool) -> float:
    return rng.uniform(23, 58) if high else rng.uniform(8.5, 17)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    confused, uraemic, fast, low, old = even_case(rng, _CASES)
    note = phrasing.note
    person = Person.draw(rng, rng.randint(65, 94) if old else rng.randint(23, 64))
    urea = UREA_NITROGEN.read(note, _urea_nitrogen_mg_dl(rng, uraemic))
    earlier = UREA_NITROGEN.read_old(note, _urea_nitrogen_mg_dl(rng, not uraemic))
    breaths = BREATHS.read(note, rng.randint(32, 40) if fast else rng.randint(14, 26))
    systolic, diastolic = _pressure(rng, low)
    later_systolic, later_diastolic = _pressure(rng, not low)
    told = tell_all(rng, phrasing.findings, {"confusion": confused})["confusion"]

    def points(bun_mg_dl: float) -> int:
        return curb65_points(
            confusion=confused,
            bun_mg_dl=bun_mg_dl,
            respiratory_rate_per_min=breaths.value,
            systolic_mmhg=systolic,
            diastolic_mmhg=diastolic,
            age_years=person.age_years,
        )

    slots = (
        incidentals(rng)
        | person.slots()
        | urea.slots()
        | breaths.slots()
        | (earlier.slots("old_") if earlier else {})
    )
    slots |= {
        "systolic": str(systolic),
        "diastolic": str(diastolic),
        "other_bp": f"{later_systolic}/{later_diastolic}",
        "fever": f"{rng.uniform(37.9, 39.8):.1f}",
        "fast_pulse": str(rng.randint(88, 126)),
        "confusion": told.sentence,
    }
    code = [
        f"age_years = {person.age_years}",
        told.code("confusion", slots),
        *urea.code(),
        *breaths.code(),
        f"systolic_mmhg = {systolic}",
        f"diastolic_mmhg = {diastolic}",
        "low_pressure = systolic_mmhg < 90 or diastolic_mmhg <= 60",
        "answer = confusion + (bun_mg_dl > 19) + (respiratory_rate_per_min >= 30) + low_pressure + "
        "(age_years >= 65)",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(urea.value)),
        reference="\n".join(code),
        trap=points(earlier.value if earlier else urea.value),
        conversions=urea.converted + breaths.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} was brought <in by ambulance|to the emergency room> with {days} days of
        fever, cough and rusty sputum. {confusion} On arrival: temperature {fever} °C, heart rate
        {fast_pulse}/min, respiratory rate {respiratory_rate_per_min}/min, blood pressure
        {systolic}/{diastolic} mmHg, oxygen saturation {spo2} % with 2 L of oxygen. Crackles over the right
        lower lobe; the chest film shows consolidation there. First blood tests: urea {urea_mmol_l} mmol/L,
        sodium {sodium} mmol/L, CRP {crp} mg/L, platelets {platelets} x10^9/L. A blood test at the family
        practice {months_ago} months ago had shown a urea of {old_urea_mmol_l} mmol/L. Two hours later,
        <after the first antibiotic|while still in the emergency room>, the blood pressure was {other_bp}
        mmHg. Sputum culture is pending.
        """,
        question=f"""
        What is the patient's CURB-65 score on arrival? Use the first measurements after arrival and count
        new confusion only. {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings={
            "confusion": FindingText(
                present=(
                    "{He} could not say what year it was and took the nurse for a neighbour, which the "
                    "family says is"
                    " new.",
                    "Since this morning {he} has been disoriented to time and place.",
                ),
                absent=("{He} answers questions promptly and knows where {he} is.",),
                decoy=(
                    "{He} was confused for a day after an operation {years_ago} years ago, but is fully "
                    "oriented now.",
                    "The relative who came along has dementia; the patient is oriented to person, place "
                    "and time.",
                ),
            )
        },
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        Presenting problem: suspected pneumonia. {Mr} {surname}, {age}, {male}, lives alone.

        Observations at triage: BP {systolic} over {diastolic}, {breaths_in_15_s} breaths counted in 15
        seconds, pulse {fast_pulse}, temp {fever} °C, SpO2 {spo2} %. Repeat set at the change of shift: BP
        {other_bp}.

        Background: asthma in childhood, appendix removed. Blood urea nitrogen on a chart printout
        {months_ago} months old: {old_bun_mg_dl} mg/dL.

        Examination: bronchial breathing on the left. {confusion} No leg swelling.

        Results from triage bloods: WBC {wbc} x10^9/L, blood urea nitrogen {bun_mg_dl} mg/dL, glucose
        {glucose} mg/dL, potassium {potassium} mmol/L. Arterial gas <not done|not yet taken>.
        """,
        question=f"""
        How many points does this patient have on the CURB-65 scale, judged by the triage findings and
        triage bloods? {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "confusion": FindingText(
                present=(
                    "Mental test score 5 out of 10; the family reports that {he} was perfectly clear "
                    "yesterday.",
                    "Newly muddled: gives the wrong city and believes it is summer holidays.",
                ),
                absent=("Mental test score 10 out of 10.", "Alert, fully oriented."),
                decoy=(
                    "Neighbour feared confusion on the phone, but the mental test score here is 10 out "
                    "of 10.",
                ),
            )
        },
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        A previously active {man} of {age} years developed pleuritic chest pain and chills {days} days
        before admission. A course of doxycycline was <considered|discussed> by phone but never started. In
        the admission unit {he} had a temperature of {fever} °C and took {breaths_in_30_s} breaths in half a
        minute (30 seconds); the cuff read {systolic}/{diastolic} mmHg, whereas the ambulance crew had noted
        {other_bp} mmHg. {confusion} Chest radiography showed a lobar infiltrate without effusion. On
        admission the urea measured {urea_mmol_l} mmol/L, haemoglobin {hb} g/dL and alanine aminotransferase
        {alt} U/L. For comparison, the urea had been {old_urea_mmol_l} mmol/L on the day {he} left hospital
        after a fracture last year. Legionella antigen in urine was negative.
        """,
        question=f"""
        Score this admission by CURB-65, from what was found in the admission unit (not before).
        {OMISSION_RULES["c"]} The answer is a whole number of points.
        """,
        findings={
            "confusion": FindingText(
                present=(
                    "{He} was newly disoriented and kept asking why the train had stopped.",
                    "Acute confusion was evident: {he} knew {his} name but neither the date nor the place.",
                ),
                absent=("There was no confusion.", "{He} was lucid throughout."),
                decoy=(
                    "{His} late father had been confused for years, but the patient was lucid throughout.",
                    "A note of confusion in the old file refers to a concussion at school; {he} was lucid on"
                    " admission.",
                ),
            )
        },
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Night doctor's entry, bed {bed}. Called to see a {male} patient aged {age} sent up with a diagnosis
        of community-acquired pneumonia. From the referral: last urea on file {old_urea_mmol_l} mmol/L
        (routine sample, {years_ago} years old). My findings on first contact: looks ill, temperature
        {fever}, pulse {fast_pulse} regular, {breaths_in_30_s} respirations in the 30 seconds that I
        counted, pressure in the right arm {systolic}/{diastolic}. {confusion} Dull percussion note at the
        left base. Point-of-care panel at first contact: urea {urea_mmol_l} mmol/L, sodium {sodium},
        haemoglobin {hb}. Around dawn, with fluids running, the pressure had changed to {other_bp}.
        Echocardiogram <requested|booked> for the morning. No recent travel, no birds at home.
        """,
        question=f"""
        Which CURB-65 value belongs to the doctor's first contact? Leave out later measurements and the
        file. {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "confusion": FindingText(
                present=(
                    "Cannot name the hospital or the month, a change from this afternoon according to "
                    "the nurses.",
                    "Rambling since the evening, does not recognise the ward, previously sharp.",
                ),
                absent=(
                    "Conversation entirely sensible.",
                    "Names date, ward and prime minister without a slip.",
                ),
                decoy=(
                    "The patient in the next bed is the confused one; this patient converses sensibly.",
                    "Delirium during flu in childhood is mentioned in the file; tonight the "
                    "conversation is sensible.",
                ),
            )
        },
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Summary for the respiratory team: {Mr} {surname} is {an_age}-year-old {man} with right-sided
        pneumonia on X-ray. {confusion} Laboratory sheet from the day of presentation: blood urea nitrogen
        {bun_mg_dl} mg/dL, white cells {wbc}, C-reactive protein {crp}. Laboratory sheet from a hospital
        stay {years_ago} years ago: blood urea nitrogen {old_bun_mg_dl} mg/dL. Nursing sheet from
        presentation: {breaths_in_15_s} breaths in 15 s, BP {systolic}/{diastolic}, HR {fast_pulse}, T
        {fever}. Nursing sheet from the following day: BP {other_bp}, T 37.4. <Intensive care was informed
        but has not seen the patient|A CT scan has been discussed but not performed>. Vaccinated against
        influenza; penicillin tolerated well in the past.
        """,
        question=f"""
        Give the CURB-65 score that the patient had at presentation, as an integer. {OMISSION_RULES["e"]}
        """,
        findings={
            "confusion": FindingText(
                present=(
                    "At presentation {he} was newly confused, naming a street from {his} youth as the "
                    "present address.",
                    "The family brought {him} because {he} had begun to talk confusedly that day.",
                ),
                absent=("At presentation {he} was clear and cooperative.",),
                decoy=(
                    "Confusion was looked for at presentation and not found.",
                    "{He} looks after an uncle who is confused at night; at presentation {he} was clear.",
                ),
            )
        },
        inferences=5,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="curb65",
    title="CURB-65 Score for Pneumonia Severity",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
