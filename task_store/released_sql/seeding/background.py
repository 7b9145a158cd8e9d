"""The background borrows what queries name, the commoner the oftener, so that counts differ."""

import random
from collections import Counter
from collections.abc import Iterator

from task_store.cells import Cell
from task_store.released_sql.seeding.closure import Closed, close, literals
from task_store.released_sql.seeding.database import Database
from task_store.released_sql.seeding.needs import CellName, Need
from task_store.released_sql.seeding.rows import Writer
from task_store.released_sql.seeding.shape import Dictionary, NewRow, Values

_BORROWED = 10
"""Events that a background stay borrows, about."""
_NAMES = ("label", "short_title", "long_title")
_START, _END, _OF = "span_start", "span_end", "span_of"

Named = tuple[tuple[str, Cell], ...]
"""Values that a query names of one event."""


class Background:
    """Adds events with queries' values to the stays that are there."""

    def __init__(self, base: Database, writer: Writer) -> None:
        self._base = base
        self._writer = writer

    def borrow(self, needs: list[Need], rng: random.Random) -> None:
        """Give each stay some events; what many queries name is given often (Zipf's law)."""
        popular = self._popular(needs)
        stays = list(self._stays())
        for table in (name for name in self._base.shape.times if name in popular):
            owner = self._base.shape.owner(self._base.tables[table], table)
            wanted = popular[table]
            weights = [1 / (rank + 2) for rank in range(len(wanted))]
            for stay in stays:
                if owner is None or stay[_OF] != owner[0]:
                    continue
                number = rng.randrange(1 + 2 * _BORROWED // len(popular))
                for values in rng.choices(wanted, weights, k=number):
                    self._event(table, dict(values), stay, rng)

    def _popular(self, needs: list[Need]) -> dict[str, list[Named]]:
        """Table of events -> sets of values that queries name, the most asked for first."""
        counts: dict[str, Counter[Named]] = {}
        for need in needs:
            for table, values in self._named(need):
                counts.setdefault(table, Counter())[tuple(sorted(values.items()))] += 1
        return {
            table: [values for values, _ in sorted(found.items(), key=lambda kv: (-kv[1], str(kv[0])))]
            for table, found in counts.items()
        }

    def _named(self, need: Need) -> Iterator[tuple[str, Values]]:
        shape = self._base.shape
        closed = close(need, shape, self._base.tables, merged=True, now=self._base.now)
        literal = literals(need)
        for number in closed.others:
            table = need.rows[number]
            if shape.charges is not None and table == shape.charges.table:
                continue
            values = self._texts(need, number, literal)
            dictionary = shape.dictionary_of(table)
            if dictionary is not None:
                cell = need.find((number, dictionary.key))
                code = self._code(closed, cell, dictionary, literal)
                if code is None:
                    continue
                values[dictionary.key] = code
            if values:
                yield table, values

    def _texts(self, need: Need, number: int, literal: dict[CellName, str]) -> Values:
        """Texts that the query names of a row."""
        found: Values = {}
        for column, kind in self._base.tables[need.rows[number]].items():
            given = literal.get(need.find((number, column)), "")
            if kind.kind == "text" and given.startswith("'"):
                found[column] = given[1:-1].replace("''", "'")
        return found

    def _code(
        self, closed: Closed, cell: CellName, dictionary: Dictionary, literal: dict[CellName, str]
    ) -> Cell:
        """The code of what a query names, in its dictionary or from now on in it; None: it names nothing."""
        need, table, key = closed.need, dictionary.table, dictionary.key
        for number in closed.dictionaries:
            if need.rows[number] != table or need.find((number, key)) != cell:
                continue
            values = self._texts(need, number, literal)
            if not values.keys() & {key, *_NAMES}:
                return None
            where = " AND ".join(f"{column} = ?" for column in values)
            sql = f"SELECT {key} FROM {table} WHERE {where}"  # noqa: S608  # our own names
            row = self._base.connection.execute(sql, tuple(values.values())).fetchone()
            if row is not None:
                found: Cell = row[0]
                return found
            values.setdefault(key, self._base.fresh(key))
            self._writer.write([NewRow(table, values, frozenset(values))], random.Random(str(values)))
            return values[key]
        return None

    def _stays(self) -> Iterator[Values]:
        """Rows of levels, with the times between which their events lie."""
        for level in self._base.shape.levels:
            if level.table is None or level.table not in self._base.shape.spans:
                continue
            start, end = self._base.shape.spans[level.table]
            cursor = self._base.connection.execute(
                f"SELECT *, {start} AS {_START}, COALESCE({end}, '{self._base.now}') AS {_END}, "  # noqa: S608
                f"'{level.key}' AS {_OF} FROM {level.table} ORDER BY rowid"
            )
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield dict(zip(names, row, strict=True))

    def _event(self, table: str, values: Values, stay: Values, rng: random.Random) -> None:
        for level in self._base.shape.levels:
            if level.key in self._base.tables[table] and level.key in stay:
                values[level.key] = stay[level.key]
        times = self._base.shape.times[table]
        for column, part in zip(times, sorted(rng.random() for _ in times), strict=True):
            (values[column],) = self._base.connection.execute(
                "SELECT strftime('%Y-%m-%d %H:%M:00', julianday(?1) + ?3 * (julianday(?2) - julianday(?1)))",
                (stay[_START], stay[_END], part),
            ).fetchone()
        self._writer.write([NewRow(table, values, frozenset(values))], rng)
