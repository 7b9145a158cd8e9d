"""What a tool wants to know of an episode without reading its cells."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field

from graders.types import Grade
from kernel_manager.types import Isolation
from medgym.episode.protocol import ProtocolName
from medgym.episode.types import Graded, Parent, Ran, Said
from medgym.trajectory.failures import FailureKind, failure_kind
from medgym.trajectory.model import SCHEMA_VERSION, Trajectory
from task_store.types import Model, Split, TaskId


class Totals(Model):
    """Sums over an episode. Its duration is longer: it holds waiting and the agent's own code too."""

    cells: int
    """Cells run, cells of `run_terminal` among them."""
    model_s: float
    """Seconds that the model took to reply; 0 where no model is known."""
    kernel_s: float
    """Seconds that cells ran."""
    grading_s: float
    prompt_tokens: int | None
    """Of all replies together, as the endpoint counts; None, here and below: no reply says."""
    completion_tokens: int | None
    cost_usd: float | None
    """US dollars."""

    @classmethod
    def of(cls, trajectory: Trajectory) -> Self:
        messages = [said.message for said in trajectory.of_type(Said)]
        usages = [message.usage for message in messages if message.usage is not None]
        ran = trajectory.of_type(Ran)
        cost = _known(usage.cost_usd for usage in usages)
        return cls(
            cells=len(ran),
            model_s=_seconds(message.duration_s or 0 for message in messages),
            kernel_s=_seconds(event.execution.duration_s for event in ran),
            grading_s=_seconds(event.duration_s for event in trajectory.of_type(Graded)),
            prompt_tokens=sum(usage.prompt_tokens for usage in usages) if usages else None,
            completion_tokens=sum(usage.completion_tokens for usage in usages) if usages else None,
            cost_usd=sum(cost) if cost else None,
        )


class Summary(Model):
    """The notebook's own metadata."""

    schema_version: int = SCHEMA_VERSION
    episode_id: str
    task_id: TaskId
    task_hash: str
    family: str
    split: Split
    category: str
    protocol: ProtocolName
    agent: str
    model: str | None
    started_at: str
    """UTC, ISO 8601."""
    parent: Parent | None = None
    """None: this episode began at its task's beginning."""
    world: str | None = None
    """As in the start of the episode."""
    complete: bool
    """False: the episode's end is missing."""
    grade: Grade | None
    """None: not ended, or not to be seen by who asked."""
    failure: FailureKind | None
    """Why it was not correct; None: it was, or `grade` is not to be seen."""
    duration_s: float
    isolation: Isolation
    versions: dict[str, str] = Field(default_factory=dict)
    """Of medgym, Python, and the packages that decide what a kernel computes."""
    totals: Totals

    @classmethod
    def of(cls, trajectory: Trajectory, *, verdicts: bool = True) -> Self:
        """`verdicts` as in `to_notebook`."""
        started = trajectory.started
        where = started.environment
        return cls(
            episode_id=started.episode_id,
            task_id=started.task.id,
            task_hash=started.task_hash,
            family=started.task.id.family,
            split=started.task.id.split_name,
            category=started.task.category,
            protocol=started.rules.protocol,
            agent=started.agent,
            model=started.model,
            started_at=started.started_at,
            parent=started.parent,
            world=started.world,
            complete=trajectory.complete,
            grade=trajectory.grade if verdicts else None,
            failure=failure_kind(trajectory) if verdicts else None,
            duration_s=trajectory.duration_s,
            isolation=where.isolation,
            versions={"medgym": where.medgym, "python": where.python, **where.packages},
            totals=Totals.of(trajectory),
        )


def _seconds(values: Iterable[float]) -> float:
    return round(sum(values), 6)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]
