"""Probes of `date`: one calendar day."""

import datetime
import random
from collections.abc import Iterator

from graders.audit.junk import junk
from graders.audit.probe import AuditProbe, accept, refuse
from task_store.grading import DateSpec

_STEPS = (1, 2, 7, 14, 28, 30, 31, 280, 365, 366, 3652)
"""Days between a near miss and the gold."""


def date_probes(spec: DateSpec, rng: random.Random) -> Iterator[AuditProbe]:
    day = spec.gold
    yield from _rewritten(day, rng)
    for step in _STEPS:
        for other in (_moved(day, step), _moved(day, -step)):
            if other is not None:
                yield from refuse("near_miss", other.isoformat(), _month_first(other))
    yield from _alike(day)
    yield from _other_forms(day)
    yield from junk(day.isoformat(), rng.randrange(10**6))


def _rewritten(day: datetime.date, rng: random.Random) -> Iterator[AuditProbe]:
    iso = day.isoformat()
    clock = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    yield from accept("iso_date", iso)
    yield from accept("with_time", f"{iso}T00:00:00", f"{iso} {clock}", f"{iso}T{clock}Z", f"{iso} 00:00")
    yield from accept("month_first", _month_first(day), f"{day.month}/{day.day}/{day.year:04d}")
    yield from accept("outer_spaces", f" {iso}", f"{iso}\n")


def _alike(day: datetime.date) -> Iterator[AuditProbe]:
    """Other days whose text is much the same."""
    if day.day <= 12 and day.day != day.month:
        swapped = day.replace(month=day.day, day=day.month)
        yield from refuse("day_month_swapped", swapped.isoformat(), _month_first(swapped))
    iso = day.isoformat()
    for years in (-100, -1, 1, 100):
        if 1 <= day.year + years <= 9999 and (day.month, day.day) != (2, 29):
            yield from refuse("other_year", day.replace(year=day.year + years).isoformat())
    yield from refuse("part_of_a_date", iso[:7], iso[:4], iso[5:], iso[:-1], f"{day:%m/%d}")
    yield from refuse("superstring_of_digits", f"{iso}1", f"1{iso}", f"{iso}-01", f"{iso}/{iso}")
    yield from refuse("impossible_day", f"{iso[:5]}13{iso[7:]}", f"{iso[:8]}32", f"{iso[:8]}00")


def _other_forms(day: datetime.date) -> Iterator[AuditProbe]:
    iso = day.isoformat()
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    yield from refuse(
        "timestamp", noon.timestamp(), int(noon.timestamp()), day.toordinal(), str(day.toordinal())
    )
    yield from refuse("wrong_type", None, True, [], {}, [iso], {"date": iso}, [day.year, day.month, day.day])
    yield from refuse("two_digit_year", f"{day:%m/%d/%y}", f"{day:%y-%m-%d}")
    yield from refuse("other_order", f"{day:%d.%m.%Y}", f"{day:%Y/%m/%d}", f"{day:%d %B %Y}", f"{day:%Y%m%d}")
    yield from refuse("other_time_zone", f"{iso}T00:00:00+05:00", f"{iso}T23:00:00-08:00")
    neighbours = [other.isoformat() for step in (-1, 1) if (other := _moved(day, step)) is not None]
    yield from refuse(
        "candidates", [iso, *neighbours], f"{iso} or {neighbours[0]}", f"{iso}, {neighbours[-1]}"
    )
    yield from refuse("code", f"datetime.date({day.year}, {day.month}, {day.day})", f"Timestamp('{iso}')")


def _month_first(day: datetime.date) -> str:
    return f"{day.month:02d}/{day.day:02d}/{day.year:04d}"


def _moved(day: datetime.date, days: int) -> datetime.date | None:
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return None
