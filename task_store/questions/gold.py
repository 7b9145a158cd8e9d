"""From a template and its slots to rows, and from rows to how they are judged.

The executed SQL is the only source of golds.
"""

import sqlite3
from collections.abc import Sequence

from task_store.questions.template import Slots, Template

Cell = str | int | float | None
Rows = tuple[tuple[Cell, ...], ...]

MAX_ROWS = 40
"""Questions with longer answers are not asked."""
_SIGNIFICANT = 4


def execute(template: Template, slots: Slots, database: sqlite3.Connection) -> Rows | None:
    """The gold's rows; None when the answer hangs on a tie or is too long to be asked for."""
    if template.ties and database.execute(template.ties, dict(slots)).fetchone() is not None:
        return None
    rows = database.execute(template.sql, dict(slots)).fetchmany(MAX_ROWS + 1)
    return None if len(rows) > MAX_ROWS else tuple(tuple(row) for row in rows)


def is_empty(rows: Rows) -> bool:
    """No rows, or nothing but NULL in them."""
    return all(cell is None for row in rows for cell in row)


def fingerprint(rows: Rows, *, ordered: bool) -> str:
    """Equal for answers that a grader could take for one another; counts how answers spread."""
    lines = ["\t".join(_normal(cell) for cell in row) for row in rows]
    return "\n".join(lines if ordered else sorted(lines))


def _normal(cell: Cell) -> str:
    if cell is None:
        return "\\N"
    if isinstance(cell, str):
        return cell.strip().casefold()
    return f"{float(cell):.{_SIGNIFICANT}g}"


def as_rows(rows: Sequence[Sequence[Cell]]) -> Rows:
    """Any sequences of sequences as tuples of tuples."""
    return tuple(tuple(row) for row in rows)
