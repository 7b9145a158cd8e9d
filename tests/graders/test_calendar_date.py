"""Dates: ISO and month-first forms, and nothing that has to be guessed."""

import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import JsonValue

from graders import calendar_date
from graders.errors import MalformedAnswerError
from graders.grade import judge_value
from task_store.grading import DateSpec
from tests._requirements import requirement
from tests.graders.strategies import some_dates

GOLD = DateSpec(gold=datetime.date(2024, 3, 5))

ACCEPTED: list[JsonValue] = [
    "2024-03-05",
    " 2024-03-05\n",
    "2024-03-05T00:00:00",
    "2024-03-05 00:00:00",
    "2024-03-05T00:00",
    "2024-03-05T00:00:00Z",
    "2024-03-05 00:00:00+00:00",
    "2024-03-05T00:00:00.000000000",
    "2024-03-05 23:59:59",
    "03/05/2024",
    "3/5/2024",
    "03/5/2024",
    "\uff12\uff10\uff12\uff14-03-05",
]

REFUSED: list[JsonValue] = [
    None,
    True,
    20240305,
    1709596800,
    1709596800.5,
    [],
    ["2024-03-05"],
    [2024, 3, 5],
    {"year": 2024, "month": 3, "day": 5},
    "",
    " ",
    "03/05/24",
    "24-03-05",
    "2024-3-5",
    "20240305",
    "1709596800",
    "2024/03/05",
    "05.03.2024",
    "03-05-2024",
    "2024-W10-2",
    "2024-03",
    "March 5, 2024",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "0000-01-01",
    "13/01/2024",
    "2/30/2024",
    "2024-03-05T24:00:00",
    "2024-03-05T00:60",
    "2024-03-05T00:00:00+05:00",
    "2024-03-05 or 2024-03-06",
    "2024-03-05, 2024-03-06",
    "2024-03-05\n2024-03-06",
    "2024-03-05/2024-03-06",
    "the date is 2024-03-05",
    "datetime.date(2024, 3, 5)",
    "-2024-03-05",
    "2024--03-05",
    "\u0662\u0660\u0662\u0664-03-05",
    "2024-03-0\u2075",
    "2024-03-05" + " " * 100,
    "2" * 1_000_000,
]


@requirement("grading:date-accepts")
@pytest.mark.parametrize("value", ACCEPTED)
def test_equivalent_forms_name_the_same_day(value: JsonValue) -> None:
    assert judge_value(GOLD, value).outcome == "correct"


@requirement("grading:date-refuses")
@pytest.mark.parametrize("value", REFUSED, ids=lambda value: f"{value!r:.30}")
def test_what_is_not_one_date_is_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match=r"^One date is wanted"):
        calendar_date.parse(value)
    assert judge_value(GOLD, value).outcome == "incorrect"


@requirement("grading:date-refuses")
@pytest.mark.parametrize("value", ["2024-05-03", "05/03/2024", "5/3/2024", "2024-03-06", "2023-03-05"])
def test_another_day_is_wrong_also_when_day_and_month_are_swapped(value: JsonValue) -> None:
    verdict = judge_value(GOLD, value)
    assert verdict.outcome == "incorrect"
    assert verdict.reason.startswith("The date is not the right day. Read as ")


@requirement("grading:date-accepts")
@given(some_dates)
def test_every_day_is_read_from_every_form(day: datetime.date) -> None:
    forms = [
        day.isoformat(),
        f"{day.isoformat()}T00:00:00Z",
        f"{day.month}/{day.day}/{day.year}",
        f"{day.month:02}/{day.day:02}/{day.year}",
    ]
    assert {calendar_date.parse(form) for form in forms} == {day}


@requirement("grading:date-refuses")
@given(some_dates, st.integers(-400, 400))
def test_a_near_day_is_wrong(day: datetime.date, shift: int) -> None:
    assume(shift != 0 and datetime.date.min.toordinal() + 366_000 <= day.toordinal() + shift)
    assume(day.toordinal() + shift <= datetime.date.max.toordinal())
    other = day + datetime.timedelta(days=shift)
    assert judge_value(DateSpec(gold=day), other.isoformat()).outcome == "incorrect"
