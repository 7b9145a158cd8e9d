"""Estimated gestational age from the last menstrual period. Version 1. Not for clinical use."""

import datetime
import random

from task_store.datasets.medcalcbench.calculator import Calculator, Drawn, Phrasing
from task_store.datasets.medcalcbench.dates import date_slots, read_date
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.grading import DurationSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Days from the first day of the last menstrual period to the day of the visit, as completed weeks "
    "and days "
    "(obstetric convention, looked up in the MSD Manual and calculatorhub.com)."
)


def gestational_age_weeks_days(*, last_period: datetime.date, visit: datetime.date) -> tuple[int, int]:
    """Completed weeks and remaining days (0 to 6) from the last menstrual period to the visit.

    Args:
        last_period: first day of the last menstrual period.
        visit: day for which the age is wanted, not before `last_period`.

    Returns:
        Weeks and days. Not for clinical use.
    """
    return divmod((visit - last_period).days, 7)


def _as_text(age: tuple[int, int]) -> str:
    return f"{age[0]} weeks {age[1]} days"


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(18, 44), female=True)
    last_period = datetime.date(2008, 1, 1) + datetime.timedelta(days=rng.randrange(6200))
    visit = last_period + datetime.timedelta(days=rng.randint(47, 287))
    days = {
        "wrong": last_period + datetime.timedelta(days=rng.randint(10, 18)),
        "test": last_period + datetime.timedelta(days=rng.randint(30, 44)),
        "next": visit + datetime.timedelta(days=rng.randint(7, 28)),
        "birth_before": last_period - datetime.timedelta(days=rng.randint(500, 2200)),
    }
    slots = incidentals(rng) | person.slots() | date_slots(note, days)
    code = ["import datetime"]
    if "{offset_days}" in note:
        offset = rng.randint(3, 25)
        anchor = read_date(note, "anchor", last_period - datetime.timedelta(days=offset))
        slots |= anchor.slots() | {"offset_days": str(offset)}
        code += [*anchor.code(), f"last_period = anchor + datetime.timedelta(days={offset})"]
    else:
        first = read_date(note, "last_period", last_period)
        slots |= first.slots()
        code += first.code()
    seen = read_date(note, "visit", visit)
    slots |= seen.slots()
    code += [
        *seen.code(),
        "weeks, days = divmod((visit - last_period).days, 7)",
        'answer = f"{weeks} weeks {days} days"',
    ]
    weeks, rest = gestational_age_weeks_days(last_period=last_period, visit=visit)
    return Drawn(
        slots=slots,
        grading=DurationSpec(weeks=weeks, days=rest),
        reference="\n".join(code),
        trap=_as_text(gestational_age_weeks_days(last_period=days["wrong"], visit=visit)),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        Seen in the obstetric outpatient department on {visit_dmy}: {an_age}-year-old woman in her second
        pregnancy. The first day of her last menstrual period was {last_period_dmy}. <Some light spotting|A
        little spotting> on {wrong_dmy} stopped by itself and was not a period. Pregnancy test positive on
        {test_dmy}. Her daughter was born on {birth_before_dmy} after an uneventful pregnancy. Blood
        pressure {bp} mmHg, glucose {glucose} mg/dL, haemoglobin {hb} g/dL. Next appointment: {next_dmy}.
        """,
        question="""
        What was the gestational age on the day she was seen, counted from the last menstrual period? Give
        completed weeks and remaining days, such as "12 weeks 3 days".
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        Letter of {visit_mdy}. I reviewed {Mr} {surname}, aged {age}, today because of heartburn. Her
        periods used to be regular; by her diary the last one began on {last_period_mdy}, not on {wrong_mdy}
        as her insurance form states. She did a test on {test_mdy}, shortly before boarding a plane. <Fetal
        movements, heart sounds and blood pressure|Blood pressure and urine> were in order today. Her
        ferritin was low at a visit before the pregnancy and has recovered. I shall see her again on
        {next_mdy}.
        """,
        question="""
        How far along was the pregnancy on the day of the letter, dated by the last period in her diary?
        State weeks and days (days from 0 to 6).
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        TRIAGE, LABOUR WARD (dates are month/day/year)

        Patient: {age} y, G2P1, previous delivery {birth_before_us}.

        LMP: {last_period_us} (sure). Conception is thought to have been around {wrong_us}.

        Today: {visit_us}. Complaint: backache since lunch. HR {pulse}, BP {bp}, SpO2 {spo2} %.

        Lab: Hb {hb} g/dL, platelets {platelets} x10^9/L. Swab <taken, result open|sent, no result yet>.

        Follow-up: {next_us} with her own midwife.
        """,
        question="""
        Calculate today's gestational age from the LMP (not from conception) in weeks and days.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Ultrasound request form, filled in on {visit_iso}. The woman ({age} years) reports {last_period_iso}
        as the day on which her last menstruation started; she <had stopped the pill|had her contraceptive
        coil removed> a year before. A cousin, also pregnant, counts from {wrong_iso}. First positive test:
        {test_iso}. Older child born {birth_before_iso}. No measurements have been made yet, and the
        appointment for the scan is on {next_iso}. Question to the examiner: placental position. Laboratory:
        potassium {potassium} mmol/L, ALT {alt} U/L.
        """,
        question="""
        Which gestational age, in completed weeks plus days, applied when the form was filled in, going by
        her last menstruation?
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Travel medicine visit, {visit_mdy}. {An_age}-year-old pregnant teacher wants to fly to a conference
        on {next_mdy}. She did not note the start of her last period but is certain that it came
        {offset_days} days after the school term had begun on {anchor_mdy}. An email reminder in her phone
        for {wrong_mdy} concerns the dentist. She <vomited only in the first weeks|has had no vomiting> and
        takes iodine. Immunity to hepatitis B is present; rabies vaccination was discussed and postponed.
        Pulse {pulse}, blood pressure {bp}, sodium {sodium} mmol/L.
        """,
        question="""
        Give her gestational age on the day of the travel medicine visit as weeks and days since the start
        of her last period.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="gestational_age",
    title="Estimated Gestational Age",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(
        kind="weeks_days", hint='Weeks and days, written like "34 weeks 0 days" or as a list like [34, 0].'
    ),
    judged=f"Correct if weeks and days are both exact. Source: {_SOURCE}",
    phrasings=_PHRASINGS,
    draw=_draw,
)
