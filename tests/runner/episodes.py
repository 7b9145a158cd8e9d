"""Ended episodes made of what was printed and submitted, without a kernel."""

from collections.abc import Sequence

from graders.grade import not_submitted, whole
from graders.types import AbstainSubmission, AnswerSubmission, PartGrade
from kernel_manager.types import Execution, Output, Status, StreamOutput
from medgym.episode.types import Event, Finished, FinishReason, Graded, Ran, Started, Submitted
from medgym.trajectory.model import Trajectory
from task_store.types import Task
from tests.trajectory.samples import sample_events


def stdout(text: str, code: str = "print(...)") -> Execution:
    return ran(StreamOutput(name="stdout", text=text), code=code)


def ran(*outputs: Output, code: str = "print(...)", status: Status = "ok") -> Execution:
    return Execution(code=code, status=status, outputs=outputs, execution_count=1, duration_s=0.1)


def episode(
    task: Task,
    *cells: Execution,
    submitted: Sequence[tuple[object, PartGrade]] = (),
    reason: FinishReason = "submitted",
    episode_id: str = "abc",
) -> Trajectory:
    """An episode that ran cells and then submitted values, with the grade that each got; None abstains."""
    started = sample_events()[0]
    assert isinstance(started, Started)
    events: list[Event] = [
        started.model_copy(
            update={"task": task, "task_hash": task.content_hash, "episode_id": episode_id, "parent": None}
        )
    ]
    events += [Ran(at_s=1.0, step=step, execution=cell) for step, cell in enumerate(cells, 1)]
    last: dict[int, PartGrade] = {}
    for attempt, (value, grade) in enumerate(submitted, 1):
        form = AbstainSubmission() if value is None else AnswerSubmission.model_validate({"answer": value})
        data = {"at_s": 2.0, "part": grade.part, "attempt": attempt, "submission": form, "value": value}
        events.append(Submitted.model_validate(data))
        events.append(Graded(at_s=2.1, attempt=attempt, grade=grade, shown=False, duration_s=0.01))
        last[grade.part] = grade
    parts = [last.get(number) or not_submitted(number) for number in range(1, len(task.parts) + 1)]
    together = whole(parts, [part.weight for part in task.parts])
    return Trajectory.of([*events, Finished(at_s=3.0, reason=reason, grade=together)])


def graded(right: bool, part: int = 1, version: str = "1", grader: str = "numeric") -> PartGrade:
    """What a grader said, once."""
    return PartGrade(
        part=part,
        outcome="correct" if right else "incorrect",
        score=float(right),
        reason="Said once.",
        grader=grader,
        version=version,
    )
