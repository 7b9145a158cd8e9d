"""Durations: both units said, in one of the listed forms."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import JsonValue

from graders import weeks_days
from graders.errors import MalformedAnswerError
from graders.grade import judge_value
from task_store.grading import DurationSpec
from tests._requirements import requirement

GOLD = DurationSpec(weeks=34, days=0)

ACCEPTED: list[JsonValue] = [
    "34 weeks 0 days",
    "34 weeks, 0 days",
    " 34 Weeks 0 DAYS\n",
    "34 week 0 day",
    "34w 0d",
    "34w, 0d",
    "34 w 0 d",
    "('34 weeks', '0 days')",
    '("34 weeks", "0 days")',
    "\uff13\uff14 weeks 0 days",
    ["34 weeks", "0 days"],
    ["34w", "0d"],
    [34, 0],
    [34.0, 0.0],
    [34, "0 days"],
    {"weeks": 34, "days": 0},
    {"days": 0, "weeks": 34.0},
    {"weeks": "34 weeks", "days": "0 days"},
]

REFUSED: list[JsonValue] = [
    None,
    True,
    34,
    34.0,
    238,
    "34",
    "238 days",
    "34 weeks",
    "0 days",
    "34 0",
    "34, 0",
    "(34, 0)",
    "34.0 weeks 0 days",
    "-34 weeks 0 days",
    "34 weeks -0 days",
    "0 days 34 weeks",
    "34 weeks 0 hours",
    "34 weeks 0 days 5 hours",
    "34 months 0 days",
    "34 weeks 0 days or 34 weeks 1 days",
    "about 34 weeks 0 days",
    "34weeks0days",
    "('34 weeks')",
    "('34 weeks',)",
    "('34 weeks', '0 days'",
    "('34 weeks\", '0 days')",
    "('0 days', '34 weeks')",
    "__import__('os').system('true')",
    "33 weeks 7 days",
    "0 weeks 238 days",
    "",
    "9" * 1_000_000,
    "1234567 weeks 0 days",
    "\u0663\u0664 weeks 0 days",
    "34\u00b2 weeks 0 days",
    [],
    [34],
    [34, None],
    [None, 0],
    [34, 0, 0],
    [[34], [0]],
    [[34, 0]],
    ["34", "0"],
    ["0 days", "34 weeks"],
    ["34 weeks", "0 weeks"],
    ["34 weeks 0 days", ""],
    [34.5, 0],
    [34, 0.5],
    [-34, 0],
    [34, -1],
    [33, 7],
    [True, False],
    [34, False],
    [float("nan"), 0],
    [float("inf"), 0],
    [34, 10**5000],
    [10**5000, 0],
    [1_000_000, 0],
    {},
    {"weeks": 34},
    {"days": 0},
    {"weeks": 34, "days": None},
    {"weeks": 34, "days": 0, "hours": 0},
    {"Weeks": 34, "Days": 0},
    {"weeks": True, "days": False},
]


@requirement("grading:duration-accepts")
@pytest.mark.parametrize("value", ACCEPTED, ids=repr)
def test_equivalent_forms_say_the_same_length(value: JsonValue) -> None:
    assert judge_value(GOLD, value).outcome == "correct"


@requirement("grading:duration-refuses")
@pytest.mark.parametrize(
    "value", REFUSED, ids=lambda value: f"{value!r:.40}" if not isinstance(value, list) else None
)
def test_what_is_not_weeks_and_days_is_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match=r"^Weeks and days are wanted"):
        weeks_days.parse(value)
    assert judge_value(GOLD, value).outcome == "incorrect"


@requirement("grading:duration-refuses")
def test_seven_days_are_told_to_become_a_week() -> None:
    with pytest.raises(MalformedAnswerError, match="carry whole weeks over"):
        weeks_days.parse("33 weeks 7 days")


@requirement("grading:duration-accepts")
@given(st.integers(0, 999_999), st.integers(0, 6))
def test_every_length_is_read_from_every_form(weeks: int, days: int) -> None:
    forms: list[JsonValue] = [
        [weeks, days],
        {"weeks": weeks, "days": days},
        f"{weeks} weeks {days} days",
        f"{weeks}w {days}d",
        str((f"{weeks} weeks", f"{days} days")),
    ]
    assert {weeks_days.parse(form) for form in forms} == {weeks_days.WeeksDays(weeks, days)}


@requirement("grading:duration-refuses")
@given(st.integers(0, 99), st.integers(0, 6), st.integers(0, 99), st.integers(0, 6))
def test_another_length_is_wrong(weeks: int, days: int, other_weeks: int, other_days: int) -> None:
    assume((weeks, days) != (other_weeks, other_days))
    assert judge_value(DurationSpec(weeks=weeks, days=days), [other_weeks, other_days]).outcome == "incorrect"
