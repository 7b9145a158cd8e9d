"""A run folder of very many episodes: a few real ones, told again under other ids."""

import json
import secrets
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import anyio

from kernel_manager.types import Isolation
from medgym.agents.builtin import GoldAgent
from medgym.agents.local import LocalEnv
from medgym.gym import Gym, GymConfig
from medgym.replay.results import RESULTS
from medgym.trajectory.index import NAME as INDEX
from medgym.trajectory.rundir import SHARD_EPISODES, RunFolder
from task_store.store import TaskStore
from task_store.types import Task

_LOOKS = "import pandas as pd\npd.DataFrame({'n': range(5), 'square': [n * n for n in range(5)]})"


async def real_run(store: TaskStore, isolation: Isolation, out: Path, *, tasks: int) -> None:
    """Run, for each of some train tasks of all families, one episode that is right and one that is not."""
    each = -(-tasks // len(store.folders))
    chosen = [task for family in store.folders for task in store.select(family, split="train")[:each]]
    config = GymConfig(isolation=isolation, kernels=2, allow_reference=True)
    limiter = anyio.CapacityLimiter(2)
    async with Gym.open(store=store, out=out, config=config) as gym:

        async def both(task: Task) -> None:
            async with limiter:
                gold = GoldAgent(gym.reference)
                async with gym.start(task.id, agent=gold.name) as episode:
                    await gold.solve(task, LocalEnv(episode))
                async with gym.start(task.id, agent="scripted") as episode:
                    await episode.execute(_LOOKS)
                    for part in range(1, len(task.parts) + 1):
                        await episode.submit(abstain=True, part=part)

        async with anyio.create_task_group() as group:
            for task in chosen[:tasks]:
                group.start_soon(both, task)


def multiply(real: Path, out: Path, episodes: int) -> None:
    """Write `episodes` notebooks, the index and the results of replays, each episode under an id of its own.

    Args:
        real: a run folder whose notebooks are told again in turn.
        out: a new run folder.
    """
    texts = [(entry.summary.episode_id, entry.path.read_text("utf-8")) for entry in RunFolder(real).entries()]
    lines = _lines(real / INDEX)
    results = _results(real, [name for name, _ in texts])
    out.mkdir(parents=True)
    with (
        (out / INDEX).open("w", encoding="ascii") as index,
        (out / RESULTS).open("w", encoding="utf-8") as replays,
    ):
        replays.write('{\n "schema_version": 1,\n "episodes": {')
        for number, (old, text) in enumerate(islice(cycle(texts), episodes)):
            shard, new = f"{number // SHARD_EPISODES:04d}", secrets.token_urlsafe(16)
            path = out / "notebooks" / shard / f"{new}.ipynb"
            if number % SHARD_EPISODES == 0:
                path.parent.mkdir(parents=True)
            path.write_text(text.replace(old, new), encoding="utf-8")
            line = {**lines[old], "notebook": f"notebooks/{shard}/{new}.ipynb", "episode_id": new}
            index.write(json.dumps(line) + "\n")
            told = json.dumps({**results[old], "episode_id": new}, indent=1)
            replays.write(("," if number else "") + f'\n  "{new}": {told}')
        replays.write("\n }\n}\n")


def _lines(index: Path) -> dict[str, dict[str, object]]:
    read: Iterator[dict[str, object]] = map(json.loads, index.read_text("ascii").splitlines())
    return {str(line["episode_id"]): line for line in read}


def _results(real: Path, names: Sequence[str]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((real / RESULTS).read_text("utf-8"))["episodes"]
    return {name: found[name] for name in names}
