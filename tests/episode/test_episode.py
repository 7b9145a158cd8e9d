"""Episodes over real kernels: observations, journal, faults, cancellation."""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import anyio
import pytest

from graders.types import AbstainSubmission, AnswerSubmission, FileSubmission, VariableSubmission
from medgym.episode.episode import Episode
from medgym.episode.errors import EpisodeFaultError, RefusedError
from medgym.episode.protocol import Bounds
from medgym.episode.render import OUTPUT_USED_UP, cell_text
from medgym.episode.types import Event, Finished, Graded, Ran, Refused, Submitted
from medgym.gym import Gym, GymConfig
from medgym.trajectory.journal import read_journal
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.kernel_manager._environment import make_environment
from tests.toy import CHAIN, GOLD, NUMBER, TRAIN

pytestmark = pytest.mark.anyio


def journaled(gym: Gym) -> tuple[Event, ...]:
    (path,) = gym.out.journal_paths()
    return read_journal(path).events


@requirement("episode:life")
async def test_from_start_to_grade(gym: Gym) -> None:
    async with gym.start(CHAIN, agent="tester") as episode:
        seen = await episode.execute("x = 3 * 7\nprint('hello')\nx")
        assert seen.execution.status == "ok"
        assert seen.budget.turns_left == 29
        first = await episode.submit(VariableSubmission(variable="x"))
        assert (first.outcome, first.next_prompt) == (None, "And twice that?")
        assert first.budget.current_part == 2
        await episode.execute("y = 2 * x")
        last = await episode.submit(VariableSubmission(variable="y"), part=2)
        assert last.budget.finished == "submitted"
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"
    assert [part.outcome for part in episode.grade.parts] == ["correct", "correct"]


@requirement("episode:life")
async def test_parts_not_submitted_are_incorrect_and_halve_the_score(gym: Gym) -> None:
    async with gym.start(CHAIN) as episode:
        await episode.submit(AnswerSubmission(answer=21))
    assert episode.grade is not None
    assert (episode.grade.outcome, episode.grade.score) == ("incorrect", 0.5)
    assert episode.finished == "closed"


@requirement("episode:output-budget")
async def test_beyond_the_budget_output_is_dropped_and_the_agent_is_told(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    config = GymConfig(bounds=Bounds(episode_output_bytes=100_000))
    async with (
        Gym.open(store=toy_store, out=tmp_path / "run", config=config) as gym,
        gym.start(NUMBER) as episode,
    ):
        first = await episode.execute("print('x' * 90_000)")
        assert first.execution.full_text_bytes == 90_001
        assert OUTPUT_USED_UP not in cell_text(first)
        second = await episode.execute("print('y' * 90_000)")
        assert second.budget.output_bytes_left == 0
        assert OUTPUT_USED_UP in cell_text(second)
        third = await episode.execute("z = 7\nprint('z' * 100)\nz")
        assert third.execution.status == "ok"
        assert "zz" not in cell_text(third)
        assert OUTPUT_USED_UP in cell_text(third)
        assert third.execution.kept_bytes == 0
        kept = sum(path.stat().st_size for path in (tmp_path / "run" / "outputs").rglob("*.txt"))
        assert kept < 100_000 + 70_000
        assert (await episode.submit(AnswerSubmission(answer=GOLD))).budget.finished == "submitted"
    (trajectory,) = gym.out.trajectories()
    assert trajectory.started.rules.kernel.episode_output_bytes == 100_000


@requirement("episode:verdict-shown")
async def test_only_some_protocols_tell_the_verdict(gym: Gym) -> None:
    async with gym.start(TRAIN, protocol="strict") as strict:
        assert (await strict.submit(AnswerSubmission(answer=5))).outcome is None
    async with gym.start(TRAIN, protocol="training") as training:
        told = await training.submit(AnswerSubmission(answer=5))
        assert told.outcome == "incorrect"
        assert told.budget.attempts_left == 2
        assert (await training.submit(AnswerSubmission(answer=4))).outcome == "correct"


@requirement("episode:wrong-form")
@pytest.mark.parametrize("answer", [None, True, [4], {"a": 4}, "four", "nan", ""])
async def test_an_answer_of_the_wrong_type_is_refused_and_costs_no_attempt(gym: Gym, answer: object) -> None:
    async with gym.start(TRAIN) as episode:
        with pytest.raises(RefusedError) as refused:
            await episode.submit(AnswerSubmission.model_validate({"answer": answer}))
        assert refused.value.kind == "form"
        assert episode.budget().attempts_left == 1
        await episode.submit(AnswerSubmission(answer="4"))
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"


@requirement("episode:submission-forms")
async def test_a_file_a_variable_and_abstaining(gym: Gym) -> None:
    async with gym.start(TRAIN, protocol="paper") as episode:
        for missing in (VariableSubmission(variable="nope"), FileSubmission(file="nope.json")):
            with pytest.raises(RefusedError):
                await episode.submit(missing)
        assert (await episode.submit(AbstainSubmission())).outcome == "incorrect"
        await episode.execute("import json; json.dump(4, open('answer.json', 'w'))")
        assert (await episode.submit(FileSubmission(file="answer.json"))).outcome == "correct"


@requirement("episode:printing-is-not-submitting")
async def test_what_a_cell_prints_is_never_graded(gym: Gym) -> None:
    async with gym.start(NUMBER) as episode:
        await episode.execute(f"answer = {GOLD}\nprint(answer)\nanswer")
    assert episode.grade is not None
    assert episode.grade.outcome == "incorrect"


@requirement("episode:after-the-end")
async def test_after_the_end_everything_is_refused(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        await episode.submit(AnswerSubmission(answer=4))
        for act in (
            lambda: episode.execute("1"),
            lambda: episode.submit(AnswerSubmission(answer=4)),
            episode.restart,
        ):
            with pytest.raises(RefusedError, match="over"):
                await act()
        assert await episode.interrupt() is False
    assert [e.attempt for e in episode.events if isinstance(e, Submitted)] == [1]


@requirement("episode:bad-timeout")
async def test_a_negative_timeout_is_refused_and_nothing_runs(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        with pytest.raises(RefusedError, match="above 0"):
            await episode.execute("x = 1", timeout_s=-5)
        with pytest.raises(RefusedError, match="surrogate"):
            await episode.execute("x = '\ud800'")
        assert (await episode.execute("'x' in globals()")).execution.outputs[
            0
        ].output_type == "execute_result"
        assert not any(isinstance(e, Ran) for e in episode.events[:-1])


@requirement("episode:journal-first")
async def test_every_answer_is_in_the_journal_when_it_is_given(gym: Gym) -> None:
    async with gym.start(TRAIN, protocol="training") as episode:
        seen = await episode.execute("1 + 1")
        last = journaled(gym)[-1]
        assert isinstance(last, Ran)
        assert last.execution == seen.execution
        await episode.submit(AnswerSubmission(answer=5))
        submitted, graded = journaled(gym)[-2:]
        assert isinstance(submitted, Submitted)
        assert isinstance(graded, Graded)
        with pytest.raises(RefusedError) as refused:
            await episode.execute("1", timeout_s=0)
        last = journaled(gym)[-1]
        assert isinstance(last, Refused)
        assert last.message == str(refused.value)
    assert isinstance(journaled(gym)[-1], Finished)


@requirement("episode:journal-first")
async def test_nothing_is_answered_when_the_journal_fails(gym: Gym, tmp_path: Path) -> None:
    async with gym.start(TRAIN) as episode:
        make_unwritable(gym)
        with pytest.raises(EpisodeFaultError, match="journal"):
            await episode.execute("1 + 1")
        assert episode.finished == "infra"
    assert not any(isinstance(e, Ran) for e in episode.events)
    assert episode.grade is not None
    assert episode.grade.outcome == "ungradable"
    assert gym.notebook_path(episode).exists()
    async with gym.start(TRAIN) as other:
        assert (await other.execute("1")).execution.status == "ok"


def make_unwritable(gym: Gym) -> None:
    """Put a read-only descriptor in place of the open journal's: every write then fails."""
    (journal,) = gym.out.journal_paths()
    for entry in Path("/proc/self/fd").iterdir():
        if entry.is_symlink() and entry.readlink() == journal:
            read_only = os.open(os.devnull, os.O_RDONLY)
            os.dup2(read_only, int(entry.name))
            os.close(read_only)


@requirement("death:shown")
@requirement("episode:dead-kernel")
async def test_a_dead_kernel_is_said_and_restart_brings_another(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        died = await episode.execute("open('kept.txt', 'w').write('4')\nx = 1\nimport os\nos._exit(1)")
        assert (died.execution.status, died.execution.state_lost) == ("died", True)
        assert "died: it exited with status 1" in cell_text(died)
        with pytest.raises(RefusedError, match=r"it exited with status 1.*restart_kernel"):
            await episode.execute("x")
        with pytest.raises(RefusedError, match="dead"):
            await episode.submit(VariableSubmission(variable="x"))
        await episode.restart()
        after = await episode.execute("print(open('kept.txt').read(), 'x' in globals())")
        assert after.execution.outputs[0].output_type == "stream"
        assert after.execution.outputs[0].text == "4 False\n"


@requirement("episode:cancelled-cell")
async def test_a_cancelled_cell_is_interrupted_and_journaled(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        with anyio.move_on_after(0.5) as scope:
            await episode.execute("x = 7\nwhile True: pass")
        assert scope.cancelled_caught
        last = journaled(gym)[-1]
        assert isinstance(last, Ran)
        assert last.execution.status == "interrupted"
        assert (await episode.execute("x")).execution.status == "ok"


@requirement("episode:one-at-a-time")
async def test_parallel_calls_of_one_episode_queue_up(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(episode.execute, f"seen = [*globals().get('seen', []), {number}]")
        await episode.execute("print(sorted(seen))")
        ran = [e for e in episode.events if isinstance(e, Ran)]
        assert [e.step for e in ran] == [1, 2, 3, 4, 5, 6]
        assert ran[-1].execution.outputs[0].model_dump()["text"] == "[0, 1, 2, 3, 4]\n"


@requirement("episode:interrupt")
async def test_interrupt_overtakes_the_running_cell(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        assert await episode.interrupt() is False
        async with anyio.create_task_group() as group:
            group.start_soon(episode.execute, "open('started', 'w').close()\nwhile True: pass")
            with anyio.fail_after(20):
                while not (episode._kernel.workspace / "started").exists():
                    await anyio.lowlevel.checkpoint()
            assert await episode.interrupt() is True
        ran = [e for e in episode.events if isinstance(e, Ran)]
        assert ran[0].execution.status == "interrupted"


@requirement("episode:fault")
async def test_a_fault_of_ours_is_ungradable_never_zero(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    from kernel_manager.errors import KernelStartError

    async with gym.start(TRAIN) as episode:

        async def no_kernel() -> None:
            raise KernelStartError("no memory")

        monkeypatch.setattr(episode._kernel, "restart", no_kernel)
        with pytest.raises(EpisodeFaultError):
            await episode.restart()
    assert episode.grade is not None
    assert (episode.grade.outcome, episode.grade.score) == ("ungradable", None)
    assert episode.finished == "infra"


def refused_kinds(episode: Episode) -> list[str]:
    return [event.kind for event in episode.events if isinstance(event, Refused)]


@requirement("episode:wrong-form")
async def test_endless_malformed_answers_use_up_the_turns(gym: Gym) -> None:
    async with gym.start(TRAIN, protocol="paper") as episode:
        for _ in range(15):
            with pytest.raises(RefusedError):
                await episode.submit(AnswerSubmission(answer="no idea"))
        assert episode.finished == "turns"
    assert refused_kinds(episode) == ["form"] * 15


@requirement("episode:environment")
@pytest.mark.ci
async def test_a_gyms_kernels_run_on_the_environment_that_it_names(toy_store: TaskStore) -> None:
    with tempfile.TemporaryDirectory(prefix="mge-") as folder:
        python = make_environment(Path(folder) / "env")
        async with (
            Gym.open(store=toy_store, out=Path(folder) / "run", config=GymConfig(python=python)) as gym,
            gym.start(TRAIN) as episode,
        ):
            seen = await episode.execute("import sys; print(sys.prefix)")
            assert cell_text(seen).startswith(f"{python.parents[1]}\n")
            assert episode.started.environment.packages["numpy"] == "not installed"
            assert episode.started.environment.packages["ipykernel"] == version("ipykernel")
