"""Questions for `request_info`, many of each kind, drawn from an index itself."""

import random
import sqlite3

from task_store.world_info import PAGE, InfoQuery

Questions = tuple[InfoQuery, ...]
_SHORT = ("a", "k", "mg", "iv", "b1", "po", "02", "qz")
_UNKNOWN = ("zzzqqq", "xylophone", "9999999999", "select * from patients where drug", "2105-01-01")
_LONG = (
    "acute", "disease of", "unspecified", "chronic kidney", "other and unspecified", "blood pressure",
    "without mention of complication", "sodium chloride",
    "patient with acute respiratory failure and unspecified other disease of the heart",
)  # fmt: skip
"""Words that very many terms have."""


def questions(index: sqlite3.Connection, rng: random.Random, *, terms: int) -> dict[str, Questions]:
    """Questions by kind.

    Args:
        index: a world's index.
        rng: draws terms; equal for equal ones.
        terms: how many terms in each spelling, or all where there are fewer.
    """
    known = [text for (text,) in index.execute("SELECT text FROM terms ORDER BY id")]
    some = rng.sample(known, min(terms, len(known)))
    columns = index.execute('SELECT "table", name, id FROM columns ORDER BY id').fetchall()
    tables = sorted({table for table, _, _ in columns})
    return {
        "tables": (InfoQuery(about="tables"),) * 10,
        "columns": (InfoQuery(about="columns"), *(InfoQuery(about="columns", table=t) for t in tables)),
        "values": tuple(query for column in columns for query in _pages(index, *column)),
        "term as it stands": _terms(some),
        "term misspelt": _terms([_misspelt(rng, text) for text in some]),
        "term cut off": _terms([text[: max(4, len(text) // 2)] for text in some]),
        "term of one or two letters": _terms(list(_SHORT)),
        "term of frequent words": _terms(list(_LONG)),
        "term in one table": tuple(
            InfoQuery(about="term", term=_misspelt(rng, text), table=rng.choice(tables)) for text in some
        ),
        "term that is nowhere": _terms(list(_UNKNOWN)),
    }


def _terms(texts: list[str]) -> Questions:
    return tuple(InfoQuery(about="term", term=text) for text in texts)


def _misspelt(rng: random.Random, text: str) -> str:
    """Without one of its letters."""
    if len(text) < 4:  # shorter ones would be gone
        return text
    gone = rng.randrange(len(text))
    return text[:gone] + text[gone + 1 :]


def _pages(index: sqlite3.Connection, table: str, column: str, number: int) -> Questions:
    """The first page of a column's values, the middle and the last."""
    (count,) = index.execute('SELECT count(*) FROM "values" WHERE "column" = ?', (number,)).fetchone()
    last = max(1, -(-count // PAGE))
    pages = sorted({1, (last + 1) // 2, last})
    return tuple(InfoQuery(about="values", table=table, column=column, page=page) for page in pages)
