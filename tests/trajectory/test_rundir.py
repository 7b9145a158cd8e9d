"""Run folders: shards filled in order of arrival, and older folders without them."""

from pathlib import Path

import pytest

from medgym.trajectory import rundir
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder, run_folders, write_notebook
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


def begin(folder: RunFolder, name: str) -> Path:
    """Begin an episode that records nothing; returns its journal."""
    journal = folder.journal(name)
    journal.close()
    return journal.path


@requirement("rundir:shards")
def test_a_shard_is_filled_before_the_next_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rundir, "SHARD_EPISODES", 3)
    names = ["z", "y", "x", "w", "v", "u", "t"]
    paths = [begin(RunFolder(tmp_path), name) for name in names]  # each as by a process of its own
    assert [path.parent.name for path in paths] == ["0000"] * 3 + ["0001"] * 3 + ["0002"]
    folder = RunFolder(tmp_path)
    for name, path in zip(names, paths, strict=True):
        assert folder.notebook(name).parent == tmp_path / "notebooks" / path.parent.name
        assert folder.outputs(name).parent == tmp_path / "outputs" / path.parent.name
    assert [path.stem for path in folder.journal_paths()] == ["x", "y", "z", "u", "v", "w", "t"]


@requirement("rundir:shards")
def test_a_collected_journal_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rundir, "SHARD_EPISODES", 1)
    folder = RunFolder(tmp_path)
    for name in ("a", "b"):
        path = begin(folder, name)
        folder.write_notebook(name, Trajectory.of(sample_events()))
        path.unlink()
    assert begin(folder, "c").parent.name == "0002"
    assert folder.notebook("a").exists()


@requirement("rundir:shards")
def test_a_small_run_has_one_shard(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for number in range(20):
        begin(folder, f"{number}")
    assert rundir.SHARD_EPISODES == 1_000
    assert [path.name for path in (tmp_path / "journals").iterdir()] == ["0000"]


@requirement("rundir:both-layouts")
def test_older_run_folders_without_shards_are_read(tmp_path: Path) -> None:
    trajectory = Trajectory.of(sample_events())
    write_notebook(tmp_path / "notebooks" / "old.ipynb", trajectory)
    (tmp_path / "journals").mkdir()
    (tmp_path / "journals" / "old.jsonl").touch()
    (tmp_path / "notebooks" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "notebooks" / ".ipynb_checkpoints" / "old-checkpoint.ipynb").write_text("a copy of Jupyter's")
    folder = RunFolder(tmp_path)
    assert folder.notebook("old") == tmp_path / "notebooks" / "old.ipynb"
    assert list(folder.unfinished_journals()) == []
    begin(folder, "new")
    folder.write_notebook("new", trajectory)
    assert [path.parent.name for path in folder.notebook_paths()] == ["notebooks", "0000"]
    assert list(folder.trajectories()) == [trajectory, trajectory]


@requirement("rundir:both-layouts")
def test_run_folders_are_found_at_a_path_or_below_it(tmp_path: Path) -> None:
    for name in ("b", "a"):
        begin(RunFolder(tmp_path / name), "x")
    assert [folder.root.name for folder in run_folders(tmp_path)] == ["a", "b"]
    assert [folder.root.name for folder in run_folders(tmp_path / "b")] == ["b"]
    assert run_folders(tmp_path / "nowhere") == []
