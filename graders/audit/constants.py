"""The best that one constant answer can do over many parts."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graders.gold import gold_answer
from graders.grade import judge_value
from graders.submission import Abstained, Resolved
from task_store.grading import AbstainSpec, GradingSpec, NumericSpec

MOST_CANDIDATES = 400
"""Distinct golds that are tried, the most frequent first."""

USUAL: tuple[Resolved, ...] = (
    *range(-1, 11), 0.5, 0.8, 0.9, 100, 1000, True, False, "", None, [], [[]], {},
    "yes", "no", "none", "0 weeks 0 days", "40 weeks 0 days", "2000-01-01", "2105-12-31", "male", "female",
    [[None]], [0, 0], "unknown",
)  # fmt: skip
"""What guessers try first."""


@dataclass(frozen=True)
class Constant:
    """A constant answer and how often it is right."""

    value: Resolved
    right: int
    of: int

    @property
    def rate(self) -> float:
        return self.right / self.of if self.of else 0.0


def best_constant(specs: Sequence[GradingSpec]) -> Constant:
    """The constant that is right for most of the parts that have an answer; found by trying.

    Tried are the golds, the number that lies in most bounds (golds need not hold it), and the usual guesses.
    """
    asked = [spec for spec in specs if not isinstance(spec, AbstainSpec)]
    best = Constant(None, 0, len(asked))
    for value in _candidates(asked):
        right = sum(judge_value(spec, value).outcome == "correct" for spec in asked)
        if right > best.right:
            best = Constant(value, right, len(asked))
    return best


def _candidates(asked: Sequence[GradingSpec]) -> list[Resolved]:
    golds = [gold for gold in map(gold_answer, asked) if not isinstance(gold, Abstained)]
    popular = Counter(json.dumps(gold) for gold in golds).most_common(MOST_CANDIDATES)
    found: list[Resolved] = [json.loads(text) for text, _ in popular]
    numeric = [spec for spec in asked if isinstance(spec, NumericSpec)]
    if numeric:
        found.append(_most_covered(numeric))
    return [*found, *USUAL]


def _most_covered(specs: Sequence[NumericSpec]) -> float:
    """A number inside the bounds of as many specs as any number is."""
    edges = sorted([(spec.lower, 0) for spec in specs] + [(spec.upper, 1) for spec in specs])
    inside = most = 0
    best = edges[0][0]
    for number, ends in edges:
        inside += -1 if ends else 1
        if inside > most:
            most, best = inside, number
    return best
