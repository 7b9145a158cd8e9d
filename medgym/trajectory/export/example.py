"""What every format is made of: one trajectory as chat messages, with its outcome and its origin.

Only what is named here leaves a trajectory. Reasons of grades, settings, endpoints and outputs
that the agent was not sent do not.
"""

from typing import Literal

from medgym.episode.types import Message, Role, Tokens, ToolCall
from medgym.trajectory.conversation import conversation
from medgym.trajectory.model import Trajectory
from task_store.types import DataUse, Model, TaskId


class Function(Model):
    """What a tool call names."""

    name: str
    arguments: str
    """JSON text, as the model wrote it."""


class Call(Model):
    """A tool call, in the form of the chat completions API."""

    id: str
    """`call_1`, `call_2`, ... in the order of the conversation."""
    type: Literal["function"] = "function"
    function: Function


class ChatMessage(Model):
    """A message, in the form of the chat completions API."""

    role: Role
    content: str
    reasoning_content: str | None = None
    """Thinking that the endpoint returned beside the text."""
    tool_calls: tuple[Call, ...] | None = None
    tool_call_id: str | None = None


class Origin(Model):
    """Where training data comes from; every record of every format repeats it."""

    task_id: TaskId
    protocol: str
    licence: str
    """Of the task's text."""
    data_use: DataUse


class Branched(Model):
    """Where an episode left another one, whose first events it repeats."""

    parent: str
    """The other's episode id."""
    messages: int
    """How many of the first messages tell what was repeated. The repeated calls are the parent's
    word for word; their answers are the same by value, not to the letter (addresses, temporary names)."""


class Example(Model):
    """One ended and graded episode."""

    origin: Origin
    task_hash: str
    episode_id: str
    agent: str
    model: str | None
    branched: Branched | None = None
    """None: it began at its task's beginning."""
    correct: bool
    score: float
    """0 to 1."""
    messages: tuple[ChatMessage, ...]
    """The whole conversation; at least one is the agent's."""
    tokens: tuple[Tokens | None, ...]
    """Of each message, where the endpoint gave them."""

    @property
    def first(self) -> int:
        """Index of the agent's first message: what comes before it is the prompt."""
        return next(i for i, message in enumerate(self.messages) if message.role == "assistant")

    @property
    def own(self) -> int:
        """Index from which on the agent's messages are its own and not repeated from another episode."""
        return max(self.first, self.branched.messages) if self.branched else self.first

    @property
    def acted(self) -> tuple[ChatMessage, ...]:
        """Up to the agent's last message: what it was told afterwards is the outcome."""
        last = max(i for i, message in enumerate(self.messages) if message.role == "assistant")
        return self.messages[: last + 1]

    @property
    def text(self) -> str:
        """All that was read and written, for comparisons."""
        parts: list[str] = []
        for message in self.messages:
            parts += [message.content, message.reasoning_content or ""]
            parts += [call.function.arguments for call in message.tool_calls or ()]
        return "\n".join(parts)


def example_of(trajectory: Trajectory) -> Example | None:
    """None: the episode has not ended with a grade, or its agent said and did nothing."""
    grade, started = trajectory.grade, trajectory.started
    if grade is None or grade.score is None:
        return None
    said = conversation(trajectory)
    if not any(message.role == "assistant" for message in said):
        return None
    task = started.task
    return Example(
        origin=Origin(
            task_id=task.id,
            protocol=started.rules.protocol,
            licence=task.licence,
            data_use=task.world.data_use,
        ),
        task_hash=started.task_hash,
        episode_id=started.episode_id,
        agent=started.agent,
        model=started.model,
        branched=_branched(trajectory, said),
        correct=grade.outcome == "correct",
        score=grade.score,
        messages=_chat(said),
        tokens=tuple(message.tokens for message in said),
    )


def _branched(trajectory: Trajectory, said: tuple[Message, ...]) -> Branched | None:
    parent = trajectory.started.parent
    if parent is None:
        return None
    repeated = conversation(Trajectory(events=trajectory.events[: parent.events]))
    # A chat agent off a parent that said nothing says the repeated part anew, after a system text of its own.
    left = sum(message.role != "system" for message in repeated)
    count = 0  # of messages that tell it
    while left and count < len(said):
        left -= said[count].role != "system"
        count += 1
    return Branched(parent=parent.episode_id, messages=count)


def _chat(said: tuple[Message, ...]) -> tuple[ChatMessage, ...]:
    """Call ids are counted anew, so that equal conversations are equal whoever made up the ids."""
    names: dict[str, str] = {}
    made: list[ChatMessage] = []
    number = 0
    for message in said:
        calls: list[Call] = []
        for call in message.tool_calls:
            number += 1
            names[call.id] = f"call_{number}"
            calls.append(_call(call, names[call.id]))
        answered = message.tool_call_id
        made.append(
            ChatMessage(
                role=message.role,
                content=message.text,
                reasoning_content=message.reasoning,
                tool_calls=tuple(calls) or None,
                tool_call_id=None if answered is None else names.get(answered, answered),
            )
        )
    return tuple(made)


def _call(call: ToolCall, name: str) -> Call:
    return Call(id=name, function=Function(name=call.name, arguments=call.arguments))
