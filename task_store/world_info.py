"""Questions about a world's data, and their answers out of its index.

This is MedAgentGym's `request_info` (arXiv 2506.04405): which tables and columns there are, which
values a column holds, and where a term that may be misspelt or cut off occurs.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field

from task_store.errors import StoreError
from task_store.terms import similar_terms
from task_store.types import Model

PAGE = 50
"""Values on a page."""
TERMS = 20
"""Places of terms in an answer."""
MAX_TERM_CHARS = 200


class InfoError(StoreError):
    """The question cannot be answered; says what to ask instead."""


class InfoQuery(Model):
    """What is asked."""

    about: Literal["tables", "columns", "values", "term"]
    table: str | None = None
    """For `columns` (None: of all tables) and `values`; for `term`, to look in this table only."""
    column: str | None = None
    """For `values`; for `term`, to look in this column only."""
    term: str | None = Field(default=None, max_length=MAX_TERM_CHARS)
    page: int = Field(default=1, ge=1)
    """For `values`: 50 a page, the most frequent first."""


class TableInfo(Model):
    name: str
    file: str
    """SQLite file, relative to the world's folder."""
    rows: int
    columns: int
    meaning: str


class ColumnInfo(Model):
    table: str
    name: str
    type: str
    meaning: str
    filled: int
    """Cells that are not NULL."""
    different: int | None
    """None: too many to be counted in the index."""


class ValueInfo(Model):
    value: str | int | float
    count: int | None
    """None: an example of too many values."""


class TermInfo(Model):
    term: str
    """As it stands in the data."""
    table: str
    column: str
    count: int
    similarity: float
    """0 to 1; 1: the term itself."""


class InfoReply(Model):
    """What was found; only the field of the question's kind is filled."""

    tables: tuple[TableInfo, ...] = ()
    columns: tuple[ColumnInfo, ...] = ()
    values: tuple[ValueInfo, ...] = ()
    terms: tuple[TermInfo, ...] = ()
    pages: int = 1
    """For `values`: how many pages there are."""


class WorldInfo:
    """Read access to a world's index; any thread may ask."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def ask(self, query: InfoQuery) -> InfoReply:
        """Raises:
        InfoError: there is no such table, column or page, or something is missing in the question.
        """
        with self._open() as index:
            match query.about:
                case "tables":
                    return InfoReply(tables=_tables(index))
                case "columns":
                    table = None if query.table is None else _known_table(index, query.table)
                    return InfoReply(columns=_columns(index, table))
                case "values":
                    return _values(index, query)
                case "term":
                    return InfoReply(terms=_terms(index, query))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._index.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection


def _tables(index: sqlite3.Connection) -> tuple[TableInfo, ...]:
    rows = index.execute(
        'SELECT name, file, rows, (SELECT count(*) FROM columns WHERE "table" = tables.name), meaning '
        "FROM tables ORDER BY name"
    )
    return tuple(TableInfo(name=n, file=f, rows=r, columns=c, meaning=m) for n, f, r, c, m in rows)


def _columns(index: sqlite3.Connection, table: str | None) -> tuple[ColumnInfo, ...]:
    rows = index.execute(
        'SELECT "table", name, type, meaning, filled, different FROM columns '
        'WHERE ? IS NULL OR "table" = ? ORDER BY id',
        (table, table),
    )
    return tuple(
        ColumnInfo(table=t, name=n, type=k, meaning=m, filled=f, different=d) for t, n, k, m, f, d in rows
    )


def _values(index: sqlite3.Connection, query: InfoQuery) -> InfoReply:
    if query.table is None or query.column is None:
        raise InfoError("To see values, name a table and a column.")
    column = _known_column(index, _known_table(index, query.table), query.column)
    (count,) = index.execute(
        'SELECT coalesce(different, (SELECT count(*) FROM "values" WHERE "column" = columns.id))'
        " FROM columns WHERE id = ?",
        (column,),
    ).fetchone()
    pages = max(1, -(-count // PAGE))
    if query.page > pages:
        raise InfoError(f"There are {pages} pages of values.")
    rows = index.execute(
        'SELECT value, count FROM "values" WHERE "column" = ? AND place >= ? ORDER BY place LIMIT ?',
        (column, (query.page - 1) * PAGE, PAGE),
    )
    return InfoReply(values=tuple(ValueInfo(value=value, count=n) for value, n in rows), pages=pages)


def _known_table(index: sqlite3.Connection, name: str) -> str:
    names = [found for (found,) in index.execute("SELECT name FROM tables ORDER BY name")]
    return _one_of(name, names, "table")


def _known_column(index: sqlite3.Connection, table: str, name: str) -> int:
    ids = dict(
        index.execute('SELECT name, id FROM columns WHERE "table" = ? ORDER BY id', (table,)).fetchall()
    )
    return int(ids[_one_of(name, list(ids), f"column of {table}")])


def _one_of(name: str, names: list[str], what: str) -> str:
    by_key = {known.casefold(): known for known in names}
    found = by_key.get(name.strip().casefold())
    if found is None:
        near = get_close_matches(name.strip().casefold(), list(by_key), n=3)
        hint = ", ".join(by_key[key] for key in near) or ", ".join(names)
        raise InfoError(f"There is no {what} named {name[:60]!r}; there is: {hint}.")
    return found


def _terms(index: sqlite3.Connection, query: InfoQuery) -> tuple[TermInfo, ...]:
    wanted = "".join(char for char in query.term or "" if char.isprintable()).strip()
    if not wanted:
        raise InfoError("To find a term, say which.")
    table = None if query.table is None else _known_table(index, query.table)
    if query.column is not None and table is not None:
        _known_column(index, table, query.column)
    found: list[TermInfo] = []
    for similar in similar_terms(index, wanted):
        if len(found) >= TERMS:
            break
        for place, column, count in similar.places(index, table, query.column):
            found.append(
                TermInfo(
                    term=similar.text,
                    table=place,
                    column=column,
                    count=count,
                    similarity=round(similar.score, 3),
                )
            )
    return tuple(found[:TERMS])
