"""Which trajectories may be trained on, and why each of the others may not. Pure."""

import json
from collections.abc import Callable, Collection, Set
from dataclasses import dataclass
from typing import Literal, get_args

from medgym.episode.types import Ran
from medgym.trajectory.export.example import Example, example_of
from medgym.trajectory.export.leaks import SHARE, LeakGuard
from medgym.trajectory.model import Trajectory
from task_store.types import Model, TaskId

Reason = Literal[
    "test_split",
    "valid_split",
    "unknown_family",
    "near_test",
    "gold_agent",
    "reference_solution",
    "suspect",
    "credentialed",
    "unfinished",
    "ungradable",
    "no_actions",
    "not_replayed",
    "duplicate",
    "incorrect",
    "malformed_call",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

GOLD_AGENT = "gold"
"""The agent that plays reference solutions names itself so."""


class Policy(Model):
    """What the user lets in beyond the default. The test splits are not to be had."""

    unreplayed: bool = False
    """Successes that nothing says to replay."""
    include_gold: bool = False
    """Reference solutions: the gold agent's episodes, and others that ran the same code."""
    include_suspects: bool = False
    """Imported tasks whose gold is in doubt."""
    include_valid: bool = False
    """The split `valid`, which some imports have."""
    data_use_confirmed: bool = False
    """Credentialed data: the user's agreement allows what is done with the export."""


@dataclass(frozen=True)
class Dropped:
    """A trajectory that is left out."""

    task_id: str
    episode_id: str
    reason: Reason
    detail: str | None = None


@dataclass(frozen=True)
class Selection:
    """The rules of one export."""

    policy: Policy
    guard: LeakGuard
    suspects: Collection[str]
    """Ids of tasks whose gold is in doubt."""
    is_reference: Callable[[TaskId, str], bool]
    """Whether code is a reference solution of the task."""

    def judge(self, trajectory: Trajectory, *, reproduced: Set[str]) -> Example | Dropped:
        """The trajectory as an example, or why it is none.

        Args:
            reproduced: ids of the episodes of its run that were replayed to the same grade.
        """
        reason = self._barred(trajectory)
        detail: str | None = None
        example = None if reason else example_of(trajectory)
        if example is not None:
            if example.correct and not self.policy.unreplayed and example.episode_id not in reproduced:
                reason = "not_replayed"
            elif not self.policy.include_gold and self._runs_reference(trajectory):
                reason = "reference_solution"
            elif near := self.guard.near(example.text):
                reason, detail = "near_test", f"{near.share:.0%} of a prompt of {near.task_id}"
            else:
                return example
        started = trajectory.started
        return Dropped(started.task.id, started.episode_id, reason or _unusable(trajectory), detail)

    def _runs_reference(self, trajectory: Trajectory) -> bool:
        task_id = trajectory.started.task.id
        return any(self.is_reference(task_id, ran.execution.code) for ran in trajectory.of_type(Ran))

    def _barred(self, trajectory: Trajectory) -> Reason | None:
        """What is known before the conversation is read."""
        started, policy = trajectory.started, self.policy
        task = started.task
        if task.id.split_name in SHARE:
            return "test_split"
        if task.id.split_name == "valid" and not policy.include_valid:
            return "valid_split"
        if task.id.family not in self.guard.families:
            return "unknown_family"
        if started.agent == GOLD_AGENT and not policy.include_gold:
            return "gold_agent"
        if task.id in self.suspects and not policy.include_suspects:
            return "suspect"
        if task.world.data_use == "credentialed" and not policy.data_use_confirmed:
            return "credentialed"
        return None


def _unusable(trajectory: Trajectory) -> Reason:
    """Why there is no example of it."""
    if trajectory.grade is None:
        return "unfinished"
    return "ungradable" if trajectory.grade.score is None else "no_actions"


def unfit(example: Example) -> Reason | None:
    """Why an episode is not to be imitated, word for word; None: it is."""
    if not example.correct:
        return "incorrect"
    calls = [call for message in example.messages for call in message.tool_calls or ()]
    return None if all(_is_object(call.function.arguments) for call in calls) else "malformed_call"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
