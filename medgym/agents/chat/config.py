"""How a chat agent is set up: everything but the key, so it may be stored as it is."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from task_store.types import Model

StyleName = Literal["tools", "json", "code", "paper"]
"""How a model says what it wants done; see docs/chat-agent.md."""


class ChatConfig(Model):
    """One model behind one OpenAI-compatible endpoint."""

    base_url: str
    """Such as `http://127.0.0.1:8000/v1`; holds no user name and no password."""
    model: str = Field(min_length=1)
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that the command line takes the key from; only its name is kept."""
    style: StyleName | Literal["auto"] = "auto"
    """`auto` asks the endpoint once a run what it can do."""
    temperature: float | None = Field(default=None, ge=0)
    """None: the endpoint's default."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one reply may have; None: the endpoint's default."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What the endpoint calls that limit; OpenAI's reasoning models want the second."""
    seed: int | None = None
    """Sent as it is; what it is worth is up to the endpoint."""
    tokens: bool = False
    """True asks for log-probabilities and token ids of each reply; endpoints that know neither may refuse."""
    timeout_s: float = Field(default=600.0, gt=0)
    """Seconds to wait for one try of one reply."""
    retries: int = Field(default=2, ge=0)
    """Further tries after a refused connection, a timeout, or HTTP 408, 409, 429 or 5xx."""
    prompt: Path | None = None
    """File that replaces the style's system prompt; an empty one means none. None: the built-in prompt."""
    max_replies: int = Field(default=100, ge=1)
    """Replies of the model in one episode, whether or not they cost a turn."""

    @field_validator("base_url")
    @classmethod
    def _no_secrets(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address, such as http://127.0.0.1:8000/v1")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must hold no user name or password; a key is given by environment variable")
        _ = parts.port  # raises when it is no port
        return url

    @model_validator(mode="after")
    def _prompt_fits_one_style(self) -> Self:
        if self.prompt is not None and self.style == "auto":
            raise ValueError("a prompt of your own must explain a style's form, so name the style")
        return self

    @property
    def where(self) -> str:
        """The endpoint as error messages name it: without the query."""
        return urlsplit(self.base_url)._replace(query="", fragment="").geturl()
