"""Corrected QT interval by the Framingham (Sagie) formula. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.qtc_notes import draw_qtc
from task_store.datasets.medcalcbench.quantities import RR

_SOURCE = (
    "Sagie A, Larson MG, Goldberg RJ, Bengtson JR, Levy D. An improved method for adjusting the QT interval "
    "for heart rate (the Framingham Heart Study). Am J Cardiol 1992;70:797-801 (formula and citation looked "
    "up on qtc-calc.netlify.app)."
)


def qtc_framingham_ms(*, qt_ms: float, rr_s: float) -> float:
    """QT + 154 * (1 - RR); not rounded.

    MedCalc-Bench's release rounds RR to three decimals before; that changes its gold by less than 0.1 %.

    Args:
        qt_ms: measured QT interval in ms.
        rr_s: RR interval in seconds (60 / heart rate in beats per minute).

    Returns:
        Corrected QT interval in ms. Not for clinical use.
    """
    return qt_ms + 154 * (1 - rr_s)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    return draw_qtc(
        phrasing, rng, RR, lambda qt, rr: qtc_framingham_ms(qt_ms=qt, rr_s=rr), "qt_ms + 154 * (1 - rr_s)"
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        A school of nursing uses this case. {Mr} {surname}, {age} years, has taken amiodarone for
        {months_ago} months. Before the first tablet the QT interval had been {old_qt_ms} ms. At the
        check-up the machine prints a sinus rhythm of {heart_rate_bpm} beats per minute and a QT interval of
        {qt_ms} ms; PR and QRS are normal. Thyroid function and liver tests are <due|pending>. Potassium is
        {potassium} mmol/L and blood pressure {bp} mmHg. {His} cousin died suddenly at the age of 80.
        """,
        question="""
        Calculate the check-up QTc in ms with the Framingham formula, QT in ms + 154 x (1 - RR in seconds),
        and do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        CARDIAC PHYSIOLOGY: {male}, {age} y. Request: vomiting, on domperidone.

        Measurements, tracing of today (lead V5): RR {rr_s} s, constant; QT {qt_s} s; QRS 90 ms.

        Filed tracing ({years_ago} years old): QT {old_qt_s} s; QRS 88 ms.

        Blood results: Na {sodium}, K {potassium}, Mg {magnesium} mg/dL, Hb {hb} g/dL.

        Remarks: baseline wander in V1 only. Cardiac ultrasound <not done|not requested>.
        """,
        question="""
        Give the Framingham QTc of today's tracing in ms: to the QT interval in ms add 154 times the amount
        by which 1 exceeds the RR interval in s. No rounding, please.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Teleconsultation with a health post. {An_age}-year-old {man} was treated for malaria with
        artemether-lumefantrine and complains of dizziness. Malaria smear now negative, haemoglobin {hb}
        g/dL, glucose {glucose} mg/dL. The nurse photographed two recordings. The one from before treatment
        has a QT of {old_qt_ms} ms. On the one made during the call successive R peaks are {rr_ms} ms apart,
        beat after beat, and the QT is {qt_ms} ms. {He} drinks <plenty of|enough> water and has no fever.
        """,
        question="""
        Apply the Framingham linear correction (QTc = QT + 154 (1 - RR), RR in seconds) to the recording
        made during the call. Answer in ms, unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Emergency department, trolley {bed}. {He} is {age} years old, {male}, and collapsed at a concert.
        Awake now, saturation {spo2} %, pressure {bp}. Paramedics' strip: QT {old_qt_mm} mm. Departmental
        ECG at 25 mm/s, where each small square of 1 mm lasts 0.04 s: R-R distance {rr_mm} mm in every lead,
        QT {qt_mm} mm. Alcohol level nil; leukocytes {wbc}; creatine kinase pending. <A friend waits
        outside|A friend is waiting in the corridor>. Observation overnight has been agreed with the
        registrar.
        """,
        question="""
        From the departmental ECG, obtain the QTc according to the Framingham study (QT + 154 ms for every
        second by which RR is under one second, less if RR is over). Use ms and leave it unrounded.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Letter to the eating-disorders unit about {Mr} {surname}, {age}. Meals are taken under supervision
        and weight has risen. Regarding the heart: ten seconds of the recording from this week hold
        {beats_in_10_s} evenly spaced beats, so please derive the rate from them; the QT interval in it
        amounts to {qt_s} s. On admission {he} had a QT interval of {old_qt_s} s together with a low
        potassium, which has since been corrected to {potassium} mmol/L. Magnesium {magnesium} mg/dL,
        sodium {sodium} mmol/L. <Fluoxetine may be started|A start of fluoxetine is considered> afterwards.
        """,
        question="""
        Report this week's QT interval corrected by the Framingham equation, where 154 x (1 - RR/s) is added
        to the QT in ms. The result is wanted in ms with all digits.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="qtc_framingham",
    title="QTc Framingham Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("ms"),
    judged=judged_equation("ms", "the Framingham formula QT + 154 * (1 - RR in s)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
