"""From a seed and a number of patients to `mimic_iii.sqlite`.

Patients are drawn one by one, each from a generator of its own, and written in batches: memory does
not grow with their number.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from task_store.worlds import vocabulary
from task_store.worlds.mimic_iii import schema
from task_store.worlds.mimic_iii.clock import written
from task_store.worlds.mimic_iii.events import ICU_ITEMS, LAB_ITEMS, Cell, Chart, write_stay
from task_store.worlds.mimic_iii.people import Leg, Person, Stay, person

_BATCH = 5000


class MimicIII:
    """A hospital whose patients, stays and events are drawn."""

    name = "mimic_iii"
    summary = schema.summary()
    meanings = schema.meanings()

    def build(self, folder: Path, *, seed: int, patients: int) -> None:
        """Write `mimic_iii.sqlite`.

        Args:
            folder: existing, empty.
            seed: equal seeds and sizes give equal bytes.
            patients: how many.
        """
        with _database(folder / "mimic_iii.sqlite") as database:
            tables = _Tables(database)
            _dictionaries(tables)
            writing = _Writing(tables)
            for number in range(patients):
                writing.add(number, random.Random(f"mimic_iii/{seed}/{number}"))
            tables.finish()


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        # A file that fails half-way is thrown away whole, so no journal is needed.
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("PRAGMA cache_size=-16384")  # KiB; the sorting of an index takes as much again
        database.execute("BEGIN")
        for statement in schema.create_statements():
            database.execute(statement)
        yield database
        for statement in schema.index_statements():
            database.execute(statement)
        database.execute("COMMIT")
        database.execute("ANALYZE")
    finally:
        database.close()


class _Tables:
    """Rows on their way to the tables; numbers them."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._insert = {
            table: f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 1))})"  # noqa: S608  # our own names
            for table, columns in schema.TABLES.items()
        }
        self._last = dict.fromkeys(schema.TABLES, 0)
        self._waiting: dict[str, list[tuple[Cell, ...]]] = {table: [] for table in schema.TABLES}

    def add(self, table: str, row: tuple[Cell, ...]) -> int:
        self._last[table] = row_id = self._last[table] + 1
        waiting = self._waiting[table]
        waiting.append((row_id, *row))
        if len(waiting) >= _BATCH:
            self._flush(table)
        return row_id

    def finish(self) -> None:
        for table in self._waiting:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._database.executemany(self._insert[table], self._waiting[table])
        self._waiting[table].clear()


def _dictionaries(tables: _Tables) -> None:
    for table, codes in (
        ("d_icd_diagnoses", vocabulary.diagnoses()),
        ("d_icd_procedures", vocabulary.procedures()),
    ):
        once = {code.code: code for code in codes}
        for key in sorted(once):
            code = once[key]
            tables.add(table, (code.code, code.short_title.lower(), code.long_title.lower()))
    for label, item in LAB_ITEMS.items():
        tables.add("d_labitems", (item, label))
    for (links_to, label), item in ICU_ITEMS.items():
        tables.add("d_items", (item, label, links_to))


class _Writing:
    """Gives out ids and writes one patient after the other."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._stays = 0
        self._icustays = 0

    def add(self, number: int, rng: random.Random) -> None:
        someone = person(rng)
        subject = 1000 + 7 * number + rng.randrange(7)
        died = None if someone.died is None else written(someone.died)
        self._tables.add("patients", (subject, someone.gender, written(someone.born), died))
        baseline: dict[str, float] = {}
        for stay in someone.stays:
            self._stay(rng, subject, someone, stay, baseline)

    def _stay(
        self, rng: random.Random, subject: int, someone: Person, stay: Stay, baseline: dict[str, float]
    ) -> None:
        hadm = 100_000 + 5 * self._stays + rng.randrange(5)
        self._stays += 1
        self._tables.add(
            "admissions",
            (
                subject, hadm, written(stay.admitted), None if stay.left is None else written(stay.left),
                stay.kind, stay.came_from, stay.went_to, someone.insurance, someone.language,
                someone.marital_status, someone.ethnicity, stay.age,
            ),
        )  # fmt: skip
        icu = self._places(rng, subject, hadm, stay)
        write_stay(Chart(rng, self._tables.add, stay, subject, hadm, baseline), icu)

    def _places(self, rng: random.Random, subject: int, hadm: int, stay: Stay) -> list[tuple[int, Leg]]:
        icu: list[tuple[int, Leg]] = []
        for place, leg in enumerate(stay.legs):
            icustay = None
            end = None if leg.end is None else written(leg.end)
            if leg.unit is not None:
                icustay = 200_000 + 5 * self._icustays + rng.randrange(5)
                self._icustays += 1
                icu.append((icustay, leg))
                self._tables.add(
                    "icustays",
                    (subject, hadm, icustay, leg.unit, leg.unit, leg.ward, leg.ward, written(leg.start), end),
                )
            self._tables.add(
                "transfers",
                (
                    subject, hadm, icustay, "transfer" if place else "admit", leg.unit, leg.ward,
                    written(leg.start), end,
                ),
            )  # fmt: skip
        if stay.left is not None:
            self._tables.add(
                "transfers", (subject, hadm, None, "discharge", None, None, written(stay.left), None)
            )
        return icu
