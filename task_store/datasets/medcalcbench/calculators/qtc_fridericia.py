"""Corrected QT interval by Fridericia's formula. Version 1. Not for clinical use."""

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
    "Fridericia LS. Die Systolendauer im Elektrokardiogramm bei normalen Menschen und bei Herzkranken. "
    "Acta Med Scand 1920;53:469-486 (formula and citation looked up on qtc-calc.netlify.app)."
)


def qtc_fridericia_ms(*, qt_ms: float, rr_s: float) -> float:
    """QT / cube root of RR; not rounded.

    MedCalc-Bench's release rounds RR to three decimals before; that changes its gold by less than 0.1 %.

    Args:
        qt_ms: measured QT interval in ms.
        rr_s: RR interval in seconds (60 / heart rate in beats per minute).

    Returns:
        Corrected QT interval in ms. Not for clinical use.
    """
    return float(qt_ms / rr_s ** (1 / 3))


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    return draw_qtc(
        phrasing, rng, RR, lambda qt, rr: qtc_fridericia_ms(qt_ms=qt, rr_s=rr), "qt_ms / rr_s ** (1 / 3)"
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with drug-resistant tuberculosis is about to <receive|be given> bedaquiline.
        The baseline electrocardiogram, taken this morning, reads: sinus rhythm, rate {heart_rate_bpm} per
        minute, QT {qt_ms} ms, QRS 86 ms, no signs of hypertrophy. The electrocardiogram made when {he}
        entered the programme {months_ago} months ago had a QT of {old_qt_ms} ms. Potassium {potassium}
        mmol/L; ALT {alt} U/L; weight stable. A cough persists at night. Another recording is planned two
        weeks after the first dose.
        """,
        question="""
        Which QTc, in ms, does Fridericia's formula (QT divided by the cube root of the RR interval in
        seconds) give for this morning's electrocardiogram? Do not round it.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        TRIAL VISIT WORKSHEET

        Subject: {male}, {age} years. Study drug held for {days} days.

        12-lead ECG, screening: QT {old_qt_s} s.

        12-lead ECG, this visit: R-R {rr_ms} ms (mean of ten cycles), PR 158 ms, QT {qt_s} s; axis normal.

        Vital signs at this visit: BP {bp} mmHg, saturation {spo2} %.

        Laboratory: sodium {sodium}, magnesium {magnesium} mg/dL, glucose {glucose} mg/dL.

        Next visit: ECG <to be repeated|again> in triplicate.
        """,
        question="""
        The protocol asks for QTcF, that is QT over the cube root of RR in seconds. State it for this visit
        in ms without rounding.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname} ({age}) came back to the heart rhythm clinic after {his} flecainide had been stopped.
        {He} feels well and climbs three floors without a pause. I recorded {beats_in_10_s} regular QRS
        complexes in a strip of exactly ten seconds and measured a QT of {qt_s} s on it; take the heart rate
        from that count. {His} previous strip, still under flecainide, had shown {old_qt_s} s. Blood
        pressure is {bp} mmHg, haemoglobin {hb} g/dL. {His} brother <carries|has> a defibrillator for a
        cardiomyopathy. I have asked for an exercise test.
        """,
        question="""
        Correct the QT of the newer strip by the cube-root (Fridericia) method and report it unrounded in
        ms.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Poison centre, call from ward {bed}: {an_age}-year-old {man} swallowed an unknown number of
        antihistamine tablets. The tracing faxed at 14:10 ran at 25 mm/s (0.04 s per mm). On it one cardiac
        cycle, R to R, spans {rr_mm} mm throughout and QT spans {qt_mm} mm. The earlier fax of 11:40 had a
        QT span of {old_qt_mm} mm. Pupils wide, skin dry, pressure {bp}, sugar {glucose} mg/dL. Charcoal was
        given. <Nobody else in the household is ill|The rest of the household is well>.
        """,
        question="""
        How long, in ms, is the QT interval of the 14:10 tracing after Fridericia's correction (division by
        the third root of RR in seconds)? Give it without rounding.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Anaesthetic assessment before hernia repair. {He} is {age}, {male}, takes methadone from a
        substitution clinic and smokes. Airway easy, neck mobile. The clinic's own ECG of {years_ago} years
        ago is attached, QT {old_qt_ms} ms. Ours, taken at the assessment, <gives|shows> a ventricular rate of
        {heart_rate_bpm} beats/min in regular sinus rhythm, QRS 98 ms and QT {qt_ms} ms. Creatinine normal,
        potassium {potassium}, sodium {sodium}, platelets {platelets}. Ondansetron should be avoided unless
        the corrected interval is unremarkable.
        """,
        question="""
        What corrected interval after Fridericia (cube root of the RR time in s as divisor) belongs to our
        assessment ECG? Answer in ms, not rounded.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="qtc_fridericia",
    title="QTc Fridericia Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("ms"),
    judged=judged_equation("ms", "Fridericia's formula QT / (RR in s)^(1/3)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
