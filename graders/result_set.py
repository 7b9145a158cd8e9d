"""Result sets: the rows that a query gives, read from a scalar, lists or records.

Rows stand in any order unless the spec ranks them; columns may be permuted, for all rows alike,
unless the question names their order. Each cell is read as its column's kind, so that nothing
is right by looking like it: `true` is no 1 where a count is asked for, and a text that holds
two numbers is none.
"""

import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise
from typing import Literal, TypeAlias

from pydantic import JsonValue

from graders import numeric
from graders.errors import MalformedAnswerError
from graders.plain_text import named
from graders.row_matching import Read, same_rows
from graders.verdict import Verdict
from task_store.cells import Cell, ColumnKind, Row, moment
from task_store.grading import ResultSetSpec

NAME = "result_set"
VERSION = "2"

MAX_CELLS = 100_000
MAX_CELL_CHARS = 10_000

WANTED = "Rows are wanted: one value, a list of values, a list of rows, or a list of records"

NULL_WORDS = frozenset({"none", "null", "nan", "nat", "<na>"})
"""What pandas, numpy and people write for NULL."""
_YES_NO = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}
_SHOWN_CHARS = 100

_Scalar: TypeAlias = str | int | float | None


@dataclass(frozen=True)
class Table:
    """An answer laid out in rows; every row has the same width."""

    form: Literal["scalar", "list", "table"]
    """A `list` of scalars is one column, or one row where several columns are asked for."""
    rows: list[list[_Scalar]]


def parse(value: JsonValue) -> Table:
    """The rows that the value is, whatever their width.

    Raises:
        MalformedAnswerError: it is nested otherwise, ragged, too large, or holds a number that is not finite.
    """
    match value:
        case list() if not any(isinstance(item, list | dict) for item in value):
            return Table("list", [[cell] for cell in _cells(value)])
        case list() if all(isinstance(item, list) for item in value):
            return Table("table", _even([_cells(row) for row in value if isinstance(row, list)]))
        case list() if all(isinstance(item, dict) for item in value):
            return Table("table", _records([record for record in value if isinstance(record, dict)]))
        case list():
            raise MalformedAnswerError(f"{WANTED}; got a list of several of these at once.")
        case dict():
            return Table("table", _records([value]))
        case _:
            return Table("scalar", [_cells([value])])


def judge(spec: ResultSetSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not rows.
    """
    table = parse(value)
    rows = _laid_out(table, len(spec.columns))
    right = rows is not None and any(_equal(spec, gold, rows) for gold in (spec.rows, *spec.also))
    return verdict(right, table)


def verdict(right: bool, table: Table) -> Verdict:
    """The same words for every gold, also where there is none."""
    return Verdict.of(right, f"The rows are {'' if right else 'not '}the right ones. {_shown(table)}")


def _cells(values: Sequence[JsonValue]) -> list[_Scalar]:
    if len(values) > MAX_CELLS:
        raise MalformedAnswerError(f"{WANTED}; got too many.")
    return [_scalar(value) for value in values]


def _scalar(value: JsonValue) -> _Scalar:
    match value:
        case list() | dict():
            raise MalformedAnswerError(f"{WANTED}; got a row that holds {named(value)}.")
        case str() if len(value) > MAX_CELL_CHARS:
            raise MalformedAnswerError(f"{WANTED}; got a text that is too long.")
        case float() if not math.isfinite(value):
            raise MalformedAnswerError(f"{WANTED}; got a number that is not finite; null stands for NULL.")
        case int() if value.bit_length() > 1024:
            raise MalformedAnswerError(f"{WANTED}; got a number that is too large.")
        case _:
            return value


def _even(rows: list[list[_Scalar]]) -> list[list[_Scalar]]:
    if len({len(row) for row in rows}) > 1:
        raise MalformedAnswerError(f"{WANTED}; got rows of different lengths.")
    if not all(rows):
        raise MalformedAnswerError(f"{WANTED}; got rows that hold nothing; an empty list stands for no rows.")
    if sum(map(len, rows)) > MAX_CELLS:
        raise MalformedAnswerError(f"{WANTED}; got too many.")
    return rows


def _records(records: list[dict[str, JsonValue]]) -> list[list[_Scalar]]:
    keys = list(records[0])
    if any(record.keys() != records[0].keys() for record in records):
        raise MalformedAnswerError(f"{WANTED}; got records with different keys.")
    return _even([_cells([record[key] for key in keys]) for record in records])


def _laid_out(table: Table, width: int) -> list[list[_Scalar]] | None:
    """The rows at the width asked for; None when they have another."""
    if not table.rows:
        return []
    if table.form == "list" and len(table.rows) == width > 1:
        return [[cell for (cell,) in table.rows]]
    return table.rows if len(table.rows[0]) == width else None


def _equal(spec: ResultSetSpec, gold: Sequence[Row], rows: list[list[_Scalar]]) -> bool:
    if len(gold) != len(rows):
        return False
    width = len(spec.columns)
    golds: list[list[Read]] = []
    readers: list[Callable[[_Scalar], Read]] = []
    for index, kind in enumerate(spec.columns):
        cells = [row[index] for row in gold]
        reader = partial(_read, kind, words_are_text=any(_is_null_word(cell) for cell in cells))
        readers.append(reader)
        golds.append([reader(cell) for cell in cells])
    matches = _Columns(golds, readers, rows, _blocks(spec, len(gold)), spec.tolerance)
    if spec.columns_ordered:
        return matches.all_match(list(range(width)))
    return matches.some_order([])


def _blocks(spec: ResultSetSpec, count: int) -> list[slice]:
    """Runs of rows inside which order does not count."""
    if spec.ranks is None:
        return [slice(0, count)]
    ends, end = [0], 0
    for _, run in groupby(spec.ranks):
        end += len(list(run))
        ends.append(end)
    return [slice(start, stop) for start, stop in pairwise(ends)]


@dataclass(frozen=True)
class _Columns:
    """The gold by columns, and the answer's columns to be put under them."""

    golds: list[list[Read]]
    readers: list[Callable[[_Scalar], Read]]
    rows: list[list[_Scalar]]
    blocks: list[slice]
    tolerance: float

    def some_order(self, chosen: list[int]) -> bool:
        """Whether the answer's columns can be put in an order, beginning with `chosen`, that matches.

        Each step checks all columns put so far as rows, so that a wrong beginning is left at once.
        """
        if len(chosen) == len(self.golds):
            return True
        rest = [index for index in range(len(self.golds)) if index not in chosen]
        return any(self.all_match([*chosen, index]) and self.some_order([*chosen, index]) for index in rest)

    def all_match(self, chosen: list[int]) -> bool:
        """Whether the chosen columns of the answer, in this order, give the gold's first columns."""
        try:
            read = [
                [reader(row[index]) for row in self.rows]
                for reader, index in zip(self.readers, chosen, strict=False)
            ]
        except _MisfitError:
            return False
        gold = list(zip(*self.golds[: len(chosen)], strict=True))
        answer = list(zip(*read, strict=True))
        return all(same_rows(gold[block], answer[block], self.tolerance) for block in self.blocks)


class _MisfitError(Exception):
    """The cell cannot stand in a column of that kind."""


def _read(kind: ColumnKind, cell: Cell | bool, *, words_are_text: bool) -> Read:
    """A cell as a value of the kind, alike for golds and answers: what is equal is right.

    Raises:
        _MisfitError: it is no value of that kind.
    """
    if cell is None or (_is_null_word(cell) and not words_are_text):
        return None
    match kind:
        case "integer":
            return _whole(cell)
        case "number":
            return float(_number(cell))
        case "moment":
            found = moment(cell) if isinstance(cell, str) else None
            if found is None:
                raise _MisfitError
            return found
        case "text":
            if isinstance(cell, bool):
                raise _MisfitError
            # Codes look like numbers, and tables read as numbers by the agent's tools.
            text = cell if isinstance(cell, str) else repr(cell)
            return unicodedata.normalize("NFC", text.strip()).casefold()
        case "boolean":
            return _yes_no(cell)


def _is_null_word(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().casefold() in NULL_WORDS


def _number(cell: Cell | bool) -> int | float:
    try:
        return numeric.parse(cell)
    except MalformedAnswerError:
        raise _MisfitError from None


def _whole(cell: Cell | bool) -> int:
    number = _number(cell)
    whole = round(number)
    if abs(number - whole) > numeric.FLOAT_SLACK:
        raise _MisfitError
    return whole


def _yes_no(cell: Cell | bool) -> int:
    if isinstance(cell, str):
        found = _YES_NO.get(cell.strip().casefold())
        if found is None:
            raise _MisfitError
        return found
    if cell not in {0, 1}:
        raise _MisfitError
    return int(cell or 0)


def _shown(table: Table) -> str:
    """The answer for a reader: its size, and how it begins."""
    if not table.rows:
        return "Read as no rows."
    count, width = len(table.rows), len(table.rows[0])
    first = json.dumps(table.rows[0] if width > 1 else table.rows[0][0], ensure_ascii=False)
    first = first.encode("utf-8", "replace").decode()
    first = first if len(first) <= _SHOWN_CHARS else f"{first[:_SHOWN_CHARS]}…"
    if (count, width) == (1, 1):
        return f"Read as {first}."
    size = f"{count} row{'s' * (count > 1)} of {width} column{'s' * (width > 1)}"
    return f"Read as {size}, the first {first}."
