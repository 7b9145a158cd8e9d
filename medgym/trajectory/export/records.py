"""The records of all formats: what stands in the files, field by field."""

from medgym.trajectory.export.example import ChatMessage, Function, Origin
from task_store.types import Model

Messages = tuple[ChatMessage, ...]


class Exported(Origin):
    """Base of every record."""

    tools: str | None
    """JSON text: the tools that could be called, as the chat completions API takes them; None where
    the agent calls none but writes its actions as text."""


class SftRecord(Exported):
    """Supervised fine-tuning: a success, up to the agent's last message."""

    episode_id: str
    messages: Messages


class PreferenceRecord(Exported):
    """A right and a wrong way to go on from the same conversation."""

    prompt: Messages
    """All messages that both share; more than the task where one branched off the other."""
    chosen: Messages
    rejected: Messages
    chosen_episode: str
    rejected_episode: str


class KtoRecord(Exported):
    """One attempt, and whether it is wanted."""

    episode_id: str
    prompt: Messages
    completion: Messages
    label: bool


class Drawn(Model):
    """A run of tokens as the model saw and drew them."""

    ids: tuple[int, ...]
    mask: tuple[int, ...]
    """1: drawn by the model; 0: what it was given."""
    logprobs: tuple[float | None, ...]
    """Natural logarithms, where drawn and given by the endpoint."""


class Rollout(Model):
    """One completion of a group."""

    episode_id: str
    messages: Messages
    mask: tuple[int, ...]
    """Of each message, 1: the agent's own; 0: what tools and the environment answered, and what a
    branch repeats of its parent."""
    drawn: tuple[Drawn, ...] | None
    """One sequence, or several where the history was tokenised anew between replies; None: the
    endpoint gave no token ids."""


class RlRecord(Exported):
    """A group of attempts at one task from one prompt, with their rewards."""

    prompt: Messages
    rollouts: tuple[Rollout, ...]
    rewards: tuple[float, ...]
    """Scores, 0 to 1, in the order of the rollouts."""


class VerifierRecord(Exported):
    """A trajectory and its outcome, for a reward model. No verdict on the last submission is in it."""

    episode_id: str
    messages: Messages
    label: bool
    """True: correct."""
    score: float


class CallRecord(Exported):
    """A call and what it gave, for corpora; equal ones are there once."""

    prompt: str
    """What the agent was first asked."""
    call: Function
    result: str
    tokens: int | None
    """Of prompt, call and result, by the tokenizer given; None: none was."""


class TransitionRecord(Exported):
    """One step of an episode."""

    episode_id: str
    step: int
    """Counted from 1."""
    observation: Messages
    """What the agent was told since its last action."""
    action: ChatMessage
    next_observation: Messages
    reward: float
    """The episode's score at its last step, else 0."""
    done: bool
