"""How rows of MIMICSQL hang together, for a world made from released queries."""

import random
from datetime import datetime, timedelta

from task_store.released_sql.seeding.candidates import moment
from task_store.released_sql.seeding.shape import Level, NewRow, Shape, Values

_OLDEST = 300
"""MIMIC shifts the births of the very old."""


def tidy(rows: list[NewRow], rng: random.Random) -> None:
    """What the script that makes MIMICSQL computes from dates: ages, days, years, the flag of death."""
    for row in rows:
        admitted = moment(row.values.get("admittime"))
        if row.table != "demographic" or admitted is None:
            continue
        values, asked = row.values, row.asked
        if not asked & {"dob", "dob_year"} and isinstance(values["age"], int):
            year = admitted.year - min(max(values["age"], 0), _OLDEST)
            values["dob"] = _written(datetime(year, 1 + rng.randrange(12), 1 + rng.randrange(28)))
        if not asked & {"dod", "dod_year"}:
            left = moment(values["dischtime"]) or admitted
            dead = values["expire_flag"] in (1, "1")
            values["dod"] = _written(left + timedelta(days=rng.randrange(1, 400))) if dead else None
        for column, value in _derived(values, admitted).items():
            if column not in asked:
                values[column] = value


def _written(day: datetime) -> str:
    return day.replace(hour=0, minute=0, second=0).isoformat(sep=" ")


def _derived(values: Values, admitted: datetime) -> Values:
    born, died, left = (moment(values[column]) for column in ("dob", "dod", "dischtime"))
    return {
        "admityear": admitted.year,
        "dob_year": born.year if born else None,
        "dod_year": died.year if died else None,
        "days_stay": (left - admitted).days if left else None,
        "age": admitted.year - born.year if born else values["age"],
        "expire_flag": int(died is not None),
    }


SHAPE = Shape(
    world="mimicsql",
    levels=(Level("name", None), Level("subject_id", None), Level("hadm_id", "demographic")),
    times={"demographic": ("dob", "admittime", "dischtime", "dod"), "lab": ("charttime",)},
    spans={"demographic": ("admittime", "dischtime")},
    keys={},
    items={
        "diagnoses": "short_title",
        "procedures": "short_title",
        "prescriptions": "drug",
        "lab": "label",
    },
    unless_asked_null=frozenset({("demographic", "dod")}),
    modelled=frozenset({("demographic", "dob")}),
    named={"name": "patient {}"},
    tidy=tidy,
)
