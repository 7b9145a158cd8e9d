"""Parts that cannot be answered: abstaining is right, and any answer is wrong.

A wrong answer is refused, read and judged in the words of `result_set`, so that no reply tells
an agent that there is nothing to find.
"""

from pydantic import JsonValue

from graders import result_set
from graders.verdict import Verdict
from task_store.grading import AbstainSpec

NAME = "abstain"
VERSION = "1"

RIGHT = Verdict.of(True, "The agent abstained, and this part cannot be answered.")
WRONG = Verdict.of(False, "The agent abstained, but this part can be answered.")
"""Of a part of any other kind."""

parse = result_set.parse


def judge(spec: AbstainSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not rows.
    """
    return result_set.verdict(False, parse(value))
