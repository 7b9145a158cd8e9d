"""Shipped conformance: one function that holds a family to its promises.

For every task of the store: the gold answer must be graded correct, and the reference
solution, run in a real kernel, must compute an answer that is graded correct.
"""

import json
from collections.abc import Callable
from pathlib import Path

import anyio

from graders.gold import gold_answer
from graders.grade import grade_part, judge_value
from graders.types import CodeSubmission
from kernel_manager.errors import KernelError, ProbeError
from kernel_manager.session import KernelSession
from medgym.episode.probe import KernelProbe
from medgym.gym import Gym
from task_store.build import world_home
from task_store.grading import GradingSpec
from task_store.store import TaskStore
from task_store.types import Model, Task

REFERENCE_TIMEOUT_S = 120.0


class Problem(Model):
    """A task that breaks a promise."""

    task: str
    what: str


class CheckReport(Model):
    """What `check_family` found."""

    family: str
    tasks: int
    gold_correct: int
    reference_correct: int
    problems: tuple[Problem, ...]


async def check_family(
    gym: Gym,
    family: str,
    *,
    on_done: Callable[[Task], None] = lambda task: None,
) -> CheckReport:
    """Check every task of a family.

    References over the same world share one kernel that is wiped between tasks: a thousand
    kernel starts would add nothing to what is checked here.

    Args:
        gym: opened with `allow_reference`.
        on_done: told each task that was checked.

    Raises:
        UnknownFamilyError: the gym's store does not hold the family.
    """
    tasks = await anyio.to_thread.run_sync(_by_world, gym.store, family)
    gold_correct = reference_correct = 0
    problems: list[Problem] = []
    for home, over in tasks.items():
        async with await KernelSession.start(gym.kernel_config(home)) as kernel:
            for task in over:
                wrong = _wrong_golds(gym, task)
                gold_correct += not wrong
                problems += wrong
                failed = await _failed_references(gym, task, kernel)
                reference_correct += not failed
                problems += failed
                on_done(task)
    return CheckReport(
        family=family,
        tasks=sum(map(len, tasks.values())),
        gold_correct=gold_correct,
        reference_correct=reference_correct,
        problems=tuple(problems),
    )


def _by_world(store: TaskStore, family: str) -> dict[Path | None, list[Task]]:
    """The family's tasks by the home of what their kernels see."""
    tasks: dict[Path | None, list[Task]] = {}
    for task in store.select(family):
        tasks.setdefault(world_home(store, task), []).append(task)
    return tasks


def _wrong_golds(gym: Gym, task: Task) -> list[Problem]:
    key = gym.reveal(task.id, "reviewer")
    verdicts = [judge_value(part.grading, gold_answer(part.grading)) for part in key.parts]
    return [
        Problem(task=task.id, what=f"part {number}: the gold is graded {verdict.outcome}")
        for number, verdict in enumerate(verdicts, 1)
        if verdict.outcome != "correct"
    ]


async def _failed_references(gym: Gym, task: Task, kernel: KernelSession) -> list[Problem]:
    key = gym.reveal(task.id, "reviewer")
    await kernel.execute("%reset -f", timeout_s=REFERENCE_TIMEOUT_S)
    problems = []
    home = await anyio.to_thread.run_sync(world_home, gym.store, task)
    probe = KernelProbe(kernel, lambda: gym.grading_kernel(gym.kernel_config(home)))
    for number, (part, code) in enumerate(zip(key.parts, gym.reference(task.id), strict=True), 1):
        if code and part.grading.kind in {"function", "values"}:
            what = await _code_problem(code, probe, part.grading)
        else:
            what = await _reference_problem(code, kernel, part.grading)
        if what is not None:
            problems.append(Problem(task=task.id, what=f"part {number}: {what}"))
    return problems


async def _code_problem(code: str, probe: KernelProbe, spec: GradingSpec) -> str | None:
    try:
        grade = await grade_part(spec, 1, CodeSubmission(code=code), probe)
    except KernelError as error:
        return f"the reference could not be run ({type(error).__name__})"
    return None if grade.outcome == "correct" else f"the reference is graded {grade.outcome}: {grade.reason}"


async def _reference_problem(code: str, kernel: KernelSession, spec: GradingSpec) -> str | None:
    if not code:
        return None if spec.kind == "abstain" else "it has no reference, but can be answered"
    try:
        ran = await kernel.execute(code, timeout_s=REFERENCE_TIMEOUT_S)
        if ran.status != "ok":
            return f"the reference ended with status {ran.status}"
        value = await kernel.variable("answer")
    except ProbeError as error:
        return f"the reference left no answer ({error})"
    except KernelError as error:
        return f"the reference could not be run ({type(error).__name__})"
    outcome = judge_value(spec, value).outcome
    return None if outcome == "correct" else f"the reference computed {json.dumps(value)}, graded {outcome}"
