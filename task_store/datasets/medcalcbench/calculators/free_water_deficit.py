"""Free water deficit in hypernatremia. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g1 import BODY_WEIGHT, SODIUM, read_old

_SOURCE = (
    "Free water deficit, body water * (sodium / 140 - 1), with the body water fractions looked up on "
    "wpcalc.com; that adults become elderly at 65 is the convention of MedCalc-Bench."
)


def body_water_fraction(*, age_years: float, female: bool) -> float:
    """Litres of body water per kg: children 0.6; men 0.6, from 65 years 0.5; women 0.5, from 65 years 0.45.

    Args:
        age_years: age in years; below 18 counts as a child.
        female: sex.

    Returns:
        Litres of body water per kg of body weight. Not for clinical use.
    """
    if age_years < 18:
        return 0.6
    if age_years < 65:
        return 0.5 if female else 0.6
    return 0.45 if female else 0.5


def free_water_deficit_l(*, age_years: float, female: bool, weight_kg: float, sodium_mmol_l: float) -> float:
    """Body water * (sodium / 140 - 1); not rounded.

    Towards a sodium of 140, without ongoing losses, as MedCalc-Bench has it; below 140 the result is
    negative, it is not cut off. All inputs are needed.

    Args:
        age_years: age in years, for `body_water_fraction`.
        female: sex, for `body_water_fraction`.
        weight_kg: body weight in kg.
        sodium_mmol_l: serum sodium in mmol/L (the same number as mEq/L).

    Returns:
        Free water deficit in L. Not for clinical use.
    """
    return body_water_fraction(age_years=age_years, female=female) * weight_kg * (sodium_mmol_l / 140 - 1)


def _patient(rng: random.Random) -> tuple[Person, float, float]:
    """A person with weight (kg) and sodium (mmol/L), the deficit spread evenly on a log scale.

    Ages stay clear of 18 and 65, where textbooks put the edges differently.
    """
    while True:
        age = rng.randint(24, 60) if rng.random() < 0.5 else rng.randint(70, 93)
        person = Person.draw(rng, age)
        weight_kg = rng.uniform(43, 98) if person.female else rng.uniform(50, 120)
        target = math.exp(rng.uniform(math.log(0.9), math.log(14)))
        water = body_water_fraction(age_years=age, female=person.female) * weight_kg
        sodium = 140 * (1 + target / water)
        if 145 <= sodium <= 188:
            return person, weight_kg, sodium


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, weight_kg, sodium_mmol_l = _patient(rng)
    weight, sodium = BODY_WEIGHT.read(note, weight_kg), SODIUM.read(note, sodium_mmol_l)
    old_weight = read_old(BODY_WEIGHT, note, weight.value * rng.uniform(1.04, 1.16))
    old_sodium = read_old(SODIUM, note, 140 + (sodium.value - 140) * rng.uniform(0.3, 0.7))

    def deficit(weight_kg: float, sodium_mmol_l: float) -> float:
        return free_water_deficit_l(
            age_years=person.age_years,
            female=person.female,
            weight_kg=weight_kg,
            sodium_mmol_l=sodium_mmol_l,
        )

    slots = incidentals(rng) | person.slots() | weight.slots() | sodium.slots()
    slots |= old_weight.slots("old_") | old_sodium.slots("old_")
    code = [
        f"age_years = {person.age_years}",
        f"female = {person.female}",
        *weight.code(),
        *sodium.code(),
        "fraction = (0.5 if female else 0.6) if age_years < 65 else (0.45 if female else 0.5)",
        "answer = fraction * weight_kg * (sodium_mmol_l / 140 - 1)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(deficit(weight.value, sodium.value)),
        reference="\n".join(code),
        trap=deficit(old_weight.value, old_sodium.value),
        conversions=weight.converted + sodium.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <was sent|came> from home with fever and refusal to drink for {days} days.
        Arrival weight {weight_lb} lb; the family states {old_weight_lb} lb as the weight before the illness.
        Serum sodium on arrival {sodium_mmol_l} mmol/L, potassium {potassium} mmol/L, glucose {glucose}
        mg/dL. The general practitioner had measured a sodium of {old_sodium_mmol_l} mmol/L at the beginning
        of the illness. Blood pressure {bp} mmHg. {His} sister has diabetes insipidus. Urine osmolality has
        not been reported yet.
        """,
        question="""
        What is the free water deficit in L on arrival, for a desired sodium of 140 mmol/L? Body water is 0.6
        of the weight in men and 0.5 in women, from the age of 65 on 0.5 and 0.45. Use the arrival values and
        do not round.
        """,
        inferences=1,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        INTENSIVE CARE ROUND

        Patient: {surname}, {male}, {age} years, bed {bed}, day {days} after head injury.

        This morning: weight {weight_g} g (bed scale), Na {sodium_mmol_l} mEq/L, K {potassium} mEq/L, Mg
        {magnesium} mg/dL.

        Day of injury: weight {old_weight_g} g, Na {old_sodium_mmol_l} mEq/L.

        Urine output <high|large>; desmopressin considered, none given so far. SpO2 {spo2} %.
        """,
        question="""
        Calculate this morning's free water deficit (L), unrounded: body water x (Na/140 - 1), with body water
        per kg of 0.6 (men) or 0.5 (women) below 65 years and 0.5 (men) or 0.45 (women) at 65 and above.
        """,
        inferences=1,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname} is {an_age}-year-old {man} who takes lithium and lost {his} way on a hike in the heat.
        When rescued {he} was taken to a local clinic, whose letter gives a sodium of {old_sodium_mg_dl}
        mg/dL and a weight of {old_weight_kg} kg with boots and clothes. With us the undressed weight is
        {weight_kg} kg and the sodium {sodium_mg_dl} mg/dL, which our laboratory converts to mmol/L by
        dividing by 2.299. Haemoglobin is {hb} g/dL and ALT {alt} U/L. {He} <speaks clearly|answers clearly>
        and asks for water. The lithium level will be known tomorrow.
        """,
        question="""
        How many L of free water is this patient short of by our own measurements (target sodium 140 mmol/L)?
        The fraction of body water is 0.6 for men and 0.5 for women, reduced to 0.5 and 0.45 at ages of 65 or
        more. Rounding is not wanted in this figure.
        """,
        inferences=1,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Geriatric liaison, short form. Sex {male}, age {age}. Problem: thick secretions, tube feed without
        added water. Scales in the unit read {weight_stone} st {weight_rest_lb} lb today, a month back
        {old_weight_stone} st {old_weight_rest_lb} lb. Sodium today {sodium_mmol_l} mmol/L; a month back
        {old_sodium_mmol_l} mmol/L. White cells {wbc}, C-reactive protein {crp} mg/L. Skin turgor
        <reduced|poor> over the sternum. The spouse reports that diuretics were stopped long ago. Infusion:
        to be calculated.
        """,
        question="""
        Taking today's readings, by how many L must free water be replaced to reach a sodium of 140 mmol/L?
        Use weight x fraction x (sodium/140 - 1), the fraction being 0.6 in men and 0.5 in women up to 64
        years, then 0.5 and 0.45; 1 stone is 14 lb. State it without rounding off.
        """,
        inferences=1,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        A colleague from the burns ward asks for advice on {an_age}-year-old {man}. At handover last night the
        sodium was {old_sodium_mmol_l} mmol/L and the recorded mass {old_weight_lb} pounds. The laboratory
        phoned at seven with a sodium of {sodium_mmol_l} mmol/L, and the lifting scale used at the same time
        displayed {weight_lb} pounds. Pulse {pulse}, platelets {platelets}, glucose {glucose} mg/dL. Losses
        through the wounds continue and are <replaced separately|handled separately>. Hypotonic fluid has been
        mentioned, not ordered.
        """,
        question="""
        Ignoring the losses through the wounds, give the free water deficit at seven in L with all digits.
        Desired sodium is 140 mmol/L; total body water makes up 60 % of body weight in men and 50 % in women
        before 65, and 50 % and 45 % from 65 years.
        """,
        inferences=1,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="free_water_deficit",
    title="Free Water Deficit",
    version="1",
    source=_SOURCE,
    answer_format=number_format("L"),
    judged=judged_equation("L", "body water * (sodium / 140 - 1), fractions as in the question", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
