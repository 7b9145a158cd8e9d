"""The right answer as an agent would submit it: for checks, audits and reference runs."""

from typing import assert_never

from graders import values
from graders.submission import Abstained, Resolved
from graders.types import CodeOutput, CodeResult
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


def gold_answer(spec: GradingSpec) -> Resolved:
    """A number, an ISO date, "W weeks D days", rows, named results, what the right code gives, or to abstain.

    It grades correct under its own spec. What an agent submits as code is the key's reference.
    """
    match spec:
        case NumericSpec() | DateSpec() | DurationSpec() | ResultSetSpec():
            # An integer part whose gold is not whole keeps it, and fails its own check.
            return values.gold(spec)
        case OpenTextSpec():
            return spec.reference
        case AbstainSpec():
            return Abstained()
        case FunctionSpec():
            return CodeResult(outputs=tuple(CodeOutput(value=case.expected) for case in spec.cases))
        case ValuesSpec():
            return {name: values.gold(check) for name, check in spec.checks.items()}
        case _:
            assert_never(spec)
