"""Episodes made of events, as many as a test wants: what exports are tested on."""

import json
from collections.abc import Sequence

from graders.grade import whole
from graders.types import AnswerSubmission, PartGrade
from kernel_manager.types import Execution, StreamOutput
from medgym.episode.protocol import ProtocolName, rules_for
from medgym.episode.types import (
    Environment,
    Event,
    Finished,
    Graded,
    Message,
    Ran,
    Said,
    Started,
    Submitted,
    Tokens,
    ToolCall,
)
from medgym.trajectory.export.tools import Tools
from medgym.trajectory.model import Trajectory
from task_store.types import AnswerFormat, Limits, Part, Task, TaskId, WorldSpec

TOOLS = Tools([{"type": "function", "function": {"name": "execute_code"}}])


def task(task_id: str, prompt: str, *, world: WorldSpec | None = None, template: str = "t") -> Task:
    form = AnswerFormat(kind="number", hint="A number.")
    return Task(
        id=TaskId(task_id),
        parts=(Part(prompt=prompt, answer_format=form, judged="The exact number."),),
        world=world or WorldSpec(),
        category="made",
        difficulty="easy",
        template_id=template,
        source="built-in",
        licence="CC0-1.0",
    )


def call(name: str, key: str, **arguments: object) -> Message:
    """The agent calls a tool."""
    text = json.dumps(arguments)
    return Message(role="assistant", text="", tool_calls=(ToolCall(id=key, name=name, arguments=text),))


def told(text: str, key: str) -> Message:
    return Message(role="tool", text=text, tool_call_id=key)


def steps(code: str, answer: float, *, key: str = "a") -> list[Message]:
    """An agent that runs a cell and submits."""
    return [
        call("execute_code", f"{key}1", code=code),
        told(f"{answer}\n[ok]", f"{key}1"),
        call("submit_answer", f"{key}2", answer=answer),
    ]


def episode(
    name: str,
    about: Task,
    said: Sequence[Message],
    *,
    score: float | None = 1.0,
    agent: str = "chat",
    protocol: ProtocolName = "strict",
    code: str = "x = 1",
    prompt: str | None = None,
) -> Trajectory:
    """An ended episode; `score` None: ungradable."""
    outcome = "ungradable" if score is None else "correct" if score == 1 else "incorrect"
    grade = PartGrade(
        part=1, outcome=outcome, score=score, reason="THE REASON", grader="numeric", version="1"
    )
    environment = Environment(medgym="0", python="3.11", platform="here", packages={}, isolation="none")
    first = about.parts[0].prompt if prompt is None else prompt
    opening = [Message(role="system", text="You are."), Message(role="user", text=first)]
    events: list[Event] = [
        Started(
            episode_id=name,
            started_at="2026-01-01T00:00:00+00:00",
            task=about,
            task_hash=about.content_hash,
            prompt=first,
            rules=rules_for(protocol, Limits()),
            agent=agent,
            model="some/model",
            settings={"base_url": "http://SETTING"},
            environment=environment,
        ),
        *(Said(at_s=1, message=message) for message in (*opening, *said)),
        Ran(
            at_s=2,
            step=1,
            execution=Execution(
                code=code,
                status="ok",
                outputs=(StreamOutput(name="stdout", text="NEVER SENT"),),
                execution_count=1,
                duration_s=0.1,
            ),
        ),
        Submitted(at_s=3, part=1, attempt=1, submission=AnswerSubmission(answer=1), value=1),
        Graded(at_s=3, attempt=1, grade=grade, shown=False, duration_s=0.1),
        Finished(at_s=4, reason="submitted", told="Part 1, attempt 1: recorded", grade=whole([grade], [1])),
    ]
    return Trajectory.of(events)


def drew(message: Message, prompt: Sequence[int], ids: Sequence[int], logprobs: Sequence[float]) -> Message:
    """The message with the tokens that an endpoint gave."""
    tokens = Tokens(ids=tuple(ids), prompt_ids=tuple(prompt), logprobs=tuple(logprobs))
    return message.model_copy(update={"tokens": tokens})
