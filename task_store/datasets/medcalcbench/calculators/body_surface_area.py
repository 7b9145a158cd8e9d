"""Body surface area by Mosteller's formula. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import HEIGHT, WEIGHT

_SOURCE = (
    "Mosteller RD. Simplified calculation of body-surface area. N Engl J Med 1987;317:1098 (looked up on "
    "globalrph.com)."
)


def body_surface_area_m2(*, weight_kg: float, height_cm: float) -> float:
    """Square root of weight * height / 3600; not rounded. MedCalc-Bench uses Mosteller's formula too.

    Args:
        weight_kg: body weight in kg.
        height_cm: standing height in cm.

    Returns:
        Body surface area in m^2. Not for clinical use.
    """
    return math.sqrt(weight_kg * height_cm / 3600)


def _body(rng: random.Random) -> tuple[Person, float, float]:
    """A person with weight (kg) and height (cm), surface spread evenly on a log scale in m^2."""
    target = math.exp(rng.uniform(math.log(1.28), math.log(2.85)))
    while True:
        person = Person.draw(rng, rng.randint(19, 80))
        height_cm = rng.gauss(164, 8) if person.female else rng.gauss(177, 9)
        weight_kg = target**2 * 3600 / height_cm
        if 145 <= height_cm <= 205 and 15.5 <= weight_kg / (height_cm / 100) ** 2 <= 56:
            return person, weight_kg, height_cm


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, weight_kg, height_cm = _body(rng)
    weight, height = WEIGHT.read(note, weight_kg), HEIGHT.read(note, height_cm)
    old_weight = WEIGHT.read_old(note, superseded(rng, weight.value, 36, 200))
    slots = incidentals(rng) | person.slots() | weight.slots() | height.slots()
    slots |= old_weight.slots("old_") if old_weight else {}
    code = [
        "import math",
        *weight.code(),
        *height.code(),
        "answer = math.sqrt(weight_kg * height_cm / 3600)",
    ]
    return Drawn(
        slots=slots,
        grading=equation(body_surface_area_m2(weight_kg=weight.value, height_cm=height.value)),
        reference="\n".join(code),
        trap=body_surface_area_m2(weight_kg=(old_weight or weight).value, height_cm=height.value),
        conversions=weight.converted + height.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} comes for the second course of treatment for a lymphoma. {He} tolerated the
        first course <without fever|well>. Nursing staff weighed {him} today at {weight_lb} lb; before the
        first course it was {old_weight_lb} lb. {He} is {height_cm} cm tall. Haemoglobin {hb} g/dL, white
        cells {wbc}, platelets {platelets}. Heart sounds are normal. {His} uncle had leukaemia. A scan after
        the third course is planned.
        """,
        question="""
        What is the patient's body surface area today in m^2 by the Mosteller formula? One lb is 0.4536 kg.
        Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        CARDIAC SURGERY, PERFUSION PLAN

        Case: {surname}, {male}, {age}, mitral valve repair.

        Size: {height_ft} ft {height_rest_in} in; {weight_kg} kg (ward scale, eve of surgery). Outpatient
        weight {months_ago} months earlier: {old_weight_kg} kg.

        Blood: Hb {hb} g/dL, K {potassium}, Na {sodium}. Carotid scan: <no narrowing|free of plaque>.

        Pump prime to be decided once the flow is known.
        """,
        question="""
        Calculate the body surface area after Mosteller for the eve of surgery. Report m^2 without rounding
        (1 inch = 2.54 cm).
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We reviewed {Mr} {surname}, {an_age}-year-old {man} with a scald on the forearm. According to {his}
        fitness app {he} weighs {old_weight_kg} kg, but the app had not been <fed|updated> since last year.
        {He} came to {weight_kg} kg on the unit's scale and to {height_m} m against the wall. Sensation in
        the fingers is preserved. Glucose {glucose} mg/dL, sodium {sodium} mmol/L. No graft is needed, and
        tetanus vaccination is up to date.
        """,
        question="""
        From the unit's own figures, give the body surface area (Mosteller) in m^2, unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Echocardiography request, urgent. {age} years old, {male}, known aortic stenosis. Weighed on arrival:
        {weight_stone} st {weight_rest_lb} lb. The figure of {old_weight_stone} st {old_weight_rest_lb} lb
        printed on the wristband belongs to the previous stay. Standing height {height_m} m. BP {bp}, pulse
        {pulse}. Valve area <to be indexed|needs indexing>. ALT {alt} U/L. Dental clearance has yet to be
        obtained; a grandfather died during valve surgery.
        """,
        question="""
        Which body surface area in m^2 should be used for indexing, by Mosteller and with the weight on
        arrival? Stone: 14 lb; lb: 0.4536 kg. Leave all decimals in place.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Rheumatology infusion lounge, chair {bed}. The {man} in this chair is {age} and gets cyclophosphamide
        for vasculitis. Height by the wall chart {height_inches} inches. Before today's infusion the scale
        read {weight_lb} pounds, after last month's <steroid pulse|steroids> {old_weight_lb} pounds. Urine
        without blood. Magnesium {magnesium} mg/dL, SpO2 {spo2} %. The dose has not been prepared. Nobody
        else in the family has a rheumatic disease.
        """,
        question="""
        Find Mosteller's body surface area before today's infusion, expressed in m^2 and not rounded; a pound
        is 0.4536 kg and an inch 2.54 cm.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="body_surface_area",
    title="Body Surface Area Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("m^2"),
    judged=judged_equation("m^2", "Mosteller's formula sqrt(weight * height / 3600)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
