"""Submissions read as data, once: what is checked is what is graded.

Nothing here looks at a gold: of a spec only what is asked for. Files are JSON under strict rules, or
plain text. Code becomes what it gives in a kernel of its own.
"""

import json
import math
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, assert_never

from pydantic import JsonValue

from graders.code import program_for
from graders.errors import MalformedAnswerError, UnreadableSubmissionError
from graders.types import (
    AbstainSubmission,
    AnswerSubmission,
    CodeResult,
    CodeSubmission,
    DoneSubmission,
    FileSubmission,
    Probe,
    Submission,
    VariableSubmission,
)
from task_store.grading import GradingSpec, ValuesSpec

NO_STATE = "This part is not answered by the state that you left: submit the answer itself."


@dataclass(frozen=True)
class Abstained:
    """Stands for a value where the agent claims that there is none."""


Resolved: TypeAlias = JsonValue | Abstained | CodeResult


async def resolve(spec: GradingSpec, submission: Submission, probe: Probe) -> Resolved:
    """The submitted value, read once; for code, what it gave.

    Raises:
        UnreadableSubmissionError: the variable or file gives no value; costs no attempt.
        MalformedAnswerError: a part of this kind is not answered in this form; costs no attempt.
    """
    match submission:
        case AnswerSubmission():
            return submission.answer
        case VariableSubmission():
            return await probe.variable(submission.variable)
        case FileSubmission():
            return read_file(submission.file, await probe.file(submission.file))
        case AbstainSubmission():
            return Abstained()
        case CodeSubmission():
            return await probe.run(program_for(spec, submission.code))
        case DoneSubmission():
            if not isinstance(spec, ValuesSpec):
                raise MalformedAnswerError(NO_STATE)
            return {name: await probe.variable(name) for name in spec.checks}
        case _:
            assert_never(submission)


def read_file(path: str, content: bytes) -> JsonValue:
    """A `.json` file must be strict JSON; any other may also be plain UTF-8 text.

    Raises:
        UnreadableSubmissionError: not UTF-8, or a `.json` file that is not strict JSON.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableSubmissionError(
            "The file is not UTF-8 text; write the answer as JSON in UTF-8."
        ) from None
    try:
        return strict_json(text)
    except (ValueError, RecursionError):
        if path.lower().endswith(".json"):
            raise UnreadableSubmissionError(
                "The file is not strict JSON: one value, finite numbers, no key twice, not nested too deeply."
            ) from None
        return text


def strict_json(text: str) -> JsonValue:
    """JSON as its standard has it: no NaN, no infinity, no key twice.

    Raises:
        ValueError: the text is something else.
        RecursionError: it is nested too deeply.
    """
    value: JsonValue = json.loads(
        text, parse_constant=_no_constant, parse_float=_finite_float, object_pairs_hook=_unique_keys
    )
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _unique_keys(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    # Two values under one key are two answers; the last one must not win silently.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found
