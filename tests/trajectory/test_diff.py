"""Two notebooks of ours compared: no noise from ids and times, and no real difference missed."""

from importlib.util import find_spec

import pytest

from kernel_manager.types import Execution, StreamOutput
from medgym.episode.types import Event, Message, Ran, Said, Started, ToolCall
from medgym.trajectory.diff import Difference, quiet, visible
from medgym.trajectory.model import Trajectory
from tests._requirements import requirement
from tests.trajectory.samples import sample_events

needs_nbdime = pytest.mark.skipif(find_spec("nbdime") is None, reason="extra review; .ci/run has it")


def run(*, slow: int, prints: str = "1\n", more: bool = False) -> Trajectory:
    started, *rest = sample_events()
    assert isinstance(started, Started)
    own = {"episode_id": f"episode-{slow}", "started_at": f"2026-01-0{slow}T00:00:00+00:00"}
    call = ToolCall(id=f"chatcmpl-{slow}", name="execute_code", arguments='{"code": "print(1)"}')
    said = Message(role="assistant", text="I look.", tool_calls=(call,), duration_s=slow)
    ran = Execution(
        code="print(1)", status="ok", outputs=(StreamOutput(name="stdout", text=prints),), duration_s=slow
    )
    answer = Message(role="tool", text=prints, tool_call_id=call.id)
    events: list[Event] = [
        started.model_copy(update=own),
        Said(at_s=slow, message=said),
        Ran(at_s=slow, step=1, execution=ran),
        Said(at_s=slow, message=answer),
    ]
    if more:
        events.append(Ran(at_s=slow, step=2, execution=Execution(code="extra", status="ok", duration_s=1)))
    return Trajectory.of([*events, *(event.model_copy(update={"at_s": event.at_s * slow}) for event in rest)])


@needs_nbdime
@requirement("trajectories:diff")
def test_ids_and_times_are_no_difference() -> None:
    assert run(slow=1) != run(slow=2)
    assert Difference(run(slow=1), run(slow=2)).changes == []


@needs_nbdime
@requirement("trajectories:diff")
def test_another_output_is_found_and_one_more_cell_is_one_change() -> None:
    other = Difference(run(slow=1), run(slow=2, prints="\x1b]0;owned\x07 2\n"))
    text = other.text("a", "b")
    assert "\\x1b]0;owned\\x07 2" in text
    assert "\x1b" not in text
    (change,) = Difference(run(slow=1), run(slow=2, more=True)).changes
    assert change["key"] == "cells"
    (added,) = change["diff"]
    assert added["op"] == "addrange"
    assert [cell["source"] for cell in added["valuelist"]] == ["extra"]


@requirement("trajectories:diff")
@pytest.mark.parametrize("character", ["\x1b", "\x07", "\r", "\x9b"])
def test_control_characters_are_shown(character: str) -> None:
    assert visible(f"a{character}b\n\tc") == f"a\\x{ord(character):02x}b\n\tc"


@requirement("trajectories:diff")
def test_what_is_quiet_is_still_a_trajectory() -> None:
    trajectory = Trajectory.of(sample_events())
    assert [event.event for event in quiet(trajectory).events] == [event.event for event in trajectory.events]
    assert quiet(quiet(trajectory)) == quiet(trajectory)
