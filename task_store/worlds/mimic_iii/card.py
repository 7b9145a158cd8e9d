"""The world's data card: what is in a built world, in numbers and plots."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from task_store.worlds import vocabulary
from task_store.worlds.mimic_iii import schema

_SHOWN_LABS = ("creatinine", "potassium", "hemoglobin", "lactate")
_KIDNEY = "SELECT hadm_id FROM diagnoses_icd WHERE icd9_code GLOB '58[45]*'"
_DAYS = "julianday(dischtime) - julianday(admittime)"


def card(folder: Path, out: Path) -> None:
    """Write `card.md` and its plots.

    Args:
        folder: what kernels see; holds `mimic_iii.sqlite`.
        out: existing folder for the card.
    """
    with closing(sqlite3.connect(f"file:{folder / 'mimic_iii.sqlite'}?mode=ro", uri=True)) as database:
        plots = {
            "ages.png": _ages(database),
            "stays.png": _stays(database),
            "diagnoses.png": _diagnoses(database),
            "labs.png": _labs(database),
        }
        for name, figure in plots.items():
            figure.savefig(out / name, dpi=110)
        (out / "card.md").write_text(_markdown(database, list(plots)), encoding="utf-8")


def _markdown(database: sqlite3.Connection, plots: Sequence[str]) -> str:
    rows = "\n".join(
        f"| {table} | {_one(database, f'SELECT COUNT(*) FROM {table}'):,.0f} |" for table in schema.TABLES
    )
    ended = "FROM admissions WHERE dischtime IS NOT NULL"
    days = [row[0] for row in database.execute(f"SELECT {_DAYS} AS days {ended} ORDER BY days")]
    middle, long = days[len(days) // 2], days[len(days) * 9 // 10]
    died = _one(database, f"SELECT 100.0 * AVG(discharge_location = 'dead/expired') {ended}")
    here = _one(database, "SELECT COUNT(*) FROM admissions WHERE dischtime IS NULL")
    again = _one(
        database, "SELECT 100.0 * AVG(n > 1) FROM (SELECT COUNT(*) n FROM admissions GROUP BY subject_id)"
    )
    pictures = "\n\n".join(f"![{name.removesuffix('.png')}]({name})" for name in plots)
    return f"""# Data card: mimic_iii

Synthetic hospital records in the schema of MIMIC-III as EHRSQL uses it. Drawn from our own generator;
nothing is derived from patients, nothing is clinically reviewed. The current time is {schema.NOW}.

| table | rows |
|---|---|
{rows}

- Length of completed stays: median {middle:.1f} days, 90th percentile {long:.1f}.
- Deaths in hospital: {died:.1f} % of completed stays.
- Patients with more than one stay: {again:.1f} %. In hospital now: {here:.0f}.

{pictures}
"""


def _one(database: sqlite3.Connection, sql: str) -> float:
    (value,) = database.execute(sql).fetchone()
    return float(value or 0)


def _figure(columns: int = 1) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # not pyplot: no global state, no display

    figure = Figure(figsize=(6.4 * (1 if columns == 1 else 1.5), 3.6), layout="constrained")
    return figure, figure.subplots(1, columns)


def _ages(database: sqlite3.Connection) -> Any:
    figure, axes = _figure()
    for gender, label in (("f", "women"), ("m", "men")):
        ages = database.execute(
            "SELECT age FROM admissions JOIN patients USING (subject_id) WHERE gender = ?", (gender,)
        ).fetchall()
        axes.hist([age for (age,) in ages], bins=range(15, 101, 5), alpha=0.6, label=label)
    axes.set(xlabel="age at admission (years)", ylabel="stays", title="Ages")
    axes.legend()
    return figure


def _stays(database: sqlite3.Connection) -> Any:
    figure, axes = _figure()
    days = database.execute(f"SELECT {_DAYS} FROM admissions WHERE dischtime IS NOT NULL").fetchall()
    axes.hist([min(day, 40) for (day,) in days], bins=40)
    axes.set(
        xlabel="length of completed stays (days; 40 and more in the last bar)", ylabel="stays", title="Stays"
    )
    return figure


def _diagnoses(database: sqlite3.Connection) -> Any:
    figure, axes = _figure()
    rows = database.execute(
        "SELECT short_title, COUNT(DISTINCT subject_id) AS n FROM diagnoses_icd "
        "JOIN d_icd_diagnoses USING (icd9_code) GROUP BY icd9_code ORDER BY n DESC, short_title LIMIT 12"
    ).fetchall()
    axes.barh([title for title, _ in reversed(rows)], [count for _, count in reversed(rows)])
    axes.set(xlabel="patients", title="Most frequent diagnoses")
    return figure


def _labs(database: sqlite3.Connection) -> Any:
    figure, all_axes = _figure(len(_SHOWN_LABS))
    known = {lab.label: lab for lab in vocabulary.labs()}
    for axes, label in zip(all_axes, _SHOWN_LABS, strict=True):
        lab = known[label]
        values = [
            [
                value
                for (value,) in database.execute(
                    "SELECT valuenum FROM labevents JOIN d_labitems USING (itemid) "
                    f"WHERE label = ? AND hadm_id {way} ({_KIDNEY})",
                    (label,),
                )
            ]
            for way in ("NOT IN", "IN")
        ]
        axes.boxplot(values, tick_labels=["others", "kidney\nfailure"], showfliers=False)
        axes.axhspan(lab.low, lab.high, alpha=0.15)
        axes.set(title=f"{label} ({lab.unit})")
    return figure
