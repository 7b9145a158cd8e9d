"""Finding terms of a world's index that may be misspelt or cut off, by their trigrams.

FTS5 gives the terms that share rare trigrams with the wanted one; the measure of `similarity`
then ranks them. It is that of PostgreSQL's pg_trgm (from memory) with the wanted term's own share
weighing most, so that a part of a long term finds it.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

_CANDIDATES = 400
_LEAST_SIMILAR = 0.3


@dataclass(frozen=True)
class Similar:
    """A term of the index."""

    number: int
    text: str
    score: float
    """0 to 1; 1: the wanted term itself."""

    def places(
        self, index: sqlite3.Connection, table: str | None, column: str | None
    ) -> list[tuple[str, str, int]]:
        """Table, column and number of rows, the most rows first; only those asked for."""
        return index.execute(
            'SELECT columns."table", columns.name, places.count'
            ' FROM places JOIN columns ON columns.id = places."column" WHERE places.term = ?'
            ' AND (? IS NULL OR columns."table" = ?) AND (? IS NULL OR lower(columns.name) = lower(?))'
            " ORDER BY places.count DESC, columns.id",
            (self.number, table, table, column, column),
        ).fetchall()


def similar_terms(index: sqlite3.Connection, wanted: str) -> Iterator[Similar]:
    """Terms that look like `wanted`, the most similar first."""
    found = [Similar(number, text, similarity(wanted, text)) for number, text in _candidates(index, wanted)]
    found.sort(key=lambda term: (-term.score, len(term.text), term.text))
    yield from (term for term in found if term.score >= _LEAST_SIMILAR)


def similarity(wanted: str, text: str) -> float:
    """How much of the wanted term stands in the text, and then how little else does; 0 to 1.

    By the trigrams of each word with two spaces before and one after.
    """
    if wanted.casefold() == text.casefold():
        return 1.0
    ours, theirs = _trigrams(wanted), _trigrams(text)
    if not ours or not theirs:
        return 0.5 if wanted.casefold() in text.casefold() else 0.0
    shared = len(ours & theirs)
    return 0.8 * shared / len(ours) + 0.19 * 2 * shared / (len(ours) + len(theirs))


def _trigrams(text: str) -> set[str]:
    words = re.findall(r"\w+", text.casefold())
    return {f"  {word} "[start : start + 3] for word in words for start in range(len(word) + 1)}


def _candidates(index: sqlite3.Connection, wanted: str) -> list[tuple[int, str]]:
    """Terms that share rare trigrams with the wanted one; for very short ones, those that hold it."""
    grams = sorted({wanted[start : start + 3] for start in range(len(wanted) - 2)})
    if not grams:
        return index.execute(
            "SELECT id, text FROM terms WHERE instr(lower(text), lower(?))"
            " ORDER BY length(text), text LIMIT ?",
            (wanted, _CANDIDATES),
        ).fetchall()
    # Terms that begin with the wanted one, itself first, whatever else shares its trigrams.
    start = re.sub(r"([%_\\])", r"\\\1", wanted)
    begins = index.execute(
        "SELECT id, text FROM terms WHERE text LIKE ? ESCAPE '\\' ORDER BY text COLLATE NOCASE LIMIT ?",
        (f"{start}%", _CANDIDATES),
    ).fetchall()
    match = " OR ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
    alike = index.execute(
        "SELECT id, text FROM terms WHERE id IN"
        " (SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY bm25(grams) LIMIT ?)",
        (match, _CANDIDATES),
    ).fetchall()
    return list({*begins, *alike})
