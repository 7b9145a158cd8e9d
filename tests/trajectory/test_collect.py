"""Tidying a run folder removes what is told elsewhere, and nothing else."""

import json
import os
import time
from pathlib import Path

import pytest

from kernel_manager.types import DisplayOutput, Execution
from medgym.episode.types import Event, Ran
from medgym.trajectory.collect import YOUNG_S, collect
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder, read_notebook
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


def figure(letter: str) -> Ran:
    output = DisplayOutput(data={"image/png": letter * 200_000})
    return Ran(
        at_s=1, step=1, execution=Execution(code="plot()", status="ok", outputs=(output,), duration_s=1)
    )


def episode(folder: RunFolder, name: str, events: list[Event]) -> None:
    journal = folder.journal(name)
    for event in events:
        journal.record(event)
    journal.close()
    folder.write_notebook(name, Trajectory.of(events))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """Three episodes: one whole, one without an end, one whose notebook somebody changed."""
    folder = RunFolder(tmp_path)
    first, *rest = sample_events()
    episode(folder, "whole", [first, figure("A"), *rest])
    episode(folder, "cut", [first, figure("B")])
    episode(folder, "changed", [first, *rest])
    path = folder.notebook("changed")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = "print('another')"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def size(folder: RunFolder) -> int:
    return sum(path.stat().st_size for path in folder.root.rglob("*") if path.is_file())


@requirement("trajectories:gc")
def test_only_what_is_told_elsewhere_goes(folder: RunFolder) -> None:
    before = {path.stem: read_notebook(path) for path in folder.notebook_paths()}
    bytes_before = size(folder)
    planned = collect(folder, dry_run=True)
    assert size(folder) == bytes_before
    done = collect(folder)
    assert done == planned
    assert done.journals == 1
    assert bytes_before - size(folder) == done.bytes > 0
    assert [path.stem for path in folder.journal_paths()] == ["changed", "cut"]
    assert {path.stem: read_notebook(path) for path in folder.notebook_paths()} == before
    assert collect(folder).bytes == 0


@requirement("trajectories:gc")
def test_old_blobs_that_nobody_names_and_drafts_go(folder: RunFolder) -> None:
    draft = folder.notebook("whole").with_name(".whole.ipynb-abc123")
    draft.write_text("half", encoding="utf-8")
    folder.notebook("whole").unlink()
    assert collect(folder).blobs == 0  # its notebook may be about to be written
    later = time.time() + 2 * YOUNG_S
    done = collect(folder, now=later)
    assert (done.blobs, done.drafts) == (1, 1)
    assert read_notebook(folder.notebook("cut")).of_type(Ran) == [figure("B")]


@requirement("trajectories:gc")
def test_a_blob_used_again_is_young_again(folder: RunFolder) -> None:
    for blob in folder.blobs.rglob("*.png"):
        os.utime(blob, (1, 1))
    folder.write_notebook("again", Trajectory.of([sample_events()[0], figure("A")]))
    folder.notebook("again").unlink()
    folder.notebook("whole").unlink()
    assert collect(folder).blobs == 0
