"""Numbers: one finite number, as JSON or as its text alone, inside [lower, upper].

Does not know units or percent: a text that carries more than the number is refused,
so that neither a list of candidates nor a sentence can hold a right answer by chance.
"""

import math
import re
import sys

from pydantic import JsonValue

from graders.errors import MalformedAnswerError
from graders.plain_text import named, plain
from graders.verdict import Verdict
from task_store.grading import NumericSpec

NAME = "numeric"
VERSION = "1"

FLOAT_SLACK = 1e-9
"""Relative: bounds are stored decimals, answers are computed; both are rounded."""

WANTED = (
    "One finite number is wanted, as a JSON number or its text alone, without unit, percent sign or words"
)

_MINUS_SIGN = "\N{MINUS SIGN}"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+|(?=\.[0-9]))"
    r"(?P<rest>(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)"
)


def parse(value: JsonValue) -> int | float:
    """The number that the value is.

    Raises:
        MalformedAnswerError: it is not one finite number.
    """
    if isinstance(value, str):
        return _finite(_read(plain(value, WANTED)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    return _finite(value)


def judge(spec: NumericSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not one finite number.
    """
    number = parse(value)
    read = f"Read as {shown(number)}."
    if not _valid(spec, number):
        return Verdict.of(False, f"{_valid_range(spec)} {read}")
    if spec.integer:
        whole = round(number)
        if abs(number - whole) > FLOAT_SLACK:
            return Verdict.of(False, f"A whole number is wanted. {read}")
        right = spec.lower <= whole <= spec.upper
    else:
        right = _within(number, spec.lower, spec.upper)
    return Verdict.of(right, f"The number lies {'inside' if right else 'outside'} the accepted range. {read}")


def shown(number: int | float) -> str:
    """The number for a reader: exact while short."""
    text = str(number)
    return text if len(text) <= 24 else f"{float(number):.6g}"


def _read(text: str) -> int | float:
    match = _NUMBER.fullmatch(text.replace(_MINUS_SIGN, "-"))
    if match is None:
        raise MalformedAnswerError(f"{WANTED}; got a text that is more, or other, than a number.")
    digits = match["sign"] + match["whole"].replace(",", "")
    return float(digits + match["rest"]) if match["rest"] else int(digits)


def _finite(number: int | float) -> int | float:
    # Compared, not converted: float() of a very large int raises.
    if not abs(number) <= sys.float_info.max:
        raise MalformedAnswerError(f"{WANTED}; got one that is not finite or is too large.")
    return number


def _within(number: int | float, lower: float, upper: float) -> bool:
    slack = FLOAT_SLACK * max(abs(lower), abs(upper))
    if upper > lower:
        # A tolerance far finer than the numbers themselves must stay one.
        slack = min(slack, (upper - lower) / 1000)
    return lower - slack <= number <= upper + slack


def _valid(spec: NumericSpec, number: int | float) -> bool:
    low = (
        -math.inf if spec.valid_min is None else spec.valid_min - FLOAT_SLACK * max(1.0, abs(spec.valid_min))
    )
    high = (
        math.inf if spec.valid_max is None else spec.valid_max + FLOAT_SLACK * max(1.0, abs(spec.valid_max))
    )
    return low <= number <= high


def _valid_range(spec: NumericSpec) -> str:
    """Public knowledge (a probability lies between 0 and 1), so it may be said."""
    match spec.valid_min, spec.valid_max:
        case None, high:
            return f"The answer is at most {high:g}."
        case low, None:
            return f"The answer is at least {low:g}."
        case low, high:
            return f"The answer lies between {low:g} and {high:g}."
