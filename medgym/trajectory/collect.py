"""What a run folder no longer needs: journals told whole by their notebooks, blobs that nobody names.

What is younger than an hour is left, but for journals: a notebook that names it may be about
to be written.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medgym.trajectory.blobs import named_blobs
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.journal import read_journal
from medgym.trajectory.rundir import RunFolder, read_notebook

YOUNG_S = 3_600.0


@dataclass
class Collected:
    """Files removed, or to be removed, and their bytes together."""

    journals: int = 0
    blobs: int = 0
    drafts: int = 0
    """Half-written files that a killed writer left."""
    bytes: int = 0


def collect(folder: RunFolder, *, dry_run: bool = False, now: float | None = None) -> Collected:
    """Remove what is no longer needed; with `dry_run` only say what that is.

    Args:
        folder: the run folder.
        dry_run: True: remove nothing.
        now: seconds since the epoch; None: the clock's.
    """
    old_before = (time.time() if now is None else now) - YOUNG_S
    done = Collected()
    for path in folder.journal_paths():
        if _told_whole(path, folder):
            done.journals += 1
            done.bytes += _remove(path, dry_run)
    named = {name for path in folder.notebook_paths() for name in named_blobs(path.read_text("utf-8"))}
    for path in _old(folder.blobs, old_before):
        if not path.name.startswith(".") and path.relative_to(folder.blobs).as_posix() not in named:
            done.blobs += 1
            done.bytes += _remove(path, dry_run)
    for path in (*_old(folder.notebooks, old_before), *_old(folder.blobs, old_before)):
        if path.name.startswith(".") and path.parent.name != ".ipynb_checkpoints":
            done.drafts += 1
            done.bytes += _remove(path, dry_run)
    return done


def _told_whole(journal: Path, folder: RunFolder) -> bool:
    """The episode's notebook is complete and reads back to what its journal holds."""
    notebook = folder.notebook(journal.stem)
    if not notebook.exists():
        return False
    try:
        told = read_notebook(notebook)
        return told.complete and told == read_journal(journal)
    except TrajectoryError:
        return False


def _old(top: Path, before: float) -> Iterator[Path]:
    return (path for path in top.rglob("*") if path.is_file() and path.stat().st_mtime < before)


def _remove(path: Path, dry_run: bool) -> int:
    size = path.stat().st_size
    if not dry_run:
        path.unlink()
    return size
