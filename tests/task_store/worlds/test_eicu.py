"""The eicu world keeps the schema, the order of events, plausible shapes, and its seed."""

import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from task_store.types import WorldSpec
from task_store.world import Shelf
from task_store.worlds.eicu import WORLD, card
from task_store.worlds.eicu.build import EicuWorld
from task_store.worlds.eicu.clock import CURRENT_TIME, EPOCH, NOW, stamp
from task_store.worlds.eicu.vocabulary import CONDITIONS, LABS, rows
from tests._requirements import requirement
from tests.task_store.conftest import SMALL_WORLD_PATIENTS

EXPECTED = {
    "patient": "patienthealthsystemstayid uniquepid patientunitstayid hospitaldischargetime "
    "hospitaladmittime unitadmittime unitdischargetime age admissionweight hospitaldischargestatus wardid "
    "hospitalid hospitaladmitsource gender admissionheight ethnicity dischargeweight",
    "diagnosis": "diagnosistime diagnosisname patientunitstayid diagnosisid icd9code",
    "medication": "drugstarttime drugname patientunitstayid routeadmin medicationid dosage drugstoptime",
    "treatment": "treatmenttime treatmentname patientunitstayid treatmentid",
    "lab": "labresulttime labname patientunitstayid labresult labid",
    "intakeoutput": "intakeoutputtime cellpath patientunitstayid celllabel cellvaluenumeric intakeoutputid",
    "vitalperiodic": "observationtime patientunitstayid sao2 heartrate respiration systemicsystolic "
    "systemicdiastolic temperature systemicmean vitalperiodicid",
    "cost": "patienthealthsystemstayid cost chargetime eventtype eventid uniquepid costid",
    "microlab": "culturetakentime patientunitstayid culturesite organism microlabid",
    "allergy": "patientunitstayid allergytime drugname allergyname allergyid",
}
"""Columns that the released EHRSQL questions use, and the others of EHRSQL's eICU schema."""

TIMED = {
    "diagnosis": "diagnosistime",
    "treatment": "treatmenttime",
    "lab": "labresulttime",
    "medication": "drugstarttime",
    "intakeoutput": "intakeoutputtime",
    "vitalperiodic": "observationtime",
    "microlab": "culturetakentime",
    "allergy": "allergytime",
}
CHARGED = ("diagnosis", "treatment", "lab", "medication")

ILL_ORDER = {
    "unit before hospital": "SELECT 1 FROM patient WHERE unitadmittime < hospitaladmittime",
    "unit left before it was entered": "SELECT 1 FROM patient WHERE unitdischargetime < unitadmittime",
    "hospital left before the unit": "SELECT 1 FROM patient WHERE hospitaldischargetime < unitdischargetime",
    "hospital left, unit not": (
        "SELECT 1 FROM patient WHERE hospitaldischargetime IS NOT NULL AND unitdischargetime IS NULL"
    ),
    "after the current time": (
        f"SELECT 1 FROM patient WHERE MAX(unitadmittime, COALESCE(unitdischargetime, ''), "
        f"COALESCE(hospitaldischargetime, '')) > '{CURRENT_TIME}'"
    ),
    "status of an open stay": (
        "SELECT 1 FROM patient WHERE (hospitaldischargetime IS NULL) <> (hospitaldischargestatus IS NULL)"
    ),
    "a stay after death": (
        "SELECT 1 FROM patient a JOIN patient b USING (uniquepid) WHERE a.hospitaldischargestatus = "
        "'expired' AND b.hospitaladmittime > a.hospitaladmittime"
    ),
    "overlapping hospital stays": (
        "SELECT 1 FROM patient a JOIN patient b USING (uniquepid) WHERE a.hospitaladmittime < "
        "b.hospitaladmittime AND COALESCE(a.hospitaldischargetime, '9') >= b.hospitaladmittime"
    ),
    "overlapping unit stays": (
        "SELECT 1 FROM patient a JOIN patient b USING (patienthealthsystemstayid) "
        "WHERE a.unitadmittime < b.unitadmittime AND COALESCE(a.unitdischargetime, '9') >= b.unitadmittime"
    ),
    "one hospital stay, several facts": (
        "SELECT 1 FROM patient GROUP BY patienthealthsystemstayid HAVING COUNT(DISTINCT uniquepid || "
        "hospitaladmittime || hospitalid || age || gender || COALESCE(hospitaldischargetime, '')) > 1"
    ),
    "one ward, several hospitals": (
        "SELECT 1 FROM patient GROUP BY wardid HAVING COUNT(DISTINCT hospitalid) > 1"
    ),
    "a patient grows younger": (
        "SELECT 1 FROM patient a JOIN patient b USING (uniquepid) WHERE a.hospitaladmittime < "
        "b.hospitaladmittime AND CAST(a.age AS INTEGER) > CAST(b.age AS INTEGER)"
    ),
    "drug stopped before it was started": "SELECT 1 FROM medication WHERE drugstoptime < drugstarttime",
    "drug stopped after the unit was left": (
        "SELECT 1 FROM medication JOIN patient USING (patientunitstayid) "
        f"WHERE drugstoptime > COALESCE(unitdischargetime, '{CURRENT_TIME}')"
    ),
    "pressures out of order": (
        "SELECT 1 FROM vitalperiodic WHERE NOT (systemicdiastolic < systemicmean AND systemicmean < "
        "systemicsystolic)"
    ),
    "a charge of nobody": (
        "SELECT 1 FROM cost LEFT JOIN patient USING (patienthealthsystemstayid) "
        "WHERE patient.uniquepid IS NULL OR patient.uniquepid <> cost.uniquepid"
    ),
}


@pytest.fixture(scope="module")
def database(small_shelf: Shelf) -> Iterator[sqlite3.Connection]:
    folder = small_shelf.folder(WorldSpec(name="eicu", seed=11, patients=SMALL_WORLD_PATIENTS))
    with closing(sqlite3.connect(f"file:{folder / 'eicu.sqlite'}?mode=ro", uri=True)) as connection:
        yield connection


@requirement("eicu-world:schema")
def test_all_expected_columns_exist_and_the_agent_is_told(database: sqlite3.Connection) -> None:
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables - {"sqlite_stat1", "sqlite_stat4"} == set(EXPECTED)
    for table, columns in EXPECTED.items():
        found = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        assert set(columns.split()) == found, table
        assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] > 0, table
        assert all(column in WORLD.summary for column in (table, *found))
    assert set(EicuWorld().meanings) == {
        *EXPECTED,
        *(f"{table}.{column}" for table, columns in EXPECTED.items() for column in columns.split()),
    }
    assert CURRENT_TIME in WORLD.summary
    assert "world/eicu.sqlite" in WORLD.summary


@requirement("eicu-world:order")
@pytest.mark.parametrize("fault", ILL_ORDER)
def test_stays_are_in_an_order_that_makes_sense(database: sqlite3.Connection, fault: str) -> None:
    assert database.execute(ILL_ORDER[fault]).fetchone() is None


@requirement("eicu-world:order")
@pytest.mark.parametrize("table", TIMED)
def test_nothing_happens_outside_of_a_unit_stay(database: sqlite3.Connection, table: str) -> None:
    time = TIMED[table]
    outside = database.execute(
        f"SELECT 1 FROM {table} e LEFT JOIN patient p USING (patientunitstayid) WHERE p.unitadmittime IS "
        f"NULL OR e.{time} < p.unitadmittime OR e.{time} > COALESCE(p.unitdischargetime, '{CURRENT_TIME}')"
    ).fetchone()
    assert outside is None


@requirement("eicu-world:order")
@pytest.mark.parametrize("table", CHARGED)
def test_every_event_of_a_charged_kind_has_one_charge_at_one_price(
    database: sqlite3.Connection, table: str
) -> None:
    name = {"lab": "labname", "medication": "drugname"}.get(table, f"{table}name")
    charges = database.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT eventid) FROM cost JOIN {table} ON eventid = {table}id "
        f"WHERE eventtype = '{table}' AND chargetime = {TIMED[table]} AND cost > 0"
    ).fetchone()
    (events,) = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
    assert charges == (events, events)
    prices = database.execute(
        f"SELECT 1 FROM cost JOIN {table} ON eventid = {table}id WHERE eventtype = '{table}' "
        f"GROUP BY {name} HAVING COUNT(DISTINCT cost) > 1"
    )
    assert prices.fetchone() is None


@requirement("eicu-world:order")
def test_some_patients_are_in_hospital_now_came_back_or_changed_ward(database: sqlite3.Connection) -> None:
    here, people, visits, units, died = database.execute(
        "SELECT COUNT(DISTINCT CASE WHEN hospitaldischargetime IS NULL THEN uniquepid END), "
        "COUNT(DISTINCT uniquepid), COUNT(DISTINCT patienthealthsystemstayid), COUNT(*), COUNT(DISTINCT "
        "CASE WHEN hospitaldischargestatus = 'expired' THEN uniquepid END) FROM patient"
    ).fetchone()
    assert people == SMALL_WORLD_PATIENTS
    assert 0 < here < people / 4
    assert people < visits < units
    assert 0 < died < people / 3


@requirement("eicu-world:plausible")
def test_ages_are_whole_years_below_ninety(database: sqlite3.Connection) -> None:
    ages = [age for (age,) in database.execute("SELECT age FROM patient")]
    assert all(age == str(int(age)) and 16 <= int(age) <= 89 for age in ages)
    middle = sorted(map(int, ages))[len(ages) // 2]
    assert 50 < middle < 75


@requirement("eicu-world:plausible")
def test_stays_have_a_long_tail_and_names_are_skewed(database: sqlite3.Connection) -> None:
    days = sorted(
        row[0]
        for row in database.execute(
            "SELECT julianday(unitdischargetime) - julianday(unitadmittime) FROM patient "
            "WHERE unitdischargetime IS NOT NULL"
        )
    )
    middle = days[len(days) // 2]
    assert 0.7 < middle < 4
    assert days[-1] > 3 * middle
    for table, name in (("diagnosis", "diagnosisname"), ("medication", "drugname")):
        counts = [
            row[0]
            for row in database.execute(f"SELECT COUNT(*) FROM {table} GROUP BY {name} ORDER BY COUNT(*)")
        ]
        assert counts[-1] > 5 * counts[len(counts) // 4], table


@requirement("eicu-world:plausible")
def test_labs_stay_in_bounds_and_illness_shows(database: sqlite3.Connection) -> None:
    for name, low, high in database.execute(
        "SELECT labname, MIN(labresult), MAX(labresult) FROM lab GROUP BY labname"
    ):
        assert LABS[name].floor <= low <= high <= LABS[name].ceiling

    def creatinine(condition: str) -> float:
        return float(
            database.execute(
                f"SELECT AVG(labresult) FROM lab WHERE labname = 'creatinine' AND patientunitstayid "
                f"{condition} IN "
                "(SELECT patientunitstayid FROM diagnosis WHERE icd9code GLOB '58[45].*')"
            ).fetchone()[0]
        )

    assert creatinine("") > 1.4 * creatinine("NOT")


@requirement("eicu-world:plausible")
def test_vocabulary_hangs_together() -> None:
    """Each name that a condition uses exists, no path is used for two things, and none shows as another."""
    labs = {lab for condition, _ in CONDITIONS for lab in condition.labs}
    assert labs <= set(LABS)
    for table in ("diagnoses", "treatments"):
        paths = [row["path"] for row in rows(table)]
        assert len(paths) == len(set(paths)), table
        assert all(len(path.split("|")) == 3 and path == path.lower() for path in paths), table
        shown = {path.split("|", 1)[1] for path in paths}
        assert len(shown) == len(paths), table
    codes = [row["icd9"] for row in rows("diagnoses")]
    assert len(codes) == len(set(codes))


@requirement("eicu-world:seed")
def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    written = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        (tmp_path / name).mkdir()
        WORLD.build(tmp_path / name, seed=seed, patients=8)
        written.append((tmp_path / name / "eicu.sqlite").read_bytes())
    assert written[0] == written[1] != written[2]


@requirement("eicu-world:seed")
def test_the_clock_reads_minutes_as_text() -> None:
    assert stamp(0) == str(EPOCH)
    assert stamp(NOW) == CURRENT_TIME
    assert stamp(NOW - 24 * 60) == "2105-12-30 23:59:00"


@requirement("eicu-world:memory")
@pytest.mark.ci
def test_memory_does_not_grow_with_the_number_of_patients(tmp_path: Path) -> None:
    peaks = []
    for patients in (40, 200):
        folder = tmp_path / str(patients)
        folder.mkdir()
        tracemalloc.start()
        WORLD.build(folder, seed=3, patients=patients)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]  # five times the patients


@requirement("eicu-world:card")
@pytest.mark.ci
def test_the_card_shows_counts_and_plots(small_shelf: Shelf, tmp_path: Path) -> None:
    folder = small_shelf.folder(WorldSpec(name="eicu", seed=11, patients=SMALL_WORLD_PATIENTS))
    program = f"from {card.__name__} import Path, card; card(Path({str(folder)!r}), Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", program], check=True)  # matplotlib keeps font files open
    page = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert f"| patients | {SMALL_WORLD_PATIENTS} |" in page
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert len(pictures) == 4
    for name in pictures:
        assert f"({name})" in page
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
