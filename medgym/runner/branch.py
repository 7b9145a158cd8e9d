"""Run an agent several times from one point of an earlier episode."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anyio

from kernel_manager.errors import KernelError
from medgym.agents.base import Agent
from medgym.agents.chat.errors import ModelEndpointError
from medgym.agents.local import LocalEnv
from medgym.episode.errors import EpisodeFaultError
from medgym.errors import BranchError, GymError
from medgym.gym import Gym, GymConfig
from medgym.replay.branch import begin_branch, history_of, parent_of, prefix
from medgym.replay.folder import read_recorded
from medgym.runner.batch import make_agent
from medgym.runner.metrics import RunReport, report_samples
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore

_log = logging.getLogger(__name__)


async def run_branches(
    *,
    agent: str | Agent,
    notebook: Path,
    step: int,
    samples: int = 1,
    out: str | Path,
    store: TaskStore,
    concurrency: int = 2,
    config: GymConfig | None = None,
    settings: Mapping[str, Any] | None = None,
    on_done: Callable[[object], None] = lambda episode: None,
) -> RunReport:
    """Repeat an episode up to a cell, `samples` times, and let the agent go on from there.

    The rules are the parent's; rates are over the samples.

    Args:
        agent: as in `medgym.runner.batch.run`; a chat agent goes on with the conversation.
        notebook: the parent.
        step: number of the last cell to repeat.

    Raises:
        BranchError: there is no such cell, or the prefix does not come out the same.
        TrajectoryError: the notebook holds no trajectory.
        ValueError: no such agent.
    """
    recorded = await anyio.to_thread.run_sync(read_recorded, notebook)
    events = prefix(recorded.trajectory, step)
    history = history_of(events)
    task_id = recorded.trajectory.started.task.id
    folder = RunFolder(Path(out))
    config = (config or GymConfig()).model_copy(
        update={"kernels": concurrency, "allow_reference": agent == "gold"}
    )
    done: list[Trajectory] = []
    refused: list[BranchError] = []
    limiter = anyio.CapacityLimiter(concurrency)

    async with Gym.open(store=store, out=folder, config=config) as gym:
        solver = make_agent(agent, gym) if isinstance(agent, str) else agent
        about = {"agent": solver.name, "model": solver.model, "settings": settings or {}}
        parent = parent_of(recorded.trajectory, len(events)).model_dump(mode="json")
        branch = {"parent": parent, "at": step, "samples": samples}
        dumped = config.model_dump(mode="json")
        folder.write_json("run.json", {**about, "config": dumped, "tasks": [task_id], "branch": branch})

        async def one() -> None:
            async with limiter:
                if refused:  # the next would be refused too
                    return
                try:
                    episode = await begin_branch(
                        gym, recorded, step, agent=solver.name, model=solver.model, settings=settings
                    )
                except BranchError as error:
                    refused.append(error)
                    return
                except (KernelError, GymError):
                    _log.exception("no branch of %s: counted as missing", task_id)
                    return
                try:
                    await _go_on(solver, gym, LocalEnv(episode, history), episode.id)
                finally:
                    await episode.close()
                done.append(gym.trajectory(episode))
                on_done(episode)

        async with anyio.create_task_group() as group:
            for _ in range(samples):
                group.start_soon(one)
    if refused and not done:
        raise refused[0]
    outcome = report_samples(done, task_id=task_id, samples=samples)
    folder.write_json("report.json", outcome.model_dump(mode="json"))
    return outcome


async def _go_on(agent: Agent, gym: Gym, env: LocalEnv, episode_id: str) -> None:
    episode = gym.episode(episode_id)
    try:
        await agent.solve(episode.task, env)
    except EpisodeFaultError:
        _log.error("branch %s ended ungradable", episode_id)
    except ModelEndpointError as error:
        _log.error("%s: %s", episode_id, error)
        await episode.close("infra", note=str(error))
    except Exception:
        _log.exception("agent %s failed on branch %s; graded as it stands", agent.name, episode_id)
