"""What the templates of this family share: draws from the world, and snippets."""

import datetime
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from task_store.questions import Draw, Pool, Slots, Template
from task_store.questions.drawing import Row, Window, a_record, a_row, a_window
from task_store.questions.template import Scalar
from task_store.worlds.eicu.clock import CURRENT_TIME

FIRST_YEAR, LAST_YEAR = 2100, 2105

MINE = "patientunitstayid IN (SELECT patientunitstayid FROM patient WHERE uniquepid = :pid)"
"""SQL: rows of this patient."""
VISIT = (
    "patientunitstayid IN (SELECT patientunitstayid FROM patient WHERE patienthealthsystemstayid = :visit)"
)
"""SQL: rows of this hospital stay."""

P = 'p = table("patient")\n'
MY_STAYS = P + "stays = p[p.uniquepid == pid]\n"
VISIT_STAYS = P + "stays = p[p.patienthealthsystemstayid == visit]\n"
"""Reference: the patient table as `p`, the unit stays in question as `stays`."""

Pick = str | Callable[[random.Random, Row], Scalar | None]
"""A column of the drawn row, or a function of it; None drops the draw."""


def about(table: str, where: str = "1", *, around: str | None = None, **picks: Pick) -> Draw:
    """A draw from a row of the table and its patient row.

    Args:
        table: where the row comes from.
        where: condition on that table's columns.
        around: also draw a span of time, as the slots `when`, `start` and `end`; most contain the time
            in this column.
        picks: slot -> where its value comes from.
    """

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        row = a_row(rng, database, table, where)
        if row is None:
            return None
        if table != "patient" and "patientunitstayid" in row:
            row |= (
                a_record(
                    rng,
                    database,
                    "SELECT * FROM patient WHERE patientunitstayid = :stay",
                    {"stay": _stay(row)},
                )
                or {}
            )
        slots: dict[str, Scalar] = dict(_span_around(rng, str(row[around])).slots()) if around else {}
        for slot, pick in picks.items():
            value = row[pick] if isinstance(pick, str) else pick(rng, row)
            if value is None:
                return None
            slots[slot] = value
        return slots

    return draw


def with_other(draw: Draw, sql: str) -> Draw:
    """The draw, with more slots from one row of a query over its slots (a column is a slot)."""

    def both(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = draw(rng, database)
        other = a_record(rng, database, sql, slots) if slots is not None else None
        if slots is None or other is None or None in other.values():
            return None
        return {**slots, **{name: value for name, value in other.items() if value is not None}}

    return both


def only_if(draw: Draw, sql: str) -> Draw:
    """The draw, dropped unless the query over its slots gives a row."""

    def checked(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = draw(rng, database)
        if slots is None or database.execute(sql, dict(slots)).fetchone() is None:
            return None
        return slots

    return checked


def one_of(*choices: Scalar) -> Pick:
    return lambda rng, row: rng.choice(choices)


def about_value(column: str, low: float, high: float, decimals: int = 0) -> Pick:
    """A threshold at some share of the drawn row's value."""

    def pick(rng: random.Random, row: Row) -> Scalar | None:
        value = row[column]
        if not isinstance(value, int | float):
            return None
        near = round(value * rng.uniform(low, high), decimals)
        return near if decimals else int(near)

    return pick


def span(rng: random.Random) -> Window:
    """Calendar spans, and days counted back from the current time."""
    if rng.random() < 0.75:
        return a_window(rng, first=FIRST_YEAR, last=LAST_YEAR)
    days = rng.randint(3, 90) * 10
    now = datetime.datetime.fromisoformat(CURRENT_TIME)
    start = now - datetime.timedelta(days=days)
    return Window(f"in the last {days} days", str(start), str(now + datetime.timedelta(minutes=1)))


def _span_around(rng: random.Random, time: str) -> Window:
    for _ in range(4):
        drawn = span(rng)
        if drawn.start <= time < drawn.end:
            break
    return drawn


def _stay(row: Row) -> Scalar:
    stay = row["patientunitstayid"]
    assert stay is not None
    return stay


@dataclass(frozen=True)
class Asking:
    """Makes the templates of one pool and category."""

    pool: Pool
    category: str

    def __call__(
        self,
        key: str,
        phrasings: tuple[str, ...],
        draw: Draw,
        *,
        sql: str,
        reference: str,
        columns: tuple[str, ...],
        ordered: bool = False,
        ties: str = "",
    ) -> Template:
        return Template(
            key=key,
            pool=self.pool,
            category=self.category,
            phrasings=phrasings,
            draw=draw,
            sql=sql,
            reference=reference,
            columns=columns,
            ordered=ordered,
            ties=ties,
        )
