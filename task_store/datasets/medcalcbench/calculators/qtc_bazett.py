"""Corrected QT interval by Bazett's formula. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import QT, RR

_SOURCE = (
    "Bazett HC. An analysis of the time-relations of electrocardiograms. Heart 1920;7:353-370 (formula "
    "looked up on "
    "medicalalgorithms.com; citation from memory)."
)


def qtc_bazett_ms(*, qt_ms: float, rr_s: float) -> float:
    """QT / sqrt(RR); not rounded.

    Args:
        qt_ms: measured QT interval in ms.
        rr_s: RR interval in seconds (60 / heart rate in beats per minute).

    Returns:
        Corrected QT interval in ms. Not for clinical use.
    """
    return qt_ms / math.sqrt(rr_s)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(20, 88))
    target_ms = math.exp(rng.uniform(math.log(330), math.log(670)))
    rr = RR.read(note, 60 / rng.uniform(48, 124))
    qt = QT.read(note, target_ms * math.sqrt(rr.value))
    old_qt = QT.read_old(note, superseded(rng, qt.value, 240, 640))
    slots = (
        incidentals(rng) | person.slots() | qt.slots() | rr.slots() | (old_qt.slots("old_") if old_qt else {})
    )
    code = ["import math", *qt.code(), *rr.code(), "answer = qt_ms / math.sqrt(rr_s)"]
    return Drawn(
        slots=slots,
        grading=equation(qtc_bazett_ms(qt_ms=qt.value, rr_s=rr.value)),
        reference="\n".join(code),
        trap=qtc_bazett_ms(qt_ms=(old_qt or qt).value, rr_s=rr.value),
        conversions=qt.converted + rr.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} seen after <a brief faint|fainting briefly> at a bus stop. {He} takes
        citalopram and a statin. The resting electrocardiogram recorded today shows sinus rhythm at
        {heart_rate_bpm} beats per minute, PR 164 ms, QRS 92 ms and a QT interval of {qt_s} s. On a tracing
        from {years_ago} years ago the QT interval was {old_qt_s} s. Blood pressure {bp} mmHg lying,
        unchanged after standing up. Potassium {potassium} mmol/L, magnesium {magnesium} mg/dL. There are no
        sudden deaths in the family. Holter monitoring is planned.
        """,
        question="""
        What is the corrected QT interval by Bazett's formula, in ms, on today's electrocardiogram? Do not
        round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ECG REPORT

        Patient: {surname}, {male}, {age}. Indication: before starting methadone.

        Current tracing: sinus rhythm, RR interval {rr_ms} ms, P wave normal, QRS 88 ms, QT {qt_ms} ms. No
        ST changes.

        Comparison tracing ({months_ago} months earlier): QT {old_qt_ms} ms, otherwise the same.

        Electrolytes: Na {sodium}, K {potassium}, Mg {magnesium} mg/dL. Echocardiogram <not requested|not
        needed>.
        """,
        question="""
        Correct the QT interval of the current tracing for rate with the Bazett formula. Answer in
        milliseconds, unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We were consulted about {Mr} {surname}, {an_age}-year-old {man} on the psychiatric ward, because
        quetiapine is to be <started|added>. {He} has no palpitations and no known heart disease; an aunt
        wears a pacemaker. In the electrocardiogram that we recorded, successive R waves are {rr_s} s apart
        with a regular rhythm, and the QT interval measures {qt_s} s. The copy from the referring hospital,
        taken while {he} was on another drug, states a QT interval of {old_qt_s} s. Haemoglobin {hb} g/dL,
        glucose {glucose} mg/dL, calcium normal.
        """,
        question="""
        Which QTc in ms follows from the consultants' own recording if Bazett's correction is used? Leave
        the result unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Cardiology outpatients: {male} patient of {age} years, follow-up under sotalol. The paper tracing
        (speed 25 mm/s, so that 1 mm is 0.04 s) was measured by hand in lead II: from one R to the next
        {rr_mm} mm, steady over the whole strip; from the start of QRS to the end of T {qt_mm} mm. In the
        strip filed at the previous control the latter distance was {old_qt_mm} mm. Pressure {bp}. <No
        dizziness, no swelling|Neither dizzy spells nor swelling> since then. A stress test is on the
        waiting list. ALT {alt} U/L.
        """,
        question="""
        Calculate the QTc after Bazett for the tracing measured by hand at this follow-up, in ms and without
        rounding.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Telemetry nurse's note, bed {bed}. {Mr} {surname}, {age}, had been given two doses of haloperidol in
        the evening. Strip of 10 seconds printed at midnight: {beats_in_10_s} QRS complexes, evenly spaced,
        so the rate is taken as that number times six per minute. QT on the midnight strip {qt_s} seconds;
        on the strip printed at admission it was {old_qt_s} seconds. Oxygen saturation {spo2} %. Potassium
        from the evening {potassium} mmol/L, sodium {sodium} mmol/L. The <third|next> dose was withheld
        until the physician has seen the strip.
        """,
        question="""
        Work out Bazett's rate-corrected QT for the midnight strip. Express it in ms with no rounding.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="qtc_bazett",
    title="QTc Bazett Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("ms"),
    judged=judged_equation("ms", "Bazett's formula QT / sqrt(RR in s)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
