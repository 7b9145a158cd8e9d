"""How rows of EHRSQL's MIMIC-III hang together, for a world made from released queries."""

import random
from datetime import timedelta

from task_store.released_sql.seeding.candidates import moment
from task_store.released_sql.seeding.shape import Charges, Dictionary, Level, NewRow, Shape

_YEAR_DAYS = 365.25
_OLDEST = 120
_EVENTS = ("chartevents", "inputevents_cv", "outputevents")


def tidy(rows: list[NewRow], rng: random.Random) -> None:
    """Ages follow from dates; a unit stay is also a transfer; who is still there went nowhere."""
    patients = {row.values["subject_id"]: row for row in rows if row.table == "patients"}
    for row in list(rows):
        values = row.values
        if row.table == "admissions":
            if values["dischtime"] is None and "discharge_location" not in row.asked:
                values["discharge_location"] = None
            patient = patients.get(values["subject_id"])
            came = moment(values["admittime"])
            if patient and came and "dob" not in patient.asked and isinstance(values["age"], int):
                days = (min(max(values["age"], 0), _OLDEST) + rng.random()) * _YEAR_DAYS
                born = came - timedelta(days=days)
                patient.values["dob"] = born.replace(hour=0, minute=0, second=0).isoformat(sep=" ")
        if row.table == "icustays" and not any(other.table == "transfers" for other in rows):
            moved = {key: values[key] for key in ("subject_id", "hadm_id", "icustay_id", "intime", "outtime")}
            more = {"careunit": values["first_careunit"], "wardid": values["first_wardid"]}
            rows.append(NewRow("transfers", moved | more | {"eventtype": "transfer"}, frozenset()))


SHAPE = Shape(
    world="mimic_iii",
    levels=(Level("subject_id", "patients"), Level("hadm_id", "admissions"), Level("icustay_id", "icustays")),
    times={
        "patients": ("dob", "dod"),
        "admissions": ("admittime", "dischtime"),
        "icustays": ("intime", "outtime"),
        "transfers": ("intime", "outtime"),
        "prescriptions": ("startdate", "enddate"),
        "cost": ("chargetime",),
        **dict.fromkeys((*_EVENTS, "labevents", "microbiologyevents"), ("charttime",)),
        **dict.fromkeys(("diagnoses_icd", "procedures_icd"), ("charttime",)),
    },
    spans={"admissions": ("admittime", "dischtime"), "icustays": ("intime", "outtime")},
    keys=dict.fromkeys(
        (
            *("patients", "admissions", "icustays", "transfers", "prescriptions", "cost", "labevents"),
            *("microbiologyevents", "diagnoses_icd", "procedures_icd", *_EVENTS),
            *("d_icd_diagnoses", "d_icd_procedures", "d_labitems", "d_items"),
        ),
        "row_id",
    ),
    items={
        **dict.fromkeys((*_EVENTS, "labevents"), "itemid"),
        "diagnoses_icd": "icd9_code",
        "procedures_icd": "icd9_code",
        "prescriptions": "drug",
        "microbiologyevents": "spec_type_desc",
    },
    dictionaries=(
        Dictionary("d_items", "itemid", _EVENTS, kind="linksto"),
        Dictionary("d_labitems", "itemid", ("labevents",)),
        Dictionary("d_icd_diagnoses", "icd9_code", ("diagnoses_icd",)),
        Dictionary("d_icd_procedures", "icd9_code", ("procedures_icd",)),
    ),
    charges=Charges(
        table="cost",
        event_type="event_type",
        event_id="event_id",
        time="chargetime",
        amount="cost",
        events={
            "diagnoses_icd": ("row_id", "charttime"),
            "procedures_icd": ("row_id", "charttime"),
            "labevents": ("row_id", "charttime"),
            "prescriptions": ("row_id", "startdate"),
        },
    ),
    unless_asked_null=frozenset({("patients", "dod")}),
    modelled=frozenset({("patients", "dob")}),
    loose=frozenset({("transfers", "icustay_id")}),
    named={"icd9_code": "z{}"},
    tidy=tidy,
)
