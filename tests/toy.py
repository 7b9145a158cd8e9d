"""Small real stores for tests: numbers, two parts, canaries where no agent may look; and rows of a world."""

from pathlib import Path

from task_store import files
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.grading import (
    AbstainSpec,
    Case,
    Check,
    FunctionSpec,
    GradingSpec,
    NumericSpec,
    PValueSpec,
    ResultSetSpec,
    TextSpec,
    ValuesSpec,
)
from task_store.store import TaskStore
from task_store.types import AnswerFormat, AnswerKind, Part, Task, TaskId, WorldSpec

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


FUNCTION, VALUES, ROWS_VALUES = "code/test/function", "code/test/values", "code/test/rows"

SETUP = "def triage(age, pulses):\n    return None\n\ndef old(age):\n    return age >= 65\n"
"""What the question shows: a function to use, and an empty one in the place of the answer."""

TRIAGE = (
    "def triage(age, pulses):\n"
    "    fast = [p for p in pulses if p > 100]\n"
    "    return {'urgent': old(age) and bool(fast), 'mean': sum(pulses) / len(pulses), 'fast': fast}\n"
)
ANALYSIS = "mean_age = 64.25\nworst = 'Sepsis'\np = 0.0312\nranked = ['a', 'b']\n"


def build_code_store(root: Path) -> TaskStore:
    """Tasks that are answered by code or named results; needs the fixture `toy_worlds`."""
    cases = tuple(
        Case(
            arguments=(age,),
            keywords={"pulses": pulses},
            expected={
                "urgent": age >= 65 and max(pulses) > 100,
                "mean": sum(pulses) / len(pulses),
                "fast": [pulse for pulse in pulses if pulse > 100],
            },
        )
        for age, pulses in ((70, [80, 120]), (30, [101, 99, 130]), (65, [60, 61]), (90, [140]))
    )
    checks: dict[str, Check] = {
        "mean_age": NumericSpec.relative(64.25, 1e-3),
        "worst": TextSpec(texts=("sepsis",)),
        "p": PValueSpec(gold=0.0312),
        "ranked": ResultSetSpec.column(["a", "b"], ordered=True),
    }
    drugs = ResultSetSpec.of([["metoprolol tartrate", 2], ["heparin", 1]])
    query = (
        "import sqlite3\n"
        "drugs = sqlite3.connect('world/toy.sqlite').execute("
        "'SELECT drug, count(*) FROM prescriptions GROUP BY drug').fetchall()"
    )
    function = FunctionSpec(function="triage", cases=cases, setup=SETUP, time_limit_s=10)
    values = ValuesSpec(checks=checks, time_limit_s=10)
    rows = ValuesSpec(checks={"drugs": drugs}, time_limit_s=10)
    world = WorldSpec(name="toy_ehr", seed=2, patients=3)
    entries = [
        _entry(FUNCTION, [("Write triage.", function, TRIAGE)], "function", kind="code"),
        _entry(VALUES, [("Find mean_age, worst, p, ranked.", values, ANALYSIS)], "values", kind="values"),
        _entry(ROWS_VALUES, [("Count the drugs.", rows, query)], "rows", world, kind="values"),
    ]
    manifest = files.Manifest(family="code", generator_hash="code", seed=1, tasks=3, patients=3)
    return TaskStore({"code": files.write_family(root, manifest, "code", entries)})


def _entry(
    task_id: str,
    parts: list[tuple[str, GradingSpec, str]],
    category: str,
    world: WorldSpec | None = None,
    kind: AnswerKind = "number",
) -> Entry:
    form = AnswerFormat(kind=kind, hint="A number." if kind == "number" else "Code.")
    task = Task(
        id=TaskId(task_id),
        parts=tuple(Part(prompt=p, answer_format=form, judged="The exact number.") for p, _, _ in parts),
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
