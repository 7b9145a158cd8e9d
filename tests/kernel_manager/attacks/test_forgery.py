"""What a kernel says over its own sockets changes nothing but its own cell's story.

Every forgery is sent in an episode and beside a sibling. Agent code can lie about its own cell
(status, outputs, count), within the caps; the next cell, the sibling, the grade, the attempts and
the turns are what they would be without it.
"""

import gc
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import anyio
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.types import Isolation
from medgym.episode.types import Budget
from medgym.gym import Gym, GymConfig
from task_store.store import TaskStore
from tests import toy
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of, text_of
from tests.kernel_manager.attacks import forgery, kit
from tests.kernel_manager.attacks.arena import load, trial
from tests.kernel_manager.attacks.kit import Aim, Attack

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

MODULES: list[ModuleType] = [kit, forgery]
COSTLY = {"flood with small messages", "flood with displays", "send an oversized message"}
EACH = [
    pytest.param(each, id=each.name.replace(" ", "-"), marks=[pytest.mark.ci] if each.name in COSTLY else [])
    for each in forgery.ATTACKS
]
GROWTH = 300 << 20
NOBODY = Aim(0, 0, 0, "", "canary-x", "", 0, "", "", "", "", "", "")


@pytest.fixture(scope="module")
async def sibling(fork_servers: None, level: Isolation) -> AsyncIterator[KernelSession]:
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        await session.execute("state = 0", timeout_s=30)
        yield session


@pytest.fixture(scope="module")
async def gym(
    fork_servers: None, level: Isolation, toy_store: TaskStore, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gym]:
    config = GymConfig(isolation=level, ready=0)
    async with Gym.open(store=toy_store, out=tmp_path_factory.mktemp("runs"), config=config) as opened:
        yield opened


@requirement("isolation:forging")
@pytest.mark.parametrize("level", LEVELS, scope="module")
@pytest.mark.parametrize("attack", EACH)
async def test_a_kernel_lies_about_its_own_cell_alone(
    gym: Gym, sibling: KernelSession, level: Isolation, attack: Attack
) -> None:
    before = result_of(await sibling.execute("state", timeout_s=30))
    memory = psutil.Process().memory_info().rss
    with anyio.fail_after(120):
        async with gym.start(toy.NUMBER) as episode:
            begin = episode.budget()
            assert (await episode.execute(load(MODULES), timeout_s=60)).execution.status == "ok"
            together: list[str] = []
            async with anyio.create_task_group() as group:

                async def be_a_sibling() -> None:
                    for _ in range(3):
                        said = await sibling.execute("state += 1; print(state); state", timeout_s=60)
                        together.append(text_of(said).strip() + result_of(said))

                group.start_soon(be_a_sibling)
                lied = await episode.execute(trial(forgery, attack.name, NOBODY), timeout_s=60)
            assert lied.execution.state_lost is False
            # Its own next cell is read as it is, unless its kernel goes on lying.
            after = await episode.execute("answer = 1; print('mine'); answer", timeout_s=60)
            assert after.execution.status == "ok"
            assert "mine" in text_of(after.execution) or after.execution.truncated  # lost in its flood: said
            if attack.name not in {"forge the answer of a probe", "flood with small messages"}:
                assert (text_of(after.execution), result_of(after.execution)) == ("mine\n", "1")
            _check_budget(begin, after.budget, cells=3)
            seen = await episode.submit(answer=1.0)
            assert seen.attempt == 1
    assert episode.grade is not None
    assert (episode.grade.outcome, episode.grade.score) == ("incorrect", 0.0)
    assert episode.finished == "submitted"
    start = int(before)
    assert together == [f"{start + n}{start + n}" for n in (1, 2, 3)]
    _check_files(gym, gym.notebook_path(episode))
    gc.collect()
    assert psutil.Process().memory_info().rss - memory < GROWTH


@requirement("isolation:forging")
@pytest.mark.parametrize("level", LEVELS, scope="module")
async def test_a_forged_probe_is_the_agents_own_answer_and_no_more(gym: Gym, level: Isolation) -> None:
    # Only somebody who knows the gold can forge it; who does not is judged by what he said.
    with anyio.fail_after(60):
        async with gym.start(toy.TRAIN) as episode:
            await episode.execute(load(MODULES), timeout_s=60)
            await episode.execute(trial(forgery, "forge the answer of a probe", NOBODY), timeout_s=60)
            await episode.execute("answer = 5", timeout_s=60)
            begin = episode.budget()
            with_refusal = None
            try:
                await episode.submit(variable="answer")
            except Exception as error:
                with_refusal = str(error)
            left = episode.budget()
    assert begin.turns_left - left.turns_left <= 1
    assert episode.grade is not None
    assert episode.grade.outcome != "correct", with_refusal


def _check_budget(begin: Budget, now: Budget, *, cells: int) -> None:
    assert begin.turns_left - now.turns_left == cells
    assert (now.current_part, now.attempts_left, now.finished) == (1, begin.attempts_left, None)


def _check_files(gym: Gym, notebook: Path) -> None:
    """The episode's record is whole, readable, and holds the verdict that was given."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    assert content["metadata"]["medgym"]["grade"]["outcome"] == "incorrect"
