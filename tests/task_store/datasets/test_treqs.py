"""The treqs family: two solutions agree, splits share nothing, and no constant wins."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from task_store import catalog
from task_store.dataset import Entry
from task_store.datasets.treqs import FAMILY
from task_store.datasets.treqs.templates import ANSWERABLE, UNANSWERABLE
from task_store.grading import AbstainSpec, ResultSetSpec
from task_store.questions import gold
from task_store.questions.template import Question
from task_store.types import SPLITS, Split
from task_store.world import Shelf
from task_store.worlds.mimicsql import schema
from tests._requirements import requirement
from tests.task_store.questions.parity import Parity

BUILT: tuple[Split, ...] = ("train", "test", "test_seen")
TASKS = 160


@pytest.fixture(scope="module")
def entries(small_shelf: Shelf) -> dict[Split, list[Entry]]:
    return {split: list(FAMILY.generate(split, TASKS, 1, small_shelf)) for split in BUILT}


@pytest.fixture
def database(small_shelf: Shelf) -> Iterator[sqlite3.Connection]:
    path = small_shelf.folder(FAMILY.world_spec("train", 1, small_shelf.patients)) / schema.DATABASE
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


QUESTIONS: tuple[Question, ...] = (*ANSWERABLE, *UNANSWERABLE)


def _agree(parity: Parity, draws: int, at_least: int) -> None:
    found = {template.key: parity.disagreements(template, draws=draws) for template in ANSWERABLE}
    assert [line for _, wrong in found.values() for line in wrong] == []
    assert {key: count for key, (count, _) in found.items() if count < at_least} == {}


@requirement("treqs:two-solutions")
def test_sql_and_pandas_agree(small_shelf: Shelf) -> None:
    _agree(Parity(FAMILY, small_shelf), draws=3, at_least=1)


@pytest.mark.ci
@requirement("treqs:two-solutions")
def test_sql_and_pandas_agree_on_many_draws(tmp_path: Path) -> None:
    _agree(Parity(FAMILY, Shelf(tmp_path, patients=250), "test"), draws=25, at_least=12)


@requirement("treqs:templates")
def test_there_are_enough_templates_in_enough_categories() -> None:
    assert catalog.dataset("treqs") is FAMILY
    assert len(ANSWERABLE) >= 40
    for pool in ("train", "test"):
        mine = [template for template in ANSWERABLE if template.pool == pool]
        assert len({template.category for template in mine}) == 6
        assert {template.difficulty for template in mine} == {"easy", "medium", "hard"}
        assert len([question for question in UNANSWERABLE if question.pool == pool]) == 4
    assert all(len(question.phrasings) >= 2 for question in QUESTIONS)
    keys = [question.key for question in QUESTIONS]
    assert len(keys) == len(set(keys))


@requirement("treqs:splits")
def test_train_and_test_share_no_template_phrasing_or_world(entries: dict[Split, list[Entry]]) -> None:
    templates, worlds = (
        {split: {key(entry) for entry in found} for split, found in entries.items()}
        for key in (lambda entry: entry.task.template_id, lambda entry: entry.task.world.seed)
    )
    assert not templates["train"] & templates["test"]
    assert templates["test_seen"] & templates["train"]
    assert not templates["test_seen"] & templates["test"]
    assert [len(seeds) for seeds in worlds.values()] == [1, 1, 1]
    assert len(set().union(*worlds.values())) == 3
    wordings = {
        pool: {text for q in QUESTIONS if q.pool == pool for text in q.phrasings}
        for pool in ("train", "test")
    }
    assert not wordings["train"] & wordings["test"]
    assert not {_skeleton(text) for text in wordings["train"]} & {
        _skeleton(text) for text in wordings["test"]
    }


def _skeleton(text: str) -> tuple[str, ...]:
    """The words without the slots: what a model would recognise."""
    return tuple(word.strip('.,?"()').lower() for word in text.split() if "{" not in word)


@requirement("treqs:deterministic")
def test_tasks_depend_on_split_seed_and_number_only(
    small_shelf: Shelf, entries: dict[Split, list[Entry]]
) -> None:
    assert list(FAMILY.generate("train", 30, 1, small_shelf)) == entries["train"][:30]
    others = list(FAMILY.generate("train", 10, 2, small_shelf))
    assert [entry.task.parts for entry in others] != [entry.task.parts for entry in entries["train"][:10]]
    with pytest.raises(ValueError, match="valid"):
        FAMILY.generate(next(split for split in SPLITS if split not in BUILT), 1, 1, small_shelf)


@requirement("treqs:spread")
@pytest.mark.parametrize("split", BUILT)
def test_no_constant_wins_and_few_answers_are_empty(split: Split, entries: dict[Split, list[Entry]]) -> None:
    specs = [entry.key.parts[0].grading for entry in entries[split]]
    rows = [spec for spec in specs if isinstance(spec, ResultSetSpec)]
    answers = Counter(gold.fingerprint(spec.rows, ordered=spec.ranks is not None) for spec in rows)
    assert answers.most_common(1)[0][1] <= FAMILY.card.chance_rate * TASKS
    assert sum(gold.is_empty(spec.rows) for spec in rows) <= FAMILY.empty_share * TASKS
    abstain = sum(isinstance(spec, AbstainSpec) for spec in specs)
    assert abstain == TASKS // FAMILY.unanswerable_every


@requirement("treqs:unanswerable")
def test_what_unanswerable_questions_ask_for_is_in_no_table() -> None:
    names = [*schema.TABLES, *(column for columns in schema.TABLES.values() for column in columns)]
    for question in UNANSWERABLE:
        assert bool(question.lacks) == question.reason.startswith("missing"), question.key
        assert not [name for name in names for word in question.lacks if word in name], question.key
        if question.lacks:
            assert not set(question.columns) & set(names), question.key


@requirement("treqs:ties")
@pytest.mark.parametrize("key", [template.key for template in ANSWERABLE if template.category == "ranking"])
def test_ranks_do_not_hang_on_the_order_of_equals(key: str, database: sqlite3.Connection) -> None:
    """Breaking ties the other way round gives the same answer."""
    template = next(template for template in ANSWERABLE if template.key == key)
    rng = random.Random(5)
    asked = 0
    for _ in range(60):
        slots = template.draw(rng, database)
        if slots is None or gold.execute(template, slots, database) is None:
            continue
        one, other = (
            database.execute(
                template.sql.replace("size DESC", f"size DESC, item {way}"), dict(slots)
            ).fetchall()
            for way in ("ASC", "DESC")
        )
        assert one == other, dict(slots)
        asked += 1
    assert asked


@requirement("treqs:ties")
def test_a_tie_is_not_asked(database: sqlite3.Connection) -> None:
    """There are draws with ties in this world, and they come to nothing."""
    template = next(template for template in ANSWERABLE if template.key == "oldest_with_drug")
    rng = random.Random(5)
    golds = [
        None if slots is None else gold.execute(template, slots, database)
        for slots in (template.draw(rng, database) for _ in range(60))
    ]
    assert None in golds
    assert any(rows is not None for rows in golds)
