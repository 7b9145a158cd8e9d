"""Durations: whole weeks and days, both said, days fewer than a week.

A bare number is refused: it may be weeks, days or hours.
"""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from graders.errors import MalformedAnswerError
from graders.plain_text import named, plain
from graders.verdict import Verdict
from task_store.grading import DurationSpec

NAME = "duration"
VERSION = "1"

MAX_COUNT = 999_999
"""Most weeks that are read; far beyond any answer, and short enough to print."""

WANTED = 'Weeks and days are wanted, as "W weeks D days" or [W, D]'

_WEEKS = r"(?P<weeks>[0-9]{1,6})\s*(?:weeks?|w)"
_DAYS = r"(?P<days>[0-9]{1,6})\s*(?:days?|d)"
_FLAGS = re.ASCII | re.IGNORECASE
_TEXT = re.compile(rf"{_WEEKS}(?:\s*,\s*|\s+){_DAYS}", _FLAGS)
_RECORD = re.compile(rf"\(\s*(?P<q>['\"]){_WEEKS}(?P=q)\s*,\s*(?P<r>['\"]){_DAYS}(?P=r)\s*\)", _FLAGS)
"""The form of the released records: the text of a Python pair."""

_ONE = {"weeks": re.compile(_WEEKS, _FLAGS), "days": re.compile(_DAYS, _FLAGS)}


@dataclass(frozen=True)
class WeeksDays:
    """A length of time."""

    weeks: int
    days: int
    """0 to 6."""

    def __str__(self) -> str:
        return f"{self.weeks} weeks {self.days} days"


def parse(value: JsonValue) -> WeeksDays:
    """The length of time that the value says.

    Raises:
        MalformedAnswerError: it is not weeks and days, or the days make a week.
    """
    match value:
        case str():
            text = plain(value, WANTED)
            found = _TEXT.fullmatch(text) or _RECORD.fullmatch(text)
            if found is None:
                raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
            weeks, days = int(found["weeks"]), int(found["days"])
        case [first, second]:
            weeks, days = _count(first, "weeks"), _count(second, "days")
        case {"weeks": first, "days": second, **others} if not others:
            weeks, days = _count(first, "weeks"), _count(second, "days")
        case list():
            raise MalformedAnswerError(f"{WANTED}; got a list that is not a pair.")
        case _:
            raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    if days > 6:
        raise MalformedAnswerError(f"{WANTED}, with fewer days than a week has; carry whole weeks over.")
    return WeeksDays(weeks, days)


def judge(spec: DurationSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not weeks and days.
    """
    read = parse(value)
    right = read == WeeksDays(spec.weeks, spec.days)
    return Verdict.of(
        right, f"The length of time is {'the right' if right else 'not the right'} one. Read as {read}."
    )


def _count(value: JsonValue, unit: str) -> int:
    if isinstance(value, str):
        found = _ONE[unit].fullmatch(plain(value, WANTED))
        if found is not None:
            return int(found[unit])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # Bounds first: they also keep NaN and infinity away from int().
        if 0 <= value <= MAX_COUNT and value == int(value):
            return int(value)
        raise MalformedAnswerError(
            f"{WANTED}; got {unit} that are not a whole number, or negative, or too many."
        )
    raise MalformedAnswerError(f"{WANTED}; the {unit} were {named(value)}.")
