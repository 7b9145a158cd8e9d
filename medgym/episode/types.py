"""The data of an episode: requests, instructions, events, observations.

A *request* is what the agent asks for; the state answers it with an *instruction*; what
was then done is an *event*, which goes to the journal before the agent sees the
*observation* made of it. Times are seconds since the episode's start.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import Field, JsonValue

from graders.types import CodeResult, Grade, Outcome, PartGrade, Submission
from kernel_manager.types import Execution, Isolation, Libraries
from medgym.episode.errors import RefusalKind
from medgym.episode.protocol import Rules
from task_store.types import Model, Task
from task_store.world_info import InfoQuery, InfoReply

FinishReason = Literal["submitted", "turns", "clock", "idle", "closed", "shutdown", "infra"]
Role = Literal["system", "user", "assistant", "tool"]


class ToolCall(Model):
    """A tool call as the model wrote it."""

    id: str
    name: str
    arguments: str
    """Raw text, valid JSON or not."""


class Usage(Model):
    """What the endpoint says that one reply cost."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int | None = None
    """Of the prompt's tokens, those that the endpoint had in its cache; None: it does not say."""
    reasoning_tokens: int | None = None
    """Of the completion's tokens, those spent on thinking; None: it does not say."""
    cost_usd: float | None = None
    """US dollars; None: it does not say."""


class Tokens(Model):
    """A reply as the model wrote it, token by token, where the endpoint gives that."""

    ids: tuple[int, ...] | None = None
    """Ids in the model's vocabulary; None: not given."""
    prompt_ids: tuple[int, ...] | None = None
    """Ids of everything that was sent; None: not given."""
    texts: tuple[str, ...] | None = None
    """Text of each token; None: not given."""
    logprobs: tuple[float, ...] | None = None
    """Natural logarithm of each token's probability when it was drawn; None: not given."""


class Message(Model):
    """One message of the agent's conversation, word for word."""

    role: Role
    text: str
    speaker: str | None = None
    """Which agent, where several share an episode; None: the episode's only one, or no agent."""
    reasoning: str | None = None
    """Thinking that the endpoint returned beside the text."""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    """For role `tool`: the call that this answers."""
    finish_reason: str | None = None
    """Why the model stopped, as the endpoint names it; None for what no model wrote."""
    usage: Usage | None = None
    tokens: Tokens | None = None
    duration_s: float | None = None
    """Seconds that the model took; None for what no model wrote."""


# --- requests: what the agent asks for ---
@dataclass(frozen=True)
class RunRequest:
    timeout_s: float | None


@dataclass(frozen=True)
class SubmitRequest:
    part: int | None
    """None: the current part."""


@dataclass(frozen=True)
class RestartRequest:
    pass


@dataclass(frozen=True)
class LookRequest:
    """To look something up in the task's data."""


Request = RunRequest | SubmitRequest | RestartRequest | LookRequest


# --- instructions: what the state answers ---
@dataclass(frozen=True)
class Run:
    step: int
    """Counted from 1 over all cells of the episode."""
    timeout_s: float
    output_left: int
    """Bytes of output that may still be kept."""


@dataclass(frozen=True)
class Judge:
    part: int
    attempt: int


@dataclass(frozen=True)
class Restart:
    pass


@dataclass(frozen=True)
class Look:
    pass


@dataclass(frozen=True)
class Refuse:
    kind: RefusalKind
    message: str


Instruction = Run | Judge | Restart | Look | Refuse


# --- events: what happened, as the journal keeps it ---
class Environment(Model):
    """Where the episode ran."""

    medgym: str
    python: str
    platform: str
    packages: dict[str, str]
    """Versions of the packages that decide what a kernel computes."""
    libraries: Libraries | None = None
    """What the kernel found imported when it started; None: nothing of ours, a stock or foreign launch."""
    isolation: Isolation
    provisioner: str | None = None
    """Somebody else's provisioner that started the kernel: `isolation` is then what the user claims of
    it, and `packages` is empty."""


class Parent(Model):
    """The episode that this one branched off: its first events were run again here."""

    episode_id: str
    events: int
    """How many of the parent's events, from its start, this episode repeats."""
    grade: Outcome | None
    """The parent's own outcome, for pairs of a right and a wrong continuation; None: not ended."""


class Started(Model):
    event: Literal["started"] = "started"
    at_s: float = 0.0
    episode_id: str
    started_at: str
    """UTC, ISO 8601."""
    task: Task
    task_hash: str
    prompt: str
    """Exactly what the agent was given first."""
    rules: Rules
    agent: str
    model: str | None
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """The agent's own: style, temperature, seed and the like; never a key."""
    parent: Parent | None = None
    """None: this episode began at its task's beginning."""
    environment: Environment
    world: str | None = None
    """Generator hash, seed and size of what the kernel sees beside its workspace; None: nothing."""


class Said(Model):
    """A message of the agent's conversation, or its own words beside a tool call."""

    event: Literal["said"] = "said"
    at_s: float
    message: Message


class Ran(Model):
    event: Literal["ran"] = "ran"
    at_s: float
    step: int
    timeout_s: float | None = None
    """Seconds that the agent asked for; None: it did not ask, and the rules' limit held."""
    execution: Execution


class Interrupted(Model):
    """Somebody asked to interrupt the running cell."""

    event: Literal["interrupted"] = "interrupted"
    at_s: float


class Restarted(Model):
    """The kernel was replaced by a fresh one; files in the workspace stay."""

    event: Literal["restarted"] = "restarted"
    at_s: float


class Looked(Model):
    """The agent looked something up in the task's data."""

    event: Literal["looked"] = "looked"
    at_s: float
    query: InfoQuery
    reply: InfoReply


class Refused(Model):
    """The agent asked for something the rules do not allow; `form` refusals cost a turn."""

    event: Literal["refused"] = "refused"
    at_s: float
    kind: RefusalKind
    message: str
    submission: Submission | None = None
    """What was submitted in the wrong form; None for other refusals."""


class Submitted(Model):
    event: Literal["submitted"] = "submitted"
    at_s: float
    part: int
    attempt: int
    submission: Submission
    value: JsonValue = None
    """The submission resolved to data; None when it abstains or is code."""
    gave: CodeResult | None = None
    """What submitted code gave in its own kernel; from its outputs hidden inputs may be read. None: it is no
    code."""


class Graded(Model):
    event: Literal["graded"] = "graded"
    at_s: float
    attempt: int
    grade: PartGrade
    shown: bool
    """True: the agent was told the outcome."""
    duration_s: float


class Finished(Model):
    event: Literal["finished"] = "finished"
    at_s: float
    reason: FinishReason
    note: str | None = None
    """What went wrong, when the reason is `infra`; how long nothing came, when it is `idle`."""
    told: str | None = None
    """What the agent was told by the call that ended the episode; None: no call did."""
    grade: Grade


Event = Annotated[
    Started | Said | Ran | Interrupted | Restarted | Looked | Refused | Submitted | Graded | Finished,
    Field(discriminator="event"),
]


class EventSink(Protocol):
    """Where events go before anything is answered; a journal file, as a rule."""

    def record(self, event: Event) -> None:
        """Keep the event for good. Returns only when a crash can no longer lose it."""
        ...

    def close(self) -> None: ...


# --- observations: what the agent is told ---
class Budget(Model):
    """What is left."""

    turns_left: int
    seconds_left: float
    current_part: int
    attempts_left: int | None
    """For the current part; None: until correct."""
    output_bytes_left: int
    """Of output that is still kept and shown."""
    finished: FinishReason | None


class CellObservation(Model):
    step: int
    execution: Execution
    budget: Budget


class InfoObservation(Model):
    query: InfoQuery
    reply: InfoReply
    budget: Budget


class SubmissionObservation(Model):
    part: int
    attempt: int
    outcome: Outcome | None
    """None: recorded, and the protocol shows no verdict."""
    reason: str | None
    next_prompt: str | None
    """The next part's question, when there is one and it is now open."""
    budget: Budget
