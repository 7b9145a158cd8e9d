"""Run one agent over many tasks, in this process.

An agent that raises is the agent's fault and its episode is graded as it stands; a
fault of ours leaves that episode ungradable (or missing) and the others go on.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio

from kernel_manager.errors import KernelError
from medgym.agents.base import Agent
from medgym.agents.builtin import GoldAgent, NullAgent, ScriptedAgent
from medgym.agents.chat.errors import ModelEndpointError
from medgym.agents.local import LocalEnv
from medgym.episode.errors import EpisodeFaultError
from medgym.errors import GymError
from medgym.gym import Gym, GymConfig
from medgym.runner.metrics import RunReport, report
from medgym.runner.suspects import choose
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.build import open_store, suspects
from task_store.store import TaskStore
from task_store.types import Task

_log = logging.getLogger(__name__)


async def run(
    *,
    agent: str | Agent,
    tasks: Sequence[Task],
    out: str | Path,
    store: TaskStore | None = None,
    concurrency: int = 2,
    config: GymConfig | None = None,
    settings: Mapping[str, Any] | None = None,
    include_suspects: bool = False,
    limit: int | None = None,
    on_done: Callable[[Task], None] = lambda task: None,
) -> RunReport:
    """Run `agent` once over each task and report.

    Args:
        agent: `gold`, `null`, `scripted:FILE`, or an agent of your own.
        tasks: what to solve; they must come from `store`.
        out: run folder; journals, notebooks, `run.json` and `report.json` go there.
        store: None: the default store.
        concurrency: episodes at a time.
        settings: the agent's own, for `run.json` and each trajectory; never a key.
        include_suspects: also run imported tasks whose golds are in doubt; the report says so.
        limit: at most so many of the tasks.
        on_done: told each task whose episode has ended.

    Raises:
        ValueError: no such agent.
    """
    folder = RunFolder(Path(out))
    store = store or open_store()
    tasks, doubtful = choose(tasks, suspects(store), include=include_suspects, limit=limit)
    config = (config or GymConfig()).model_copy(
        update={
            "kernels": concurrency,
            "allow_reference": agent == "gold" or (config or GymConfig()).allow_reference,
        }
    )
    done: list[Trajectory] = []
    async with Gym.open(store=store, out=folder, config=config) as gym:
        solver = make_agent(agent, gym) if isinstance(agent, str) else agent
        asked = [task.id for task in tasks]
        about = {"agent": solver.name, "model": solver.model, "settings": settings or {}}
        folder.write_json("run.json", {**about, "config": config.model_dump(mode="json"), "tasks": asked})
        limiter = anyio.CapacityLimiter(concurrency)
        async with anyio.create_task_group() as group:
            for task in tasks:
                group.start_soon(_one, gym, solver, task, limiter, done, on_done, settings or {})
    outcome = report(done, asked=asked, suspects=doubtful)
    folder.write_json("report.json", outcome.model_dump(mode="json"))
    return outcome


def make_agent(name: str, gym: Gym) -> Agent:
    """Raises:
    ValueError: no such agent.
    """
    kind, _, argument = name.partition(":")
    match kind:
        case "gold":
            return GoldAgent(gym.reference)
        case "null":
            return NullAgent()
        case "scripted" if argument:
            return ScriptedAgent.from_file(Path(argument))
    raise ValueError(f"No agent {name!r}; there are gold, null and scripted:FILE.")


async def _one(
    gym: Gym,
    agent: Agent,
    task: Task,
    limiter: anyio.CapacityLimiter,
    done: list[Trajectory],
    on_done: Callable[[Task], None],
    settings: Mapping[str, Any],
) -> None:
    async with limiter:
        try:
            async with gym.start(task.id, agent=agent.name, model=agent.model, settings=settings) as episode:
                try:
                    await agent.solve(task, LocalEnv(episode))
                except EpisodeFaultError:
                    _log.error("episode of %s ended ungradable", task.id)
                except ModelEndpointError as error:
                    _log.error("%s: %s", task.id, error)
                    await episode.close("infra", note=str(error))
                except Exception:
                    _log.exception("agent %s failed on %s; graded as it stands", agent.name, task.id)
                except BaseException:  # somebody stopped the run, which is no fault of the agent's
                    await episode.close("infra", note="The run was broken off.")
                    raise
            done.append(gym.trajectory(episode))
        except (KernelError, GymError):
            _log.exception("no episode of %s: counted as missing", task.id)
        on_done(task)
