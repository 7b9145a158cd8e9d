"""The data card of a built world: sizes, what it is, and plots, from the database itself."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from task_store.worlds.mimicsql import schema

_INTRO = """\
# The world `mimicsql`

The five tables of MIMICSQL (Wang, Shi and Reddy 2020, arXiv:1908.01839) with invented patients. Everything
is drawn by chance from a seed: no row comes from MIMIC or any other data set, and nothing was clinically
reviewed. Do not use it to learn about patients or treatments. ICD-9-CM codes and titles are real; drugs,
doses, reference ranges and item numbers are common knowledge, from memory; formulary codes are made by
rule.
"""

_TOP = (
    "SELECT short_title, COUNT(DISTINCT hadm_id) AS n FROM diagnoses "
    "GROUP BY icd9_code ORDER BY n DESC, 1 LIMIT 15"
)
_MEDIAN = "SELECT {0} FROM demographic ORDER BY {0} LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM demographic)"
_SHARES = (
    ("patients", "SELECT COUNT(DISTINCT subject_id) FROM demographic"),
    ("admissions", "SELECT COUNT(*) FROM demographic"),
    ("median age at admission, years", _MEDIAN.format("age")),
    ("median stay, days", _MEDIAN.format("days_stay")),
    (
        "died in hospital, % of admissions",
        "SELECT ROUND(100.0 * AVG(discharge_location = 'DEAD/EXPIRED'), 1) FROM demographic",
    ),
    ("female, % of admissions", "SELECT ROUND(100.0 * AVG(gender = 'F'), 1) FROM demographic"),
    ("laboratory values flagged, %", "SELECT ROUND(100.0 * AVG(flag IS NOT NULL), 1) FROM lab"),
)
_VALUES = (
    "SELECT CAST(value_unit AS REAL) AS value FROM lab "
    "WHERE label = :label AND fluid = 'Blood' AND CAST(value_unit AS REAL) > 0"
)
_SHOWN = ("Sodium", "Potassium", "Creatinine", "Lactate", "Hemoglobin", "White Blood Cells", "Glucose")


def card(folder: Path, out: Path) -> None:
    """Write `mimicsql.md` and its plots.

    Args:
        folder: what kernels see of the world (holds `mimicsql.sqlite`).
        out: existing folder for the card.
    """
    with closing(sqlite3.connect(f"file:{folder / schema.DATABASE}?mode=ro", uri=True)) as database:
        (out / "mimicsql.md").write_text(_text(database), encoding="utf-8")
        _plot(database, out / "mimicsql.png")


def _text(database: sqlite3.Connection) -> str:
    sizes = [(table, _one(database, f"SELECT COUNT(*) FROM {table}")) for table in schema.TABLES]
    facts = [(name, _one(database, sql)) for name, sql in _SHARES]
    return "\n".join(
        [
            _INTRO,
            *_table(("table", "rows"), sizes),
            *_table(("", ""), facts),
            *_table(("commonest diagnoses", "admissions"), database.execute(_TOP).fetchall()),
            "![ages, stays, diagnoses, laboratory](mimicsql.png)",
            "",
        ]
    )


def _table(head: tuple[str, str], rows: Sequence[tuple[Any, Any]]) -> list[str]:
    return [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows), ""]


def _one(database: sqlite3.Connection, sql: str) -> Any:
    return database.execute(sql).fetchone()[0]


def _plot(database: sqlite3.Connection, file: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), layout="constrained")
    ages, stays, diagnoses, labs = figure.subplots(2, 2).flat
    ages.hist(_column(database, "SELECT age FROM demographic"), bins=range(0, 100, 5), color="#3b6ea5")
    ages.set(title="Age at admission", xlabel="years", ylabel="admissions")
    stays.hist(_column(database, "SELECT days_stay FROM demographic"), bins=range(0, 40), color="#3b6ea5")
    stays.set(title="Stay", xlabel="whole days", ylabel="admissions")
    top = database.execute(_TOP).fetchall()[::-1]
    diagnoses.barh([title for title, _ in top], [n for _, n in top], color="#3b6ea5")
    diagnoses.set(title="Commonest diagnoses", xlabel="admissions")
    labs.boxplot(
        [_column(database, _VALUES, {"label": label}) for label in _SHOWN],
        tick_labels=_SHOWN,
        showfliers=False,
    )
    labs.set(title="Laboratory values", yscale="log")
    labs.tick_params(axis="x", rotation=30)
    figure.savefig(file, dpi=90, metadata={"Software": None})


def _column(database: sqlite3.Connection, sql: str, values: dict[str, str] | None = None) -> list[float]:
    return [row[0] for row in database.execute(sql, values or {})]
