"""Sodium corrected for hyperglycemia (Hillier). Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g1 import GLUCOSE, SODIUM, read_old

_SOURCE = (
    "Hillier TA, Abbott RD, Barrett EJ. Hyponatremia: evaluating the correction factor for hyperglycemia. "
    "Am J Med 1999;106:399-403 (formula looked up on mdcalc.com, citation on myendoconsult.com)."
)


def corrected_sodium_mmol_l(*, sodium_mmol_l: float, glucose_mg_dl: float) -> float:
    """Sodium + 0.024 * (glucose - 100); not rounded.

    Hillier's factor, which MedCalc-Bench's gold answers have; Katz's older one is 0.016. Below
    100 mg/dL the formula lowers the sodium, it is not cut off. Both inputs are needed.

    Args:
        sodium_mmol_l: measured serum sodium in mmol/L (the same number as mEq/L).
        glucose_mg_dl: serum glucose in mg/dL.

    Returns:
        Corrected sodium in mmol/L, which is mEq/L. Not for clinical use.
    """
    return sodium_mmol_l + 0.024 * (glucose_mg_dl - 100)


def _values(rng: random.Random, low: float, high: float) -> tuple[float, float]:
    """Sodium and glucose with a corrected sodium spread evenly on a log scale over [low, high]."""
    while True:
        target = math.exp(rng.uniform(math.log(low), math.log(high)))
        for _ in range(400):
            glucose = math.exp(rng.uniform(math.log(250), math.log(1500)))
            sodium = target - corrected_sodium_mmol_l(sodium_mmol_l=0, glucose_mg_dl=glucose)
            if 98 <= sodium <= 176:
                return sodium, glucose


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 86))
    sodium_mmol_l, glucose_mg_dl = _values(rng, 104, 202)
    sodium, glucose = SODIUM.read(note, sodium_mmol_l), GLUCOSE.read(note, glucose_mg_dl)
    gold = corrected_sodium_mmol_l(sodium_mmol_l=sodium.value, glucose_mg_dl=glucose.value)
    while True:
        old_sodium = read_old(SODIUM, note, rng.uniform(114, 158))
        old_glucose = read_old(GLUCOSE, note, rng.uniform(85, 480))
        trap = corrected_sodium_mmol_l(sodium_mmol_l=old_sodium.value, glucose_mg_dl=old_glucose.value)
        if abs(trap / gold - 1) > 0.08:
            break
    slots = incidentals(rng) | person.slots() | sodium.slots() | glucose.slots()
    slots |= old_sodium.slots("old_") | old_glucose.slots("old_")
    code = [*sodium.code(), *glucose.code(), "answer = sodium_mmol_l + 0.024 * (glucose_mg_dl - 100)"]
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join(code),
        trap=trap,
        conversions=sodium.converted + glucose.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <arrived|was brought in> drowsy after {days} days of thirst. {He} injects
        insulin irregularly. First venous sample: sodium {sodium_mmol_l} mmol/L, glucose {glucose_mmol_l}
        mmol/L, potassium {potassium} mmol/L. Samples at {his} last outpatient visit had shown sodium
        {old_sodium_mmol_l} mmol/L with glucose {old_glucose_mmol_l} mmol/L. Blood pressure {bp} mmHg,
        saturation {spo2} %. {His} mother became blind from diabetes. Ketones are still being measured.
        """,
        question="""
        What is the sodium corrected for hyperglycemia in the first venous sample, in mEq/L, with the factor
        of Hillier (0.024 mEq/L for each mg/dL of glucose above 100 mg/dL)? Do not round; 1 mmol/L of
        glucose is 18 mg/dL.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        EMERGENCY LABORATORY PRINTOUT

        {surname}, {male}, {age} y. Reporting: glucose in g/L, ions in mmol/L.

        Sample 1 (admission): Na {sodium_mmol_l}, K {potassium}, glucose {glucose_g_l}, ALT {alt} U/L.

        Stored result (hospital stay {years_ago} years ago): Na {old_sodium_mmol_l}, glucose
        {old_glucose_g_l}.

        Remarks: sample <not haemolysed|clear>. Osmometer out of service.
        """,
        question="""
        Correct the sodium of sample 1 for its glucose, adding 2.4 mEq/L for every 100 mg/dL of glucose above
        100 mg/dL in proportion. Result in mEq/L without rounding (1 g/L is 100 mg/dL).
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname} ({age}, {male}) is under the care of the foot team and had been well until a course
        of prednisolone began. A week before that course {his} sodium was {old_sodium_mmol_l} mmol/L and
        {his} glucose {old_glucose_mmol_l} mmol/L. Asked to review {him} tonight, we obtained a sodium of
        {sodium_mg_dl} mg/dL (this laboratory divides by 2.299 for mmol/L) and a glucose of
        {glucose_mmol_l} mmol/L. Haemoglobin {hb} g/dL, magnesium {magnesium} mg/dL. {He} is <awake|alert> and
        breathing quietly. A daughter has coeliac disease.
        """,
        question="""
        Give tonight's glucose-corrected sodium in mEq/L according to Hillier 1999, that is measured sodium
        plus 0.024 times (glucose in mg/dL minus 100), unrounded. Convert glucose with 18 mg/dL per mmol/L.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Retrieval service log. Passenger {male}, {age}, known pancreatitis. Bedside analyser before take-off:
        glucose {glucose_mmol_l} (mmol/L), sodium {sodium_mmol_l} (mmol/L), haemoglobin {hb}. The sending
        hospital faxed figures from a check-up {months_ago} months earlier, namely glucose
        {old_glucose_mmol_l} and sodium {old_sodium_mmol_l}, same units. Pulse {pulse}, pressure {bp}. One
        litre of saline is <hung|connected> but clamped. The analyser cannot measure osmolality.
        """,
        question="""
        Which corrected sodium in mEq/L belongs to the reading before take-off if each mg/dL of glucose beyond
        100 counts for 0.024 mEq/L and 18 mg/dL make 1 mmol/L? Keep the number exact.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        During the night shift {an_age}-year-old {man} from the nursing home was found confused in bed {bed}.
        Old papers from the nursing home mention a glucose of {old_glucose_g_l} g/L together with a sodium of
        {old_sodium_g_l} g/L. Our own blood draw brought a sodium of {sodium_g_l} g/L and a glucose of
        {glucose_g_l} g/L, C-reactive protein {crp} mg/L and platelets {platelets}. The tongue is dry; the
        urine dipstick is positive for sugar. Nobody knows whether a stepbrother with diabetes uses tablets.
        Insulin has <been prepared|been drawn up>, not given.
        """,
        question="""
        From our own blood draw, compute the sodium that Hillier's correction yields (slope 0.024 from a
        glucose of 100 mg/dL upwards), in mEq/L and with every digit. Take 22.99 g of sodium per mol and 1 g/L
        of glucose as 100 mg/dL.
        """,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="sodium_correction_hyperglycemia",
    title="Sodium Correction for Hyperglycemia",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mEq/L"),
    judged=judged_equation("mEq/L", "sodium + 0.024 * (glucose in mg/dL - 100)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
