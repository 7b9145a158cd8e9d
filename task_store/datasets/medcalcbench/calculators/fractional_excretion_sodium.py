"""Fractional excretion of sodium. Version 1. Not for clinical use."""

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
    SERUM_CREATININE,
    SODIUM,
    URINE_CREATININE,
    URINE_SODIUM,
    read_old,
)

_SOURCE = "Fractional excretion of sodium, (U-Na * P-Cr) / (P-Na * U-Cr) * 100 (looked up on statology.org)."
_QUANTITIES = (SODIUM, SERUM_CREATININE, URINE_SODIUM, URINE_CREATININE)


def fractional_excretion_sodium_percent(
    *,
    sodium_mmol_l: float,
    creatinine_mg_dl: float,
    urine_sodium_mmol_l: float,
    urine_creatinine_mg_dl: float,
) -> float:
    """100 * (urine sodium * serum creatinine) / (serum sodium * urine creatinine); not rounded.

    All inputs are needed.

    Args:
        sodium_mmol_l: serum sodium in mmol/L (the same number as mEq/L).
        creatinine_mg_dl: serum creatinine in mg/dL.
        urine_sodium_mmol_l: sodium in spot urine in mmol/L.
        urine_creatinine_mg_dl: creatinine in the same urine in mg/dL.

    Returns:
        Fractional excretion in percent of the filtered sodium. Not for clinical use.
    """
    return 100 * (urine_sodium_mmol_l * creatinine_mg_dl) / (sodium_mmol_l * urine_creatinine_mg_dl)


def _percent(readings: list[Reading]) -> float:
    sodium, creatinine, urine_sodium, urine_creatinine = (reading.value for reading in readings)
    return fractional_excretion_sodium_percent(
        sodium_mmol_l=sodium,
        creatinine_mg_dl=creatinine,
        urine_sodium_mmol_l=urine_sodium,
        urine_creatinine_mg_dl=urine_creatinine,
    )


def _values(rng: random.Random) -> tuple[float, float, float, float]:
    """Sodium, creatinine, urine sodium and urine creatinine; the result is spread evenly on a log scale."""
    while True:
        target = math.exp(rng.uniform(math.log(0.12), math.log(12)))
        for _ in range(400):
            sodium = rng.uniform(122, 152)
            creatinine = math.exp(rng.uniform(math.log(0.9), math.log(8)))
            urine_creatinine = math.exp(rng.uniform(math.log(18), math.log(280)))
            urine_sodium = target * sodium * urine_creatinine / (100 * creatinine)
            if 8 <= urine_sodium <= 170:
                return sodium, creatinine, urine_sodium, urine_creatinine


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(20, 88))
    now = [quantity.read(note, value) for quantity, value in zip(_QUANTITIES, _values(rng), strict=True)]
    gold = _percent(now)
    while True:
        values = _values(rng)
        old = [read_old(quantity, note, value) for quantity, value in zip(_QUANTITIES, values, strict=True)]
        trap = _percent(old)
        if abs(trap / gold - 1) > 0.15:
            break
    slots = incidentals(rng) | person.slots()
    for reading, earlier in zip(now, old, strict=True):
        slots |= reading.slots() | earlier.slots("old_")
    code = [line for reading in now for line in reading.code()]
    code += ["excreted = urine_sodium_mmol_l / sodium_mmol_l * creatinine_mg_dl / urine_creatinine_mg_dl"]
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join([*code, "answer = 100 * excreted"]),
        trap=trap,
        conversions=sum(reading.converted for reading in now),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <passes|is passing> little urine since yesterday. Serum now: sodium
        {sodium_mmol_l} mmol/L, creatinine {creatinine_umol_l} µmol/L, potassium {potassium} mmol/L. Spot
        urine now: sodium {urine_sodium_mmol_l} mmol/L, creatinine {urine_creatinine_mg_dl} mg/dL. An
        episode {years_ago} years ago was worked up with serum sodium {old_sodium_mmol_l} mmol/L, serum
        creatinine {old_creatinine_umol_l} µmol/L, urine sodium {old_urine_sodium_mmol_l} mmol/L and urine
        creatinine {old_urine_creatinine_mg_dl} mg/dL. No diuretics. Blood pressure {bp} mmHg. {His} daughter
        has a single kidney. Renin has been requested.
        """,
        question="""
        What is the patient's fractional excretion of sodium now, as a percentage (%)? Serum creatinine:
        88.4 µmol/L are 1 mg/dL. Do not round.
        """,
        superseded=4,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ACUTE KIDNEY INJURY SHEET: {surname}, {male}, {age} years

        Blood and urine of day 1: blood Na {old_sodium_mmol_l} mmol/L, blood creatinine
        {old_creatinine_umol_l} µmol/L; urine Na {old_urine_sodium_mmol_l} mmol/L, urine creatinine
        {old_urine_creatinine_mmol_l} mmol/L.

        Blood and urine of day 3: blood Na {sodium_mmol_l} mmol/L, blood creatinine {creatinine_umol_l}
        µmol/L; urine Na {urine_sodium_mmol_l} mmol/L, urine creatinine {urine_creatinine_mmol_l} mmol/L.

        Other: Hb {hb} g/dL, <sediment with casts|casts in the sediment>, SpO2 {spo2} %.

        Furosemide: not given. Nephrology: to be called.
        """,
        question="""
        Compute FENa in % for day 3, unrounded. Note that 1 mmol/L of creatinine is 1000 µmol/L.
        """,
        superseded=4,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The liver service wrote about {Mr} {surname}, {age}, a {male} patient with tense ascites whose kidneys
        are failing. In urine collected after albumin the sodium was {urine_sodium_mg_dl} mg/dL (2.299 mg/dL
        are 1 mmol/L) with a creatinine of {urine_creatinine_mg_dl} mg/dL; the blood taken along with it
        contained {sodium_mmol_l} mmol/L of sodium and {creatinine_mg_dl} mg/dL of creatinine. Urine collected
        before albumin had shown {old_urine_sodium_mg_dl} mg/dL of sodium and {old_urine_creatinine_mg_dl}
        mg/dL of creatinine, with {old_sodium_mmol_l} mmol/L and {old_creatinine_mg_dl} mg/dL in blood.
        Platelets {platelets}, ALT {alt} U/L. {He} <has never|never> had dialysis. A cousin drinks.
        """,
        question="""
        Which fractional excretion of sodium, in % and without rounding, follows from the samples collected
        after albumin? All four concentrations enter, urine over serum for sodium and for creatinine.
        """,
        superseded=4,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Nephrology registrar's slip for bed {bed}, {male}, {age}. Urine bottle number two (today): Na
        {urine_sodium_mmol_l} mmol/L, creatinine {urine_creatinine_g_l} g/L. Serum drawn with bottle two:
        creatinine {creatinine_mg_l} mg/L, Na {sodium_mmol_l} mmol/L. Urine bottle number one (at admission):
        Na {old_urine_sodium_mmol_l} mmol/L, creatinine {old_urine_creatinine_g_l} g/L. Serum drawn with
        bottle one: creatinine {old_creatinine_mg_l} mg/L, Na {old_sodium_mmol_l} mmol/L. Pulse {pulse},
        magnesium {magnesium} mg/dL. <Catheter|Bladder catheter> in place. A biopsy slot is kept free.
        """,
        question="""
        For bottle two with its serum, state the fractional sodium excretion in % and keep the digits: 100 x
        (urine Na x serum creatinine) / (serum Na x urine creatinine), creatinines in one unit (1 g/L is 1000
        mg/L).
        """,
        superseded=4,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Three hours after the end of a marathon {an_age}-year-old {man} could not stop cramping. The finish
        line laboratory reports creatinine {creatinine_umol_l} µmol/L and sodium {sodium_mmol_l} mmol/L in
        plasma, and in urine creatinine {urine_creatinine_mmol_l} mmol/L and sodium {urine_sodium_mmol_l}
        mmol/L. Runners were also sampled at registration; the figures of this one were creatinine
        {old_creatinine_umol_l} µmol/L and sodium {old_sodium_mmol_l} mmol/L in plasma, creatinine
        {old_urine_creatinine_mmol_l} mmol/L and sodium {old_urine_sodium_mmol_l} mmol/L in urine. Glucose
        {glucose} mg/dL, haemoglobin {hb}. {He} took <no tablets|nothing> during the race. Myoglobin was not
        looked for.
        """,
        question="""
        What share of the filtered sodium, in %, did this runner excrete (FENa) by the finish line
        laboratory's report? Mind that plasma and urine creatinine differ by the factor 1000 in their units,
        and leave the percentage uncut.
        """,
        superseded=4,
    ),
)

CALCULATOR = Calculator(
    slug="fractional_excretion_sodium",
    title="Fractional Excretion of Sodium (FENa)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("%"),
    judged=judged_equation(
        "%", "100 * (urine Na * serum creatinine) / (serum Na * urine creatinine)", _SOURCE
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
