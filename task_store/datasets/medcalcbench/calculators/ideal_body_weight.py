"""Ideal body weight by Devine's formula. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g2 import HEIGHT_INCHES

_SOURCE = (
    "Devine BJ. Gentamicin therapy. Drug Intell Clin Pharm 1974;8:650-655 (looked up on clincalc.com and "
    "creatinineclearance.com)."
)


def ideal_body_weight_kg(*, height_inches: float, female: bool) -> float:
    """50 kg for men or 45.5 kg for women, plus 2.3 kg for each inch above 60; not rounded.

    Below 60 inches 2.3 kg are taken off for each inch, as in MedCalc-Bench; Devine gave no rule for them.

    Args:
        height_inches: standing height in inches, parts of an inch included.
        female: whether the women's base weight applies.

    Returns:
        Ideal body weight in kg. Not for clinical use.
    """
    return (45.5 if female else 50) + 2.3 * (height_inches - 60)


def other_height_inches(rng: random.Random, height_inches: float) -> float:
    """A wrong or foreign height, 4 to 7 inches away and above 60 inches."""
    step = rng.uniform(4, 7)
    return height_inches - step if height_inches - step > 60 and rng.random() < 0.5 else height_inches + step


def _tall(rng: random.Random) -> tuple[Person, float]:
    """A person with height (inches), ideal body weight spread evenly on a log scale in kg."""
    target_kg = math.exp(rng.uniform(math.log(46.5), math.log(96)))
    while True:
        person = Person.draw(rng, rng.randint(20, 81))
        height_inches = 60 + (target_kg - ideal_body_weight_kg(height_inches=60, female=person.female)) / 2.3
        if 60.4 <= height_inches <= (74 if person.female else 80):
            return person, height_inches


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, height_inches = _tall(rng)
    height = HEIGHT_INCHES.read(note, height_inches)
    other = HEIGHT_INCHES.read_old(note, other_height_inches(rng, height.value))
    slots = incidentals(rng) | person.slots() | height.slots() | (other.slots("old_") if other else {})
    slots |= {"weight": f"{rng.uniform(20, 36) * (height.value * 0.0254) ** 2:.1f}"}
    code = [
        f"female = {person.female}",
        *height.code(),
        "answer = (45.5 if female else 50) + 2.3 * (height_inches - 60)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(ideal_body_weight_kg(height_inches=height.value, female=person.female)),
        reference="\n".join(code),
        trap=ideal_body_weight_kg(height_inches=(other or height).value, female=person.female),
        conversions=height.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} was intubated after an <accident on the motorway|accident at work>. The
        ventilator is to be set by the ideal body weight. Measured with a tape in bed, {he} is {height_cm}
        cm long; the paramedics had guessed {old_height_cm} cm. The bed scale shows {weight} kg. Blood
        pressure {bp} mmHg, pulse {pulse}/min, haemoglobin {hb} g/dL, potassium {potassium} mmol/L. {His}
        airway was not difficult. A second chest film has been requested.
        """,
        question="""
        What is the patient's ideal body weight in kg by the Devine formula, from the measured length? One
        inch is 2.54 cm; take parts of an inch into account and do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PHARMACY KINETICS REQUEST

        Drug: gentamicin. Patient: {surname}, {male}, {age} years.

        Scale weight {weight} kg. Height on the admission sheet: {height_ft} ft {height_rest_in} in. Height
        on the old driving licence: {old_height_ft} ft {old_height_rest_in} in (another person's, <handed in
        by mistake|mixed up>).

        WBC {wbc}, CRP {crp} mg/L, Na {sodium} mmol/L. Peak and trough levels: not drawn yet.
        """,
        question="""
        Calculate the ideal body weight (Devine) in kg from the height on the admission sheet, unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The dietitian reviewed {Mr} {surname}, {an_age}-year-old {man}, before discharge. {He} weighs
        {weight} kg and has no wish to change that. At the stadiometer {he} measured {height_m} m; {his}
        parent of the same sex, whom {he} <brought along|came with>, measured {old_height_m} m. Glucose is
        {glucose} mg/dL and ALT {alt} U/L. {He} has no food allergy. A cookery course starts next month.
        """,
        question="""
        Which ideal body weight in kg does Devine's equation assign to the patient? Convert the height to
        inches (2.54 cm each) without rounding it, and give the unrounded result.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Anaesthesia checklist, theatre 3. {age} years, {male}. Teeth: own. Neck movement: <full|free>.
        Recorded size, checked by two nurses, {height_cm} cm; the surgical booking form has {old_height_cm}
        cm, a typing error. On the scales {weight} kg. SpO2 {spo2} %, pressure {bp}. Last drink four hours
        ago. Clotting tests are still in the laboratory. An aunt had a reaction to suxamethonium.
        """,
        question="""
        For the tidal volume, determine Devine's ideal body weight with the size that the nurses checked (1
        inch = 2.54 cm, fractions count). Answer in kg, all decimals kept.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        From the rehabilitation file of {Mr} {surname}: {male}, {age}, right-handed, former rower. Two
        figures for stature circulate. The one of {old_height_ft} feet {old_height_rest_in} inches was copied
        from a namesake's file and must be ignored; barefoot it is {height_ft} feet {height_rest_in} inches.
        Present weight: {weight} kg. Platelets {platelets}, magnesium {magnesium} mg/dL. Walking
        aids were <returned|given back>. A swimming test is on the programme.
        """,
        question="""
        How many kg is the ideal weight after Devine (1974) for the barefoot stature? Please state it exactly,
        without rounding.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="ideal_body_weight",
    title="Ideal Body Weight",
    version="1",
    source=_SOURCE,
    answer_format=number_format("kg"),
    judged=judged_equation("kg", "50 (men) or 45.5 (women) + 2.3 * (height in inches - 60)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
