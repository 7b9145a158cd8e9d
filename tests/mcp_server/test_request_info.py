"""Looking things up over MCP: the same words as in process, and one of them in the notebook."""

import json
from pathlib import Path

import pytest
from mcp.client import Client

from mcp_server.app import build_server
from medgym.agents.local import LocalEnv
from medgym.agents.mcp import McpEnv, ToolCallError, call
from medgym.gym import Gym
from task_store.store import TaskStore
from task_store.world_info import InfoQuery
from tests._requirements import requirement

pytestmark = pytest.mark.anyio
TASK = "rows/test/drugs"
QUERIES = (
    InfoQuery(about="tables"),
    InfoQuery(about="columns", table="prescriptions"),
    InfoQuery(about="values", table="prescriptions", column="drug"),
    InfoQuery(about="term", term="metoprolol tartrat"),
    InfoQuery(about="columns", table="drugs"),
)


@requirement("info:event")
async def test_look_ups_read_the_same_over_mcp_as_in_process(world_store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=world_store, out=tmp_path) as gym:
        async with gym.start(TASK) as episode:
            here = [await LocalEnv(episode).request_info(query) for query in QUERIES]
        async with Client(build_server(gym)) as client, McpEnv.open(client, TASK, agent="test") as env:
            there = [await env.request_info(query) for query in QUERIES]
            with pytest.raises(ToolCallError):
                await call(client, "request_info", episode_id=env.episode_id, about="everything")
            state = json.loads(await call(client, "get_state", episode_id=env.episode_id))
    assert here == there
    assert here[0].startswith("patients (3 rows, 3 columns, world/toy.sqlite)\nprescriptions (3 rows")
    assert "'metoprolol tartrate' (2 rows)\n'heparin' (1 row)\n[" in here[2]
    assert "there is: patients, prescriptions" in here[4]
    assert state["turns_left"] == 26  # what was refused cost nothing
