"""The five tables of MIMICSQL: names, columns, types, and what an agent is told of them.

Columns and their order follow the script that makes MIMICSQL out of MIMIC-III (Wang, Shi and
Reddy 2020, "Text-to-SQL Generation for Question Answering on Electronic Medical Records",
arXiv:1908.01839; `evaluation/process_mimic_db` of github.com/wangpinggl/TREQS): what is counted
(ages, days, years, flags) has a number's type, everything else, ids and codes too, is text.
Text columns compare without regard to case, as the questions of that data set need.
"""

DATABASE = "mimicsql.sqlite"
CURRENT_TIME = "2105-12-31 23:59:00"

_INTEGER = frozenset({"age", "days_stay", "expire_flag", "dob_year", "dod_year", "admityear"})

TABLES: dict[str, tuple[str, ...]] = {
    "demographic": (
        *("subject_id", "hadm_id", "name", "marital_status", "age", "dob", "gender", "language", "religion"),
        *("admission_type", "days_stay", "insurance", "ethnicity", "expire_flag", "admission_location"),
        *("discharge_location", "diagnosis", "dod", "dob_year", "dod_year", "admittime", "dischtime"),
        "admityear",
    ),
    "diagnoses": ("subject_id", "hadm_id", "icd9_code", "short_title", "long_title"),
    "procedures": ("subject_id", "hadm_id", "icd9_code", "short_title", "long_title"),
    "prescriptions": (
        *("subject_id", "hadm_id", "icustay_id", "drug_type", "drug", "formulary_drug_cd", "route"),
        "drug_dose",
    ),
    "lab": (
        *("subject_id", "hadm_id", "itemid", "charttime", "flag", "value_unit", "label", "fluid"),
        "category",
    ),
}

SUMMARY = f"""\
The SQLite database `world/{DATABASE}` (read-only; the path is relative to the working folder) holds the
records of a hospital in five tables, joined by `subject_id` (patient) and `hadm_id` (hospital admission):
{chr(10).join(f"- {table}({', '.join(columns)})" for table, columns in TABLES.items())}
`demographic` has one row an admission. `age` is the year of admission minus the year of birth, and
`days_stay` counts whole days from admission to discharge. `expire_flag` is 1 for every admission of a patient
who has died by now, and `dod` is the day of death. In `lab`, `value_unit` is value and unit in one text, and
`flag` is 'abnormal', 'delta' or NULL. Times are 'YYYY-MM-DD HH:MM:SS'. Ids and codes are text. Text compares
without regard to case. The current time is {CURRENT_TIME}."""


def create_sql() -> str:
    """All CREATE TABLE statements."""
    return "".join(
        f"CREATE TABLE {table} ({', '.join(_column(name) for name in columns)});\n"
        for table, columns in TABLES.items()
    )


_INDEXED = {
    "demographic": ("hadm_id", "subject_id", "name", "diagnosis"),
    "diagnoses": ("hadm_id", "subject_id", "icd9_code", "short_title"),
    "procedures": ("hadm_id", "subject_id", "icd9_code", "short_title"),
    "prescriptions": ("hadm_id", "subject_id", "drug", "icustay_id"),
    "lab": ("hadm_id", "subject_id", "label"),
}


def index_sql() -> str:
    """Indexes by patient, admission and what questions ask for; made after the rows, which is faster."""
    return "".join(
        f"CREATE INDEX {table}_{column} ON {table} ({column});\n"
        for table, columns in _INDEXED.items()
        for column in columns
    )


def insert_sql(table: str) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(TABLES[table]))})"  # noqa: S608  # our own names


def _column(name: str) -> str:
    return f"{name} INTEGER" if name in _INTEGER else f"{name} TEXT COLLATE NOCASE"
