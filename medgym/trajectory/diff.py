"""Two notebooks of ours compared cell by cell, by nbdime, without what differs between any two runs.

Left out are ids, times and durations; ids of tool calls become numbers. What code printed is
compared as it is.
"""

import io
import re
from typing import Any

from medgym.episode.types import Event, Graded, Ran, Said, Started
from medgym.trajectory.model import Trajectory
from medgym.trajectory.notebook import to_notebook
from medgym.trajectory.record import Json

_NOISE = {"episode_id", "started_at", "duration_s", "totals", "parent"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Difference:
    """What nbdime finds between two trajectories."""

    def __init__(self, one: Trajectory, other: Trajectory) -> None:
        """Raises:
        ImportError: nbdime is not installed.
        """
        from nbdime.diffing.notebooks import diff_notebooks

        self._one = _node(one)
        self.changes: list[Json] = diff_notebooks(self._one, _node(other))
        """As nbdime has them; empty: no difference."""

    def text(self, name: str, other: str) -> str:
        """For people; control characters of outputs are shown, not sent to the terminal."""
        from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

        out = io.StringIO()
        config = PrettyPrintConfig(out=out, use_git=False, use_diff=False, use_color=False)
        pretty_print_notebook_diff(name, other, self._one, self.changes, config)
        return visible(out.getvalue())


def visible(text: str) -> str:
    """Text for a terminal: control characters are escapes, so that no output can act on it."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def quiet(trajectory: Trajectory) -> Trajectory:
    """The trajectory without ids, times and durations."""
    numbers: dict[str, str] = {}
    for said in trajectory.of_type(Said):
        for call in said.message.tool_calls:
            numbers.setdefault(call.id, f"call_{len(numbers) + 1}")
    return Trajectory.of([_quiet(event, numbers) for event in trajectory.events])


def _quiet(event: Event, numbers: dict[str, str]) -> Event:
    change: dict[str, Any] = {"at_s": 0.0}
    match event:
        case Started():
            change |= {"episode_id": "", "started_at": "", "parent": None}
        case Said(message=message):
            calls = tuple(call.model_copy(update={"id": numbers[call.id]}) for call in message.tool_calls)
            answers = message.tool_call_id and numbers.get(message.tool_call_id, message.tool_call_id)
            told = {"duration_s": None, "tool_calls": calls, "tool_call_id": answers}
            change["message"] = message.model_copy(update=told)
        case Ran(execution=execution):
            change["execution"] = execution.model_copy(update={"duration_s": 0.0})
        case Graded():
            change["duration_s"] = 0.0
    return event.model_copy(update=change)


def _node(trajectory: Trajectory) -> Any:
    """A notebook for nbdime: what people read, and how the episode was set up."""
    import nbformat

    notebook = to_notebook(quiet(trajectory))
    ours = {key: value for key, value in notebook["metadata"]["medgym"].items() if key not in _NOISE}
    # Without ids of cells (minor 4): they count events, so one more cell would change all that follow.
    cells = [
        {key: {} if key == "metadata" else value for key, value in cell.items() if key != "id"}
        for cell in notebook["cells"]
    ]
    bare = {**notebook, "nbformat_minor": 4, "metadata": {"medgym": ours}, "cells": cells}
    return nbformat.from_dict(bare)  # type: ignore[no-untyped-call]
