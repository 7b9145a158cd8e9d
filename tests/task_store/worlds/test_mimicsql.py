"""The world mimicsql: what holds for every patient, and that a seed means the same bytes."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from task_store import world as worlds
from task_store.worlds.mimicsql import WORLD, schema
from task_store.worlds.mimicsql.build import a_patient
from task_store.worlds.mimicsql.formulary import DRUGS
from task_store.worlds.mimicsql.labs import LAB_ITEMS
from task_store.worlds.mimicsql.names import patient_name
from tests._requirements import requirement

PATIENTS = 150

_USED_BY_RELEASED_QUESTIONS = {
    "demographic": "subject_id hadm_id age diagnosis admission_type days_stay name gender admityear "
    "insurance "
    "ethnicity dob_year admission_location marital_status discharge_location expire_flag dod_year admittime "
    "language dob religion dischtime dod",
    "diagnoses": "hadm_id short_title long_title icd9_code subject_id",
    "prescriptions": "hadm_id drug route formulary_drug_cd drug_type drug_dose icustay_id subject_id",
    "procedures": "hadm_id icd9_code short_title long_title subject_id",
    "lab": "hadm_id label itemid fluid category flag subject_id charttime value_unit",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mimicsql")
    WORLD.build(made, seed=3, patients=PATIENTS)
    return made


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{folder / schema.DATABASE}?mode=ro", uri=True)) as connection:
        yield connection


def _none(database: sqlite3.Connection, sql: str) -> None:
    """No row of the world is of this kind."""
    assert database.execute(sql).fetchmany(3) == []


@requirement("world:mimicsql-schema")
def test_has_every_column_that_released_questions_use(database: sqlite3.Connection) -> None:
    for table, used in _USED_BY_RELEASED_QUESTIONS.items():
        there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        assert set(used.split()) <= there, table
        assert table in WORLD.summary
    assert "mimicsql" in worlds.names()
    assert worlds.world("mimicsql") is WORLD


@requirement("world:mimicsql-schema")
def test_text_compares_in_any_case_and_numbers_as_numbers(database: sqlite3.Connection) -> None:
    count = "SELECT COUNT(*) FROM demographic WHERE "
    (upper,) = database.execute(count + "discharge_location = 'DEAD/EXPIRED'").fetchone()
    (lower,) = database.execute(count + "discharge_location = 'dead/expired'").fetchone()
    assert upper == lower > 0
    (as_text,) = database.execute(count + "age < '9'").fetchone()
    (as_number,) = database.execute(count + "age < 9").fetchone()
    assert as_text == as_number < PATIENTS


@requirement("world:mimicsql-deterministic")
def test_equal_seeds_give_equal_bytes_and_other_seeds_do_not(folder: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    for target, seed in ((again, 3), (other, 4)):
        target.mkdir()
        WORLD.build(target, seed=seed, patients=PATIENTS)
    first = (folder / schema.DATABASE).read_bytes()
    assert (again / schema.DATABASE).read_bytes() == first
    assert (other / schema.DATABASE).read_bytes() != first


@requirement("world:mimicsql-deterministic")
def test_a_patient_depends_on_seed_and_number_only(database: sqlite3.Connection) -> None:
    _, patient = a_patient(3, 41)
    rows = database.execute(
        "SELECT * FROM demographic WHERE subject_id = ? ORDER BY admittime", (patient.subject_id,)
    )
    assert rows.fetchall() == patient.demographic_rows()


@requirement("world:mimicsql-sense")
def test_admissions_make_sense(database: sqlite3.Connection) -> None:
    _none(database, "SELECT * FROM demographic WHERE dischtime <= admittime")
    _none(
        database,
        "SELECT * FROM demographic "
        "WHERE days_stay != CAST(julianday(dischtime) - julianday(admittime) AS INTEGER)",
    )
    _none(database, "SELECT * FROM demographic WHERE age != admityear - dob_year OR age NOT BETWEEN 0 AND 97")
    _none(database, "SELECT * FROM demographic WHERE admityear != CAST(substr(admittime, 1, 4) AS INTEGER)")
    _none(database, "SELECT * FROM demographic WHERE dob_year != CAST(substr(dob, 1, 4) AS INTEGER)")
    _none(
        database,
        f"SELECT * FROM demographic WHERE dischtime > '{schema.CURRENT_TIME}' OR date(dob) > admittime",
    )
    _none(
        database,
        "SELECT 1 FROM demographic a JOIN demographic b ON a.subject_id = b.subject_id "
        "WHERE a.hadm_id != b.hadm_id AND a.admittime <= b.dischtime AND b.admittime <= a.dischtime",
    )
    _none(database, "SELECT hadm_id FROM demographic GROUP BY hadm_id HAVING COUNT(*) > 1")
    _none(database, "SELECT name FROM demographic GROUP BY name HAVING COUNT(DISTINCT subject_id) > 1")


@requirement("world:mimicsql-sense")
def test_death_makes_sense(database: sqlite3.Connection) -> None:
    _none(database, "SELECT * FROM demographic WHERE (dod IS NULL) != (expire_flag = 0)")
    _none(database, "SELECT * FROM demographic WHERE dod_year IS NOT CAST(substr(dod, 1, 4) AS INTEGER)")
    _none(
        database, "SELECT * FROM demographic WHERE date(dod) < date(dischtime) OR dod > '2105-12-31 23:59:00'"
    )
    _none(
        database,
        "SELECT * FROM demographic "
        "WHERE discharge_location = 'DEAD/EXPIRED' AND date(dod) IS NOT date(dischtime)",
    )
    _none(
        database,
        "SELECT subject_id FROM demographic GROUP BY subject_id "
        "HAVING COUNT(DISTINCT IFNULL(dod, '')) > 1 OR COUNT(DISTINCT expire_flag) > 1",
    )
    (dead,) = database.execute("SELECT COUNT(*) FROM demographic WHERE expire_flag = 1").fetchone()
    assert 0 < dead < PATIENTS


@requirement("world:mimicsql-sense")
def test_events_belong_to_a_stay_of_their_patient(database: sqlite3.Connection) -> None:
    for table in ("diagnoses", "procedures", "prescriptions", "lab"):
        _none(
            database,
            f"SELECT * FROM {table} e LEFT JOIN demographic d "
            "ON e.hadm_id = d.hadm_id AND e.subject_id = d.subject_id WHERE d.hadm_id IS NULL",
        )
        (rows,) = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        assert rows > PATIENTS
    _none(
        database,
        "SELECT * FROM lab JOIN demographic USING (hadm_id) "
        "WHERE charttime NOT BETWEEN admittime AND dischtime",
    )
    _none(
        database,
        "SELECT hadm_id FROM prescriptions GROUP BY hadm_id HAVING COUNT(DISTINCT icustay_id) > 1",
    )
    for table in ("diagnoses", "procedures"):
        _none(database, f"SELECT hadm_id FROM {table} GROUP BY hadm_id, icd9_code HAVING COUNT(*) > 1")


@requirement("world:mimicsql-sense")
def test_flags_follow_the_reference_ranges(database: sqlite3.Connection) -> None:
    items = {item.itemid: item for item in LAB_ITEMS}
    assert len(items) == len(LAB_ITEMS)
    flagged = 0
    for itemid, shown, flag in database.execute("SELECT itemid, value_unit, flag FROM lab"):
        item = items[itemid]
        value = float(shown.removesuffix(item.unit))
        assert (flag is None) == (item.low <= value <= item.high), (item.label, shown, flag)
        assert flag in (None, "abnormal", "delta")
        flagged += flag is not None
    (rows,) = database.execute("SELECT COUNT(*) FROM lab").fetchone()
    assert 0.1 < flagged / rows < 0.5


@requirement("world:mimicsql-sense")
def test_illness_shows_in_the_laboratory(database: sqlite3.Connection) -> None:
    """Kidney failure raises creatinine, as a user who plots it would expect."""
    means = dict(
        database.execute(
            "SELECT d.diagnosis IN ('ACUTE RENAL FAILURE', 'HYPERKALEMIA', 'RENAL FAILURE') AS ill, "
            "AVG(CAST(value_unit AS REAL)) FROM lab JOIN demographic d USING (hadm_id) "
            "WHERE label = 'Creatinine' GROUP BY ill"
        )
    )
    assert means[1] > 1.5 * means[0]


@requirement("world:mimicsql-values")
def test_values_that_differ_only_in_case_do_not_exist(database: sqlite3.Connection) -> None:
    for table, column in (
        *(("diagnoses", "short_title"), ("diagnoses", "long_title"), ("procedures", "short_title")),
        *(("procedures", "long_title"), ("prescriptions", "drug"), ("prescriptions", "formulary_drug_cd")),
        *(("lab", "label"), ("demographic", "name"), ("demographic", "diagnosis")),
    ):
        (cased, folded) = database.execute(
            f"SELECT COUNT(DISTINCT {column} COLLATE BINARY), COUNT(DISTINCT {column}) FROM {table}"
        ).fetchone()
        assert cased == folded, (table, column)
    assert len({drug.code.lower() for drug in DRUGS.values()}) == len(DRUGS)


@requirement("world:mimicsql-values")
def test_names_are_unique_in_large_worlds() -> None:
    names = {patient_name(number, "F") for number in range(100_000)}
    assert len(names) == 100_000
    assert not names & {patient_name(number, "M") for number in range(1000)}


@requirement("world:mimicsql-values")
def test_common_things_are_common_and_rare_things_exist(database: sqlite3.Connection) -> None:
    counts = [
        n
        for (n,) in database.execute("SELECT COUNT(*) AS n FROM diagnoses GROUP BY icd9_code ORDER BY n DESC")
    ]
    assert counts[0] > 10 * counts[len(counts) // 2]
    assert len(counts) > 100


@pytest.mark.ci
@requirement("world:mimicsql-card")
def test_the_card_tells_sizes_and_has_plots(folder: Path, tmp_path: Path) -> None:
    """In a process of its own, because matplotlib keeps font files open."""
    code = (
        "import sys; from pathlib import Path; from task_store.worlds.mimicsql.card import card; "
        "card(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", code, str(folder), str(tmp_path)], check=True, timeout=120)
    text = (tmp_path / "mimicsql.md").read_text(encoding="utf-8")
    assert f"| patients | {PATIENTS} |" in text
    assert "synthetic" in text or "invented" in text
    assert (tmp_path / "mimicsql.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.ci
@requirement("world:mimicsql-streams")
def test_memory_does_not_grow_with_patients(tmp_path: Path) -> None:
    """Peak of Python's own allocations; SQLite's page cache is bounded by itself."""
    import tracemalloc

    peaks = []
    for patients in (300, 1200):  # more than one batch both
        target = tmp_path / str(patients)
        target.mkdir()
        tracemalloc.start()
        WORLD.build(target, seed=1, patients=patients)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]  # all patients at once would be fourfold
