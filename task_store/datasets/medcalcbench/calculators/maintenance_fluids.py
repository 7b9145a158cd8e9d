"""Maintenance fluids by the 4-2-1 rule. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g1 import BODY_WEIGHT, read_old

_SOURCE = (
    "Holliday MA, Segar WE. The maintenance need for water in parenteral fluid therapy. Pediatrics "
    "1957;19:823-832, in its hourly 4-2-1 form (form looked up on utmb.edu, citation on quickmedcalc.com)."
)
_ADULT_FROM_KG = 45


def maintenance_fluids_ml_h(*, weight_kg: float) -> float:
    """4 mL/kg/h for the first 10 kg, 2 for the next 10 kg, 1 for every kg above 20; not rounded.

    The hourly rule itself, as MedCalc-Bench has it: not the daily 100-50-20 volume divided by
    24, which differs by up to a sixth, and without an upper limit. The weight is needed.

    Args:
        weight_kg: body weight in kg.

    Returns:
        Maintenance rate in mL/h. Not for clinical use.
    """
    return 4 * min(weight_kg, 10) + 2 * min(max(weight_kg - 10, 0), 10) + max(weight_kg - 20, 0)


def _weight_kg(rng: random.Random) -> float:
    """Between 3.5 and 110 kg, with the rate spread evenly on a log scale."""
    rate = math.exp(rng.uniform(math.log(14), math.log(150)))
    if rate < 40:
        return rate / 4
    return 10 + (rate - 40) / 2 if rate < 60 else rate - 40


def _person(rng: random.Random, weight_kg: float) -> tuple[Person, dict[str, str]]:
    """Somebody of that weight, and the age in words: `{years_old}` before a noun, `{aged}` after "aged"."""
    if weight_kg < 10:
        months = max(1, min(11, round((weight_kg - 3) * 1.5)))
        article = "an" if months in (8, 11) else "a"
        aged = f"{months} month{'s' if months > 1 else ''}"
        return Person.draw(rng, 0), {"years_old": f"{article} {months}-month-old", "aged": aged}
    years = (
        rng.randint(19, 84)
        if weight_kg >= _ADULT_FROM_KG
        else max(1, min(14, round((weight_kg - 8) / 2.6 + rng.uniform(-0.4, 0.4))))
    )
    person = Person.draw(rng, years)
    aged = f"{years} year{'s' if years > 1 else ''}"
    return person, {"years_old": f"{person.slots()['an_age']}-year-old", "aged": aged}


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    weight = BODY_WEIGHT.read(note, _weight_kg(rng))
    person, age = _person(rng, weight.value)
    old = read_old(BODY_WEIGHT, note, weight.value * rng.uniform(0.68, 0.82))
    code = [
        *weight.code(),
        "answer = 4 * min(weight_kg, 10) + 2 * min(max(weight_kg - 10, 0), 10) + max(weight_kg - 20, 0)",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | age | weight.slots() | old.slots("old_"),
        grading=equation(maintenance_fluids_ml_h(weight_kg=weight.value)),
        reference="\n".join(code),
        trap=maintenance_fluids_ml_h(weight_kg=old.value),
        conversions=int(weight.converted),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        The patient, {years_old} {man}, is kept nil by mouth before <an appendix operation|removal of the
        appendix>. The scale in the emergency room showed {weight_lb} lb; a booklet that the family brought
        along lists {old_weight_lb} lb, written down at an earlier visit. Oxygen saturation {spo2} %,
        sodium {sodium} mmol/L, potassium {potassium} mmol/L. No vomiting so far and mucous membranes are
        moist. A relative runs a fever with the same pains. The anaesthetist has not seen the patient yet.
        """,
        question="""
        What is the hourly maintenance fluid rate in mL/h by the 4-2-1 rule, from the weight in the emergency
        room? No correction for losses or fever; do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        FLUID CHART

        Name: {surname}. Sex: {male}. Aged {aged}. Reason for intravenous fluids: prolonged fasting.

        Weights: {weight_g} g (today, calibrated bed scale); {old_weight_g} g (previous admission).

        Laboratory: Na {sodium}, glucose {glucose} mg/dL, Hb {hb} g/dL. Drains: <none|no drain>.

        Boluses: none given. Potassium in the infusion: to be decided.
        """,
        question="""
        Work out today's maintenance rate by the 4-2-1 rule (4, 2 and 1 mL per kg and hour). Answer in mL/h,
        unrounded, from the calibrated weight.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        On call I was asked to write up fluids for {years_old} {man} who cannot swallow after a throat
        abscess was opened. {His} last weight in our files is {old_weight_lb} lb, but {he} has <grown|gained>
        since, and the nurse's reading tonight was {weight_lb} lb. There is neither diarrhoea nor bleeding.
        White cells are {wbc}, C-reactive protein {crp} mg/L. {His} twin, who weighs less, is at home with a
        cold. Oral intake may be resumed tomorrow if the surgeon agrees.
        """,
        question="""
        Using Holliday and Segar's hourly 4-2-1 scheme and tonight's reading, which maintenance rate in mL/h
        should be written up before any adjustment, without rounding?
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Transfer sheet for {years_old} {man} going to the ward after a gut biopsy under sedation. Handed over
        were a stable airway, capillary refill below two seconds, saturation {spo2} % and a body weight of
        {weight_g} g taken on departure. The referral form, filled in some time before, speaks of
        {old_weight_g} g. Platelets {platelets}, ALT {alt} U/L. Nothing <by mouth|to drink> until the evening
        round; the drip is running but its rate was left blank.
        """,
        question="""
        Fill in the blank with the rate in mL/h that the four-two-one rule assigns to the weight on departure,
        as calculated and without any allowance for deficits.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Somebody aged {aged}, {male}, lies in bed {bed} waiting for a fracture to be set. An old ward list
        has {old_weight_pounds} pounds {old_weight_rest_oz} ounces against the name {surname}; the trolley
        scale on arrival gave {weight_pounds} pounds {weight_rest_oz} ounces. Heart sounds normal,
        haemoglobin {hb}, potassium {potassium}. The plaster room expects a delay of several hours, during
        which <no food|no meal> is allowed. The parents or partner have been informed. Blood loss was judged
        negligible.
        """,
        question="""
        Which infusion rate covers maintenance on the 4-2-1 rule for the weight found on arrival? One pound is
        16 ounces or 0.45359237 kg; reply in mL/h with all decimals.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="maintenance_fluids",
    title="Maintenance Fluids Calculations (4-2-1 rule)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mL/h"),
    judged=judged_equation("mL/h", "the 4-2-1 rule (4, 2 and 1 mL/kg/h)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
