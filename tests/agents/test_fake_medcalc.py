"""The fake medcalcbench model solves its one calculator in every phrasing, and nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from graders.grade import grade_value
from medgym.agents.chat import ChatAgent
from medgym.agents.local import LocalEnv
from medgym.gym import Gym
from task_store import files
from task_store.dataset import Entry
from task_store.datasets.medcalcbench import DATASET
from task_store.datasets.medcalcbench.calculators import CALCULATORS
from task_store.store import TaskStore
from task_store.types import Split, Task
from tests._requirements import requirement
from tests.agents.conftest import chat_config
from tests.fake_llm import fake_llm
from tests.fake_llm_medcalc import reply

BODY_MASS_INDEX, PRESSURE = "body_mass_index", "mean_arterial_pressure"
SPLITS: tuple[Split, ...] = ("train", "test")


OTHERS = {"cockcroft_gault", "curb65", "estimated_due_date", "qtc_bazett", "cha2ds2_vasc"}
OTHERS |= {"gestational_age", "corrected_calcium", "centor", PRESSURE}
"""One of every kind of answer among them; all 55 would add minutes and show no more."""


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """Ten calculators in each of their phrasings at least twice."""
    count = 6 * len(CALCULATORS)
    drawn = [entry for split in SPLITS for entry in DATASET.generate(split, count, seed=11)]
    return [entry for entry in drawn if entry.task.category in {BODY_MASS_INDEX, *OTHERS}]


@pytest.fixture(scope="module")
def store(entries: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> TaskStore:
    manifest = files.Manifest(family=DATASET.name, generator_hash="test", seed=11, tasks=len(entries))
    root = tmp_path_factory.mktemp("medcalc")
    return TaskStore({DATASET.name: files.write_family(root, manifest, DATASET.name, entries)})


@requirement("chat:fake-medcalc")
def test_it_reads_every_phrasing_of_its_calculator(entries: list[Entry]) -> None:
    solved = 0
    for entry in entries:
        body = {"messages": [{"role": "user", "content": entry.task.parts[0].prompt}], "tools": []}
        said = reply(body).body
        assert isinstance(said, dict)
        call = said["choices"][0]["message"]["tool_calls"][0]["function"]
        arguments = json.loads(call["arguments"])
        if entry.task.category == BODY_MASS_INDEX:
            names: dict[str, float] = {}
            exec(arguments["code"], names)
            assert grade_value(entry.key.parts[0].grading, 1, names["bmi"]).outcome == "correct"
            solved += 1
        else:
            wrong = {"answer": -1} if entry.task.category == PRESSURE else {"abstain": True}
            assert (call["name"], arguments) == ("submit_answer", wrong)
    assert solved == 12


@requirement("chat:fake-medcalc")
@pytest.mark.anyio
@pytest.mark.parametrize("style", ["auto", "json", "code"])
async def test_it_solves_what_it_should_and_no_more(store: TaskStore, tmp_path: Path, style: str) -> None:
    outcomes: dict[str, set[str]] = {}
    with fake_llm(reply) as fake:
        async with (
            Gym.open(store=store, out=tmp_path / "run") as gym,
            ChatAgent(chat_config(fake.url, style=style)) as agent,
        ):
            limiter = anyio.CapacityLimiter(2)

            async def solve(task: Task) -> None:
                async with limiter, gym.start(task.id, agent=agent.name) as episode:
                    await agent.solve(task, LocalEnv(episode))
                assert episode.grade is not None
                assert episode.finished == "submitted"
                outcomes.setdefault(task.category, set()).add(episode.grade.outcome)

            async with anyio.create_task_group() as group:
                for task in _one_of_each(store.select(DATASET.name, split="test")):
                    group.start_soon(solve, task)
    assert outcomes.pop(BODY_MASS_INDEX) == {"correct"}
    assert set(outcomes) == OTHERS
    assert set().union(*outcomes.values()) == {"incorrect"}


def _one_of_each(tasks: Sequence[Task]) -> list[Task]:
    return list({task.category: task for task in tasks}.values())
