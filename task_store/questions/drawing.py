"""Draws from a world's tables that every family needs: a row, a value, a window of time.

All of it is deterministic for a given generator and database; a draw costs a look-up by rowid,
never a scan of a large table.
"""

import datetime
import random
import sqlite3
from dataclasses import dataclass

from task_store.questions.template import Slots

_TRIES = 8
_STRETCH = 400
"""Rows looked at beyond the drawn one for a row that fits."""

Row = dict[str, str | int | float | None]


def a_row(rng: random.Random, database: sqlite3.Connection, table: str, where: str = "1") -> Row | None:
    """A row of the table that fulfils `where`; None when none was found in a few tries.

    Args:
        where: an SQL condition over the table's own columns, without parameters.
    """
    first, last = (_end(database, table, end) for end in ("MIN", "MAX"))
    if first is None or last is None:
        return None
    for _ in range(_TRIES):
        start = rng.randint(first, last)
        cursor = database.execute(
            f"SELECT * FROM {table} WHERE rowid BETWEEN ? AND ? AND ({where}) LIMIT 1",  # noqa: S608
            (start, start + _STRETCH),
        )
        row = cursor.fetchone()
        if row is not None:
            return dict(zip((column[0] for column in cursor.description), row, strict=True))
    return None


def _end(database: sqlite3.Connection, table: str, end: str) -> int | None:
    """The table's first or last rowid. In one query for both SQLite would scan the whole table."""
    (rowid,) = database.execute(f"SELECT {end}(rowid) FROM {table}").fetchone()  # noqa: S608  # our own names
    return None if rowid is None else int(rowid)


def a_record(
    rng: random.Random, database: sqlite3.Connection, sql: str, values: Slots | None = None
) -> Row | None:
    """One of the rows of a query, each as likely; for small results in a stable order (`ORDER BY`)."""
    cursor = database.execute(sql, dict(values or {}))
    rows = cursor.fetchall()
    if not rows:
        return None
    return dict(zip((column[0] for column in cursor.description), rng.choice(rows), strict=True))


@dataclass(frozen=True)
class Window:
    """A span of time as words and as bounds: `start <= t < end`, `YYYY-MM-DD HH:MM:SS`."""

    words: str
    start: str
    end: str

    def slots(self) -> Slots:
        """As the slots `when`, `start` and `end`."""
        return {"when": self.words, "start": self.start, "end": self.end}


def _iso(day: datetime.date) -> str:
    return f"{day.isoformat()} 00:00:00"


def a_window(rng: random.Random, *, first: int, last: int) -> Window:
    """A calendar year, a quarter, a month, everything since or until a year.

    Args:
        first: first calendar year of the world.
        last: year of the current time; whole years up to it may be named.
    """
    year = rng.randint(first, last)
    kind = rng.choice(("year", "quarter", "month", "since", "until", "years"))
    match kind:
        case "quarter":
            quarter = rng.randint(1, 4)
            start = datetime.date(year, 3 * quarter - 2, 1)
            end = datetime.date(year + quarter // 4, (3 * quarter + 1) % 12, 1)
            return Window(
                f"in the {('first', 'second', 'third', 'fourth')[quarter - 1]} quarter of {year}",
                _iso(start),
                _iso(end),
            )
        case "month":
            return month_window(year, rng.randint(1, 12))
        case "since":
            return Window(
                f"since {year}", _iso(datetime.date(year, 1, 1)), _iso(datetime.date(last + 1, 1, 1))
            )
        case "until":
            return Window(
                f"until the end of {year}",
                _iso(datetime.date(1900, 1, 1)),
                _iso(datetime.date(year + 1, 1, 1)),
            )
        case "years":
            other = rng.randint(first, last)
            low, high = min(year, other), max(year, other)
            words = f"in {low}" if low == high else f"from {low} to {high}, both years included"
            return Window(words, _iso(datetime.date(low, 1, 1)), _iso(datetime.date(high + 1, 1, 1)))
        case _:
            return year_window(year)


def year_window(year: int) -> Window:
    return Window(f"in {year}", _iso(datetime.date(year, 1, 1)), _iso(datetime.date(year + 1, 1, 1)))


def month_window(year: int, month: int) -> Window:
    start = datetime.date(year, month, 1)
    end = datetime.date(year + month // 12, month % 12 + 1, 1)
    return Window(f"in {start:%B} {year}", _iso(start), _iso(end))
