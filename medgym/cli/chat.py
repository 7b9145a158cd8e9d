"""The chat agent of `medgym run`: an endpoint of the user's, or a small local model."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from medgym.agents.chat import ChatAgent, ChatConfig

LOCAL = "local:"
"""Before the name of a small model that `medgym models get` fetched."""
LOCAL_MAX_TOKENS = 400
"""Tokens of one reply of a local model: its whole context has a few thousand."""


@asynccontextmanager
async def chat_agent(options: dict[str, Any], data: Path) -> AsyncIterator[ChatAgent]:
    """The agent that the options of `medgym run` describe, open for as long as the block runs.

    Args:
        options: fields of `ChatConfig`; None means "not given".
        data: where local models lie.

    Raises:
        click.UsageError: there is no endpoint to ask.
    """
    given = {name: value for name, value in options.items() if value is not None}
    async with AsyncExitStack() as stack:
        if str(given["model"]).startswith(LOCAL):
            from medgym.models.local import serve_local

            served = await stack.enter_async_context(serve_local(given["model"].removeprefix(LOCAL), data))
            # It ignores `tools`, and one thread is slow: JSON actions, short replies, much patience.
            defaults = {"style": "json", "max_tokens": LOCAL_MAX_TOKENS, "temperature": 0.0}
            config = ChatConfig(**{**defaults, **given, "base_url": served.base_url, "model": served.model})
            key: SecretStr | None = SecretStr(served.api_key)
        else:
            if "base_url" not in given:
                raise click.UsageError(
                    "--model needs --base-url URL, or a local model: --model local:smollm2."
                )
            config = ChatConfig(**given)
            text = os.environ.get(config.api_key_env)
            key = SecretStr(text) if text else None
        yield await stack.enter_async_context(ChatAgent(config, api_key=key))
