"""`medgym trajectories` on a run folder that a real journal and real notebooks made."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from medgym.cli import main
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from tests._requirements import requirement
from tests.trajectory.samples import sample_events
from tests.trajectory.test_diff import needs_nbdime


class Told:
    """What a command printed and how it exited."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str | Path) -> Told:
        with pytest.raises(SystemExit) as exit_:
            main(["trajectories", *map(str, arguments)])
        out, err = capsys.readouterr()
        return Told(int(exit_.value.code or 0), out, err)

    return call


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Two whole episodes, and one whose server died."""
    folder, events = RunFolder(tmp_path / "runs" / "a"), sample_events()
    for name, kept in (("a", len(events)), ("b", len(events)), ("cut", 3)):
        journal = folder.journal(name)
        for event in events[:kept]:
            journal.record(event)
        journal.close()
        if name != "cut":
            folder.write_notebook(name, Trajectory.of(events))
    return folder


@requirement("trajectories:list")
def test_list_and_its_filters(told: Any, run: RunFolder) -> None:
    listed = told("list", run.root.parent, "--outcome", "incorrect", "--limit", "1", "--json").json
    assert listed["total"] == 2
    (first,) = listed["trajectories"]
    assert (first["notebook"], first["failure"]) == (str(run.notebook("a")), "wrong_answer")
    assert told("list", run.root, "--failure", "out_of_time", "--json").json["total"] == 0
    people = told("list", run.root, "--limit", "1")
    assert str(run.notebook("a")) in people.out
    assert "1 more" in people.out


@requirement("trajectories:stats")
def test_stats(told: Any, run: RunFolder) -> None:
    told("recover", run.root)
    counted = told("stats", run.root, "--json").json
    assert counted["episodes"] == 3
    assert counted["outcomes"] == {"incorrect": 2, "incomplete": 1}
    assert counted["failures"] == {"wrong_answer": 2, "unfinished": 1}
    assert counted["by_family"] == {
        "toy": {"episodes": 3, "correct": 0, "incorrect": 2, "ungradable": 0, "incomplete": 1}
    }
    assert (counted["agents"], counted["protocols"]) == ({"tester": 3}, {"training": 3})
    totals = counted["totals"]
    assert (totals["cells"], totals["prompt_tokens"], totals["cost_usd"]) == (5, 30, 0.003)
    assert counted["bytes"]["journals"] == sum(path.stat().st_size for path in run.journal_paths())
    assert counted["bytes"]["notebooks"] == sum(path.stat().st_size for path in run.notebook_paths())
    assert "wrong_answer 2" in told("stats", run.root).out


@requirement("trajectories:stats")
def test_what_no_episode_says_is_unknown(told: Any, tmp_path: Path) -> None:
    RunFolder(tmp_path).write_notebook("a", Trajectory.of(sample_events()[:1]))
    assert told("stats", tmp_path, "--json").json["totals"]["cost_usd"] is None
    assert "cost_usd unknown" in told("stats", tmp_path).out


@requirement("trajectories:show")
def test_show_tells_the_conversation_and_obeys_nothing_in_it(told: Any, run: RunFolder) -> None:
    shown = told("show", run.notebook("a"))
    assert shown.code == 0
    assert "because" in shown.out
    assert "assistant (planner)" in shown.out
    assert "incorrect, score 0.0 (wrong_answer)" in shown.out
    assert "\x1b" not in shown.out
    assert "\\x1b[31mred" in shown.out
    assert next(m["role"] for m in told("show", run.notebook("a"), "--json").json["messages"]) == "user"
    (journal,) = [path for path in run.journal_paths() if path.stem == "cut"]
    assert told("show", journal, "--json").json["summary"]["complete"] is False


@needs_nbdime
@requirement("trajectories:diff")
def test_diff_exits_1_when_something_differs(told: Any, run: RunFolder) -> None:
    same = told("diff", run.notebook("a"), run.notebook("b"), "--json")
    assert (same.code, same.json["equal"]) == (0, True)
    (journal,) = [path for path in run.journal_paths() if path.stem == "cut"]
    other = told("diff", run.notebook("a"), journal)
    assert other.code == 1
    assert "Submission: part 1" in other.out


@requirement("trajectories:recover")
def test_recover_says_what_it_found(told: Any, run: RunFolder) -> None:
    (damaged, torn) = (run.journal(name) for name in ("damaged", "empty"))
    damaged.close()
    torn.close()
    damaged.path.write_text("nonsense\n{}\n", encoding="utf-8")
    found = told("recover", run.root.parent, "--json")
    assert found.code == 1
    assert found.json["notebooks"] == [str(run.notebook("cut"))]
    assert (found.json["incomplete"], found.json["empty"]) == (1, 1)
    assert list(found.json["unreadable"]) == [str(damaged.path)]
    damaged.path.unlink()
    assert told("recover", run.root).out.startswith("0 notebooks written")


@requirement("trajectories:gc")
def test_gc_says_what_it_freed(told: Any, run: RunFolder) -> None:
    dry = told("gc", run.root, "--dry-run", "--json").json
    assert dry["journals"] == 2
    assert len(list(run.journal_paths())) == 3
    assert told("gc", run.root, "--json").json == {**dry, "dry_run": False}
    assert [path.stem for path in run.journal_paths()] == ["cut"]
    assert told("gc", run.root).out.startswith("removed: 0 journals")


@requirement("trajectories:bad-input")
def test_bad_input_is_one_sentence(told: Any, run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "foreign.ipynb").write_text('{"cells": []}', encoding="utf-8")
    for arguments, words in (
        (("list", tmp_path / "nowhere"), "does not exist"),
        (("list", run.journals), "is no run folder"),
        (("show", tmp_path / "foreign.ipynb"), "holds no medgym trajectory"),
        (("recover", run.notebooks), "is no run folder"),
    ):
        said = told(*arguments)
        assert said.code == 2
        assert words in said.err
        assert "Traceback" not in said.err


@pytest.mark.skipif(find_spec("nbdime") is not None, reason="nbdime is installed")
@requirement("trajectories:diff")
def test_without_nbdime_diff_says_what_to_install(told: Any, run: RunFolder) -> None:
    said = told("diff", run.notebook("a"), run.notebook("b"))
    assert said.code == 2
    assert "pip install 'medgym[review]'" in said.err
