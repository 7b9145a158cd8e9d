"""Adjusted body weight. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.calculators.ideal_body_weight import ideal_body_weight_kg
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import WEIGHT
from task_store.datasets.medcalcbench.quantities_g2 import HEIGHT_INCHES

_SOURCE = (
    "Adjusted body weight with the factor 0.4 over Devine's ideal body weight (Devine BJ. Drug Intell Clin "
    "Pharm 1974;8:650-655; both looked up on globalrph.com and clincalc.com)."
)


def adjusted_body_weight_kg(*, weight_kg: float, height_inches: float, female: bool) -> float:
    """Ideal + 0.4 * (actual - ideal), the ideal body weight by Devine; not rounded.

    Applied at any weight, as in MedCalc-Bench; in practice it is used when the actual weight is well
    above the ideal one.

    Args:
        weight_kg: actual body weight in kg.
        height_inches: standing height in inches, parts of an inch included.
        female: whether Devine's base weight for women applies.

    Returns:
        Adjusted body weight in kg. Not for clinical use.
    """
    ideal_kg = ideal_body_weight_kg(height_inches=height_inches, female=female)
    return ideal_kg + 0.4 * (weight_kg - ideal_kg)


def _heavy(rng: random.Random) -> tuple[Person, float, float]:
    """An overweight person with height (inches) and weight (kg), adjusted weight even on a log scale."""
    target_kg = math.exp(rng.uniform(math.log(54), math.log(126)))
    while True:
        person = Person.draw(rng, rng.randint(23, 79))
        height_inches = rng.uniform(60.5, 72) if person.female else rng.uniform(63, 78)
        ideal_kg = ideal_body_weight_kg(height_inches=height_inches, female=person.female)
        weight_kg = ideal_kg + (target_kg - ideal_kg) / 0.4
        if 1.2 <= weight_kg / ideal_kg <= 3 and weight_kg <= 215:
            return person, height_inches, weight_kg


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, height_inches, weight_kg = _heavy(rng)
    height, weight = HEIGHT_INCHES.read(note, height_inches), WEIGHT.read(note, weight_kg)
    old_weight = WEIGHT.read_old(note, superseded(rng, weight.value, 50, 240))

    def adjusted(weight_kg: float) -> float:
        return adjusted_body_weight_kg(weight_kg=weight_kg, height_inches=height.value, female=person.female)

    slots = incidentals(rng) | person.slots() | weight.slots() | height.slots()
    slots |= old_weight.slots("old_") if old_weight else {}
    code = [
        f"female = {person.female}",
        *weight.code(),
        *height.code(),
        "ideal_kg = (45.5 if female else 50) + 2.3 * (height_inches - 60)",
        "answer = ideal_kg + 0.4 * (weight_kg - ideal_kg)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(adjusted(weight.value)),
        reference="\n".join(code),
        trap=adjusted((old_weight or weight).value),
        conversions=weight.converted + height.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} is to receive an aminoglycoside for an infected hip. {He} has been heavy
        since childhood. Today's measurements: weight {weight_lb} lb, height {height_cm} cm. In the file of
        {years_ago} years ago the weight is {old_weight_lb} lb. Temperature 38.6 °C, <heart rate|pulse>
        {pulse}/min, leukocytes {wbc}, C-reactive protein {crp} mg/L. {His} kidneys are healthy. An
        ultrasound of the joint has been arranged.
        """,
        question="""
        What is the patient's adjusted body weight in kg, that is the Devine ideal body weight plus 0.4
        times the excess of today's actual weight over it? Use 1 inch = 2.54 cm and 1 lb = 0.4536 kg; do not
        round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        NUTRITION SUPPORT TEAM

        {surname}, {male}, {age} y, bed {bed}, ventilated.

        Anthropometry on day 1 (before fluids): {weight_kg} kg, {height_ft} ft {height_rest_in} in.

        Anthropometry sent along by the referring ward (scale since found broken): {old_weight_kg} kg.

        Labs: K {potassium}, Mg {magnesium} mg/dL, glucose {glucose} mg/dL, Hb {hb} g/dL. Tube position
        <confirmed|checked>. Indirect calorimetry: device on loan elsewhere.
        """,
        question="""
        Compute the adjusted body weight (kg) for the day 1 measurements: IBW by Devine, then IBW + 0.4 *
        (actual - IBW). Report it unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {age}, a {male} patient awaiting bariatric surgery, attended the group session. {He}
        stands {height_inches} inches tall. On the clinic's platform scale {he} weighed {weight_lb} pounds,
        compared with {old_weight_lb} pounds at the <first session|start>, {months_ago} months before. Blood
        pressure was {bp} and ALT {alt} U/L. There is no sleep apnoea. {His} partner had the same operation.
        The psychologist's report has not arrived.
        """,
        question="""
        Give the adjusted body weight in kg at the group session without rounding. It equals ideal weight
        (Devine) plus 40 % of the difference between actual and ideal weight; a pound is 0.4536 kg.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Chemotherapy prescription check. Sex {male}; age {age}; tumour in remission. {weight_stone} st
        {weight_rest_lb} lb and {height_m} m were measured this Monday by the <day nurse|charge nurse>.
        Still stored in the computer from before treatment: {old_weight_stone} st {old_weight_rest_lb} lb.
        Platelets {platelets}, haemoglobin {hb}, sodium {sodium} mmol/L. Nausea mild. Echocardiography is
        due after the next course. A nephew is being treated for the same tumour.
        """,
        question="""
        Which adjusted weight in kg follows from Monday's measurements (Devine's ideal weight, factor 0.4 for
        the surplus)? A stone has 14 lb of 0.4536 kg, an inch 2.54 cm. Keep all digits.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Renal pharmacist, bleep 204. Asked about vancomycin for {an_age}-year-old {man}. According to the
        ward's hoist {he} weighs {weight_kg} kg; {his} own estimate, {old_weight_kg} kg, is not credible.
        Length from heel to crown with the measuring rod: {height_cm} cm. Creatinine is stable and <urine
        output good|diuresis is good>. SpO2 {spo2} %, pulse rate {pulse}. {He} was never on dialysis. Levels
        will be taken before dose four.
        """,
        question="""
        Work out, in kg, the adjusted body weight by the hoist: ideal weight after Devine (inches of 2.54 cm,
        fractions included) + 0.4 x (actual - ideal). State the exact value, not a rounded one.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="adjusted_body_weight",
    title="Adjusted Body Weight",
    version="1",
    source=_SOURCE,
    answer_format=number_format("kg"),
    judged=judged_equation("kg", "ideal (Devine) + 0.4 * (actual - ideal body weight)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
