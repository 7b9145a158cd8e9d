"""An episode over MCP leaves the conversation: every call, and every word of every answer."""

import json

import pytest

from medgym.agents.mcp import ToolCallError, call
from medgym.gym import Gym
from medgym.trajectory.conversation import conversation
from tests._requirements import requirement
from tests.mcp_server.conftest import Connect
from tests.toy import CHAIN

pytestmark = pytest.mark.anyio


@requirement("trajectory:conversation-mcp")
async def test_the_trajectory_holds_what_the_client_asked_and_was_told(connect: Connect, gym: Gym) -> None:
    told: list[str] = []
    asked: list[tuple[str, dict[str, object]]] = []

    async with connect() as client:
        started = json.loads(await call(client, "start_episode", task_id=CHAIN))

        async def do(tool: str, **arguments: object) -> None:
            asked.append((tool, {k: v for k, v in arguments.items() if k != "comment"}))
            try:
                text = await call(client, tool, episode_id=started["episode_id"], **arguments)
            except ToolCallError as error:
                text = str(error)
            told.append(text)

        await do("execute_code", code="x = 21\nprint('é')", comment="first")
        await do("execute_code", code="1 / 0")
        await do("submit_answer", answer=["no"])
        await do("run_terminal", command="echo hi")
        await do("restart_kernel")
        await do("submit_answer", answer=21, part=1)
        await do("execute_code", code="y = 42")
        await do("submit_answer", variable="y")
        episode = gym.episode(started["episode_id"])

    messages = conversation(gym.trajectory(episode))
    assert messages[0].role == "user"
    assert messages[0].text == started["prompt"]
    calls, answers = messages[1::2], messages[2::2]
    assert [(m.tool_calls[0].name, json.loads(m.tool_calls[0].arguments)) for m in calls] == asked
    assert [m.text for m in answers] == told
    assert [m.tool_call_id for m in answers] == [m.tool_calls[0].id for m in calls]
    assert [m.tool_calls[0].id for m in calls] == [f"call_{n}" for n in range(1, len(asked) + 1)]
    assert calls[0].text == "first"
    assert all(started["episode_id"] not in m.tool_calls[0].arguments for m in calls)
