"""Importing in general: files, bad lines, ids, what a store then holds."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graders.gold import gold_answer
from graders.grade import judge_value
from task_store import build, files, importing
from task_store.answers import AnswerBook
from task_store.errors import StoreError, UnknownFamilyError
from task_store.importing import ImportFailedError, ImportReport, import_records
from tests._requirements import requirement
from tests.task_store.datasets._released import medcalc_row, other_row

FAMILY = "medcalcbench"
WRONG_DAY = other_row(13, "{'cycle length': 26, 'Last menstrual date': '01/10/2021'}", "10/19/2021")


def write(path: Path, *rows: Any) -> Path:
    """JSONL of dicts; text and bytes are written as they are."""
    lines = [
        row if isinstance(row, bytes) else (row if isinstance(row, str) else json.dumps(row)).encode()
        for row in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def bring(tmp_path: Path, *rows: Any, name: str = "test_tasks.jsonl") -> ImportReport:
    return import_records(tmp_path / "data", FAMILY, write(tmp_path / name, *rows))


def consistent(report: ImportReport) -> bool:
    return (
        report.total == report.imported + len(report.rejected)
        and report.imported == report.agree + len(report.suspects) + report.unchecked
        and report.imported == sum(report.splits.values())
        and report.unchecked == sum(report.unchecked_why.values())
    )


@requirement("import:bad-lines")
def test_bad_lines_are_rejected_with_their_place_and_the_rest_is_kept(tmp_path: Path) -> None:
    bad = [
        "not json",
        "[1, 2]",
        '{"Calculator ID": NaN}',
        b'{"Calculator ID": "\xff"}',
        "[" * 100_000,
        "{}",
        medcalc_row(Question=None),
        medcalc_row(Ground_Truth_Answer="about 80"),
        medcalc_row(Ground_Truth_Answer="inf"),
        medcalc_row(Ground_Truth_Answer="90"),
        medcalc_row(Patient_Note="half \ud800 a character"),
        medcalc_row(Calculator_ID=True),
    ]
    report = bring(tmp_path, medcalc_row(), *bad, "", medcalc_row(Patient_Note="Another note. 120/60 mm Hg."))
    assert report.imported == report.agree == 2
    assert [line.line for line in report.rejected] == list(range(2, 2 + len(bad)))
    assert {line.file for line in report.rejected} == {"test_tasks.jsonl"}
    assert all(line.why and "\n" not in line.why for line in report.rejected)
    assert "outside its own limits" in report.rejected[9].why
    assert consistent(report)


@requirement("import:bad-lines")
def test_a_line_without_end_costs_no_memory_and_hides_no_neighbour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_LINE_BYTES", 2000)
    report = bring(tmp_path, "x" * 10_000, medcalc_row())
    assert (report.imported, [line.line for line in report.rejected]) == (1, [1])
    assert "longer than" in report.rejected[0].why


@requirement("import:bad-lines")
def test_windows_lines_and_a_byte_order_mark_are_no_error(tmp_path: Path) -> None:
    path = tmp_path / "test_tasks.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(medcalc_row()).encode() + b"\r\n\r\n")
    report = import_records(tmp_path / "data", FAMILY, path)
    assert (report.total, report.imported) == (1, 1)


@requirement("import:repeats")
def test_a_repeated_question_is_rejected_and_says_whether_the_answers_differ(tmp_path: Path) -> None:
    again = medcalc_row(Row_Number=8)
    other = again | {"Ground Truth Answer": "79"}
    report = bring(tmp_path, medcalc_row(), again, other)
    assert [line.why for line in report.rejected] == [
        "it repeats the question of test_tasks.jsonl line 1, with the same answer",
        "it repeats the question of test_tasks.jsonl line 1, with another answer",
    ]
    assert consistent(report)


@requirement("import:folder")
def test_a_folder_gives_its_splits_and_says_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "data_of_user" / FAMILY
    write(folder / "train_tasks.jsonl", medcalc_row())
    write(folder / "valid_tasks.jsonl", medcalc_row(Patient_Note="Second. 120/60 mm Hg"))
    write(folder / "calculation_method.jsonl", {"not": "a task"})
    for path in (folder, folder.parent):
        report = import_records(tmp_path / "data", FAMILY, path)
        assert report.splits == {"train": 1, "valid": 1}
        assert report.files == ("train_tasks.jsonl", "valid_tasks.jsonl")
        assert report.missing == ("test_tasks.jsonl",)
    single = write(tmp_path / "task.jsonl", medcalc_row())
    assert import_records(tmp_path / "data", FAMILY, single).splits == {"test": 1}


@requirement("import:one-sentence")
def test_what_cannot_be_imported_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    blank = write(tmp_path / "blank.jsonl", "")
    hopeless = write(tmp_path / "hopeless.jsonl", "no", "record")
    cases = {
        tmp_path / "nowhere": "There is no file or folder",
        tmp_path / "empty": "holds none of train_tasks.jsonl",
        blank: "holds no records",
        hopeless: "the first, hopeless.jsonl line 1",
    }
    for path, words in cases.items():
        with pytest.raises(ImportFailedError, match=words) as caught:
            import_records(tmp_path / "data", FAMILY, path)
        assert "\n" not in str(caught.value)
    assert issubclass(ImportFailedError, StoreError)
    with pytest.raises(UnknownFamilyError):
        import_records(tmp_path / "data", "nope", hopeless)
    assert not (tmp_path / "data").exists()


@requirement("import:ids")
def test_ids_come_from_the_row_number_and_never_collide(tmp_path: Path) -> None:
    rows = [
        medcalc_row(),
        medcalc_row(Patient_Note="Second. 120/60 mm Hg"),
        medcalc_row(Patient_Note="Third. 120/60 mm Hg", Row_Number=None),
    ]
    bring(tmp_path, *rows)
    ids = [
        task.id for task in build.open_store(tmp_path / "data", families=["medcalcbench_imported"]).select()
    ]
    assert ids == [f"medcalcbench_imported/test/release-{key}" for key in ("7", "7-2", "3")]


@requirement("import:store")
def test_imported_tasks_are_listed_beside_the_built_in_ones_and_graded(tmp_path: Path) -> None:
    root = tmp_path / "data"
    build.build_family(root, FAMILY, tasks=3)
    bring(tmp_path, medcalc_row(), WRONG_DAY)
    store = build.open_store(root, families=[FAMILY, "medcalcbench_imported"])
    assert build.imported_families(root) == ["medcalcbench_imported"]
    assert store.stats()["medcalcbench_imported"].tasks == 2
    assert store.stats()[FAMILY].tasks == 3
    book = AnswerBook(store.folders)
    for task in store.select("medcalcbench_imported"):
        (part,) = book.get(task.id).parts
        assert judge_value(part.grading, gold_answer(part.grading)).outcome == "correct"
        scope: dict[str, Any] = {}
        exec(part.reference, scope)
        assert judge_value(part.grading, scope["answer"]).outcome == "correct"
        assert task.source == "imported: test_tasks.jsonl"
    with pytest.raises(UnknownFamilyError):
        build.open_store(root, families=["npowerai_imported"])


@requirement("import:store")
def test_another_import_replaces_the_current_one_and_the_same_one_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "data"
    first = bring(tmp_path, medcalc_row())
    folder = files.current_folder(root, "medcalcbench_imported")
    assert bring(tmp_path, medcalc_row()) == first
    assert files.current_folder(root, "medcalcbench_imported") == folder
    bring(tmp_path, medcalc_row(), WRONG_DAY)
    assert files.current_folder(root, "medcalcbench_imported") != folder
    assert folder is not None
    assert (folder / "tasks.sqlite").is_file()


@requirement("import:suspects")
def test_suspects_are_named_for_scores_and_the_report_is_private(tmp_path: Path) -> None:
    report = bring(tmp_path, medcalc_row(), WRONG_DAY | {"Row Number": 9})
    store = build.open_store(tmp_path / "data", families=["medcalcbench_imported"])
    assert build.suspects(store).keys() == {"medcalcbench_imported/test/release-9"}
    folder = store.folders["medcalcbench_imported"]
    assert ImportReport.model_validate_json((folder / "report.json").read_text(encoding="utf-8")) == report
    for name in ("report.json", "answers.sqlite"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    tasks = (folder / "tasks.sqlite").read_bytes()
    assert (
        b"cycle length" not in tasks
    )  # the entities, from which the gold follows, stay out of the public half


@requirement("import:cli")
def test_the_command_prints_the_keys_that_others_rely_on(tmp_path: Path) -> None:
    path = write(tmp_path / "test_tasks.jsonl", medcalc_row(), WRONG_DAY, "no record")
    done = _medgym("import", FAMILY, str(path), "--data", str(tmp_path / "data"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"family", "total", "imported", "repaired", "agree", "suspects", "rejected", "world"} <= set(told)
    assert (told["family"], told["total"], told["imported"], told["agree"]) == (FAMILY, 3, 2, 1)
    assert {"task", "why", "theirs", "ours"} <= set(told["suspects"][0])
    assert set(told["rejected"][0]) == {"file", "line", "why"}
    people = _medgym("import", FAMILY, str(path), "--data", str(tmp_path / "data"))
    assert "2 of 3 records imported as medcalcbench_imported" in people.stdout
    assert "line 3" in people.stdout


@requirement("import:cli")
def test_a_wrong_path_is_a_usage_error(tmp_path: Path) -> None:
    done = _medgym("import", FAMILY, str(tmp_path / "nowhere"), "--data", str(tmp_path / "data"), "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["message"].startswith("There is no file or folder")


def _medgym(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "medgym", "data", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
