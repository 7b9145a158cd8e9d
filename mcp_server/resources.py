"""Resources: a task's public half, and an episode's notebook as it stands.

A running notebook leaves out verdicts that the protocol does not show, and what submitted code
gave for hidden inputs: the agent may read it too.
"""

import json
from typing import Any

import anyio.to_thread
from mcp.server import MCPServer

from mcp_server.errors import as_resource_error
from medgym.gym import Gym
from medgym.trajectory.notebook import to_notebook


def register(server: MCPServer[Any], gym: Gym) -> None:
    """Add the resource templates of `gym` to `server`."""

    @server.resource("task://{+task_id}", name="task", mime_type="application/json")
    async def task(task_id: str) -> str:
        """A task's public half, with the question of its first part."""
        with as_resource_error():
            found = gym.store.get(task_id)
        # Later parts are shown by the episode, one after the other; the world seed helps nobody honest.
        public = found.model_dump(mode="json", exclude={"parts": True, "world": {"seed"}})
        parts = [part.model_dump(mode="json") for part in found.parts[:1]]
        return json.dumps({**public, "parts": parts, "part_count": len(found.parts)}, ensure_ascii=False)

    @server.resource("output://{episode_id}/{exec_id}", name="output", mime_type="text/plain")
    async def output(episode_id: str, exec_id: str) -> str:
        """The full text of a cell's output that was too long to show; exec_id is the cell's number."""
        with as_resource_error():
            episode = gym.episode(episode_id)
            step = int(exec_id) if exec_id.isascii() and exec_id.isdigit() and len(exec_id) < 10 else 0
            return await anyio.to_thread.run_sync(gym.full_output, episode, step)

    @server.resource("trajectory://{episode_id}", name="trajectory", mime_type="application/x-ipynb+json")
    async def trajectory(episode_id: str) -> str:
        """The episode so far as a Jupyter notebook."""
        with as_resource_error():
            found = gym.trajectory(gym.episode(episode_id))
        notebook = to_notebook(found, verdicts=found.started.rules.shows_verdict, runs=False)
        return json.dumps(notebook, ensure_ascii=False)
