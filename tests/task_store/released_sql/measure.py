"""How well a seeded world serves its queries: `python -m tests.task_store.released_sql.measure`.

Two sets of queries a family: those of our own templates, drawn in a world of another seed whose
ids and names are altered so that no other world has them; and forms in EHRSQL's style. Prints one
JSON document (minutes; docs/datasets/sql-import.md has the figures).
"""

import importlib
import json
import random
import re
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from task_store.released_sql.repair import repair
from task_store.released_sql.running import QueryError, empty, opened, rows_of
from task_store.released_sql.seeding.seed import seed_world
from task_store.released_sql.seeding.shape import Shape
from task_store.world import world
from tests.task_store.released_sql._ehrsql import drawn

_SHIFT = 5_000_000
_MARK = " (x)"
_NAMES = {
    "mimic_iii": ("label", "short_title", "long_title", "drug", "org_name", "spec_type_desc"),
    "eicu": (
        *("diagnosisname", "treatmentname", "labname", "drugname", "celllabel", "organism", "culturesite"),
        "allergyname",
    ),
    "treqs": ("short_title", "long_title", "drug", "label", "name", "diagnosis"),
}
_KEYS = ("subject_id", "hadm_id", "icustay_id", "patienthealthsystemstayid", "patientunitstayid")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1200
    found = [_measured(family, "templates", _of_templates(family, count)) for family in _NAMES]
    for family in ("mimic_iii", "eicu"):
        asked = [(form, repair(record["query"]).sql) for form, record in drawn(family, count)]
        found.append(_measured(family, "EHRSQL's style", asked))
    print(json.dumps(found, indent=1))


def _measured(family: str, queries: str, asked: list[tuple[str, str]]) -> dict[str, Any]:
    shape: Shape = importlib.import_module(f"task_store.datasets.{family}.seeded").SHAPE
    with TemporaryDirectory() as name:
        folder = Path(name)
        began = time.process_time()
        done = seed_world(folder, [sql for _, sql in asked], shape)
        spent = time.process_time() - began
        file = folder / f"{shape.world}.sqlite"
        answers: Counter[str] = Counter()
        nothing: Counter[str] = Counter()
        run = 0
        with opened(file) as database:
            tables = [t for (t,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            for form, sql in asked:
                try:
                    _, rows = rows_of(database, sql)
                except QueryError:
                    continue
                run += 1
                answers[str(rows)] += 1
                nothing[form] += empty(rows)
            rows_in = sum(database.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in tables)
        return {
            "family": family,
            "queries": queries,
            "asked": len(asked),
            "run": run,
            "informative": run - sum(nothing.values()),
            "no_by_design": done.left_without,
            "cpu_s": round(spent, 1),
            "rows": rows_in,
            "mb": round(file.stat().st_size / 1e6, 1),
            "best_constant": answers.most_common(1)[0],
            "empty_forms": {form: number for form, number in nothing.most_common(8) if number},
        }


def _of_templates(family: str, count: int) -> list[tuple[str, str]]:
    dataset = importlib.import_module(f"task_store.datasets.{family}").DATASET
    rng = random.Random(f"measure {family}")
    found: dict[str, str] = {}
    with TemporaryDirectory() as name:
        world(dataset.world).build(Path(name), seed=7, patients=600)
        with closing(sqlite3.connect(Path(name) / f"{dataset.world}.sqlite")) as database:
            _alter(database, family)
            for number in range(8 * count):
                template = dataset.templates[number % len(dataset.templates)]
                slots = template.draw(rng, database)
                if slots is not None and len(found) < count:
                    found.setdefault(_filled(template.sql, slots), template.key)
    return [(key, sql) for sql, key in found.items()]


def _filled(sql: str, slots: Any) -> str:
    def literal(match: re.Match[str]) -> str:
        value = slots.get(match[1], match[0])
        return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)

    return re.sub(r":([a-z_]\w*)", literal, " ".join(sql.split()))


def _alter(database: sqlite3.Connection, family: str) -> None:
    """Ids and names that the background does not have."""
    tables = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sqlite_stat1'"
    )
    for (table,) in tables.fetchall():
        for _, column, kind, *_ in database.execute(f"PRAGMA table_info({table})").fetchall():
            if column in _NAMES[family]:
                database.execute(f"UPDATE {table} SET {column} = {column} || '{_MARK}'")
            elif column in _KEYS:
                number = f"CAST({column} AS INTEGER) + {_SHIFT}"
                text = "TEXT" in kind
                database.execute(
                    f"UPDATE {table} SET {column} = {f'CAST({number} AS TEXT)' if text else number}"
                )
            elif column == "uniquepid":
                database.execute(f"UPDATE {table} SET uniquepid = '777' || substr(uniquepid, 4)")


if __name__ == "__main__":
    main()
