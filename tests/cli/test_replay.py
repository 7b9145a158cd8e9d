"""`medgym replay`, `medgym run --branch` and `medgym bench replay` as a user calls them."""

import json
from pathlib import Path

import pytest

from medgym.replay.folder import read_results
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder, read_notebook
from task_store import catalog
from tests._requirements import requirement
from tests.cli.conftest import Medgym


@pytest.mark.ci
@requirement("replay:folder")
def test_a_run_is_replayed_and_what_came_of_it_kept(medgym: Medgym, tmp_path: Path) -> None:
    script, out, tree = tmp_path / "script.json", tmp_path / "run", tmp_path / "branch"
    cells = ["print('first')", "import uuid\nprint(uuid.uuid4())"]
    script.write_text(json.dumps([{"do": "execute", "code": code} for code in cells]))
    run = [
        "run",
        "--agent",
        f"scripted:{script}",
        "--family",
        "medcalcbench",
        "--limit",
        "1",
        "--out",
        str(out),
    ]
    assert medgym(*run).code == 0
    (notebook,) = out.rglob("*.ipynb")
    told = medgym("replay", str(out), "--json")
    assert told.code == 1, told.err
    assert (told.json["replayed"], told.json["reproduced"], told.json["rate"]) == (1, 0, 0.0)
    assert told.json["classes"]["same_grade_other_outputs"] == 1
    (one,) = told.json["diverged"]
    assert (one["notebook"], one["cell"], one["cause"]) == (notebook.name, 2, "uuid")
    (kept,) = read_results(out).episodes.values()
    assert kept.divergence is not None
    assert kept.divergence.measured

    refused = medgym(
        "run", "--branch", str(notebook), "--at", "2", "--agent", "null", "--out", str(tree), "--json"
    )
    assert refused.code == 2
    assert "cell 2 does not come out the same" in refused.json["error"]["message"]
    tree = tmp_path / "another"
    made = medgym(
        "run", "--branch", str(notebook), "--at", "1", "--agent", "null", "--out", str(tree), "--json"
    )
    assert made.code == 0, made.err
    (branch,) = RunFolder(tree).trajectories()
    assert branch.started.parent is not None
    assert branch.started.parent.episode_id == kept.episode_id
    again = medgym("replay", str(next(tree.rglob("*.ipynb"))))
    assert again.code == 0, again.err
    assert "1 of 1 reproduced (100.0%)" in again.out
    assert (tree / "replay.json").exists()


@requirement("replay:folder")
@pytest.mark.parametrize("text", ["{}", "no JSON"])
def test_what_is_no_trajectory_is_said(medgym: Medgym, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.ipynb").write_text(text)
    told = medgym("replay", str(tmp_path / "x.ipynb"), "--json")
    assert told.code == 2
    assert told.json["error"]["message"] == "x.ipynb holds no medgym trajectory."


@requirement("branch:refused")
@pytest.mark.parametrize("arguments", [["--at", "1"], ["--samples", "2"]])
def test_half_a_branch_is_a_usage_error(medgym: Medgym, arguments: list[str]) -> None:
    assert medgym("run", "--agent", "null", *arguments, "--json").json["error"]["kind"] == "usage"


@pytest.mark.ci
@requirement("bench:replay")
def test_episodes_of_every_family_are_reproduced(medgym: Medgym, tmp_path: Path) -> None:
    episodes = 4 * len(catalog.families())
    command = ["bench", "replay", "--episodes", str(episodes), "--out", str(tmp_path), "--json"]
    told = medgym(*command)
    assert told.code == 0, told.err
    found = told.json["all"]
    assert (found["replayed"], found["successes"]["replayed"]) == (episodes, episodes)
    assert found["successes"]["rate"] >= 0.99, found["diverged"]
    assert set(told.json["by_family"]) == set(catalog.families())
    again = medgym(*command).json  # nothing is run twice
    assert again["all"] == found

    folder = RunFolder(tmp_path)  # but what was broken off is
    cut, *_ = folder.notebook_paths()
    events = read_notebook(cut).events
    end = events[-1].model_copy(update={"reason": "closed"})
    folder.write_notebook(cut.stem, Trajectory(events=(*events[:-1], end)))
    again = medgym(*command).json
    assert again["all"]["replayed"] == again["all"]["successes"]["replayed"] == episodes
    assert len(list(folder.notebook_paths())) == episodes + 1
