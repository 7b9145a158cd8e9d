"""The data card of an eicu world: how many, how old, how long, how ill, with plots."""

import sqlite3
from contextlib import closing
from pathlib import Path

from task_store.worlds.eicu.build import FILE
from task_store.worlds.eicu.clock import CURRENT_TIME
from task_store.worlds.eicu.vocabulary import LABS
from task_store.worlds.eicu.writer import COLUMNS

_FACTS = {
    "patients": "SELECT COUNT(DISTINCT uniquepid) FROM patient",
    "hospital stays": "SELECT COUNT(DISTINCT patienthealthsystemstayid) FROM patient",
    "unit stays": "SELECT COUNT(*) FROM patient",
    "hospital stays still open": (
        "SELECT COUNT(DISTINCT patienthealthsystemstayid) FROM patient WHERE hospitaldischargetime IS NULL"
    ),
    "patients who died in hospital": (
        "SELECT COUNT(DISTINCT uniquepid) FROM patient WHERE hospitaldischargestatus = 'expired'"
    ),
    "hospitals": "SELECT COUNT(DISTINCT hospitalid) FROM patient",
    "wards": "SELECT COUNT(DISTINCT wardid) FROM patient",
}
_SHOWN_LABS = ("creatinine", "lactate", "hgb", "glucose", "sodium", "wbc x 1000")

_PAGE = """\
# Data card: the eicu world

Synthetic intensive-care stays in EHRSQL's flavour of the eICU schema (current time {now}). Every row is
drawn from distributions of our own; none is derived from eICU or any other patients, and nothing is
clinically reviewed.

| what | number |
|---|---|
{facts}

| table | rows |
|---|---|
{tables}

![Age at admission](ages.png)
![Days in unit and hospital](stays.png)
![Commonest diagnoses](diagnoses.png)
![Laboratory results against their reference ranges](labs.png)
"""


def card(folder: Path, out: Path) -> None:
    """Write `card.md` and its plots into `out`, for the world that kernels see in `folder`."""
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as database:
        facts = [f"| {what} | {database.execute(sql).fetchone()[0]} |" for what, sql in _FACTS.items()]
        tables = [
            f"| {table} | {database.execute(f'SELECT COUNT(*) FROM {table}').fetchone()[0]} |"
            for table in COLUMNS
        ]
        page = _PAGE.format(now=CURRENT_TIME, facts="\n".join(facts), tables="\n".join(tables))
        (out / "card.md").write_text(page, encoding="utf-8")
        _ages(database, out / "ages.png")
        _stays(database, out / "stays.png")
        _diagnoses(database, out / "diagnoses.png")
        _labs(database, out / "labs.png")


def _column(database: sqlite3.Connection, sql: str, *values: str) -> list[float]:
    return [row[0] for row in database.execute(sql, values)]


def _ages(database: sqlite3.Connection, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    for gender in ("female", "male"):
        ages = _column(database, "SELECT CAST(age AS INTEGER) FROM patient WHERE gender = ?", gender)
        axes.hist(ages, bins=range(15, 95, 5), alpha=0.6, label=gender)
    axes.set(xlabel="age at admission (years)", ylabel="unit stays")
    axes.legend()
    figure.savefig(path)


def _stays(database: sqlite3.Connection, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    for place in ("unit", "hospital"):
        days = _column(
            database,
            f"SELECT DISTINCT julianday({place}dischargetime) - julianday({place}admittime) FROM patient "
            f"WHERE {place}dischargetime IS NOT NULL",
        )
        axes.hist([min(day, 30) for day in days], bins=60, alpha=0.6, label=place)
    axes.set(xlabel="days (30: 30 or more)", ylabel="stays")
    axes.legend()
    figure.savefig(path)


def _diagnoses(database: sqlite3.Connection, path: Path) -> None:
    from matplotlib.figure import Figure

    rows = database.execute(
        "SELECT diagnosisname, COUNT(DISTINCT uniquepid) AS n FROM diagnosis JOIN patient USING "
        "(patientunitstayid) GROUP BY diagnosisname ORDER BY n DESC LIMIT 20"
    ).fetchall()
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.barh([name for name, _ in reversed(rows)], [count for _, count in reversed(rows)])
    axes.set(xlabel="patients")
    figure.savefig(path)


def _labs(database: sqlite3.Connection, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    for axes, name in zip(figure.subplots(2, 3).flat, _SHOWN_LABS, strict=True):
        lab = LABS[name]
        results = _column(database, "SELECT labresult FROM lab WHERE labname = ?", name)
        top = sorted(results)[int(0.99 * len(results))] if results else lab.high
        axes.hist([min(result, top) for result in results], bins=40)
        axes.axvspan(lab.low, lab.high, color="green", alpha=0.15)
        axes.set(title=name, xlabel=lab.unit)
    figure.savefig(path)
