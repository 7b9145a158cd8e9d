"""Importing released records whose gold is SQL; every record here is written for these tests."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from graders.gold import gold_answer
from graders.grade import judge_value
from task_store.answers import AnswerBook
from task_store.build import open_store
from task_store.importing import ImportFailedError, ImportReport, import_records
from task_store.released_sql import repair as repairs
from task_store.released_sql import running
from task_store.released_sql.repair import NOW, repair
from task_store.world import Shelf
from tests._requirements import requirement

COUNT = (
    'select count ( distinct demographic."subject_id" ) from demographic inner join diagnoses on '
    'demographic.hadm_id = diagnoses.hadm_id where demographic."age" < "47" '
    'and diagnoses."short_title" = "croup"'
)
NAMED = 'select demographic."dob" from demographic where demographic."name" = "orla testford"'
LONGEST = (
    'select max ( demographic."days_stay" ) from demographic inner join lab on demographic.hadm_id = '
    "lab.hadm_id "
    'where demographic."ethnicity" = "martian" and lab."flag" = "delta"'
)
BROKEN = "select count ( * ) from demographic where demographic.\"religion\" = 'seventh day's rest'"


def _record(query: str, answer: Any = ("1",), **more: Any) -> dict[str, Any]:
    question = f"made up question for: {query}"
    base = {
        "db_id": "mimicsql",
        "question": question,
        "query": query,
        "is_impossible": False,
        "split": "test",
    }
    return base | {"id": "x", "answer": list(answer) if isinstance(answer, tuple) else answer} | more


def _file(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "test_tasks.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def _rows(root: Path, report: ImportReport, number: int) -> Any:
    store = open_store(root, families=[report.tasks_in])
    task = store.select(report.tasks_in)[number]
    return AnswerBook(store.folders).get(task.id).parts[0].grading


@requirement("import:sql-repair")
@pytest.mark.parametrize(
    ("wrong", "right", "why"),
    [
        ("select strftime('%y', t.a) from t", "select strftime('%Y', t.a) from t", repairs.YEAR_WHY),
        ("select strftime('%y-%m', t.a) from t", "select strftime('%Y-%m', t.a) from t", repairs.YEAR_WHY),
        (
            "select strftime('%j', current_time) - strftime('%j', t.a) from t",
            f"select strftime('%J', '{NOW}') - strftime('%J', t.a) from t",
            repairs.DAYS_WHY,
        ),
        (
            "select 1 where 'current_time' < current_time",
            f"select 1 where 'current_time' < '{NOW}'",
            repairs.CURRENT_TIME_WHY,
        ),
        (
            "select 1 from t where a = 'crohn's disease' and b = 'x'",
            "select 1 from t where a = 'crohn''s disease' and b = 'x'",
            repairs.APOSTROPHE_WHY,
        ),
    ],
)
def test_known_mistakes_are_repaired_and_named(wrong: str, right: str, why: str) -> None:
    repaired = repair(wrong)
    assert repaired.sql == right
    assert why in repaired.mistakes
    assert repair(right).sql == right
    assert repair(right).mistakes == ()


@requirement("import:sql-repair")
@pytest.mark.parametrize(
    "sql",
    [
        COUNT,
        NAMED,
        "select 1 where a = '' and b = 'x'",
        "select 1 where a = 'it''s' or b in ('x', 'y')",
        """select 1 where a = "crohn's disease" """,
        "select strftime('%Y-%m', a) from t",
    ],
)
def test_right_queries_stay_as_they_are(sql: str) -> None:
    assert repair(sql).sql == sql.strip()
    assert repair(sql).mistakes == ()


@requirement("import:sql-witness")
def test_seeded_worlds_have_something_for_each_query(tmp_path: Path) -> None:
    records = [_record(COUNT), _record(NAMED), _record(LONGEST)]
    report = import_records(tmp_path / "data", "treqs", _file(tmp_path, *records))
    assert (report.total, report.imported, report.unchecked, report.agree) == (3, 3, 3, 0)
    golds = [_rows(tmp_path / "data", report, number) for number in range(3)]
    assert all(not running.empty([tuple(row) for row in spec.rows]) for spec in golds)
    for spec in golds:
        assert judge_value(spec, gold_answer(spec)).outcome == "correct"


@pytest.mark.ci
@requirement("import:sql-witness")
def test_the_seeded_world_is_the_same_again_and_is_found_by_its_tasks(tmp_path: Path) -> None:
    path = _file(tmp_path, _record(COUNT), _record(NAMED))
    seen = []
    for name in ("one", "two"):
        report = import_records(tmp_path / name, "treqs", path)
        task = open_store(tmp_path / name, families=[report.tasks_in]).select(report.tasks_in)[0]
        assert task.world.name == report.world
        assert task.world.data_use == "open"
        seen.append((Shelf(tmp_path / name).folder(task.world) / "mimicsql.sqlite").read_bytes())
    assert seen[0] == seen[1]


@requirement("import:sql-suspects")
def test_repaired_queries_are_suspects_whose_gold_is_ours(tmp_path: Path) -> None:
    report = import_records(
        tmp_path / "data", "treqs", _file(tmp_path, _record(BROKEN, ("0",)), _record(NAMED))
    )
    (suspect,) = report.suspects
    assert suspect.repaired
    assert suspect.why == repairs.APOSTROPHE_WHY
    assert report.repaired == 1
    assert _rows(tmp_path / "data", report, 0).rows != ((0,),)


@requirement("import:sql-rejects")
def test_what_gives_no_rows_is_rejected_with_its_line(tmp_path: Path) -> None:
    bad = [
        _record("select nothing from nowhere"),
        _record("delete from demographic"),
        _record("attach database 'x' as y"),
        _record(NAMED, question="  "),
        _record(COUNT) | {"query": None},
    ]
    report = import_records(tmp_path / "data", "treqs", _file(tmp_path, *bad, _record(COUNT)))
    assert [line.line for line in report.rejected] == [1, 2, 3, 4, 5]
    assert report.imported == 1
    assert "cannot be run" in report.rejected[1].why


@requirement("import:sql-rejects")
def test_impossible_questions_are_answered_by_abstaining(tmp_path: Path) -> None:
    records = [_record("", question="what is the meaning of it", is_impossible=True), _record(COUNT)]
    report = import_records(tmp_path / "data", "treqs", _file(tmp_path, *records))
    assert _rows(tmp_path / "data", report, 0).kind == "abstain"


def _hospital(folder: Path) -> Path:
    """A database that stands for the user's own, in EHRSQL's schema of MIMIC-III."""
    path = folder / "own.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE admissions (subject_id INT, hadm_id INT, admittime TEXT, age INT);"
            "INSERT INTO admissions VALUES (1, 10, '2105-12-01 23:59:00', 70), (2, 20, '2103-01-01 "
            "10:00:00', 50);"
        )
        database.commit()
    return path


@requirement("import:sql-own-database")
def test_the_users_own_database_decides(tmp_path: Path) -> None:
    since = (
        "select 1.0 * (strftime('%j', current_time) - strftime('%j', admissions.admittime)) from admissions "
        "where admissions.subject_id = 1"
    )
    records = [
        _record("select admissions.age from admissions where admissions.subject_id = 2", ("50",)),
        _record("select admissions.age from admissions where admissions.subject_id = 1", ("7",)),
        _record(since, ("-335.0",), template="how long since", q_tag="how long since"),
    ]
    report = import_records(
        tmp_path / "data", "mimic_iii", _file(tmp_path, *records), database=_hospital(tmp_path)
    )
    assert (report.imported, report.agree, len(report.suspects)) == (3, 1, 2)
    unknown, repaired = report.suspects
    assert (unknown.repaired, unknown.theirs, unknown.ours) == (False, "7", "70")
    assert (repaired.repaired, repaired.ours) == (True, "30")
    assert _rows(tmp_path / "data", report, 2).rows == ((30.0,),)
    store = open_store(tmp_path / "data", families=[report.tasks_in])
    assert {task.world.data_use for task in store.select(report.tasks_in)} == {"credentialed"}


@requirement("import:sql-own-database")
def test_a_missing_database_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = _file(tmp_path, _record("select 1 from admissions"))
    with pytest.raises(ImportFailedError, match="There is no database"):
        import_records(tmp_path / "data", "mimic_iii", path, database=tmp_path / "none.sqlite")
    (tmp_path / "text.sqlite").write_text("no database " * 100, encoding="utf-8")
    with pytest.raises(ImportFailedError, match="cannot be read as a SQLite database"):
        import_records(tmp_path / "data", "mimic_iii", path, database=tmp_path / "text.sqlite")
    with pytest.raises(ImportFailedError, match="leave --database out"):
        import_records(tmp_path / "data", "npowerai", path, database=path)
