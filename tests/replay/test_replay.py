"""Replays over real kernels."""

# ruff: noqa: E501

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from graders.types import AnswerSubmission
from medgym.agents.builtin import GoldAgent
from medgym.agents.local import LocalEnv
from medgym.episode.episode import Episode
from medgym.episode.errors import RefusedError
from medgym.episode.types import Event, Interrupted, Ran, Refused, Restarted, Started
from medgym.gym import Gym, GymConfig
from medgym.replay.compare import Recorded
from medgym.replay.folder import read_recorded
from medgym.replay.replayer import replay
from medgym.trajectory.model import Trajectory
from task_store.store import TaskStore
from task_store.world_info import InfoQuery
from tests._requirements import requirement
from tests.toy import CHAIN, TRAIN

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("fork_server")]


@pytest.fixture
async def gym(toy_store: TaskStore, tmp_path: Path) -> AsyncIterator[Gym]:
    config = GymConfig(allow_reference=True, kernels=2)
    async with Gym.open(store=toy_store, out=tmp_path / "run", config=config) as opened:
        yield opened


async def _recorded(gym: Gym, *cells: str, answer: int = 4) -> Recorded:
    async with gym.start(TRAIN) as episode:
        for cell in cells:
            await episode.execute(cell)
        await episode.submit(answer=answer)
    return Recorded(gym.trajectory(episode))


_PICTURE = """\
import io
from PIL import Image
from IPython.display import Image as Shown
held = io.BytesIO()
Image.new("RGB", (4, 4), (200, 10, 10)).save(held, "PNG")
Shown(held.getvalue())"""


async def _everything(episode: Episode) -> None:
    """One of each thing that an agent can do, and that can happen to it."""
    for cell in [
        "x = 3\nprint(object(), x)",
        "1 / 0",
        "%%time\nsum(range(99))",
        _PICTURE,
        "print('long ' * 30_000)",
    ]:
        await episode.execute(cell)
    await episode.run_terminal("echo kept > note; ls -l; cat gone")
    await episode.execute("while True: pass", timeout_s=0.5)
    async with anyio.create_task_group() as group:
        group.start_soon(episode.execute, "import time\ntime.sleep(60)")
        while not await episode.interrupt():
            await anyio.lowlevel.checkpoint()
    await episode.execute("print(x)")
    await episode.execute("import os\nos._exit(3)")
    with pytest.raises(RefusedError):
        await episode.execute("x")
    await episode.restart()
    await episode.execute("print(open('note').read())\nx = 4")
    with pytest.raises(RefusedError):
        await episode.submit(answer="four, or five")
    await episode.submit(variable="x")


@requirement("replay:reproduced")
async def test_whatever_happened_happens_again(gym: Gym) -> None:
    with anyio.fail_after(240):
        async with gym.start(TRAIN) as episode:
            await _everything(episode)
        recorded = read_recorded(gym.notebook_path(episode))
        kinds = {type(event) for event in recorded.trajectory.events}
        assert kinds >= {Ran, Restarted, Interrupted, Refused}
        statuses = {ran.execution.status for ran in recorded.trajectory.of_type(Ran)}
        assert statuses == {"ok", "error", "timeout", "interrupted", "died"}
        assert recorded.full_texts.keys() == {5}
        assert {ran.timeout_s for ran in recorded.trajectory.of_type(Ran)} == {None, 0.5}
        found = await replay(gym, recorded)
    assert found.divergence is None
    assert (found.result, found.outcome, found.now) == ("reproduced", "correct", "correct")
    assert found.environment == recorded.trajectory.started.environment


_SLOW_TO_STOP = """\
import time
try:
    time.sleep(1.5)
    print("slept")
except KeyboardInterrupt:
    time.sleep(1)
    raise"""


@pytest.mark.ci
@requirement("replay:reproduced")
async def test_a_cell_gets_the_time_that_was_asked_for_and_not_what_it_took(gym: Gym) -> None:
    with anyio.fail_after(120):
        async with gym.start(TRAIN) as episode:
            await episode.execute(_SLOW_TO_STOP, timeout_s=1)
            await episode.submit(answer=4)
        recorded = read_recorded(gym.notebook_path(episode))
        (ran,) = recorded.trajectory.of_type(Ran)
        assert (ran.timeout_s, ran.execution.status) == (1, "timeout")
        assert ran.execution.duration_s > 1.5  # a replay with that limit would print, and end well
        found = await replay(gym, recorded)
    assert (found.result, found.divergence) == ("reproduced", None)


@requirement("replay:reproduced")
async def test_gold_over_parts_and_an_episode_cut_by_its_rules_are_reproduced(gym: Gym) -> None:
    async with gym.start(CHAIN, agent="gold") as solved:
        await GoldAgent(gym.reference).solve(solved.task, LocalEnv(solved))
    started = solved.started
    few = started.rules.model_copy(update={"turns": 2})
    cut = await gym.begin(CHAIN, rules=few)
    await cut.execute("x = 1")
    await cut.execute("print(x)")
    for episode, reason in ((solved, "submitted"), (cut, "turns")):
        assert episode.finished == reason
        found = await replay(gym, Recorded(gym.trajectory(episode)))
        assert (found.result, found.divergence) == ("reproduced", None)


@requirement("replay:reproduced")
async def test_look_ups_in_a_world_are_reproduced(world_store: TaskStore, tmp_path: Path) -> None:
    task = world_store.get("rows/test/drugs")
    async with Gym.open(store=world_store, out=tmp_path, config=GymConfig(kernels=1)) as gym:
        async with gym.start(task.id) as episode:
            await episode.request_info(InfoQuery(about="tables"))
            await episode.execute("import os\nprint(sorted(os.listdir('world')))")
        trajectory = gym.trajectory(episode)
        assert (await replay(gym, Recorded(trajectory))).result == "reproduced"
        other = _with_start(trajectory, world="toy_ehr-another")
        found = await replay(gym, Recorded(other))
    assert found.result == "cannot_replay"
    assert found.reason is not None
    assert "The world is another: it was toy_ehr-another" in found.reason


@requirement("replay:other-outputs")
async def test_other_outputs_values_and_grades_are_told_apart(gym: Gym) -> None:
    printed = await _recorded(gym, "import uuid", "print(uuid.uuid4())")
    found = await replay(gym, printed)
    assert found.result == "same_grade_other_outputs"
    assert found.divergence is not None
    assert (found.divergence.cell, found.divergence.cause, found.divergence.measured) == (2, "uuid", True)

    async with gym.start(TRAIN) as episode:  # nothing is shown, and the value is as wrong as before
        await episode.execute("import random\nx = random.random()")
        await episode.submit(variable="x")
    found = await replay(gym, Recorded(gym.trajectory(episode)), experiments=False)
    assert found.result == "same_grade_other_outputs"
    assert found.divergence is not None
    assert (found.divergence.cell, found.divergence.cause, found.divergence.measured) == (
        None,
        "random",
        False,
    )

    async with gym.start(TRAIN) as episode:
        await episode.execute("x = 4")
        await episode.submit(variable="x")
    tampered = _with_code(gym.trajectory(episode), "x = 5")
    found = await replay(gym, Recorded(tampered))
    assert (found.result, found.outcome, found.now) == ("other_grade", "correct", "incorrect")


@requirement("replay:cannot")
async def test_what_cannot_be_replayed_is_said(gym: Gym) -> None:
    trajectory = (await _recorded(gym, "print(1)")).trajectory
    environment = trajectory.started.environment
    packages = {**environment.packages, "numpy": "0.1"}
    task = trajectory.started.task
    cases = [
        (Trajectory(events=trajectory.events[:-1]), "it has no grade"),
        (_with_start(trajectory, task_hash="0" * 16), "has changed since"),
        (_with_start(trajectory, task=task.model_copy(update={"id": "toy/train/gone"})), "toy/train/gone"),
        (_with_start(trajectory, environment=environment.model_copy(update={"python": "2.7"})), "python was 2.7"),
        (_with_start(trajectory, environment=environment.model_copy(update={"packages": packages})), "numpy was 0.1"),
    ]  # fmt: skip
    for other, words in cases:
        found = await replay(gym, Recorded(other))
        assert found.result == "cannot_replay"
        assert words in (found.reason or "")
        assert (found.now, found.environment) == (None, None)
    assert gym.episodes == []


def _with_start(trajectory: Trajectory, **changes: object) -> Trajectory:
    started = trajectory.started.model_copy(update=changes)
    assert isinstance(started, Started)
    return Trajectory(events=(started, *trajectory.events[1:]))


def _with_code(trajectory: Trajectory, code: str) -> Trajectory:
    events: list[Event] = []
    for event in trajectory.events:
        if isinstance(event, Ran):
            execution = event.execution.model_copy(update={"code": code})
            events.append(event.model_copy(update={"execution": execution}))
        else:
            events.append(event)
    return Trajectory(events=tuple(events))


@requirement("replay:reproduced")
async def test_answers_given_outright_are_given_again(gym: Gym) -> None:
    recorded = await _recorded(gym, answer=5)
    assert AnswerSubmission(answer=5) in [
        getattr(event, "submission", None) for event in recorded.trajectory.events
    ]
    found = await replay(gym, recorded)
    assert (found.result, found.now) == ("reproduced", "incorrect")
