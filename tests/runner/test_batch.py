"""Batch runs over real kernels, and the arithmetic of reports."""

from pathlib import Path

import anyio
import pytest

from graders.rates import wilson
from graders.types import AnswerSubmission
from kernel_manager.errors import KernelStartError
from medgym.agents.base import Env
from medgym.agents.builtin import ScriptedAgent, SubmitStep
from medgym.episode.types import Finished
from medgym.gym import Gym, GymConfig
from medgym.runner.batch import run
from medgym.runner.metrics import report
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from task_store.types import Task
from tests._requirements import requirement
from tests.toy import CHAIN, NUMBER, TRAIN
from tests.trajectory.samples import sample_events

pytestmark = pytest.mark.anyio


@requirement("run:gold-and-null")
@pytest.mark.parametrize(("agent", "correct"), [("gold", 3), ("null", 0)])
async def test_gold_solves_all_and_null_nothing(
    toy_store: TaskStore, tmp_path: Path, agent: str, correct: int
) -> None:
    result = await run(agent=agent, tasks=toy_store.select(), out=tmp_path, store=toy_store)
    assert (result.outcomes.correct, result.outcomes.incorrect) == (correct, 3 - correct)
    assert result.protocol == "strict"
    assert result.failures == ({} if agent == "gold" else {"no_submission": 3})
    assert len(list(RunFolder(tmp_path).trajectories())) == 3


class Crashing:
    """An agent that answers one task and then has a bug."""

    name, model = "crashing", None

    async def solve(self, task: Task, env: Env) -> None:
        if task.id == TRAIN:
            await env.submit(AnswerSubmission(answer=4))
        raise RuntimeError("a bug of the agent")


@requirement("run:agent-faults-are-data")
async def test_an_agent_that_crashes_is_graded_as_it_stands(toy_store: TaskStore, tmp_path: Path) -> None:
    result = await run(agent=Crashing(), tasks=toy_store.select(), out=tmp_path, store=toy_store)
    assert result.outcomes.model_dump() == {"correct": 1, "incorrect": 2, "ungradable": 0, "missing": 0}


class Endless:
    """An agent that still thinks when the run is stopped."""

    name, model = "endless", None

    def __init__(self) -> None:
        self.thinks = anyio.Event()

    async def solve(self, task: Task, env: Env) -> None:
        self.thinks.set()
        await anyio.sleep_forever()


@requirement("run:broken-off")
async def test_an_episode_of_a_run_that_is_broken_off_is_ungradable_not_wrong(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    agent = Endless()
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(
                lambda: run(agent=agent, tasks=[toy_store.get(TRAIN)], out=tmp_path, store=toy_store)
            )
            await agent.thinks.wait()
            group.cancel_scope.cancel()
    (trajectory,) = RunFolder(tmp_path).trajectories()
    assert trajectory.grade is not None
    assert trajectory.grade.outcome == "ungradable"
    last = trajectory.events[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.note) == ("infra", "The run was broken off.")


@requirement("run:infra-is-missing")
async def test_a_kernel_that_never_comes_up_is_missing_not_wrong(
    toy_store: TaskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Gym.begin

    async def sometimes(self: Gym, task_id: str, **rest: object) -> object:
        if task_id == CHAIN:
            raise KernelStartError("no memory left")
        return await begin(self, task_id, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Gym, "begin", sometimes)
    result = await run(agent="gold", tasks=toy_store.select(), out=tmp_path, store=toy_store)
    assert result.outcomes.model_dump() == {"correct": 2, "incorrect": 0, "ungradable": 0, "missing": 1}
    assert result.pass_at["1"].rate == 1.0


@requirement("run:scripted")
async def test_a_scripted_agent_plays_its_steps(toy_store: TaskStore, tmp_path: Path) -> None:
    agent = ScriptedAgent([SubmitStep(do="submit", submission=AnswerSubmission(answer=4))])
    result = await run(
        agent=agent,
        tasks=[toy_store.get(TRAIN), toy_store.get(NUMBER)],
        out=tmp_path,
        store=toy_store,
        config=GymConfig(protocol="training", ready=0),
    )
    assert result.outcomes.correct == 1
    assert result.failures == {"wrong_answer": 1}
    assert any("correct" in text for text in agent.observations)


@requirement("run:no-such-agent")
async def test_an_unknown_agent_is_said(toy_store: TaskStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there are gold, null and scripted"):
        await run(agent="genius", tasks=toy_store.select(), out=tmp_path, store=toy_store)


@requirement("run:reference-needs-permission")
async def test_only_a_gym_opened_for_it_hands_out_references(toy_store: TaskStore, tmp_path: Path) -> None:
    from medgym.errors import ReferenceNotAllowedError

    task = toy_store.get(TRAIN)
    async with Gym.open(store=toy_store, out=tmp_path / "a") as closed:
        with pytest.raises(ReferenceNotAllowedError):
            closed.reference(task.id)
    async with Gym.open(
        store=toy_store, out=tmp_path / "b", config=GymConfig(allow_reference=True, ready=0)
    ) as opened:
        assert opened.reference(task.id)[0].startswith("answer = 2 + 2")


@requirement("report:wilson")
def test_wilson_intervals() -> None:
    """The interval solves |p - q| = z sqrt(q (1 - q) / n), by its definition."""
    for successes, total in [(0, 10), (3, 10), (10, 10), (81, 263)]:
        low, high = wilson(successes, total)
        p = successes / total
        for edge in (low, high):
            assert abs(abs(p - edge) - 1.959964 * (edge * (1 - edge) / total) ** 0.5) < 1e-7 or edge in (
                0.0,
                1.0,
            )
        assert 0 <= low <= p <= high <= 1
    for successes, total in [(1, 0), (-1, 5), (6, 5)]:
        with pytest.raises(ValueError, match="no proportion"):
            wilson(successes, total)


@requirement("report:missing")
def test_tasks_without_an_episode_count_as_missing() -> None:
    trajectory = Trajectory.of(sample_events())
    cut = Trajectory.of(sample_events()[:4])
    told = report([trajectory], asked=[CHAIN, NUMBER])
    assert told.outcomes.model_dump() == {"correct": 0, "incorrect": 1, "ungradable": 0, "missing": 1}
    assert report([cut], asked=[CHAIN]).failures == {"unfinished": 1}
    assert report([], asked=[CHAIN]).pass_at["1"].rate is None


@requirement("report:never-mixes-protocols")
def test_protocols_are_not_mixed() -> None:
    events = sample_events()
    started = events[0]
    other = started.model_copy(update={"rules": started.rules.model_copy(update={"protocol": "strict"})})  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="never mix protocols"):
        report([Trajectory.of(events), Trajectory.of([other, *events[1:]])], asked=[CHAIN])
