"""Values for the cells of a need, found by trying; SQLite judges what fits.

Depth first over choices, in an order in which early ones decide most: entries of dictionaries,
patients, stays (one that is there, or a new one), then times and values, those with conditions first.
A choice has a few candidates; a predicate is checked as soon as all its cells are known.
"""

import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from task_store.cells import Cell
from task_store.released_sql.seeding.closure import Closed
from task_store.released_sql.seeding.needs import CellName, Pieces
from task_store.released_sql.seeding.shape import ColumnType, NewRow, Shape, Tables, Values

_NODES = 250
"""Choices tried before a need is given up."""
_TRIED = 5
"""Candidates of one choice."""
_STAYS = 6
"""Stays of a patient that are tried before a new one."""
_CALENDAR_FROM = 2100
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w'.:-])-?\d+(?:\.\d+)?(?![\w'.:-])")
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?)?")
_NEAR_HOURS = (2.0, 7.0, 19.0, 40.0, 74.0, 125.0, 220.0)
_FAR_HOURS = (0.3, 500.0, 1200.0, 4500.0, 9000.0, 20000.0, 45000.0)
"""Distances from times that are known already."""
_ANCHORS = 4

Known = dict[CellName, Cell]


@dataclass(frozen=True)
class Solution:
    known: Known
    new: tuple[int, ...]
    """Rows to be written; others are there."""
    rows: tuple[NewRow, ...]
    changed: tuple[tuple[str, Values, Values], ...] = ()


@dataclass(frozen=True)
class Way:
    """How to look for a solution."""

    reuse: bool = True
    """Existing stays first."""
    picks: bool = True
    """Nested queries that choose by order are asked what they choose."""
    fixed: Known = field(default_factory=dict)


class Solver:
    """Finds values over one database, which grows as solutions are written."""

    def __init__(
        self, database: sqlite3.Connection, shape: Shape, tables: Tables, now: str, floor: int
    ) -> None:
        """Args:
        floor: fresh keys are above it, so that none is one that a query names.
        """
        self.database = database
        self.shape = shape
        self.tables = tables
        self.now = now
        self._floor = floor
        self._fresh: dict[str, int] = {}
        self._values: dict[tuple[str, str], list[Cell]] = {}
        self._calendar = _calendar(now)

    def fresh(self, column: str) -> Cell:
        """A key that no row has."""
        number = self._fresh.get(column)
        if number is None:
            number = 1 + max(
                (
                    int(top)
                    for table, columns in self.tables.items()
                    if column in columns
                    for (top,) in self.database.execute(
                        f"SELECT MAX(CAST({_digits(column, self.shape)} AS INTEGER)) FROM {table}"  # noqa: S608
                    )
                    if top is not None
                ),
                default=0,
            )
            number = max(number, self._floor)
        self._fresh[column] = number + 1
        form = self.shape.named.get(column)
        return number if form is None else form.format(number)

    def next_key(self, table: str) -> int:
        """The number of the table's next row."""
        column = self.shape.keys[table]
        name = f"{table}.{column}"
        if name not in self._fresh:
            (top,) = self.database.execute(f"SELECT MAX({column}) FROM {table}").fetchone()  # noqa: S608
            self._fresh[name] = 1 + (top or 0)
        self._fresh[name] += 1
        return self._fresh[name] - 1

    def solve(self, closed: Closed, way: Way, rng: random.Random) -> Solution | None:
        """Values for all cells that matter; None: none were found."""
        for ordered, wishes in ((True, True), (True, False), (False, False)):
            if wishes and not closed.need.wishes:
                continue
            search = _Search(self, closed, way, rng, ordered=ordered, wishes=wishes)
            found = search.run()
            if found is not None:
                return found
        return None

    def fitting(self, candidates: str, value: str, predicates: list[tuple[str, Values]]) -> list[Cell]:
        """Those of a JSON list for which all predicates hold.

        Args:
            value: SQL for a candidate, over `j.value`.
            predicates: SQL with `{value}` put in already, and parameters.
        """
        where = " AND ".join(f"({text})" for text, _ in predicates) or "1"
        parameters: Values = {"candidates": candidates}
        for _, more in predicates:
            parameters |= more
        try:
            return [
                found
                for (found,) in self.database.execute(
                    f"SELECT j.value FROM json_each(:candidates) AS j WHERE {where}",
                    parameters,  # noqa: S608
                )
            ]
        except sqlite3.Error:  # the query itself will fail on it too, or not get here
            return []

    def existing(self, table: str, column: str) -> list[Cell]:
        """Some values of a column."""
        if (table, column) not in self._values:
            self._values[table, column] = [
                value
                for (value,) in self.database.execute(
                    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 150"  # noqa: S608
                )
            ]
        return self._values[table, column]

    @property
    def calendar(self) -> str:
        return self._calendar


def _digits(column: str, shape: Shape) -> str:
    form = shape.named.get(column)
    if form is None or "{}" not in form:
        return column
    return f"substr({column}, {form.index('{}') + 1})"


def _calendar(now: str) -> str:
    """An instant a day, up to the current time."""
    last = datetime.fromisoformat(now)
    day, found, step = datetime(_CALENDAR_FROM, 1, 1), [], 0
    while day <= last:
        at = day + timedelta(minutes=(step * 487) % 1440)
        if at <= last:
            found.append(at.isoformat(sep=" "))
        day, step = day + timedelta(days=1), step + 1
    found.append((last - timedelta(minutes=1)).isoformat(sep=" "))
    return json.dumps(found)


class _Search:
    def __init__(
        self, solver: Solver, closed: Closed, way: Way, rng: random.Random, *, ordered: bool, wishes: bool
    ) -> None:
        self._solver = solver
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
        predicates = hard + (list(closed.soft) if ordered else []) + (self._need.wishes if wishes else [])
        self._wished = frozenset(cell for cells in wished for cell in cells)
        self._predicates = [(pieces, self._cells(pieces)) for pieces in predicates]
        self._soft = {id(pieces) for pieces in closed.soft}
        self._types = self._typed()
        self._of_asked = self._times_of_asked()

    def _cells(self, pieces: Pieces) -> frozenset[CellName]:
        return frozenset(self._need.find(piece) for piece in pieces if not isinstance(piece, str))

    def _typed(self) -> dict[CellName, tuple[str, str, ColumnType]]:
        """Class -> a table and column of it, with its type."""
        found: dict[CellName, tuple[str, str, ColumnType]] = {}
        need, tables = self._need, self._solver.tables
        for number in need.living():
            table = need.rows[number]
            for column, kind in tables[table].items():
                found.setdefault(need.find((number, column)), (table, column, kind))
        return found

    def _times_of_asked(self) -> frozenset[CellName]:
        """Times of stays of which the query asks a time: whatever else happens must fit to them."""
        need, shape = self._need, self._solver.shape
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
        steps: list[Callable[[], Iterator[Known]]] = []
        for number in (*self._closed.dictionaries, *self._closed.entities):
            steps.append(self._row_step(number))
        return self._solution() if self._descend(steps, 0) else None

    def _take_named(self) -> None:
        """Patients, stays and codes that the query names."""
        shape, need = self._solver.shape, self._need
        keys = {level.key for level in shape.levels} | {d.key for d in shape.dictionaries}
        for number in need.living():
            for column in self._solver.tables[need.rows[number]]:
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
                row = self._solver.database.execute(pick.sql).fetchone()
            except sqlite3.Error:  # it hangs on an outer query
                continue
            if row is not None and row[0] is not None:
                self._known[cell] = row[0]

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
        need, solver = self._need, self._solver
        table = need.rows[number]
        level = solver.shape.level_of(table)
        key = (
            solver.shape.levels[level].key
            if level is not None
            else next(d.key for d in solver.shape.dictionaries if d.table == table)
        )
        columns = list(solver.tables[table])
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
        solver, known = self._solver, self._known
        held = {column: known[cell] for column, cell in cells.items() if cell in known}
        rows: list[dict[str, Cell]] = []
        if level is None or key in held:
            rows = self._rows(number, table, held, cells, limit=1 if key in held else _STAYS)
        elif self._way.reuse and any(l.key in held for l in solver.shape.levels):
            rows = self._rows(number, table, held, cells, limit=_STAYS)
        if level is None and key not in held and len(rows) > 1 and not self._unary_row(number):
            self._rng.shuffle(rows)
        for row in rows:
            self._new[number] = False
            yield {cell: row[column] for column, cell in cells.items() if cell not in known}
        if key in held and self._exists(table, key, held[key]):
            return
        self._new[number] = True
        yield {} if key in held else {cells[key]: solver.fresh(key)}

    def _unary_row(self, number: int) -> bool:
        return any({c[0] for c in cells} == {number} for _, cells in self._predicates)

    def _exists(self, table: str, key: str, value: Cell) -> bool:
        return (
            self._solver.database.execute(
                f"SELECT 1 FROM {table} WHERE {key} = ?",
                (value,),  # noqa: S608
            ).fetchone()
            is not None
        )

    def _rows(
        self, number: int, table: str, held: dict[str, Cell], cells: dict[str, CellName], *, limit: int
    ) -> list[dict[str, Cell]]:
        """Rows that are there, have what is known, and fulfil what is asked of them alone."""
        by_cell = {cell: column for column, cell in cells.items()}
        where = [f"{column} IS :k_{column}" for column in held]
        parameters: Values = {f"k_{column}": value for column, value in held.items()}
        for pieces, of in self._predicates:
            if of and of <= by_cell.keys() and id(pieces) not in self._soft:
                where.append(
                    "("
                    + "".join(
                        piece if isinstance(piece, str) else f"{table}.{by_cell[self._need.find(piece)]}"
                        for piece in pieces
                    )
                    + ")"
                )
        try:
            cursor = self._solver.database.execute(
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
        need, solver = self._need, self._solver
        levels = {level.key for level in solver.shape.levels}
        found: dict[CellName, None] = {}
        for number in (*self._closed.dictionaries, *self._closed.entities, *self._closed.others):
            if number in self._new and not self._new[number]:
                continue
            table = need.rows[number]
            times = solver.shape.times.get(table, ())
            for column in solver.tables[table]:
                cell = need.find((number, column))
                if cell in self._known or (table, column) in solver.shape.loose:
                    continue
                if (
                    table,
                    column,
                ) in solver.shape.unless_asked_null and cell not in self._asked | self._wished:
                    self._known[cell] = None
                elif (table, column) in solver.shape.modelled and cell not in self._asked:
                    continue
                elif column in levels:
                    self._known[cell] = solver.fresh(column)
                elif column == solver.shape.keys.get(table) and not self._unary(cell):
                    self._known[cell] = solver.next_key(table)
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
                if id(pieces) not in self._soft
            )
            if tied:
                return (1, 0, cell)
            times = self._solver.shape.times.get(table, ())
            later = times.index(column) if column in times else 0
            if cell in self._asked or cell in self._of_asked:
                return (2, later, cell)
            return (3 if self._solver.shape.level_of(table) is None else 4, later, cell)

        return min(cells, key=rank)

    def _unary(self, cell: CellName) -> bool:
        return any(of == {cell} and id(pieces) not in self._soft for pieces, of in self._predicates)

    def _fits(self, more: Known) -> bool:
        """Whether every predicate over these and known cells holds."""
        return all(
            self._holds(pieces)
            for pieces, of in self._predicates
            if not of.isdisjoint(more) and of <= self._known.keys()
        )

    def _holds(self, pieces: Pieces) -> bool:
        text, parameters = self._bound(pieces, None)
        return bool(self._solver.fitting("[1]", "", [(text, parameters)]))

    def _candidates(self, cell: CellName) -> list[Cell]:
        table, column, kind = self._types[cell]
        chosen = [
            pieces for pieces, of in self._predicates if cell in of and of - {cell} <= self._known.keys()
        ]
        bound = [self._bound(pieces, cell) for pieces in chosen]
        lists = self._time_lists(cell, chosen) if kind.kind == "time" else self._value_lists(cell, chosen)
        for candidates in lists:
            found = self._solver.fitting(
                candidates if isinstance(candidates, str) else json.dumps(candidates), "", bound
            )
            if found:
                if isinstance(candidates, str) and len(found) > _TRIED:
                    return self._rng.sample(found, _TRIED)
                return found[:_TRIED]
        return []

    def _time_lists(self, cell: CellName, chosen: list[Pieces]) -> Iterator[list[Cell] | str]:
        anchors: list[str] = []
        for pieces in chosen:
            for piece in pieces:
                if not isinstance(piece, str):
                    value = self._known.get(self._need.find(piece))
                    if isinstance(value, str) and _DATE.match(value) and self._need.find(piece) != cell:
                        anchors.append(value)
        stated = [text for pieces in chosen for text in _QUOTED.findall(_text(pieces)) if _DATE.match(text)]
        exact: list[Cell] = [
            f"{text} 09:00:00" if len(text) == 10 else text
            for text in stated
            if len(text) > 7 and text != self._solver.now
        ]
        if exact:
            yield exact
        anchors = list(dict.fromkeys(anchors))[:_ANCHORS]
        near = [
            moved
            for anchor in anchors
            for hours in self._rng.sample(_NEAR_HOURS, len(_NEAR_HOURS))
            for moved in self._around(anchor, hours)
        ]
        if near:
            yield near
            yield list(anchors)
            yield [
                moved for anchor in anchors for hours in _FAR_HOURS for moved in self._around(anchor, hours)
            ]
        yield self._solver.calendar
        around: list[Cell] = []
        for text in [*stated, *anchors]:
            for hours_off in (0, -0.01, 0.01, -24 * 400, 24 * 400, -24 * 365 * 40, -24 * 365 * 70):
                moved = _moved(text, hours_off)
                if moved is not None:
                    around.append(moved)
        yield around
        yield json.dumps([f"{year}-0{1 + year % 9}-1{year % 9} 00:00:00" for year in range(2000, 2100)])
        if cell in self._asked:
            yield [None]

    def _around(self, anchor: str, hours: float) -> Iterator[Cell]:
        """Before and after; not too even."""
        at = datetime.fromisoformat(anchor)
        away = timedelta(minutes=round(60 * hours * self._rng.uniform(0.8, 1.2)))
        for moved in (at + away, at - away):
            yield moved.isoformat(sep=" ")

    def _value_lists(self, cell: CellName, chosen: list[Pieces]) -> Iterator[list[Cell] | str]:
        table, column, kind = self._types[cell]
        text = " ".join(_text(pieces) for pieces in chosen)
        quoted = [found.replace("''", "'") for found in _QUOTED.findall(text)]
        numbers = [float(n) for n in _NUMBER.findall(_QUOTED.sub(" ", text))]
        if kind.kind == "text":
            words: list[Cell] = []
            for word in quoted:
                words += [word, word.strip("%").replace("%", " ").replace("_", "a")]
            yield words
            stepped: list[Cell] = []
            for word in [*quoted, *(f"{n:g}" for n in numbers)]:
                if re.fullmatch(r"-?\d+", word):
                    stepped += [str(int(word) + step) for step in (1, -1, 7, -7)]
            yield stepped
            yield list(self._solver.existing(table, column))
            yield [f"{word} " for word in quoted]
            yield [None]
            return
        numbers += [float(q) for q in quoted if re.fullmatch(r"-?\d+(?:\.\d+)?", q)]
        numbers += [
            float(value)
            for pieces in chosen
            for piece in pieces
            if not isinstance(piece, str)
            and isinstance(value := self._known.get(self._need.find(piece)), int | float)
        ]
        near: list[Cell] = []
        for number in numbers:
            near += [number, number + 1, number - 1, number * 1.2, number * 0.8, number + 0.5, number - 0.5]
        for low, high in zip(numbers, numbers[1:], strict=False):
            near.append((low + high) / 2)
        if kind.whole:
            yield [int(number) for number in near if isinstance(number, float) and number.is_integer()]
        else:
            yield [round(number, 4) for number in near if isinstance(number, float)]
        yield list(self._solver.existing(table, column))
        yield [None]

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
        need, tables = self._need, self._solver.tables
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
        return Solution(dict(self._known), tuple(numbers), tuple(rows))


def _cast(value: str, kind: ColumnType) -> str:
    """The value with its column's affinity; text times have that of text that is no number."""
    if kind.kind == "time":
        return value
    if kind.kind == "number":
        return f"CAST({value} AS NUMERIC)"
    return f"CAST({value} AS TEXT)" + (" COLLATE NOCASE" if kind.nocase else "")


def _text(pieces: Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else " " for piece in pieces)


def _moved(text: str, hours: float) -> str | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, _ = (int(part) if part else None for part in match.groups())
    try:
        at = datetime(year or 2100, month or 1, day or 1, hour or 0, minute or 0)
        at += timedelta(hours=hours)
    except (ValueError, OverflowError):
        return None
    return at.replace(second=0, microsecond=0).isoformat(sep=" ")
