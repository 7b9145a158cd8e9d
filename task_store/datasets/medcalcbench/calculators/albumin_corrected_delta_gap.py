"""Delta gap corrected for albumin. Version 1. Not for clinical use."""

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
    "Delta gap over a normal anion gap of 12 mEq/L (looked up on myendoconsult.com), with the correction of "
    "Figge J et al. Crit Care Med 1998;26:1807-1810 for albumin (looked up on mdtools.org)."
)


def albumin_corrected_delta_gap_meq_l(
    *, sodium_meq_l: float, chloride_meq_l: float, bicarbonate_meq_l: float, albumin_g_dl: float
) -> float:
    """Sodium - chloride - bicarbonate + 2.5 * (4.0 - albumin) - 12; not rounded.

    The delta gap here is the excess of the anion gap alone, as in MedCalc-Bench; other authors subtract
    the fall of bicarbonate too. Potassium is not part of the anion gap.

    Args:
        sodium_meq_l: serum sodium in mEq/L (the same number as in mmol/L).
        chloride_meq_l: serum chloride in mEq/L.
        bicarbonate_meq_l: serum bicarbonate in mEq/L.
        albumin_g_dl: serum albumin in g/dL; 4.0 is taken as normal.

    Returns:
        Corrected delta gap in mEq/L; negative for a gap below 12. Not for clinical use.
    """
    return sodium_meq_l - chloride_meq_l - bicarbonate_meq_l + 2.5 * (4.0 - albumin_g_dl) - 12


def _panel(note: str, rng: random.Random) -> Panel:
    """Corrected delta gaps spread evenly on a log scale from 3 to 30 mEq/L."""
    while True:
        delta_gap = math.exp(rng.uniform(math.log(3), math.log(30)))
        albumin = rng.uniform(1.6, 3.6)
        panel = read_panel(
            note,
            rng,
            anion_gap_meq_l=delta_gap + 12 - 2.5 * (4.0 - albumin),
            bicarbonate_meq_l=rng.uniform(7, 22),
            albumin_g_dl=albumin,
        )
        if panel is not None and albumin_corrected_delta_gap_meq_l(**panel.values) > 2:
            return panel


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    person = Person.draw(rng, rng.randint(20, 87))
    panel = _panel(phrasing.note, rng)
    code = [
        *panel.code(),
        "anion_gap_meq_l = sodium_meq_l - chloride_meq_l - bicarbonate_meq_l",
        "answer = anion_gap_meq_l + 2.5 * (4.0 - albumin_g_dl) - 12",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | panel.slots(),
        grading=equation(albumin_corrected_delta_gap_meq_l(**panel.values)),
        reference="\n".join(code),
        trap=albumin_corrected_delta_gap_meq_l(**panel.trap_values),
        conversions=panel.conversions,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} who takes metformin came to the emergency room with diarrhoea and <poor|low>
        urine output for {days} days. First blood results there: bicarbonate {bicarbonate_meq_l} mmol/L,
        sodium {sodium_meq_l} mmol/L, potassium {potassium} mmol/L, chloride {chloride_meq_l} mmol/L; the
        albumin is {albumin_g_l} g/L. The practice had measured a bicarbonate of {old_bicarbonate_meq_l}
        mmol/L in the spring. Blood pressure {bp}, heart rate {pulse}/min. {His} father was a diabetic as
        well. Lactate is being measured.
        """,
        question="""
        What is the albumin-corrected delta gap of the first blood results, in mEq/L? It is the anion gap
        without potassium, plus 2.5 for each g/dL of albumin below 4.0, minus 12. Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        RENAL WARD, PROGRESS NOTE

        Patient: {surname}, {male}, {age} years.

        Before dialysis: Na {sodium_meq_l}, Cl {chloride_meq_l}, HCO3 {bicarbonate_meq_l} mEq/L; albumin
        {albumin_g_l} g/L; Hb {hb} g/dL.

        After dialysis (same session): Cl {old_chloride_meq_l}, HCO3 {old_bicarbonate_meq_l} mEq/L.

        Access: fistula in the left forearm, <no bleeding|good thrill>. Transplant work-up: not begun.
        """,
        question="""
        For the sample before dialysis, compute the delta gap corrected for albumin: Na - Cl - HCO3 + 2.5 *
        (4.0 g/dL - albumin) - 12, in mEq/L. Give it unrounded.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Transfer letter for {Mr} {surname}, {an_age}-year-old {man} with pneumonia and low blood pressure.
        When the ambulance left, the point-of-care device displayed sodium {sodium_meq_l} mmol/L and
        bicarbonate {bicarbonate_meq_l} mmol/L, while our laboratory determined chloride at {chloride_mg_dl}
        mg/dL and albumin at {albumin_g_l} g/L. A different bicarbonate, {old_bicarbonate_meq_l} mmol/L,
        stands in the papers of {his} stay {years_ago} years ago. C-reactive protein was {crp} mg/L.
        {He} smokes no longer. A chest drain <may become|might be> necessary. No allergies.
        """,
        question="""
        From the values at the time the ambulance left, state the delta gap with albumin correction (2.5
        mEq/L per g/dL below 4.0; normal anion gap 12, potassium not included) in mEq/L, unrounded. Chloride
        has 35.45 mg per mEq.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Endocrine on-call sheet. Known type 2 diabetes under an SGLT2 inhibitor; {male}, {age}; fasting for
        colonoscopy since yesterday. 16:40 results: Cl {chloride_meq_l} mmol/L / Na {sodium_meq_l} mmol/L /
        HCO3 {bicarbonate_meq_l} mmol/L / albumin {albumin_g_l} g/L / glucose {glucose} mg/dL. At the
        pre-assessment clinic HCO3 was {old_bicarbonate_meq_l} mmol/L and albumin {old_albumin_g_l} g/L.
        Beta-hydroxybutyrate: strip <expired|out of date>. The patient's spouse, also diabetic, waits
        outside.
        """,
        question="""
        By how many mEq/L does the anion gap at 16:40 (no potassium), once raised by 2.5 mEq/L per g/dL of
        albumin under 4.0, exceed 12? Enter this corrected delta gap with all its decimals.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Morning handover in surgery: {age}-year-old {man}, pancreatitis. Albumin has fallen from
        {old_albumin_g_l} g/L at the weekend to {albumin_g_l} g/L at six today. Drawn with it at six:
        sodium {sodium_meq_l} mmol/L, chloride {chloride_meq_l} mmol/L, bicarbonate {bicarbonate_mg_dl}
        mg/dL. At the weekend, bicarbonate amounted to {old_bicarbonate_mg_dl} mg/dL. Fluids were <given
        freely|given generously>. Platelets {platelets}, ALT {alt}. Computed tomography has not been
        repeated, and gallstones run in the family.
        """,
        question="""
        Calculate the albumin-corrected delta gap for six o'clock today in mEq/L without rounding. Convention:
        corrected anion gap = Na - Cl - HCO3 + 2.5 x (4.0 - albumin in g/dL), normal value 12; bicarbonate
        61.02 mg per mEq.
        """,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="albumin_corrected_delta_gap",
    title="Albumin Corrected Delta Gap",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mEq/L"),
    judged=judged_equation("mEq/L", "sodium - chloride - bicarbonate + 2.5 * (4.0 - albumin) - 12", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
