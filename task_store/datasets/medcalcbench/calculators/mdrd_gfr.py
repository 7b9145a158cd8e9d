"""Glomerular filtration rate by the MDRD Study equation. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities_g1 import SERUM_CREATININE, read_old

_SOURCE = (
    "Levey AS, Coresh J, Greene T, et al. Using standardized serum creatinine values in the Modification of "
    "Diet in Renal Disease study equation for estimating glomerular filtration rate. Ann Intern Med "
    "2006;145:247-254 (formula and citation looked up on kidney.org)."
)
_UNIT = "mL/min/1.73 m²"


def mdrd_gfr_ml_min_173m2(*, age_years: float, creatinine_mg_dl: float, female: bool, black: bool) -> float:
    """175 * Scr^-1.154 * age^-0.203, times 0.742 for women, times 1.212 for Black patients; not rounded.

    The four-variable equation re-expressed for standardized creatinine (175, not 186), which
    MedCalc-Bench uses. The race factor is part of this historical equation and is kept only to
    reproduce it; the race-free CKD-EPI equation of 2021 has replaced it in practice. A race that the
    record does not state counts as not Black; the other inputs are needed.

    Args:
        age_years: age in years, adults.
        creatinine_mg_dl: standardized serum creatinine in mg/dL.
        female: whether the factor 0.742 applies.
        black: whether the factor 1.212 applies.

    Returns:
        Glomerular filtration rate in mL/min per 1.73 m^2 of body surface. Not for clinical use.
    """
    rate: float = 175 * creatinine_mg_dl**-1.154 * age_years**-0.203
    return rate * (0.742 if female else 1) * (1.212 if black else 1)


def _patient(rng: random.Random) -> tuple[Person, bool, float]:
    """A person, whether Black, and a creatinine (mg/dL); the rate is spread evenly on a log scale."""
    while True:
        person, black = Person.draw(rng, rng.randint(22, 89)), rng.random() < 0.5
        target = math.exp(rng.uniform(math.log(6), math.log(140)))
        at_one = mdrd_gfr_ml_min_173m2(
            age_years=person.age_years, creatinine_mg_dl=1, female=person.female, black=black
        )
        creatinine = (at_one / target) ** (1 / 1.154)
        if 0.45 <= creatinine <= 10:
            return person, black, creatinine


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, black, creatinine_mg_dl = _patient(rng)
    creatinine = SERUM_CREATININE.read(note, creatinine_mg_dl)
    old = read_old(SERUM_CREATININE, note, superseded(rng, creatinine.value, 0.45, 11))

    def rate(creatinine_mg_dl: float) -> float:
        return mdrd_gfr_ml_min_173m2(
            age_years=person.age_years,
            creatinine_mg_dl=creatinine_mg_dl,
            female=person.female,
            black=black,
        )

    slots = incidentals(rng) | person.slots() | creatinine.slots() | old.slots("old_")
    slots |= {"race": "Black" if black else rng.choice(["white", "Asian"])}
    code = [
        f"age_years = {person.age_years}",
        f"female = {person.female}",
        f"black = {black}",
        *creatinine.code(),
        "answer = 175 * creatinine_mg_dl ** -1.154 * age_years ** -0.203",
        "answer *= (0.742 if female else 1) * (1.212 if black else 1)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(rate(creatinine.value)),
        reference="\n".join(code),
        trap=rate(old.value),
        conversions=int(creatinine.converted),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {race} {man} <was asked|has been asked> to come back because of a kidney value.
        Repeat sample today, creatinine {creatinine_umol_l} µmol/L and potassium {potassium} mmol/L; the
        first sample, drawn {days} days ago after a marathon, had shown {old_creatinine_umol_l} µmol/L.
        Examination is normal, blood pressure {bp} mmHg, pulse {pulse}/min. {He} takes no painkillers.
        {His} neighbour's kidneys were damaged by lithium. A renal biopsy is not being considered.
        """,
        question="""
        What is the glomerular filtration rate in mL/min/1.73 m² by the four-variable MDRD equation for
        standardized creatinine (factor 175; 1.212 if the record calls the patient Black), from the repeat
        sample? Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        RESEARCH RECORD (kidney cohort, entry from the MDRD era)

        Participant {surname}, {male}, {age} years, self-reported race: {race}.

        Baseline visit: serum creatinine {old_creatinine_mg_l} mg/L. Visit 2 (closing visit): serum
        creatinine {creatinine_mg_l} mg/L, haemoglobin {hb} g/dL, sodium {sodium} mmol/L, BP {bp}.

        Events between the visits: <none reported|no event>. Iothalamate clearance: planned, kit missing.
        """,
        question="""
        Compute the MDRD Study estimate (175 version, four variables, race coefficient 1.212 for Black
        participants) for the closing visit in mL/min/1.73 m²; 1 mg/dL is 10 mg/L. Report it unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for referring {Mr} {surname} to the stone clinic. {He} is {age} years old; your form notes
        "{race} {man}, otherwise fit". A stone passed {months_ago} months ago, when obstruction had
        pushed the serum creatinine to {old_creatinine_umol_l} µmol/L. On attendance now it measures
        {creatinine_umol_l} µmol/L, with calcium and urate in range and platelets {platelets}. {He} drinks
        two litres a day <and has no pain|and is free of pain>. An uncle was once told of a horseshoe
        kidney. We shall repeat the ultrasound in spring.
        """,
        question="""
        For the attendance described as "now", give the eGFR by MDRD in mL/min/1.73 m², unrounded. Use the
        equation with 175 and, as that equation had it, the factor 1.212 if the form states Black.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Archive review of a drug reaction. Case file: {race}, {male}, age {age}. During the reaction a
        creatinine of {old_creatinine_mmol_l} mmol/L was entered. One month after recovery, which is the
        date of interest, the entry is {creatinine_mmol_l} mmol/L. Liver enzyme ALT {alt} U/L, leukocytes
        {wbc}, glucose {glucose} mg/dL at the same date. Rechallenge was <refused|declined>. The reporter
        adds that a sibling of the patient reacted in the same way.
        """,
        question="""
        Reconstruct the MDRD filtration rate at the date of interest in mL/min/1.73 m². The laboratory used
        175 x creatinine^-1.154 x age^-0.203 with creatinine in mg/dL, 0.742 for female and 1.212 for Black
        patients; keep all digits.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Seen on the day unit, bed {bed}: {an_age}-year-old {man} for an iron infusion. The demographic sheet
        gives race as {race}. Haemoglobin has reached {hb} g/dL. Kidney function was sampled with the
        cannula, yielding creatinine {creatinine_umol_l} µmol/L, magnesium {magnesium} mg/dL and sodium
        {sodium} mmol/L. The infusion protocol still shows {old_creatinine_umol_l} µmol/L copied from the
        previous course, {years_ago} years ago. {He} <felt|reported feeling> well throughout. Ferritin will
        follow by post.
        """,
        question="""
        How many mL/min/1.73 m² does the MDRD equation (four variables, IDMS form with 175, including its
        multiplier 1.212 for patients recorded as Black) yield for the sample taken with the cannula? Please
        leave the figure as computed.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="mdrd_gfr",
    title="MDRD GFR Equation",
    version="1",
    source=_SOURCE,
    answer_format=number_format(_UNIT),
    judged=judged_equation(
        _UNIT, "the four-variable MDRD equation (175, race factor as the question states)", _SOURCE
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
