"""Solutions as rows: what no query asks about is taken from an invented row of the same kind."""

import random
import sqlite3
import zlib

from task_store.cells import Cell
from task_store.released_sql.seeding.database import Database
from task_store.released_sql.seeding.shape import NewRow, Shape, Tables, Values

_MODELS = 24
"""Rows kept as models of one item."""


class Writer:
    """Completes and inserts rows; models are rows that were there before the first insertion."""

    def __init__(self, base: Database) -> None:
        self._base = base
        self._database: sqlite3.Connection = base.connection
        self._shape: Shape = base.shape
        self._tables: Tables = base.tables
        self._range: dict[str, tuple[int, int]] = {
            table: self._database.execute(
                f"SELECT COALESCE(MIN(rowid), 0), COALESCE(MAX(rowid), 0) FROM {table}"  # noqa: S608
            ).fetchone()
            for table in self._tables
        }
        self._items: dict[str, list[Cell]] = {}
        self._models: dict[tuple[str, Cell], list[Values]] = {}
        self._prices: dict[tuple[str, Cell], Cell] = {}

    def write(self, rows: list[NewRow], rng: random.Random) -> None:
        """Complete the rows (owners before what they own), put derived columns in order, insert them."""
        mentioned = [row.asked for row in rows]
        for row, asked in zip(rows, mentioned, strict=True):
            self._complete(row, asked, rng)
        self._shape.tidy(rows, rng)
        for row in rows:
            if row.table in self._shape.keys and self._shape.keys[row.table] not in row.values:
                row.values[self._shape.keys[row.table]] = self._base.next_key(row.table)
        charged = [charge for row in rows if (charge := self._charge(row, rows, rng)) is not None]
        for row in [*rows, *charged]:
            self._insert(row)

    def _insert(self, row: NewRow) -> None:
        columns = list(self._tables[row.table])
        self._database.execute(
            f"INSERT INTO {row.table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
            [row.values.get(column) for column in columns],
        )

    def _complete(self, row: NewRow, asked: frozenset[str], rng: random.Random) -> None:
        table, values = row.table, row.values
        model = self._same_patient(row) or self._model(table, values, rng)
        held = set(values)
        for column, kind in self._tables[table].items():
            if column in held:
                continue
            if column == self._shape.keys.get(table):
                values[column] = self._base.next_key(table)
            elif (kind.kind == "time" and (table, column) not in self._shape.modelled) or (
                (table, column) in self._shape.loose
            ):
                values[column] = None
            elif column in self._dictionary_words(table):
                values[column] = (
                    f"{column.removesuffix('_title').replace('_', ' ')} {values[self._key(table)]}"
                )
            else:
                value = model.get(column)
                if value is None:
                    some = self._base.existing(table, column)
                    value = rng.choice(some) if some else None
                values[column] = value

    def _key(self, table: str) -> str:
        return next(d.key for d in self._shape.dictionaries if d.table == table)

    def _dictionary_words(self, table: str) -> frozenset[str]:
        if table not in self._shape.dictionary_tables:
            return frozenset()
        return frozenset(c for c in self._tables[table] if c in ("label", "short_title", "long_title"))

    def _same_patient(self, row: NewRow) -> Values | None:
        """Another row of the same patient, where rows of stays tell who it is."""
        top = self._shape.levels[0]
        if top.table is not None or self._shape.level_of(row.table) is None or top.key not in row.values:
            return None
        return self._first(
            f"SELECT * FROM {row.table} WHERE {top.key} = ? ORDER BY rowid LIMIT 1",  # noqa: S608
            (row.values[top.key],),
        )

    def _first(self, sql: str, parameters: tuple[Cell, ...]) -> Values | None:
        cursor = self._database.execute(sql, parameters)
        row = cursor.fetchone()
        return None if row is None else dict(zip((c[0] for c in cursor.description), row, strict=True))

    def _item(self, table: str) -> str | None:
        """The column that says what an event is of."""
        return self._shape.items.get(table)

    def _model(self, table: str, values: Values, rng: random.Random) -> Values:
        item = self._item(table)
        if item is not None:
            wanted = values.get(item)
            if wanted is None:
                return self._any(table, rng)
            models = self._of_item(table, item, wanted)
            if not models:
                known = self._known_items(table, item)
                if not known:
                    return {}
                stand_in = known[zlib.crc32(str(wanted).encode()) % len(known)]
                models = self._models[table, wanted] = self._of_item(table, item, stand_in)
            return rng.choice(models)
        return self._any(table, rng)

    def _any(self, table: str, rng: random.Random) -> Values:
        low, high = self._range[table]
        found = self._first(
            f"SELECT * FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT 1",  # noqa: S608
            (rng.randint(low, high) if high else 0, high),
        )
        return found or {}

    def _known_items(self, table: str, item: str) -> list[Cell]:
        if table not in self._items:
            self._items[table] = [
                value
                for (value,) in self._database.execute(
                    f"SELECT {item} FROM {table} WHERE rowid <= ? "  # noqa: S608
                    "GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 60",
                    (self._range[table][1],),
                )
            ]
        return self._items[table]

    def _of_item(self, table: str, item: str, value: Cell) -> list[Values]:
        if (table, value) not in self._models:
            cursor = self._database.execute(
                f"SELECT * FROM {table} WHERE {item} = ? AND rowid <= ? LIMIT {_MODELS}",  # noqa: S608
                (value, self._range[table][1]),
            )
            names = [column[0] for column in cursor.description]
            self._models[table, value] = [dict(zip(names, row, strict=True)) for row in cursor]
        return self._models[table, value]

    def _charge(self, row: NewRow, rows: list[NewRow], rng: random.Random) -> NewRow | None:
        """The row of charges that an event brings, unless the query made one."""
        charges = self._shape.charges
        if charges is None or row.table not in charges.events:
            return None
        key, time = charges.events[row.table]
        for other in rows:
            if other.table == charges.table and other.values.get(charges.event_id) == row.values[key]:
                return None
        values: Values = {
            charges.event_type: row.table,
            charges.event_id: row.values[key],
            charges.time: row.values[time],
            charges.amount: self._price(row, rng),
            self._shape.keys[charges.table]: self._base.next_key(charges.table),
        }
        owner = self._shape.owner(self._tables[row.table], row.table)
        assert owner is not None
        stay = next(
            (
                other.values
                for other in rows
                if other.table == owner[1] and other.values.get(owner[0]) == row.values[owner[0]]
            ),
            None,
        ) or self._first(
            f"SELECT * FROM {owner[1]} WHERE {owner[0]} = ? LIMIT 1",  # noqa: S608
            (row.values[owner[0]],),
        )
        for column in self._tables[charges.table]:
            values.setdefault(column, (row.values | (stay or {})).get(column))
        return NewRow(charges.table, values, frozenset())

    def _price(self, row: NewRow, rng: random.Random) -> Cell:
        """One price a name."""
        item = self._item(row.table)
        name = (row.table, row.values.get(item) if item is not None else None)
        if name not in self._prices:
            self._prices[name] = round(10 * 2 ** rng.uniform(0, 6), 2)
        return self._prices[name]
