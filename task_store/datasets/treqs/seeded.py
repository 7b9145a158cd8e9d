"""A stand-in for MIMICSQL made from the queries of released records.

Each query gets a witness: an admission that fulfils its conditions, so that there is something to
find. Admissions named by the same patient, subject or admission id are one. Beside them stand
invented patients of the world `mimicsql`, who are given values from the queries too, the commoner
the oftener, so that counts differ.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from task_store.released_sql.conditions import Condition, conditions, tables
from task_store.worlds.mimicsql import events, schema
from task_store.worlds.mimicsql.build import a_patient
from task_store.worlds.mimicsql.patients import Admission, Patient
from task_store.worlds.mimicsql.titles import DIAGNOSES, PROCEDURES

_SEED = 20200401
_BACKGROUND = 400
"""Invented patients beside the witnesses."""
_BORROWED = 12
"""Values from queries that a background admission gets."""
_MODELS = 60
_EVENTS = tuple(table for table in schema.TABLES if table != "demographic")
_IDENTITIES = ("name", "subject_id", "hadm_id")

Record = dict[str, str | int | None]


@dataclass
class _Witness:
    """One admission in the making, with its rows of the other tables."""

    demographic: Record
    rows: dict[str, list[Record]] = field(default_factory=lambda: {table: [] for table in _EVENTS})


def seed(database: sqlite3.Connection, queries: Iterable[str]) -> None:
    """Fill an empty database; deterministic for the queries."""
    asked = [_Query(conditions(sql), tables(sql)) for sql in queries]
    database.executescript(schema.create_sql())
    for witness in _witnesses(asked):
        _insert(database, "demographic", [witness.demographic])
        for table, rows in witness.rows.items():
            _insert(database, table, rows)
    _background(database, asked)
    database.executescript(schema.index_sql())


@dataclass(frozen=True)
class _Query:
    conditions: list[Condition]
    tables: list[str]

    def of(self, table: str) -> Record:
        """Column -> a value that fulfils the query's condition on it."""
        known = schema.TABLES.get(table, ())
        return {c.column: c.witness() for c in self.conditions if c.table == table and c.column in known}


def _witnesses(asked: list[_Query]) -> Iterator[_Witness]:
    made: dict[str, _Witness] = {}
    for number, query in enumerate(asked):
        wanted = query.of("demographic")
        for table in query.tables:
            wanted |= {c: v for c, v in query.of(table).items() if c in ("subject_id", "hadm_id")}
        identity = next(
            (f"{column}={wanted[column]}".lower() for column in _IDENTITIES if column in wanted), None
        )
        key = identity or f"query {number}"
        if key not in made:
            made[key] = _Witness(_admission(_BACKGROUND + number))
        witness = made[key]
        witness.demographic |= wanted
        for table in query.tables:
            if table in _EVENTS:
                witness.rows[table].append(_event(table, query.of(table), witness.demographic, number))
    yield from made.values()


def _admission(number: int) -> Record:
    _, patient = a_patient(_SEED, number)
    return dict(zip(schema.TABLES["demographic"], patient.demographic_rows()[0], strict=True))


def _event(table: str, wanted: Record, stay: Record, number: int) -> Record:
    """An invented row of the table with the wanted values and the stay's ids."""
    models = _models()[table]
    made: Record = dict(zip(schema.TABLES[table], models[number % len(models)], strict=True))
    return made | wanted | {"subject_id": stay["subject_id"], "hadm_id": stay["hadm_id"]}


@cache
def _models() -> dict[str, list[events.Row]]:
    """Rows of a few invented patients, which give made rows the columns that no query names."""
    found: dict[str, list[events.Row]] = {table: [] for table in _EVENTS}
    for number in range(_MODELS):
        rng, patient = a_patient(_SEED, number)
        for table in _EVENTS:
            for stay in patient.admissions:
                found[table] += _rows(table, rng, patient, stay)
    return found


def _rows(table: str, rng: random.Random, patient: Patient, stay: Admission) -> Iterator[events.Row]:
    match table:
        case "diagnoses":
            yield from events.diagnosis_rows(rng, patient, stay, DIAGNOSES)
        case "procedures":
            yield from events.procedure_rows(rng, patient, stay, PROCEDURES)
        case "prescriptions":
            yield from events.prescription_rows(rng, patient, stay)
        case _:
            yield from events.lab_rows(rng, patient, stay)


def _background(database: sqlite3.Connection, asked: list[_Query]) -> None:
    """Patients that no query names; each admission borrows some queries' values, the same ones often."""
    wanted = {table: _popular(asked, table) for table in _EVENTS}
    for number in range(_BACKGROUND):
        rng, patient = a_patient(_SEED, number)
        demographic = [
            dict(zip(schema.TABLES["demographic"], row, strict=True)) for row in patient.demographic_rows()
        ]
        _insert(database, "demographic", demographic)
        for stay in patient.admissions:
            ids: Record = {"subject_id": patient.subject_id, "hadm_id": stay.hadm_id}
            for table in _EVENTS:
                rows: list[Record] = [
                    dict(zip(schema.TABLES[table], row, strict=True))
                    for row in _rows(table, rng, patient, stay)
                ]
                if wanted[table]:
                    share = _BORROWED // len(_EVENTS)
                    weights = [1 / (rank + 2) for rank in range(len(wanted[table]))]
                    rows += [
                        _event(table, borrowed, ids, number)
                        for borrowed in rng.choices(wanted[table], weights=weights, k=share)
                    ]
                _insert(database, table, rows)


def _popular(asked: list[_Query], table: str) -> list[Record]:
    """Different sets of wanted values, the most asked for first."""
    counts = Counter(
        tuple(sorted((c, str(v)) for c, v in query.of(table).items() if c not in ("subject_id", "hadm_id")))
        for query in asked
        if table in query.tables
    )
    return [dict(values) for values, _ in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])) if values]


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[Record]) -> None:
    columns = schema.TABLES[table]
    database.executemany(schema.insert_sql(table), [tuple(row.get(c) for c in columns) for row in rows])
