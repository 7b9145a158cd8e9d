"""Estimated date of conception from the last menstrual period. Version 1. Not for clinical use."""

import datetime
import random

from task_store.datasets.medcalcbench.calculator import Calculator, Drawn, Phrasing
from task_store.datasets.medcalcbench.dates import date_slots, read_date
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.grading import DateSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Conception two weeks after the first day of the last menstrual period, whatever the cycle length, as "
    "MedCalc-Bench counts (looked up in its public code and sample record; the two weeks as a rule for "
    "28-day cycles also on calculatorlib.com)."
)


def estimated_conception_date(*, last_period: datetime.date) -> datetime.date:
    """Last menstrual period + 14 days.

    MedCalc-Bench's records name a cycle length too, but their answers do not use it; other references move
    the day by (cycle length - 28), which this variant leaves out.

    Args:
        last_period: first day of the last menstrual period.

    Returns:
        The calendar day. Not for clinical use.
    """
    return last_period + datetime.timedelta(days=14)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 43), female=True)
    last_period = datetime.date(2008, 1, 1) + datetime.timedelta(days=rng.randrange(6200))
    cycle_days = rng.choice([22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34])
    wrong = last_period + datetime.timedelta(days=rng.choice([-1, 1]) * rng.randint(3, 11))
    days = {
        "wrong": wrong,
        "before": last_period - datetime.timedelta(days=cycle_days),
        "test": last_period + datetime.timedelta(days=rng.choice([35, 36, 37, 38, 39, 40, 41, 42, 43])),
        "visit": last_period + datetime.timedelta(days=rng.randint(52, 90)),
        "scan": last_period + datetime.timedelta(days=rng.randint(136, 150)),
    }
    slots = incidentals(rng) | person.slots() | date_slots(note, days) | {"cycle": str(cycle_days)}
    code = ["import datetime"]
    # An anchor near the period, but neither on the day asked for nor 10 days later (5 June is in 15 June).
    offset = rng.choice([3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23])
    if "{days_after}" in note:
        anchor = read_date(note, "anchor", last_period - datetime.timedelta(days=offset))
        slots |= anchor.slots() | {"days_after": str(offset)}
        code += [*anchor.code(), f"last_period = anchor + datetime.timedelta(days={offset})"]
    elif "{days_before}" in note:
        anchor = read_date(note, "anchor", last_period + datetime.timedelta(days=offset))
        slots |= anchor.slots() | {"days_before": str(offset)}
        code += [*anchor.code(), f"last_period = anchor - datetime.timedelta(days={offset})"]
    else:
        first = read_date(note, "last_period", last_period)
        slots |= first.slots()
        code += first.code()
    code.append("answer = (last_period + datetime.timedelta(days=14)).isoformat()")
    return Drawn(
        slots=slots,
        grading=DateSpec(gold=estimated_conception_date(last_period=last_period)),
        reference="\n".join(code),
        trap=(wrong + datetime.timedelta(days=cycle_days - 14)).isoformat(),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old woman asks when she became pregnant. The first day of her last period was
        {last_period_dmy}; the period before had started on {before_dmy}. She has cycles of {cycle} days. On
        {wrong_dmy} she noticed slight spotting after an examination, which was not a period. The urine test
        turned positive on {test_dmy}. She takes folic acid and <no other drugs|nothing else>. Blood pressure
        {bp} mmHg, haemoglobin {hb} g/dL. An anatomy scan is planned for {scan_dmy}.
        """,
        question="""
        Estimate her date of conception as the first day of the last menstrual period plus two weeks,
        without any adjustment for the length of her cycle. Write it as MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        GYNAECOLOGY OUTPATIENTS, {visit_us} (dates are month/day/year)

        Patient {surname}, {age} years, G2 P1.

        LMP: {last_period_us} (first day, certain). Cycle: regular, {cycle} days.

        Entry {wrong_us} under LMP in the old chart: <typing error|wrong entry>, struck out.

        hCG positive: {test_us}. Hb {hb} g/dL, platelets {platelets}, glucose {glucose} mg/dL.

        Plan: next scan {scan_us}.
        """,
        question="""
        When was conception, if it is set 14 days after the first day of the LMP no matter how long the
        cycle is? Answer in the form MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The patient, aged {age}, works as a pilot and writes down everything. Her notebook shows that her
        last bleeding began {days_after} days after her licence examination, which took place on
        {anchor_mdy}, and that one bleeding usually follows the other in {cycle} days. A stomach bug kept her
        at home on {wrong_mdy}. A blood test showed the pregnancy on {test_mdy}. She <flew|went on flying>
        until then. Pulse {pulse}, sodium {sodium} mmol/L, blood group O positive; her sister had twins.
        """,
        question="""
        Which day is the estimated date of conception when two weeks are added to the first day of her last
        bleeding, her cycle length being disregarded? Use MM/DD/YYYY.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Phone note, {visit_iso}. Caller is {age}; her partner was abroad for part of the year and wishes to
        know a likely day. App export: period start {last_period_iso}, period start before that {before_iso},
        average cycle {cycle} days. The app also marks {wrong_iso} as a day with headache. Test strip positive
        {test_iso}. <She was told|It was explained> that any such day is an estimate. Thyroid value normal,
        haemoglobin {hb}. Ultrasound appointment {scan_iso}.
        """,
        question="""
        Count 14 days onward from the most recent period start in the app (the average cycle plays no part)
        and name the conception date so obtained, as MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Report to the genetics service. Our patient ({age} years) had an X-ray of the wrist on {wrong_dmy} and
        <is worried|worries>. She remembers that her last period set in {days_before} days before her move
        on {anchor_dmy}. Usually {cycle} days pass from period to period. Pregnancy was confirmed on
        {test_dmy}, a first visit took place on {visit_dmy}, and a detailed scan follows on {scan_dmy}.
        Saturation {spo2} %, pressure {bp}, potassium {potassium} mmol/L. No malformations are known in the
        family.
        """,
        question="""
        For the genetics service, give the presumed day of conception by the plain rule: onset of the last
        period + 14 days, uncorrected for cycle length. The format is MM/DD/YYYY.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="estimated_conception_date",
    title="Estimated Date of Conception",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="date", hint="A date as MM/DD/YYYY or YYYY-MM-DD."),
    judged=f"Correct if it is exactly the day that the rule gives. Source: {_SOURCE}",
    phrasings=_PHRASINGS,
    draw=_draw,
)
