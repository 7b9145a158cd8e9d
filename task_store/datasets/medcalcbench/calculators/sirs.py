"""Systemic inflammatory response syndrome: how many criteria are met. Version 1. Not for clinical use."""

import random
from collections.abc import Mapping

from task_store.datasets.medcalcbench.calculator import Calculator, Drawn, Phrasing, judged_score
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import BREATHS, TEMPERATURE
from task_store.datasets.medcalcbench.quantities_g4 import HEART_RATE, PACO2, WHITE_CELLS
from task_store.datasets.medcalcbench.scores_g4 import POINTS, combinations
from task_store.grading import NumericSpec

_SOURCE = (
    "Bone RC, Balk RA, Cerra FB, et al. Definitions for sepsis and organ failure (ACCP/SCCM consensus "
    "conference). Chest 1992;101:1644-1655 (citation from memory; criteria looked up on "
    "guidelinecentral.com)."
)
_RULES = (
    "One each for temperature above 38 or below 36 °C, heart rate above 90/min, respiratory rate above "
    "20/min or PaCO2 below 32 mmHg, and white cells above 12,000 or below 4,000 per µL."
)
_QUANTITIES = {
    "temperature_c": TEMPERATURE,
    "heart_rate_per_min": HEART_RATE,
    "respiratory_rate_per_min": BREATHS,
    "paco2_mmhg": PACO2,
    "wbc_per_ul": WHITE_CELLS,
}


def sirs_criteria_met(
    *,
    temperature_c: float,
    heart_rate_per_min: float,
    wbc_per_ul: float,
    respiratory_rate_per_min: float | None = None,
    paco2_mmhg: float | None = None,
) -> int:
    """Number of SIRS criteria that are met, 0 to 4.

    As in MedCalc-Bench, band forms play no part. (At least one published version of that data set's code
    counts the heart rate whatever it is; that is not followed.)

    Args:
        temperature_c: body temperature in °C.
        heart_rate_per_min: beats per minute.
        wbc_per_ul: white blood cells per microlitre (mm^3).
        respiratory_rate_per_min: breaths per minute; None: not above 20.
        paco2_mmhg: arterial partial pressure of carbon dioxide; None: not below 32.

    Returns:
        Criteria met. Not for clinical use.
    """
    fast_breathing = respiratory_rate_per_min is not None and respiratory_rate_per_min > 20
    hypocapnia = paco2_mmhg is not None and paco2_mmhg < 32
    return sum(
        (
            temperature_c > 38 or temperature_c < 36,
            heart_rate_per_min > 90,
            fast_breathing or hypocapnia,
            wbc_per_ul > 12_000 or wbc_per_ul < 4_000,
        )
    )


_CASES = [(sum(case.values()), case) for case in combinations(("temperature", "pulse", "breathing", "cells"))]


def _values(rng: random.Random, case: Mapping[str, bool]) -> dict[str, float]:
    """Measured values that make up a case, clear of the thresholds."""
    fast = case["breathing"] and rng.random() < 0.6
    hypocapnic = case["breathing"] and (not fast or rng.random() < 0.5)
    feverish, many = rng.random() < 0.7, rng.random() < 0.7
    abnormal_c = rng.uniform(38.4, 40.2) if feverish else rng.uniform(34.1, 35.6)
    abnormal_cells = rng.uniform(12_900, 24_000) if many else rng.uniform(1_100, 3_500)
    return {
        "temperature_c": abnormal_c if case["temperature"] else rng.uniform(36.4, 37.6),
        "heart_rate_per_min": rng.uniform(97, 138) if case["pulse"] else rng.uniform(56, 84),
        "respiratory_rate_per_min": rng.randint(24, 36) if fast else rng.randint(12, 18),
        "paco2_mmhg": rng.uniform(21, 30) if hypocapnic else rng.uniform(35, 44),
        "wbc_per_ul": abnormal_cells if case["cells"] else rng.uniform(4_900, 10_900),
    }


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    met, case = _score_and_case(rng)
    other_met, other_case = _score_and_case(rng)
    while other_met == met:
        other_met, other_case = _score_and_case(rng)
    person = Person.draw(rng, rng.randint(22, 89))
    values, other_values = _values(rng, case), _values(rng, other_case)
    slots = incidentals(rng) | person.slots()
    code: list[str] = []
    read: dict[str, float] = {}
    conversions = 0
    for name, quantity in _QUANTITIES.items():
        reading = quantity.read(phrasing.note, values[name])
        other = quantity.read_old(phrasing.note, other_values[name])
        slots |= reading.slots() | (other.slots("old_") if other else {})
        code += reading.code()
        read[name] = reading.value
        conversions += reading.converted
    code += [
        "breathing = respiratory_rate_per_min > 20 or paco2_mmhg < 32",
        "abnormal_cells = wbc_per_ul > 12000 or wbc_per_ul < 4000",
        "answer = (temperature_c > 38 or temperature_c < 36) + (heart_rate_per_min > 90) + breathing + "
        "abnormal_cells",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(sirs_criteria_met(**read)),
        reference="\n".join(code),
        trap=other_met,
        conversions=conversions,
    )


def _score_and_case(rng: random.Random) -> tuple[int, dict[str, bool]]:
    case = even_case(rng, _CASES)
    return sum(case.values()), case


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <was admitted|came in> with abdominal pain. On admission: temperature
        {temperature_f} °F, heart rate {heart_rate_per_min}/min, respiratory rate
        {respiratory_rate_per_min}/min, blood pressure {bp} mmHg, oxygen saturation {spo2} %. Blood on
        admission: white cells {wbc_10e9_l} x10^9/L, haemoglobin {hb} g/dL, platelets {platelets} x10^9/L,
        CRP {crp} mg/L, arterial PaCO2 {paco2_mmhg} mmHg. The same values on the second day: temperature
        {old_temperature_f} °F, heart rate {old_heart_rate_per_min}/min, respiratory rate
        {old_respiratory_rate_per_min}/min, white cells {old_wbc_10e9_l} x10^9/L, PaCO2 {old_paco2_mmhg}
        mmHg. {His} sister once had sepsis. Blood cultures are pending.
        """,
        question="""
        How many of the four SIRS criteria did the patient meet on admission? Temperature counts above 38 °C
        or below 36 °C, heart rate above 90/min, respiration above 20/min or PaCO2 below 32 mmHg, white
        cells above 12,000 or below 4,000 per µL. Answer with a whole number.
        """,
        inferences=4,
        superseded=5,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        SURGICAL WARD, bed {bed}. {surname}, {male}, {age} y, fifth day after bowel resection

        Yesterday 18:00: T {old_temperature_c} °C, {old_beats_in_15_s} beats in 15 s, {old_breaths_in_30_s}
        breaths in 30 s. Gas: PaCO2 {old_paco2_kpa} kPa. WBC {old_wbc_per_ul} per µL.

        Today 06:00: T {temperature_c} °C, {beats_in_15_s} beats in 15 s, {breaths_in_30_s} breaths in 30 s.
        Gas: PaCO2 {paco2_kpa} kPa. WBC {wbc_per_ul} per µL.

        Other: BP {bp}, Na {sodium}, K {potassium}, glucose {glucose}. Wound dry. CT <if needed|on request>.
        """,
        question="""
        Count the SIRS criteria that hold at 06:00 today (integer, 0 to 4). Limits: over 38 or under 36 °C;
        over 90 beats/min; over 20 breaths/min or PaCO2 under 32 mmHg (1 kPa = 7.50062 mmHg); WBC over
        12,000 or under 4,000 per µL.
        """,
        inferences=6,
        superseded=5,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {age}, was seen twice in our urgent care centre for flank pain. At the first visit,
        {days} days ago, I measured {old_temperature_f} °F, a pulse of {old_heart_rate_per_min}, and
        {old_breaths_in_15_s} breaths in 15 seconds; the laboratory reported {old_wbc_per_ul} leukocytes per
        microlitre and a PaCO2 of {old_paco2_mmhg} mmHg. At the second visit, today, it was {temperature_f}
        °F, a pulse of {heart_rate_per_min}, {breaths_in_15_s} breaths in 15 seconds, {wbc_per_ul}
        leukocytes per microlitre and a PaCO2 of {paco2_mmhg} mmHg. The pressure was {bp} on both occasions.
        {He} is <fond of gardening|a keen walker> and drinks enough. Creatinine was normal, ALT {alt} U/L.
        Ultrasound will follow.
        """,
        question="""
        How many SIRS criteria are fulfilled at today's visit (whole number)? The bounds are 36 and 38 °C
        for temperature (outside them counts), 90/min for the pulse (more counts), 20/min for breathing
        (more counts, or alternatively PaCO2 less than 32 mmHg), and 4,000 and 12,000 leukocytes per
        microlitre (outside them counts).
        """,
        inferences=5,
        superseded=5,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Transfer <letter|note> for a {male} patient of {age} years with pancreatitis. State on leaving us:
        {temperature_f} degrees Fahrenheit; one heart beat each {beat_interval_ms} ms on the monitor;
        {breaths_in_30_s} respirations in half a minute (30 s); carbon dioxide tension in the artery
        {paco2_kpa} kPa; leukocytes {wbc_10e9_l} per nL. State on reaching us, a week before:
        {old_temperature_f} degrees Fahrenheit; one heart beat each {old_beat_interval_ms} ms;
        {old_breaths_in_30_s} respirations in half a minute; carbon dioxide tension {old_paco2_kpa} kPa;
        leukocytes {old_wbc_10e9_l} per nL. Sodium {sodium}, magnesium {magnesium}, haemoglobin {hb}
        throughout. Removal of the gallbladder is intended.
        """,
        question="""
        Which number of SIRS criteria applied on leaving? Criteria: colder than 36 or warmer than 38 °C;
        more than 90 heart beats per minute; more than 20 respirations per minute or carbon dioxide tension
        lower than 32 mmHg, taking 7.50062 mmHg per kPa; leukocytes fewer than 4 or more than 12 per nL
        (4,000 and 12,000 per µL). Reply with one integer.
        """,
        inferences=6,
        superseded=5,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Sheet of the rapid response team. Called for: {man} aged {age}, shivering after dialysis access
        surgery. Team's own readings: ear thermometer {temperature_c} °C, carotid {beats_in_30_s} beats per
        30 seconds, chest {breaths_in_15_s} movements per 15 seconds, arterial sample PaCO2 {paco2_kpa} kPa,
        cell counter {wbc_10e9_l} x10^9 leukocytes per litre. Readings copied from the referring ward,
        earlier that shift: {old_temperature_c} °C, {old_beats_in_30_s} beats per 30 seconds,
        {old_breaths_in_15_s} movements per 15 seconds, PaCO2 {old_paco2_kpa} kPa, {old_wbc_10e9_l} x10^9
        leukocytes per litre. Pressure {bp}, saturation {spo2} %, sugar {glucose}. Antibiotic: <to be
        chosen|undecided>.
        """,
        question="""
        By the team's own readings, state how many criteria of the systemic inflammatory response syndrome
        are there (an integer). A temperature beyond 38 °C or short of 36 °C, a pulse beyond 90/min, a
        breathing rate beyond 20/min or a PaCO2 short of 32 mmHg (kPa times 7.50062), leukocytes beyond 12
        or short of 4 x10^9 per litre each make one.
        """,
        inferences=6,
        superseded=5,
    ),
)

CALCULATOR = Calculator(
    slug="sirs",
    title="SIRS Criteria",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
