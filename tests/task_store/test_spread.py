"""Answers are kept apart."""

from collections.abc import Iterator

import pytest

from graders.audit.constants import best_constant
from task_store import catalog
from task_store.grading import DateSpec, GradingSpec, NumericSpec
from task_store.spread import Spread
from task_store.types import Split
from tests._requirements import requirement
from tests.graders.audit.samples import DATES


def _pick(spread: Spread, golds: Iterator[float], tolerance: float) -> float:
    spec = spread.pick(lambda: NumericSpec.absolute(next(golds), tolerance), lambda spec: spec)
    return spec.gold


@requirement("audit:spread")
def test_a_crowded_draw_is_passed_over() -> None:
    spread = Spread(0.1)
    golds = iter([5.0, 5.4, 4.6, 8.0])
    assert _pick(spread, golds, 0.3) == 5.0
    assert _pick(spread, golds, 0.3) == 8.0  # 5.4 and 4.6 share numbers with 5.0


@requirement("audit:spread")
def test_the_least_crowded_draw_is_taken_where_none_has_room() -> None:
    spread = Spread(0.0)
    for gold in (1.0, 1.0, 2.0):
        _pick(spread, iter([gold] * 100), 0.0)
    drawn = iter([1.0, 2.0] * 100)
    assert _pick(spread, drawn, 0.0) == 2.0


@requirement("audit:spread")
def test_bounds_that_meet_one_another_but_have_no_number_in_common_are_not_a_crowd() -> None:
    spread = Spread(0.0)
    for gold in (1.0, 3.0):
        _pick(spread, iter([gold]), 0.9)
    assert spread.crowd(NumericSpec.absolute(2.0, 0.9)) == 1
    assert spread.crowd(NumericSpec.absolute(2.0, 2.0)) == 1
    day = DATES[0]
    assert isinstance(day, DateSpec)
    spread.pick(lambda: day, lambda spec: spec)
    assert (spread.crowd(day), spread.crowd(DATES[1])) == (1, 0)


@requirement("audit:spread")
@pytest.mark.parametrize("family", ["medcalcbench", "npowerai"])
@pytest.mark.parametrize(("split", "count"), [("test", 50), ("test_seen", 30)])
def test_no_constant_answers_more_than_the_bar(family: str, split: Split, count: int) -> None:
    dataset = catalog.dataset(family)
    specs: list[GradingSpec] = [
        part.grading for entry in dataset.generate(split, count, 1) for part in entry.key.parts
    ]
    assert best_constant(specs).rate <= dataset.card.chance_rate + 0.02
