"""The run folder: where the episodes of one run (or one server) leave their files.

RUN/run.json                         what was asked for, resolved
RUN/journals/<nnnn>/<episode>.jsonl  one a running or ended episode
RUN/notebooks/<nnnn>/<episode>.ipynb one an ended episode
RUN/outputs/<nnnn>/<episode>/<n>.txt full text of the n-th cell, where it was too long to show
RUN/blobs/<ab>/<hash>.<ending>       large outputs, which notebooks name by hash
RUN/index.jsonl                      one line a notebook: its summary
RUN/report.json                      counts and rates, when the run is over

A shard <nnnn> takes 1,000 episodes in order of arrival; the same number holds all files of an
episode. Older run folders have no shards, and are read all the same.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from medgym.trajectory import index
from medgym.trajectory.blobs import restore, spill
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.index import Entry, Where
from medgym.trajectory.journal import Journal, read_journal
from medgym.trajectory.model import Trajectory
from medgym.trajectory.notebook import from_notebook, to_notebook
from medgym.trajectory.record import Json
from medgym.trajectory.summary import Summary
from task_store.whole_file import write_text

BLOBS = "blobs"
SHARD_EPISODES = 1_000
"""Episodes in one folder; only processes that begin one at the same instant may pass it."""


class RunFolder:
    """One run folder; made when first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def notebooks(self) -> Path:
        """Folder of all notebooks, in its shards."""
        return self.root / "notebooks"

    @property
    def journals(self) -> Path:
        """Folder of all journals, in its shards."""
        return self.root / "journals"

    @property
    def blobs(self) -> Path:
        """Folder of what notebooks hold by hash only."""
        return self.root / BLOBS

    def journal(self, name: str) -> Journal:
        """A new journal; `name` is the episode's in all its files."""
        return Journal(self.journals / self._open_shard() / f"{name}.jsonl")

    def outputs(self, name: str) -> Path:
        """The folder for long outputs of an episode; made when one comes."""
        return self.root / "outputs" / self._shard_of(name) / name

    def notebook(self, name: str) -> Path:
        """Where the notebook of an episode lies, or is going to."""
        return self.notebooks / self._shard_of(name) / f"{name}.ipynb"

    def write_notebook(self, name: str, trajectory: Trajectory) -> Path:
        path = self.notebook(name)
        write_notebook(path, trajectory, blobs=self.blobs)
        index.add(self.root, path, Summary.of(trajectory))
        return path

    def write_json(self, name: str, data: Json) -> None:
        write_text(self.root / name, json.dumps(data, indent=1, ensure_ascii=False))

    def notebook_paths(self) -> Iterator[Path]:
        """Every notebook, by shard and name."""
        return _files(self.notebooks, ".ipynb")

    def journal_paths(self) -> Iterator[Path]:
        """Every journal, by shard and name."""
        return _files(self.journals, ".jsonl")

    def trajectories(self) -> Iterator[Trajectory]:
        """Every trajectory that has a notebook, by shard and name."""
        return (read_notebook(path) for path in self.notebook_paths())

    def entries(self, where: Where | None = None, *, decoded: bool = False) -> Iterator[Entry]:
        """Path and summary of the notebooks, by shard and name, without opening those in the index.

        Args:
            where: only these.
            decoded: whether all of them are going to be asked what is told of them.
        """
        top = self.notebooks
        prefix = f"{top.name}/"
        names = (prefix + name for name in _names(top, ".ipynb"))
        return index.entries(self.root, names, read_summary, where, decoded=decoded)

    def unfinished_journals(self) -> Iterator[Path]:
        """Journals of episodes without a notebook: they run still, or their server died."""
        return (path for path in self.journal_paths() if not self.notebook(path.stem).exists())

    def interrupted(self) -> Iterator[Trajectory]:
        """Trajectories of episodes that left a journal and no notebook."""
        return (read_journal(path) for path in self.unfinished_journals())

    def sizes(self) -> dict[str, int]:
        """Bytes of all files, by what they are."""
        tops = {"journals": self.journals, "notebooks": self.notebooks, "blobs": self.blobs}
        tops |= {"outputs": self.root / "outputs"}
        sizes = {name: _bytes_below(top) for name, top in tops.items()}
        listed = self.root / index.NAME
        return {**sizes, "index": listed.stat().st_size if listed.exists() else 0}

    def _open_shard(self) -> str:
        """The shard that takes the next episode."""
        last = max((*_shards(self.journals), *_shards(self.notebooks)), key=int, default="0000")
        # A journal may have been collected, a notebook not yet be written: an episode has one of them.
        taken = {
            path.stem
            for top, suffix in ((self.journals, ".jsonl"), (self.notebooks, ".ipynb"))
            for path in (top / last).glob(f"*{suffix}")
        }
        return last if len(taken) < SHARD_EPISODES else f"{int(last) + 1:04d}"

    def _shard_of(self, name: str) -> str:
        """Where the files of an episode lie: "" where a folder has no shards, the open one for a new name."""
        for top, suffix in ((self.journals, ".jsonl"), (self.notebooks, ".ipynb")):
            for shard in (*reversed(_shards(top)), ""):
                if (top / shard / f"{name}{suffix}").exists():
                    return shard
        return self._open_shard()


def run_folders(path: Path) -> list[RunFolder]:
    """The run folder at `path`, or else those directly below it."""
    if _is_run(path):
        return [RunFolder(path)]
    return [RunFolder(below) for below in sorted(path.iterdir()) if _is_run(below)] if path.is_dir() else []


def write_notebook(path: Path, trajectory: Trajectory, *, blobs: Path | None = None) -> None:
    """Write a notebook.

    Args:
        path: the notebook's.
        trajectory: what it is to hold.
        blobs: folder for large outputs; None: they stay in the notebook.
    """
    notebook = to_notebook(trajectory)
    if blobs is not None:
        spill(notebook, blobs, beside=path.parent)
    write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def read_notebook(path: Path) -> Trajectory:
    """The trajectory in a notebook; large outputs are taken from its run folder.

    Raises:
        TrajectoryError: the notebook holds no trajectory of ours, or a large output is missing.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TrajectoryError(f"{path.name} is no notebook: it is not JSON.") from error
    return from_notebook(restore(notebook, _blobs_near(path)))


def read_summary(path: Path) -> Summary:
    """The summary of a notebook: its own metadata, or what follows from its events if those are older.

    Raises:
        TrajectoryError: the notebook holds no trajectory of ours.
    """
    try:
        return Summary.model_validate(json.loads(path.read_bytes())["metadata"]["medgym"])
    except (ValueError, KeyError, TypeError):
        return Summary.of(read_notebook(path))


def _blobs_near(notebook: Path) -> Path:
    """The blobs of the run folder that a notebook lies in, two or three folders up."""
    above = list(notebook.absolute().parents)[1:3]
    return next((folder / BLOBS for folder in above if (folder / BLOBS).is_dir()), above[-1] / BLOBS)


def _is_run(path: Path) -> bool:
    return any((path / part).is_dir() for part in ("journals", "notebooks"))


def _shards(top: Path) -> list[str]:
    """Names of the shards below a folder, in order."""
    if not top.is_dir():
        return []
    return sorted((entry.name for entry in top.iterdir() if entry.name.isdecimal()), key=int)


def _files(top: Path, suffix: str) -> Iterator[Path]:
    return (top / name for name in _names(top, suffix))


def _names(top: Path, suffix: str) -> Iterator[str]:
    """Files in a folder and its shards, and nowhere else: Jupyter keeps copies in folders of its own."""
    if not top.is_dir():
        return
    for shard in ("", *_shards(top)):
        with os.scandir(top / shard) as found:
            names = sorted(entry.name for entry in found if entry.name.endswith(suffix))
        yield from (f"{shard}/{name}" if shard else name for name in names)


def _bytes_below(top: Path) -> int:
    """Of all files; 0 where there is no such folder."""
    if not top.is_dir():
        return 0
    with os.scandir(top) as found:
        return sum(
            _bytes_below(Path(entry)) if entry.is_dir(follow_symlinks=False) else entry.stat().st_size
            for entry in found
        )
