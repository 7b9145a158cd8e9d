"""`Env` over an MCP client: the same agent, on the other side of a wire."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.client import Client
from mcp.types import CallToolResult, TextContent

from graders.types import Submission
from medgym.episode.types import Message


class ToolCallError(Exception):
    """The server answered a tool call with an error; holds its sentence."""


class McpEnv:
    """One episode behind an MCP server."""

    def __init__(self, client: Client, start: dict[str, Any]) -> None:
        self._client = client
        self.episode_id: str = start["episode_id"]
        self.prompt: str = start["prompt"]

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

    async def submit(self, submission: Submission, *, part: int | None = None) -> str:
        given = submission.model_dump(mode="json", exclude={"form"}) or {"abstain": True}
        return await self._told("submit_answer", part=part, **given)

    async def say(self, message: Message) -> None:
        """Over MCP an agent's words travel as the `comment` of a call; nothing else carries them."""

    async def _told(self, tool: str, **arguments: Any) -> str:
        try:
            return await call(self._client, tool, episode_id=self.episode_id, **arguments)
        except ToolCallError as error:
            return str(error)


async def call(client: Client, tool: str, **arguments: Any) -> str:
    """Call a tool; its text blocks, joined. Arguments that are None are left out.

    Raises:
        ToolCallError: the tool answered with an error.
    """
    result = await client.call_tool(tool, {k: v for k, v in arguments.items() if v is not None})
    assert isinstance(result, CallToolResult)
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        raise ToolCallError(text)
    return text
