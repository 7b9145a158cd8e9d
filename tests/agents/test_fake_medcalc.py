"""The fake medcalcbench model solves its one calculator, everywhere and nothing else."""

from pathlib import Path

import anyio
import pytest

from medgym.agents.chat import ChatAgent
from medgym.agents.local import LocalEnv
from medgym.gym import Gym
from task_store import files
from task_store.datasets.medcalcbench import DATASET
from task_store.store import TaskStore
from task_store.types import Split
from tests._requirements import requirement
from tests.agents.conftest import chat_config
from tests.fake_llm import fake_llm
from tests.fake_llm_medcalc import reply

pytestmark = pytest.mark.anyio

SPLITS: tuple[Split, ...] = ("train", "test")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> TaskStore:
    """Sixty tasks: every calculator in every one of its phrasings."""
    entries = [entry for split in SPLITS for entry in DATASET.generate(split, 30, seed=11)]
    manifest = files.Manifest(family=DATASET.name, generator_hash="test", seed=11, tasks=len(entries))
    root = tmp_path_factory.mktemp("medcalc")
    return TaskStore({DATASET.name: files.write_family(root, manifest, DATASET.name, entries)})


@requirement("chat:fake-medcalc")
@pytest.mark.parametrize(("style", "limit"), [("auto", None), ("json", 10), ("code", 10)])
async def test_it_solves_what_it_should_and_no_more(
    store: TaskStore, tmp_path: Path, style: str, limit: int | None
) -> None:
    outcomes: dict[str, set[str]] = {}
    tasks = [task for split in SPLITS for task in store.select(DATASET.name, split=split, limit=limit)]
    with fake_llm(reply) as fake:
        async with (
            Gym.open(store=store, out=tmp_path / "run") as gym,
            ChatAgent(chat_config(fake.url, style=style)) as agent,
        ):
            limiter = anyio.CapacityLimiter(2)

            async def solve(task_id: str) -> None:
                async with limiter, gym.start(task_id, agent=agent.name) as episode:
                    await agent.solve(episode.task, LocalEnv(episode))
                assert episode.grade is not None
                assert episode.finished == "submitted"
                outcomes.setdefault(episode.task.category, set()).add(episode.grade.outcome)

            async with anyio.create_task_group() as group:
                for task in tasks:
                    group.start_soon(solve, task.id)
    assert outcomes.pop("body_mass_index") == {"correct"}
    assert len(outcomes) == 9
    assert set().union(*outcomes.values()) == {"incorrect"}
