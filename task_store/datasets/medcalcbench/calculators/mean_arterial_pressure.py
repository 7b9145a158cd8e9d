"""Mean arterial pressure from a cuff reading. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import DIASTOLIC, PULSE_PRESSURE, SYSTOLIC, Reading

_SOURCE = (
    "Mean arterial pressure as (systolic + 2 * diastolic) / 3, the usual cuff approximation (looked up on "
    "newmedicalterms.com, which cites Roberts, Clinical Procedures in Emergency Medicine, 2004)."
)


def mean_arterial_pressure_mmhg(*, systolic_mmhg: float, diastolic_mmhg: float) -> float:
    """(systolic + 2 * diastolic) / 3; not rounded.

    Args:
        systolic_mmhg: systolic blood pressure in mmHg.
        diastolic_mmhg: diastolic blood pressure in mmHg.

    Returns:
        Mean arterial pressure in mmHg. Not for clinical use.
    """
    return (systolic_mmhg + 2 * diastolic_mmhg) / 3


def _cuff(note: str, mean: float, pulse_pressure: float, *, old: bool) -> tuple[float, list[Reading]]:
    """Mean pressure by the printed values, and these: systolic with diastolic or with pulse pressure."""
    second, value = DIASTOLIC, mean - pulse_pressure / 3
    if "{pulse_pressure" in note:
        second, value = PULSE_PRESSURE, pulse_pressure
    pairs = ((SYSTOLIC, mean + pulse_pressure * 2 / 3), (second, value))
    found = [q.read_old(note, v) if old else q.read(note, v) for q, v in pairs]
    readings = [reading for reading in found if reading is not None]
    systolic, other = (reading.value for reading in readings)
    diastolic = systolic - other if second is PULSE_PRESSURE else other
    return mean_arterial_pressure_mmhg(systolic_mmhg=systolic, diastolic_mmhg=diastolic), readings


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(20, 90))
    mean = rng.uniform(48, 150)
    gold, readings = _cuff(note, mean, mean * rng.uniform(0.34, 0.62), old=False)
    old_mean = superseded(rng, mean, 50, 150)
    trap, old_readings = _cuff(note, old_mean, old_mean * rng.uniform(0.34, 0.62), old=True)
    slots = incidentals(rng) | person.slots()
    for reading in readings:
        slots |= reading.slots()
    for reading in old_readings:
        slots |= reading.slots("old_")
    code = [line for reading in readings for line in reading.code()]
    by_difference = "{pulse_pressure" in note
    code += ["diastolic_mmhg = systolic_mmhg - pulse_pressure_mmhg"] if by_difference else []
    code.append("answer = (systolic_mmhg + 2 * diastolic_mmhg) / 3")
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join(code),
        trap=trap,
        conversions=sum(reading.converted for reading in readings) + by_difference,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <found drowsy at home|who was found drowsy at home> and brought to the
        emergency department. On arrival the cuff pressure was {systolic_kpa}/{diastolic_kpa} kPa, pulse
        {pulse}/min, oxygen saturation {spo2} %. The family doctor's last reading, {months_ago} months ago,
        was {old_systolic_kpa}/{old_diastolic_kpa} kPa. Pupils equal, no neck stiffness. Glucose {glucose}
        mg/dL, sodium {sodium} mmol/L, haemoglobin {hb} g/dL. {His} brother takes tablets for blood
        pressure. An arterial line is planned but not in place.
        """,
        question="""
        What is the mean arterial pressure on arrival in mmHg, calculated from systolic and diastolic cuff
        pressure by the usual formula (diastolic plus one third of the pulse pressure)? Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        POST-OP ROUND, bed {bed}: {surname}, {male}, {age}

        Day 1 after bowel resection. Pain <controlled|well controlled>. Drain output low.

        Now: systolic pressure {systolic_mmhg} mmHg with a pulse pressure of {pulse_pressure_mmhg} mmHg; HR
        {pulse}, SpO2 {spo2} %.

        In theatre (end of case): systolic pressure {old_systolic_mmhg} mmHg with a pulse pressure of
        {old_pulse_pressure_mmhg} mmHg.

        Labs: Hb {hb} g/dL, K {potassium} mmol/L, CRP {crp} mg/L. Lactate not sent.
        """,
        question="""
        Compute the present mean arterial pressure (mmHg) from the cuff values with the one-third rule;
        unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I saw {Mr} {surname}, {age}, for follow-up of {his} migraine. In a sitting position, after {days}
        minutes of rest, the systolic pressure was {systolic_kpa} kPa and the diastolic pressure
        {diastolic_kpa} kPa. During an attack at work a colleague had measured {old_systolic_kpa} and
        {old_diastolic_kpa} kPa. Fundi and reflexes are <normal|unremarkable>. There is no hypertension
        among {his} siblings. A 24-hour recording was offered, and {he} will think about it. Platelets
        {platelets} x10^9/L, ALT {alt} U/L.
        """,
        question="""
        Which mean arterial pressure, in mmHg and unrounded, corresponds to the reading taken at follow-up?
        Weight diastole twice and systole once.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Ship's <doctor|physician>, log entry. Crew member ({male}, {age}) felt faint on deck at noon; at
        that moment the sleeve showed {old_systolic_kpa} kPa systolic, {old_diastolic_kpa} kPa diastolic.
        Evening examination, lying in the cabin: {systolic_kpa} kPa systolic, {diastolic_kpa} kPa diastolic,
        heart rate {pulse}, temperature normal. Drinks enough. The onboard laboratory can do haemoglobin
        only ({hb} g/dL). Family: a mother with low blood pressure. Radio advice from shore has been asked
        for and not yet received.
        """,
        question="""
        Convert and calculate: the mean arterial pressure of the evening examination in mmHg, as (systolic +
        2 x diastolic) / 3, with no rounding.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Dialysis unit. The patient of {age} years ({male}) tolerated the session. Before connection:
        systolic value {old_systolic_mmhg} mmHg, pulse pressure {old_pulse_pressure_mmhg} mmHg. After
        disconnection: systolic value {systolic_mmhg} mmHg, pulse pressure {pulse_pressure_mmhg} mmHg.
        Ultrafiltration as prescribed. Potassium before the session {potassium} mmol/L, haemoglobin {hb}.
        Shunt <with good thrill|humming well>, no bleeding. The next session takes place in two days; a
        change of dry weight is under discussion.
        """,
        question="""
        How high was the mean arterial pressure after disconnection (mmHg, not rounded), if estimated as
        diastolic pressure plus a third of the pulse pressure?
        """,
    ),
)

CALCULATOR = Calculator(
    slug="mean_arterial_pressure",
    title="Mean Arterial Pressure (MAP)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mmHg"),
    judged=judged_equation("mmHg", "(systolic + 2 * diastolic) / 3", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
