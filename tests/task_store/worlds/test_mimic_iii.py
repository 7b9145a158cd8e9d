"""The mimic_iii world keeps the schema, the order of events, and its seed."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from task_store.types import WorldSpec
from task_store.world import Shelf
from task_store.worlds.mimic_iii import WORLD, schema
from tests._requirements import requirement
from tests.task_store.conftest import SMALL_WORLD_PATIENTS

EXPECTED = {
    "admissions": "subject_id hadm_id dischtime admittime age admission_location marital_status insurance",
    "icustays": "hadm_id icustay_id outtime intime",
    "d_items": "itemid label linksto",
    "prescriptions": "startdate drug hadm_id route dose_val_rx row_id",
    "d_icd_diagnoses": "short_title icd9_code long_title",
    "diagnoses_icd": "charttime icd9_code hadm_id row_id",
    "procedures_icd": "charttime icd9_code hadm_id row_id",
    "d_icd_procedures": "short_title icd9_code long_title",
    "labevents": "charttime itemid hadm_id valuenum row_id",
    "d_labitems": "itemid label",
    "chartevents": "charttime icustay_id itemid valuenum",
    "inputevents_cv": "charttime icustay_id itemid amount",
    "microbiologyevents": "charttime hadm_id spec_type_desc org_name",
    "cost": "cost hadm_id event_type event_id chargetime",
    "outputevents": "charttime icustay_id itemid value",
    "transfers": "intime hadm_id careunit wardid icustay_id",
    "patients": "subject_id dod gender dob",
}
"""Columns that the questions of the released EHRSQL tasks use."""

TIMED = {
    "diagnoses_icd": "charttime",
    "procedures_icd": "charttime",
    "labevents": "charttime",
    "prescriptions": "startdate",
    "microbiologyevents": "charttime",
    "cost": "chargetime",
    "icustays": "intime",
    "transfers": "intime",
}

STAYS = "admissions JOIN patients USING (subject_id)"

ILL_ORDER = {
    "discharge before admission": "SELECT 1 FROM admissions WHERE dischtime < admittime",
    "admission after the current time": f"SELECT 1 FROM admissions WHERE admittime > '{schema.NOW}'",
    "end after the current time": f"SELECT 1 FROM admissions WHERE dischtime > '{schema.NOW}'",
    "birth after admission": f"SELECT 1 FROM {STAYS} WHERE admittime <= dob",
    "age that the dates deny": (
        f"SELECT 1 FROM {STAYS} WHERE abs((julianday(admittime) - julianday(dob)) / 365.25 - age) > 1.02"
    ),
    "death before a discharge": f"SELECT 1 FROM {STAYS} WHERE dod < dischtime",
    "a dead patient in hospital": (f"SELECT 1 FROM {STAYS} WHERE dischtime IS NULL AND dod IS NOT NULL"),
    "death in hospital without its date": (
        f"SELECT 1 FROM {STAYS} WHERE discharge_location = 'dead/expired' AND dod IS NOT dischtime"
    ),
    "overlapping stays": (
        "SELECT 1 FROM admissions a JOIN admissions b ON a.subject_id = b.subject_id AND a.row_id < b.row_id "
        "WHERE a.dischtime IS NULL OR a.dischtime > b.admittime"
    ),
    "intensive care outside of the stay": (
        "SELECT 1 FROM icustays i JOIN admissions a USING (hadm_id) WHERE i.intime < a.admittime "
        f"OR COALESCE(i.outtime, '{schema.NOW}') > COALESCE(a.dischtime, '{schema.NOW}') "
        "OR i.outtime < i.intime OR (i.outtime IS NULL AND a.dischtime IS NOT NULL)"
    ),
    "prescription outside of the stay": (
        "SELECT 1 FROM prescriptions p JOIN admissions a USING (hadm_id) WHERE p.startdate < a.admittime "
        f"OR p.enddate > COALESCE(a.dischtime, '{schema.NOW}') OR p.enddate < p.startdate"
    ),
    "two beds at once": (
        "SELECT 1 FROM transfers s JOIN transfers t ON s.hadm_id = t.hadm_id AND t.row_id = s.row_id + 1 "
        "WHERE s.outtime IS NOT t.intime"
    ),
    "a stay without a bed": (
        "SELECT 1 FROM admissions a WHERE NOT EXISTS (SELECT 1 FROM transfers t WHERE t.hadm_id = a.hadm_id "
        "AND t.eventtype = 'admit' AND t.intime = a.admittime)"
    ),
    "bedside events outside of intensive care": " UNION ALL ".join(
        f"SELECT 1 FROM {table} e JOIN icustays i USING (icustay_id) WHERE e.charttime < i.intime "
        f"OR e.charttime > COALESCE(i.outtime, '{schema.NOW}') OR e.hadm_id <> i.hadm_id"
        for table in ("chartevents", "inputevents_cv", "outputevents")
    ),
    "events of another patient": " UNION ALL ".join(
        f"SELECT 1 FROM {table} e LEFT JOIN admissions a USING (hadm_id) "
        "WHERE a.subject_id IS NOT e.subject_id"
        for table in TIMED
    ),
    "costs without their event": " UNION ALL ".join(
        f"SELECT 1 FROM cost c LEFT JOIN {table} e ON e.row_id = c.event_id "
        f"WHERE c.event_type = '{table}' AND (e.hadm_id IS NOT c.hadm_id OR e.{time} IS NOT c.chargetime)"
        for table, time in TIMED.items()
        if table in {"diagnoses_icd", "procedures_icd", "labevents", "prescriptions"}
    ),
}


@pytest.fixture(scope="module")
def database(small_shelf: Shelf) -> Iterator[sqlite3.Connection]:
    folder = small_shelf.folder(WorldSpec(name="mimic_iii", seed=11, patients=SMALL_WORLD_PATIENTS))
    with closing(sqlite3.connect(f"file:{folder / 'mimic_iii.sqlite'}?mode=ro", uri=True)) as connection:
        yield connection


@requirement("mimic-world:schema")
def test_all_expected_columns_exist(database: sqlite3.Connection) -> None:
    for table, columns in EXPECTED.items():
        found = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        assert set(columns.split()) <= found, table
        assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] > 0, table
        assert table in WORLD.summary
        assert all(column in WORLD.summary for column in found)
    assert len(EXPECTED) == 17 == len(schema.TABLES)
    known = {
        *schema.TABLES,
        *(f"{table}.{column}" for table, names in schema.TABLES.items() for column in names),
    }
    assert schema.meanings().keys() <= known
    assert schema.TABLES.keys() <= schema.meanings().keys()


@requirement("mimic-world:order")
@pytest.mark.parametrize("fault", ILL_ORDER)
def test_events_are_in_an_order_that_makes_sense(database: sqlite3.Connection, fault: str) -> None:
    assert database.execute(ILL_ORDER[fault]).fetchone() is None


@requirement("mimic-world:order")
@pytest.mark.parametrize("table", TIMED)
def test_nothing_happens_outside_of_a_stay_or_after_death(database: sqlite3.Connection, table: str) -> None:
    time = TIMED[table]
    outside = database.execute(
        f"SELECT 1 FROM {table} e JOIN admissions a USING (hadm_id) "
        "JOIN patients p ON p.subject_id = a.subject_id WHERE "
        f"e.{time} < a.admittime OR e.{time} > COALESCE(a.dischtime, '{schema.NOW}') OR e.{time} > p.dod"
    ).fetchone()
    assert outside is None


@requirement("mimic-world:order")
def test_some_patients_are_in_hospital_now_and_some_came_back(database: sqlite3.Connection) -> None:
    here, again = database.execute(
        "SELECT SUM(dischtime IS NULL), COUNT(*) - COUNT(DISTINCT subject_id) FROM admissions"
    ).fetchone()
    assert 0 < here < SMALL_WORLD_PATIENTS / 4
    assert again > 5


@requirement("mimic-world:plausible")
def test_illness_shows_in_the_laboratory(database: sqlite3.Connection) -> None:
    def mean(condition: str) -> float:
        return float(
            database.execute(
                "SELECT AVG(valuenum) FROM labevents JOIN d_labitems USING (itemid) "
                f"WHERE label = 'creatinine' AND hadm_id {condition} IN "
                "(SELECT hadm_id FROM diagnoses_icd WHERE icd9_code GLOB '58[45]*')"
            ).fetchone()[0]
        )

    assert mean("") > 1.5 * mean("NOT")


@requirement("mimic-world:plausible")
def test_stays_ages_and_labs_lie_where_they_should(database: sqlite3.Connection) -> None:
    days = sorted(
        row[0]
        for row in database.execute(
            "SELECT julianday(dischtime) - julianday(admittime) FROM admissions WHERE dischtime IS NOT NULL"
        )
    )
    assert 3 < days[len(days) // 2] < 10
    assert days[-1] > 2.5 * days[len(days) // 2]  # a long tail
    assert database.execute("SELECT MIN(age) >= 18 AND MAX(age) <= 96 FROM admissions").fetchone()[0]
    low, high = database.execute(
        "SELECT MIN(valuenum), MAX(valuenum) FROM labevents JOIN d_labitems USING (itemid) "
        "WHERE label = 'oxygen saturation'"
    ).fetchone()
    assert 60 < low < high <= 100
    common, rare = (
        database.execute(
            f"SELECT COUNT(*) FROM diagnoses_icd GROUP BY icd9_code ORDER BY COUNT(*) {way} LIMIT 1"
        ).fetchone()[0]
        for way in ("DESC", "ASC")
    )
    assert common > 8 * rare


@requirement("mimic-world:seed")
def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    written = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        (tmp_path / name).mkdir()
        WORLD.build(tmp_path / name, seed=seed, patients=8)
        written.append((tmp_path / name / "mimic_iii.sqlite").read_bytes())
    assert written[0] == written[1] != written[2]


@requirement("mimic-world:card")
@pytest.mark.ci  # matplotlib takes long to import
def test_the_card_has_its_numbers_and_plots(small_shelf: Shelf, tmp_path: Path) -> None:
    seen = small_shelf.folder(WorldSpec(name="mimic_iii", seed=11, patients=SMALL_WORLD_PATIENTS))
    # In a process of its own, because matplotlib keeps its fonts open.
    program = (
        "import sys; from pathlib import Path; from task_store.worlds.mimic_iii.card import card; "
        "card(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", program, str(seen), str(tmp_path)], check=True, timeout=300)
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert f"| patients | {SMALL_WORLD_PATIENTS} |" in text
    for name in ("ages", "stays", "diagnoses", "labs"):
        assert f"({name}.png)" in text
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
