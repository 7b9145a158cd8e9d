"""Named results of an analysis: each judged by its own check, right when all are."""

from typing import assert_never

from pydantic import JsonValue

from graders import calendar_date, code, numeric, p_value, result_set, text, weeks_days
from graders.errors import MalformedAnswerError
from graders.types import CodeResult
from graders.verdict import Verdict
from task_store.grading import (
    Check,
    DateSpec,
    DurationSpec,
    NumericSpec,
    PValueSpec,
    ResultSetSpec,
    TextSpec,
    ValuesSpec,
)

NAME = "values"
VERSION = "1"


def parse(spec: ValuesSpec, value: JsonValue) -> dict[str, JsonValue]:
    """The results by their names, each of its own form.

    Raises:
        MalformedAnswerError: other names, or a result that cannot be one.
    """
    if not isinstance(value, dict) or value.keys() != spec.checks.keys():
        names = ", ".join(spec.checks)
        raise MalformedAnswerError(f"Named results are wanted: an object with exactly the names {names}.")
    for name, check in spec.checks.items():
        try:
            _parse(check, value[name])
        except MalformedAnswerError as error:
            raise MalformedAnswerError(f"The result {name}: {error}") from None
    return value


def judge(spec: ValuesSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not the named results.
    """
    results = parse(spec, value)
    wrong = [name for name, check in spec.checks.items() if _judge(check, results[name]).outcome != "correct"]
    if not wrong:
        return Verdict.of(True, "Every named result is right.")
    return Verdict.of(False, f"Not every named result is right; not right: {', '.join(wrong)}.")


def judge_run(spec: ValuesSpec, result: CodeResult) -> Verdict:
    """The same for what submitted code left in its variables.

    Raises:
        MalformedAnswerError: a result cannot be one.
    """
    failed = code.failure(result)
    if failed is not None:
        return failed
    outputs = dict(zip(spec.checks, result.outputs, strict=False))
    missing = [name for name in spec.checks if name not in outputs or outputs[name].problem]
    if missing:
        return Verdict.of(False, f"The code left no data under these names: {', '.join(missing)}.")
    return judge(spec, {name: output.value for name, output in outputs.items()})


def gold(check: Check) -> JsonValue:
    """A result that is right."""
    match check:
        case NumericSpec():
            return int(check.gold) if check.integer and check.gold.is_integer() else check.gold
        case DateSpec():
            return check.gold.isoformat()
        case DurationSpec():
            return str(weeks_days.WeeksDays(check.weeks, check.days))
        case ResultSetSpec():
            return [list(row) for row in check.rows]
        case TextSpec():
            return check.texts[0]
        case PValueSpec():
            return check.gold
        case _:
            assert_never(check)


def _parse(check: Check, value: JsonValue) -> None:
    match check:
        case NumericSpec() | PValueSpec():
            numeric.parse(value)
        case DateSpec():
            calendar_date.parse(value)
        case DurationSpec():
            weeks_days.parse(value)
        case ResultSetSpec():
            result_set.parse(value)
        case TextSpec():
            text.parse(value)
        case _:
            assert_never(check)


def _judge(check: Check, value: JsonValue) -> Verdict:
    match check:
        case NumericSpec():
            return numeric.judge(check, value)
        case DateSpec():
            return calendar_date.judge(check, value)
        case DurationSpec():
            return weeks_days.judge(check, value)
        case ResultSetSpec():
            return result_set.judge(check, value)
        case TextSpec():
            return text.judge(check, value)
        case PValueSpec():
            return p_value.judge(check, value)
        case _:
            assert_never(check)
