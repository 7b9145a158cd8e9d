"""Prompts that a person may pick in their client."""

from typing import Any

from mcp.server import MCPServer

from mcp_server.errors import as_tool_error
from medgym.gym import Gym


def register(server: MCPServer[Any], gym: Gym) -> None:
    """Add the prompts of `gym` to `server`."""

    @server.prompt()
    async def solve_task(task_id: str) -> str:
        """Solve one task from start to submission."""
        with as_tool_error():
            task = gym.store.get(task_id)
        return (
            f"Solve the medgym task {task.id}. Call start_episode with this task_id and read the question."
            " Work it out with execute_code: put the values of the question into variables, compute,"
            " and check units and plausibility. Then call submit_answer with the answer, or with the name"
            " of the variable that holds it. Only the submission is graded."
            " Close the episode when you are done."
        )
