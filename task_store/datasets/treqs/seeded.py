"""How rows of MIMICSQL hang together, for a world made from released queries."""

import random
from datetime import datetime, timedelta

from task_store.released_sql.seeding.shape import Level, NewRow, Shape, Values

_YEAR_DAYS = 365.25


def tidy(rows: list[NewRow], rng: random.Random) -> None:
    """What the script that makes MIMICSQL computes from dates: ages, days, years, the flag of death."""
    for row in rows:
        if row.table != "demographic":
            continue
        values, asked = row.values, row.asked
        admitted = datetime.fromisoformat(str(values["admittime"]))
        if not asked & {"dob", "dob_year"} and isinstance(values["age"], int):
            born = datetime(
                max(1800, admitted.year - values["age"]), 1 + rng.randrange(12), 1 + rng.randrange(28)
            )
            values["dob"] = born.isoformat(sep=" ")
        if not asked & {"dod", "dod_year"}:
            dead = values["expire_flag"] in (1, "1")
            left = datetime.fromisoformat(str(values["dischtime"])) if values["dischtime"] else admitted
            later = left + timedelta(days=rng.randrange(1, 400))
            values["dod"] = later.replace(hour=0, minute=0, second=0).isoformat(sep=" ") if dead else None
        for column, value in _derived(values).items():
            if column not in asked:
                values[column] = value


def _derived(values: Values) -> Values:
    admitted = datetime.fromisoformat(str(values["admittime"]))
    found: Values = {"admityear": admitted.year}
    for name in ("dob", "dod"):
        text = values[name]
        found[f"{name}_year"] = int(str(text)[:4]) if text else None
    if values["dischtime"]:
        found["days_stay"] = (datetime.fromisoformat(str(values["dischtime"])) - admitted).days
    if values["dob"]:
        found["age"] = admitted.year - int(str(values["dob"])[:4])
    found["expire_flag"] = int(bool(values["dod"]))
    return found


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
