"""A stored run and the tasks that it is about, for commands that look at it again."""

from pathlib import Path

from medgym.cli.options import store_at
from medgym.trajectory.rundir import RunFolder
from task_store.build import installed
from task_store.store import TaskStore


def stored_run(path: Path, data: Path) -> tuple[RunFolder, TaskStore]:
    """The run folder, and a store of those of its families that there are."""
    folder = RunFolder(path)
    families = installed(data, {trajectory.started.task.id.family for trajectory in folder.trajectories()})
    return folder, store_at(data, families) if families else TaskStore({})
