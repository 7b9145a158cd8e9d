"""All probes of one part: one function a kind of spec; mypy says where one is missing."""

import random
from collections.abc import Iterator, Sequence
from typing import assert_never

from graders.audit.code_probes import function_probes, values_probes
from graders.audit.date_probes import date_probes
from graders.audit.duration_probes import duration_probes
from graders.audit.junk import junk
from graders.audit.number_probes import number_probes
from graders.audit.probe import AuditProbe, accept, refuse
from graders.audit.row_probes import row_probes
from graders.audit.text_probes import text_probes
from graders.audit.truth import is_wrong
from graders.gold import gold_answer
from graders.submission import Abstained, Resolved
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

LUCKY = "cross_answer"
"""Class of golds of other tasks of the template."""


def probes(spec: GradingSpec, rng: random.Random, others: Sequence[Resolved]) -> Iterator[AuditProbe]:
    """Probes of one part, another draw for another state of `rng`.

    Args:
        spec: holds the gold.
        rng: what varies is drawn from it.
        others: golds of other tasks of the same template: the likeliest lucky hits. Those that are right here
            too are the question's doing, not the grader's, and are no probes; `lucky` counts them.
    """
    yield from accept("gold", gold_answer(spec))
    yield from refuse(LUCKY, *(other for other in others if is_wrong(spec, other)))
    yield from _of_kind(spec, rng, others)


def lucky(spec: GradingSpec, others: Sequence[Resolved]) -> int:
    """How many of the other tasks' golds are right here too."""
    return sum(not is_wrong(spec, other) for other in others)


def _of_kind(spec: GradingSpec, rng: random.Random, others: Sequence[Resolved]) -> Iterator[AuditProbe]:
    match spec:
        case NumericSpec():
            yield from number_probes(spec, rng)
            yield from refuse("abstained", Abstained())
        case DateSpec():
            yield from date_probes(spec, rng)
            yield from refuse("abstained", Abstained())
        case DurationSpec():
            yield from duration_probes(spec, rng)
            yield from refuse("abstained", Abstained())
        case ResultSetSpec():
            yield from row_probes(spec, rng, others)
        case OpenTextSpec():
            yield from text_probes(spec, rng)
            yield from refuse("abstained", Abstained())
        case FunctionSpec():
            yield from function_probes(spec, rng)
        case ValuesSpec():
            yield from values_probes(spec, rng)
        case AbstainSpec():
            yield from _any_answer(rng)
        case _:
            assert_never(spec)


def _any_answer(rng: random.Random) -> Iterator[AuditProbe]:
    """Nothing but abstaining is right where there is no answer; saying so in words is an answer."""
    number = rng.randrange(10**6)
    yield from junk(str(number), number)
    yield from refuse("empty_or_null", None, [], {}, [[]], [None], [[None]], "", 0, False)
    yield from refuse("usual_constant", 0, 1, -1, [[0]], [[1]], "yes", "no", True, 100, "2105-12-31")
    yield from refuse("any_rows", [[number, "heparin"]], [number], {"count": number}, "aspirin", number / 7)
    yield from refuse(
        "abstains_in_words", {"abstain": True}, [["abstain"]], "Abstained", "no answer", ["unanswerable"]
    )
