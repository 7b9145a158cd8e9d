"""Clients of a server over the toy store: in memory, in both protocol eras."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from mcp.client import Client

from mcp_server.app import build_server
from medgym.gym import Gym, GymConfig
from task_store.store import TaskStore

ERAS = ("auto", "legacy")
"""`auto` reaches the 2026-07-28 protocol, `legacy` the ones with an initialize handshake."""


@pytest.fixture
async def gym(fork_server: None, toy_store: TaskStore, tmp_path: Path) -> AsyncIterator[Gym]:
    config = GymConfig(kernels=3, wait_s=0.2, ready=0)
    async with Gym.open(store=toy_store, out=tmp_path / "run", config=config) as opened:
        yield opened


@pytest.fixture(params=ERAS)
def connect(request: pytest.FixtureRequest, gym: Gym) -> Callable[[], AbstractAsyncContextManager[Client]]:
    @asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        async with Client(build_server(gym), mode=request.param) as client:
            yield client

    return connected


Connect = Callable[[], AbstractAsyncContextManager[Client]]
Act = Callable[[Client], Awaitable[str]]
