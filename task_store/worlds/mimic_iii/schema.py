"""Tables of the world, as EHRSQL cut them out of MIMIC-III (github.com/glee4810/EHRSQL, mimic_iii.sql).

Names and columns are that schema's; types are SQLite's. Text is lower case, times are
`YYYY-MM-DD HH:MM:SS`.
"""

import csv
from pathlib import Path

NOW = "2105-12-31 23:59:00"
"""The current time, by EHRSQL's convention."""

_I, _T, _R = "INTEGER", "TEXT", "REAL"

TABLES: dict[str, dict[str, str]] = {
    "patients": {"subject_id": _I, "gender": _T, "dob": _T, "dod": _T},
    "admissions": {
        "subject_id": _I, "hadm_id": _I, "admittime": _T, "dischtime": _T, "admission_type": _T,
        "admission_location": _T, "discharge_location": _T, "insurance": _T, "language": _T,
        "marital_status": _T, "ethnicity": _T, "age": _I,
    },
    "d_icd_diagnoses": {"icd9_code": _T, "short_title": _T, "long_title": _T},
    "d_icd_procedures": {"icd9_code": _T, "short_title": _T, "long_title": _T},
    "d_labitems": {"itemid": _I, "label": _T},
    "d_items": {"itemid": _I, "label": _T, "linksto": _T},
    "diagnoses_icd": {"subject_id": _I, "hadm_id": _I, "icd9_code": _T, "charttime": _T},
    "procedures_icd": {"subject_id": _I, "hadm_id": _I, "icd9_code": _T, "charttime": _T},
    "labevents": {
        "subject_id": _I, "hadm_id": _I, "itemid": _I, "charttime": _T, "valuenum": _R, "valueuom": _T,
    },
    "prescriptions": {
        "subject_id": _I, "hadm_id": _I, "startdate": _T, "enddate": _T, "drug": _T, "dose_val_rx": _T,
        "dose_unit_rx": _T, "route": _T,
    },
    "cost": {
        "subject_id": _I, "hadm_id": _I, "event_type": _T, "event_id": _I, "chargetime": _T, "cost": _R,
    },
    "chartevents": {
        "subject_id": _I, "hadm_id": _I, "icustay_id": _I, "itemid": _I, "charttime": _T, "valuenum": _R,
        "valueuom": _T,
    },
    "inputevents_cv": {
        "subject_id": _I, "hadm_id": _I, "icustay_id": _I, "charttime": _T, "itemid": _I, "amount": _R,
    },
    "outputevents": {
        "subject_id": _I, "hadm_id": _I, "icustay_id": _I, "charttime": _T, "itemid": _I, "value": _R,
    },
    "microbiologyevents": {
        "subject_id": _I, "hadm_id": _I, "charttime": _T, "spec_type_desc": _T, "org_name": _T,
    },
    "icustays": {
        "subject_id": _I, "hadm_id": _I, "icustay_id": _I, "first_careunit": _T, "last_careunit": _T,
        "first_wardid": _I, "last_wardid": _I, "intime": _T, "outtime": _T,
    },
    "transfers": {
        "subject_id": _I, "hadm_id": _I, "icustay_id": _I, "eventtype": _T, "careunit": _T, "wardid": _I,
        "intime": _T, "outtime": _T,
    },
}  # fmt: skip
"""Table -> its columns beside `row_id`, with their types."""

INDEXES: dict[str, tuple[str, ...]] = {
    "patients": ("subject_id",),
    "admissions": ("subject_id", "hadm_id"),
    "diagnoses_icd": ("subject_id", "hadm_id", "icd9_code"),
    "procedures_icd": ("subject_id", "hadm_id", "icd9_code"),
    "labevents": ("subject_id", "hadm_id", "itemid"),
    "prescriptions": ("subject_id", "hadm_id", "drug"),
    "cost": ("subject_id", "hadm_id", "event_type, event_id"),
    "chartevents": ("subject_id", "icustay_id"),
    "inputevents_cv": ("subject_id", "icustay_id"),
    "outputevents": ("subject_id", "icustay_id"),
    "microbiologyevents": ("subject_id", "hadm_id"),
    "icustays": ("subject_id", "hadm_id", "icustay_id"),
    "transfers": ("subject_id", "hadm_id"),
}


def create_statements() -> list[str]:
    """One `CREATE TABLE` a table."""
    return [
        f"CREATE TABLE {table} (row_id INTEGER PRIMARY KEY, "
        + ", ".join(f"{column} {kind}" for column, kind in columns.items())
        + ")"
        for table, columns in TABLES.items()
    ]


def index_statements() -> list[str]:
    """One `CREATE INDEX` a key of `INDEXES`; run after the rows are in."""
    return [
        f"CREATE INDEX {table}_{columns.replace(', ', '_')} ON {table} ({columns})"
        for table, keys in INDEXES.items()
        for columns in keys
    ]


def meanings() -> dict[str, str]:
    """`table` or `table.column` -> what it holds, for look-ups; read from `meanings.tsv`."""
    with (Path(__file__).parent / "meanings.tsv").open(encoding="utf-8", newline="") as file:
        return {row["what"]: row["meaning"] for row in csv.DictReader(file, delimiter="\t")}


def summary() -> str:
    """File, tables, columns and conventions, for a prompt."""
    tables = "\n".join(f"{table}(row_id, {', '.join(columns)})" for table, columns in TABLES.items())
    return (
        f"Database: world/mimic_iii.sqlite (SQLite, read-only), the hospital's records in the style of "
        f"MIMIC-III.\n{tables}\n"
        "Times are text (YYYY-MM-DD HH:MM:SS), other text is lower case. cost.event_type names the table "
        "whose row_id is cost.event_id. dischtime, outtime and enddate are NULL while they last; dod is NULL "
        f"for the living. The current time is {NOW}."
    )
