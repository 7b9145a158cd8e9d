"""The right answer as an agent would submit it: for checks, audits and reference runs."""

from typing import assert_never

from pydantic import JsonValue

from graders.submission import Abstained, Resolved
from graders.weeks_days import WeeksDays
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    GradingSpec,
    NumericSpec,
    OpenTextSpec,
    ResultSetSpec,
)


def gold_answer(spec: GradingSpec) -> Resolved:
    """A number, an ISO date, "W weeks D days", rows, or to abstain; it grades correct under its own spec."""
    match spec:
        case NumericSpec():
            # An integer part whose gold is not whole keeps it, and fails its own check.
            return int(spec.gold) if spec.integer and spec.gold.is_integer() else spec.gold
        case DateSpec():
            return spec.gold.isoformat()
        case DurationSpec():
            return str(WeeksDays(spec.weeks, spec.days))
        case ResultSetSpec():
            rows: list[JsonValue] = [list(row) for row in spec.rows]
            return rows
        case OpenTextSpec():
            return spec.reference
        case AbstainSpec():
            return Abstained()
        case _:
            assert_never(spec)
