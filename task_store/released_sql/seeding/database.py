"""The database that is being filled, as the search for values sees it."""

import json
import sqlite3
from datetime import datetime, timedelta

from task_store.cells import Cell
from task_store.released_sql.seeding.shape import Shape, Tables, Values

_CALENDAR_FROM = 2100
_VALUES = 150
"""Different values of a column that are candidates, the most frequent."""


class Database:
    """A growing database: what is in it, what fits, and which keys are free."""

    def __init__(
        self, connection: sqlite3.Connection, shape: Shape, tables: Tables, now: str, floor: int
    ) -> None:
        """Args:
        floor: fresh keys are above it, so that none is one that a query names.
        """
        self.connection = connection
        self.shape = shape
        self.tables = tables
        self.now = now
        self._floor = floor
        self._fresh: dict[str, int] = {}
        self._values: dict[tuple[str, str], list[Cell]] = {}
        self.calendar = _calendar(now)
        """An instant a day, as a JSON list."""

    def fresh(self, column: str) -> Cell:
        """A key that no row has."""
        number = self._fresh.get(column)
        if number is None:
            number = 1 + max(
                (
                    int(top)
                    for table, columns in self.tables.items()
                    if column in columns
                    for (top,) in self.connection.execute(
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
            (top,) = self.connection.execute(f"SELECT MAX({column}) FROM {table}").fetchone()  # noqa: S608
            self._fresh[name] = 1 + (top or 0)
        self._fresh[name] += 1
        return self._fresh[name] - 1

    def fitting(self, candidates: str, predicates: list[tuple[str, Values]]) -> list[Cell]:
        """Those of a JSON list for which all predicates hold.

        Args:
            candidates: a JSON list.
            predicates: SQL over `j.value`, the candidate, with its parameters.
        """
        where = " AND ".join(f"({text})" for text, _ in predicates) or "1"
        parameters: Values = {"candidates": candidates}
        for _, more in predicates:
            parameters |= more
        sql = f"SELECT j.value FROM json_each(:candidates) AS j WHERE {where}"  # noqa: S608
        try:
            return [found for (found,) in self.connection.execute(sql, parameters)]
        except sqlite3.Error:  # the query itself will fail on it too, or not get here
            return []

    def existing(self, table: str, column: str) -> list[Cell]:
        """Some values of a column."""
        if (table, column) not in self._values:
            self._values[table, column] = [
                value
                for (value,) in self.connection.execute(
                    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL "  # noqa: S608
                    "GROUP BY 1 ORDER BY COUNT(*) DESC, 1 "
                    f"LIMIT {_VALUES}"
                )
            ]
        return self._values[table, column]


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
