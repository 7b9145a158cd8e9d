"""The endpoint: one HTTP client for many episodes, and its faults in our own words.

Every error message and every reply passes `_without_key` before anything else sees it:
an endpoint that echoes the key cannot bring it into a log or a trajectory.
"""

import json
import re
import time
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from medgym.agents.chat.config import ChatConfig
from medgym.agents.chat.errors import ContextFullError, ModelEndpointError, ModelRequestError
from medgym.agents.chat.reply import Reply, read_reply
from medgym.agents.chat.wire import wire_of
from medgym.episode.types import Message
from medgym.loopback import is_loopback

if TYPE_CHECKING:  # importing it takes about a second
    from openai import APIError, AsyncOpenAI

_NO_KEY = "no-key"
"""What an endpoint that wants no key is sent; the client insists on one."""

_TRANSIENT = (408, 409, 429)
"""Statuses under 500 that a later try may not meet; the client has already retried them."""

_CONTEXT_FULL = re.compile(r"context[ _](length|size|window)", re.IGNORECASE)
"""OpenAI: code context_length_exceeded. vLLM: "maximum context length is", "context length is only"
(harbor-framework/harbor#996). llama.cpp: exceed_context_size_error (ggml-org/llama.cpp#15780)."""

_SECRET_CHARS = 8
"""Shorter keys are stand-ins such as `EMPTY`, and words that a model may say."""

_MESSAGE_LIMIT = 300
"""Characters of an endpoint's error text that are kept."""


class Endpoint:
    """Sends conversations; open it with `async with`."""

    def __init__(self, config: ChatConfig, api_key: SecretStr | None) -> None:
        self._config = config
        self._key = api_key.get_secret_value() if api_key else ""
        self._client: AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        self._client = AsyncOpenAI(
            api_key=self._key or _NO_KEY,
            base_url=self._config.base_url,
            timeout=self._config.timeout_s,
            max_retries=self._config.retries,
            # A proxy of the environment must not come between us and this very machine.
            http_client=DefaultAsyncHttpxClient(trust_env=False) if self._is_local() else None,
        )
        return self

    def _is_local(self) -> bool:
        return is_loopback(urlsplit(self._config.base_url).hostname or "")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def complete(self, messages: Iterable[Message], options: dict[str, Any]) -> Reply:
        """The model's next message.

        Args:
            messages: the conversation so far.
            options: further fields of the request, such as `tools`.

        Raises:
            ModelEndpointError: there is no reply; which kind says whose fault it is.
        """
        if self._client is None:
            raise RuntimeError("The chat agent is not open; use it in `async with ChatAgent(...)`.")
        from openai import APIError

        request = self._fields() | options | {"messages": [wire_of(message) for message in messages]}
        began = time.monotonic()
        try:
            raw = await self._client.chat.completions.with_raw_response.create(**request)
        except APIError as error:  # its text may hold the key, so it is not chained
            raise self._fault(error) from None
        return self._read(raw.text, len(request["messages"]), time.monotonic() - began)

    def _fields(self) -> dict[str, Any]:
        config = self._config
        fields = {
            "model": config.model,
            "temperature": config.temperature,
            config.max_tokens_field: config.max_tokens,
            "seed": config.seed,
        }
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        if config.tokens:
            given |= {"logprobs": True, "extra_body": {"return_token_ids": True}}
        return given

    def _read(self, text: str, number: int, duration_s: float) -> Reply:
        try:
            body = json.loads(self._without_key(text))
            return read_reply(body, number=number, duration_s=duration_s)
        except (ValueError, RecursionError) as error:
            told = text[:_MESSAGE_LIMIT]
            if '"error"' in told and _CONTEXT_FULL.search(told):  # llama.cpp may say so with HTTP 200
                raise ContextFullError(self._sentence("says that the context is full", told)) from None
            raise ModelEndpointError(
                self._sentence("did not answer with a chat completion", f"{error}; {told}")
            ) from None

    def _fault(self, error: "APIError") -> ModelEndpointError:
        from openai import APIStatusError

        if not isinstance(error, APIStatusError):
            return ModelEndpointError(self._sentence("gave no answer", error.message))
        status = error.status_code
        if _CONTEXT_FULL.search(f"{error.message} {error.code} {error.type}"):
            return ContextFullError(self._sentence("says that the context is full", error.message))
        told = self._sentence(f"answered with HTTP {status}", error.message)
        if status >= 500 or status in _TRANSIENT:
            return ModelEndpointError(told)
        return ModelRequestError(told, status)

    def _sentence(self, what: str, detail: str) -> str:
        detail = " ".join(self._without_key(detail).split())[:_MESSAGE_LIMIT]
        return f"The endpoint {self._config.where} {what}: {detail}"

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "[api key]") if len(self._key) >= _SECRET_CHARS else text
