"""`medgym demo`: the main job in one minute, with no key and no network.

A real MCP client talks to a real `medgym serve --stdio` in a subprocess. The gold agent
reads reference solutions from the store on this side of the wire; the server, which
never serves them, grades what it submits.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import click
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from kernel_manager.types import Isolation
from medgym.agents.base import Agent
from medgym.agents.builtin import GoldAgent, NullAgent
from medgym.agents.mcp import McpEnv
from medgym.cli.options import data_option, emit, isolation_option, json_option, progress, store_at, table
from medgym.gym import Gym, GymConfig
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from task_store.types import Task

FAMILIES = ("medcalcbench", "npowerai", "treqs")
"""Quick to build: two without a world, and the one over the smallest."""
CONCURRENCY = 2


@click.command("demo")
@click.option(
    "--tasks", type=click.IntRange(1, 50), default=4, show_default=True, help="Tasks a family and agent."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Run folder for the notebooks.")
@isolation_option
@data_option
@json_option
def command(tasks: int, out: Path | None, isolation: Isolation, data: Path, as_json: bool) -> None:
    """An MCP client solves tasks in live kernels, is graded, and leaves notebooks."""
    began = time.monotonic()
    store = store_at(data, FAMILIES)
    folder = RunFolder((out or data / "runs" / f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}").absolute())
    if folder.notebooks.exists():
        raise click.UsageError(f"{folder.root} already holds a run; name another folder with --out.")
    chosen = [task for family in FAMILIES for task in store.select(family, split="test", limit=tasks)]
    anyio.run(_play, store, folder, chosen, _server(data, folder, isolation))
    trajectories = list(folder.trajectories())
    result = {
        "families": list(FAMILIES),
        "notebooks": str(folder.notebooks),
        "gold": _total(trajectories, "gold"),
        "null": _total(trajectories, "null"),
        "seconds": round(time.monotonic() - began, 1),
    }

    def human() -> None:
        headers = ["family", "agent", "tasks", "correct", "incorrect", "ungradable", "seconds an episode"]
        table(headers, _rows(trajectories))
        click.echo(f"{result['seconds']} s in all. Read the notebooks: jupyter lab {folder.root}")

    emit(result, as_json=as_json, human=human)


def _server(data: Path, folder: RunFolder, isolation: Isolation) -> StdioServerParameters:
    arguments = ["--data", str(data), "--out", str(folder.root), "--isolation", isolation]
    families = [argument for family in FAMILIES for argument in ("--family", family)]
    return StdioServerParameters(
        command=sys.executable, args=["-m", "medgym", "serve", "--stdio", *arguments, *families]
    )


async def _play(
    store: TaskStore, folder: RunFolder, tasks: list[Task], server: StdioServerParameters
) -> None:
    """Have both agents solve the tasks through one client; the server writes the notebooks."""
    config = GymConfig(
        isolation="none", allow_reference=True, ready=0
    )  # it reads references; the server has the kernels
    async with Gym.open(store=store, out=folder, config=config) as gym:
        agents: list[Agent] = [GoldAgent(gym.reference), NullAgent()]
        limiter = anyio.CapacityLimiter(CONCURRENCY)
        with progress("solving", len(tasks) * len(agents)) as advance:
            async with Client(server) as client, anyio.create_task_group() as group:
                for agent in agents:
                    for task in tasks:
                        group.start_soon(_solve, client, agent, task, limiter, advance)


async def _solve(
    client: Client,
    agent: Agent,
    task: Task,
    limiter: anyio.CapacityLimiter,
    advance: Callable[[object], None],
) -> None:
    async with limiter, McpEnv.open(client, task.id, agent=agent.name) as env:
        await agent.solve(task, env)
    advance(task)


def _rows(trajectories: list[Trajectory]) -> list[tuple[Any, ...]]:
    groups: dict[tuple[str, str], list[Trajectory]] = {}
    for trajectory in trajectories:
        groups.setdefault((trajectory.started.task.id.family, trajectory.started.agent), []).append(
            trajectory
        )
    rows = []
    for (family, agent), group in sorted(groups.items()):
        outcomes = [t.grade.outcome for t in group if t.grade]
        counts = (outcomes.count("correct"), outcomes.count("incorrect"), outcomes.count("ungradable"))
        rows.append(
            (family, agent, len(group), *counts, f"{sum(t.duration_s for t in group) / len(group):.2f}")
        )
    return rows


def _total(trajectories: list[Trajectory], agent: str) -> dict[str, int]:
    own = [t for t in trajectories if t.started.agent == agent]
    return {
        "correct": sum(t.grade is not None and t.grade.outcome == "correct" for t in own),
        "total": len(own),
    }
