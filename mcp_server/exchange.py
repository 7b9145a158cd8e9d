"""A tool call and its answer as the trajectory keeps them: what the agent asked, and what it was told.

The agent's model is on the other side of the wire, so its messages are unknown; its calls are
not. They are kept in the form that a chat model's own calls have, so that every trajectory
reads as one conversation. Left out is `episode_id`, which is the same in every call.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from mcp_server.errors import as_tool_error
from medgym.episode.episode import Episode
from medgym.episode.types import Message, ToolCall
from medgym.gym import Gym

_log = logging.getLogger(__name__)


class Exchange:
    """One call on one episode."""

    def __init__(self, episode: Episode, call_id: str) -> None:
        self.episode = episode
        self._call_id = call_id

    def told(self, text: str) -> str:
        """Keep `text` as what the agent was told; returns it."""
        _keep(self.episode, Message(role="tool", text=text, tool_call_id=self._call_id))
        return text


def _keep(episode: Episode, message: Message) -> None:
    try:
        episode.say(message)
    except OSError:  # the call itself meets the same disk, and ends the episode as a fault of ours
        _log.exception("episode %s: a message is not in its journal", episode.id)


@contextmanager
def exchange(
    gym: Gym, episode_id: str, tool: str, *, comment: str | None = None, **arguments: Any
) -> Iterator[Exchange]:
    """A call of `tool`; arguments that are None were not given.

    Raises:
        ToolError: in place of an error of ours; the agent is told its sentence.
    """
    with as_tool_error():
        episode = gym.episode(episode_id)
    given = {name: value for name, value in arguments.items() if value is not None}
    call = ToolCall(
        id=f"call_{episode.state.calls + 1}", name=tool, arguments=json.dumps(given, ensure_ascii=False)
    )
    _keep(episode, Message(role="assistant", text=comment or "", tool_calls=(call,)))
    talk = Exchange(episode, call.id)
    try:
        with as_tool_error():
            yield talk
    except ToolError as error:
        talk.told(str(error))
        raise
