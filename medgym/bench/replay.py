"""`medgym bench replay`: which share of episodes comes out the same when run again.

Half of the episodes are the gold agent's. The others do, from a script, what analysts do around a
solution: they look around, show tables and timings, make an error, log, restart, and solve it.
Each is then replayed from its notebook, in kernels of another fork server.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

import anyio

from graders.types import AnswerSubmission, VariableSubmission
from kernel_manager.errors import KernelError
from kernel_manager.types import Isolation
from medgym.agents.base import Agent, Env
from medgym.agents.builtin import GoldAgent
from medgym.agents.local import LocalEnv
from medgym.bench.machine import Facts, machine
from medgym.episode.errors import EpisodeFaultError
from medgym.episode.terminal import terminal_cell
from medgym.episode.types import Finished
from medgym.errors import GymError
from medgym.gym import Gym, GymConfig
from medgym.replay.folder import keep_results, notebooks, read_results, replay_all
from medgym.replay.replayer import replay_gym
from medgym.replay.results import ReplayReport, report
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder, read_notebook
from task_store.store import TaskStore
from task_store.types import Model, Task, TaskId

_log = logging.getLogger(__name__)

_LOOK_AROUND = """\
import logging, os, random, sys
import numpy as np
import pandas as pd
logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s", force=True)
logging.info("python %s in %s", sys.version_info[:2], sorted(os.listdir()))
random.seed(7)
seen = {"rows": np.random.default_rng(7).normal(size=5).round(6).tolist(), "first": random.random()}
print(seen, object())"""
_TABLE = 'pd.DataFrame({"answer": [repr(answer)], "kind": [type(answer).__name__]})'
_TIMED = "%%time\nprint(sum(n * n for n in range(20_000)))"
_ERROR = 'pd.DataFrame({"a": [1]})["b"]'
_FILES = terminal_cell("echo kept > note.txt; ls -l; cat missing.txt")
_KEPT_EVERY = 20
"""Replays after which results are kept: a long measurement that is broken off goes on from there."""
_TELL = "import json\nprint(json.dumps(answer))"


class AnalystAgent:
    """Solves by the reference solution, with an analyst's detours; submits half of it outright."""

    name = "scripted"
    model = None

    def __init__(self, references: Callable[..., tuple[str, ...]]) -> None:
        self._references = references

    async def solve(self, task: Task, env: Env) -> None:
        for number, code in enumerate(self._references(task.id), 1):
            for cell in (_LOOK_AROUND, _ERROR, _FILES):
                await env.execute(cell)
            await env.restart()
            await env.execute("import pandas as pd\nprint(open('note.txt').read())")
            for cell in (code, _TABLE, _TIMED):
                await env.execute(cell)
            told = await env.execute(_TELL)
            try:
                answer = json.loads(told.splitlines()[0])
            except ValueError:  # too long a line, or no JSON
                await env.submit(VariableSubmission(variable="answer"), part=number)
            else:
                await env.submit(AnswerSubmission(answer=answer), part=number)


class ReplayBench(Model):
    """What `medgym bench replay` found."""

    isolation: Isolation
    episodes: int
    """Half of them by the gold agent, half by a script."""
    run_s: float
    replay_s: float
    all: ReplayReport
    by_family: dict[str, ReplayReport]
    machine: Facts


async def bench_replay(
    store: TaskStore,
    isolation: Isolation,
    *,
    episodes: int,
    out: Path,
    concurrency: int = 2,
    on_done: Callable[[object], None] = lambda one: None,
) -> ReplayBench:
    """Run episodes over all families of the store in turn, then replay them.

    Args:
        out: run folder; what lies there already is neither run nor replayed again.
        on_done: told of every episode and of every replay.
    """
    tasks = _in_turn([store.select(family) for family in store.folders])[:episodes]
    begin = time.monotonic()
    there = {t.started.task.id for t in RunFolder(out).trajectories() if _ran_to_its_end(t)}
    config = GymConfig(isolation=isolation, kernels=concurrency, allow_reference=True)
    async with Gym.open(store=store, out=out, config=config) as gym:
        agents: tuple[Agent, Agent] = (GoldAgent(gym.reference), AnalystAgent(gym.reference))
        await _play(gym, agents, tasks, there, concurrency, on_done)
    middle = time.monotonic()
    told = ((path, read_notebook(path)) for path in notebooks(out))
    paths = {one.started.episode_id: path for path, one in told if _ran_to_its_end(one)}
    missing = [path for key, path in paths.items() if key not in read_results(out).episodes]
    async with replay_gym(store, GymConfig(isolation=isolation, kernels=concurrency)) as gym:
        for first in range(0, len(missing), _KEPT_EVERY):
            some = missing[first : first + _KEPT_EVERY]
            keep_results(await replay_all(gym, some, concurrency=concurrency, on_done=on_done))
    found = [(paths[key].name, one) for key, one in read_results(out).episodes.items() if key in paths]
    return ReplayBench(
        isolation=isolation,
        episodes=len(found),
        run_s=middle - begin,
        replay_s=time.monotonic() - middle,
        all=report(found),
        by_family={
            family: report((name, one) for name, one in found if one.task_id.startswith(f"{family}/"))
            for family in store.folders
        },
        machine=machine(),
    )


def _ran_to_its_end(trajectory: Trajectory) -> bool:
    """False: the measurement was broken off in it, so its last cell was stopped wherever it was."""
    last = trajectory.events[-1]
    return isinstance(last, Finished) and last.reason in ("submitted", "turns", "clock")


def _in_turn(families: Sequence[Sequence[Task]]) -> list[Task]:
    """One task of each family, then the next of each."""
    return [task for row in zip_longest(*families) for task in row if task is not None]


async def _play(
    gym: Gym,
    agents: tuple[Agent, Agent],
    tasks: Sequence[Task],
    there: set[TaskId],
    concurrency: int,
    on_done: Callable[[object], None],
) -> None:
    limiter = anyio.CapacityLimiter(concurrency)

    async def one(number: int, task: Task) -> None:
        async with limiter:
            # By rounds over the families, so that each agent meets all of them.
            agent = agents[number // len(gym.store.folders) % 2]
            try:
                async with gym.start(task.id, agent=agent.name) as episode:
                    await agent.solve(task, LocalEnv(episode))
            except (KernelError, GymError, EpisodeFaultError):
                _log.exception("no episode of %s: one less is measured", task.id)
            on_done(task)

    async with anyio.create_task_group() as group:
        for number, task in enumerate(tasks):
            if task.id in there:
                continue
            group.start_soon(one, number, task)
