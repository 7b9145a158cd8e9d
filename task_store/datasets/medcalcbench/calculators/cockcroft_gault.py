"""Creatinine clearance by Cockcroft-Gault. Version 1. Not for clinical use."""

import datetime
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
from task_store.datasets.medcalcbench.dates import read_date
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import CREATININE, WEIGHT

_SOURCE = (
    "Cockcroft DW, Gault MH. Prediction of creatinine clearance from serum creatinine. Nephron 1976;16:31-41 "
    "(formula looked up in Taber's Medical Dictionary; citation from memory)."
)


def creatinine_clearance_ml_min(
    *, age_years: float, weight_kg: float, creatinine_mg_dl: float, female: bool
) -> float:
    """(140 - age) * weight / (72 * creatinine), times 0.85 for women; not rounded.

    Args:
        age_years: completed years.
        weight_kg: body weight; the original equation takes the actual weight.
        creatinine_mg_dl: serum creatinine in mg/dL.
        female: whether the factor 0.85 applies.

    Returns:
        Creatinine clearance in mL/min. Not for clinical use.
    """
    clearance = (140 - age_years) * weight_kg / (72 * creatinine_mg_dl)
    return clearance * 0.85 if female else clearance


def _patient(rng: random.Random) -> tuple[Person, float, float]:
    """A person with weight (kg) and creatinine (mg/dL), clearance spread evenly on a log scale."""
    while True:
        person = Person.draw(rng, rng.randint(24, 91))
        weight_kg = rng.uniform(47, 98) if person.female else rng.uniform(54, 116)
        target = math.exp(rng.uniform(math.log(9), math.log(150)))
        creatinine = creatinine_clearance_ml_min(
            age_years=person.age_years, weight_kg=weight_kg, creatinine_mg_dl=1, female=person.female
        )
        if 0.55 <= creatinine / target <= 8.5:
            return person, weight_kg, creatinine / target


def _age(note: str, rng: random.Random, age_years: int) -> tuple[dict[str, str], list[str]]:
    """Slots and reference lines of the age: printed, or to be found from the birth date and the visit."""
    if "{birth" not in note:
        return {}, [f"age_years = {age_years}"]
    visit = datetime.date(2018, 1, 1) + datetime.timedelta(days=rng.randrange(2500))
    # Born 20 to 340 days before the birthday that was the last one, so the visit is never on a birthday.
    last_birthday = visit - datetime.timedelta(days=rng.randint(20, 340))
    day = min(last_birthday.day, 28)
    born = read_date(note, "birth", last_birthday.replace(year=last_birthday.year - age_years, day=day))
    seen = read_date(note, "visit", visit)
    return born.slots() | seen.slots(), [
        "import datetime",
        *born.code(),
        *seen.code(),
        "age_years = visit.year - birth.year - ((visit.month, visit.day) < (birth.month, birth.day))",
    ]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    person, weight_kg, creatinine_mg_dl = _patient(rng)
    note = phrasing.note
    weight, creatinine = WEIGHT.read(note, weight_kg), CREATININE.read(note, creatinine_mg_dl)
    old_weight = WEIGHT.read_old(note, superseded(rng, weight.value, 42, 140))
    old_creatinine = CREATININE.read_old(note, superseded(rng, creatinine.value, 0.5, 9))
    age_slots, age_code = _age(note, rng, person.age_years)

    def clearance(weight_kg: float, creatinine_mg_dl: float) -> float:
        return creatinine_clearance_ml_min(
            age_years=person.age_years,
            weight_kg=weight_kg,
            creatinine_mg_dl=creatinine_mg_dl,
            female=person.female,
        )

    slots = incidentals(rng) | person.slots() | weight.slots() | creatinine.slots() | age_slots
    slots |= {"height_cm": str(rng.randint(152, 172) if person.female else rng.randint(163, 188))}
    for old in (old_weight, old_creatinine):
        slots |= old.slots("old_") if old else {}
    code = [
        *age_code,
        f"female = {person.female}",
        *weight.code(),
        *creatinine.code(),
        "answer = (140 - age_years) * weight_kg / (72 * creatinine_mg_dl) * (0.85 if female else 1)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(clearance(weight.value, creatinine.value)),
        reference="\n".join(code),
        trap=clearance(weight.value, old_creatinine.value if old_creatinine else creatinine.value),
        conversions=weight.converted + creatinine.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <came to the emergency department|was seen in the emergency department>
        after {days} days of vomiting and poor intake. {He} <has osteoarthritis and takes ibuprofen on most
        days|takes ibuprofen most days for osteoarthritis>; there is no history of kidney stones. At {his}
        yearly check {months_ago} months ago {he} weighed {old_weight_lb} lb and the serum creatinine was
        {old_creatinine_mg_dl} mg/dL. Today the triage scale shows {weight_lb} lb at a height of {height_cm}
        cm. Blood pressure {bp} mmHg, pulse {pulse}/min, temperature 36.8 °C. The abdomen is soft without
        flank tenderness. Blood drawn on arrival: sodium {sodium} mmol/L, potassium {potassium} mmol/L,
        <serum creatinine|creatinine> {creatinine_mg_dl} mg/dL, haemoglobin {hb} g/dL. {His} mother spent
        her last years on dialysis. A renal ultrasound is planned for tomorrow.
        """,
        question="""
        Using the Cockcroft-Gault equation with today's measured body weight (not an ideal or adjusted
        weight) and the creatinine drawn on arrival, what is the patient's creatinine clearance in mL/min?
        Do not round.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        Dear colleague,

        Thank you for <referring|sending> {Mr} {surname}, {an_age}-year-old {man} whom I saw in the kidney
        clinic this week. {He} feels well, sleeps through the night and has no ankle swelling. {His} tablets
        are amlodipine 5 mg and atorvastatin 20 mg. On our scales {he} weighed {weight_kg} kg in light
        clothing; your letter of {years_ago} years ago gives {old_weight_kg} kg. Seated blood pressure was
        {bp} mmHg. The serum creatinine from this visit is {creatinine_umol_l} µmol/L, <against|compared
        with> {old_creatinine_umol_l} µmol/L in your letter. Potassium is {potassium} mmol/L and haemoglobin
        {hb} g/dL. Urine dipstick shows neither blood nor protein. A repeat creatinine in three months has
        been arranged but not yet taken.
        """,
        question="""
        What creatinine clearance (mL/min) does the Cockcroft-Gault equation give for this clinic visit?
        Take the weight measured on the clinic's scales as it is, and give the unrounded number.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        REASON FOR CONSULT: dosing of a renally cleared antibiotic.

        HISTORY: {age}-year-old {male}, day {days} after hip surgery, wound infection, bed {bed}. Type 2
        diabetes on metformin. No previous dialysis; a brother has polycystic kidneys, the patient's own
        scan was normal.

        MEASUREMENTS: height {height_cm} cm; weight this morning {weight_lb} lb (chair scale). The
        anaesthetic chart still carries {old_weight_lb} lb, which was the patient's estimate and is wrong.

        LABS (06:00 today): creatinine {creatinine_umol_l} µmol/L, sodium {sodium} mmol/L, glucose {glucose}
        mg/dL, WBC {wbc} x10^9/L. LABS (before surgery): creatinine {old_creatinine_umol_l} µmol/L.

        PLAN: gentamicin level not yet drawn.
        """,
        question="""
        Compute the Cockcroft-Gault creatinine clearance in mL/min from this morning's weight (actual body
        weight) and the 06:00 creatinine. No rounding is needed.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Pharmacy <handover|hand-off>, {visit_iso}. New on the ward: {Mr} {surname} ({male}), born
        {birth_iso}, treated for a deep vein thrombosis that was confirmed by ultrasound yesterday. The ward
        weighed {him} today at {weight_kg} kg; an ambulance sheet from an admission {years_ago} years back
        says {old_weight_kg} kg. Kidney function today: creatinine {creatinine_umol_l} µmol/L. A value of
        {old_creatinine_umol_l} µmol/L stems from that earlier admission. Platelets {platelets} x10^9/L, ALT
        {alt} U/L, both fine. {He} eats normally and takes no other medicines; {his} father had a stroke at
        70. Anti-Xa levels have not been requested.
        """,
        question="""
        For anticoagulant dosing, calculate the creatinine clearance after Cockcroft and Gault on the day of
        the handover, in mL/min, with the body weight measured that day. Use the age in completed years;
        keep all decimals.
        """,
        inferences=1,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        This {age}-year-old {man} transferred from a rehabilitation centre for review of medicines. Records
        sent along list a creatinine of {old_creatinine_mg_dl} mg/dL at the start of that stay, when {he}
        was recovering from heat stroke. Since then {he} has been walking daily. Vital signs on transfer:
        heart rate {pulse}, blood pressure {bp}, oxygen saturation {spo2} % on room air. Body weight on
        transfer was {weight_stone} st {weight_rest_lb} lb, and the dietitian hopes to reach 2 lb more by
        next month. Chemistry on transfer came back with potassium {potassium} mmol/L, magnesium {magnesium}
        mg/dL and a creatinine of {creatinine_mg_dl} mg/dL. {He} has never <had gout|been told of a kidney
        disease>. One sister takes tablets for an overactive thyroid.
        """,
        question="""
        How large is this patient's creatinine clearance on transfer by the formula of Cockcroft and Gault?
        Enter the true body weight in kg (1 stone is 14 pounds) and answer in mL/min without rounding.
        """,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="cockcroft_gault",
    title="Creatinine Clearance (Cockcroft-Gault Equation)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mL/min"),
    judged=judged_equation("mL/min", "the Cockcroft-Gault equation with the actual body weight", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
