"""Grades baselines over every task of a family, by split and level of difficulty."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from pydantic import JsonValue

from graders.baselines.guesser import SchemaGuesser
from graders.gold import gold_answer
from graders.grade import grade_value
from graders.submission import Abstained
from task_store.answers import AnswerBook
from task_store.build import world_home
from task_store.grading import AbstainSpec, GradingSpec
from task_store.store import TaskStore
from task_store.types import Model, Task
from task_store.world import SEEN

_CANDIDATES = 25
"""Most frequent golds that are tried as constants."""

Answer = JsonValue | Abstained


class Rate(Model):
    """How many of how many tasks were graded correct."""

    right: int
    of: int


class SplitBaselines(Model):
    """What not solving gives on one split."""

    tasks: int
    abstain_share: float
    """Share of tasks where abstaining is right."""
    best_constant: str
    """The constant, known only by looking at all golds, that answers most answerable tasks; as JSON."""
    best_constant_rate: float
    """Its share of the answerable tasks; held against the card's `chance_rate`."""
    rates: dict[str, dict[str, Rate]]
    """Baseline -> level of difficulty (and `all`) -> rate over all tasks of that level."""


class Baselines(Model):
    """What not solving gives on a family."""

    family: str
    chance_rate: float
    """As the family's card declares it."""
    splits: dict[str, SplitBaselines]


def measure(
    store: TaskStore, family: str, *, chance_rate: float, on_done: Callable[[Task], None] = lambda task: None
) -> Baselines:
    """Grade all baselines over a family.

    Args:
        store: holds the family.
        chance_rate: as the card declares it.
        on_done: told each task.
    """
    book = AnswerBook(store.folders)
    by_split: dict[str, list[tuple[Task, GradingSpec]]] = {}
    for task in store.select(family):
        by_split.setdefault(task.id.split_name, []).append((task, book.get(task.id).parts[0].grading))
    popular = _popular([spec for _, spec in by_split.get("train", [])])
    known: Answer = popular[0] if popular else Abstained()
    splits = {
        split: _split(tasks, _guesses(store, tasks, on_done), known) for split, tasks in by_split.items()
    }
    return Baselines(family=family, chance_rate=chance_rate, splits=splits)


def _split(tasks: list[tuple[Task, GradingSpec]], guesses: list[Answer], known: Answer) -> SplitBaselines:
    answers: dict[str, list[Answer]] = {
        "abstains": [Abstained()] * len(tasks),
        "train's most frequent answer": [known] * len(tasks),
        "schema guesser": guesses,
    }
    asked = [spec for _, spec in tasks if not isinstance(spec, AbstainSpec)]
    best, rate = _best_constant(asked)
    return SplitBaselines(
        tasks=len(tasks),
        abstain_share=1 - len(asked) / len(tasks),
        best_constant=json.dumps(best, ensure_ascii=False),
        best_constant_rate=rate,
        rates={name: _rates(tasks, given) for name, given in answers.items()},
    )


def _rates(tasks: list[tuple[Task, GradingSpec]], given: list[Answer]) -> dict[str, Rate]:
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for (task, spec), answer in zip(tasks, given, strict=True):
        correct = _correct(spec, answer)
        for level in (task.difficulty, "all"):
            of[level] += 1
            right[level] += correct
    levels = [level for level in ("easy", "medium", "hard", "all") if of[level]]
    return {level: Rate(right=right[level], of=of[level]) for level in levels}


def _best_constant(asked: Sequence[GradingSpec]) -> tuple[JsonValue, float]:
    best: tuple[JsonValue, float] = (None, 0.0)
    for candidate in _popular(asked):
        rate = sum(_correct(spec, candidate) for spec in asked) / len(asked)
        best = max(best, (candidate, rate), key=lambda pair: pair[1])
    return best


def _popular(specs: Sequence[GradingSpec]) -> list[JsonValue]:
    golds = [gold_answer(spec) for spec in specs if not isinstance(spec, AbstainSpec)]
    counts = Counter(json.dumps(gold) for gold in golds)
    return [json.loads(text) for text, _ in counts.most_common(_CANDIDATES)]


def _correct(spec: GradingSpec, answer: Answer) -> bool:
    return grade_value(spec, 1, answer).outcome == "correct"


def _guesses(
    store: TaskStore, tasks: list[tuple[Task, GradingSpec]], on_done: Callable[[Task], None]
) -> list[Answer]:
    """The guesser's answers; it abstains where there is no database."""
    guesses: list[Answer] = []
    guessers: dict[Path, SchemaGuesser] = {}
    with ExitStack() as open_databases:
        for task, _ in tasks:
            path = _database(store, task)
            if path is not None and path not in guessers:
                connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
                guessers[path] = SchemaGuesser(open_databases.enter_context(closing(connection)))
            guesses.append(Abstained() if path is None else guessers[path].answer(task.parts[0].prompt))
            on_done(task)
    return guesses


def _database(store: TaskStore, task: Task) -> Path | None:
    home = world_home(store, task)
    return None if home is None else next(iter(sorted((home / SEEN).glob("*.sqlite"))), None)
