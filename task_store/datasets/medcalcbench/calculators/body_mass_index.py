"""Body mass index. Version 1. Not for clinical use."""

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

_SOURCE = "Body mass index, weight divided by the square of height (Quetelet's index; from memory)."


def body_mass_index_kg_m2(*, weight_kg: float, height_cm: float) -> float:
    """Weight / height squared; not rounded.

    Args:
        weight_kg: body weight in kg.
        height_cm: standing height in cm.

    Returns:
        Body mass index in kg/m^2. Not for clinical use.
    """
    return weight_kg / (height_cm / 100) ** 2


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(21, 78))
    height_cm = rng.gauss(164, 6) if person.female else rng.gauss(177, 7)
    target = math.exp(rng.uniform(math.log(16), math.log(54)))
    height = HEIGHT.read(note, height_cm)
    weight = WEIGHT.read(note, target * (height_cm / 100) ** 2)
    old_weight = WEIGHT.read_old(note, superseded(rng, weight.value, 38, 190))
    slots = incidentals(rng) | person.slots() | weight.slots() | height.slots()
    slots |= old_weight.slots("old_") if old_weight else {}
    code = [*weight.code(), *height.code(), "answer = weight_kg / (height_cm / 100) ** 2"]
    return Drawn(
        slots=slots,
        grading=equation(body_mass_index_kg_m2(weight_kg=weight.value, height_cm=height.value)),
        reference="\n".join(code),
        trap=body_mass_index_kg_m2(weight_kg=(old_weight or weight).value, height_cm=height.value),
        conversions=weight.converted + height.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <here for|presenting for> a routine examination without complaints. Height
        {height_ft} feet {height_rest_in} inches, weight {weight_lb} pounds. {He} remembers weighing
        {old_weight_lb} pounds when {he} left school. Blood pressure {bp} mmHg, pulse {pulse}/min. Heart and
        lungs are normal. {His} father had knee replacements. Fasting glucose {glucose} mg/dL, haemoglobin
        {hb} g/dL. A thyroid test has been ordered and is pending.
        """,
        question="""
        What is the patient's body mass index in kg/m^2, from today's examination? Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PRE-ANAESTHETIC ASSESSMENT, {male}, {age} y, planned hernia repair

        Airway: Mallampati II. Teeth in good order.

        Body measurements today: {weight_lb} lb on the ward scale, standing height {height_cm} cm. Weight at
        the first outpatient visit {months_ago} months ago: {old_weight_lb} lb.

        Vitals: BP {bp}, HR {pulse}, SpO2 {spo2} %. Labs: Hb {hb} g/dL, K {potassium} mmol/L, platelets
        {platelets}.

        Previous anaesthetics: one, <uneventful|no problems>. Sleep study: suggested, not done.
        """,
        question="""
        Compute the BMI (kg/m^2) at the pre-anaesthetic assessment; give the unrounded value.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Over the past {months_ago} months {Mr} {surname} ({age}, {male}) went through a change of diet,
        during which {his} weight went from {old_weight_kg} kg to the {weight_kg} kg that our scale showed
        today. Sleep and mood are <stable|good>. {He} is {height_inches} inches tall. {He} reports no
        diarrhoea and no fever, and there is no eating disorder in the family as far as {he} knows. The
        liver enzyme ALT was {alt} U/L, sodium {sodium} mmol/L. Bone density will be measured another time.
        """,
        question="""
        Give today's body mass index of this patient in kg/m^2, unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Dietitian's <entry|record>. Client {surname}, {male}, {age}. The self-reported figure in the
        questionnaire, {old_weight_stone} st {old_weight_rest_lb} lb, did not hold: on the practice scale it
        was {weight_stone} st {weight_rest_lb} lb without shoes. The stadiometer gave {height_m} m. Drinks
        water and tea, eats out twice a week. Pulse {pulse}, pressure {bp}. Vitamin D has yet to be
        determined. The client's twin is said to be heavier.
        """,
        question="""
        Using what the practice itself measured, which BMI (kg/m^2) does the client have? One stone is 14
        lb. No rounding please.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Admission for elective knee surgery of a {male} patient, {age} years of age. Nursing measurements on
        admission: {height_ft} ft {height_rest_in} in tall; {weight_kg} kg. The surgeon's letter, written
        {months_ago} months earlier, mentions {old_weight_kg} kg. The knee is swollen and stiff, the other
        joints move freely. Leukocytes {wbc}, C-reactive protein {crp} mg/L, haemoglobin {hb}. Physiotherapy
        <starts|is to start> after the operation. No latex allergy.
        """,
        question="""
        Determine the body mass index on admission, in kg per square metre, without rounding it.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="body_mass_index",
    title="Body Mass Index (BMI)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("kg/m^2"),
    judged=judged_equation("kg/m^2", "weight / height^2", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
