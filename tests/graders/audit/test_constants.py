"""The best constant over many parts."""

import pytest

from graders.audit.constants import best_constant
from task_store.grading import AbstainSpec, DateSpec, GradingSpec, NumericSpec, ResultSetSpec
from tests._requirements import requirement
from tests.graders.audit.samples import DATES, NUMBERS


@requirement("audit:constants")
def test_a_number_that_is_no_gold_can_be_the_best() -> None:
    golds = (95.0, 99.0, 105.0)  # 100 is within 6 of each; no gold is
    best = best_constant([NumericSpec.absolute(gold, 6.0) for gold in golds])
    assert (best.right, best.of) == (3, 3)
    assert isinstance(best.value, float)
    assert 99 <= best.value <= 101


@requirement("audit:constants")
@pytest.mark.parametrize(
    ("specs", "right", "of"),
    [
        ([*DATES, DATES[0]], 2, 5),
        (
            [
                AbstainSpec(),
                AbstainSpec(),
                ResultSetSpec.of([["b"], ["a"]]),
                ResultSetSpec.of([["A"], ["b"]]),
            ],
            2,
            2,
        ),
        ([ResultSetSpec.of([[1]]), NumericSpec.exact(1), NumericSpec.exact(2)], 2, 3),
        ([AbstainSpec()], 0, 0),
        ([*NUMBERS[:3], DateSpec(gold=DATES[0].gold)] if isinstance(DATES[0], DateSpec) else [], 1, 4),
    ],
)
def test_examples(specs: list[GradingSpec], right: int, of: int) -> None:
    best = best_constant(specs)
    assert (best.right, best.of) == (right, of)
