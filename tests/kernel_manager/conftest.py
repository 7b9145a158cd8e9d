"""Real kernels for the tests of kernel_manager: one per module, or a fresh one where it will die.

Tests of the modules in `_AT_EVERY_LEVEL` run at every isolation level that the machine can give.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.types import Isolation
from kernel_manager.zygote.client import ZygoteKey, hold
from tests.kernel_manager._levels import LEVELS

_AT_EVERY_LEVEL: Final = {"test_session", "test_stopping", "test_leaks", "test_deaths"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    own = {name for names in marks for name in ([names] if isinstance(names, str) else names)}
    if "level" in metafunc.fixturenames and "level" not in own:
        here = metafunc.module.__name__.rpartition(".")[2] in _AT_EVERY_LEVEL
        metafunc.parametrize("level", ["none", *LEVELS] if here else ["none"], scope="module")


@pytest.fixture(scope="session")
async def fork_servers(anyio_backend: str) -> AsyncIterator[None]:
    """The fork servers of all levels, for as long as tests run: starting one takes a second."""
    async with AsyncExitStack() as stack:
        for level in LEVELS:
            await stack.enter_async_context(hold(ZygoteKey(level)))
        yield


@pytest.fixture(scope="module")
async def shared(anyio_backend: str, fork_servers: None, level: Isolation) -> AsyncIterator[KernelSession]:
    """One live kernel for tests that leave it usable."""
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        yield session


@pytest.fixture
async def fresh(anyio_backend: str, fork_servers: None, level: Isolation) -> AsyncIterator[KernelSession]:
    """A kernel that the test may kill."""
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        yield session


@pytest.fixture
def gate() -> Callable[[KernelSession], tuple[str, Callable[[], Awaitable[None]]]]:
    """Code that tells when it runs, and a wait for that moment: a named pipe in the workspace."""

    def make(session: KernelSession) -> tuple[str, Callable[[], Awaitable[None]]]:
        pipe = session.workspace / "gate"
        if not pipe.exists():
            os.mkfifo(pipe)
            pipe.chmod(0o666)  # an isolated kernel is another user

        async def passed() -> None:
            with anyio.fail_after(20):
                await anyio.to_thread.run_sync(Path.read_bytes, pipe, abandon_on_cancel=True)

        return "open('gate', 'wb').close()\n", passed

    return make
