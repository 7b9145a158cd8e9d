"""Worlds seeded from queries; every query here is our own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from task_store.datasets.eicu.seeded import SHAPE as EICU
from task_store.datasets.mimic_iii.seeded import SHAPE as MIMIC
from task_store.datasets.treqs.seeded import SHAPE as TREQS
from task_store.released_sql.repair import NOW, repair
from task_store.released_sql.running import empty, opened, rows_of
from task_store.released_sql.seeding.closure import close, literals
from task_store.released_sql.seeding.needs import needs_of
from task_store.released_sql.seeding.parser import QuerySyntaxError, parse
from task_store.released_sql.seeding.seed import seed_world
from task_store.released_sql.seeding.shape import Shape, Tables, read_tables
from task_store.world import world
from tests._requirements import requirement
from tests.task_store.released_sql._ehrsql import drawn, queries_by_form

SHAPES = {"mimic_iii": MIMIC, "eicu": EICU, "treqs": TREQS}
_BACKGROUND = 20


def _seeded(folder: Path, queries: list[str], shape: Shape) -> Path:
    folder.mkdir()
    seed_world(folder, queries, shape, background=_BACKGROUND)
    return folder / f"{shape.world}.sqlite"


def _rows(file: Path, sql: str) -> list[tuple[object, ...]]:
    with opened(file) as database:
        return list(rows_of(database, sql)[1])


@pytest.fixture(scope="module")
def mimic_tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("mimic")
    world("mimic_iii").build(folder, seed=1, patients=1)
    with closing(sqlite3.connect(folder / "mimic_iii.sqlite")) as database:
        return read_tables(database, MIMIC)


@requirement("import:sql-parser")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu"])
def test_every_form_is_read(family: str) -> None:
    for _, record in drawn(family, len(queries_by_form(family))):
        sql = repair(record["query"]).sql
        assert parse(sql).end == len(sql)


@requirement("import:sql-parser")
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from patients", "'delete' at character 0 is no SELECT"),
        ("select 1; drop table patients", "'drop' was not expected at character 10"),
        ("select a from t where (b = 1", "at character 28 is no )"),
        ("select 'open", "was not expected at character 7"),
        ("select a from t where a in", "no name"),
        ("select " + "(" * 200 + "1" + ")" * 200, "nested too deeply"),
        ("", "is no SELECT"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(sql: str, said: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(sql)
    assert said in str(caught.value)


@requirement("import:sql-needs")
def test_nested_selects_become_rows_of_one_stay(mimic_tables: Tables) -> None:
    sql = (
        "select labevents.valuenum from labevents where labevents.hadm_id in ( select admissions.hadm_id from "
        "admissions where admissions.subject_id = 7 and admissions.dischtime is null ) and labevents.itemid in "
        "( select d_labitems.itemid from d_labitems where d_labitems.label = 'zinc' ) "
        "order by labevents.charttime desc limit 1"
    )
    need = needs_of(sql, mimic_tables)
    closed = close(need, MIMIC, mimic_tables, merged=True, now=NOW)
    assert sorted(need.rows[n] for n in need.living()) == [
        "admissions", "d_labitems", "labevents", "patients",
    ]  
    row = {need.rows[n]: n for n in need.living()}
    for table in ("admissions", "labevents"):
        assert need.find((row[table], "subject_id")) == need.find((row["patients"], "subject_id"))
    assert need.find((row["labevents"], "itemid")) == need.find((row["d_labitems"], "itemid"))
    assert {"7", "'zinc'"} == set(literals(closed.need).values())


@requirement("import:sql-needs")
@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("select 1 from patients where not exists (select 1 from cost)", ["patients"]),
        ("select 1 from patients where subject_id not in (select subject_id from cost)", ["patients"]),
        ("with a as (select hadm_id h from cost) select count(*) from a", ["cost"]),
        ("select (select 1 from cost) from patients", ["patients", "cost"]),
        ("select 1 from nowhere", []),
    ],
)
def test_what_is_negated_asks_for_no_row(sql: str, tables: list[str], mimic_tables: Tables) -> None:
    assert needs_of(sql, mimic_tables).rows == tables


@requirement("import:sql-needs")
def test_using_ties_columns(mimic_tables: Tables) -> None:
    need = needs_of("select 1 from cost a join labevents b using (hadm_id)", mimic_tables)
    assert need.find((0, "hadm_id")) == need.find((1, "hadm_id"))


_PATIENT = "subject_id = 4711"
_CLASSES = {
    "this year": f"select admittime from admissions where {_PATIENT} and "
    "datetime(admittime,'start of year') = datetime(current_time,'start of year','-0 year')",
    "last month on a day": f"select admittime from admissions where {_PATIENT} and "
    "datetime(admittime,'start of month') = datetime(current_time,'start of month','-1 month') "
    "and strftime('%d',admittime) = '17'",
    "year as text": f"select admittime from admissions where {_PATIENT} and strftime('%y',admittime) = '2101'",
    "exact time": f"select 1 from cost where {_PATIENT} and chargetime = '2103-04-05 06:07:00'",
    "last half year": f"select admittime from admissions where {_PATIENT} and "
    "datetime(admittime) >= datetime(current_time,'-6 month')",
    "still there": f"select hadm_id from admissions where {_PATIENT} and dischtime is null",
    "longer than": f"select hadm_id from admissions where {_PATIENT} and "
    "strftime('%j',dischtime) - strftime('%j',admittime) > 40",
    "second to last": f"select valuenum from labevents where {_PATIENT} and itemid in (select itemid from "
    "d_labitems where label = 'neon') order by charttime desc limit 1 offset 1",
    "difference of two": f"select (select valuenum from labevents where {_PATIENT} order by charttime desc "
    f"limit 1) - (select valuenum from labevents where {_PATIENT} order by charttime asc limit 1)",
    "above": "select valuenum from chartevents where itemid in (select itemid from d_items where label = 'glow' "
    "and linksto = 'chartevents') and valuenum > 987.5",
    "pattern": "select drug from prescriptions where drug like '%phlogiston%'",
    "one of": "select drug from prescriptions where drug in ('aether', 'caloric')",
    "within months": "select count(distinct t1.subject_id) from (select subject_id, charttime from diagnoses_icd "
    "join d_icd_diagnoses using (icd9_code) where short_title = 'vapours') as t1 join (select subject_id, "
    "startdate from prescriptions where drug = 'theriac') as t2 on t1.subject_id = t2.subject_id where "
    "t1.charttime < t2.startdate and datetime(t2.startdate) between datetime(t1.charttime) and "
    "datetime(t1.charttime,'+2 month')",
    "at least three": "select subject_id from procedures_icd join d_icd_procedures using (icd9_code) where "
    "short_title = 'cupping' group by subject_id having count(*) >= 3",
    "two visits": "select count(*) from (select subject_id from admissions where insurance = 'guild' group by "
    "subject_id having count(*) >= 2)",
    "top five": "select drug from (select drug, dense_rank() over (order by count(*) desc) as c1 from "
    "prescriptions where route = 'inunction' group by drug) as t1 where t1.c1 <= 5",
    "cost of an event": "select cost from cost where event_type = 'labevents' and event_id in (select row_id from "
    "labevents where itemid in (select itemid from d_labitems where label = 'argon'))",
    "died": "select dod from patients where subject_id = 4712 and dod is not null",
    "either": "select hadm_id from admissions where language = 'volapuk' or language = 'ido'",
    "exists": "select 1 from patients where exists (select 1 from cost where cost.subject_id = patients.subject_id "
    "and cost.cost > 123456)",
    "share": "select 100.0 * sum(case when dod is null then 1 else 0 end) / count(*) from patients where "
    "subject_id in (select subject_id from microbiologyevents where org_name = 'homunculus')",
}


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("classes") / "world"
    yield _seeded(folder, [repair(sql).sql for sql in _CLASSES.values()], MIMIC)


@requirement("import:sql-witness")
@pytest.mark.parametrize("name", list(_CLASSES))
def test_each_class_of_queries_finds_its_witness(name: str, classes: Path) -> None:
    assert not empty(_rows(classes, repair(_CLASSES[name]).sql))  # type: ignore[arg-type]


_BY_CHANCE = {"mimic_iii": {"top_drug_after_dx"}, "eicu": {"top_lab_after_dx", "vital_min"}}
"""Forms whose filters of time may contradict one another."""
_YES_NO = {"lab_ever", "vital_above", "vital_change", "lab_change", "allergy_ever"}


@pytest.mark.ci
@requirement("import:sql-witness")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu"])
def test_forms_in_the_style_of_ehrsql_find_something(family: str, tmp_path: Path) -> None:
    forms = drawn(family, 2 * len(queries_by_form(family)))
    asked = [(form, repair(record["query"]).sql) for form, record in forms]
    file = _seeded(tmp_path / "world", [sql for _, sql in asked], SHAPES[family])
    nothing = {form for form, sql in asked if empty(_rows(file, sql))}  # type: ignore[arg-type]
    assert nothing <= _YES_NO | _BY_CHANCE[family]


@pytest.mark.ci
@requirement("import:sql-witness")
def test_no_is_an_answer_too(tmp_path: Path) -> None:
    sqls = [
        f"select count(*)>0 from prescriptions where subject_id = {number} and drug = 'theriac'"
        for number in range(9000, 9030)
    ]
    file = _seeded(tmp_path / "world", sqls, MIMIC)
    yes = sum(_rows(file, sql) == [(1,)] for sql in sqls)
    assert 5 < yes < 25


_ORPHANS = {
    "mimic_iii": [
        "select 1 from admissions where subject_id not in (select subject_id from patients)",
        "select 1 from icustays i left join admissions a using (hadm_id) where a.subject_id is not i.subject_id",
        "select 1 from chartevents c left join icustays i using (icustay_id) where i.hadm_id is not c.hadm_id",
        "select 1 from labevents e left join admissions a using (hadm_id) where a.subject_id is not e.subject_id",
        "select 1 from labevents where itemid not in (select itemid from d_labitems)",
        "select 1 from labevents where row_id not in (select event_id from cost where event_type = 'labevents')",
        "select 1 from cost where event_type = 'labevents' and event_id not in (select row_id from labevents)",
        "select 1 from admissions where admittime > dischtime",
        f"select 1 from labevents where charttime > '{NOW}'",
        "select hadm_id from admissions group by 1 having count(*) > 1",
        "select icustay_id from icustays group by 1 having count(*) > 1",
        "select label, linksto from d_items group by 1, 2 having count(*) > 1",
    ],
    "eicu": [
        "select 1 from lab where patientunitstayid not in (select patientunitstayid from patient)",
        "select patienthealthsystemstayid from patient group by 1 having count(distinct uniquepid) > 1",
        "select uniquepid from patient group by 1 having count(distinct gender) > 1",
        "select 1 from lab where labid not in (select eventid from cost where eventtype = 'lab')",
        "select 1 from cost c where not exists (select 1 from patient p where p.uniquepid = c.uniquepid "
        "and p.patienthealthsystemstayid = c.patienthealthsystemstayid)",
        "select 1 from patient where hospitaladmittime > unitadmittime or unitadmittime > unitdischargetime",
        f"select 1 from lab where labresulttime > '{NOW}'",
        "select 1 from patient where hospitaldischargetime is null and hospitaldischargestatus is not null",
    ],
}


@pytest.mark.ci
@requirement("import:sql-witness")
@pytest.mark.parametrize("family", list(_ORPHANS))
def test_rows_fit_together(family: str, tmp_path: Path) -> None:
    asked = [repair(record["query"]).sql for _, record in drawn(family, 2 * len(queries_by_form(family)))]
    file = _seeded(tmp_path / "world", asked, SHAPES[family])
    assert {sql: rows for sql in _ORPHANS[family] if (rows := _rows(file, f"{sql} limit 5"))} == {}


@requirement("import:sql-witness")
@pytest.mark.parametrize("family", list(SHAPES))
def test_equal_queries_give_equal_bytes(family: str, tmp_path: Path) -> None:
    if family == "treqs":
        sqls = ["select age from demographic where name = 'orla testford'"]
    else:
        sqls = [repair(record["query"]).sql for _, record in drawn(family, 6)]
    one = _seeded(tmp_path / "one", sqls, SHAPES[family]).read_bytes()
    assert one == _seeded(tmp_path / "two", sqls[::-1], SHAPES[family]).read_bytes()


@requirement("import:sql-witness")
def test_what_cannot_be_read_or_run_gets_no_witness(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    sqls = ["select gender from patients where subject_id = 77", "select", "select x from patients"]
    done = seed_world(tmp_path / "world", sqls, MIMIC, background=_BACKGROUND)
    assert (done.queries, done.informative, done.unreadable) == (3, 1, ["select"])
    assert done.empty == ["select x from patients"]
