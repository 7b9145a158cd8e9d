"""Cells of a result set: the kinds a column may have, and which kind given values show.

SQLite has no dates and no booleans of its own; a column of dates is text, a yes/no is 0 or 1.
"""

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from pydantic import StrictFloat, StrictInt, StrictStr

ColumnKind = Literal["integer", "number", "text", "moment", "boolean"]
"""`number` is judged with a tolerance, `integer` exactly; `moment` is a date or a date with a time."""

Cell: TypeAlias = StrictInt | StrictFloat | StrictStr | None
Row: TypeAlias = tuple[Cell, ...]

_MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}[0-9]*)?)?)(?:Z|\+00:00)?)?"
)
_MICROSECONDS = re.compile(r"(\.[0-9]{1,6})[0-9]*$")


def moment(text: str) -> datetime.datetime | None:
    """The ISO date (its midnight) or date and time that the text is; None when it is none."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    time = match["time"] or "00:00"
    if "." in time:
        time = _MICROSECONDS.sub(r"\1", time)
    try:
        return datetime.datetime.fromisoformat(f"{match['date']} {time}")
    except ValueError:
        return None


def fits(kind: ColumnKind, cell: Cell) -> bool:
    """Whether a column of this kind can hold the cell as a gold; NULL fits everywhere."""
    match cell:
        case None:
            return True
        case bool():
            return False
        case int():
            return kind in {"integer", "number"} or (kind == "boolean" and cell in {0, 1})
        case float():
            return kind == "number" and math.isfinite(cell)
        case str():
            return kind == "text" or (kind == "moment" and moment(cell) is not None)


def kinds_of(rows: Iterable[Sequence[Cell]], width: int) -> tuple[ColumnKind, ...]:
    """The narrowest kind of each column; a yes/no column cannot be told from integers.

    Raises:
        ValueError: a column holds text beside numbers, or values of no kind (blobs, NaN).
    """
    rows = list(rows)
    return tuple(_kind([row[column] for row in rows], column) for column in range(width))


def _kind(cells: list[Cell], column: int) -> ColumnKind:
    preferred: tuple[ColumnKind, ...] = ("integer", "number", "moment", "text")
    if all(cell is None for cell in cells):
        return "text"
    for kind in preferred:
        if all(fits(kind, cell) for cell in cells):
            return kind
    raise ValueError(f"column {column + 1} holds values of several kinds: cast it in the query")
