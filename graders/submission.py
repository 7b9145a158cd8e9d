"""Submissions read as data, once: what is checked is what is graded.

Nothing here knows the gold. Files are JSON under strict rules, or plain text.
"""

import json
import math
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, assert_never

from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError
from graders.types import (
    AbstainSubmission,
    AnswerSubmission,
    FileSubmission,
    Probe,
    Submission,
    VariableSubmission,
)


@dataclass(frozen=True)
class Abstained:
    """Stands for a value where the agent claims that there is none."""


Resolved: TypeAlias = JsonValue | Abstained


async def resolve(submission: Submission, probe: Probe) -> Resolved:
    """The submitted value, read once.

    Raises:
        UnreadableSubmissionError: the variable or file gives no value; costs no attempt.
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
