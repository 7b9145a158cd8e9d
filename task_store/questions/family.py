"""From templates and a world to tasks: which template, which draw, and which draws are refused.

Task i of a split takes the next template in turn and draws until the question is new, its gold is
informative, hangs on no tie, and is not an answer that the split has had too often. The
database of a split is one world with a seed of its own: no two splits share one.
"""

import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Card, Entry, task_rng
from task_store.errors import BuildError
from task_store.grading import AbstainSpec, GradingSpec, ResultSetSpec
from task_store.questions import gold, reference
from task_store.questions.template import Pool, Question, Slots, Template, Unanswerable, letters
from task_store.types import AnswerFormat, Part, Split, Task, TaskId, WorldSpec
from task_store.world import Worlds, world

_POOLS: dict[Split, Pool] = {"train": "train", "test_seen": "train", "test": "test"}
_DRAWS = 40
"""Draws of one template before the next one is tried."""

JUDGED = (
    "By the rows that a correct query gives on this database: all of them and no others; numbers within "
    "1 part in 10,000, text in any case, times to the second; abstaining is right exactly when the database "
    "cannot answer the question."
)


@dataclass(frozen=True)
class QuestionFamily:
    """A family of questions over one relational world; fulfils `task_store.dataset.Dataset`."""

    name: str
    card: Card
    world: str
    """The world's name; its database is `<world>.sqlite`."""
    now: str
    """The world's current time, `YYYY-MM-DD HH:MM:SS`."""
    templates: tuple[Template, ...]
    unanswerable: tuple[Unanswerable, ...]
    unanswerable_every: int = 8
    """One task in so many is unanswerable."""
    empty_share: float = 0.01
    """Largest share of answerable tasks whose gold has no rows, or only NULL."""

    def generate(self, split: Split, count: int, seed: int, worlds: Worlds | None = None) -> Iterator[Entry]:
        """Yield `count` tasks.

        Raises:
            ValueError: a split that generated families do not have (`valid`).
            BuildError: no place for worlds, or no template finds another question.
        """
        if split not in _POOLS:
            raise ValueError(f"{self.name} has no {split!r} split; there are: {', '.join(_POOLS)}")
        if worlds is None:
            raise BuildError(f"{self.name} asks about a world: it needs a place for worlds.")
        return self._entries(split, count, seed, worlds)

    def world_spec(self, split: Split, seed: int, patients: int) -> WorldSpec:
        """The world of a split; families over the same world share it."""
        world_seed, _ = task_rng(f"world {self.world}", split, seed, 0)
        return WorldSpec(name=self.world, seed=world_seed, patients=patients)

    def _entries(self, split: Split, count: int, seed: int, worlds: Worlds) -> Iterator[Entry]:
        spec = self.world_spec(split, seed, worlds.patients)
        with _opened(worlds.folder(spec) / f"{self.world}.sqlite") as database:
            asking = _Asking(self, split, seed, database)
            about = world(self.world).summary
            for index in range(count):
                yield self._entry(split, index, asking.next(index), about, spec)

    def _entry(self, split: Split, index: int, asked: "Asked", about: str, spec: WorldSpec) -> Entry:
        question = asked.question
        part = Part(
            prompt=prompt(asked.text, about, question.columns),
            answer_format=AnswerFormat(kind="rows", hint=_hint(question.columns)),
            judged=JUDGED,
        )
        task = Task(
            id=TaskId.of(self.name, split, index),
            parts=(part,),
            world=spec,
            category=question.category,
            difficulty=question.difficulty,
            template_id=f"{self.name}.{question.key}.{asked.letter}",
            source="built-in",
            licence=self.card.licence,
        )
        key = PartKey(grading=asked.grading, reference=self._reference(asked))
        return Entry(task=task, key=AnswerKey(task_id=task.id, parts=(key,)))

    def _reference(self, asked: "Asked") -> str:
        if isinstance(asked.question, Unanswerable):
            return reference.ABSTENTION
        return reference.program(asked.question, asked.slots, database=f"{self.world}.sqlite", now=self.now)


@dataclass(frozen=True)
class Asked:
    """One drawn question with its gold."""

    question: Question
    letter: str
    """Names the phrasing."""
    text: str
    slots: Slots
    rows: gold.Rows | None
    """None: unanswerable."""

    @property
    def grading(self) -> GradingSpec:
        if self.rows is None or isinstance(self.question, Unanswerable):
            return AbstainSpec()
        return ResultSetSpec.of(
            self.rows,
            columns=self.question.kinds,
            width=len(self.question.columns),
            ranks=range(len(self.rows)) if self.question.ordered else None,
            columns_ordered=True,  # the prompt names their order
        )


def prompt(question: str, about: str, columns: Sequence[str]) -> str:
    """What the agent reads: question, world, form of the answer, the way out."""
    return (
        f"{question}\n\n{about}\n\n{_hint(columns)} "
        "If this database cannot answer the question, abstain instead of guessing."
    )


def _hint(columns: Sequence[str]) -> str:
    if len(columns) == 1:
        return f"Submit a list of rows with one column, {columns[0]}; a single value may stand alone."
    return f"Submit a list of rows with the columns {', '.join(columns)}, in this order."


def questions(templates: Sequence[Question], pool: Pool) -> tuple[Question, ...]:
    """The questions of a pool, categories taken in turn, so that any run of tasks has them all."""
    groups: dict[str, list[Question]] = {}
    for template in templates:
        if template.pool == pool:
            groups.setdefault(template.category, []).append(template)
    longest = max((len(group) for group in groups.values()), default=0)
    return tuple(group[k] for k in range(longest) for group in groups.values() if k < len(group))


@dataclass
class _Asking:
    """The state of one split's generation: what was asked and answered before."""

    family: QuestionFamily
    split: Split
    seed: int
    database: sqlite3.Connection
    _texts: set[bytes] = field(default_factory=set)
    _answers: Counter[bytes] = field(default_factory=Counter)
    _empty: int = 0
    _rests: dict[str, int] = field(default_factory=dict)
    """Templates that found nothing, until which task they rest: caps grow with the split."""

    def __post_init__(self) -> None:
        pool = _POOLS[self.split]
        self._answerable = questions(self.family.templates, pool)
        self._unanswerable = questions(self.family.unanswerable, pool)

    def next(self, index: int) -> Asked:
        """The question of task `index`.

        Raises:
            BuildError: no template of the pool finds a question that was not asked yet.
        """
        _, rng = task_rng(self.family.name, self.split, self.seed, index)
        every = self.family.unanswerable_every
        choices = self._unanswerable if index % every == every // 2 else self._answerable
        turn = index // every if choices is self._unanswerable else index - index // every
        for step in range(len(choices)):
            question = choices[(turn + step) % len(choices)]
            if index < self._rests.get(question.key, 0):
                continue
            for _ in range(_DRAWS):
                asked = self._draw(rng, question)
                if asked is not None and self._take(asked, index):
                    return asked
            self._rests[question.key] = 2 * index
        raise BuildError(
            f"{self.family.name}/{self.split} found no new question for task {index}: "
            "ask for fewer tasks, or for a world with more patients."
        )

    def _draw(self, rng: random.Random, question: Question) -> Asked | None:
        letter, text = rng.choice(letters(question))
        slots = question.draw(rng, self.database)
        if slots is None:
            return None
        rows = None
        if isinstance(question, Template):
            rows = gold.execute(question, slots, self.database)
            if rows is None:
                return None
        text = text.format(**slots)
        return Asked(question, letter, text[0].upper() + text[1:], slots, rows)

    def _take(self, asked: Asked, index: int) -> bool:
        """Whether the split still has room for this question and this answer; then it is noted."""
        text = hashlib.blake2b(asked.text.encode(), digest_size=16).digest()
        if text in self._texts or not _is_for(self.split, text):
            return False
        if asked.rows is not None and isinstance(asked.question, Template):
            empty = gold.is_empty(asked.rows)
            if empty and self._empty + 1 > self.family.empty_share * (index + 1):
                return False
            shown = gold.fingerprint(asked.rows, ordered=asked.question.ordered)
            answer = hashlib.blake2b(shown.encode(), digest_size=16).digest()
            if self._answers[answer] + 1 > max(1, int(self.family.card.chance_rate * (index + 1))):
                return False
            self._answers[answer] += 1
            self._empty += empty
        self._texts.add(text)
        return True


def _is_for(split: Split, text: bytes) -> bool:
    """Whether a question of this hash belongs to the split.

    `train` and `test_seen` have the same templates, and neither knows what the other asked: questions
    are shared out by their hash, so that none stands in both.
    """
    third = text[0] % 3 == 0
    return split == "test" or third == (split == "test_seen")


class _opened:  # noqa: N801  # reads as a function
    """A read-only connection that is closed at the end."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
