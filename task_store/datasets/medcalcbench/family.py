"""The family as a `Dataset`: picks calculator and phrasing, and assembles task and key."""

from collections.abc import Iterator
from dataclasses import dataclass

from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Card, Entry, task_rng
from task_store.datasets.medcalcbench.calculator import Calculator, Drawn, Phrasing, difficulty, render
from task_store.datasets.medcalcbench.calculators import CALCULATORS
from task_store.spread import Spread
from task_store.types import Part, Split, Task, TaskId, WorldSpec
from task_store.world import Worlds

NAME = "medcalcbench"

CARD = Card(
    title="Medical calculations from notes (built-in, after MedCalc-Bench)",
    summary=(
        "Each task is a generated clinical note and a question that a named clinical score, equation or "
        "dating rule "
        "answers; the values stand in the note among older, foreign and unneeded ones, often in another "
        "unit. "
        "Patients, notes and values are synthetic and not clinically reviewed; the calculators are not "
        "for clinical "
        "use."
    ),
    paper=(
        "Khandekar N, Jin Q, Xiong G, et al. MedCalc-Bench: Evaluating Large Language Models for Medical "
        "Calculations. arXiv:2406.12036, 2024."
    ),
    licence="Apache-2.0",
    chance_rate=0.05,
)


@dataclass(frozen=True)
class Composed:
    """A task with the drawing it came from; the drawing's trap is what tests need."""

    entry: Entry
    drawn: Drawn


class MedCalcBench:
    """Generates the built-in tasks; see README.md beside this file."""

    name = NAME
    card = CARD

    def generate(self, split: Split, count: int, seed: int, worlds: Worlds | None = None) -> Iterator[Entry]:
        """Yield `count` tasks with keys `0 .. count-1`; `valid` has none, it exists for imports only."""
        if split == "valid":
            return
        spread = Spread(CARD.chance_rate)
        for index in range(count):
            yield compose(split, seed, index, spread).entry


def pick(split: Split, index: int) -> tuple[Calculator, Phrasing]:
    """Task `index`'s calculator and phrasing: all calculators in turn, then the next phrasing."""
    side = "test" if split == "test" else "train"
    calculator = CALCULATORS[index % len(CALCULATORS)]
    phrasings = [phrasing for phrasing in calculator.phrasings if phrasing.split == side]
    return calculator, phrasings[index // len(CALCULATORS) % len(phrasings)]


def compose(split: Split, seed: int, index: int, spread: Spread | None = None) -> Composed:
    """One task, from (split, seed, index) and the answers before it.

    Args:
        spread: the answers before it; None: there are none.
    """
    world_seed, rng = task_rng(NAME, split, seed, index)
    calculator, phrasing = pick(split, index)
    spread = spread or Spread(CARD.chance_rate)
    drawn = spread.pick(lambda: calculator.draw(phrasing, rng), lambda drawn: drawn.grading)
    note = render(phrasing.note, drawn.slots, rng)
    question = render(phrasing.question, drawn.slots, rng)
    task_id = TaskId.of(NAME, split, index)
    task = Task(
        id=task_id,
        parts=(
            Part(
                prompt=f"{note}\n\n{question}",
                answer_format=calculator.answer_format,
                judged=calculator.judged,
            ),
        ),
        world=WorldSpec(seed=world_seed),
        category=calculator.slug,
        difficulty=difficulty(phrasing, drawn),
        template_id=f"{NAME}.{calculator.slug}.{phrasing.letter}",
        source="built-in",
        licence=CARD.licence,
    )
    key = AnswerKey(task_id=task_id, parts=(PartKey(grading=drawn.grading, reference=drawn.reference),))
    return Composed(Entry(task, key), drawn)
