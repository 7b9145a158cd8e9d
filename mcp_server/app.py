"""The server: one `Gym` behind tools, resources and prompts, over stdio."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from typing import Any, NoReturn

import anyio
from mcp.server import MCPServer
from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings

from mcp_server import prompts, resources
from mcp_server.tools import Tools
from medgym.gym import Gym, GymConfig
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore

_log = logging.getLogger(__name__)

INSTRUCTIONS = (
    "Biomedical data-science tasks, solved by writing Python in a live Jupyter kernel."
    " list_tasks, start_episode, execute_code as often as needed, submit_answer, close_episode."
    " Only submit_answer is graded."
)


def build_server(
    gym: Gym, *, auth: AuthSettings | None = None, token_verifier: TokenVerifier | None = None
) -> MCPServer[Any]:
    """The MCP server of an open gym; it speaks every protocol version that the SDK does.

    Args:
        auth: with `token_verifier`, whom the HTTP transport lets in; stdio never asks.
    """
    server: MCPServer[Any] = MCPServer(
        name="medgym",
        version=version("medgym"),
        instructions=INSTRUCTIONS,
        log_level="WARNING",
        auth=auth,
        token_verifier=token_verifier,
    )
    Tools(gym).register(server)
    resources.register(server, gym)
    prompts.register(server, gym)
    return server


async def run_stdio(store: TaskStore, out: RunFolder, config: GymConfig) -> None:
    """Serve a store over stdio until the client goes or a signal comes, then save and end."""
    async with Gym.open(store=store, out=out, config=config) as gym, anyio.create_task_group() as group:
        if sys.platform != "win32":  # asyncio receives no signals there
            group.start_soon(_end_on_signal, gym)
        await build_server(gym).run_stdio_async()
        group.cancel_scope.cancel()


async def _end_on_signal(gym: Gym) -> NoReturn:
    """Save everything and end the process when a signal asks for it.

    Cancelling the server would not do: its thread that reads standard input cannot be
    cancelled, so the process would live until the client closes our input.
    """
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for number in signals:
            _log.warning("signal %s: closing", signal.Signals(number).name)
            await gym.close_all("shutdown")
            sys.stderr.flush()
            os._exit(0)
    raise AssertionError("signals never run out")
