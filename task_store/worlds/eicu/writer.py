"""Rows to SQLite in batches: memory does not grow with the number of patients."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from task_store.worlds.eicu.events import Row

_HERE = Path(__file__).parent
_BATCH = 2_000
"""Rows that wait, by table."""

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
                for table in COLUMNS:
                    self._flush(table)
                self._db.execute("COMMIT")
                self._db.executescript((_HERE / "indexes.sql").read_text(encoding="utf-8"))
                self._db.execute("ANALYZE")
        finally:
            self._db.close()

    def patient(self, row: Row) -> None:
        self._waiting["patient"].append(row)
        self._flush_full("patient")

    def number(self, table: str, rows: Iterable[Row]) -> list[Row]:
        """Add rows with the next numbers of their table as keys; returns them as stored."""
        count = self._count[table]
        stored: list[Row] = [(count + offset, *row) for offset, row in enumerate(rows, 1)]
        self._count[table] = count + len(stored)
        self._waiting[table] += stored
        self._flush_full(table)
        return stored

    def _flush_full(self, table: str) -> None:
        if len(self._waiting[table]) >= _BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._db.executemany(self._insert[table], self._waiting[table])
        self._waiting[table].clear()
