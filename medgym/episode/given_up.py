"""Why an agent stopped before its episode was over, as data in the trajectory.

The sentence is the conversation's last message. It is written for the record and never
sent: role `user` and `finish_reason` None, so no model can have written it.
"""

from collections.abc import Sequence
from typing import Literal

from medgym.episode.types import Message

GiveUp = Literal["malformed_reply", "too_many_replies", "context_full"]

_CLOSINGS: dict[GiveUp, str] = {
    "malformed_reply": "The agent stops: two malformed replies in a row.",
    "too_many_replies": "The agent stops: the model has used up its replies.",
    "context_full": "The agent stops: the conversation no longer fits the model's context window.",
}


def closing(why: GiveUp) -> Message:
    """The message that ends a conversation given up."""
    return Message(role="user", text=_CLOSINGS[why])


def given_up(messages: Sequence[Message]) -> GiveUp | None:
    """Why the agent of these messages stopped early; None when it did not."""
    for why in _CLOSINGS:
        if messages and messages[-1] == closing(why):
            return why
    return None
