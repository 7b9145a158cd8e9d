"""The rows that a query must find, and what must hold between them.

Each table named in the query, nested or joined, stands for one row. Equal columns are one class
(union-find); every other comparison is a predicate over cells, kept as the query's own text. What
is negated (NOT IN, NOT EXISTS), windowed, or not understood asks for no row.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from task_store.released_sql.seeding.parser import parse
from task_store.released_sql.seeding.shape import Tables
from task_store.released_sql.seeding.syntax import (
    Call,
    Column,
    Comparison,
    Exists,
    Junction,
    Literal,
    Node,
    Not,
    Select,
    Source,
    SubSelect,
    Within,
    parts_of,
    selects_of,
)

CellName = tuple[int, str]
"""Number of a row, name of a column."""
Pieces = tuple[str | CellName, ...]
"""SQL with cells in it."""

_FOLDING = frozenset({"sum", "avg", "min", "max", "total"})
"""Over one row they give that row's value."""


@dataclass(frozen=True)
class Pick:
    """A nested query that chooses by order: what it gives now is what it will give."""

    sql: str
    cell: CellName


@dataclass
class Need:
    """What one query must find."""

    rows: list[str] = field(default_factory=list)
    """Row number -> table."""
    predicates: list[Pieces] = field(default_factory=list)
    wishes: list[Pieces] = field(default_factory=list)
    """What the query selects: better not NULL and not 0."""
    picks: list[Pick] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    """Predicates without cells; false ones want more rows of a kind."""
    _same: dict[CellName, CellName] = field(default_factory=dict)
    _row: dict[int, int] = field(default_factory=dict)

    def add(self, table: str) -> int:
        self.rows.append(table)
        return len(self.rows) - 1

    def row(self, number: int) -> int:
        """The row that stands for this one, after rows turned out to be the same."""
        while number in self._row:
            number = self._row[number]
        return number

    def find(self, cell: CellName) -> CellName:
        """The cell that stands for all that are equal to this one."""
        cell = (self.row(cell[0]), cell[1])
        while cell in self._same:
            cell = self._same[cell]
            cell = (self.row(cell[0]), cell[1])
        return cell

    def equate(self, one: CellName, other: CellName) -> bool:
        """Make two cells one; False: they were."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return False
        self._same[max(first, second)] = min(first, second)
        return True

    def merge(self, one: int, other: int, columns: Iterable[str]) -> None:
        """Make two rows of a table one."""
        keep, gone = sorted((self.row(one), self.row(other)))
        if keep == gone:
            return
        for column in columns:
            self.equate((keep, column), (gone, column))
        self._row[gone] = keep

    def size(self) -> tuple[int, int]:
        """Changes exactly when cells or rows were made one."""
        return len(self._row), len(self._same)

    def living(self) -> list[int]:
        """The numbers of different rows."""
        return [number for number in range(len(self.rows)) if number not in self._row]


def needs_of(sql: str, tables: Tables, *, branch: int = 0, copies: int = 1) -> Need:
    """What a query must find.

    Args:
        sql: a repaired query.
        tables: the schema.
        branch: which part of each OR is to hold.
        copies: what a count over the rows would give.

    Raises:
        QuerySyntaxError: the query cannot be read.
    """
    reader = _Reader(sql, tables, branch, copies)
    reader.visit(parse(sql), [], {}, top=True)
    return reader.need


class _OpaqueError(Exception):
    """An expression that says nothing about single rows."""


@dataclass(frozen=True)
class _Derived:
    """The outputs of a sub-select in FROM; None: opaque."""

    outputs: dict[str, Pieces | None]


_Scope = dict[str, "int | _Derived"]


class _Reader:
    def __init__(self, sql: str, tables: Tables, branch: int, copies: int) -> None:
        self.need = Need()
        self._sql = sql
        self._tables = tables
        self._branch = branch
        self._copies = copies
        self._seen: dict[int, Pieces | None] = {}
        """Sub-selects that were visited, by their place: what they give."""

    def visit(
        self, select: Select, outer: list[_Scope], named: dict[str, Select], *, top: bool = False
    ) -> dict[str, Pieces | None]:
        """Note the rows of a SELECT; returns its outputs, the first one first."""
        named = named | dict(select.named)
        scope: _Scope = {}
        scopes = [scope, *outer]
        for source in select.sources:
            inner = named.get(source.of) if isinstance(source.of, str) else source.of
            if inner is not None:
                less = {k: v for k, v in named.items() if v is not inner}
                outputs = self.visit(inner, outer, less)
                scope[source.alias or f" {len(scope)}"] = _Derived(outputs)
            elif isinstance(source.of, str) and source.of in self._tables:
                scope[source.alias] = self.need.add(source.of)
            self._use(source, scope)
        for condition in select.conditions:
            self._want(condition, scopes, named)
        found = self._outputs(select, scopes, named, top=top)
        first = next(iter(found.values()), None)
        if not top and select.limit is not None and select.order and first is not None:
            cell = _only_cell(first)
            if cell is not None:
                self.need.picks.append(Pick(self._sql[select.start : select.end], cell))
        return found

    def _use(self, source: Source, scope: _Scope) -> None:
        """JOIN ... USING."""
        earlier = {alias: of for alias, of in scope.items() if alias != source.alias}
        for name in source.using:
            try:
                one = _only_cell(self._resolved(source.alias, name, [scope]))
                other = _only_cell(self._resolved(None, name, [earlier]))
            except _OpaqueError:
                continue
            if one is not None and other is not None:
                self.need.equate(one, other)

    def _outputs(
        self, select: Select, scopes: list[_Scope], named: dict[str, Select], *, top: bool
    ) -> dict[str, Pieces | None]:
        found: dict[str, Pieces | None] = {}
        for number, output in enumerate(select.outputs):
            if output.node is None:
                found |= _everything(scopes[0], self._tables, self.need)
                continue
            name = output.node.name if isinstance(output.node, Column) else f" {number}"
            try:
                pieces: Pieces | None = self._render(output.node, scopes, named)
            except _OpaqueError:
                pieces = None
                for inner in selects_of(output.node):
                    self._sub(inner, scopes, named)
            found[output.alias or name] = pieces
            if top and pieces is not None and any(not isinstance(piece, str) for piece in pieces):
                self.need.wishes.append(("(", *pieces, ") IS NOT NULL AND (", *pieces, ") <> 0"))
        return found

    def _want(self, node: Node, scopes: list[_Scope], named: dict[str, Select]) -> None:
        """Note what makes a condition true."""
        match node:
            case Junction(every=True, parts=parts):
                for part in parts:
                    self._want(part, scopes, named)
                return
            case Junction(every=False, parts=parts):
                self._want(parts[self._branch % len(parts)], scopes, named)
                return
            case Exists(select=select):
                self._sub(select, scopes, named)
                return
            case Within(what=what, among=Select() as select, negated=negated):
                if not negated:
                    self._want_equal(what, select, scopes, named)
                return
            case Not(what=what) if selects_of(what):
                return
            case _:
                pass
        try:
            if isinstance(node, Comparison) and node.how in ("=", "==", "IS"):
                left, right = (self._render(side, scopes, named) for side in (node.left, node.right))
                one, other = _only_cell(left), _only_cell(right)
                if one is not None and other is not None:
                    self.need.equate(one, other)
                    return
            pieces = self._render(node, scopes, named)
        except _OpaqueError:
            return
        self._hold(pieces)

    def _hold(self, pieces: Pieces) -> None:
        if any(not isinstance(piece, str) for piece in pieces):
            self.need.predicates.append(tuple(_joined(pieces)))
        else:
            self.need.constants.append("".join(map(str, pieces)))

    def _want_equal(self, what: Node, select: Select, scopes: list[_Scope], named: dict[str, Select]) -> None:
        given = self._sub(select, scopes, named)
        if given is None:
            return
        try:
            mine = self._render(what, scopes, named)
        except _OpaqueError:
            return
        one, other = _only_cell(mine), _only_cell(given)
        if one is not None and other is not None:
            self.need.equate(one, other)
        else:
            self._hold((*mine, " = ", *given))

    def _sub(self, select: Select, scopes: list[_Scope], named: dict[str, Select]) -> Pieces | None:
        """Visit a nested select once; returns its first output."""
        if select.start not in self._seen:
            self._seen[select.start] = None
            self._seen[select.start] = next(iter(self.visit(select, scopes, named).values()), None)
        return self._seen[select.start]

    def _render(self, node: Node, scopes: list[_Scope], named: dict[str, Select]) -> Pieces:
        """The expression as SQL over cells.

        Raises:
            _OpaqueError: it says nothing about single rows.
        """
        match node:
            case Column(table=table, name=name):
                return self._resolved(table, name, scopes)
            case Literal(value=str() as value, maybe_column=True):
                try:
                    return self._resolved(None, value.lower(), scopes)
                except _OpaqueError:
                    return ("'" + value.replace("'", "''") + "'",)
            case SubSelect(select=select):
                given = self._sub(select, scopes, named)
                if given is None:
                    raise _OpaqueError
                return given if _only_cell(given) else ("(", *given, ")")
            case Exists() | Within(among=Select()):
                raise _OpaqueError
            case Call(windowed=True):
                raise _OpaqueError
            case Call(name="count"):
                return (str(self._copies),)
            case Call(name=name, args=(only,)) if name in _FOLDING:
                return self._render(only, scopes, named)
            case _:
                return tuple(self._reassembled(node, scopes, named))

    def _reassembled(
        self, node: Node, scopes: list[_Scope], named: dict[str, Select]
    ) -> Iterator[str | CellName]:
        place = node.start
        for part in parts_of(node):
            yield self._sql[place : part.start]
            yield from self._render(part, scopes, named)
            place = part.end
        yield self._sql[place : node.end]

    def _resolved(self, table: str | None, name: str, scopes: list[_Scope]) -> Pieces:
        for scope in scopes:
            for alias, of in scope.items():
                if table is not None and alias != table:
                    continue
                if isinstance(of, _Derived):
                    if name in of.outputs:
                        pieces = of.outputs[name]
                        if pieces is None:
                            raise _OpaqueError
                        return pieces if _only_cell(pieces) else ("(", *pieces, ")")
                elif name in self._tables[self.need.rows[of]]:
                    return ((of, name),)
        raise _OpaqueError


def _joined(pieces: Pieces) -> Iterator[str | CellName]:
    """The same with texts side by side made one."""
    for texts, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if texts:
            text = "".join(map(str, group))
            if text:
                yield text
        else:
            yield from group


def _only_cell(pieces: Pieces) -> CellName | None:
    """The cell, where an expression is nothing else."""
    cells = [piece for piece in pieces if not isinstance(piece, str)]
    rest = "".join(piece for piece in pieces if isinstance(piece, str))
    return cells[0] if len(cells) == 1 and not re.sub(r"[\s()]", "", rest) else None


def _everything(scope: _Scope, tables: Tables, need: Need) -> dict[str, Pieces | None]:
    found: dict[str, Pieces | None] = {}
    for of in scope.values():
        if isinstance(of, _Derived):
            found |= of.outputs
        else:
            found |= {column: ((of, column),) for column in tables[need.rows[of]]}
    return found
