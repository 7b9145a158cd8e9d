"""Deliberate faults of graders, such as others have shipped: each must be caught by the audit."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from pydantic import JsonValue

from graders import abstention, calendar_date, numeric, result_set, row_matching, weeks_days
from graders.errors import MalformedAnswerError
from graders.verdict import Verdict
from task_store.grading import AbstainSpec, DateSpec, DurationSpec, NumericSpec, ResultSetSpec

Patch = pytest.MonkeyPatch


class Fault(NamedTuple):
    """One fault and a class of probes that must show it."""

    name: str
    shown_by: str
    apply: Callable[[Patch], None]


_real_parse = numeric.parse
_real_judge = numeric.judge
_real_within = numeric._within
_real_rows_judge = result_set.judge
_real_equal = result_set._equal
_real_read = result_set._read
_real_scalar = result_set._scalar
_real_duration = weeks_days.parse


def _or_for_and(patch: Patch) -> None:
    patch.setattr(numeric, "_within", lambda number, lower, upper: number >= lower or number <= upper)


def _dropped_sign(patch: Patch) -> None:
    def within(number: float, lower: float, upper: float) -> bool:
        return _real_within(abs(number), *sorted((abs(lower), abs(upper))))

    patch.setattr(numeric, "_within", within)


def _substring_for_equality(patch: Patch) -> None:
    def judge(spec: NumericSpec, value: JsonValue) -> Verdict:
        right = str(spec.gold).removesuffix(".0") in str(value)
        return Verdict.of(right or _real_judge(spec, value).outcome == "correct", "")

    patch.setattr(numeric, "judge", judge)
    patch.setattr(numeric, "parse", lambda value: 0)


def _tolerance_times_ten(patch: Patch) -> None:
    def within(number: float, lower: float, upper: float) -> bool:
        return _real_within(number, lower - 4.5 * (upper - lower), upper + 4.5 * (upper - lower))

    patch.setattr(numeric, "_within", within)


def _edge_left_out(patch: Patch) -> None:
    patch.setattr(numeric, "_within", lambda number, lower, upper: lower < number < upper or lower == upper)


def _bool_as_number(patch: Patch) -> None:
    patch.setattr(
        numeric, "parse", lambda value: _real_parse(int(value) if isinstance(value, bool) else value)
    )


def _first_number_in_a_text(patch: Patch) -> None:
    def parse(value: JsonValue) -> int | float:
        found = re.search(r"-?[0-9][0-9.]*", value) if isinstance(value, str) else None
        return _real_parse(float(found[0].rstrip(".")) if found and found[0].count(".") < 2 else value)

    patch.setattr(numeric, "parse", parse)


def _rounded_to_whole(patch: Patch) -> None:
    patch.setattr(numeric, "FLOAT_SLACK", 0.5)


def _range_forgotten(patch: Patch) -> None:
    patch.setattr(numeric, "_valid", lambda spec, number: True)


def _negative_refused(patch: Patch) -> None:
    def parse(value: JsonValue) -> int | float:
        number = _real_parse(value)
        if number < 0:
            raise MalformedAnswerError("no negative numbers")
        return number

    patch.setattr(numeric, "parse", parse)


def _grader_crashes(patch: Patch) -> None:
    def within(number: float, lower: float, upper: float) -> bool:
        return bool(1 / (number - lower)) and _real_within(number, lower, upper)

    patch.setattr(numeric, "_within", within)


def _prefix_of_dates(patch: Patch) -> None:
    def judge(spec: DateSpec, value: JsonValue) -> Verdict:
        return Verdict.of(calendar_date.parse(value).isoformat()[:7] == spec.gold.isoformat()[:7], "")

    patch.setattr(calendar_date, "judge", judge)


def _swapped_dates(patch: Patch) -> None:
    def judge(spec: DateSpec, value: JsonValue) -> Verdict:
        day, gold = calendar_date.parse(value), spec.gold
        return Verdict.of(day.year == gold.year and {day.month, day.day} == {gold.month, gold.day}, "")

    patch.setattr(calendar_date, "judge", judge)


def _days_ignored(patch: Patch) -> None:
    def judge(spec: DurationSpec, value: JsonValue) -> Verdict:
        return Verdict.of(_real_duration(value).weeks == spec.weeks, "")

    patch.setattr(weeks_days, "judge", judge)


def _duration_unordered(patch: Patch) -> None:
    def judge(spec: DurationSpec, value: JsonValue) -> Verdict:
        read = _real_duration(value)
        return Verdict.of({read.weeks, read.days} == {spec.weeks, spec.days}, "")

    patch.setattr(weeks_days, "judge", judge)


def _rows_equal(
    change: Callable[[ResultSetSpec, list[Any]], tuple[ResultSetSpec, list[Any]]],
) -> Callable[[Patch], None]:
    """Graders that look at changed rows, changed alike in gold and answer."""

    def equal(spec: ResultSetSpec, gold: Sequence[Any], rows: list[Any]) -> bool:
        _, golds = change(spec, [list(row) for row in gold])
        changed, answer = change(spec, rows)
        return _real_equal(changed, golds, answer)

    return lambda patch: patch.setattr(result_set, "_equal", equal)


def _distinct(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    distinct = list({repr(row): row for row in rows}.values())
    return spec.model_copy(update={"ranks": None}), distinct


def _unranked(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"ranks": None}), rows


def _columns_free(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"columns_ordered": False}), rows


def _columns_fixed(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"columns_ordered": True}), rows


def _order_always(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"ranks": tuple(range(len(rows)))}), rows


def _first_column(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"columns": spec.columns[:1]}), [row[:1] for row in rows]


def _loose(spec: ResultSetSpec, rows: list[Any]) -> tuple[ResultSetSpec, list[Any]]:
    return spec.model_copy(update={"tolerance": 10 * spec.tolerance}), rows


def _extra_rows_ignored(patch: Patch) -> None:
    def equal(spec: ResultSetSpec, gold: Sequence[Any], rows: list[Any]) -> bool:
        return _real_equal(spec, gold, rows[: len(gold)])

    patch.setattr(result_set, "_equal", equal)


def _missing_rows_ignored(patch: Patch) -> None:
    def equal(spec: ResultSetSpec, gold: Sequence[Any], rows: list[Any]) -> bool:
        ranks = None if spec.ranks is None else spec.ranks[: len(rows)]
        cut = spec.model_copy(update={"ranks": ranks})
        return bool(rows) == bool(gold) and _real_equal(cut, gold[: len(rows)], rows)

    patch.setattr(result_set, "_equal", equal)


def _cells_read(read: Callable[[Any, Any], Any]) -> Callable[[Patch], None]:
    """Graders that read each cell otherwise, in gold and answer alike."""

    def changed(kind: Any, cell: Any, *, words_are_text: bool) -> Any:
        return _real_read(kind, read(kind, cell), words_are_text=words_are_text)

    return lambda patch: patch.setattr(result_set, "_read", changed)


def _text_by_first_letters(kind: str, cell: Any) -> Any:
    return cell[:4] if kind == "text" and isinstance(cell, str) else cell


def _time_ignored(kind: str, cell: Any) -> Any:
    return cell[:10] if kind == "moment" and isinstance(cell, str) else cell


def _bool_is_int(kind: str, cell: Any) -> Any:
    return int(cell) if isinstance(cell, bool) else cell


def _null_is_empty(kind: str, cell: Any) -> Any:
    return None if cell == "" else cell


def _signless(kind: str, cell: Any) -> Any:
    return abs(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def _words_in_any_order(kind: str, cell: Any) -> Any:
    return " ".join(sorted(cell.casefold().split())) if kind == "text" and isinstance(cell, str) else cell


def _case_matters(patch: Patch) -> None:
    def read(kind: Any, cell: Any, *, words_are_text: bool) -> Any:
        found = _real_read(kind, cell, words_are_text=words_are_text)
        return cell if kind == "text" and isinstance(found, str) else found

    patch.setattr(result_set, "_read", read)


def _abstaining_always_right(patch: Patch) -> None:
    patch.setattr(abstention, "WRONG", abstention.RIGHT)


def _any_answer_where_there_is_none(patch: Patch) -> None:
    def judge(spec: AbstainSpec, value: JsonValue) -> Verdict:
        return Verdict.of(value in (None, [], "", 0), "")

    patch.setattr(abstention, "judge", judge)


def _crash_text_is_an_answer(patch: Patch) -> None:
    def judge(spec: ResultSetSpec, value: JsonValue) -> Verdict:
        crashed = isinstance(value, str) and ("Error" in value or "Traceback" in value)
        return Verdict.of(True, "") if crashed else _real_rows_judge(spec, value)

    patch.setattr(result_set, "judge", judge)


def _no_slack_at_the_edge(patch: Patch) -> None:
    patch.setattr(row_matching, "EDGE_SLACK", 0.0)


FAULTS = (
    Fault("or for and", "far_away", _or_for_and),
    Fault("a dropped sign", "sign_flipped", _dropped_sign),
    Fault("substring for equality", "sentence", _substring_for_equality),
    Fault("tolerance times ten", "near_miss", _tolerance_times_ten),
    Fault("the edge left out", "at_the_edge", _edge_left_out),
    Fault("true as 1", "boolean_for_its_number", _bool_as_number),
    Fault("the first number of a text", "sentence", _first_number_in_a_text),
    Fault("rounded to whole numbers", "near_miss", _rounded_to_whole),
    Fault("a probability above 1", "outside_valid_range", _range_forgotten),
    Fault("negative golds refused", "number", _negative_refused),
    Fault("a grader that crashes", "at_the_edge", _grader_crashes),
    Fault("dates by their month", "near_miss", _prefix_of_dates),
    Fault("day and month swapped", "day_month_swapped", _swapped_dates),
    Fault("days ignored", "other_days", _days_ignored),
    Fault("weeks and days swapped", "units_swapped", _duration_unordered),
    Fault("a set for a multiset", "repeated_rows_once", _rows_equal(_distinct)),
    Fault("ranks ignored", "rows_out_of_order", _rows_equal(_unranked)),
    Fault("column order ignored", "columns_out_of_order", _rows_equal(_columns_free)),
    Fault("column order always asked for", "column_order", _rows_equal(_columns_fixed)),
    Fault("row order always asked for", "row_order", _rows_equal(_order_always)),
    Fault("only the first column", "second_value_repeats_first", _rows_equal(_first_column)),
    Fault("rows' tolerance times ten", "near_miss", _rows_equal(_loose)),
    Fault("extra rows ignored", "extra_row", _extra_rows_ignored),
    Fault("missing rows ignored", "dropped_row", _missing_rows_ignored),
    Fault("text by its first letters", "superstring_of_text", _cells_read(_text_by_first_letters)),
    Fault("time of day ignored", "time_dropped", _cells_read(_time_ignored)),
    Fault("true as 1 in a cell", "boolean_for_its_number", _cells_read(_bool_is_int)),
    Fault("NULL as an empty text", "value_for_null", _cells_read(_null_is_empty)),
    Fault("a dropped sign in a cell", "sign_flipped", _cells_read(_signless)),
    Fault("words in any order", "reordered_pieces", _cells_read(_words_in_any_order)),
    Fault("case matters", "text_case", _case_matters),
    Fault("abstaining always right", "abstained", _abstaining_always_right),
    Fault("nothing as an answer to nothing", "empty_or_null", _any_answer_where_there_is_none),
    Fault("crash text graded", "crash_text", _crash_text_is_an_answer),
    Fault("no slack at the edge of rows", "at_the_edge", _no_slack_at_the_edge),
)
