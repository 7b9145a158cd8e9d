"""`Env` over an MCP client: the same agent, on the other side of a wire."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.client import Client
from mcp.types import CallToolResult, TextContent

from graders.types import Submission, arguments_of
from medgym.agents.base import History
from medgym.episode.types import Message
from task_store.world_info import InfoQuery


class ToolCallError(Exception):
    """The server answered a tool call with an error; holds its sentence."""


class McpEnv:
    """One episode behind an MCP server."""

    def __init__(self, client: Client, start: dict[str, Any]) -> None:
        self._client = client
        self.episode_id: str = start["episode_id"]
        self.prompt: str = start["prompt"]
        self.finished: bool = _over(start)
        self.kernel_alive = True
        self.history = History()

    @classmethod
    @asynccontextmanager
    async def open(cls, client: Client, task_id: str, *, agent: str) -> "AsyncIterator[McpEnv]":
        """Start an episode and close it at the end of the block.

        Raises:
            ToolCallError: the server refused to start it.
        """
        env = cls(client, json.loads(await call(client, "start_episode", task_id=task_id, agent=agent)))
        try:
            yield env
        finally:
            await call(client, "close_episode", episode_id=env.episode_id)

    async def execute(self, code: str, *, timeout_s: float | None = None) -> str:
        return await self._told("execute_code", code=code, timeout_s=timeout_s)

    async def request_info(self, query: InfoQuery) -> str:
        return await self._told("request_info", **query.model_dump(mode="json"))

    async def submit(self, submission: Submission, *, part: int | None = None) -> str:
        return await self._told("submit_answer", part=part, **arguments_of(submission))

    async def restart(self) -> str:
        return await self._told("restart_kernel")

    async def say(self, message: Message) -> None:
        """Over MCP an agent's words travel as the `comment` of a call; nothing else carries them."""

    async def _told(self, tool: str, **arguments: Any) -> str:
        try:
            text = await call(self._client, tool, episode_id=self.episode_id, **arguments)
        except ToolCallError as error:
            text = str(error)
        await self._ask_state()
        return text

    async def _ask_state(self) -> None:
        """Asked after every call: text for a model is no place to read the state from."""
        try:
            state = json.loads(await call(self._client, "get_state", episode_id=self.episode_id))
        except ToolCallError:  # the server no longer knows the episode
            self.finished = True
        else:
            self.finished = _over(state)
            self.kernel_alive = state["kernel"] == "alive"


def _over(budget: dict[str, Any]) -> bool:
    return budget["finished"] is not None or budget["seconds_left"] <= 0


async def call(client: Client, tool: str, **arguments: Any) -> str:
    """Call a tool; its text blocks, joined. Arguments that are None are left out.

    Raises:
        ToolCallError: the tool answered with an error.
    """
    result = await client.call_tool(tool, {k: v for k, v in arguments.items() if v is not None})
    assert isinstance(result, CallToolResult)
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        # The SDK puts the tool's name before our sentence; in process there is only the sentence.
        raise ToolCallError(text.removeprefix(f"Error executing tool {tool}: "))
    return text
