"""The leak guard over the families that are built in: what may be trained on stays."""

from pathlib import Path

import pytest

from medgym.trajectory.export.leaks import LeakGuard
from task_store import catalog
from task_store.build import open_store
from task_store.types import Task
from tests._requirements import requirement


@requirement("export:leaks")
@pytest.mark.ci
def test_no_train_prompt_of_any_family_is_near_a_test_prompt(data: Path) -> None:
    store = open_store(data, families=catalog.families())
    guard = LeakGuard(store)
    for family in store.families:
        for split in ("test", "test_seen"):
            tested = store.select(family, split=split)
            assert all(guard.near(text(task)) for task in tested)
        assert [task.id for task in store.select(family, split="train") if guard.near(text(task))] == []


def text(task: Task) -> str:
    return "\n".join(part.prompt for part in task.parts)
