"""A schema guesser: matches a question's words with names and values of the database, and selects.

It sees what an agent sees (the prompt and the database) and understands nothing: it takes a table
that has the wanted columns, keeps the rows whose values occur in the question, and gives those
columns; where no table has them it counts, or averages the last numeric column.
"""

import re
import sqlite3
from dataclasses import dataclass, field

from pydantic import JsonValue

from graders.submission import Abstained

_MOST_VALUES = 2000
"""A text column with more different values is not looked up in questions."""
_SHORTEST_VALUE = 4
_MOST_ROWS = 40
_NUMERIC = ("INT", "REAL", "NUM", "DOUB", "FLOAT")
_WANTED = re.compile(r"one column, (?P<one>\w+);|the columns (?P<many>[\w, ]+?), in this order")

Condition = tuple[str, str | int]


@dataclass
class SchemaGuesser:
    """Bound to one database, whose values it reads once."""

    database: sqlite3.Connection
    _columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """Table -> column -> declared type."""
    _values: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        for (table,) in tables:
            info = self.database.execute(f'PRAGMA table_info("{table}")')
            self._columns[table] = {row[1]: row[2].upper() for row in info}
            for column, kind in self._columns[table].items():
                if not kind.startswith(_NUMERIC):
                    self._values[table, column] = self._known(table, column)

    def answer(self, prompt: str) -> JsonValue | Abstained:
        """A guess; abstains where nothing in the question is known to the database."""
        question = prompt.split("\n", 1)[0]
        wanted = _wanted(prompt)
        text = question.casefold()
        ids = [int(number) for number in re.findall(r"\b\d{4,}\b", question)]
        found = {table: self._conditions(table, text, ids) for table in self._columns}
        having = [table for table in found if wanted and set(wanted) <= self._columns[table].keys()]
        table = max(having or found, key=lambda name: (len(found[name]), _overlap(name, text)))
        conditions = found[table]
        if not conditions:
            return Abstained()
        if having:
            names = ", ".join(f'"{column}"' for column in wanted)
            return self._select(f"DISTINCT {names}", table, conditions)
        if len(wanted) != 1:
            return Abstained()
        if re.search(r"\b(how many|count|number of)\b", text):
            return self._select("COUNT(*)", table, conditions)
        numeric = [
            c for c, kind in self._columns[table].items() if kind.startswith(_NUMERIC) and c[-2:] != "id"
        ]
        return self._select(f'AVG("{numeric[-1]}")', table, conditions) if numeric else Abstained()

    def _known(self, table: str, column: str) -> list[str]:
        rows = self.database.execute(
            f'SELECT DISTINCT "{column}" FROM "{table}" LIMIT {_MOST_VALUES + 1}'  # noqa: S608  # its own schema
        ).fetchall()
        if len(rows) > _MOST_VALUES:
            return []
        values = {value for (value,) in rows if isinstance(value, str) and len(value) >= _SHORTEST_VALUE}
        return sorted(values, key=lambda value: (-len(value), value))

    def _conditions(self, table: str, text: str, ids: list[int]) -> list[Condition]:
        conditions: list[Condition] = []
        for column, kind in self._columns[table].items():
            if kind.startswith(_NUMERIC) and column.endswith("id") and column != "row_id":
                match = next((n for n in ids if self._has(table, column, n)), None)
                if match is not None:
                    conditions.append((column, match))
            elif (table, column) in self._values:
                value = next((v for v in self._values[table, column] if v.casefold() in text), None)
                if value is not None:
                    conditions.append((column, value))
        return conditions

    def _has(self, table: str, column: str, number: int) -> bool:
        query = f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1'  # noqa: S608  # its own schema
        return self.database.execute(query, (number,)).fetchone() is not None

    def _select(self, what: str, table: str, conditions: list[Condition]) -> JsonValue:
        where = " AND ".join(f'"{column}" = ?' for column, _ in conditions)
        rows = self.database.execute(
            f'SELECT {what} FROM "{table}" WHERE {where} LIMIT {_MOST_ROWS}',  # noqa: S608  # its own schema
            [value for _, value in conditions],
        )
        return [list(row) for row in rows]


def _wanted(prompt: str) -> list[str]:
    found = list(_WANTED.finditer(prompt))
    return (found[-1]["one"] or found[-1]["many"]).replace(" ", "").split(",") if found else []


def _overlap(name: str, text: str) -> int:
    return sum(part[:5] in text for part in name.split("_") if len(part) > 2)
