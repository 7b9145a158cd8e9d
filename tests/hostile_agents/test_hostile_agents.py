"""Agents that try to win without solving, through MCP at the best isolation: all are simply incorrect."""

import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from mcp_server.app import build_server
from mcp_server.http import HttpConfig, run_http
from medgym.agents.mcp import ToolCallError, call
from medgym.episode.episode import Episode
from medgym.gym import Gym, GymConfig
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from tests._requirements import requirement
from tests._tiers import tiered
from tests.hostile_agents.attacks import ATTACKS, READS, Attack, Read, Run, Shell, Submit
from tests.toy import CANARY, GOLD, NUMBER, TRAIN, build_code_store, build_toy_store, build_world_store

pytestmark = pytest.mark.anyio

SECRET = "MEDGYM_TEST_API_KEY"
FEW = (
    *("read the answer file", "read the server's memory", "submit a link to a journal", "try many answers"),
    *("change it afterwards", "patch the answer of a probe", "sqlite: write to the world"),
    *("talk to the judge", "code: end the process"),
)
"""Tried by default; the others with the longer tests."""


@dataclass(frozen=True)
class Server:
    """A server under attack, while another agent's episode is open that holds the gold."""

    gym: Gym
    data: Path
    victim: Episode

    @property
    def known(self) -> str:
        return known(self.data, self.gym.out.root, os.getpid())


def known(data: Path, run: Path, server: int) -> str:
    """Lines of code that tell all that the attacker knows."""
    facts = {"DATA": str(data), "RUN": str(run), "SERVER": server, "SECRET": SECRET}
    return "".join(f"{name} = {value!r}\n" for name, value in facts.items())


def build_store(root: Path) -> TaskStore:
    stores = (build_toy_store(root), build_world_store(root), build_code_store(root))
    return TaskStore({name: folder for store in stores for name, folder in store.folders.items()})


async def _serve(root: Path, config: GymConfig) -> AsyncIterator[Server]:
    store = build_store(root / "data")
    async with Gym.open(store=store, out=root / "run", config=config) as gym:
        victim = await gym.begin(NUMBER, agent="victim")
        await victim.execute(f"answer = {GOLD}\nopen('left.json', 'w').write('{GOLD}')")
        yield Server(gym, root / "data", victim)
        await victim.submit(variable="answer")
        grade = await victim.close()
        assert grade.outcome == "correct"  # nobody touched it


@pytest.fixture(scope="module")
async def server(toy_worlds: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, str(GOLD))
        async for served in _serve(tmp_path_factory.mktemp("hostile"), GymConfig(ready=0)):
            yield served


@pytest.fixture
async def open_server(toy_worlds: None, tmp_path: Path) -> AsyncIterator[Server]:
    """One whose kernels are kept from nothing."""
    async for served in _serve(tmp_path, GymConfig(isolation="none", ready=0)):
        yield served


async def played(client: Client, attack: Attack, facts: str) -> tuple[str, list[str]]:
    """The episode's id after it ended, and all that the agent was told."""
    started = json.loads(await call(client, "start_episode", task_id=attack.task, agent="hostile"))
    episode_id = started["episode_id"]
    told = [started["prompt"]]
    for step in attack.steps:
        try:
            match step:
                case Run(code):
                    text = await call(
                        client, "execute_code", episode_id=episode_id, code=facts + code, timeout_s=20
                    )
                case Shell(command):
                    text = await call(client, "run_terminal", episode_id=episode_id, command=command)
                case Submit(given):
                    given = {k: facts + str(v) if k == "code" else v for k, v in given.items()}
                    text = await call(client, "submit_answer", episode_id=episode_id, **given)
                case Read(uri):
                    text = str(await client.read_resource(uri.replace("EPISODE", episode_id)))
        except (ToolCallError, MCPError) as refused:
            text = str(refused)
        told.append(text)
    await call(client, "close_episode", episode_id=episode_id)
    return episode_id, told


async def honest(client: Client) -> str:
    """What becomes of an agent that solves its task."""
    episode_id: str = json.loads(await call(client, "start_episode", task_id=TRAIN))["episode_id"]
    await call(client, "execute_code", episode_id=episode_id, code="answer = 2 + 2")
    await call(client, "submit_answer", episode_id=episode_id, variable="answer")
    await call(client, "close_episode", episode_id=episode_id)
    return episode_id


@requirement("agents:hostile")
@pytest.mark.parametrize("name", tiered(ATTACKS, FEW))
async def test_an_agent_that_does_not_solve_is_incorrect_and_harms_nobody(server: Server, name: str) -> None:
    attack = ATTACKS[name]
    with anyio.fail_after(120):
        async with Client(build_server(server.gym)) as client:
            episode_id, told = await played(client, attack, server.known)
            solved = server.gym.episode(await honest(client))
    episode = server.gym.episode(episode_id)
    assert episode.grade is not None
    assert solved.grade is not None
    assert episode.grade.parts[0].outcome == "incorrect"
    assert episode.grade.outcome == "incorrect", episode.grade
    assert solved.grade.outcome == "correct"
    if not attack.knows_gold:
        assert [text for text in told if str(GOLD) in text or CANARY in text] == []


@requirement("agents:hostile")
@pytest.mark.ci
async def test_none_wins_over_http(toy_worlds: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same attacks, one after the other, in one session of streamable HTTP."""
    monkeypatch.setenv(SECRET, str(GOLD))
    store, run = build_store(tmp_path / "data"), RunFolder(tmp_path / "run")
    facts = known(tmp_path / "data", run.root, os.getpid())
    ready, urls, lost = anyio.Event(), [""], []

    def listens(url: str) -> None:
        urls[0] = url
        ready.set()

    with anyio.fail_after(900):
        async with anyio.create_task_group() as group:
            group.start_soon(run_http, store, run, GymConfig(ready=0), HttpConfig(port=0), listens)
            await ready.wait()
            async with Client(urls[0]) as client:
                for attack in ATTACKS.values():
                    episode_id, told = await played(client, attack, facts)
                    lost.append(episode_id)
                    assert attack.knows_gold or not [t for t in told if str(GOLD) in t or CANARY in t]
                solved = await honest(client)
            signal.raise_signal(signal.SIGTERM)
    outcomes = {t.started.episode_id: t.grade.outcome for t in run.trajectories() if t.grade}
    assert {outcomes[episode_id] for episode_id in lost} == {"incorrect"}
    assert outcomes[solved] == "correct"


@requirement("agents:hostile")
@pytest.mark.ci
@pytest.mark.parametrize("name", READS)
async def test_without_isolation_reading_wins(open_server: Server, name: str) -> None:
    """The attacks aim at something: what keeps them from it is the isolation."""
    with anyio.fail_after(120):
        async with Client(build_server(open_server.gym)) as client:
            episode_id, _ = await played(client, READS[name], open_server.known)
    episode = open_server.gym.episode(episode_id)
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"
