"""Probes are properties of a gold, and there are classes for all that the design lists."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.audit.probes import lucky, probes
from graders.audit.tally import judged
from task_store.grading import GradingSpec, NumericSpec, ResultSetSpec
from tests._requirements import requirement
from tests.graders.audit.samples import ABSTAIN, DATES, DURATIONS, NUMBERS, ROWS, TEXTS
from tests.graders.strategies import specs

ANY = {
    "gold", "crash_text", "warning_text", "empty_text", "not_finite", "huge_text", "deeply_nested",
    "sentence", "talk_to_grader", "number_spam", "says_unanswerable",
}  # fmt: skip
ANSWERED = ANY | {"abstained", "candidates", "wrong_type"}

CLASSES: dict[str, tuple[tuple[GradingSpec, ...], set[str]]] = {
    "numeric": (NUMBERS, ANSWERED | {
        "sign_flipped", "substring_of_digits", "superstring_of_digits", "power_of_ten",
        "percent_for_fraction", "unit_factor", "unit_or_percent", "near_miss", "outside_valid_range",
        "boolean", "first_of_several", "far_away", "usual_constant", "number", "number_as_text",
        "outer_spaces", "thousands_separators", "minus_sign", "plus_sign", "within_tolerance",
        "at_the_edge", "rounded",
    }),
    "date": (DATES, ANSWERED | {
        "near_miss", "day_month_swapped", "other_year", "part_of_a_date", "impossible_day",
        "timestamp", "two_digit_year", "other_order", "other_time_zone", "iso_date", "with_time",
        "month_first",
    }),
    "duration": (DURATIONS, ANSWERED | {
        "near_miss", "other_days", "units_swapped", "not_carried_over", "one_unit_only",
        "bare_number", "third_value", "negative", "fraction", "boolean", "text", "short_text", "pair",
        "pair_text", "record",
    }),
    "result_set": (ROWS, ANSWERED | {
        "extra_row", "dropped_row", "duplicated_row", "repeated_rows_once", "first_element_only",
        "missing_column", "extra_column", "mixed_between_rows", "cells_swapped_in_a_row",
        "rows_out_of_order", "columns_out_of_order", "flattened", "rows_as_text", "nested_deeper",
        "empty_or_null", "near_miss", "near_moment", "time_dropped", "day_month_swapped",
        "sign_flipped", "substring_of_text", "superstring_of_text", "reordered_pieces",
        "null_for_value", "value_for_null", "empty_for_value", "boolean_for_its_number",
        "boolean_flipped", "second_value_repeats_first", "form", "row_order", "column_order",
        "text_case", "outer_spaces", "number_as_text", "whole_as_float", "moment_form", "null_word",
        "boolean_word", "rounded", "at_the_edge",
    }),
    "open_text": (TEXTS, {
        "gold", "case", "outer_spaces", "unicode_form", "introduced", "missing_fact", "negated",
        "inside_a_word", "other_candidate", "too_many_words", "talk_to_grader", "huge_text", "empty_or_null",
        "wrong_type", "abstained",
    }),
    "abstain": (ABSTAIN, ANY | {"any_rows", "empty_or_null", "usual_constant", "abstains_in_words"}),
}  # fmt: skip


@requirement("audit:must-refuse")
@requirement("audit:must-accept")
@pytest.mark.parametrize("kind", CLASSES)
def test_every_kind_has_the_classes_that_apply(kind: str) -> None:
    golds, wanted = CLASSES[kind]
    found = {
        probe.probe_class
        for gold in golds
        for seed in range(3)
        for probe in probes(gold, random.Random(seed), ([[3]],))
    }
    assert not wanted - found


@requirement("audit:any-gold")
@settings(max_examples=25)
@given(specs, st.integers(0, 999))
def test_whatever_the_gold(spec: GradingSpec, seed: int) -> None:
    for probe in probes(spec, random.Random(seed), ()):
        outcome = judged(spec, probe.value).outcome
        assert outcome == ("correct" if probe.accept else "incorrect"), probe.probe_class


@requirement("audit:any-gold")
def test_equal_states_draw_equal_probes() -> None:
    for spec in (NUMBERS[0], ROWS[3]):
        first, again = (
            [repr(p) for p in probes(spec, random.Random(7), ()) if p.probe_class != "deeply_nested"]
            for _ in "12"
        )
        assert first == again


@requirement("audit:lucky")
def test_another_tasks_gold_is_lucky_or_must_be_refused() -> None:
    spec, others = NumericSpec.relative(100, 0.05), (101.0, 7.0, "2024-03-05")
    crossed = [p.value for p in probes(spec, random.Random(1), others) if p.probe_class == "cross_answer"]
    assert crossed == [7.0, "2024-03-05"]
    assert lucky(spec, others) == 1
    rows = ResultSetSpec.of([["a"], ["b"]])
    assert lucky(rows, ([["b"], ["A"]], [["a"]])) == 1
