"""Calls and their results as a corpus; equal calls with equal results at one task stand there once."""

from collections.abc import Callable, Iterator, Sequence

from medgym.trajectory.export.example import Example, Function
from medgym.trajectory.export.records import CallRecord
from medgym.trajectory.export.tools import Tools


def function_calling(
    group: Sequence[Example], tools: Tools, *, count: Callable[[str], int] | None = None
) -> Iterator[CallRecord]:
    """One record a call that was answered.

    Args:
        count: tokens of a text; None: not counted.
    """
    for example in group:
        prompt = "\n\n".join(message.content for message in example.messages[: example.first])
        results = {m.tool_call_id: m.content for m in example.messages if m.tool_call_id}
        for message in example.acted:
            for call in message.tool_calls or ():
                if call.id in results:
                    yield CallRecord(
                        **example.origin.model_dump(),
                        tools=tools.of(example),
                        prompt=prompt,
                        call=call.function,
                        result=results[call.id],
                        tokens=count and _tokens(count, prompt, call.function, results[call.id]),
                    )


def _tokens(count: Callable[[str], int], prompt: str, call: Function, result: str) -> int:
    return sum(count(text) for text in (prompt, call.name, call.arguments, result))
