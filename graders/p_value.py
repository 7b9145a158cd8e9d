"""p-values: a probability as a number, near the gold's, or both so small that they say the same."""

from pydantic import JsonValue

from graders import numeric
from graders.verdict import Verdict
from task_store.grading import PValueSpec

parse = numeric.parse


def judge(spec: PValueSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not one finite number; "<0.001" and a percentage are none.
    """
    number = parse(value)
    if not 0 <= number <= 1:
        return Verdict.of(False, f"A p-value lies between 0 and 1. Read as {numeric.shown(number)}.")
    right = abs(number - spec.gold) <= spec.tolerance * spec.gold or max(number, spec.gold) <= spec.floor
    said = "the right" if right else "not the right"
    return Verdict.of(right, f"The p-value is {said} one. Read as {numeric.shown(number)}.")
