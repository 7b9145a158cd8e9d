"""From a spec and a submission to a grade: the one place that knows all kinds.

`resolve` reads the value, `check_form` refuses what cannot be an answer (that costs
the agent no attempt), `grade_value` judges the very same value. A fault of ours is
`ungradable`, never 0 and never 1.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from pydantic import JsonValue

from graders import (
    abstention,
    calendar_date,
    code,
    function,
    numeric,
    open_text,
    result_set,
    values,
    weeks_days,
)
from graders.errors import GraderError, MalformedAnswerError
from graders.submission import Abstained, Resolved, resolve
from graders.types import CodeResult, Grade, PartGrade, Probe, Submission
from graders.verdict import Verdict
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    FunctionSpec,
    GradingSpec,
    NumericSpec,
    OpenTextSpec,
    ResultSetSpec,
    ValuesSpec,
)

__all__ = [
    "Abstained",
    "Resolved",
    "check_form",
    "fault",
    "grade_part",
    "grade_value",
    "grader_for",
    "judge_value",
    "not_submitted",
    "resolve",
    "whole",
]

NO_GRADER = "none"
"""Stands in a grade that no grader gave."""
NO_GRADER_VERSION = "1"


@dataclass(frozen=True)
class Grader:
    """A grader bound to one spec."""

    name: str
    version: str
    parse: Callable[[JsonValue], object]
    judge: Callable[[JsonValue], Verdict]
    judge_run: Callable[[CodeResult], Verdict] | None = None
    """Judges what submitted code gave; None: the kind takes no code."""


def grader_for(spec: GradingSpec) -> Grader:
    """The grader of the spec's kind, holding the spec."""
    match spec:
        case NumericSpec():
            return Grader(numeric.NAME, numeric.VERSION, numeric.parse, partial(numeric.judge, spec))
        case DateSpec():
            return Grader(
                calendar_date.NAME,
                calendar_date.VERSION,
                calendar_date.parse,
                partial(calendar_date.judge, spec),
            )
        case DurationSpec():
            return Grader(
                weeks_days.NAME, weeks_days.VERSION, weeks_days.parse, partial(weeks_days.judge, spec)
            )
        case ResultSetSpec():
            return Grader(
                result_set.NAME, result_set.VERSION, result_set.parse, partial(result_set.judge, spec)
            )
        case OpenTextSpec():
            return Grader(open_text.NAME, open_text.VERSION, open_text.parse, partial(open_text.judge, spec))
        case AbstainSpec():
            return Grader(
                abstention.NAME, abstention.VERSION, abstention.parse, partial(abstention.judge, spec)
            )
        case FunctionSpec():
            return Grader(
                function.NAME,
                function.VERSION,
                function.parse,
                function.parse,
                partial(function.judge, spec),
            )
        case ValuesSpec():
            return Grader(
                values.NAME,
                values.VERSION,
                partial(values.parse, spec),
                partial(values.judge, spec),
                partial(values.judge_run, spec),
            )
        case _:
            assert_never(spec)


def judge_value(spec: GradingSpec, value: Resolved) -> Verdict:
    """Judge one value; never raises. A malformed value is incorrect."""
    if isinstance(value, Abstained):
        return abstention.RIGHT if isinstance(spec, AbstainSpec) else abstention.WRONG
    try:
        grader = grader_for(spec)
        if not isinstance(value, CodeResult):
            return grader.judge(value)
        return grader.judge_run(value) if grader.judge_run else Verdict.of(False, f"{code.WANTED}.")
    except MalformedAnswerError as error:
        return Verdict.of(False, str(error))
    except Exception as error:
        return Verdict.ungradable(error)


def check_form(spec: GradingSpec, value: Resolved) -> None:
    """Refuse what cannot be an answer at all, right or wrong.

    Raises:
        MalformedAnswerError: says which form is wanted; the same for every gold of the kind.
    """
    if isinstance(value, Abstained | CodeResult):
        return
    try:
        grader_for(spec).parse(value)
    except MalformedAnswerError:
        raise
    except Exception:
        # A fault of the grader is not the agent's; judging the value will say `ungradable`.
        return


def grade_value(spec: GradingSpec, part_number: int, value: Resolved) -> PartGrade:
    """Grade a resolved value; never raises."""
    return _part_grade(spec, part_number, judge_value(spec, value))


async def grade_part(spec: GradingSpec, part_number: int, submission: Submission, probe: Probe) -> PartGrade:
    """Resolve and grade in one step, where attempts are not counted.

    Raises:
        GraderError: the variable or file gives no value, or the part is not answered in this form.
    """
    try:
        value = await resolve(spec, submission, probe)
    except GraderError:
        raise
    except Exception as error:
        return _part_grade(spec, part_number, Verdict.ungradable(error))
    return grade_value(spec, part_number, value)


def not_submitted(part: int) -> PartGrade:
    """The grade of a part to which the agent gave no answer."""
    return PartGrade(
        part=part,
        outcome="incorrect",
        score=0.0,
        reason="Nothing was submitted for this part.",
        grader=NO_GRADER,
        version=NO_GRADER_VERSION,
    )


def fault(part: int) -> PartGrade:
    """The grade of a part that a fault of ours kept from being answered."""
    return PartGrade(
        part=part,
        outcome="ungradable",
        score=None,
        reason="A fault of the environment ended the episode before this part was graded.",
        grader=NO_GRADER,
        version=NO_GRADER_VERSION,
    )


def whole(parts: Sequence[PartGrade], weights: Sequence[float]) -> Grade:
    """Join the parts' grades: the mean score by weight, or ungradable when any part is.

    Raises:
        ValueError: no parts, or not one positive weight for each.
    """
    if not parts or len(parts) != len(weights) or not all(0 < weight < math.inf for weight in weights):
        raise ValueError(f"{len(parts)} parts need as many positive weights, got {list(weights)}")
    scores = [part.score for part in parts if part.score is not None]
    if len(scores) < len(parts) or any(part.outcome == "ungradable" for part in parts):
        return Grade(outcome="ungradable", score=None, parts=tuple(parts))
    mean = math.fsum(score * weight for score, weight in zip(scores, weights, strict=True)) / math.fsum(
        weights
    )
    right = all(part.outcome == "correct" for part in parts)
    return Grade(outcome="correct" if right else "incorrect", score=mean, parts=tuple(parts))


def _part_grade(spec: GradingSpec, part_number: int, verdict: Verdict) -> PartGrade:
    grader = grader_for(spec)
    return PartGrade(
        part=part_number,
        outcome=verdict.outcome,
        score=verdict.score,
        reason=verdict.reason,
        grader=grader.name,
        version=grader.version,
    )
