"""Writes the world: patients one after another into SQLite, so memory stays bounded."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from task_store.worlds.mimicsql import events, schema
from task_store.worlds.mimicsql.patients import Patient, make_patient
from task_store.worlds.mimicsql.profiles import PROFILES
from task_store.worlds.mimicsql.titles import DIAGNOSES, PROCEDURES

_BATCH = 100
"""Patients whose rows are held at once."""

Rows = dict[str, list[events.Row]]


class MimicSql:
    """MIMICSQL's five tables with invented patients; fulfils `task_store.world.World`."""

    name = "mimicsql"
    summary = schema.SUMMARY

    def build(self, folder: Path, *, seed: int, patients: int) -> None:
        """Write `mimicsql.sqlite` into `folder`."""
        with closing(sqlite3.connect(folder / schema.DATABASE)) as database:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
                database.execute(f"PRAGMA {pragma}").fetchall()
            database.executescript(schema.create_sql())
            for rows in _batches(seed, patients):
                for table, lines in rows.items():
                    database.executemany(schema.insert_sql(table), lines)
            database.commit()
            database.executescript(schema.index_sql())


def _batches(seed: int, patients: int) -> Iterator[Rows]:
    for start in range(0, patients, _BATCH):
        rows: Rows = {table: [] for table in schema.TABLES}
        for number in range(start, min(start + _BATCH, patients)):
            _add(rows, *a_patient(seed, number))
        yield rows


def a_patient(seed: int, number: int) -> tuple[random.Random, Patient]:
    """The patient, and the generator that goes on to the events of this patient.

    The first patients have one reason of admission each: no world is without an illness.
    """
    rng = random.Random(f"{seed}/{number}")
    first = PROFILES[number] if number < len(PROFILES) else None
    return rng, make_patient(rng, number, first)


def _add(rows: Rows, rng: random.Random, patient: Patient) -> None:
    rows["demographic"] += patient.demographic_rows()
    for stay in patient.admissions:
        rows["diagnoses"] += events.diagnosis_rows(rng, patient, stay, DIAGNOSES)
        rows["procedures"] += events.procedure_rows(rng, patient, stay, PROCEDURES)
        rows["prescriptions"] += events.prescription_rows(rng, patient, stay)
        rows["lab"] += events.lab_rows(rng, patient, stay)
