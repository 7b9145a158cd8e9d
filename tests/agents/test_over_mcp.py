"""The same chat agent on the other side of an MCP server."""

import pytest
from mcp.client import Client

from mcp_server.app import build_server
from medgym.agents.chat import ChatAgent
from medgym.agents.mcp import McpEnv
from medgym.gym import Gym
from task_store.store import TaskStore
from task_store.types import TaskId
from tests._requirements import requirement
from tests.agents.conftest import chat_config
from tests.fake_llm import calls, fake_llm, scripted
from tests.toy import CHAIN, TRAIN

pytestmark = pytest.mark.anyio


@requirement("chat:over-mcp")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_episode_over_mcp_ends_when_it_is_over(gym: Gym, toy_store: TaskStore, mode: str) -> None:
    script = scripted(
        calls(("execute_code", {"code": "x = 3 * 7"})),
        calls(("submit_answer", {"variable": "x"})),
        calls(("submit_answer", {"answer": 42})),
    )
    with fake_llm(script) as fake:
        async with (
            ChatAgent(chat_config(fake.url)) as agent,
            Client(build_server(gym), mode=mode) as client,
            McpEnv.open(client, CHAIN, agent=agent.name) as env,
        ):
            await agent.solve(toy_store.get(TaskId(CHAIN)), env)
            assert env.finished
            episode = gym.episode(env.episode_id)
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"
    assert len(fake.requests) == 3


@requirement("agents:finished")
async def test_an_episode_that_somebody_else_closed_is_seen_to_be_over(gym: Gym) -> None:
    async with Client(build_server(gym)) as client, McpEnv.open(client, TRAIN, agent="tester") as env:
        assert not env.finished
        await env.execute("1")
        assert not env.finished
        await gym.episode(env.episode_id).close()
        assert "over" in await env.execute("2")
        assert env.finished
