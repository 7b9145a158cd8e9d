"""Serum anion gap without potassium. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g1 import (
    BICARBONATE,
    CHLORIDE,
    SODIUM,
    electrolytes_with_gap,
    read_old,
)

_SOURCE = (
    "Oh MS, Carroll HJ. The anion gap. N Engl J Med 1977;297:814-817, without potassium (formula and "
    "citation looked up on myendoconsult.com)."
)
_QUANTITIES = (SODIUM, CHLORIDE, BICARBONATE)


def anion_gap_mmol_l(*, sodium_mmol_l: float, chloride_mmol_l: float, bicarbonate_mmol_l: float) -> float:
    """Sodium - (chloride + bicarbonate); not rounded.

    Without potassium and without a correction for albumin, as MedCalc-Bench has it. All inputs are
    needed. In these ions a mmol is a mEq.

    Args:
        sodium_mmol_l: serum sodium in mmol/L.
        chloride_mmol_l: serum chloride in mmol/L.
        bicarbonate_mmol_l: serum bicarbonate in mmol/L.

    Returns:
        Anion gap in mmol/L, which is mEq/L. Not for clinical use.
    """
    return sodium_mmol_l - (chloride_mmol_l + bicarbonate_mmol_l)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 86))
    values = electrolytes_with_gap(rng, math.exp(rng.uniform(math.log(5), math.log(40))))
    now = [quantity.read(note, value) for quantity, value in zip(_QUANTITIES, values, strict=True)]

    def gap(sodium_mmol_l: float, chloride_mmol_l: float, bicarbonate_mmol_l: float) -> float:
        return anion_gap_mmol_l(
            sodium_mmol_l=sodium_mmol_l,
            chloride_mmol_l=chloride_mmol_l,
            bicarbonate_mmol_l=bicarbonate_mmol_l,
        )

    gold = gap(*(reading.value for reading in now))
    while True:
        values = electrolytes_with_gap(rng, rng.uniform(4, 34))
        old = [read_old(quantity, note, value) for quantity, value in zip(_QUANTITIES, values, strict=True)]
        trap = gap(*(reading.value for reading in old))
        if abs(trap / gold - 1) > 0.15:
            break
    slots = incidentals(rng) | person.slots()
    for reading, earlier in zip(now, old, strict=True):
        slots |= reading.slots() | earlier.slots("old_")
    code = [line for reading in now for line in reading.code()]
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join([*code, "answer = sodium_mmol_l - (chloride_mmol_l + bicarbonate_mmol_l)"]),
        trap=trap,
        conversions=sum(reading.converted for reading in now),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <is breathing deeply|breathes deeply> and has vomited for {days} days. The
        laboratory of this hospital prints chloride by mass. Result on arrival: sodium {sodium_mmol_l} mmol/L,
        potassium {potassium} mmol/L, chloride {chloride_mg_dl} mg/dL, bicarbonate {bicarbonate_mmol_l}
        mmol/L. Result at a check {months_ago} months ago: sodium {old_sodium_mmol_l} mmol/L, chloride
        {old_chloride_mg_dl} mg/dL, bicarbonate {old_bicarbonate_mmol_l} mmol/L. Haemoglobin {hb} g/dL.
        {His} uncle is a diabetic. Lactate has been sent.
        """,
        question="""
        What is the patient's anion gap on arrival in mEq/L, calculated without potassium? Chloride in mg/dL
        divided by 3.545 is chloride in mEq/L. Do not round and do not correct for albumin.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        KIDNEY UNIT, monthly bloods of {surname}, {male}, {age} years

        This month: Na {sodium_mmol_l} mmol/L, Cl {chloride_mmol_l} mmol/L, HCO3 {bicarbonate_mg_dl} mg/dL, K
        {potassium} mmol/L, Hb {hb} g/dL.

        Month before: Na {old_sodium_mmol_l} mmol/L, Cl {old_chloride_mmol_l} mmol/L, HCO3
        {old_bicarbonate_mg_dl} mg/dL.

        Tablets: sodium bicarbonate <prescribed, not started|prescribed but never taken>. BP {bp}.

        Next: blood gas at the following visit.
        """,
        question="""
        Compute the anion gap of this month (sodium minus chloride minus bicarbonate; potassium is left out)
        in mEq/L, unrounded. For bicarbonate, 6.102 mg/dL make 1 mEq/L.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We met {Mr} {surname}, {age}, a {male} patient with an ileostomy, on the surgical ward. In the
        sample drawn before the operation {he} had a sodium of {old_sodium_mg_dl} mg/dL, a chloride of
        {old_chloride_mmol_l} mmol/L and a bicarbonate of {old_bicarbonate_mmol_l} mmol/L. On the day of our
        consultation the same analyser returned a sodium of {sodium_mg_dl} mg/dL, a chloride of
        {chloride_mmol_l} mmol/L and a bicarbonate of {bicarbonate_mmol_l} mmol/L, besides a potassium of
        {potassium} mmol/L and a magnesium of {magnesium} mg/dL. {He} looks <tired|exhausted>; {his} wound is
        dry. A salicylate level was thought unnecessary.
        """,
        question="""
        Give the anion gap in mEq/L for the day of the consultation, leaving potassium aside and without any
        rounding. The sodium figure has to be divided by 2.299 to change mg/dL into mEq/L.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Ambulance service, interhospital form. Person carried: {male}, {age}. Blood taken shortly before
        departure: bicarbonate {bicarbonate_mmol_l} mEq/L, chloride {chloride_g_l} g/L, sodium {sodium_g_l}
        g/L. Blood taken when the person had first been seen, since treated: bicarbonate
        {old_bicarbonate_mmol_l} mEq/L, chloride {old_chloride_g_l} g/L, sodium {old_sodium_g_l} g/L. Oxygen
        saturation {spo2} %, heart rate {pulse}. <Oxygen by mask|Mask with oxygen>, two cannulas. Toxic
        alcohols are suspected by the crew; no level exists.
        """,
        question="""
        Using the sample nearest to departure, find the anion gap Na - (Cl + HCO3) in mEq/L and give every
        decimal. Molar masses are 22.99 g for sodium and 35.45 g for chloride.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        On the medical ward in bed {bed} {an_age}-year-old {man} is treated for an exacerbation of lung
        disease. A panel from the archive, {years_ago} years old, contains chloride {old_chloride_mg_dl}
        mg/dL, bicarbonate {old_bicarbonate_mg_dl} mg/dL and sodium {old_sodium_mmol_l} mmol/L. The panel that
        came down the tube an hour ago contains chloride {chloride_mg_dl} mg/dL, bicarbonate
        {bicarbonate_mg_dl} mg/dL and sodium {sodium_mmol_l} mmol/L. White cells {wbc}, ALT {alt} U/L. {He}
        <slept|has slept> poorly. An arterial puncture was put off at {his} request.
        """,
        question="""
        How wide is the anion gap of the newer panel in mEq/L if potassium and albumin are disregarded? From
        mg/dL to mEq/L, divide chloride by 3.545 and bicarbonate by 6.102; retain all digits.
        """,
        superseded=3,
    ),
)

CALCULATOR = Calculator(
    slug="anion_gap",
    title="Anion Gap",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mEq/L"),
    judged=judged_equation("mEq/L", "sodium - (chloride + bicarbonate)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
