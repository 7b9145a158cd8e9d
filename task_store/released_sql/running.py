"""Running somebody else's query: it may read, for a while, and nothing else."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from task_store.cells import Cell

MAX_ROWS = 1000
QUERY_S = 20.0
_STEPS = 10_000
"""Instructions of SQLite's machine between looks at the clock."""
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    getattr(sqlite3, "SQLITE_RECURSIVE", 33),
}


class QueryError(ValueError):
    """The query gives no rows that could be a gold; the message says why."""


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection on which queries can only read.

    Raises:
        QueryError: the file is no SQLite database.
    """
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
        )
        yield connection
    except sqlite3.DatabaseError as error:
        raise QueryError(f"{str(file)!r} cannot be read as a SQLite database ({error})") from error
    finally:
        connection.close()


def rows_of(connection: sqlite3.Connection, sql: str) -> tuple[int, list[tuple[Cell, ...]]]:
    """How many columns the query has, and its rows.

    Raises:
        QueryError: it cannot be run, takes too long, or gives too many rows.
    """
    until = time.monotonic() + QUERY_S
    connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        cursor = connection.execute(sql)
        rows = cursor.fetchmany(MAX_ROWS + 1)
        width = len(cursor.description or ())
    except (sqlite3.Error, sqlite3.Warning) as error:
        late = isinstance(error, sqlite3.OperationalError) and "interrupted" in str(error)
        why = f"takes more than {QUERY_S:.0f} s" if late else f"cannot be run ({str(error)[:100]})"
        raise QueryError(f"its query {why}") from error
    if len(rows) > MAX_ROWS:
        raise QueryError(f"its query gives more than {MAX_ROWS} rows")
    if width == 0:
        raise QueryError("its query is no SELECT")
    return width, rows


def empty(rows: list[tuple[Cell, ...]]) -> bool:
    """Nothing, NULL or 0: an answer that a guess would give."""
    return all(cell is None or cell == 0 for row in rows for cell in row)
