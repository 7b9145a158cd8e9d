"""Which answers are wrong, told by other means than the graders use.

A probe that must be refused is only counted where this says that it is wrong. It leans to "may be right":
bounds are widened by a hundredth of the tolerance, and whatever stands for NULL may be NULL.
Numbers are compared as fractions, rows by a maximum matching of SciPy.
"""

import datetime
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import assert_never

import numpy as np
from pydantic import JsonValue
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from graders.audit.code_probes import code_is_wrong
from graders.submission import Abstained, Resolved
from graders.types import CodeResult
from task_store.cells import Cell, ColumnKind, Row
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

_WIDER = Fraction(1, 100)
"""Share of the tolerance beyond its edge where nothing is called wrong."""
_NOISE = Fraction(1, 10**8)
"""Where the tolerance is 0: relative to the gold."""
_NULLS = {"", "none", "null", "nan", "nat", "<na>", "na", "n/a"}
_YES = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "0": 0, "0.0": 0, "false": 0, "no": 0}

_Rows = list[list[JsonValue]]


def is_wrong(spec: GradingSpec, answer: Resolved) -> bool:
    """Whether a value of the form that golds have is clearly not a right answer."""
    if isinstance(answer, Abstained):
        return not isinstance(spec, AbstainSpec)
    if isinstance(spec, FunctionSpec | ValuesSpec):
        return code_is_wrong(spec, answer)
    if isinstance(answer, CodeResult):
        return True
    match spec:
        case NumericSpec():
            number = _fraction(answer)
            return number is None or number_is_wrong(spec, number)
        case DateSpec():
            return answer != spec.gold.isoformat()
        case DurationSpec():
            return answer not in (f"{spec.weeks} weeks {spec.days} days", [spec.weeks, spec.days])
        case ResultSetSpec():
            return rows_are_wrong(spec, answer)
        case OpenTextSpec():
            return text_is_wrong(spec, answer)
        case AbstainSpec():
            return True
        case _:
            assert_never(spec)


def number_is_wrong(spec: NumericSpec, number: Fraction) -> bool:
    """Outside the bounds by more than a hundredth of the tolerance, or no possible answer."""
    noise = _NOISE * abs(Fraction(spec.gold))
    below = (Fraction(spec.gold) - Fraction(spec.lower)) * _WIDER or noise
    above = (Fraction(spec.upper) - Fraction(spec.gold)) * _WIDER or noise
    if not Fraction(spec.lower) - below <= number <= Fraction(spec.upper) + above:
        return True
    if spec.integer and abs(number - round(number)) > _NOISE:
        return True
    return (spec.valid_min is not None and number < Fraction(spec.valid_min) - _NOISE) or (
        spec.valid_max is not None and number > Fraction(spec.valid_max) + _NOISE
    )


def text_is_wrong(spec: OpenTextSpec, answer: JsonValue) -> bool:
    """Whether a fact stands nowhere in it, not even inside words, or it names another candidate."""
    if not isinstance(answer, str):
        return True
    text = f" {' '.join(_folded(answer).replace(',', ' ').split())} "
    return not all(any(_folded(phrase) in text for phrase in fact) for fact in spec.says) or any(
        f" {_folded(phrase)} " in text for phrase in spec.never_says
    )


def rows_are_wrong(spec: ResultSetSpec, answer: JsonValue) -> bool:
    """Whether no reading of the answer as rows may be one of the right result sets."""
    tables = _tables(answer, len(spec.columns))
    return not any(_may_match(spec, gold, table) for gold in (spec.rows, *spec.also) for table in tables)


def _tables(answer: JsonValue, width: int) -> list[_Rows]:
    """All ways to read the answer as rows of that width."""
    readings: list[_Rows] = []
    match answer:
        case []:
            return [[]]
        case dict():
            readings = [[list(answer.values())]]
        case list() if all(isinstance(row, list) for row in answer):
            readings = [[row for row in answer if isinstance(row, list)]]
        case list() if all(isinstance(row, dict) for row in answer):
            readings = [[list(row.values()) for row in answer if isinstance(row, dict)]]
        case list():
            readings = [[[cell] for cell in answer], [list(answer)]]
        case _:
            readings = [[[answer]]]
    return [rows for rows in readings if all(_is_row(row, width) for row in rows)]


def _is_row(row: list[JsonValue], width: int) -> bool:
    return len(row) == width and not any(isinstance(cell, list | dict) for cell in row)


def _may_match(spec: ResultSetSpec, gold: Sequence[Row], rows: _Rows) -> bool:
    if len(gold) != len(rows):
        return False
    if not gold:
        return True
    width = len(spec.columns)
    fits = [
        [
            under
            for under in ([column] if spec.columns_ordered else range(width))
            if _column_may_match(spec, column, [row[column] for row in gold], [row[under] for row in rows])
        ]
        for column in range(width)
    ]
    return any(_rows_match(spec, gold, rows, order) for order in _orders(fits, ()))


def _orders(fits: Sequence[Sequence[int]], chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways to put each of the answer's columns under one of the gold's that it fits."""
    if len(chosen) == len(fits):
        yield chosen
        return
    for under in fits[len(chosen)]:
        if under not in chosen:
            yield from _orders(fits, (*chosen, under))


def _column_may_match(
    spec: ResultSetSpec, column: int, golds: Sequence[Cell], cells: Sequence[JsonValue]
) -> bool:
    """What must hold of a column by itself: every gold finds a cell and every cell a gold."""
    close = _closeness(spec, spec.columns[column])
    distinct = {repr(cell): cell for cell in cells}.values()
    wanted = {repr(gold): gold for gold in golds}.values()
    return all(any(close(g, c) for c in distinct) for g in wanted) and all(
        any(close(g, c) for g in wanted) for c in distinct
    )


def _rows_match(spec: ResultSetSpec, gold: Sequence[Row], rows: _Rows, order: tuple[int, ...]) -> bool:
    count = len(gold)
    possible = np.ones((count, count), dtype=bool)
    for column, under in enumerate(order):
        close = _closeness(spec, spec.columns[column])
        known: dict[tuple[str, str], bool] = {}
        for i, j in zip(*np.nonzero(possible), strict=True):
            g, c = gold[i][column], rows[j][under]
            key = (repr(g), repr(c))
            if key not in known:
                known[key] = close(g, c)
            possible[i, j] = known[key]
    if spec.ranks is not None:
        ranks = np.array(spec.ranks)
        possible &= ranks[:, None] == ranks[None, :]  # equal places are equal ranks: the gold is in order
    matched = maximum_bipartite_matching(csr_array(possible), perm_type="column")
    return bool((matched >= 0).all())


def _closeness(spec: ResultSetSpec, kind: ColumnKind) -> Callable[[Cell, JsonValue], bool]:
    def close(gold: Cell, cell: JsonValue) -> bool:
        if gold is None or cell is None:
            return _nullish(gold) and _nullish(cell)
        if kind == "boolean":
            return _YES.get(str(cell).strip().lower()) == gold
        if isinstance(cell, bool | list | dict):
            return False
        if kind == "text":
            return _folded(gold) == _folded(cell) or (_null_word(gold) and _null_word(cell))
        if kind == "moment":
            return (at := _moment(cell)) is not None and at == _moment(gold)
        return _numbers_close(spec, kind, gold, cell)

    return close


def _numbers_close(spec: ResultSetSpec, kind: ColumnKind, gold: Cell, cell: JsonValue) -> bool:
    wanted, number = _fraction(gold), _fraction(cell)
    if wanted is None or number is None:
        return False
    slack = abs(wanted) * Fraction(spec.tolerance) * (1 + _WIDER) if kind == "number" else Fraction(0)
    return abs(wanted - number) <= (slack or _NOISE)


def _fraction(value: JsonValue | Cell) -> Fraction | None:
    """The number that a JSON number or its text is, exactly."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 64:
        return None
    try:
        return Fraction(value.strip().replace(",", "") if isinstance(value, str) else value)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None


def _nullish(cell: JsonValue | Cell) -> bool:
    """NULL, or what may have been meant for it; an empty text was not."""
    return cell is None or (_null_word(cell) and cell != "")


def _null_word(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in _NULLS


def _folded(cell: Cell | JsonValue) -> str:
    return unicodedata.normalize("NFC", str(cell)).strip().casefold()


def _moment(cell: Cell | JsonValue) -> datetime.datetime | None:
    try:
        at = datetime.datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None
    return at.replace(tzinfo=None)
