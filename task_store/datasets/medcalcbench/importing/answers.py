"""The answer columns of a released record: numbers, dates, weeks and days, all as text."""

import re
from collections.abc import Mapping
from math import isclose, isfinite

from task_store.datasets.medcalcbench.importing.entities import EntityError, parse_date
from task_store.grading import DateSpec, DurationSpec, NumericSpec, ScalarSpec
from task_store.importing import RecordError

MAX_TEXT = 100
ROUNDING = 1e-6
"""Relative slack at the limits, which the release has rounded to a few digits."""
_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_WEEKS = re.compile(r"\(?\s*'?(\d{1,3}) weeks?'?\s*,\s*'?(\d) days?'?\s*\)?")


def read_answer(record: Mapping[str, object]) -> tuple[ScalarSpec, bool]:
    """Gold and limits, and whether the limits had to be put in order (negative golds have them swapped).

    Raises:
        RecordError: the columns are missing, unreadable or contradict each other.
    """
    gold, low, high = (
        _text(record, f"{name}") for name in ("Ground Truth Answer", "Lower Limit", "Upper Limit")
    )
    if _DATE.fullmatch(gold):
        return _day(gold), False
    weeks = _WEEKS.fullmatch(gold)
    if weeks is not None:
        if int(weeks[2]) > 6:
            raise RecordError(f"the answer {gold} has more than 6 days")
        return DurationSpec(weeks=int(weeks[1]), days=int(weeks[2])), False
    return _numeric(
        *(
            _number(name, text)
            for name, text in (("answer", gold), ("lower limit", low), ("upper limit", high))
        )
    )


def _numeric(gold: float, low: float, high: float) -> tuple[ScalarSpec, bool]:
    lower, upper = min(low, high), max(low, high)
    slack = ROUNDING * max(1.0, abs(gold))
    if not lower - slack <= gold <= upper + slack:
        raise RecordError(f"the answer {gold:g} lies outside its own limits [{lower:g}, {upper:g}]")
    exact = isclose(lower, upper) and gold.is_integer()
    lower, upper = min(lower, gold), max(upper, gold)
    return NumericSpec(gold=gold, lower=lower, upper=upper, integer=exact), low > high


def _day(text: str) -> DateSpec:
    try:
        return DateSpec(gold=parse_date(text))
    except EntityError as error:
        raise RecordError(f"the answer {error}") from None


def _text(record: Mapping[str, object], column: str) -> str:
    value = record.get(column)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RecordError(f"it has no {column}")
    text = str(value).strip()
    if not text or len(text) > MAX_TEXT:
        raise RecordError(f"its {column} is empty or too long")
    return text


def _number(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise RecordError(f"the {what} {text[:30]!r} is no number, date or duration") from None
    if not isfinite(value):
        raise RecordError(f"the {what} {text[:30]!r} is not finite")
    return value
