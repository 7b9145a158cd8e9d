"""The leak guard: nothing of what models are tested on goes into what they are trained on.

A trajectory is dropped when its task is of a test split, or when what its agent read and wrote
comes near a test prompt of the store. Near means: it holds at least `SHARE` of the prompt's
distinct word 8-grams, not counting those that stand in prompts of several templates (a table
schema in every question tells nothing). Word n-grams are common practice: GPT-3 used 13 words
(Brown et al. 2020, arXiv 2005.14165, as the README of EleutherAI's `janitor.py` tells it), Tulu 3
eight, and half of them (Lambert et al. 2024, arXiv 2411.15124; from memory). Eight, because many
clinical questions are short.

The prompts of `test_seen` have the phrasing of `train` by design, and other values: there, only a
prompt that comes back whole is a leak.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from medgym.trajectory.export.ngrams import NgramIndex
from task_store.store import PAGE_LIMIT, Filter, TaskStore
from task_store.types import Split, Task, TaskId

WORDS = 8
SHARE: dict[Split, float] = {"test": 0.5, "test_seen": 1.0}
"""Share of a test prompt's n-grams from which on a text is near it; the keys are the test splits."""


@dataclass(frozen=True)
class Near:
    """A test prompt that a text comes near."""

    task_id: TaskId
    share: float


class LeakGuard:
    """Knows the test prompts of one store; memory grows with them alone."""

    def __init__(self, store: TaskStore) -> None:
        self.families = frozenset(store.families)
        self._ids: list[TaskId] = []
        self._index = NgramIndex(self._prompts(store), n=WORDS)

    @property
    def prompts(self) -> int:
        """Test prompts, one a part, that everything is compared with."""
        return len(self._ids)

    def near(self, text: str) -> Near | None:
        """The nearest test prompt, when one is too near."""
        too_near = [
            Near(self._ids[number], share)
            for number, share in self._index.shares(text)
            if share >= SHARE[self._ids[number].split_name]
        ]
        return max(too_near, key=lambda near: near.share, default=None)

    def _prompts(self, store: TaskStore) -> Iterator[tuple[str, str]]:
        for split in SHARE:
            for task in _tasks(store, split):
                for part in task.parts:
                    self._ids.append(task.id)
                    yield part.prompt, task.template_id


def _tasks(store: TaskStore, split: Split) -> Iterator[Task]:
    cursor: str | None = None
    while True:
        page = store.page(Filter(split=split), cursor=cursor, limit=PAGE_LIMIT)
        yield from page.tasks
        cursor = page.next_cursor
        if cursor is None:
            return
