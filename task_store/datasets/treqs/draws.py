"""How questions get their values: from rows that exist, so that most questions have an answer."""

import random
import sqlite3

from task_store.questions import drawing
from task_store.questions.template import Draw, Scalar, Slots

_WORDS = {"F": "female", "M": "male"}
FIRST_YEAR, LAST_YEAR = 2096, 2105


def some(table: str, where: str = "1", **columns: str) -> Draw:
    """Values of one row.

    Args:
        table: where the row is from.
        where: an SQL condition that the row fulfils.
        columns: slot name -> column. A gender brings the slot `word` along ("female").
    """

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        row = drawing.a_row(rng, database, table, where)
        return None if row is None else _slots({slot: row[column] for slot, column in columns.items()})

    return draw


def then(first: Draw, sql: str, *, forget: str = "") -> Draw:
    """The slots of `first`, and the columns of one row of a query over them.

    Args:
        first: drawn before.
        sql: a small result in a stable order.
        forget: names of slots that only lead to the row, separated by blanks.
    """

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = first(rng, database)
        row = None if slots is None else drawing.a_record(rng, database, sql, slots)
        found = None if row is None else _slots(row)
        if slots is None or found is None:
            return None
        left = forget.split()
        return {name: value for name, value in {**slots, **found}.items() if name not in left}

    return draw


def both(*draws: Draw) -> Draw:
    """The slots of all; later ones win."""

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots: dict[str, Scalar] = {}
        for one in draws:
            drawn = one(rng, database)
            if drawn is None:
                return None
            slots |= drawn
        return slots

    return draw


def number(slot: str, low: int, high: int, step: int = 1) -> Draw:
    """A whole number between two, both included."""
    return lambda rng, database: {slot: rng.randrange(low, high + 1, step)}


def window(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
    """A span of time as `when`, `start` and `end`."""
    return drawing.a_window(rng, first=FIRST_YEAR, last=LAST_YEAR).slots()


def differ(draw: Draw, one: str, other: str) -> Draw:
    """No slots where two of them would be the same."""

    def drawn(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = draw(rng, database)
        return None if slots is None or slots[one] == slots[other] else slots

    return drawn


def _slots(values: drawing.Row) -> Slots | None:
    slots: dict[str, Scalar] = {}
    for name, value in values.items():
        if value is None:
            return None
        slots[name] = value
        if name == "gender":
            slots["word"] = _WORDS[str(value)]
    return slots
