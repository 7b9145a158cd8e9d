"""A very small world for tests: patients and prescriptions."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path


class ToyEhr:
    """Each patient has one prescription; every third one is of heparin."""

    name = "toy_ehr"
    summary = "Patients and prescriptions in world/toy.sqlite."
    meanings = {"prescriptions": "drugs that were ordered", "prescriptions.drug": "generic name"}  # noqa: RUF012

    def build(self, folder: Path, *, seed: int, patients: int) -> None:
        rng = random.Random(seed)
        with closing(sqlite3.connect(folder / "toy.sqlite")) as database:
            database.execute("CREATE TABLE patients (id INTEGER, name TEXT, born TEXT)")
            database.execute("CREATE TABLE prescriptions (patient INTEGER, drug TEXT, dose REAL)")
            for number in range(patients):
                born = f"20{rng.randrange(10, 60)}-01-01"
                drug = "heparin" if number % 3 == 2 else "metoprolol tartrate"
                database.execute("INSERT INTO patients VALUES (?, ?, ?)", (number, f"Patient {number}", born))
                database.execute("INSERT INTO prescriptions VALUES (?, ?, ?)", (number, drug, 12.5))
            database.commit()


WORLD = ToyEhr()
