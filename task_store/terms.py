"""Finding terms of a world's index that may be misspelt or cut off, by their trigrams.

FTS5 gives the terms that share rare trigrams with the wanted one; the measure of `similarity`
then ranks them. It is that of PostgreSQL's pg_trgm (from memory) with the wanted term's own share
weighing most, so that a part of a long term finds it.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_CANDIDATES = 200
_LEAST_SIMILAR = 0.3
_MOST_READ = 3_000
"""Occurrences of trigrams that a search reads, beyond those of the rarest few."""
_LEAST_GRAMS = 4
_HARD_LIMIT = 6_000
"""Where all are frequent, the rarest few are read only up to here, and the rarest in any case."""
_LAST_CHAR = chr(0x10FFFF)
_WORD = re.compile(r"\w+")


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
    ours = trigrams(wanted)
    found = [
        Similar(number, text, _score(wanted, ours, text, grams))
        for number, text, grams in _candidates(index, wanted)
    ]
    found.sort(key=lambda term: (-term.score, len(term.text), term.text))
    yield from (term for term in found if term.score >= _LEAST_SIMILAR)


def similarity(wanted: str, text: str) -> float:
    """How much of the wanted term stands in the text, and then how little else does; 0 to 1.

    By the trigrams of each word with two spaces before and one after.
    """
    return _score(wanted, trigrams(wanted), text, len(trigrams(text)))


def trigrams(text: str) -> set[str]:
    """The different trigrams of a text's words; the index stores with each term how many it has."""
    return {word[start : start + 3] for word in _padded(text) for start in range(len(word) - 2)}


def _score(wanted: str, ours: set[str], text: str, theirs: int) -> float:
    folded = text.casefold()
    if wanted.casefold() == folded:
        return 1.0
    if not ours or not theirs:
        return 0.5 if wanted.casefold() in folded else 0.0
    words = "\n".join(_padded(text))  # a substring of it without a line end lies inside one word
    shared = sum(gram in words for gram in ours)
    return 0.8 * shared / len(ours) + 0.19 * 2 * shared / (len(ours) + theirs)


def _padded(text: str) -> list[str]:
    return [f"  {word} " for word in _WORD.findall(text.casefold())]


def _candidates(index: sqlite3.Connection, wanted: str) -> list[tuple[int, str, int]]:
    """Terms that share rare trigrams with the wanted one; for very short ones, those that hold it."""
    grams = sorted({wanted[start : start + 3].casefold() for start in range(len(wanted) - 2)})
    if not grams:
        literal = re.sub(r"([%_\\])", r"\\\1", wanted)
        return index.execute(
            "SELECT id, text, grams FROM terms WHERE text LIKE ? ESCAPE '\\'"
            " ORDER BY length(text), text LIMIT ?",
            (f"%{literal}%", _CANDIDATES),
        ).fetchall()
    # Terms that begin with the wanted one, itself first, whatever else shares its trigrams.
    begins = index.execute(
        "SELECT id, text, grams FROM terms WHERE text COLLATE NOCASE >= ? AND text COLLATE NOCASE < ?"
        " ORDER BY text COLLATE NOCASE LIMIT ?",
        (wanted, f"{wanted}{_LAST_CHAR}", _CANDIDATES),
    ).fetchall()
    alike = _sharing(index, grams)
    marks = ", ".join("?" * len(alike))
    found = index.execute(
        f"SELECT id, text, grams FROM terms WHERE id IN ({marks})",  # noqa: S608  # marks only
        alike,
    ).fetchall()
    return list({*begins, *found})


def _sharing(index: sqlite3.Connection, grams: list[str]) -> list[int]:
    """Terms that share most of the trigrams, rare ones weighing more.

    The most frequent trigrams are not read. FTS5's own ranking is of no use: without the places of
    trigrams in the index it gives all terms the same rank.
    """
    marks = ", ".join("?" * len(grams))
    counted = index.execute(
        f"SELECT term, doc FROM gram_counts WHERE term IN ({marks}) ORDER BY doc, term",  # noqa: S608  # marks only
        grams,
    ).fetchall()
    weights: Counter[int] = Counter()
    read = 0
    for place, (gram, count) in enumerate(counted):
        read += count
        if (place >= _LEAST_GRAMS and read > _MOST_READ) or (place and read > _HARD_LIMIT):
            break
        quoted = '"' + gram.replace('"', '""') + '"'
        holding = index.execute("SELECT rowid FROM grams WHERE grams MATCH ?", (quoted,)).fetchall()
        weight = round(1_000_000 / (10 + count))  # whole numbers: sums do not depend on their order
        for (term,) in holding:
            weights[term] += weight
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [term for term, _ in ranked[:_CANDIDATES]]
