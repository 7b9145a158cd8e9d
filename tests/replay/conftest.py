"""One fork server for the gyms of these tests."""

from collections.abc import AsyncIterator

import anyio.to_thread
import pytest

from kernel_manager import isolation, warm
from kernel_manager.types import KernelConfig


@pytest.fixture(scope="module")
async def fork_server(anyio_backend: str) -> AsyncIterator[None]:
    """Held open, so that a gym that a test opens finds it warm."""
    level = await anyio.to_thread.run_sync(isolation.available)
    async with warm(KernelConfig(isolation=level)):
        yield
