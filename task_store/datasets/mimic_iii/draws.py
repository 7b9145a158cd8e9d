"""What this family's questions are about: patients, stays, items and times, drawn from the world."""

import random
import sqlite3
from collections.abc import Callable, Sequence

from task_store.questions.drawing import a_record, a_row, a_window
from task_store.questions.template import Draw, Slots

FIRST_YEAR, LAST_YEAR = 2100, 2105

Value = str | int | float


def of(table: str, *columns: str, where: str = "1") -> Draw:
    """The named columns of a row of the table, none of them NULL."""

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        row = a_row(rng, database, table, where)
        found = {} if row is None else {c: v for c in columns if (v := row[c]) is not None}
        return found if len(found) == len(columns) else None

    return draw


def measured(table: str, *columns: str, where: str = "1") -> Draw:
    """As `of`, with the item's label as the slot `item`; for labs and bedside values."""
    names = "d_labitems" if table == "labevents" else "d_items"
    plain = of(table, *columns, "itemid", where=where)

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = plain(rng, database)
        if slots is None:
            return None
        (label,) = database.execute(
            f"SELECT label FROM {names} WHERE itemid = ?",  # noqa: S608  # one of two names
            (slots["itemid"],),
        ).fetchone()
        return {c: slots[c] for c in columns} | {"item": label}

    return draw


def titled(table: str, *columns: str, slot: str) -> Draw:
    """As `of`, with the short title of the row's ICD-9 code as the named slot."""
    names = "d_icd_diagnoses" if table == "diagnoses_icd" else "d_icd_procedures"
    plain = of(table, *columns, "icd9_code")

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = plain(rng, database)
        if slots is None:
            return None
        (title,) = database.execute(
            f"SELECT short_title FROM {names} WHERE icd9_code = ?",  # noqa: S608  # one of two names
            (slots["icd9_code"],),
        ).fetchone()
        return {c: slots[c] for c in columns} | {slot: title}

    return draw


def one_of(slot: str, values: Sequence[Value]) -> Draw:
    return lambda rng, _: {slot: rng.choice(values)}


def between(slot: str, low: int, high: int) -> Draw:
    """A whole number, both ends included."""
    return lambda rng, _: {slot: rng.randint(low, high)}


def query(sql: str) -> Draw:
    """One row of a small result in a stable order; no slot may be NULL."""

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        row = a_record(rng, database, sql)
        if row is None:
            return None
        found = {name: value for name, value in row.items() if value is not None}
        return found if len(found) == len(row) else None

    return draw


def window(rng: random.Random, _: sqlite3.Connection) -> Slots:
    """A span of time as the slots `when`, `start` and `end`."""
    return a_window(rng, first=FIRST_YEAR, last=LAST_YEAR).slots()


year = between("year", FIRST_YEAR, LAST_YEAR)


def both(*draws: Draw) -> Draw:
    """All slots of several draws; nothing when one of them came to nothing."""

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots: dict[str, Value] = {}
        for each in draws:
            found = each(rng, database)
            if found is None:
                return None
            slots |= found
        return slots

    return draw


def then(first: Draw, second: Callable[[Slots, random.Random, sqlite3.Connection], Slots | None]) -> Draw:
    """Slots that depend on slots drawn before."""

    def draw(rng: random.Random, database: sqlite3.Connection) -> Slots | None:
        slots = first(rng, database)
        more = None if slots is None else second(slots, rng, database)
        return None if slots is None or more is None else {**slots, **more}

    return draw


def tied(ranked: str) -> str:
    """SQL that gives a row where two of the ranked rows have equal values.

    Args:
        ranked: a query for the value `v` in rank order, limited to one more row than the question names.
    """
    return f"SELECT 1 FROM ({ranked}) GROUP BY v HAVING COUNT(*) > 1"  # noqa: S608  # templates' own SQL


PATIENT = of("patients", "subject_id")
STAY = of("admissions", "hadm_id")
PAST_STAY = of("admissions", "hadm_id", where="dischtime IS NOT NULL")
ICU_STAY = of("icustays", "icustay_id", where="outtime IS NOT NULL")
IN_HOSPITAL = query("SELECT subject_id FROM admissions WHERE dischtime IS NULL ORDER BY row_id")
RETURNED = query(
    "SELECT subject_id FROM admissions GROUP BY subject_id HAVING COUNT(*) >= 2 ORDER BY subject_id"
)
DIAGNOSIS = titled("diagnoses_icd", slot="diagnosis")
PROCEDURE = titled("procedures_icd", slot="procedure")
DRUG = of("prescriptions", "drug")
ADMISSION_TYPE = one_of("admission_type", ("emergency", "elective", "urgent"))
CARE_UNIT = one_of("careunit", ("micu", "ccu", "csru", "sicu", "tsicu"))
