"""Episodes that nobody asks for any more: closed with their notebook, and told so."""

from pathlib import Path

import anyio
import pytest

from medgym.episode.errors import RefusedError
from medgym.episode.types import Finished
from medgym.errors import GymBusyError
from medgym.gym import Gym, GymConfig
from medgym.trajectory.rundir import read_notebook
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.toy import TRAIN

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@requirement("gym:idle")
async def test_only_an_episode_without_requests_is_idle(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        clock = Clock()
        episode._clock, episode._begin = clock, 0.0
        clock.now = 59.0
        await episode.end_if_left(60)
        await episode.execute("x = 1")  # a request: idle from here
        clock.now = 118.0
        await episode.end_if_left(60)
        assert gym.episode(episode.id) is episode  # asking for it counts, too
        clock.now = 177.0
        await episode.end_if_left(60)
        async with anyio.create_task_group() as group:
            group.start_soon(episode.execute, "open('started', 'w').close()\nwhile True: pass")
            with anyio.fail_after(20):
                while not (episode._kernel.workspace / "started").exists():
                    await anyio.lowlevel.checkpoint()
            clock.now = 1000.0
            await episode.end_if_left(60)  # it works: not idle, however long
            assert episode.finished is None
            await episode.interrupt()
        clock.now = 1059.0
        await episode.end_if_left(60)
        assert episode.finished is None
        clock.now = 1060.0
        await episode.end_if_left(60)
        assert episode.finished == "idle"
        with pytest.raises(RefusedError, match=r"nothing was asked of it for too long\. Start another"):
            await episode.execute("x")
    last = read_notebook(gym.notebook_path(episode)).events[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.note) == ("idle", "No request for 60 s.")


@requirement("gym:idle")
async def test_an_episode_whose_time_is_up_ends_without_being_asked(gym: Gym) -> None:
    async with gym.start(TRAIN) as episode:
        clock = Clock()
        episode._clock, episode._begin = clock, 0.0
        clock.now = episode.started.rules.episode_s
        await episode.end_if_left(None)
        assert episode.finished == "clock"


@requirement("gym:idle")
async def test_the_gym_closes_what_was_left_and_its_kernel_serves_another(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    config = GymConfig(kernels=1, ready=0, idle_s=0.2, wait_s=60)
    async with Gym.open(store=toy_store, out=tmp_path / "run", config=config) as gym:
        left = await gym.begin(TRAIN)
        with anyio.fail_after(60):
            other = await gym.begin(TRAIN)  # waits for the place of the one that was left
        assert left.finished == "idle"
        assert other.finished is None
        assert gym.kernels.in_use == 1


@requirement("gym:busy")
async def test_an_agent_hears_how_busy_it_is_and_what_to_do(toy_store: TaskStore, tmp_path: Path) -> None:
    config = GymConfig(kernels=1, ready=0, waiting=1, wait_s=0.1)
    async with Gym.open(store=toy_store, out=tmp_path / "run", config=config) as gym, gym.start(TRAIN):
        told = r"kernels are in use; none became free in \d+\.\d s\. Close an episode that is done"
        with pytest.raises(GymBusyError, match=told):
            await gym.begin(TRAIN)
        async with anyio.create_task_group() as group:

            async def wait() -> None:
                with pytest.raises(GymBusyError):
                    await gym.begin(TRAIN)

            group.start_soon(wait)
            while gym.kernels.waiting == 0:
                await anyio.lowlevel.checkpoint()
            with pytest.raises(GymBusyError, match=r"in use and 1 more requests wait\. Close"):
                await gym.begin(TRAIN)
