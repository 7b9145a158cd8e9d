"""Values for the cells of a need, found by trying; SQLite judges what fits.

Depth first over choices, in an order in which early ones decide most: entries of dictionaries,
patients, stays (one that is there, or a new one), then times and values, those with conditions first.
A choice has a few candidates; a predicate is checked as soon as all its cells are known.
"""

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from task_store.cells import Cell
from task_store.released_sql.seeding.candidates import Asked, candidates
from task_store.released_sql.seeding.closure import Closed
from task_store.released_sql.seeding.database import Database
from task_store.released_sql.seeding.needs import CellName, Pieces
from task_store.released_sql.seeding.shape import ColumnType, NewRow, Values

_NODES = 250
"""Choices tried before a need is given up."""
_TRIED = 5
"""Candidates of one choice."""
_STAYS = 6
"""Stays of a patient that are tried before a new one."""

Known = dict[CellName, Cell]


@dataclass(frozen=True)
class Solution:
    known: Known
    rows: tuple[NewRow, ...]
    """To be written; the other rows of the need are there."""


@dataclass(frozen=True)
class Way:
    """How to look for a solution."""

    reuse: bool = True
    """Existing stays first."""
    picks: bool = True
    """Nested queries that choose by order are asked what they choose."""
    fixed: Known = field(default_factory=dict)


def solve(database: Database, closed: Closed, way: Way, rng: random.Random) -> Solution | None:
    """Values for all cells that matter; None: none were found."""
    for ordered, wishes in ((True, True), (True, False), (False, False)):
        if wishes and not closed.need.wishes:
            continue
        found = _Search(database, closed, way, rng, ordered=ordered, wishes=wishes).run()
        if found is not None:
            return found
    return None


class _Search:
    def __init__(
        self, base: Database, closed: Closed, way: Way, rng: random.Random, *, ordered: bool, wishes: bool
    ) -> None:
        self._base = base
        self._closed = closed
        self._need = closed.need
        self._way = way
        self._rng = rng
        self._known: Known = {}
        self._new: dict[int, bool] = {}
        self._left = _NODES
        hard = list(self._need.predicates)
        self._asked = {self._need.find(c) for pieces in hard for c in pieces if not isinstance(c, str)}
        wished = [self._cells(pieces) for pieces in self._need.wishes]
        self._compared = frozenset(cell for cells in wished if len(cells) > 1 for cell in cells)
        order = [*closed.firm, *(closed.soft if ordered else ())]
        predicates = hard + order + (self._need.wishes if wishes else [])
        self._wished = frozenset(cell for cells in wished for cell in cells)
        self._predicates = [(pieces, self._cells(pieces)) for pieces in predicates]
        self._order = {id(pieces) for pieces in order}
        self._types = self._typed()
        self._of_asked = self._times_of_asked()

    def _cells(self, pieces: Pieces) -> frozenset[CellName]:
        return frozenset(self._need.find(piece) for piece in pieces if not isinstance(piece, str))

    def _typed(self) -> dict[CellName, tuple[str, str, ColumnType]]:
        """Class -> a table and column of it, with its type."""
        found: dict[CellName, tuple[str, str, ColumnType]] = {}
        need, tables = self._need, self._base.tables
        for number in need.living():
            table = need.rows[number]
            for column, kind in tables[table].items():
                found.setdefault(need.find((number, column)), (table, column, kind))
        return found

    def _times_of_asked(self) -> frozenset[CellName]:
        """Times of stays of which the query asks a time: whatever else happens must fit to them."""
        need, shape = self._need, self._base.shape
        found: set[CellName] = set()
        for number in self._closed.entities:
            cells = {need.find((number, column)) for column in shape.times.get(need.rows[number], ())}
            if cells & self._asked:
                found |= cells
        return frozenset(found)

    def run(self) -> Solution | None:
        for cell, value in self._way.fixed.items():
            self._known[self._need.find(cell)] = value
        if not all(self._holds(pieces) for pieces, cells in self._predicates if cells <= self._known.keys()):
            return None
        self._take_named()
        if self._way.picks:
            self._pick()
        self._follow()
        steps = [self._row_step(n) for n in (*self._closed.dictionaries, *self._closed.entities)]
        return self._solution() if self._descend(steps, 0) else None

    def _take_named(self) -> None:
        """Patients, stays and codes that the query names."""
        shape, need = self._base.shape, self._need
        keys = {level.key for level in shape.levels} | {d.key for d in shape.dictionaries}
        for number in need.living():
            for column in self._base.tables[need.rows[number]]:
                cell = need.find((number, column))
                if column in keys and cell not in self._known and self._unary(cell):
                    for value in self._candidates(cell)[:1]:
                        self._known[cell] = value

    def _pick(self) -> None:
        for pick in self._need.picks:
            cell = self._need.find(pick.cell)
            if cell in self._known:
                continue
            try:
                row = self._base.connection.execute(pick.sql).fetchone()
            except sqlite3.Error:  # it hangs on an outer query
                continue
            if row is not None and row[0] is not None:
                self._known[cell] = row[0]

    def _follow(self) -> None:
        """Whose the stays are that are named and there; the lowest level first."""
        shape, need = self._base.shape, self._need
        for number in reversed(self._closed.entities):
            table = need.rows[number]
            level = shape.level_of(table)
            assert level is not None
            key = self._known.get(need.find((number, shape.levels[level].key)))
            above = [each.key for each in shape.levels[:level] if each.key in self._base.tables[table]]
            if key is None or not above:
                continue
            row = self._base.connection.execute(
                f"SELECT {', '.join(above)} FROM {table} WHERE {shape.levels[level].key} = ?",  # noqa: S608
                (key,),
            ).fetchone()
            for column, value in zip(above, row or (), strict=False):
                self._known.setdefault(need.find((number, column)), value)

    def _descend(self, steps: list[Callable[[], Iterator[Known]]], at: int) -> bool:
        if at == len(steps):
            cells = self._unsettled()
            return self._settle(cells)
        for more in steps[at]():
            self._left -= 1
            if self._left < 0:
                return False
            self._known |= more
            if self._fits(more) and self._descend(steps, at + 1):
                return True
            for cell in more:
                del self._known[cell]
        return False

    def _settle(self, cells: list[CellName]) -> bool:
        if not cells:
            return True
        cell = self._next(cells)
        rest = [other for other in cells if other != cell]
        for value in self._candidates(cell):
            self._left -= 1
            if self._left < 0:
                return False
            self._known[cell] = value
            if self._settle(rest):
                return True
            del self._known[cell]
        return False

    # -- rows of dictionaries and levels

    def _row_step(self, number: int) -> Callable[[], Iterator[Known]]:
        need, base = self._need, self._base
        table = need.rows[number]
        level = base.shape.level_of(table)
        key = (
            base.shape.levels[level].key
            if level is not None
            else next(d.key for d in base.shape.dictionaries if d.table == table)
        )
        columns = list(base.tables[table])
        cells = {column: need.find((number, column)) for column in columns}

        return lambda: self._there_or_new(number, table, key, cells, level)

    def _there_or_new(
        self,
        number: int,
        table: str,
        key: str,
        cells: dict[str, CellName],
        level: int | None,
    ) -> Iterator[Known]:
        base, known = self._base, self._known
        held = {column: known[cell] for column, cell in cells.items() if cell in known}
        rows: list[dict[str, Cell]] = []
        if level is None or key in held:
            rows = self._rows(number, table, held, cells, limit=1 if key in held else _STAYS)
        elif self._way.reuse and any(each.key in held for each in base.shape.levels):
            rows = self._rows(number, table, held, cells, limit=_STAYS)
        if level is None and key not in held and len(rows) > 1 and not self._unary_row(number):
            self._rng.shuffle(rows)
        for row in rows:
            self._new[number] = False
            yield {cell: row[column] for column, cell in cells.items() if cell not in known}
        if key in held and self._exists(table, key, held[key]):
            return
        self._new[number] = True
        yield {} if key in held else {cells[key]: base.fresh(key)}

    def _unary_row(self, number: int) -> bool:
        return any({c[0] for c in cells} == {number} for _, cells in self._predicates)

    def _exists(self, table: str, key: str, value: Cell) -> bool:
        sql = f"SELECT 1 FROM {table} WHERE {key} = ?"  # noqa: S608
        return self._base.connection.execute(sql, (value,)).fetchone() is not None

    def _rows(
        self, number: int, table: str, held: dict[str, Cell], cells: dict[str, CellName], *, limit: int
    ) -> list[dict[str, Cell]]:
        """Rows that are there, have what is known, and fulfil what is asked of them alone."""
        by_cell = {cell: column for column, cell in cells.items()}
        where = [f"{column} IS :k_{column}" for column in held]
        parameters: Values = {f"k_{column}": value for column, value in held.items()}
        for pieces, of in self._predicates:
            if of and of <= by_cell.keys() and id(pieces) not in self._order:
                where.append(
                    "("
                    + "".join(
                        piece if isinstance(piece, str) else f"{table}.{by_cell[self._need.find(piece)]}"
                        for piece in pieces
                    )
                    + ")"
                )
        try:
            cursor = self._base.connection.execute(
                f"SELECT * FROM {table} WHERE {' AND '.join(where) or '1'} ORDER BY rowid LIMIT {limit}",  # noqa: S608
                parameters,
            )
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]
        except sqlite3.Error:
            return []

    # -- single cells

    def _unsettled(self) -> list[CellName]:
        """Cells of new rows that need a value of their own: what is asked, and times."""
        need, base = self._need, self._base
        levels = {level.key for level in base.shape.levels}
        found: dict[CellName, None] = {}
        for number in (*self._closed.dictionaries, *self._closed.entities, *self._closed.others):
            if number in self._new and not self._new[number]:
                continue
            table = need.rows[number]
            times = base.shape.times.get(table, ())
            for column in base.tables[table]:
                cell = need.find((number, column))
                if cell in self._known or (table, column) in base.shape.loose:
                    continue
                if (
                    table,
                    column,
                ) in base.shape.unless_asked_null and cell not in self._asked | self._wished:
                    self._known[cell] = None
                elif (table, column) in base.shape.modelled and cell not in self._asked:
                    continue
                elif column in levels:
                    self._known[cell] = base.fresh(column)
                elif column == base.shape.keys.get(table) and not self._unary(cell):
                    self._known[cell] = base.next_key(table)
                elif column in times or cell in self._asked or cell in self._compared:
                    found[cell] = None
        return list(found)

    def _next(self, cells: list[CellName]) -> CellName:
        """The cell to decide now: with a condition of its own, then one tied to what is known."""

        def rank(cell: CellName) -> tuple[int, int, CellName]:
            table, column, _ = self._types[cell]
            if cell in self._asked and self._unary(cell):
                return (0, 0, cell)
            tied = any(
                cell in of and of - {cell} and (of - {cell}) <= self._known.keys()
                for pieces, of in self._predicates
                if id(pieces) not in self._order
            )
            if tied:
                return (1, 0, cell)
            times = self._base.shape.times.get(table, ())
            later = times.index(column) if column in times else 0
            if cell in self._asked or cell in self._of_asked:
                return (2, later, cell)
            return (3 if self._base.shape.level_of(table) is None else 4, later, cell)

        return min(cells, key=rank)

    def _unary(self, cell: CellName) -> bool:
        return any(of == {cell} and id(pieces) not in self._order for pieces, of in self._predicates)

    def _fits(self, more: Known) -> bool:
        """Whether every predicate over these and known cells holds."""
        return all(
            self._holds(pieces)
            for pieces, of in self._predicates
            if not of.isdisjoint(more) and of <= self._known.keys()
        )

    def _holds(self, pieces: Pieces) -> bool:
        text, parameters = self._bound(pieces, None)
        return bool(self._base.fitting("[1]", [(text, parameters)]))

    def _candidates(self, cell: CellName) -> list[Cell]:
        kind = self._types[cell][2]
        chosen = [
            pieces for pieces, of in self._predicates if cell in of and of - {cell} <= self._known.keys()
        ]
        bound = [self._bound(pieces, cell) for pieces in chosen]
        table, column, _ = self._types[cell]
        beside = dict.fromkeys(
            other
            for pieces in chosen
            for piece in pieces
            if not isinstance(piece, str) and (other := self._need.find(piece)) != cell
        )
        asked = Asked(
            table,
            column,
            kind,
            " ".join(_text(pieces) for pieces in chosen),
            tuple(self._known[other] for other in beside),
            may_be_null=kind.kind != "time" or cell in self._asked,
        )
        for some in candidates(asked, self._base, self._rng):
            found = self._base.fitting(some if isinstance(some, str) else json.dumps(some), bound)
            if found:
                if isinstance(some, str) and len(found) > _TRIED:
                    return self._rng.sample(found, _TRIED)
                return found[:_TRIED]
        return []

    def _bound(self, pieces: Pieces, free: CellName | None) -> tuple[str, Values]:
        """The predicate with known cells as parameters and the free one as the candidate."""
        text: list[str] = []
        parameters: Values = {}
        for piece in pieces:
            if isinstance(piece, str):
                text.append(piece)
                continue
            cell = self._need.find(piece)
            if cell == free:
                value = "j.value"
            else:
                name = f"c{cell[0]}_{cell[1]}"
                parameters[name] = self._known[cell]
                value = f":{name}"
            text.append(_cast(value, self._types[cell][2]))
        return "".join(text), parameters

    def _solution(self) -> Solution:
        need, tables = self._need, self._base.tables
        rows = []
        numbers = [
            n
            for n in (*self._closed.dictionaries, *self._closed.entities, *self._closed.others)
            if self._new.get(n, True)
        ]
        for number in numbers:
            table = need.rows[number]
            cells = {column: need.find((number, column)) for column in tables[table]}
            values = {column: self._known[cell] for column, cell in cells.items() if cell in self._known}
            asked = frozenset(column for column, cell in cells.items() if cell in self._asked)
            rows.append(NewRow(table, values, asked))
        return Solution(dict(self._known), tuple(rows))


def _cast(value: str, kind: ColumnType) -> str:
    """The value with its column's affinity; text times have that of text that is no number."""
    if kind.kind == "time":
        return value
    if kind.kind == "number":
        return f"CAST({value} AS NUMERIC)"
    return f"CAST({value} AS TEXT)" + (" COLLATE NOCASE" if kind.nocase else "")


def _text(pieces: Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else " " for piece in pieces)
