"""The run folder: where the episodes of one run (or one server) leave their files.

RUN/run.json                    what was asked for, resolved
RUN/journals/<episode>.jsonl    one a running or ended episode
RUN/notebooks/<episode>.ipynb   one an ended episode
RUN/outputs/<episode>/<n>.txt   full text of the n-th cell, where it was too long to show
RUN/report.json                 counts and rates, when the run is over
"""

import json
from collections.abc import Iterator
from pathlib import Path

from medgym.trajectory.journal import Journal, read_journal
from medgym.trajectory.model import Trajectory
from medgym.trajectory.notebook import Json, from_notebook, to_notebook
from task_store.whole_file import write_text


class RunFolder:
    """One run folder; made when first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    def journal(self, name: str) -> Journal:
        """A new journal; `name` is the file's stem."""
        return Journal(self.root / "journals" / f"{name}.jsonl")

    def outputs(self, name: str) -> Path:
        """The folder for long outputs of an episode; made when one comes."""
        return self.root / "outputs" / name

    def write_notebook(self, name: str, trajectory: Trajectory) -> Path:
        path = self.notebooks / f"{name}.ipynb"
        write_notebook(path, trajectory)
        return path

    def write_json(self, name: str, data: Json) -> None:
        write_text(self.root / name, json.dumps(data, indent=1, ensure_ascii=False))

    def trajectories(self) -> Iterator[Trajectory]:
        """Every ended episode's trajectory, from its notebook, by name."""
        for path in sorted(self.notebooks.glob("*.ipynb")):
            yield read_notebook(path)

    def interrupted(self) -> Iterator[Trajectory]:
        """Trajectories of episodes that left a journal and no notebook."""
        for path in sorted((self.root / "journals").glob("*.jsonl")):
            if not (self.notebooks / f"{path.stem}.ipynb").exists():
                yield read_journal(path)


def write_notebook(path: Path, trajectory: Trajectory) -> None:
    write_text(path, json.dumps(to_notebook(trajectory), indent=1, ensure_ascii=False) + "\n")


def read_notebook(path: Path) -> Trajectory:
    """Raises:
    TrajectoryError: the notebook holds no trajectory of ours.
    """
    return from_notebook(json.loads(path.read_text(encoding="utf-8")))
