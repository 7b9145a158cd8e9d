"""Probes of `result_set`: the gold's rows rewritten, and rows that are not the gold's."""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import groupby

from pydantic import JsonValue

from graders.audit.cell_probes import same_cells, wrong_cells
from graders.audit.junk import junk
from graders.audit.probe import AuditProbe, accept, refuse
from graders.audit.truth import is_wrong
from graders.gold import gold_answer
from graders.submission import Abstained, Resolved
from task_store.cells import Row
from task_store.grading import ResultSetSpec

_NULL_WORDS = ("None", "NULL", "NaN", "nan", "<NA>", "NaT")
_COLUMNS = 4
"""Columns of which one cell is corrupted in one draw, in all ways."""
_SHOWN_CHARS = 2000
_CANDIDATES = 500
"""Rows of other tasks in a list of all candidates."""

_Rows = list[list[JsonValue]]


def row_probes(spec: ResultSetSpec, rng: random.Random, others: Sequence[Resolved]) -> Iterator[AuditProbe]:
    """Probes of one result set.

    Args:
        spec: how it is judged.
        rng: draws which rows and cells are changed.
        others: golds of other tasks, for lists of all candidates.
    """
    yield from _rewritten(spec, rng)
    for probe in _refused(spec, rng, others):
        if is_wrong(spec, probe.value):
            yield probe


def _refused(spec: ResultSetSpec, rng: random.Random, others: Sequence[Resolved]) -> Iterator[AuditProbe]:
    """Candidates; those that are right after all (two equal rows swapped) are left out by the caller."""
    rows = _rows(spec.rows)
    for name, changed in _restructured(spec, rows, rng):
        yield from refuse(name, _formed(changed, rng))
    width = len(spec.columns) if rows else 0
    for column in rng.sample(range(width), min(width, _COLUMNS)):
        at = rng.randrange(len(rows))
        for name, cell in wrong_cells(spec.columns[column], spec.rows[at][column], spec.tolerance, rng):
            yield from refuse(name, _formed(_with(rows, at, column, cell), rng))
    yield from _other_forms(spec, rows, others, rng)
    yield from junk(json.dumps(rows, ensure_ascii=False)[:_SHOWN_CHARS], rng.randrange(10**6))


def _restructured(spec: ResultSetSpec, rows: _Rows, rng: random.Random) -> Iterator[tuple[str, _Rows]]:
    """Whole rows or columns added, lost or moved."""
    if not rows:
        yield "row_for_none", [[None] * len(spec.columns)]
        yield "row_for_none", [[0] * len(spec.columns)]
        return
    at, width = rng.randrange(len(rows)), len(rows[0])
    yield "dropped_row", rows[:at] + rows[at + 1 :]
    yield "duplicated_row", [*rows, rows[at]]
    yield "everything_twice", rows + rows
    yield "extra_row", [*rows, [_other(cell) for cell in rows[at]]]
    yield "extra_row", [*rows, [None] * width]
    yield "extra_row", [["column"] * width, *rows]
    yield "replaced_row", [[_other(cell) for cell in row] if i == at else row for i, row in enumerate(rows)]
    yield "no_rows", []
    yield "first_element_only", rows[:1]
    yield "first_element_only", [rows[0][:1]]
    yield "half_of_the_rows", rows[: len(rows) // 2]
    distinct = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    yield "repeated_rows_once", distinct
    yield "count_of_rows", [[len(rows)]]
    yield "extra_column", [[*row, index] for index, row in enumerate(rows)]
    yield "extra_column", [[row[0], *row] for row in rows]
    if width > 1:
        lost = rng.randrange(width)
        yield "missing_column", [row[:lost] + row[lost + 1 :] for row in rows]
        yield "second_value_repeats_first", [[row[0], row[0], *row[2:]] for row in rows]
        yield (
            "mixed_between_rows",
            [[row[0], *after[1:]] for row, after in zip(rows, rows[1:] + rows[:1], strict=True)],
        )
        yield "cells_swapped_in_a_row", [row[::-1] if i == at else row for i, row in enumerate(rows)]
        yield "columns_out_of_order", [row[::-1] for row in rows]  # wrong where the question orders them
    yield "rows_out_of_order", rows[::-1]  # wrong where the question ranks them
    yield "rows_out_of_order", rows[1:] + rows[:1]


def _other_forms(
    spec: ResultSetSpec, rows: _Rows, others: Sequence[Resolved], rng: random.Random
) -> Iterator[AuditProbe]:
    flat = [cell for row in rows for cell in row]
    whole = _plain(rows)
    found = [row for other in others if isinstance(other, list) for row in other][:_CANDIDATES]
    yield from refuse(
        "candidates", [*_lists(rows), *found], [*flat, *(cell for row in found for cell in _flat(row))]
    )
    yield from refuse("flattened", flat, {f"c{i}": cell for i, cell in enumerate(flat)})
    yield from refuse("nested_deeper", [whole], [whole, [whole]], {"rows": whole}, {"answer": whole})
    spoken = ", ".join(map(str, flat))
    texts = (json.dumps(rows, ensure_ascii=False), str(rows), spoken, spoken.replace(", ", "\n"))
    yield from refuse("rows_as_text", *texts, list(texts[:1]), [[spoken]])
    yield from refuse("empty_or_null", None, [], {}, [[]], [{}], [None], [[None]], "", 0, False)
    yield from refuse("wrong_type", True, 0, -1, 1.5, "x", [1, "x", None], {"x": {"y": 1}})
    yield from refuse("ragged", [*_lists(rows), [1, *flat[: len(spec.columns)]]], [*_lists(rows), {"a": 1}])
    yield from refuse("abstained", Abstained())
    if len(rows) > 1:
        yield from refuse("columns_as_rows", _plain([list(column) for column in zip(*rows, strict=True)]))


def _rewritten(spec: ResultSetSpec, rng: random.Random) -> Iterator[AuditProbe]:
    rows = _rows(spec.rows)
    yield from accept("gold", gold_answer(spec))
    yield from accept("ties", *(_plain(_rows(also)) for also in spec.also))
    yield from accept("form", *_forms(rows))
    if not rows:
        return
    if len(rows) > 1:
        for _ in range(2):
            yield from accept("row_order", _formed(_shuffled(spec, rows, rng), rng))
    width = len(rows[0])
    if width > 1 and not spec.columns_ordered:
        order = rng.sample(range(width), width)
        yield from accept("column_order", _tabular([[row[i] for i in order] for row in rows], rng))
    for column, kind in enumerate(spec.columns):
        nulls = _nulls_of(spec, column)
        at = rng.randrange(len(rows))
        for name, cell in same_cells(kind, spec.rows[at][column], spec.tolerance, nulls=nulls):
            yield from accept(name, _formed(_with(rows, at, column, cell), rng))


def _shuffled(spec: ResultSetSpec, rows: _Rows, rng: random.Random) -> _Rows:
    """In another order; where the rows are ranked, only inside equal ranks."""
    ranks = spec.ranks or (0,) * len(rows)
    runs = [
        [row for _, row in run] for _, run in groupby(zip(ranks, rows, strict=True), key=lambda pair: pair[0])
    ]
    return [row for run in runs for row in rng.sample(run, len(run))]


def _nulls_of(spec: ResultSetSpec, column: int) -> tuple[str, ...]:
    words = {str(row[column]).strip().casefold() for row in spec.rows if isinstance(row[column], str)}
    return () if words & {word.casefold() for word in _NULL_WORDS} else _NULL_WORDS


def _forms(rows: _Rows) -> Iterator[JsonValue]:
    """Every form that holds these rows."""
    yield _plain(rows)
    if not rows:
        return
    width = len(rows[0])
    yield _records(rows)
    if width == 1:
        yield [row[0] for row in rows]
        if len(rows) == 1:
            yield rows[0][0]
    if len(rows) == 1:
        yield {f"column {i}": cell for i, cell in enumerate(rows[0])}
        if width > 1:
            yield list(rows[0])


def _formed(rows: _Rows, rng: random.Random) -> JsonValue:
    """The rows in one of their forms; ragged ones as they are."""
    if len({len(row) for row in rows}) > 1 or not all(rows):
        return _plain(rows)
    return rng.choice(list(_forms(rows)))


def _tabular(rows: _Rows, rng: random.Random) -> JsonValue:
    return rng.choice([_plain(rows), _records(rows)])


def _records(rows: _Rows) -> JsonValue:
    return [{f"column {i}": cell for i, cell in enumerate(row)} for row in rows]


def _plain(rows: _Rows) -> JsonValue:
    return _lists(rows)


def _lists(rows: _Rows) -> list[JsonValue]:
    return [list(row) for row in rows]


def _rows(rows: Sequence[Row]) -> _Rows:
    return [list(row) for row in rows]


def _with(rows: _Rows, at: int, column: int, cell: JsonValue) -> _Rows:
    changed = [list(row) for row in rows]
    changed[at][column] = cell
    return changed


def _other(cell: JsonValue) -> JsonValue:
    """Another value of the same type."""
    match cell:
        case bool() | None:
            return 0
        case int() | float():
            return cell + 17
        case _:
            return f"{cell} other"


def _flat(row: JsonValue) -> list[JsonValue]:
    return list(row) if isinstance(row, list) else [row]
