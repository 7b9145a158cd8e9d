"""Corrected QT interval by Rautaharju's formula. Version 1. Not for clinical use."""

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
    "Rautaharju PM, Mason JW, Akiyama T. New age- and sex-specific criteria for QT prolongation based on "
    "rate correction formulas that minimize bias at the upper normal limits. Int J Cardiol "
    "2014;174:535-540 (formula and citation looked up on qtc-calc.netlify.app)."
)


def qtc_rautaharju_ms(*, qt_ms: float, heart_rate_bpm: float) -> float:
    """QT * (120 + heart rate) / 180; not rounded.

    Args:
        qt_ms: measured QT interval in ms.
        heart_rate_bpm: heart rate in beats per minute.

    Returns:
        Corrected QT interval in ms. Not for clinical use.
    """
    return qt_ms * (120 + heart_rate_bpm) / 180


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    return draw_qtc(
        phrasing,
        rng,
        HEART_RATE,
        lambda qt, rate: qtc_rautaharju_ms(qt_ms=qt, heart_rate_bpm=rate),
        "qt_ms * (120 + heart_rate_bpm) / 180",
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        Antenatal cardiology. {Mr} {surname}'s partner is pregnant, and because a relative of {his} has a
        long QT syndrome, {he} ({age} years, {male}) was <examined|screened> too. {His} electrocardiogram of
        today has a narrow QRS, a regular rate of {heart_rate_bpm} beats per minute and a QT interval of
        {qt_s} s. The relative's QT interval is said to be {old_qt_s} s. {He} has never fainted. Blood
        pressure {bp} mmHg, potassium {potassium} mmol/L, magnesium {magnesium} mg/dL. A genetic test will be
        offered.
        """,
        question="""
        Work out this patient's own QTc in ms by Rautaharju's formula, QT x (120 + heart rate) / 180, with
        no rounding.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        REHABILITATION HOSPITAL - ECG FORM

        Name: {surname}. Sex: {male}. Age: {age}. QRS 84 ms in both recordings.

        Recording no. 1 (arrival): QT {old_qt_ms} ms.

        Recording no. 2 (after {days} days on levofloxacin): RR {rr_s} s, steady; QT {qt_ms} ms.

        Chemistry with no. 2: Na {sodium}, K {potassium}, ALT {alt} U/L, CRP {crp} mg/L.

        Mobility: walks with <a frame|two sticks>. Chest film planned.
        """,
        question="""
        For recording no. 2, compute the QTc after Rautaharju (QT times the sum of 120 and the beats per
        minute, divided by 180) in ms; do not round.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for sending {an_age}-year-old {man} who wants to take hydroxychloroquine for a skin
        disease. There is no chest pain. In the recording that we made, every cycle from R to R takes
        {rr_ms} ms, the QRS is narrow, and the QT interval takes {qt_s} s. The recording you enclosed, from
        {years_ago} years ago, has a QT interval of {old_qt_s} s. Saturation {spo2} %, haemoglobin {hb} g/dL,
        platelets {platelets}. {His} eyes will be checked by a colleague. <Please send|We would welcome> the
        kidney values.
        """,
        question="""
        Which QTc results for the recording that we made, by the formula of Rautaharju: QT (120 + HR) / 180,
        HR in beats per minute? Answer in ms, unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Hospice doctor's entry. {An_age}-year-old {man} with nausea despite metoclopramide; haloperidol is
        considered. Limb-lead strip at the bedside, 25 mm/s (1500 mm pass in one minute): {rr_mm} mm between
        neighbouring R waves, the same all along; QRS narrow; QT {qt_mm} mm. A strip from the oncology ward,
        glued to the last page, has QT {old_qt_mm} mm. Calcium and kidney function were not measured. Blood
        pressure {bp}. The family <is present|has arrived> and asks for no further blood tests.
        """,
        question="""
        Give the bedside strip's QTc after Rautaharju, multiplying QT by (120 + beats per minute) and
        dividing by 180. Write it in ms without rounding.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Occupational health, fitness for night shifts: {male} crane driver, {age}. No drugs except an
        antihistamine in spring. A ten-second electrocardiogram at rest contains {beats_in_10_s} narrow
        complexes at equal distances; use six times this number as the rate per minute. The automatic print
        states QT {qt_ms} ms. The form left by the previous employer states QT {old_qt_ms} ms. Vision and
        hearing are <good|normal>. Glucose {glucose}, haemoglobin {hb}, leukocytes {wbc}. A sleep
        questionnaire is still to be handed in.
        """,
        question="""
        Determine the QTc (Rautaharju: QT x [120 + rate] / 180) of the electrocardiogram at rest, in ms,
        keeping every digit.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="qtc_rautaharju",
    title="QTc Rautaharju Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("ms"),
    judged=judged_equation("ms", "Rautaharju's formula QT * (120 + heart rate) / 180", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
