"""Tasks whose imported golds are in doubt: out of scores by default, listed, and owned up to."""

import json
from pathlib import Path

import pytest

from mcp_server.tools import Tools
from medgym.gym import Gym, GymConfig
from medgym.runner.batch import run
from medgym.runner.suspects import choose
from task_store.build import open_store, suspects
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.task_store.datasets._released import FAMILY, SUSPECT, import_one_suspect


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an import of two records, one of them with a wrong gold."""
    return import_one_suspect(tmp_path_factory.mktemp("imported"))


@pytest.fixture(scope="module")
def store(imported: Path) -> TaskStore:
    return open_store(imported, families=[FAMILY])


@requirement("suspects:left-out")
@pytest.mark.anyio
@pytest.mark.parametrize("include", [False, True])
async def test_a_run_leaves_suspects_out_unless_told_and_its_report_says_so(
    store: TaskStore, tmp_path: Path, include: bool
) -> None:
    assert suspects(store).keys() == {SUSPECT}
    result = await run(
        agent="null",
        tasks=store.select(),
        out=tmp_path,
        store=store,
        config=GymConfig(isolation="none", ready=0),
        include_suspects=include,
    )
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["suspects"]
    assert result.tasks == (2 if include else 1)
    assert (SUSPECT in told["included"], SUSPECT in told["left_out"]) == (include, not include)
    assert told["included" if include else "left_out"][SUSPECT] == suspects(store)[SUSPECT]


@requirement("suspects:left-out")
def test_a_limit_counts_the_tasks_that_run(store: TaskStore) -> None:
    tasks = sorted(store.select(), key=lambda task: task.id != SUSPECT)
    chosen, found = choose(tasks, suspects(store), include=False, limit=1)
    assert [task.id == SUSPECT for task in chosen] == [False]
    assert list(found.left_out) == [SUSPECT]
    assert choose(tasks, suspects(store), include=True, limit=1)[0][0].id == SUSPECT


@requirement("suspects:listed")
@pytest.mark.anyio
async def test_list_tasks_marks_suspects(store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=store, out=tmp_path, config=GymConfig(isolation="none", ready=0)) as gym:
        rows = json.loads(await Tools(gym).list_tasks())["tasks"]
    assert {row["id"]: row.get("suspect") for row in rows} == {
        task.id: True if task.id == SUSPECT else None for task in store.select()
    }
