"""Real episodes over a store whose golds and references are canaries: none is in any export."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from graders.types import AnswerSubmission, VariableSubmission
from medgym.agents.builtin import RunStep, ScriptedAgent, SubmitStep
from medgym.gold import is_reference
from medgym.gym import GymConfig
from medgym.runner.batch import run
from medgym.trajectory.export.export import Job
from medgym.trajectory.export.formats import FORMATS
from medgym.trajectory.export.leaks import LeakGuard
from medgym.trajectory.export.select import Policy, Selection
from medgym.trajectory.rundir import RunFolder
from task_store import files
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.grading import NumericSpec
from task_store.store import TaskStore
from task_store.types import Task
from tests._requirements import requirement
from tests.trajectory.export.made import TOOLS, task

pytestmark = pytest.mark.anyio

GOLD, CANARY = 83190264.375, "canary-91c4e7d2"


def canary_store(root: Path) -> TaskStore:
    """Two tasks to train on, one to be tested by; only the third's answer is a secret in itself."""
    asked = {
        "toy/train/known": ("How much is 2 + 2?", 4.0),
        "toy/train/hidden": ("Which number does the keeper of this store think of?", GOLD),
        "toy/test/hidden": ("And which number does its other keeper think of today?", GOLD),
    }
    entries = [
        Entry(
            task=(made := task(key, prompt, template=key)),
            key=AnswerKey(
                task_id=made.id,
                parts=(
                    PartKey(
                        grading=NumericSpec.relative(gold, 1e-9),
                        reference=f"secret = '{CANARY}'\nanswer = {gold}",
                    ),
                ),
            ),
        )
        for key, (prompt, gold) in asked.items()
    ]
    manifest = files.Manifest(family="toy", generator_hash="toy", seed=1, tasks=len(entries))
    return TaskStore({"toy": files.write_family(root, manifest, "toy", entries)})


class Copyist(ScriptedAgent):
    """Plays reference solutions under another name, with a comment and other spacing."""

    name = "copyist"


async def _runs(store: TaskStore, out: Path) -> list[Path]:
    tasks: Sequence[Task] = store.select()
    config = GymConfig(protocol="training")
    honest = ScriptedAgent(
        [
            RunStep(do="execute", code="total = 2 + 2\nprint(total)"),
            SubmitStep(do="submit", submission=VariableSubmission(variable="total")),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=5)),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=6)),
        ]
    )
    copied = f"# mine\nsecret  =  '{CANARY}'\nanswer = {GOLD}"
    copyist = Copyist(
        [
            RunStep(do="execute", code=copied),
            SubmitStep(do="submit", submission=VariableSubmission(variable="answer")),
        ]
    )
    agents: dict[str, str | ScriptedAgent] = {"gold": "gold", "honest": honest, "copyist": copyist}
    for name, agent in agents.items():
        chosen = [t for t in tasks if name == "honest" or t.id == "toy/train/hidden"]
        await run(agent=agent, tasks=chosen, out=out / name, store=store, config=config)
    return [out / name for name in agents]


@requirement("export:canaries")
async def test_no_canary_of_the_answer_store_is_in_any_byte(tmp_path: Path) -> None:
    store = canary_store(tmp_path / "store")
    runs = await _runs(store, tmp_path)
    held = b"".join(path.read_bytes() for path in (tmp_path / "gold").rglob("*.ipynb"))
    assert CANARY.encode() in held  # the canaries are there to be leaked
    selection = Selection(
        policy=Policy(unreplayed=True),
        guard=LeakGuard(store),
        suspects=frozenset(),
        is_reference=partial(is_reference, store),
    )
    for name, form in FORMATS.items():
        out = tmp_path / "exports" / name
        card = Job(format=form, selection=selection, tools=TOOLS, out=out).run(
            (trajectory, frozenset()) for folder in runs for trajectory in RunFolder(folder).trajectories()
        )
        assert card.exported >= 1
        assert card.dropped["gold_agent"] == 1
        assert card.dropped["test_split"] == 1
        assert card.dropped["reference_solution"] == 1
        written = b"".join(path.read_bytes() for path in out.iterdir())
        assert card.records or name == "preference"  # nothing right beside something wrong here
        for canary in (CANARY, str(GOLD), "83190264", "other keeper"):
            assert canary.encode() not in written


@requirement("export:defaults")
def test_a_reference_is_known_by_what_it_does(tmp_path: Path) -> None:
    store = canary_store(tmp_path)
    known = store.get("toy/train/known").id
    assert is_reference(store, known, f"secret = '{CANARY}'  # quite so\n\nanswer = (4.0)")
    assert not is_reference(store, known, "answer = 4.0")
    assert not is_reference(store, known, "%time answer")
    assert not is_reference(store, type(known)("toy/train/gone"), "answer = 4.0")
