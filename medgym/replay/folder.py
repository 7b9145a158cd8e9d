"""Replays a whole run folder, and keeps what came of it there."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
from pydantic import ValidationError

from medgym.gym import Gym
from medgym.replay.compare import Recorded
from medgym.replay.replayer import replay
from medgym.replay.results import RESULTS, Replayed, RunResults
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.rundir import RunFolder, read_notebook
from task_store.whole_file import write_text


def notebooks(target: Path, *, limit: int | None = None) -> list[Path]:
    """The notebooks that a run folder, a folder of notebooks or a single path names.

    Raises:
        TrajectoryError: there is none.
    """
    if target.is_file():
        return [target]
    found = list(RunFolder(target).notebook_paths()) or sorted(target.glob("*.ipynb"))
    if not found:
        raise TrajectoryError(f"There is no notebook in {target}; name a run folder or a notebook.")
    return found[:limit]


def run_of(notebook: Path) -> Path | None:
    """The run folder that a notebook lies in; None: in none."""
    return next((p.parent for p in notebook.resolve().parents if p.name == "notebooks"), None)


def read_recorded(notebook: Path) -> Recorded:
    """A trajectory, with the long outputs that lie beside it.

    Raises:
        TrajectoryError: the notebook holds no trajectory of ours.
    """
    try:
        trajectory = read_notebook(notebook)
    except ValueError as error:
        raise TrajectoryError(f"{notebook.name} is no notebook.") from error
    root = run_of(notebook)
    texts: dict[int, str] = {}
    if root is not None:
        for path in RunFolder(root).outputs(notebook.stem).glob("*.txt"):
            texts[int(path.stem)] = path.read_text(encoding="utf-8", errors="replace")
    return Recorded(trajectory, texts)


async def replay_all(
    gym: Gym,
    paths: Sequence[Path],
    *,
    concurrency: int,
    experiments: bool = True,
    on_done: Callable[[Replayed], None] = lambda one: None,
) -> list[tuple[Path, Replayed]]:
    """Replay notebooks, some at a time; results are in the order of `paths`."""
    done: dict[Path, Replayed] = {}
    limiter = anyio.CapacityLimiter(concurrency)

    async def one(path: Path) -> None:
        async with limiter:
            recorded = await anyio.to_thread.run_sync(read_recorded, path)
            done[path] = await replay(gym, recorded, experiments=experiments)
            on_done(done[path])

    async with anyio.create_task_group() as group:
        for path in paths:
            group.start_soon(one, path)
    return [(path, done[path]) for path in paths]


def read_results(root: Path) -> RunResults:
    """What is kept in a run folder of earlier replays; nothing, when there is none.

    Raises:
        TrajectoryError: the file cannot be read by this version.
    """
    path = root / RESULTS
    if not path.is_file():
        return RunResults()
    try:
        return RunResults.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise TrajectoryError(f"{path} is not of the expected form; remove it and replay again.") from error


def keep_results(results: Sequence[tuple[Path, Replayed]]) -> list[Path]:
    """Add results to the `replay.json` of the runs that the notebooks lie in; returns these files."""
    by_run: dict[Path, dict[str, Replayed]] = {}
    for path, one in results:
        root = run_of(path)
        if root is not None:
            by_run.setdefault(root, {})[one.episode_id] = one
    for root, found in by_run.items():
        kept = {**read_results(root).episodes, **found}
        data = RunResults(episodes=kept).model_dump(mode="json")
        write_text(root / RESULTS, json.dumps(data, indent=1, ensure_ascii=False))
    return [root / RESULTS for root in by_run]
