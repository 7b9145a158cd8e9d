"""`medgym grade`: an answer, a stored run again, a stored run under MedAgentGym's verdicts."""

import json
from pathlib import Path

import pytest

from medgym.trajectory.rundir import RunFolder
from task_store.build import open_store
from tests._requirements import requirement
from tests.cli.conftest import Medgym
from tests.runner.episodes import episode, graded, stdout

FAMILY = "medcalcbench"


@pytest.fixture
def stored_run(data: Path, tmp_path: Path) -> RunFolder:
    """A run of one episode that printed 0 and submitted it, and was graded right by mistake."""
    task = next(
        task
        for task in open_store(data, families=[FAMILY]).select(FAMILY)
        if task.parts[0].answer_format.kind == "number"
    )
    folder = RunFolder(tmp_path)
    folder.write_notebook("one", episode(task, stdout("0"), submitted=[(0, graded(True, version="0"))]))
    return folder


@requirement("regrade:command")
def test_a_run_is_graded_again_and_its_notebooks_stay(medgym: Medgym, stored_run: RunFolder) -> None:
    before = {path: path.read_bytes() for path in stored_run.root.rglob("*.ipynb")}
    told = medgym("grade", str(stored_run.root), "--json")
    assert told.code == 1
    assert [(c["before"], c["after"]) for c in told.json["changed"]] == [("correct", "incorrect")]
    written = json.loads((stored_run.root / "regrade.json").read_text(encoding="utf-8"))
    assert written == told.json
    assert {path: path.read_bytes() for path in stored_run.root.rglob("*.ipynb")} == before
    human = medgym("grade", str(stored_run.root))
    assert human.code == 1
    assert "correct -> incorrect" in human.out
    assert "1 of 1 episodes graded again, 1 changed" in human.out


@requirement("reference:command")
def test_verdicts_there_stand_beside_ours(medgym: Medgym, stored_run: RunFolder) -> None:
    told = medgym("grade", str(stored_run.root), "--grading", "reference", "--json")
    assert told.code == 0
    assert told.json["by_family"][FAMILY]["confusion"]["both"] == 1
    assert told.json["rows"][0]["there"] == {"passed": True, "by": "cell 1", "why_not": None}
    assert json.loads((stored_run.root / "reference.json").read_text(encoding="utf-8")) == told.json
    assert "would have passed there" in medgym("grade", str(stored_run.root), "--grading", "reference").out


@requirement("regrade:command")
def test_what_is_no_run_is_said(medgym: Medgym, tmp_path: Path) -> None:
    told = medgym("grade", str(tmp_path))
    assert told.code == 2
    assert "no run folder" in told.err
