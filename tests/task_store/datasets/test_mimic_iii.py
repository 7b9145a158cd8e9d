"""The mimic_iii family: two implementations agree, splits are disjoint, no constant wins."""

from collections import Counter

import pytest

from task_store.dataset import Entry
from task_store.datasets.mimic_iii import DATASET
from task_store.datasets.mimic_iii.templates import TEMPLATES, UNANSWERABLE
from task_store.questions import QuestionFamily, Template, gold
from task_store.questions.template import Unanswerable
from task_store.types import Split
from task_store.world import Shelf
from task_store.worlds.mimic_iii import schema
from tests._requirements import requirement
from tests.task_store.questions.parity import Parity

assert isinstance(DATASET, QuestionFamily)
FAMILY: QuestionFamily = DATASET
SPLITS: tuple[Split, ...] = ("train", "test", "test_seen")
COUNT = 100
QUERIED = ("sql", "read_sql", "sqlite", "connect(", "execute(")


@pytest.fixture(scope="module")
def splits(small_shelf: Shelf) -> dict[Split, list[Entry]]:
    return {split: list(FAMILY.generate(split, COUNT, 1, small_shelf)) for split in SPLITS}


@requirement("mimic:parity")
def test_sql_and_pandas_agree_on_a_draw_of_every_template(small_shelf: Shelf) -> None:
    parity = Parity(FAMILY, small_shelf)
    for template in TEMPLATES:
        compared, wrong = parity.disagreements(template, draws=1)
        assert compared == 1, template.key
        assert not wrong


@requirement("mimic:parity")
@pytest.mark.ci
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_sql_and_pandas_agree_on_many_draws(small_shelf: Shelf, template: Template) -> None:
    compared, wrong = Parity(FAMILY, small_shelf, "test").disagreements(template, draws=30)
    assert compared >= 5
    assert not wrong


@requirement("mimic:parity")
def test_references_run_no_sql_of_their_own() -> None:
    for template in TEMPLATES:
        assert not any(word in template.reference for word in QUERIED), template.key
        assert template.sql not in template.reference


@requirement("mimic:templates")
def test_there_are_enough_templates_of_enough_kinds() -> None:
    assert len(TEMPLATES) >= 60
    assert len({template.key for template in (*TEMPLATES, *UNANSWERABLE)}) == len(TEMPLATES) + len(
        UNANSWERABLE
    )
    for pool in ("train", "test"):
        own = [template for template in TEMPLATES if template.pool == pool]
        assert len({template.category for template in own}) >= 9
        assert {template.difficulty for template in own} == {"easy", "medium", "hard"}
        assert len({t.reason for t in UNANSWERABLE if t.pool == pool}) == 5
    for template in (*TEMPLATES, *UNANSWERABLE):
        assert len(template.phrasings) >= 2, template.key
        assert len(set(template.phrasings)) == len(template.phrasings)


@requirement("mimic:splits")
def test_train_and_test_share_no_template_phrasing_or_world(splits: dict[Split, list[Entry]]) -> None:
    train, test, seen = (splits[split] for split in SPLITS)
    ids = {split: {entry.task.template_id for entry in splits[split]} for split in SPLITS}
    assert not ids["train"] & ids["test"]
    keys = [{template_id.split(".")[1] for template_id in ids[split]} for split in SPLITS]
    assert not keys[0] & keys[1]
    assert keys[2] <= {t.key for t in (*TEMPLATES, *UNANSWERABLE) if t.pool == "train"}
    assert len({entry.task.world.seed for entry in (*train, *test, *seen)}) == 3
    everything: tuple[Template | Unanswerable, ...] = (*TEMPLATES, *UNANSWERABLE)
    texts = Counter(text for template in everything for text in template.phrasings)
    assert max(texts.values()) == 1


@requirement("mimic:spread")
@pytest.mark.parametrize("split", SPLITS)
def test_no_constant_wins(splits: dict[Split, list[Entry]], split: Split) -> None:
    golds = [entry.key.parts[0].grading for entry in splits[split]]
    answers = Counter(gold.fingerprint(g.rows, ordered=False) for g in golds if g.kind == "result_set")
    assert max(answers.values()) <= max(1, COUNT * FAMILY.card.chance_rate)
    assert 0.1 <= sum(g.kind == "abstain" for g in golds) / COUNT <= 0.15


@requirement("mimic:unanswerable")
def test_the_schema_has_no_column_for_what_is_said_to_be_missing() -> None:
    names = [*schema.TABLES, *(column for columns in schema.TABLES.values() for column in columns)]
    for template in UNANSWERABLE:
        assert bool(template.lacks) == template.reason.startswith("missing"), template.key
        found = [name for name in names for word in template.lacks if word in name]
        assert not found, template.key


@requirement("mimic:unanswerable")
def test_nothing_but_the_question_tells_that_it_cannot_be_answered(splits: dict[Split, list[Entry]]) -> None:
    for entry in splits["test"]:
        part = entry.task.parts[0]
        assert "abstain instead of guessing" in part.prompt
        assert schema.summary() in part.prompt
        assert part.answer_format.kind == "rows"
        assert len({e.task.parts[0].judged for e in splits["test"]}) == 1
