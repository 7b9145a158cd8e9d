"""A judge's opinions of a stored run's answers in free words, recorded beside the grades.

Grades stay what the deterministic grader said; no score is made of opinions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graders.types import Outcome
from medgym.episode.types import Submitted
from medgym.judge.judge import Judge, Opinion
from medgym.runner.regrade import SpecsOf, why_not
from medgym.trajectory.model import Trajectory
from task_store.grading import OpenTextSpec
from task_store.store import TaskStore
from task_store.types import Model


class Beside(Model):
    """One graded text, with the judge's opinion."""

    episode: str
    task: str
    part: int
    outcome: Outcome
    """The grade, which stands."""
    opinion: Opinion


class Opinions(Model):
    """What a judge thinks of a run."""

    model: str
    parts: tuple[Beside, ...]
    agree: int
    """Parts where the judge has a verdict and it is the grade's."""
    disagree: int
    no_verdict: int


@dataclass(frozen=True)
class Asked:
    """One text to have an opinion of."""

    trajectory: Trajectory
    part: int
    outcome: Outcome
    reference: str
    text: str


async def opinions(asked: Iterable[Asked], judge: Judge) -> Opinions:
    """Ask the judge about every text.

    Raises:
        ModelEndpointError: the endpoint failed.
    """
    found: list[Beside] = []
    for text in asked:
        started = text.trajectory.started
        question = started.task.parts[text.part - 1].prompt
        found.append(
            Beside(
                episode=started.episode_id,
                task=started.task.id,
                part=text.part,
                outcome=text.outcome,
                opinion=await judge.opinion(question, text.reference, text.text),
            )
        )
    judged = [beside for beside in found if beside.opinion.same is not None]
    agree = sum(beside.opinion.same == (beside.outcome == "correct") for beside in judged)
    return Opinions(
        model=judge.config.model,
        parts=tuple(found),
        agree=agree,
        disagree=len(judged) - agree,
        no_verdict=len(found) - len(judged),
    )


def texts(trajectories: Iterable[Trajectory], store: TaskStore, specs_of: SpecsOf) -> Iterator[Asked]:
    """The last text submitted to each part that wants one, where it has a grade."""
    for trajectory in trajectories:
        if trajectory.grade is None or why_not(trajectory, store) is not None:
            continue
        last = {event.part: event.value for event in trajectory.of_type(Submitted)}
        for grade, spec in zip(trajectory.grade.parts, specs_of(trajectory.started.task.id), strict=True):
            text = last.get(grade.part)
            if isinstance(spec, OpenTextSpec) and isinstance(text, str):
                yield Asked(trajectory, grade.part, grade.outcome, spec.reference, text)
