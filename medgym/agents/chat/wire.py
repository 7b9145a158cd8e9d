"""A message of the trajectory as the endpoint is sent it."""

import json
from typing import Any

from medgym.episode.types import Message, ToolCall


def wire_of(message: Message) -> dict[str, Any]:
    """The message in the form of the chat completions API.

    Thinking is not sent back (some endpoints refuse it). Arguments that are no JSON go
    back as `{}`: many servers parse the history's arguments and would fail on the
    model's slip as if the slip were ours. The trajectory keeps the model's own text.
    """
    wire: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        wire["content"] = message.text or None
        wire["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = call.arguments if _is_object(call.arguments) else "{}"
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
