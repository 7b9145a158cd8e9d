"""How rows of EHRSQL's eICU hang together, for a world made from released queries."""

import random

from task_store.released_sql.seeding.shape import Charges, Level, NewRow, Shape

_TIMES = {
    "diagnosis": "diagnosistime",
    "treatment": "treatmenttime",
    "lab": "labresulttime",
    "intakeoutput": "intakeoutputtime",
    "vitalperiodic": "observationtime",
    "microlab": "culturetakentime",
    "allergy": "allergytime",
    "cost": "chargetime",
}


def tidy(rows: list[NewRow], rng: random.Random) -> None:
    """Who is still in hospital has no status of discharge; who left has one."""
    for row in rows:
        if row.table != "patient" or "hospitaldischargestatus" in row.asked:
            continue
        gone = row.values["hospitaldischargetime"] is not None
        if not gone:
            row.values["hospitaldischargestatus"] = None
        elif row.values["hospitaldischargestatus"] is None:
            row.values["hospitaldischargestatus"] = rng.choice(("alive", "alive", "alive", "expired"))


SHAPE = Shape(
    world="eicu",
    levels=(
        Level("uniquepid", None),
        Level("patienthealthsystemstayid", None),
        Level("patientunitstayid", "patient"),
    ),
    times={
        "patient": ("hospitaladmittime", "unitadmittime", "unitdischargetime", "hospitaldischargetime"),
        "medication": ("drugstarttime", "drugstoptime"),
        **{table: (time,) for table, time in _TIMES.items()},
    },
    spans={"patient": ("unitadmittime", "unitdischargetime")},
    keys={table: f"{table}id" for table in ("medication", *_TIMES)},
    items={
        "diagnosis": "diagnosisname",
        "treatment": "treatmentname",
        "lab": "labname",
        "medication": "drugname",
        "intakeoutput": "celllabel",
        "microlab": "culturesite",
        "allergy": "allergyname",
    },
    charges=Charges(
        table="cost",
        event_type="eventtype",
        event_id="eventid",
        time="chargetime",
        amount="cost",
        events={
            "diagnosis": ("diagnosisid", "diagnosistime"),
            "treatment": ("treatmentid", "treatmenttime"),
            "lab": ("labid", "labresulttime"),
            "medication": ("medicationid", "drugstarttime"),
        },
    ),
    named={"uniquepid": "099-{}"},
    tidy=tidy,
)
