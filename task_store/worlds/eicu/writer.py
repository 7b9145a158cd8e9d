"""Rows to SQLite in batches: memory does not grow with the number of patients."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from task_store.worlds.eicu.events import Row

_HERE = Path(__file__).parent
_BATCH = 5_000
"""Rows of all tables together that wait to be written."""

COLUMNS = {
    "patient": 17,
    "diagnosis": 5,
    "treatment": 4,
    "lab": 5,
    "medication": 7,
    "intakeoutput": 6,
    "vitalperiodic": 10,
    "microlab": 5,
    "allergy": 5,
    "cost": 7,
}
"""Table -> number of columns, in the order of `schema.sql`."""


class Writer:
    """The database file, written once: no journal, indexes last, so that equal rows give equal bytes."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;"
        )
        self._db.executescript((_HERE / "schema.sql").read_text(encoding="utf-8"))
        self._db.execute("BEGIN")
        self._waiting: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self._held = 0
        self._count = dict.fromkeys(COLUMNS, 0)
        self._insert = {
            table: f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"  # noqa: S608  # our own names
            for table, width in COLUMNS.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
                self._db.execute("COMMIT")
                self._db.executescript((_HERE / "indexes.sql").read_text(encoding="utf-8"))
                self._db.execute("ANALYZE")
        finally:
            self._db.close()

    def patient(self, row: Row) -> None:
        self._add("patient", [row])

    def number(self, table: str, rows: Iterable[Row]) -> list[Row]:
        """Add rows with the next numbers of their table as keys; returns them as stored."""
        count = self._count[table]
        stored: list[Row] = [(count + offset, *row) for offset, row in enumerate(rows, 1)]
        self._count[table] = count + len(stored)
        self._add(table, stored)
        return stored

    def _add(self, table: str, rows: list[Row]) -> None:
        self._waiting[table] += rows
        self._held += len(rows)
        if self._held >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            self._db.executemany(self._insert[table], rows)
            rows.clear()
        self._held = 0
