"""Dates: one calendar day, in ISO form or as month/day/year.

A time of day beside an ISO date is read and dropped. Day and month are never swapped
to make a date fit.
"""

import datetime
import re

from pydantic import JsonValue

from graders.errors import MalformedAnswerError
from graders.plain_text import named, plain
from graders.verdict import Verdict
from task_store.grading import DateSpec

NAME = "date"
VERSION = "1"

WANTED = "One date is wanted, as text YYYY-MM-DD or MM/DD/YYYY"

_ISO = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|\+00:00)?)?"
)
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})")


def parse(value: JsonValue) -> datetime.date:
    """The day that the value names.

    Raises:
        MalformedAnswerError: it is not one date, or no such day exists.
    """
    if not isinstance(value, str):
        raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    text = plain(value, WANTED)
    match = _ISO.fullmatch(text) or _MONTH_FIRST.fullmatch(text)
    if match is None:
        raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise MalformedAnswerError(f"{WANTED}; got a day that no calendar has.") from None


def judge(spec: DateSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not one date.
    """
    day = parse(value)
    right = day == spec.gold
    return Verdict.of(
        right, f"The date is {'the right' if right else 'not the right'} day. Read as {day.isoformat()}."
    )
