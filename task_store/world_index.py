"""The index of a world's databases, built with the world: what `request_info` looks things up in.

One pass over each table counts the values of every column, and gathers the text values of all
columns as terms that are found by their trigrams (SQLite's FTS5). A column of more than
`MAX_DIFFERENT` values (ids, times) keeps a few examples: nobody looks for a term there. Memory is
bounded by that, not by rows.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from task_store.cells import Cell, moment
from task_store.terms import trigrams

INDEX = "index.sqlite"
MAX_DIFFERENT = 50_000
"""Values of one column that are kept and can be found."""
_EXAMPLES = 100
_MAX_TERM_CHARS = 200
_BATCH = 5_000

_SCHEMA = """
CREATE TABLE tables (name TEXT PRIMARY KEY, file TEXT NOT NULL, rows INTEGER NOT NULL, meaning TEXT NOT NULL);
CREATE TABLE columns (
    id INTEGER PRIMARY KEY, "table" TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    meaning TEXT NOT NULL, filled INTEGER NOT NULL, different INTEGER);
CREATE TABLE "values" (
    "column" INTEGER, place INTEGER, value, count INTEGER, PRIMARY KEY ("column", place)) WITHOUT ROWID;
CREATE TABLE terms (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, grams INTEGER NOT NULL);
CREATE INDEX terms_by_length ON terms (length(text), text, grams);
CREATE INDEX terms_by_start ON terms (text COLLATE NOCASE);
CREATE TABLE places (
    term INTEGER, "column" INTEGER, count INTEGER, PRIMARY KEY (term, "column")) WITHOUT ROWID;
CREATE VIRTUAL TABLE grams USING fts5 (text, content='', tokenize='trigram', detail='none');
CREATE VIRTUAL TABLE gram_counts USING fts5vocab (grams, 'row');
"""


def build_index(world: Path, index: Path, *, meanings: Mapping[str, str] | None = None) -> None:
    """Write the index of every `*.sqlite` file in a world's folder.

    Args:
        world: the folder that kernels see.
        index: the new file.
        meanings: what a `table` or a `table.column` means, in words.
    """
    with closing(sqlite3.connect(index)) as out:
        out.execute("PRAGMA journal_mode = OFF").fetchall()
        out.execute("PRAGMA synchronous = OFF")
        out.executescript(_SCHEMA)
        terms = _Terms(out)
        for file in sorted(world.rglob("*.sqlite")):
            with closing(
                sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
            ) as source:
                for table in _tables(source):
                    _index_table(source, table, file.relative_to(world).as_posix(), terms, meanings or {})
        out.commit()


def _tables(source: sqlite3.Connection) -> list[str]:
    rows = source.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    )
    return [name for (name,) in rows]


def _index_table(
    source: sqlite3.Connection, table: str, file: str, terms: "_Terms", meanings: Mapping[str, str]
) -> None:
    out = terms.out
    declared = [(name, type_) for _, name, type_, *_ in source.execute(f"PRAGMA table_info({quoted(table)})")]
    columns = [_Column() for _ in declared]
    rows = 0
    for batch in _batches(source, table):
        rows += len(batch)
        for column, cells in zip(columns, zip(*batch, strict=True), strict=True):
            column.add(cells)
    out.execute("INSERT INTO tables VALUES (?, ?, ?, ?)", (table, file, rows, meanings.get(table, "")))
    for (name, type_), column in zip(declared, columns, strict=True):
        meaning = meanings.get(f"{table}.{name}", "")
        about = (None, table, name, type_, meaning, column.filled, column.different)
        number = out.execute("INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?, ?)", about).lastrowid
        assert number is not None
        counted = column.most_frequent()
        out.executemany(
            'INSERT INTO "values" VALUES (?, ?, ?, ?)',
            ((number, place, value, count) for place, (value, count) in enumerate(counted)),
        )
        if column.different is not None:
            terms.add(number, counted)


def _batches(source: sqlite3.Connection, table: str) -> Iterator[list[tuple[Cell, ...]]]:
    cursor = source.execute(f"SELECT * FROM {quoted(table)}")  # noqa: S608  # a name of ours, quoted
    while batch := cursor.fetchmany(_BATCH):
        yield batch


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@dataclass
class _Column:
    """The values of a column, as far as they are kept."""

    filled: int = 0
    """Cells that are not NULL."""
    counts: Counter[Cell] = field(default_factory=Counter)
    overfull: bool = False

    @property
    def different(self) -> int | None:
        return None if self.overfull else len(self.counts)

    def add(self, cells: tuple[Cell, ...]) -> None:
        self.filled += len(cells) - cells.count(None)
        if self.overfull:
            return
        self.counts.update(cells)
        del self.counts[None]
        if len(self.counts) > MAX_DIFFERENT:
            self.overfull = True
            self.counts = Counter(dict(list(self.counts.items())[:_EXAMPLES]))

    def most_frequent(self) -> list[tuple[Cell, int | None]]:
        """Values with counts, the most frequent first; a few, uncounted, where there are too many."""
        if self.overfull:
            return [(value, None) for value in self.counts]
        ranked = sorted(self.counts.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
        ranked.sort(key=lambda pair: pair[1], reverse=True)
        return list(ranked)


@dataclass
class _Terms:
    """Writes terms, each once however many columns hold it."""

    out: sqlite3.Connection

    def add(self, column: int, counted: list[tuple[Cell, int | None]]) -> None:
        for value, count in counted:
            if isinstance(value, str) and 0 < len(value) <= _MAX_TERM_CHARS and moment(value) is None:
                self.out.execute("INSERT INTO places VALUES (?, ?, ?)", (self._number(value), column, count))

    def _number(self, text: str) -> int:
        new = self.out.execute("INSERT OR IGNORE INTO terms VALUES (NULL, ?, ?)", (text, len(trigrams(text))))
        if new.rowcount and new.lastrowid is not None:
            self.out.execute("INSERT INTO grams (rowid, text) VALUES (?, ?)", (new.lastrowid, text))
            return new.lastrowid
        (number,) = self.out.execute("SELECT id FROM terms WHERE text = ?", (text,)).fetchone()
        return int(number)
