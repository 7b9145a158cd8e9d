"""An open gym over the toy store, and episodes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medgym.gym import Gym, GymConfig
from task_store.store import TaskStore


@pytest.fixture
async def gym(fork_server: None, toy_store: TaskStore, tmp_path: Path) -> AsyncIterator[Gym]:
    async with Gym.open(
        store=toy_store, out=tmp_path / "run", config=GymConfig(allow_reference=True, ready=0)
    ) as opened:
        yield opened
