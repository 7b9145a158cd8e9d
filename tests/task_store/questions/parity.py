"""Two implementations, one truth: the gold of a draw against the pandas reference, under the grader.

Shared by the tests of all families over a world. References run in process, over tables that
are read once; that they also run as whole programs in kernels is `medgym tasks check`.
"""

import random
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from graders.grade import judge_value
from task_store.questions import QuestionFamily, gold, reference
from task_store.questions.family import Asked
from task_store.questions.template import Template
from task_store.types import Split
from task_store.world import Shelf


class Tables:
    """`table(name)` of references: each table is read once, and handed out as a copy."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._read: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = pd.read_sql_query(f"SELECT * FROM {name}", self._database)
        return self._read[name].copy()


def computed(template: Template, slots: dict[str, Any], table: Callable[[str], Any], now: str) -> Any:
    """What the reference leaves in `answer`."""
    names: dict[str, Any] = {"pd": pd, "table": table, "NOW": pd.Timestamp(now)}
    with warnings.catch_warnings():
        # pandas before 3 guesses the format of a column of times by its first, and warns where it cannot.
        warnings.filterwarnings("ignore", "Could not infer format", UserWarning)
        exec(reference.body(template, slots), names)
    return names["answer"]


class Parity:
    """Draws of one family over one small world."""

    def __init__(self, family: QuestionFamily, shelf: Shelf, split: Split = "train", seed: int = 1) -> None:
        spec = family.world_spec(split, seed, shelf.patients)
        self.family = family
        self.path: Path = shelf.folder(spec) / f"{family.world}.sqlite"

    def disagreements(self, template: Template, *, draws: int) -> tuple[int, list[str]]:
        """How many draws gave a gold, and every draw whose reference is not graded correct."""
        rng = random.Random(template.key)
        compared, wrong = 0, []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            table = Tables(database)
            for _ in range(20 + 4 * draws):
                slots = template.draw(rng, database)
                rows = None if slots is None else gold.execute(template, slots, database)
                if slots is None or rows is None or gold.is_empty(rows):
                    continue
                compared += 1
                spec = Asked(template, "a", "", slots, rows).grading
                answer = computed(template, dict(slots), table, self.family.now)
                verdict = judge_value(spec, answer)
                if verdict.outcome != "correct":
                    wrong.append(f"{template.key} {dict(slots)}: gold {rows[:4]}, reference {answer[:4]}")
                if compared == draws:
                    break
        return compared, wrong
