"""The server: one `Gym` behind tools, resources and prompts, over stdio."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from typing import Any

import anyio
from mcp.server import MCPServer

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


def build_server(gym: Gym) -> MCPServer[Any]:
    """The MCP server of an open gym; it speaks every protocol version that the SDK does."""
    server: MCPServer[Any] = MCPServer(
        name="medgym", version=version("medgym"), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    Tools(gym).register(server)
    resources.register(server, gym)
    prompts.register(server, gym)
    return server


async def serve_stdio(gym: Gym) -> bool:
    """Serve until the client closes our input or a signal comes; says whether a signal did.

    The SDK runs no cleanup on SIGTERM, and on SIGINT its reading thread outlives the
    server: so signals cancel the serving here, the caller closes the gym, and then ends
    the process by `exit_now` when this returned True.
    """
    signalled = False

    async def watch_signals() -> None:
        nonlocal signalled
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for number in signals:
                _log.warning("signal %s: closing", signal.Signals(number).name)
                signalled = True
                group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch_signals)
        await build_server(gym).run_stdio_async()
        group.cancel_scope.cancel()
    return signalled


def exit_now(code: int) -> None:
    """End the process without waiting for a thread that reads standard input."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def run_stdio(store: TaskStore, out: RunFolder, config: GymConfig) -> None:
    """Serve a store over stdio until the client goes or a signal comes, then save and end."""
    async with Gym.open(store=store, out=out, config=config) as gym:
        signalled = await serve_stdio(gym)
    if signalled:
        exit_now(0)
