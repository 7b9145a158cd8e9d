"""Anion gap corrected for albumin. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.electrolytes import Panel, read_panel
from task_store.datasets.medcalcbench.people import Person, incidentals

_SOURCE = (
    "Figge J, Jabor A, Kazda A, Fencl V. Anion gap and hypoalbuminemia. Crit Care Med 1998;26:1807-1810, "
    "with the normal albumin 4.0 g/dL (looked up on mdtools.org and rxmedcalc.com)."
)


def albumin_corrected_anion_gap_meq_l(
    *, sodium_meq_l: float, chloride_meq_l: float, bicarbonate_meq_l: float, albumin_g_dl: float
) -> float:
    """Sodium - chloride - bicarbonate + 2.5 * (4.0 - albumin); not rounded.

    Potassium is not part of the anion gap here, as in MedCalc-Bench. An albumin above 4.0 lowers the gap.

    Args:
        sodium_meq_l: serum sodium in mEq/L (the same number as in mmol/L).
        chloride_meq_l: serum chloride in mEq/L.
        bicarbonate_meq_l: serum bicarbonate in mEq/L.
        albumin_g_dl: serum albumin in g/dL; 4.0 is taken as normal.

    Returns:
        Corrected anion gap in mEq/L. Not for clinical use.
    """
    return sodium_meq_l - chloride_meq_l - bicarbonate_meq_l + 2.5 * (4.0 - albumin_g_dl)


def _panel(note: str, rng: random.Random) -> Panel:
    """Corrected gaps spread evenly on a log scale from 10 to 42 mEq/L."""
    while True:
        corrected = math.exp(rng.uniform(math.log(10), math.log(42)))
        albumin = rng.uniform(1.6, 3.6)
        panel = read_panel(
            note,
            rng,
            anion_gap_meq_l=corrected - 2.5 * (4.0 - albumin),
            bicarbonate_meq_l=rng.uniform(8, 23),
            albumin_g_dl=albumin,
        )
        if panel is not None:
            return panel


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    person = Person.draw(rng, rng.randint(22, 88))
    panel = _panel(phrasing.note, rng)
    code = [
        *panel.code(),
        "anion_gap_meq_l = sodium_meq_l - chloride_meq_l - bicarbonate_meq_l",
        "answer = anion_gap_meq_l + 2.5 * (4.0 - albumin_g_dl)",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | panel.slots(),
        grading=equation(albumin_corrected_anion_gap_meq_l(**panel.values)),
        reference="\n".join(code),
        trap=albumin_corrected_anion_gap_meq_l(**panel.trap_values),
        conversions=panel.conversions,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} on day {days} in intensive care after a perforated bowel. Morning
        biochemistry: sodium {sodium_meq_l} mmol/L, chloride {chloride_meq_l} mmol/L, bicarbonate
        {bicarbonate_meq_l} mmol/L, albumin {albumin_g_l} g/L, potassium {potassium} mmol/L. On the day of
        the operation the chloride had been {old_chloride_meq_l} mmol/L. The wound is <clean|dry> and the
        drains deliver little. C-reactive protein {crp} mg/L, platelets {platelets}. {His} brother had a
        bowel tumour. A blood gas sample has been ordered but not yet drawn.
        """,
        question="""
        What is the patient's albumin-corrected anion gap this morning, in mEq/L? Leave potassium out, take
        4.0 g/dL as the normal albumin and 2.5 mEq/L per g/dL as the factor, and do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        HEPATOLOGY CLINIC

        {surname}, {male}, {age}. Cirrhosis, stable ascites, no encephalopathy.

        Sample of this visit: albumin {albumin_g_l} g/L; HCO3 {bicarbonate_meq_l} mEq/L; Cl {chloride_meq_l}
        mEq/L; Na {sodium_meq_l} mEq/L; K {potassium} mEq/L; ALT {alt} U/L.

        Sample {months_ago} months ago: Cl {old_chloride_meq_l} mEq/L; HCO3 {old_bicarbonate_meq_l} mEq/L.

        Blood pressure {bp}. Gastroscopy <booked|scheduled>. Lactate never measured here.
        """,
        question="""
        Work out the anion gap (Na - Cl - HCO3) of this visit's sample with the correction of 2.5 mEq/L for
        each g/dL of albumin below 4.0. Report mEq/L, unrounded.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We saw {Mr} {surname} ({age}, {male}) for swelling of both legs and a protein loss in the urine.
        {His} serum contains {albumin_g_l} g/L of albumin, and the electrolytes of the same tube are
        {chloride_meq_l} mmol/L for chloride, {sodium_mg_dl} mg/dL for sodium and {bicarbonate_meq_l} mmol/L
        for bicarbonate. A tube of last week, spoiled because it <stood open|was left open> overnight,
        had shown {old_bicarbonate_meq_l} mmol/L of bicarbonate and {old_chloride_meq_l} mmol/L of
        chloride. {He} does not drink alcohol. Haemoglobin {hb} g/dL, magnesium {magnesium} mg/dL.
        """,
        question="""
        Give the anion gap corrected for albumin (plus 2.5 times the shortfall from 4.0 g/dL) from the tube
        that was not spoiled, in mEq/L without rounding. Potassium is not counted, and 22.99 mg of sodium
        are 1 mEq.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Burns unit, dressing day. Today's tube for {Mr} {surname}, {age}, {male}: Na {sodium_meq_l}, Cl
        {chloride_meq_l}, HCO3 {bicarbonate_meq_l} (all mmol/L), albumin {albumin_g_l} g/L, glucose
        {glucose} mg/dL. In the tube taken on transfer Cl was {old_chloride_meq_l} mmol/L and albumin
        {old_albumin_g_l} g/L. Grafts have <taken|healed in> on the left arm. Leukocytes {wbc}, temperature
        normal. The dietitian intends to raise protein intake. A flatmate was injured in the same fire.
        """,
        question="""
        Which anion gap in mEq/L results for today when potassium is ignored and 2.5 mEq/L are added per
        g/dL that albumin lacks to 4.0 g/dL? Keep every decimal.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Geriatric ward round. This {age}-year-old {man} lives in a nursing home and was sent because of
        confusion; {he} has eaten little for months. Arterial puncture failed. Venous results from 07:15:
        albumin {albumin_g_l} g/L, chloride {chloride_mg_dl} mg/dL, bicarbonate {bicarbonate_meq_l} mmol/L,
        sodium {sodium_meq_l} mmol/L. The nursing home's own slip, undated, carries a chloride of
        {old_chloride_mg_dl} mg/dL. Pulse {pulse}, saturation {spo2} %. <Hips and skull|Skull and hips> show
        no fracture. Thyroid function is to be tested next week.
        """,
        question="""
        Determine the albumin-adjusted anion gap (sodium less chloride less bicarbonate, plus 2.5 x (4.0 -
        albumin in g/dL)) at 07:15 as an unrounded number of mEq/L. One mEq of chloride weighs 35.45 mg.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="albumin_corrected_anion_gap",
    title="Albumin Corrected Anion Gap",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mEq/L"),
    judged=judged_equation("mEq/L", "sodium - chloride - bicarbonate + 2.5 * (4.0 - albumin)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
