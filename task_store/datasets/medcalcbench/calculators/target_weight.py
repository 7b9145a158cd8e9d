"""Target weight from a target body mass index. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import HEIGHT
from task_store.datasets.medcalcbench.quantities_g2 import TARGET_BMI

_SOURCE = "Body mass index solved for the weight: index * height squared (looked up on had2know.com)."


def target_weight_kg(*, target_bmi_kg_m2: float, height_cm: float) -> float:
    """Target body mass index * height squared; not rounded.

    Args:
        target_bmi_kg_m2: body mass index to be reached, in kg/m^2.
        height_cm: standing height in cm.

    Returns:
        Target weight in kg. Not for clinical use.
    """
    return target_bmi_kg_m2 * (height_cm / 100) ** 2


def _aim(rng: random.Random) -> tuple[Person, float, float]:
    """A person with height (cm) and target index (kg/m^2), target weight even on a log scale in kg."""
    target_kg = math.exp(rng.uniform(math.log(44), math.log(118)))
    while True:
        person = Person.draw(rng, rng.randint(20, 66))
        height_cm = rng.uniform(149, 183) if person.female else rng.uniform(161, 199)
        bmi_kg_m2 = target_kg / (height_cm / 100) ** 2
        if 18.6 <= bmi_kg_m2 <= 32.5:
            return person, height_cm, bmi_kg_m2


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, height_cm, bmi_kg_m2 = _aim(rng)
    height, bmi = HEIGHT.read(note, height_cm), TARGET_BMI.read(note, bmi_kg_m2)
    old_bmi = TARGET_BMI.read_old(note, bmi.value * rng.uniform(1.15, 1.45))  # weight is to be lost
    slots = incidentals(rng) | person.slots() | bmi.slots() | height.slots()
    slots |= old_bmi.slots("old_") if old_bmi else {}
    code = [*bmi.code(), *height.code(), "answer = target_bmi_kg_m2 * (height_cm / 100) ** 2"]
    return Drawn(
        slots=slots,
        grading=equation(target_weight_kg(target_bmi_kg_m2=bmi.value, height_cm=height.value)),
        reference="\n".join(code),
        trap=target_weight_kg(target_bmi_kg_m2=(old_bmi or bmi).value, height_cm=height.value),
        conversions=height.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} attends the weight clinic. {His} body mass index is now {old_target_bmi_kg_m2}
        kg/m^2; together we <agreed on|settled on> a target of {target_bmi_kg_m2} kg/m^2. {He} is {height_ft}
        feet {height_rest_in} inches tall. Blood pressure {bp} mmHg, glucose {glucose} mg/dL, ALT {alt} U/L.
        {He} does not take any tablets. {His} mother has type 2 diabetes. A sleep study was suggested.
        """,
        question="""
        What weight in kg corresponds to the agreed target body mass index at the patient's height? One inch
        is 2.54 cm. Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        TRANSPLANT LISTING CONFERENCE

        Candidate: {surname}, {male}, {age} y. Height {height_inches} inches.

        Listing condition of this centre: BMI of {target_bmi_kg_m2} kg/m^2. Listing condition of the
        neighbouring centre, <not ours|not applicable>: BMI of {old_target_bmi_kg_m2} kg/m^2.

        Labs: Hb {hb} g/dL, K {potassium} mmol/L, platelets {platelets}.

        Open: dental report, vaccination record.
        """,
        question="""
        Compute the weight (kg) that meets this centre's BMI exactly, with 2.54 cm per inch. Give the
        unrounded value.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {an_age}-year-old {man}, has followed our nutrition programme for {months_ago}
        months. On entry into the programme the body mass index to reach had been set at
        {old_target_bmi_kg_m2} kg/m^2; the team has <since|meanwhile> replaced it by {target_bmi_kg_m2}
        kg/m^2. {He} measures {height_m} m. Magnesium {magnesium} mg/dL, sodium {sodium} mmol/L and the
        pulse of {pulse}/min are normal. Bone density will be looked at later on. {He} does not smoke.
        """,
        question="""
        Give the target weight in kg that the team's present aim implies for this patient, without rounding.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Orthopaedic preassessment by telephone. Planned: knee prosthesis. The {male} caller, {age}, states a
        height of {height_ft} ft {height_rest_in} in. Surgeon and caller have fixed a BMI of
        {target_bmi_kg_m2} kg/m^2 for the day of the operation. A BMI of {old_target_bmi_kg_m2} kg/m^2 was
        <mentioned|quoted> for the caller's sister, who had a hip done. Anaemia excluded (Hb {hb}). Pressure
        at home {bp}. The cardiologist has not answered yet.
        """,
        question="""
        How many kg would the caller weigh at the BMI that was fixed? Take 12 inches of 2.54 cm to the foot
        and leave the figure unrounded.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Workplace health <summary|abstract>. Employee: {man}, {age}, scaffolder. Stature {height_m} m (by
        laser). Body mass index aimed at for this season: {target_bmi_kg_m2} kg/m^2. Last season's aim of
        {old_target_bmi_kg_m2} kg/m^2 no longer holds. Resting heart rate {pulse}, oxygen saturation {spo2} %,
        leukocytes {wbc}. Skinfolds are going to be measured in spring. The employee's brother works on
        the same site. Diet diary complete.
        """,
        question="""
        Determine the body weight, in kg with every decimal, that goes with this season's aim.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="target_weight",
    title="Target weight",
    version="1",
    source=_SOURCE,
    answer_format=number_format("kg"),
    judged=judged_equation("kg", "target body mass index * height^2", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
