"""Delta ratio. Version 1. Not for clinical use."""

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
    "Delta ratio with a normal anion gap of 12 and a normal bicarbonate of 24 mEq/L (formula looked up on "
    "myendoconsult.com and rxmedcalc.com)."
)


def delta_ratio(*, sodium_meq_l: float, chloride_meq_l: float, bicarbonate_meq_l: float) -> float:
    """(Sodium - chloride - bicarbonate - 12) / (24 - bicarbonate); not rounded.

    Potassium is not part of the anion gap here, as in MedCalc-Bench.

    Args:
        sodium_meq_l: serum sodium in mEq/L (the same number as in mmol/L).
        chloride_meq_l: serum chloride in mEq/L.
        bicarbonate_meq_l: serum bicarbonate in mEq/L; at 24 the ratio does not exist.

    Returns:
        Delta ratio, a number without unit. Not for clinical use.
    """
    return (sodium_meq_l - chloride_meq_l - bicarbonate_meq_l - 12) / (24 - bicarbonate_meq_l)


def _panel(note: str, rng: random.Random) -> Panel:
    """Delta ratios spread evenly on a log scale from 0.3 to 3.2, as far as electrolytes allow."""
    while True:
        bicarbonate = rng.uniform(6.5, 19.5)
        delta_gap = math.exp(rng.uniform(math.log(0.3), math.log(3.2))) * (24 - bicarbonate)
        if 3.5 <= delta_gap <= 30:
            panel = read_panel(note, rng, anion_gap_meq_l=delta_gap + 12, bicarbonate_meq_l=bicarbonate)
            if panel is not None and delta_ratio(**panel.values) > 0.2:
                return panel


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    person = Person.draw(rng, rng.randint(19, 84))
    panel = _panel(phrasing.note, rng)
    code = [
        *panel.code(),
        "answer = (sodium_meq_l - chloride_meq_l - bicarbonate_meq_l - 12) / (24 - bicarbonate_meq_l)",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | panel.slots(),
        grading=equation(delta_ratio(**panel.values)),
        reference="\n".join(code),
        trap=delta_ratio(**panel.trap_values),
        conversions=panel.conversions,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with type 1 diabetes was brought in <drowsy|sleepy> and breathing deeply
        after {days} days without insulin. Chemistry on arrival from the small hospital's old analyser:
        sodium {sodium_meq_l} mEq/L, chloride {chloride_mg_dl} mg/dL, bicarbonate {bicarbonate_meq_l} mEq/L,
        potassium {potassium} mmol/L. At the last diabetes check {months_ago} months ago the bicarbonate was
        {old_bicarbonate_meq_l} mEq/L and the chloride {old_chloride_mg_dl} mg/dL. Blood pressure {bp} mmHg,
        pulse {pulse}/min. {His} sister has diabetes too. A lactate has been sent to the reference
        laboratory; no result yet.
        """,
        question="""
        What is the patient's delta ratio on arrival? Use 12 mEq/L as the normal anion gap (without
        potassium) and 24 mEq/L as the normal bicarbonate; chloride weighs 35.45 mg per mEq. Do not round.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        NEPHROLOGY CONSULT, bed {bed}: {surname}, {male}, {age} y

        Question: is this acidosis a mixed one?

        Panel before the first litre of saline: HCO3 {old_bicarbonate_meq_l} mmol/L, Cl {old_chloride_meq_l}
        mmol/L.

        Panel after two litres: Na {sodium_mg_dl} mg/dL, Cl {chloride_meq_l} mmol/L, HCO3
        {bicarbonate_meq_l} mmol/L, Mg {magnesium} mg/dL.

        Other: Hb {hb} g/dL, platelets {platelets}, ALT {alt} U/L. <Salicylate not detected|No salicylate
        found>. Osmolality requested.
        """,
        question="""
        Calculate the delta ratio, (anion gap - 12) / (24 - HCO3) in mmol/L, for the panel after two litres;
        potassium stays out of the anion gap and sodium has a molar mass of 22.99 g/mol. The ratio is wanted
        unrounded.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {an_age}-year-old {man}, was found after drinking for a week. {He} vomited
        repeatedly in the ambulance. The evening sample held {bicarbonate_mg_dl} mg/dL of bicarbonate,
        {sodium_meq_l} mmol/L of sodium and {chloride_meq_l} mmol/L of chloride. By contrast, the blood that
        the family doctor drew {months_ago} months earlier had {old_bicarbonate_mg_dl} mg/dL of bicarbonate.
        <Ketones in the urine were strongly positive|The urine was strongly positive for ketones>. Glucose
        {glucose} mg/dL, white cells {wbc}. No one else in the household is ill, and an abdominal scan is
        planned for the morning.
        """,
        question="""
        Give the delta ratio for the evening sample without rounding: anion gap (sodium minus chloride minus
        bicarbonate) less 12 mmol/L, divided by 24 mmol/L less the bicarbonate. Bicarbonate weighs 61.02 mg
        per mmol.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Night shift, high dependency unit. A {male} patient, {age} years, sepsis from the urinary tract,
        noradrenaline running. At 02:00 the laboratory telephoned Na {sodium_meq_l} mmol/L and bicarbonate
        {bicarbonate_meq_l} mmol/L; for chloride the courier's slip says {chloride_mg_dl} mg/dL. Six hours
        earlier bicarbonate had still read {old_bicarbonate_meq_l} mmol/L and chloride {old_chloride_mg_dl}
        mg/dL. CRP {crp} mg/L, SpO2 {spo2} %. Blood cultures <pending|under way>. The next of kin mentions a
        cousin on dialysis.
        """,
        question="""
        Which delta ratio belongs to 02:00? Reference values: anion gap 12 mmol/L with potassium left out,
        bicarbonate 24 mmol/L. The molar mass of chloride is 35.45 g/mol. All digits, please.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Toxicology telephone record. Caller: emergency physician. Subject: {age}-year-old {man} who drank an
        unknown liquid from a garage shelf. Values read out to us: bicarbonate {bicarbonate_meq_l} mEq/L;
        chloride {chloride_meq_l} mEq/L; sodium, still in old units, {sodium_mg_dl} mg/dL; potassium
        {potassium} mEq/L. A chloride of {old_chloride_meq_l} mEq/L with a bicarbonate of
        {old_bicarbonate_meq_l} mEq/L, read out first, turned out to be those of the neighbouring patient.
        <Vision is normal|Sight is unimpaired>. Methanol level: not measurable on site, sample leaves
        tomorrow. Heart rate {pulse}.
        """,
        question="""
        Using this patient's own values, how large is the ratio of the rise in anion gap above 12 mEq/L to
        the fall in bicarbonate below 24 mEq/L (the delta ratio; no potassium in the gap; sodium 22.99 mg
        per mEq)? Answer without rounding.
        """,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="delta_ratio",
    title="Delta Ratio",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="number", unit="ratio", hint="A number without unit."),
    judged=judged_equation("mEq/L per mEq/L", "(anion gap - 12) / (24 - bicarbonate)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
