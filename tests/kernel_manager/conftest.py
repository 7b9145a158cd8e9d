"""Real kernels for the tests of kernel_manager: one per module, or a fresh one where it will die."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from kernel_manager import KernelConfig, KernelSession


@pytest.fixture(scope="module")
async def shared(anyio_backend: str) -> AsyncIterator[KernelSession]:
    """One live kernel for tests that leave it usable."""
    async with await KernelSession.start(KernelConfig()) as session:
        yield session


@pytest.fixture
async def fresh(anyio_backend: str) -> AsyncIterator[KernelSession]:
    """A kernel that the test may kill."""
    async with await KernelSession.start(KernelConfig()) as session:
        yield session


@pytest.fixture
def gate() -> Callable[[KernelSession], tuple[str, Callable[[], Awaitable[None]]]]:
    """Code that tells when it runs, and a wait for that moment: a named pipe in the workspace."""

    def make(session: KernelSession) -> tuple[str, Callable[[], Awaitable[None]]]:
        pipe = session.workspace / "gate"
        if not pipe.exists():
            os.mkfifo(pipe)

        async def passed() -> None:
            with anyio.fail_after(20):
                await anyio.to_thread.run_sync(Path.read_bytes, pipe, abandon_on_cancel=True)

        return "open('gate', 'wb').close()\n", passed

    return make
