"""Functions: called with hidden inputs in a kernel of their own, what they return compared here.

Equal means equal as data: numbers within the tolerance where the expected one has a fraction and
exactly where it is whole, everything else exactly. The expected values never leave this process.
"""

from typing import Never

from pydantic import JsonValue

from graders import code
from graders.errors import MalformedAnswerError
from graders.types import CodeResult
from graders.verdict import Verdict
from task_store.grading import FunctionSpec

NAME = "function"
VERSION = "1"

ZERO_SLACK = 1e-9
"""What still counts as zero, and as whole: arithmetic noise."""

WANTED = "The source of a function is wanted: submit it as code"


def parse(value: JsonValue) -> Never:
    """Raises:
    MalformedAnswerError: always; what a function returns cannot be told instead.
    """
    raise MalformedAnswerError(f"{WANTED}.")


def judge(spec: FunctionSpec, result: CodeResult) -> Verdict:
    """Whether every call returned what is expected."""
    failed = code.failure(result)
    if failed is not None:
        return failed
    if len(result.outputs) != len(spec.cases):
        return Verdict.of(False, "The code did not answer every call.")
    problems = {output.problem for output in result.outputs}
    if "raised" in problems:
        return Verdict.of(False, "A call of the function raised an exception.")
    if "unreadable" in problems:
        return Verdict.of(False, "A call of the function returned what cannot be read as data.")
    right = all(
        same(case.expected, output.value, spec.tolerance)
        for case, output in zip(spec.cases, result.outputs, strict=True)
    )
    return Verdict.of(
        right, "Every call returned the right value." if right else "Not every call returned the right value."
    )


def same(expected: JsonValue, value: JsonValue, tolerance: float) -> bool:
    """Whether data is what is expected; 1 and 0 are read as yes and no, never the other way round."""
    match expected:
        case bool():
            return isinstance(value, bool | int | float) and value == expected
        case int():
            return _near(expected, value, ZERO_SLACK)
        case float():
            return _near(expected, value, tolerance * abs(expected) if expected else ZERO_SLACK)
        case list():
            return (
                isinstance(value, list)
                and len(value) == len(expected)
                and all(same(e, v, tolerance) for e, v in zip(expected, value, strict=True))
            )
        case dict():
            return (
                isinstance(value, dict)
                and value.keys() == expected.keys()
                and all(same(item, value[key], tolerance) for key, item in expected.items())
            )
        case _:
            return type(value) is type(expected) and value == expected


def _near(expected: int | float, value: JsonValue, slack: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return value == expected or abs(value - expected) <= slack
    except OverflowError:  # an integer beyond every float
        return False
