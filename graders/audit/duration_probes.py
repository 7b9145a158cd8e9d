"""Probes of `duration`: whole weeks and days."""

import random
from collections.abc import Iterator

from pydantic import JsonValue

from graders.audit.junk import junk
from graders.audit.probe import AuditProbe, accept, refuse
from task_store.grading import DurationSpec

_STEPS = (1, 2, 3, 6, 7, 14, 70, 280)
"""Days between a near miss and the gold."""


def duration_probes(spec: DurationSpec, rng: random.Random) -> Iterator[AuditProbe]:
    total = 7 * spec.weeks + spec.days
    text = f"{spec.weeks} weeks {spec.days} days"
    yield from _rewritten(spec.weeks, spec.days)
    for step in _STEPS:
        for other in (total + step, total - step):
            if other >= 0:
                yield from refuse("near_miss", *_forms(*divmod(other, 7)))
    days = [day for day in range(7) if day != spec.days]
    yield from refuse("other_days", *_forms(spec.weeks, rng.choice(days)))
    yield from _alike(spec.weeks, spec.days, total)
    yield from _other_forms(spec.weeks, spec.days, text)
    yield from junk(text, rng.randrange(10**6))


def _rewritten(weeks: int, days: int) -> Iterator[AuditProbe]:
    text = f"{weeks} weeks {days} days"
    yield from accept("text", text, text.upper(), f"{weeks} weeks, {days} days", f"{weeks} week {days} day")
    yield from accept("short_text", f"{weeks}w {days}d", f"{weeks}W {days}D", f"{weeks} w, {days} d")
    yield from accept("pair_text", f"('{weeks} weeks', '{days} days')", f'("{weeks} weeks", "{days} days")')
    yield from accept("pair", [weeks, days], [float(weeks), days], [f"{weeks} weeks", f"{days} days"])
    yield from accept("record", {"weeks": weeks, "days": days}, {"days": days, "weeks": float(weeks)})
    yield from accept("outer_spaces", f" {text}\n")


def _forms(weeks: int, days: int) -> tuple[JsonValue, ...]:
    return f"{weeks} weeks {days} days", [weeks, days], {"weeks": weeks, "days": days}


def _alike(weeks: int, days: int, total: int) -> Iterator[AuditProbe]:
    """The same digits, or the same length said in another way than was asked for."""
    if weeks != days:
        yield from refuse(
            "units_swapped", [days, weeks], f"{weeks} days {days} weeks", f"{days} weeks {weeks} days"
        )
    if weeks:
        yield from refuse("not_carried_over", [weeks - 1, days + 7], f"{weeks - 1} weeks {days + 7} days")
        yield from refuse("off_by_a_unit", [total, 0], f"{total} weeks 0 days", [weeks * 7, days])
    yield from refuse("one_unit_only", f"{weeks} weeks", f"{total} days", [weeks], {"weeks": weeks})
    yield from refuse("bare_number", weeks, total, float(weeks), str(weeks), str(total), f"{weeks}.{days}")
    yield from refuse("superstring_of_digits", [weeks * 10 + 1, days], f"1{weeks} weeks {days} days")
    if weeks > 9:
        yield from refuse("substring_of_digits", [weeks // 10, days], f"{weeks % 10} weeks {days} days")


def _other_forms(weeks: int, days: int, text: str) -> Iterator[AuditProbe]:
    yield from refuse("wrong_type", None, [], {}, [[weeks, days]], {"answer": text}, [text])
    yield from refuse("boolean", True, [weeks, True], [True, days], [False, False])
    yield from refuse("negative", [-weeks, -days] if weeks + days else [-1, 0], f"-{text}", [weeks, -1])
    yield from refuse("fraction", [weeks + 0.5, days], [weeks, days + 0.5], f"{weeks}.5 weeks {days} days")
    yield from refuse(
        "third_value", [weeks, days, 0], {"weeks": weeks, "days": days, "hours": 0}, f"{text} 0 hours"
    )
    yield from refuse(
        "candidates", [[weeks, days], [weeks + 1, days]], f"{text} or {weeks + 1} weeks {days} days"
    )
    yield from refuse("first_of_several", f"{text}; {weeks + 1} weeks 0 days", f"{text}\n{text}")
