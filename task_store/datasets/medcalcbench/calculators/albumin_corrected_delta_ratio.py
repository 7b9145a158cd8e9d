"""Delta ratio corrected for albumin. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
)
from task_store.datasets.medcalcbench.electrolytes import Panel, read_panel
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.types import AnswerFormat

_SOURCE = (
    "Delta ratio with a normal anion gap of 12 and a normal bicarbonate of 24 mEq/L (looked up on "
    "myendoconsult.com), with the correction of Figge J et al. Crit Care Med 1998;26:1807-1810 for albumin "
    "(looked up on mdtools.org)."
)


def albumin_corrected_delta_ratio(
    *, sodium_meq_l: float, chloride_meq_l: float, bicarbonate_meq_l: float, albumin_g_dl: float
) -> float:
    """(Anion gap + 2.5 * (4.0 - albumin) - 12) / (24 - bicarbonate); not rounded.

    Potassium is not part of the anion gap here, as in MedCalc-Bench.

    Args:
        sodium_meq_l: serum sodium in mEq/L (the same number as in mmol/L).
        chloride_meq_l: serum chloride in mEq/L.
        bicarbonate_meq_l: serum bicarbonate in mEq/L; at 24 the ratio does not exist.
        albumin_g_dl: serum albumin in g/dL; 4.0 is taken as normal.

    Returns:
        Corrected delta ratio, a number without unit. Not for clinical use.
    """
    anion_gap_meq_l = sodium_meq_l - chloride_meq_l - bicarbonate_meq_l
    return (anion_gap_meq_l + 2.5 * (4.0 - albumin_g_dl) - 12) / (24 - bicarbonate_meq_l)


def _panel(note: str, rng: random.Random) -> Panel:
    """Corrected ratios spread evenly on a log scale from 0.3 to 3.2, as far as electrolytes allow."""
    while True:
        bicarbonate, albumin = rng.uniform(6.5, 19.5), rng.uniform(1.6, 3.6)
        delta_gap = math.exp(rng.uniform(math.log(0.3), math.log(3.2))) * (24 - bicarbonate)
        if not 3.5 <= delta_gap <= 32:
            continue
        panel = read_panel(
            note,
            rng,
            anion_gap_meq_l=delta_gap + 12 - 2.5 * (4.0 - albumin),
            bicarbonate_meq_l=bicarbonate,
            albumin_g_dl=albumin,
        )
        if panel is not None and albumin_corrected_delta_ratio(**panel.values) > 0.2:
            return panel


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    person = Person.draw(rng, rng.randint(20, 87))
    panel = _panel(phrasing.note, rng)
    code = [
        *panel.code(),
        "anion_gap_meq_l = sodium_meq_l - chloride_meq_l - bicarbonate_meq_l",
        "delta_gap_meq_l = anion_gap_meq_l + 2.5 * (4.0 - albumin_g_dl) - 12",
        "answer = delta_gap_meq_l / (24 - bicarbonate_meq_l)",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | panel.slots(),
        grading=equation(albumin_corrected_delta_ratio(**panel.values)),
        reference="\n".join(code),
        trap=albumin_corrected_delta_ratio(**panel.trap_values),
        conversions=panel.conversions,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with severe malnutrition was <picked up|found> unwell at home. {He} has had
        {days} days of watery stools. The hospital's first sample shows sodium {sodium_meq_l} mmol/L,
        potassium {potassium} mmol/L, chloride {chloride_meq_l} mmol/L, bicarbonate {bicarbonate_meq_l}
        mmol/L and albumin {albumin_g_l} g/L. A sample from a clinic visit {months_ago} months ago showed a
        bicarbonate of {old_bicarbonate_meq_l} mmol/L and a chloride of {old_chloride_meq_l} mmol/L. There
        is no fever. {His} grandmother died of kidney failure. Stool culture: awaited.
        """,
        question="""
        What is the albumin-corrected delta ratio in the hospital's first sample? Add 2.5 mEq/L per g/dL of
        albumin below 4.0 to the anion gap (without potassium); normal values are 12 for the gap and 24
        mEq/L for bicarbonate. Do not round.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ICU ADMISSION FORM

        Name {surname} / {male} / {age} y / bed {bed}

        Reason: ketoacidosis with <sepsis|infected foot>

        At 20:00: HCO3 {bicarbonate_meq_l} mEq/L, Na {sodium_meq_l} mEq/L, Cl {chloride_meq_l} mEq/L, Alb
        {albumin_g_l} g/L

        At 14:00, before insulin: HCO3 {old_bicarbonate_meq_l} mEq/L, Cl {old_chloride_meq_l} mEq/L

        Blood count: Hb {hb} g/dL, WBC {wbc}. Foot X-ray to follow.
        """,
        question="""
        Find the delta ratio at 20:00, with the anion gap (Na - Cl - HCO3) corrected by 2.5 * (4.0 g/dL -
        albumin), a normal gap of 12 mEq/L and a normal HCO3 of 24 mEq/L. State it unrounded.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for asking us to see {Mr} {surname}, aged {age}, a {male} patient of your oncology ward
        who breathes fast. From the line sample that you sent down at noon we obtained {albumin_g_l} g/L
        albumin, {sodium_mg_dl} mg/dL sodium, {chloride_meq_l} mmol/L chloride and {bicarbonate_meq_l}
        mmol/L bicarbonate. An earlier line sample, diluted by the infusion and therefore void, had
        contained {old_bicarbonate_meq_l} mmol/L bicarbonate. Magnesium is {magnesium} mg/dL and the
        platelet count {platelets}. <The lungs sound clear|Both lungs are clear>. Nobody has looked for
        D-lactate so far.
        """,
        question="""
        Express the noon sample's delta ratio after correction of the anion gap for albumin (2.5 mEq/L for
        every g/dL missing to 4.0). Subtract 12 from the gap and divide by 24 minus bicarbonate; potassium is
        not used, sodium is 22.99 mg per mEq. No rounding.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Poison ward, second opinion. An overdose of paracetamol is {days} days old in this {age}-year-old
        {man}. Values of the current hour: Na {sodium_meq_l} mmol/L; HCO3 {bicarbonate_meq_l} mmol/L; Cl
        {chloride_meq_l} mmol/L; serum albumin {albumin_g_l} g/L. Values of the first hour: HCO3
        {old_bicarbonate_meq_l} mmol/L; serum albumin {old_albumin_g_l} g/L. Pupils normal, <speech
        clear|speaks clearly>. SpO2 {spo2} %, pressure {bp}. Oxoproline is to be sent abroad. The liver team
        was told about an uncle's transplant.
        """,
        question="""
        Which delta ratio describes the current hour, if 2.5 mEq/L per g/dL of albumin under 4.0 go onto the
        potassium-free anion gap, whose norm is 12, and bicarbonate's norm is 24 mEq/L? Give all decimals.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Short report on {Mr} {surname} ({male}, born {age} years ago), who eats almost nothing since a
        stroke. The feeding tube was replaced. Results of 11 o'clock: chloride {chloride_mg_dl} mg/dL,
        bicarbonate {bicarbonate_meq_l} mmol/L, sodium {sodium_meq_l} mmol/L, albumin {albumin_g_l} g/L,
        alanine aminotransferase {alt} U/L. When {he} came to us, bicarbonate had been
        {old_bicarbonate_meq_l} mmol/L and chloride {old_chloride_mg_dl} mg/dL. <Speech therapy
        goes on|Logopaedic exercises go on>. A cousin is said to have renal tubular acidosis.
        """,
        question="""
        Compute for 11 o'clock: (Na - Cl - HCO3 + 2.5 x (4.0 - albumin in g/dL) - 12) / (24 - HCO3), the
        albumin-corrected delta ratio in mEq/L units, with chloride at 35.45 mg per mEq. Leave the result as
        it comes, unrounded.
        """,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="albumin_corrected_delta_ratio",
    title="Albumin Corrected Delta Ratio",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="number", unit="ratio", hint="A number without unit."),
    judged=judged_equation(
        "mEq/L per mEq/L",
        "(sodium - chloride - bicarbonate + 2.5 * (4.0 - albumin) - 12) / (24 - bicarbonate)",
        _SOURCE,
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
