"""What is wrong is told by other means than the graders use, and never of a right answer."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from graders.audit.truth import is_wrong, number_is_wrong
from graders.gold import gold_answer
from graders.grade import judge_value
from graders.submission import Abstained, Resolved
from task_store.grading import AbstainSpec, GradingSpec, NumericSpec, ResultSetSpec
from tests._requirements import requirement
from tests.graders.strategies import any_json, numeric_specs, result_sets, specs


@requirement("audit:truth")
@given(specs)
def test_no_gold_is_wrong(spec: GradingSpec) -> None:
    assert not is_wrong(spec, gold_answer(spec))


@requirement("audit:truth")
@settings(max_examples=60)
@given(st.one_of(numeric_specs, result_sets()), any_json)
def test_what_a_sound_grader_accepts_is_not_wrong(
    spec: NumericSpec | ResultSetSpec, value: JsonValue
) -> None:
    if judge_value(spec, value).outcome == "correct":
        assert not is_wrong(spec, value)


@requirement("audit:truth")
@settings(max_examples=40)
@given(result_sets(min_rows=1), st.randoms(use_true_random=False))
def test_rows_in_another_order_are_not_wrong(spec: ResultSetSpec, rng: random.Random) -> None:
    rows: list[JsonValue] = [list(row) for row in spec.rows]
    if spec.ranks is None:
        rng.shuffle(rows)
    assert not is_wrong(spec, rows)
    assert is_wrong(spec, [*rows, rows[0]])
    assert is_wrong(spec, rows[1:])


_PAIRS = ResultSetSpec.of([["a", 1.0], ["b", 2.0]])
_RANKED = ResultSetSpec.of([["a"], ["b"], ["c"]], ranks=[1, 2, 2])


@requirement("audit:truth")
@pytest.mark.parametrize(
    ("spec", "wrong", "answer"),
    [
        (_PAIRS, False, [[2.0, "B "], [1.00001, "a"]]),
        (_PAIRS, True, [["a", 2.0], ["b", 1.0]]),
        (_PAIRS, True, [["a", 1.0], ["b", 2.0003]]),
        (_PAIRS, True, [["a", True], ["b", 2.0]]),
        (_PAIRS, True, ["a", 1.0, "b", 2.0]),
        (_RANKED, False, ["a", "c", "b"]),
        (_RANKED, True, ["b", "a", "c"]),
        (ResultSetSpec.of([["x"], ["x"], ["y"]]), True, ["x", "y", "y"]),
        (ResultSetSpec.of([[None]]), True, [[""]]),
        (ResultSetSpec.of([]), True, None),
        (ResultSetSpec.of([[3]]), True, Abstained()),
        (AbstainSpec(), True, [[3]]),
        (AbstainSpec(), False, Abstained()),
        (ResultSetSpec.of([["2105-03-04 10:15:00"]]), True, "2105-03-04"),
        (ResultSetSpec.of([["2105-03-04"]]), False, "2105-03-04T00:00:00"),
    ],
)  # fmt: skip
def test_examples(spec: GradingSpec, wrong: bool, answer: Resolved) -> None:
    assert is_wrong(spec, answer) is wrong


@requirement("audit:truth")
def test_nothing_is_called_wrong_within_a_hundredth_of_the_edge() -> None:
    spec = NumericSpec.absolute(100, 10)
    assert not number_is_wrong(spec, Fraction(1101, 10))
    assert number_is_wrong(spec, Fraction(1102, 10))
    power = NumericSpec.absolute(0.998, 0.005, valid_min=0, valid_max=1)
    assert number_is_wrong(power, Fraction(10001, 10000))
    assert number_is_wrong(NumericSpec.exact(34), Fraction(344, 10))
