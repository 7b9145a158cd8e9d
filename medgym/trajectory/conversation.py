"""A trajectory as one conversation: what the agent was sent, said and was told, in order.

A chat agent's own messages and the calls of an MCP client stand in the trajectory. The agents
that need no model say nothing; theirs is told here in the same form, as tool calls.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from graders.types import arguments_of
from medgym.episode.render import cell_text, restart_text, submission_text
from medgym.episode.state import EpisodeState
from medgym.episode.types import (
    CellObservation,
    Event,
    Finished,
    Graded,
    Message,
    Ran,
    Refused,
    Restarted,
    Said,
    SubmissionObservation,
    Submitted,
    ToolCall,
)
from medgym.trajectory.model import Trajectory


def conversation(trajectory: Trajectory) -> tuple[Message, ...]:
    """Messages in order, the task's prompt among them; the last is what the agent was told at the end.

    A message that no agent was sent is not made up: an episode that nobody ended has no last answer.
    """
    said = [event.message for event in trajectory.of_type(Said)]
    calls = any(message.tool_calls for message in said)
    messages = list(said) if calls or any(m.role == "assistant" for m in said) else []
    if not messages:
        return (_prompt(trajectory), *_told(trajectory))
    if not any(message.role == "user" for message in messages):
        messages.insert(0, _prompt(trajectory))
    return (*messages, *_last(trajectory, messages))


def _prompt(trajectory: Trajectory) -> Message:
    return Message(role="user", text=trajectory.started.prompt)


def _last(trajectory: Trajectory, messages: Sequence[Message]) -> Iterator[Message]:
    """The answer to the call that ended the episode."""
    end = trajectory.events[-1]
    if not isinstance(end, Finished) or end.told is None:
        return
    answered = {message.tool_call_id for message in messages}
    open_calls = [call for message in messages for call in message.tool_calls if call.id not in answered]
    if open_calls:
        yield Message(role="tool", text=end.told, tool_call_id=open_calls[0].id)
    elif messages[-1].role == "assistant":
        yield Message(role="user", text=end.told)


def _told(trajectory: Trajectory) -> Iterator[Message]:
    """The events of an agent that says nothing, as calls and answers."""
    state = EpisodeState(rules=trajectory.started.rules, parts=len(trajectory.started.task.parts))
    submitted: Submitted | None = None
    number = 0
    for event, after in zip(trajectory.events, (*trajectory.events[1:], None), strict=True):
        state = state.apply(event)
        if isinstance(event, Submitted):
            submitted = event
        call = _call(event, submitted)
        if call is None:
            continue
        number += 1
        name, arguments = call
        text = json.dumps(arguments, ensure_ascii=False)
        yield Message(
            role="assistant", text="", tool_calls=(ToolCall(id=f"call_{number}", name=name, arguments=text),)
        )
        ended = after if isinstance(after, Finished) else None
        told = ended.told if ended and ended.told else _answer(event, state, trajectory)
        yield Message(role="tool", text=told, tool_call_id=f"call_{number}")


def _call(event: Event, submitted: Submitted | None) -> tuple[str, dict[str, Any]] | None:
    match event:
        case Ran():
            return "execute_code", {"code": event.execution.code}
        case Restarted():
            return "restart_kernel", {}
        case Graded() if submitted is not None:
            return "submit_answer", arguments_of(submitted.submission)
        case Refused(submission=submission) if submission is not None:
            return "submit_answer", arguments_of(submission)
        case _:
            return None


def _answer(event: Event, state: EpisodeState, trajectory: Trajectory) -> str:
    budget = state.budget(event.at_s)
    match event:
        case Ran():
            return cell_text(CellObservation(step=event.step, execution=event.execution, budget=budget))
        case Graded():
            parts = trajectory.started.task.parts
            opened = state.part > event.grade.part and state.part <= len(parts)
            return submission_text(
                SubmissionObservation(
                    part=event.grade.part,
                    attempt=event.attempt,
                    outcome=event.grade.outcome if event.shown else None,
                    reason=event.grade.reason if event.shown else None,
                    next_prompt=parts[state.part - 1].prompt if opened else None,
                    budget=budget,
                )
            )
        case Refused():
            return event.message
        case _:
            return restart_text(budget)
