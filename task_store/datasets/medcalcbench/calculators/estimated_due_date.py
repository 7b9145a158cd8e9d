"""Estimated due date by Naegele's rule, adjusted for cycle length. Version 1. Not for clinical use."""

import datetime
import random

from task_store.datasets.medcalcbench.calculator import Calculator, Drawn, Phrasing
from task_store.datasets.medcalcbench.dates import date_slots, read_date
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import CYCLE
from task_store.grading import DateSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Naegele's rule with cycle adjustment: first day of the last menstrual period + 280 days + (cycle "
    "length - 28) "
    "(looked up on calculatorhub.com; MedCalc-Bench counts the same way)."
)


def estimated_due_date(*, last_period: datetime.date, cycle_days: int) -> datetime.date:
    """Last menstrual period + 280 days + (cycle length - 28) days.

    Args:
        last_period: first day of the last menstrual period.
        cycle_days: usual length of the cycle in days.

    Returns:
        The calendar day. Not for clinical use.
    """
    return last_period + datetime.timedelta(days=280 + cycle_days - 28)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 43), female=True)
    last_period = datetime.date(2008, 1, 1) + datetime.timedelta(days=rng.randrange(6200))
    cycle_days = rng.choice([22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36])
    days = {
        "wrong": last_period + datetime.timedelta(days=rng.choice([-1, 1]) * rng.randint(3, 19)),
        "test": last_period + datetime.timedelta(days=rng.randint(33, 45)),
        "visit": last_period + datetime.timedelta(days=rng.randint(52, 90)),
        "scan": last_period + datetime.timedelta(days=rng.randint(136, 150)),
        "old_due": last_period - datetime.timedelta(days=rng.randint(700, 1900)),
    }
    slots = incidentals(rng) | person.slots() | date_slots(note, days)
    code = ["import datetime"]
    conversions = 0
    if "{offset_days}" in note:
        offset = rng.randint(3, 25)
        anchor = read_date(note, "anchor", last_period + datetime.timedelta(days=offset))
        slots |= anchor.slots() | {"offset_days": str(offset)}
        code += [*anchor.code(), f"last_period = anchor - datetime.timedelta(days={offset})"]
    else:
        first = read_date(note, "last_period", last_period)
        slots |= first.slots()
        code += first.code()
    if "{period_before" in note:
        before = read_date(note, "period_before", last_period - datetime.timedelta(days=cycle_days))
        slots |= before.slots()
        code += [*before.code(), "cycle_days = (last_period - period_before).days"]
    else:
        cycle = CYCLE.read(note, cycle_days)
        conversions = int(cycle.converted)
        slots |= cycle.slots()
        code += cycle.code()
    code.append("answer = (last_period + datetime.timedelta(days=280 + cycle_days - 28)).isoformat()")
    return Drawn(
        slots=slots,
        grading=DateSpec(gold=estimated_due_date(last_period=last_period, cycle_days=cycle_days)),
        reference="\n".join(code),
        trap=estimated_due_date(last_period=days["wrong"], cycle_days=28).isoformat(),
        conversions=conversions,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old woman, pregnant for the second time, <attends|comes to> the antenatal clinic. Her
        last menstrual period began on {last_period_dmy} and lasted four days; her cycle is regular with
        {cycle_days} days from one period to the next. A home pregnancy test was positive on {test_dmy}. On
        {wrong_dmy} she had her seasonal allergy injection. Her first child had been expected on
        {old_due_dmy} and was born a week early. Blood pressure {bp} mmHg, haemoglobin {hb} g/dL, urine
        without protein. The anatomy scan is booked for {scan_dmy}; no ultrasound has been done so far.
        """,
        question="""
        What is her estimated due date by Naegele's rule adjusted for cycle length (280 days from the first
        day of the last menstrual period, plus the days by which her cycle is longer than 28, minus those by
        which it is shorter)? Give it as MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        Dear Dr {surname},

        I saw your patient ({age}, first pregnancy) on {visit_mdy}. She keeps a careful calendar: her
        periods come every {cycle_weeks} weeks and {cycle_rest_days} days, and the last one started on
        {last_period_mdy}. Her booking form says {wrong_mdy}, but she explained that this was a slip of the
        pen and <stands by|is sure of> her calendar. She stopped smoking on {test_mdy}. Nausea is mild.
        Blood group A positive, glucose {glucose} mg/dL. A dating scan has been offered and declined.
        """,
        question="""
        Work out the estimated due date from her calendar: first day of the last period + 280 days, shifted
        by the difference between her cycle length and 28 days (later if longer, earlier if shorter).
        Format: MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        PRENATAL INTAKE ({visit_us}; all dates month/day/year)

        Age: {age}. Gravida 3, para 1, one early miscarriage (that pregnancy would have been due
        {old_due_us}).

        Menstrual history: LMP {last_period_us}, certain. Interval {cycle_days} days, flow 5 days. A day of
        spotting on {wrong_us} <was not a period|was not counted as a period by the patient>.

        Tests: hCG positive {test_us}. Pulse {pulse}, BP {bp}. Hb {hb} g/dL.

        Plan: folic acid continued; morphology ultrasound {scan_us}.
        """,
        question="""
        Apply Naegele's rule with the correction for cycle length (due date = LMP + 280 days + cycle length
        - 28 days). What due date results? Write it in the form MM/DD/YYYY.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Midwife's note of {visit_iso}. Client aged {age}, <very organised|well prepared>, tracks her periods
        on her phone. The app lists the two most recent ones as starting on {period_before_iso} and on
        {last_period_iso}; all earlier intervals in the app are equally long. She began a new job on
        {wrong_iso}, which is how she remembers a headache that day. Her sister's baby is due on {scan_iso}.
        Pregnancy confirmed by a urine test on {test_iso}. Weight stable, pulse {pulse}, no bleeding, no
        pain. Blood count with platelets of {platelets} x10^9/L.
        """,
        question="""
        On which day is the baby due if 280 days are counted from the start of her most recent period and
        the result is then moved by as many days as her cycle differs from 28 (a longer cycle moves it
        later)? Answer as MM/DD/YYYY.
        """,
        inferences=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Telephone consultation. The caller is {age} and had been trying for a baby for some time when the
        test turned positive on {test_mdy}. She does not recall the date of her period offhand, but it came,
        as she puts it, exactly {offset_days} days before her wedding day, {anchor_mdy}; she means the day
        on which the bleeding started. From one start to the next there are <always|invariably> {cycle_days}
        days. The date of {old_due_mdy} in her file belongs to a pregnancy that ended in a healthy son. Her
        previous midwife wrote down {wrong_mdy} as the last period by mistake; please ignore it. She takes
        levothyroxine, and her haemoglobin was {hb} g/dL.
        """,
        question="""
        Which date of delivery does Naegele's rule predict, counting 280 days from the first day of bleeding
        and allowing for her cycle length (one day later per day above 28, one day earlier per day below)?
        Use the format MM/DD/YYYY.
        """,
        inferences=1,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="estimated_due_date",
    title="Estimated Due Date",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="date", hint="A date as MM/DD/YYYY or YYYY-MM-DD."),
    judged=f"Correct if it is exactly the day that the rule gives. Source: {_SOURCE}",
    phrasings=_PHRASINGS,
    draw=_draw,
)
