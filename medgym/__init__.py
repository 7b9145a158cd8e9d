"""medgym: biomedical data-science tasks for LLM agents, in live Jupyter kernels.

    import medgym as mg
    store = mg.open_store()
    async with mg.Gym.open(store=store, out="runs/a") as gym:
        async with gym.start("medcalcbench/test/3") as episode: ...

Names are loaded when first used: `import medgym` itself loads nothing heavy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medgym.gym import Gym as Gym
    from medgym.gym import GymConfig as GymConfig
    from medgym.runner.batch import run as run
    from medgym.trajectory.model import Trajectory as Trajectory
    from medgym.trajectory.rundir import read_notebook as read_notebook
    from task_store.build import open_store as open_store
    from task_store.store import TaskStore as TaskStore

_HOMES = {
    "Gym": "medgym.gym",
    "GymConfig": "medgym.gym",
    "TaskStore": "task_store.store",
    "Trajectory": "medgym.trajectory.model",
    "open_store": "task_store.build",
    "read_notebook": "medgym.trajectory.rundir",
    "run": "medgym.runner.batch",
}

__all__ = ["Gym", "GymConfig", "TaskStore", "Trajectory", "open_store", "read_notebook", "run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'medgym' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
