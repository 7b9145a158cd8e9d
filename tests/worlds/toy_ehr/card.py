"""The smallest data card."""

import sqlite3
from contextlib import closing
from pathlib import Path


def card(folder: Path, out: Path) -> None:
    with closing(sqlite3.connect(folder / "toy.sqlite")) as database:
        (count,) = database.execute("SELECT count(*) FROM patients").fetchone()
    (out / "toy_ehr.md").write_text(f"{count} patients\n", encoding="utf-8")
