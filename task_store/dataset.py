"""What a dataset family is: the protocol that each folder of `datasets/` fulfils.

A family is found by its folder (or the entry point group `medgym.datasets`), which
exposes one object named `DATASET`.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from task_store.answers import AnswerKey
from task_store.types import Model, Split, Task
from task_store.world import Worlds


class Card(Model):
    """What a user should know of a family before trusting its numbers."""

    title: str
    summary: str
    """Two or three sentences: what is asked, where the values come from, what it is not."""
    paper: str
    """The work that the family follows, as a citation."""
    licence: str
    chance_rate: float
    """Share of correct answers by the best constant, as declared; audits hold the family to it."""


@dataclass(frozen=True)
class Entry:
    """A task and its key, as a generator yields them."""

    task: Task
    key: AnswerKey


class Dataset(Protocol):
    """A family of tasks that can generate itself.

    One over a world also has `world`, the world's name: its tasks are made anew when that world's
    generator changes.
    """

    @property
    def name(self) -> str: ...

    @property
    def card(self) -> Card: ...

    def generate(self, split: Split, count: int, seed: int, worlds: Worlds | None = None) -> Iterator[Entry]:
        """Yield `count` tasks with keys `0 .. count-1`.

        Deterministic: task i depends on (split, seed, the size of worlds, tasks before i), never on `count`.

        Args:
            worlds: where a family with a world finds it; others ignore it.
        """
        ...


def task_rng(family: str, split: Split, seed: int, index: int) -> tuple[int, random.Random]:
    """The seed (63 bits, recorded as the task's world seed) and generator of one task.

    Splits are part of the hash, so no two splits share a world seed.
    """
    digest = hashlib.sha256(f"{family}/{split}/{seed}/{index}".encode()).digest()
    world_seed = int.from_bytes(digest[:8], "big") >> 1
    return world_seed, random.Random(world_seed)
