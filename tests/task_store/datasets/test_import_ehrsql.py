"""Importing EHRSQL records without their licensed databases; every record is our own."""

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
from task_store.importing import ImportFailedError, import_records
from task_store.released_sql import repair as repairs
from task_store.released_sql.importer import SYNTHETIC
from task_store.world import Shelf
from task_store.world_index import INDEX
from task_store.world_info import InfoQuery, WorldInfo
from tests._requirements import requirement
from tests.task_store.released_sql._ehrsql import drawn

FAMILIES = ("mimic_iii", "eicu")
_PATIENTS = {"mimic_iii": "patients", "eicu": "patient"}


def _records(family: str, count: int = 12) -> list[dict[str, Any]]:
    return [record for _, record in drawn(family, count)]


def _folder(folder: Path, records: list[Any]) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    folder.mkdir()
    (folder / "test_tasks.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.ci
@requirement("import:sql-synthetic")
@pytest.mark.parametrize("family", FAMILIES)
def test_records_without_a_database_are_imported_over_a_seeded_world(family: str, tmp_path: Path) -> None:
    records = _records(family)
    root = tmp_path / "data"
    report = import_records(root, family, _folder(tmp_path / "in", records))
    assert (report.imported, report.rejected, report.world_note) == (len(records), (), SYNTHETIC)
    store = open_store(root, families=[report.tasks_in])
    book = AnswerBook(store.folders)
    for task in store.select(report.tasks_in):
        assert task.world.data_use == "open"
        assert "This database is synthetic" in task.parts[0].prompt
        spec = book.get(task.id).parts[0].grading
        assert judge_value(spec, gold_answer(spec)).outcome == "correct"
    home = Shelf(root).home(task.world)
    reply = WorldInfo(home / INDEX).ask(InfoQuery(about="tables"))
    assert _PATIENTS[family] in {table.name for table in reply.tables}


@requirement("import:sql-rejects")
@pytest.mark.parametrize("family", FAMILIES)
def test_bad_rows_are_named_and_the_rest_loads(family: str, tmp_path: Path) -> None:
    good = _records(family, 3)
    bad = [
        good[0] | {"query": "select count( from where", "question": "broken"},
        good[0] | {"query": f"select mood from {_PATIENTS[family]}", "question": "no such column"},
        good[0] | {"query": f"delete from {_PATIENTS[family]}", "question": "writes"},
        good[0] | {"query": None, "question": "none"},
        '{"question": ',
    ]
    report = import_records(tmp_path / "data", family, _folder(tmp_path / "in", [*bad, *good]))
    assert [line.line for line in report.rejected] == [1, 2, 3, 4, 5]
    assert "syntax error" in report.rejected[0].why
    assert "no such column" in report.rejected[1].why
    assert report.imported == 3


@requirement("import:sql-suspects")
def test_repairs_are_suspects_and_what_finds_nothing_is_told(tmp_path: Path) -> None:
    plain = {"question": "who", "query": "select uniquepid from patient where age = '7' and age = '8'"}
    julian = {
        "question": "how long",
        "query": "select strftime('%j',current_time) - strftime('%j',patient.hospitaladmittime) from patient "
        "where patient.uniquepid = '030-11'",
        "answer": ["-3"],
    }
    records = [record | {"is_impossible": False} for record in (plain, julian)]
    report = import_records(tmp_path / "data", "eicu", _folder(tmp_path / "in", records))
    (suspect,) = report.suspects
    assert suspect.repaired
    assert suspect.theirs == "-3"
    assert float(suspect.ours) > 0
    assert repairs.DAYS_WHY in suspect.why
    ((why, count),) = report.unchecked_why.items()
    assert (count, "it is empty, NULL or 0 there" in why) == (1, True)


@requirement("import:sql-own-database")
def test_the_users_own_eicu_decides(tmp_path: Path) -> None:
    own = tmp_path / "own.sqlite"
    with closing(sqlite3.connect(own)) as database:
        database.execute("CREATE TABLE patient (uniquepid TEXT, gender TEXT)")
        database.execute("INSERT INTO patient VALUES ('002-5', 'male')")
        database.commit()
    query = "select gender from patient where uniquepid = '002-5'"
    records = [
        {"question": "which", "query": query, "answer": ["male"]},
        {"question": "which again", "query": query, "answer": ["female"]},
    ]
    report = import_records(tmp_path / "data", "eicu", _folder(tmp_path / "in", records), database=own)
    assert (report.agree, len(report.suspects), report.world_note) == (1, 1, "")
    (task, _) = open_store(tmp_path / "data", families=["eicu_imported"]).select("eicu_imported")
    assert task.world.data_use == "credentialed"
    assert "This database is synthetic" not in task.parts[0].prompt


@requirement("import:sql-rejects")
@pytest.mark.parametrize("family", FAMILIES)
def test_what_has_no_query_at_all_is_refused_in_one_sentence(family: str, tmp_path: Path) -> None:
    path = _folder(tmp_path / "in", [{"question": "what", "answer": ["1"]}])
    with pytest.raises(ImportFailedError, match="No record has a query to seed a world"):
        import_records(tmp_path / "data", family, path)
    with pytest.raises(ImportFailedError, match="There is no file or folder"):
        import_records(tmp_path / "data", family, tmp_path / "none")
    assert not list((tmp_path / "data").rglob("*.sqlite"))
