"""Corrected QT interval by Hodges' formula. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.qtc_notes import draw_qtc
from task_store.datasets.medcalcbench.quantities_g3 import HEART_RATE

_SOURCE = (
    "Hodges MS, Salerno D, Erlinen D. Bazett's QT correction reviewed: evidence that a linear QT correction "
    "for heart rate is better. J Am Coll Cardiol 1983;1:694 (formula and citation looked up on "
    "qtc-calc.netlify.app)."
)


def qtc_hodges_ms(*, qt_ms: float, heart_rate_bpm: float) -> float:
    """QT + 1.75 * (heart rate - 60); not rounded.

    MedCalc-Bench's release takes the rate as 60 / (RR rounded to three decimals); that changes its gold by
    less than 0.1 %.

    Args:
        qt_ms: measured QT interval in ms.
        heart_rate_bpm: heart rate in beats per minute.

    Returns:
        Corrected QT interval in ms. Not for clinical use.
    """
    return qt_ms + 1.75 * (heart_rate_bpm - 60)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    return draw_qtc(
        phrasing,
        rng,
        HEART_RATE,
        lambda qt, rate: qtc_hodges_ms(qt_ms=qt, heart_rate_bpm=rate),
        "qt_ms + 1.75 * (heart_rate_bpm - 60)",
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man}, known to the memory clinic, was <started on|given> donepezil last month.
        At the review {he} was alert, saturation {spo2} %, blood pressure {bp} mmHg. The review
        electrocardiogram has an RR interval of {rr_s} s without variation and a QT interval of {qt_s} s; in
        the electrocardiogram before donepezil the QT interval was {old_qt_s} s. Sodium {sodium} mmol/L,
        glucose {glucose} mg/dL. {His} wife reports restless nights. A brain scan has been booked.
        """,
        question="""
        Using Hodges' formula, QTc = QT + 1.75 x (heart rate - 60) with QT in ms and the rate per minute,
        what is the QTc in ms at the review? No rounding.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PHARMACY CHECK, bed {bed}

        Drugs: clarithromycin (new), simvastatin (paused), metformin.

        Patient: {surname}, {male}, {age} years.

        ECG yesterday evening, before the first infusion: QT {old_qt_ms} ms.

        ECG this noon: regular, R-R {rr_ms} ms, QT {qt_ms} ms, no block.

        Other: CRP {crp} mg/L, K {potassium} mmol/L, Mg {magnesium} mg/dL. Renal dosing <not needed|not
        required>.
        """,
        question="""
        What does the Hodges correction (add 1.75 ms for each beat per minute above 60, subtract it for each
        below) make of the noon QT? Answer in ms with full precision.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname} plays football for a club and needs a certificate. {He} is {age}, has no complaints,
        and {his} examination is normal. I counted {beats_in_15_s} heartbeats in 15 seconds of the resting
        recording (the rate per minute is four times that) and found a QT interval of {qt_s} seconds. In the
        recording for last season's certificate a colleague had found {old_qt_s} seconds. The father was
        treated for high blood pressure; {his} own is {bp} mmHg. Haemoglobin {hb} g/dL. An echocardiogram is
        <scheduled|arranged> next month.
        """,
        question="""
        Correct the QT interval of my own resting recording by Hodges' linear formula (QT + 1.75 times the
        difference of the heart rate from 60). Express it in ms, unrounded.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Cardiac rehabilitation, entry test. Participant: {male}, {age}, stent {months_ago} months ago, on
        escitalopram. Paper speed 25 mm/s, hence 1500 mm a minute. Entry recording, lead II: {rr_mm} mm from
        R wave to R wave without any irregularity, QT {qt_mm} mm. The recording enclosed by the hospital
        shows QT {old_qt_mm} mm. Walks 480 m in six minutes. Blood values: haemoglobin {hb}, platelets
        {platelets}, potassium {potassium}. <Target: daily walks|Aim: to walk daily>.
        """,
        question="""
        Find the Hodges QTc in ms for the entry recording, i.e. the QT in ms plus 1.75 times (beats per
        minute minus 60); leave the figure as it comes.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Night report from the dialysis ward. During treatment {Mr} {surname} ({age}, {male}) felt cramps,
        and a monitor print-out was saved: rhythm regular at {heart_rate_bpm} per minute, QT {qt_s} s. The
        print-out saved before treatment has a QT of {old_qt_s} s. Calcium in the bath was <raised|increased>
        afterwards. Blood pressure held at {bp}; sugar {glucose}; sodium {sodium}. No one in the family has
        heart disease. The team intends to exchange the antibiotic, and the cramps went away with a warm
        pack.
        """,
        question="""
        State the QTc by Hodges for the print-out saved during treatment (QT, then + 1.75 ms x [rate - 60]),
        in ms and not rounded.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="qtc_hodges",
    title="QTc Hodges Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("ms"),
    judged=judged_equation("ms", "Hodges' formula QT + 1.75 * (heart rate - 60)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
