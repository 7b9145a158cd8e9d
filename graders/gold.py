"""The right answer as an agent would submit it: for checks, audits and reference runs."""

from typing import assert_never

from pydantic import JsonValue

from graders.weeks_days import WeeksDays
from task_store.grading import DateSpec, DurationSpec, GradingSpec, NumericSpec


def gold_answer(spec: GradingSpec) -> JsonValue:
    """A number, an ISO date, or "W weeks D days"; it grades correct under its own spec."""
    match spec:
        case NumericSpec():
            # An integer part whose gold is not whole keeps it, and fails its own check.
            return int(spec.gold) if spec.integer and spec.gold.is_integer() else spec.gold
        case DateSpec():
            return spec.gold.isoformat()
        case DurationSpec():
            return str(WeeksDays(spec.weeks, spec.days))
        case _:
            assert_never(spec)
