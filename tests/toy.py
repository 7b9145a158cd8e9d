"""Small real stores for tests: numbers, two parts, canaries where no agent may look; and rows of a world."""

from pathlib import Path

from task_store import files
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.grading import AbstainSpec, GradingSpec, NumericSpec, ResultSetSpec
from task_store.store import TaskStore
from task_store.types import AnswerFormat, Part, Task, TaskId, WorldSpec

GOLD = 7316482.915
"""The gold of `toy/test/number`; its digits stand nowhere else."""

CANARY = "canary-5f0c9b1e"
"""Stands in every reference solution, and nowhere else."""

NUMBER, CHAIN, TRAIN = "toy/test/number", "toy/test/chain", "toy/train/number"


def build_toy_store(root: Path) -> TaskStore:
    manifest = files.Manifest(family="toy", generator_hash="toy", seed=1, tasks=3)
    folder = files.write_family(root, manifest, "toy", toy_entries())
    return TaskStore({"toy": folder})


def toy_entries() -> list[Entry]:
    return [
        _entry(TRAIN, [("How much is 2 + 2?", NumericSpec.exact(4), "answer = 2 + 2")], "sum"),
        _entry(
            NUMBER,
            [("What is the secret number?", NumericSpec.relative(GOLD, 1e-9), f"answer = {GOLD}")],
            "secret",
        ),
        _entry(
            CHAIN,
            [
                ("How much is 3 * 7?", NumericSpec.exact(21), "answer = 3 * 7"),
                ("And twice that?", NumericSpec.exact(42), "answer = 2 * 21"),
            ],
            "product",
        ),
    ]


def build_world_store(root: Path) -> TaskStore:
    """Tasks over two worlds of `toy_ehr`, one of them without an answer; needs the fixture `toy_worlds`."""
    asked = "How many rows has each drug?"
    key = (
        ResultSetSpec.of([["metoprolol tartrate", 2], ["heparin", 1]]),
        "import sqlite3\n"
        "answer = sqlite3.connect('world/toy.sqlite').execute("
        "'SELECT drug, count(*) FROM prescriptions GROUP BY drug').fetchall()",
    )
    entries = [
        _entry(
            "rows/train/drugs",
            [(f"Count. {asked}", *key)],
            "drugs",
            WorldSpec(name="toy_ehr", seed=1, patients=3),
        ),
        _entry("rows/test/drugs", [(asked, *key)], "drugs", WorldSpec(name="toy_ehr", seed=2, patients=3)),
        _entry(
            "rows/test/none",
            [("Who was the surgeon?", AbstainSpec(), "")],
            "none",
            WorldSpec(name="toy_ehr", seed=2, patients=3),
        ),
    ]
    manifest = files.Manifest(family="rows", generator_hash="rows", seed=1, tasks=3, patients=3)
    return TaskStore({"rows": files.write_family(root, manifest, "rows", entries)})


def _entry(
    task_id: str, parts: list[tuple[str, GradingSpec, str]], category: str, world: WorldSpec | None = None
) -> Entry:
    number = AnswerFormat(kind="number", hint="A number.")
    task = Task(
        id=TaskId(task_id),
        parts=tuple(Part(prompt=p, answer_format=number, judged="The exact number.") for p, _, _ in parts),
        world=world or WorldSpec(),
        category=category,
        difficulty="easy",
        template_id=f"toy.{category}.{task_id.split('/')[1]}",
        source="built-in",
        licence="CC0-1.0",
    )
    keys = tuple(
        PartKey(grading=spec, reference=f"{code}  # {CANARY}" if code else "") for _, spec, code in parts
    )
    return Entry(task=task, key=AnswerKey(task_id=task.id, parts=keys))
