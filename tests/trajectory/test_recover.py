"""Killed writers: at most the event being written is lost, and journals become notebooks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from medgym.trajectory.journal import read_journal
from medgym.trajectory.recover import recover
from medgym.trajectory.rundir import RunFolder, read_notebook
from tests._requirements import requirement
from tests.trajectory.killing import episode_events
from tests.trajectory.samples import sample_events


def kill_writers(out: Path, rounds: int, seed: int) -> list[int]:
    """Events acknowledged before each kill."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.trajectory.killing", str(out), str(rounds), str(seed)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    counts: list[int] = json.loads(done.stdout)
    return counts


def check_round(folder: RunFolder, acknowledged: int) -> bool:
    """Nothing acknowledged is lost; says whether the kill left a torn line."""
    journals = list(folder.journal_paths())
    torn = [path for path in journals if path.stat().st_size and not path.read_bytes().endswith(b"\n")]
    before = {path.stem for path in folder.notebook_paths()}
    recovered = recover(folder)
    assert not recovered.unreadable
    kept = 0
    for number, path in enumerate(journals):
        if path in recovered.empty:
            continue
        trajectory = read_notebook(folder.notebook(path.stem))
        assert trajectory == read_journal(path)
        expected = episode_events(number)
        assert list(trajectory.events) == expected[: len(trajectory.events)]
        kept += len(trajectory.events)
        assert trajectory.complete or path == journals[-1]
        assert trajectory.complete or path.stem not in before
    assert acknowledged <= kept <= acknowledged + 1
    assert len(torn) <= 1
    assert list(folder.unfinished_journals()) == recovered.empty
    return bool(torn)


@requirement("journal:killed")
def test_a_killed_writer_loses_at_most_the_event_being_written(tmp_path: Path) -> None:
    for number, acknowledged in enumerate(kill_writers(tmp_path, rounds=4, seed=7)):
        check_round(RunFolder(tmp_path / f"round-{number:02d}"), acknowledged)


@pytest.mark.ci
@requirement("journal:killed")
def test_fifty_kills_at_random_moments(tmp_path: Path) -> None:
    counts = kill_writers(tmp_path, rounds=50, seed=2026)
    assert len(counts) == 50
    for number, acknowledged in enumerate(counts):
        check_round(RunFolder(tmp_path / f"round-{number:02d}"), acknowledged)
    assert len(set(counts)) > 12  # the moments really differ: 25 places, each reached or passed by one


@requirement("trajectories:recover")
def test_journals_become_notebooks_marked_incomplete(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    events = sample_events()
    for name, kept in (("cut", 3), ("ended", len(events)), ("empty", 0), ("broken", 4)):
        journal = folder.journal(name)
        for event in events[:kept]:
            journal.record(event)
        journal.close()
    for path in folder.journal_paths():
        if path.stem == "cut":
            path.write_bytes(path.read_bytes() + b'{"v": 1, "event": "ran", "at')
        if path.stem == "broken":
            path.write_bytes(path.read_bytes().replace(b'"event"', b'"evil"', 1))
    done = recover(folder)
    assert {path.stem for path in done.notebooks} == {"cut", "ended"}
    assert done.incomplete == 1
    assert [path.stem for path in done.empty] == ["empty"]
    assert {path.stem: "Event 1" in why for path, why in done.unreadable.items()} == {"broken": True}
    metadata = json.loads(folder.notebook("cut").read_text(encoding="utf-8"))["metadata"]["medgym"]
    assert metadata["complete"] is False
    assert read_notebook(folder.notebook("ended")).complete
    assert recover(folder).notebooks == []
