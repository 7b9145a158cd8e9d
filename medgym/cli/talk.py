"""A conversation on a terminal. Text is foreign: its control characters are shown, not obeyed."""

import json
import sys
from collections.abc import Sequence

from medgym.episode.types import Message
from medgym.trajectory.diff import visible
from medgym.trajectory.summary import Summary

_STYLES = {"system": "dim", "user": "bold cyan", "assistant": "bold green", "tool": "bold yellow"}


def print_talk(summary: Summary, messages: Sequence[Message]) -> None:
    """Print an episode's messages, and how it ended."""
    from rich.console import Console
    from rich.rule import Rule
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, emoji=False, markup=False)
    console.print(Text(visible(f"{summary.task_id}, agent {summary.agent}, protocol {summary.protocol}")))
    for message in messages:
        who = message.role if message.speaker is None else f"{message.role} ({message.speaker})"
        console.print(Rule(Text(visible(who)), align="left", style=_STYLES[message.role], characters="─"))
        if message.reasoning:
            console.print(Text(visible(message.reasoning), style="dim italic"))
        if message.text:
            console.print(Text(visible(message.text)))
        for call in message.tool_calls:
            console.print(Text(visible(f"{call.name} {_arguments(call.arguments)}"), style="green"))
    console.print(Rule(align="left", style="dim", characters="─"))
    console.print(Text(visible(_end(summary)), style="bold"))


def _arguments(raw: str) -> str:
    """Code on lines of its own; anything else as the model wrote it."""
    try:
        given = json.loads(raw)
    except ValueError:
        return raw
    if isinstance(given, dict) and isinstance(given.get("code"), str):
        rest = {key: value for key, value in given.items() if key != "code"}
        return f"{json.dumps(rest) if rest else ''}\n{given['code']}"
    return raw


def _end(summary: Summary) -> str:
    totals = summary.totals
    ended = "incomplete" if summary.grade is None else f"{summary.grade.outcome}, score {summary.grade.score}"
    why = f" ({summary.failure})" if summary.failure else ""
    return (
        f"{ended}{why}; {totals.cells} cells, {summary.duration_s:.1f} s: model {totals.model_s:.1f},"
        f" kernel {totals.kernel_s:.1f}, grading {totals.grading_s:.1f}"
    )
