"""Any OpenAI-compatible chat endpoint as an agent. See docs/chat-agent.md.

Importing this loads no HTTP client; opening a `ChatAgent` does.
"""

from medgym.agents.chat.agent import ChatAgent
from medgym.agents.chat.config import ChatConfig, StyleName
from medgym.agents.chat.errors import ContextFullError, ModelEndpointError, ModelRequestError
from medgym.episode.given_up import GiveUp, given_up

__all__ = [
    "ChatAgent",
    "ChatConfig",
    "ContextFullError",
    "GiveUp",
    "ModelEndpointError",
    "ModelRequestError",
    "StyleName",
    "given_up",
]
