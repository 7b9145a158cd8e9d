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
from tests.task_store.released_sql._ehrsql import drawn, queries_by_form, read_table

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
        "select labevents.valuenum from labevents where labevents.hadm_id in ( select admissions.hadm_id "
        "from admissions where admissions.subject_id = 7 and admissions.dischtime is null ) and "
        "labevents.itemid in ( select d_labitems.itemid from d_labitems where d_labitems.label = 'zinc' ) "
        "order by labevents.charttime desc limit 1"
    )
    need = needs_of(sql, mimic_tables)
    closed = close(need, MIMIC, mimic_tables, merged=True, now=NOW)
    assert sorted(need.rows[n] for n in need.living()) == [
        "admissions",
        "d_labitems",
        "labevents",
        "patients",
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


_CLASSES = dict(read_table("classes"))


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


@pytest.mark.ci
@requirement("import:sql-witness")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu"])
def test_rows_fit_together(family: str, tmp_path: Path) -> None:
    asked = [repair(record["query"]).sql for _, record in drawn(family, 2 * len(queries_by_form(family)))]
    file = _seeded(tmp_path / "world", asked, SHAPES[family])
    broken = [sql for name, sql in read_table("orphans") if name == family and _rows(file, f"{sql} limit 1")]
    assert broken == []


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
