"""Grade stored episodes again with today's graders: from what was submitted, nothing is run.

Of several attempts at a part, the first that is not judged incorrect counts, as it would have ended
the part; else the last one.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

from graders.grade import Abstained, Resolved, fault, grade_value, not_submitted, whole
from graders.types import CodeResult, Grade, Outcome, PartGrade
from medgym.episode.types import Finished, Submitted
from medgym.runner.metrics import Outcomes
from medgym.trajectory.model import Trajectory
from task_store.errors import UnknownTaskError
from task_store.grading import GradingSpec
from task_store.store import TaskStore
from task_store.types import Model, TaskId

SpecsOf = Callable[[TaskId], tuple[GradingSpec, ...]]

NO_END = "The episode has no end, and so no grade."


class PartChange(Model):
    """One part whose outcome or score is another now."""

    before: PartGrade
    after: PartGrade


class Changed(Model):
    """One episode that is graded differently now."""

    episode: str
    task: str
    before: Outcome
    after: Outcome
    parts: tuple[PartChange, ...]


class Skipped(Model):
    """One episode that was not graded again."""

    episode: str
    task: str
    why: str


class GraderVersions(Model):
    """Versions of one grader: those that gave the stored grades, and those that graded now."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class RegradeReport(Model):
    """What grading a run again gave."""

    episodes: int
    regraded: int
    changed: tuple[Changed, ...]
    skipped: tuple[Skipped, ...]
    before: Outcomes
    """Stored outcomes of the episodes that were graded again."""
    after: Outcomes
    graders: dict[str, GraderVersions]


def regrade(trajectories: Iterable[Trajectory], store: TaskStore, specs_of: SpecsOf) -> RegradeReport:
    """Grade every episode again, as far as its task is still the one that it solved."""
    pairs: list[tuple[Grade, Grade]] = []
    changed: list[Changed] = []
    skipped: list[Skipped] = []
    for trajectory in trajectories:
        started = trajectory.started
        why = why_not(trajectory, store)
        if why is not None or trajectory.grade is None:
            skipped.append(Skipped(episode=started.episode_id, task=started.task.id, why=why or NO_END))
            continue
        before, after = trajectory.grade, grade_again(trajectory, specs_of(started.task.id))
        pairs.append((before, after))
        if parts := _changes(before, after):
            change = Changed(
                episode=started.episode_id,
                task=started.task.id,
                before=before.outcome,
                after=after.outcome,
                parts=parts,
            )
            changed.append(change)
    return RegradeReport(
        episodes=len(pairs) + len(skipped),
        regraded=len(pairs),
        changed=tuple(changed),
        skipped=tuple(skipped),
        before=Outcomes.of(before.outcome for before, _ in pairs),
        after=Outcomes.of(after.outcome for _, after in pairs),
        graders=_graders(pairs),
    )


def grade_again(trajectory: Trajectory, specs: tuple[GradingSpec, ...]) -> Grade:
    """The whole grade of an ended episode by today's graders."""
    last = trajectory.events[-1]
    infra = isinstance(last, Finished) and last.reason == "infra"
    parts = [_part(trajectory, number, spec, infra) for number, spec in enumerate(specs, 1)]
    return whole(parts, [part.weight for part in trajectory.started.task.parts])


def _part(trajectory: Trajectory, number: int, spec: GradingSpec, infra: bool) -> PartGrade:
    attempts = [event for event in trajectory.of_type(Submitted) if event.part == number]
    grades = [grade_value(spec, number, _value(event)) for event in attempts]
    if not grades:
        return fault(number) if infra else not_submitted(number)
    return next((grade for grade in grades if grade.outcome != "incorrect"), grades[-1])


def _value(event: Submitted) -> Resolved:
    match event.submission.form:
        case "answer" | "variable" | "file" | "done":
            return event.value
        case "code":
            return event.gave or CodeResult(failure="nothing")
        case "abstain":
            return Abstained()
        case form:
            assert_never(form)


def why_not(trajectory: Trajectory, store: TaskStore) -> str | None:
    """Why the store's gold is not that of the task which the episode solved; None: it is."""
    started = trajectory.started
    try:
        task = store.get(started.task.id)
    except UnknownTaskError:
        return "The task is not in this store."
    if task.content_hash != started.task_hash:
        return "The task has changed since: its store was built anew, with another generator, seed or count."
    return None


def _changes(before: Grade, after: Grade) -> tuple[PartChange, ...]:
    return tuple(
        PartChange(before=old, after=new)
        for old, new in zip(before.parts, after.parts, strict=True)
        if (old.outcome, old.score) != (new.outcome, new.score)
    )


def _graders(pairs: list[tuple[Grade, Grade]]) -> dict[str, GraderVersions]:
    old = {(part.grader, part.version) for before, _ in pairs for part in before.parts}
    new = {(part.grader, part.version) for _, after in pairs for part in after.parts}
    return {
        name: GraderVersions(
            before=tuple(sorted(version for grader, version in old if grader == name)),
            after=tuple(sorted(version for grader, version in new if grader == name)),
        )
        for name in sorted({grader for grader, _ in old | new})
    }
