"""The eicu family: two implementations agree, splits are disjoint, no constant wins."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from task_store.dataset import Entry
from task_store.datasets.eicu import DATASET
from task_store.datasets.eicu.templates import TEMPLATES, UNANSWERABLE
from task_store.questions import QuestionFamily, Template, gold
from task_store.questions.template import Question
from task_store.types import Split
from task_store.world import Shelf
from task_store.worlds.eicu import WORLD
from tests._requirements import requirement
from tests.task_store.questions.parity import Parity

assert isinstance(DATASET, QuestionFamily)
FAMILY: QuestionFamily = DATASET
SPLITS: tuple[Split, ...] = ("train", "test", "test_seen")
COUNT = 80
EVERYTHING: tuple[Question, ...] = (*TEMPLATES, *UNANSWERABLE)
QUERIED = ("sql", "read_sql", "sqlite", "connect(", "execute(", "SELECT")
DRAWS = 15


@pytest.fixture(scope="module")
def splits(small_shelf: Shelf) -> dict[Split, list[Entry]]:
    return {split: list(FAMILY.generate(split, COUNT, 1, small_shelf)) for split in SPLITS}


@requirement("eicu:parity")
def test_sql_and_pandas_agree_on_a_draw_of_every_template(small_shelf: Shelf) -> None:
    parity = Parity(FAMILY, small_shelf)
    for template in TEMPLATES:
        compared, wrong = parity.disagreements(template, draws=1)
        assert compared == 1, template.key
        assert not wrong


@requirement("eicu:parity")
@pytest.mark.ci
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_sql_and_pandas_agree_on_many_draws(small_shelf: Shelf, template: Template) -> None:
    compared = 0
    for split in ("train", "test"):
        here, wrong = Parity(FAMILY, small_shelf, split).disagreements(template, draws=DRAWS)
        compared += here
        assert not wrong
    assert compared >= DRAWS / 4


@requirement("eicu:parity")
def test_references_run_no_sql_of_their_own() -> None:
    for template in TEMPLATES:
        assert not any(word in template.reference for word in QUERIED), template.key


@requirement("eicu:templates")
def test_there_are_enough_templates_of_enough_kinds() -> None:
    assert len(TEMPLATES) >= 60
    assert len({question.key for question in EVERYTHING}) == len(EVERYTHING)
    for pool in ("train", "test"):
        own = [template for template in TEMPLATES if template.pool == pool]
        assert len({template.category for template in own}) >= 9
        levels = Counter(template.difficulty for template in own)
        assert min(levels.values()) >= len(own) / 8
        assert len(levels) == 3
        assert len({t.reason for t in UNANSWERABLE if t.pool == pool}) == 5
    for question in EVERYTHING:
        assert len(question.phrasings) >= (3 if question.pool == "train" else 2), question.key


@requirement("eicu:splits")
def test_train_and_test_share_no_template_phrasing_or_world(splits: dict[Split, list[Entry]]) -> None:
    ids = {split: {entry.task.template_id for entry in splits[split]} for split in SPLITS}
    assert not ids["train"] & ids["test"]
    keys = {split: {template_id.split(".")[1] for template_id in ids[split]} for split in SPLITS}
    assert not keys["train"] & keys["test"]
    for split, pool in (("train", "train"), ("test", "test"), ("test_seen", "train")):
        assert keys[split] <= {question.key for question in EVERYTHING if question.pool == pool}  # type: ignore[index]
    assert len({entry.task.world.seed for split in SPLITS for entry in splits[split]}) == 3
    texts = Counter(text for question in EVERYTHING for text in question.phrasings)
    assert max(texts.values()) == 1


@requirement("eicu:spread")
@pytest.mark.parametrize("split", SPLITS)
def test_no_constant_wins(splits: dict[Split, list[Entry]], split: Split) -> None:
    golds = [entry.key.parts[0].grading for entry in splits[split]]
    answers = Counter(gold.fingerprint(g.rows, ordered=False) for g in golds if g.kind == "result_set")
    assert max(answers.values()) <= max(1, COUNT * FAMILY.card.chance_rate)
    empty = sum(gold.is_empty(g.rows) for g in golds if g.kind == "result_set")
    assert empty <= max(1, COUNT * FAMILY.empty_share)
    assert 0.1 <= sum(g.kind == "abstain" for g in golds) / COUNT <= 0.15


@requirement("eicu:deterministic")
def test_tasks_depend_on_split_seed_and_world_only(
    splits: dict[Split, list[Entry]], small_shelf: Shelf
) -> None:
    again = list(FAMILY.generate("test", COUNT // 4, 1, small_shelf))
    assert again == splits["test"][: COUNT // 4]


@requirement("eicu:unanswerable")
def test_the_schema_has_no_column_for_what_is_said_to_be_missing(small_shelf: Shelf) -> None:
    folder = small_shelf.folder(FAMILY.world_spec("train", 1, small_shelf.patients))
    with closing(sqlite3.connect(f"file:{folder / 'eicu.sqlite'}?mode=ro", uri=True)) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [row[1] for table in tables for row in database.execute(f"PRAGMA table_info({table})")]
    assert "hospitaladmitsource" in columns
    for question in UNANSWERABLE:
        assert bool(question.lacks) == question.reason.startswith("missing"), question.key
        found = [name for name in (*tables, *columns) for word in question.lacks if word in name]
        assert not found, question.key


@requirement("eicu:unanswerable")
def test_nothing_but_the_question_tells_that_it_cannot_be_answered(splits: dict[Split, list[Entry]]) -> None:
    parts = [entry.task.parts[0] for entry in splits["test"]]
    assert len({part.judged for part in parts}) == 1
    for part in parts:
        assert WORLD.summary in part.prompt
        assert "abstain instead of guessing" in part.prompt
        assert part.answer_format.kind == "rows"
