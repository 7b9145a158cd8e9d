"""One scripted episode in process, in memory, over HTTP and over stdio: equal in everything."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from graders.gold import gold_answer
from graders.types import AnswerSubmission, VariableSubmission
from mcp_server.app import build_server
from medgym.agents.base import Env
from medgym.agents.builtin import RunStep, ScriptedAgent, SubmitStep
from medgym.agents.local import LocalEnv
from medgym.agents.mcp import McpEnv
from medgym.gym import Gym, GymConfig
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.answers import AnswerBook
from task_store.build import open_store
from task_store.types import TaskId
from tests._requirements import requirement
from tests._tiers import tiered
from tests.http_server import http_server
from tests.mcp_server.conftest import ERAS

pytestmark = pytest.mark.anyio

TASK = TaskId("npowerai/train/1")
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
Opener = Callable[[Path, Path], AbstractAsyncContextManager[Env]]


def scripted(gold: object) -> ScriptedAgent:
    """Output, error, figure, time-out, refusals, a wrong answer, the right one, and one too late."""
    return ScriptedAgent(
        [
            RunStep(
                do="execute", code="import sys\nprint('out')\nprint('err', file=sys.stderr)\nx = 3 * 7\nx"
            ),
            RunStep(do="execute", code="1 / 0"),
            RunStep(do="execute", code=FIGURE),
            RunStep(do="execute", code="while True: pass", timeout_s=0.5),
            RunStep(do="execute", code="1", timeout_s=-1),
            SubmitStep(do="submit", submission=VariableSubmission(variable="nowhere")),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=["no"])),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=-1)),
            RunStep(do="execute", code=f"y = {gold!r}"),
            SubmitStep(do="submit", submission=VariableSubmission(variable="y")),
            RunStep(do="execute", code="x"),
        ]
    )


@asynccontextmanager
async def in_process(data: Path, out: Path) -> AsyncIterator[Env]:
    store = open_store(data)
    async with (
        Gym.open(store=store, out=out, config=GymConfig(protocol="training", ready=0)) as gym,
        gym.start(TASK, agent="scripted") as episode,
    ):
        yield LocalEnv(episode)


@asynccontextmanager
async def in_memory(data: Path, out: Path, mode: str) -> AsyncIterator[Env]:
    store = open_store(data)
    async with (
        Gym.open(store=store, out=out, config=GymConfig(protocol="training", ready=0)) as gym,
        Client(build_server(gym), mode=mode) as client,
        McpEnv.open(client, TASK, agent="scripted") as env,
    ):
        yield env


@asynccontextmanager
async def over_http(data: Path, out: Path, mode: str) -> AsyncIterator[Env]:
    async with (
        http_server(data, out, "--protocol", "training") as (url, _),
        Client(url, mode=mode) as client,
        McpEnv.open(client, TASK, agent="scripted") as env,
    ):
        yield env


@asynccontextmanager
async def over_stdio(data: Path, out: Path, mode: str) -> AsyncIterator[Env]:
    arguments = ["--data", str(data), "--out", str(out), "--protocol", "training"]
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "medgym", "serve", "--stdio", *arguments]
    )
    async with Client(server, mode=mode) as client, McpEnv.open(client, TASK, agent="scripted") as env:
        yield env


def comparable(trajectory: Trajectory) -> list[dict[str, Any]]:
    """The events without what must differ: ids, clocks, durations, and the calls that a server keeps."""
    events = [event for event in trajectory.model_dump(mode="json")["events"] if event["event"] != "said"]
    for event in events:
        for key in ("at_s", "duration_s", "episode_id", "started_at"):
            event.pop(key, None)
        event.get("execution", {}).pop("duration_s", None)
        for output in event.get("execution", {}).get("outputs", []):
            output.pop("traceback", None)  # names the cell by a counter of IPython's, and where it ran
    return events


@requirement("conformance:transports")
@pytest.mark.parametrize("mode", tiered(ERAS, ["auto"]))
async def test_every_way_to_run_an_episode_gives_the_same(
    fork_server: None, data: Path, tmp_path: Path, mode: str
) -> None:
    book = AnswerBook(open_store(data).folders)
    gold = gold_answer(book.get(TASK).parts[0].grading)
    task = open_store(data).get(TASK)
    ways: dict[str, Opener] = {"in process": in_process}
    for name, way in {"in memory": in_memory, "http": over_http, "stdio": over_stdio}.items():
        ways[name] = lambda data, out, way=way: way(data, out, mode)  # type: ignore[misc]
    seen: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    for name, opened in ways.items():
        agent, out = scripted(gold), tmp_path / name.replace(" ", "-")
        async with opened(data, out) as env:
            await agent.solve(task, env)
        (trajectory,) = RunFolder(out).trajectories()
        assert trajectory.grade is not None
        assert trajectory.grade.outcome == "correct", name
        seen[name] = (agent.observations, comparable(trajectory))
    observations, events = seen["in process"]
    assert len(observations) == 11
    for name, (other_observations, other_events) in seen.items():
        assert other_observations == observations, name
        assert other_events == events, name
