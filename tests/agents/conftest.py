"""An open gym over the toy store, and one episode of it played by a chat agent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from medgym.agents.chat import ChatAgent, ChatConfig
from medgym.agents.local import LocalEnv
from medgym.episode.episode import Episode
from medgym.gym import Gym
from task_store.store import TaskStore

KEY = "sk-canary-7d1f20c95ab34e"
"""The key of every test's agent; it may stand nowhere but in the requests' header."""

Play = Callable[..., Awaitable[Episode]]


@pytest.fixture
async def gym(fork_server: None, toy_store: TaskStore, tmp_path: Path) -> AsyncIterator[Gym]:
    async with Gym.open(store=toy_store, out=tmp_path / "run") as opened:
        yield opened


@pytest.fixture
def play(gym: Gym) -> Play:
    """Plays one episode at an endpoint; further keywords go into the agent's configuration."""

    async def played(url: str, task_id: str, *, protocol: Any = None, **config: Any) -> Episode:
        async with (
            ChatAgent(chat_config(url, **config), api_key=SecretStr(KEY)) as agent,
            gym.start(task_id, agent=agent.name, model=agent.model, protocol=protocol) as episode,
        ):
            await agent.solve(episode.task, LocalEnv(episode))
        return episode

    return played


def chat_config(url: str, **config: Any) -> ChatConfig:
    return ChatConfig.model_validate({"base_url": url, "model": "fake", "style": "tools"} | config)
