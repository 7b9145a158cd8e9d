"""The tools that a conversation's agent could call."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from medgym.trajectory.export.example import Example


class Tools:
    """The schemas that agents of ours are given, by name.

    Args:
        always: what every agent that calls tools has.
        extra: what some have; named only where it was called.
    """

    def __init__(self, always: Sequence[Mapping[str, Any]], extra: Sequence[Mapping[str, Any]] = ()) -> None:
        self._always = list(always)
        self._extra = {tool["function"]["name"]: tool for tool in extra}

    def of(self, example: Example) -> str | None:
        """JSON text; None when the agent called nothing: its actions are text."""
        called = {call.function.name for message in example.messages for call in message.tool_calls or ()}
        if not called:
            return None
        more = [tool for name, tool in self._extra.items() if name in called]
        return json.dumps([*self._always, *more], ensure_ascii=False)
