"""Delta gap: the anion gap beyond 12. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import Reading
from task_store.datasets.medcalcbench.quantities_g1 import (
    BICARBONATE,
    CHLORIDE,
    SODIUM,
    electrolytes_with_gap,
    read_old,
)

_SOURCE = "Delta gap, anion gap (without potassium) - 12 mEq/L (looked up on perinatology.com)."
_QUANTITIES = (SODIUM, CHLORIDE, BICARBONATE)


def delta_gap_mmol_l(*, sodium_mmol_l: float, chloride_mmol_l: float, bicarbonate_mmol_l: float) -> float:
    """Sodium - (chloride + bicarbonate) - 12; not rounded, negative where the anion gap is below 12.

    Without potassium, without a correction for albumin, and with 12 as the normal anion gap, as
    MedCalc-Bench has it. All inputs are needed. In these ions a mmol is a mEq.

    Args:
        sodium_mmol_l: serum sodium in mmol/L.
        chloride_mmol_l: serum chloride in mmol/L.
        bicarbonate_mmol_l: serum bicarbonate in mmol/L.

    Returns:
        Delta gap in mmol/L, which is mEq/L. Not for clinical use.
    """
    return sodium_mmol_l - (chloride_mmol_l + bicarbonate_mmol_l) - 12


def _delta(readings: list[Reading]) -> float:
    sodium, chloride, bicarbonate = (reading.value for reading in readings)
    return delta_gap_mmol_l(sodium_mmol_l=sodium, chloride_mmol_l=chloride, bicarbonate_mmol_l=bicarbonate)


def _target(rng: random.Random) -> float:
    """Mostly positive, spread evenly on a log scale; one in five negative; none near zero."""
    if rng.random() < 0.2:
        return -rng.uniform(2, 8)
    return math.exp(rng.uniform(math.log(2.5), math.log(30)))


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 86))
    while True:
        values = electrolytes_with_gap(rng, 12 + _target(rng))
        now = [quantity.read(note, value) for quantity, value in zip(_QUANTITIES, values, strict=True)]
        gold = _delta(now)
        if abs(gold) >= 1.5:  # 5 % of a smaller one would be less than the printed digits can carry
            break
    while True:
        values = electrolytes_with_gap(rng, rng.uniform(4, 34))
        old = [read_old(quantity, note, value) for quantity, value in zip(_QUANTITIES, values, strict=True)]
        trap = _delta(old)
        if abs(trap / gold - 1) > 0.15:
            break
    slots = incidentals(rng) | person.slots()
    for reading, earlier in zip(now, old, strict=True):
        slots |= reading.slots() | earlier.slots("old_")
    code = [line for reading in now for line in reading.code()]
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join([*code, "answer = sodium_mmol_l - (chloride_mmol_l + bicarbonate_mmol_l) - 12"]),
        trap=trap,
        conversions=sum(reading.converted for reading in now),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with type 1 diabetes <has missed|missed> several doses of insulin. Blood drawn
        in the emergency room: bicarbonate {bicarbonate_mg_dl} mg/dL, sodium {sodium_mmol_l} mmol/L, chloride
        {chloride_mmol_l} mmol/L, potassium {potassium} mmol/L. Blood drawn at the yearly check {months_ago}
        months ago: bicarbonate {old_bicarbonate_mg_dl} mg/dL, sodium {old_sodium_mmol_l} mmol/L, chloride
        {old_chloride_mmol_l} mmol/L. Pulse {pulse}/min, saturation {spo2} %. {His} son has asthma. A lumbar
        puncture is not planned.
        """,
        question="""
        What is the delta gap in mEq/L in the emergency room, that is the anion gap (without potassium) minus
        a normal gap of 12 mEq/L? Bicarbonate in mg/dL divided by 6.102 gives mEq/L; do not round, and keep a
        minus sign if there is one.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ACID-BASE WORKSHEET, {male} patient {surname}, {age} years

        Line A (sample of today): sodium {sodium_mg_dl} mg/dL, chloride {chloride_mmol_l} mEq/L, total
        bicarbonate {bicarbonate_mmol_l} mEq/L.

        Line B (sample of last week): sodium {old_sodium_mg_dl} mg/dL, chloride {old_chloride_mmol_l} mEq/L,
        total bicarbonate {old_bicarbonate_mmol_l} mEq/L.

        Not part of the sheet: Hb {hb} g/dL, ALT {alt} U/L, BP {bp}, K {potassium}.

        Comment: sepsis <ruled out|excluded>, metformin paused, blood gas to follow.
        """,
        question="""
        Work out the delta gap of line A in mEq/L as sodium - chloride - bicarbonate - 12, unrounded and with
        its sign. Sodium: 2.299 mg/dL per mEq/L.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {an_age}-year-old {man} living alone, was visited by the outreach team because of
        weakness. The team took blood on the spot, and the results are sodium {sodium_mmol_l} mmol/L,
        chloride {chloride_mg_dl} mg/dL and bicarbonate {bicarbonate_mmol_l} mmol/L. They differ from those
        in {his} pension file, where sodium {old_sodium_mmol_l} mmol/L, chloride {old_chloride_mg_dl} mg/dL
        and bicarbonate {old_bicarbonate_mmol_l} mmol/L were noted years ago. Glucose was {glucose} mg/dL,
        magnesium {magnesium} mg/dL. {He} <denies|admits to no> alcohol. A neighbour was treated for carbon
        monoxide last winter.
        """,
        question="""
        From the blood taken on the spot, give the delta gap (anion gap minus 12, potassium not counted) in
        mEq/L without rounding; it may be negative. One mEq/L of chloride is 3.545 mg/dL.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Overnight extract for the metabolic conference. Subject {age}, {male}. Index sample: chloride
        {chloride_g_l} g/L, bicarbonate {bicarbonate_mmol_l} mmol/L, sodium {sodium_mmol_l} mmol/L. Sample
        under infusion, contaminated and to be discarded: chloride {old_chloride_g_l} g/L, bicarbonate
        {old_bicarbonate_mmol_l} mmol/L, sodium {old_sodium_mmol_l} mmol/L. Platelets {platelets}, C-reactive
        protein {crp} mg/L. <Renal|Kidney> imaging unremarkable. Organic acids in urine are awaited by the
        presenter.
        """,
        question="""
        By how many mEq/L does the anion gap of the index sample, Na - (Cl + HCO3), exceed 12? Give this delta
        gap exactly, negative if the gap is smaller; chloride weighs 35.45 mg per mmol.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Reason for the call to bed {bed}: {an_age}-year-old {man} on isoniazid had a fit. Electrolytes sent at
        once came back as bicarbonate {bicarbonate_mg_dl} mg/dL, chloride {chloride_mg_dl} mg/dL and sodium
        {sodium_mmol_l} mmol/L, the potassium being {potassium}. Electrolytes from the day {he} was admitted
        had been bicarbonate {old_bicarbonate_mg_dl} mg/dL, chloride {old_chloride_mg_dl} mg/dL and sodium
        {old_sodium_mmol_l} mmol/L. Pupils equal, pressure {bp}, haemoglobin {hb}. {He} <woke up|came round>
        within minutes. Pyridoxine is on its way from the pharmacy.
        """,
        question="""
        Calculate, for the electrolytes sent after the fit, anion gap minus 12 (the delta gap; potassium plays
        no part) in mEq/L with sign and all decimals. Divide mg/dL by 3.545 for chloride and by 6.102 for
        bicarbonate.
        """,
        superseded=3,
    ),
)

CALCULATOR = Calculator(
    slug="delta_gap",
    title="Delta Gap",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mEq/L"),
    judged=judged_equation("mEq/L", "sodium - (chloride + bicarbonate) - 12", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
