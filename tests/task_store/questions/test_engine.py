"""The question engine: what it takes, what it refuses, and that it comes out the same again."""

import random
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from graders.gold import gold_answer
from graders.grade import judge_value
from task_store.dataset import Entry
from task_store.datasets.mimic_iii import DATASET
from task_store.errors import BuildError
from task_store.grading import AbstainSpec, ResultSetSpec
from task_store.questions import QuestionFamily, Template, gold, reference
from task_store.questions.drawing import a_row, a_window
from task_store.questions.family import Asked, questions
from task_store.questions.template import Slots
from task_store.types import Split
from task_store.world import Shelf
from tests._requirements import requirement
from tests.task_store.questions.parity import Parity, computed

assert isinstance(DATASET, QuestionFamily)
FAMILY: QuestionFamily = DATASET
COUNT = 60
SHARING: tuple[Split, ...] = ("train", "test_seen")


def _up_to_300(rng: random.Random, _: sqlite3.Connection) -> Slots:
    return {"v": rng.randint(1, 300)}


@pytest.fixture(scope="module")
def entries(small_shelf: Shelf) -> list[Entry]:
    return list(FAMILY.generate("train", COUNT, 1, small_shelf))


def _template(**changes: object) -> Template:
    values: dict[str, object] = {
        "key": "x",
        "pool": "train",
        "category": "c",
        "phrasings": ("What is {v}?",),
        "draw": lambda rng, _: {"v": rng.randint(1, 5)},
        "sql": "SELECT :v",
        "reference": "answer = v",
        "columns": ("v",),
    }
    return Template(**(values | changes))  # type: ignore[arg-type]  # tests choose freely


def _family(*templates: Template) -> QuestionFamily:
    return QuestionFamily(
        name="x", card=FAMILY.card, world="mimic_iii", now=FAMILY.now, templates=templates,
        unanswerable=(), unanswerable_every=10**6,
    )  # fmt: skip


@requirement("questions:deterministic")
def test_a_task_depends_on_what_came_before_and_never_on_the_count(
    small_shelf: Shelf, entries: list[Entry]
) -> None:
    assert list(FAMILY.generate("train", 15, 1, small_shelf)) == entries[:15]
    assert list(FAMILY.generate("train", 15, 2, small_shelf)) != entries[:15]


@requirement("questions:unique")
def test_no_question_is_asked_twice_and_none_has_an_unfilled_slot(entries: list[Entry]) -> None:
    prompts = [entry.task.parts[0].prompt.split("\n")[0] for entry in entries]
    assert len(set(prompts)) == COUNT
    assert not any("{" in text or "}" in text or text[0].islower() for text in prompts)


@requirement("questions:unique")
def test_train_and_test_seen_never_ask_the_same_question(small_shelf: Shelf) -> None:
    """Also where their texts could coincide, because the world does not show in them."""
    family = _family(_template(phrasings=("What is {v} plus nothing, really?",), draw=_up_to_300))
    asked = [
        {entry.task.parts[0].prompt for entry in family.generate(split, 60, 1, small_shelf)}
        for split in SHARING
    ]
    assert not asked[0] & asked[1]


@requirement("questions:unique")
def test_a_template_without_further_questions_is_an_error(small_shelf: Shelf) -> None:
    family = _family(_template())
    with pytest.raises(BuildError, match="ask for fewer tasks"):
        list(family.generate("train", 9, 1, small_shelf))


@requirement("questions:spread")
def test_no_answer_is_more_frequent_than_declared(small_shelf: Shelf) -> None:
    family = _family(
        _template(
            draw=lambda rng, _: {"v": rng.randint(1, 10**6)},
            sql="SELECT :v % 70",
            reference="answer = v % 70",
        )
    )
    golds = [entry.key.parts[0].grading for entry in family.generate("train", 40, 1, small_shelf)]
    assert max(Counter(str(g) for g in golds).values()) == 1  # 2 % of 40 is less than one


@requirement("questions:spread")
def test_empty_golds_are_a_small_share(small_shelf: Shelf) -> None:
    family = _family(
        _template(
            draw=lambda rng, _: {"v": rng.randint(1, 10**6)},
            sql="SELECT CASE WHEN :v % 2 THEN :v END",
            reference="answer = v if v % 2 else None",
        )
    )
    golds = [entry.key.parts[0].grading for entry in family.generate("train", 120, 1, small_shelf)]
    empty = [g for g in golds if isinstance(g, ResultSetSpec) and g.rows == ((None,),)]
    assert len(empty) <= 1


@requirement("questions:ties")
def test_a_draw_that_hangs_on_a_tie_or_is_too_long_is_refused(small_shelf: Shelf) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        assert gold.execute(_template(ties="SELECT 1 WHERE :v > 2"), {"v": 3}, database) is None
        assert gold.execute(_template(ties="SELECT 1 WHERE :v > 2"), {"v": 2}, database) == ((2,),)
        long = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < :v) SELECT k FROM n"
        assert gold.execute(_template(sql=long), {"v": gold.MAX_ROWS + 1}, database) is None


@requirement("questions:gold")
def test_every_gold_is_graded_correct_and_abstaining_only_where_nothing_answers(entries: list[Entry]) -> None:
    kinds = Counter(type(entry.key.parts[0].grading) for entry in entries)
    assert kinds[AbstainSpec] == COUNT // FAMILY.unanswerable_every
    for entry in entries:
        grading = entry.key.parts[0].grading
        if isinstance(grading, ResultSetSpec):
            assert judge_value(grading, gold_answer(grading)).outcome == "correct", entry.task.id
            assert judge_value(grading, "nothing of the sort").outcome == "incorrect"


@requirement("questions:parity")
def test_a_wrong_reference_is_found_and_a_right_one_is_not(small_shelf: Shelf) -> None:
    parity = Parity(FAMILY, small_shelf)
    right = _template(
        draw=lambda rng, _: {"v": rng.randint(1, 9)}, sql="SELECT 2 * :v", reference="answer = v + v"
    )
    wrong = _template(draw=right.draw, sql="SELECT 2 * :v", reference="answer = v + 2")
    assert parity.disagreements(right, draws=8) == (8, [])
    compared, found = parity.disagreements(wrong, draws=8)
    assert compared == 8
    assert found


@requirement("questions:reference")
@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("answer = pd.Series([1, 2]).max()", [[2]]),
        ("answer = pd.DataFrame({'a': [1], 'b': ['x']})", [[1, "x"]]),
        ("answer = pd.Series(['x', 'y'])", [["x"], ["y"]]),
        ("answer = pd.Series([], dtype=float).mean()", [[None]]),
        ("answer = []", []),
        ("answer = [[NOW, pd.NaT]]", [["2105-12-31 23:59:00", None]]),
    ],
)
def test_references_leave_plain_rows(code: str, rows: list[list[object]]) -> None:
    assert computed(_template(reference=code), {"v": 1}, lambda name: None, FAMILY.now) == rows


@requirement("questions:reference")
def test_a_reference_is_a_whole_program_that_reads_the_database_by_itself() -> None:
    text = reference.program(_template(), {"v": "it's"}, database="w.sqlite", now=FAMILY.now)
    compile(text, "reference", "exec")
    assert "file:world/w.sqlite?mode=ro" in text
    assert 'v = "it\'s"' in text


@requirement("questions:splits")
def test_families_without_a_place_for_worlds_or_with_an_unknown_split_say_so(small_shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="has no 'valid' split"):
        FAMILY.generate("valid", 1, 1, small_shelf)
    with pytest.raises(BuildError, match="a place for worlds"):
        FAMILY.generate("train", 1, 1)


@requirement("questions:drawing")
def test_windows_are_half_open_and_agree_with_their_words() -> None:
    rng = random.Random(3)
    for _ in range(300):
        window = a_window(rng, first=2100, last=2105)
        assert window.start < window.end, window
        if window.words.startswith("in the fourth quarter of 2103"):
            assert (window.start, window.end) == ("2103-10-01 00:00:00", "2104-01-01 00:00:00")
        if window.words == "in December 2101":
            assert (window.start, window.end) == ("2101-12-01 00:00:00", "2102-01-01 00:00:00")
        year = window.words[-4:]
        if window.words.startswith("since "):
            assert window.start == f"{year}-01-01 00:00:00"
            assert window.end == "2106-01-01 00:00:00"


@requirement("questions:drawing")
def test_a_row_fits_its_condition_or_is_none() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE t (a INTEGER)")
        assert a_row(random.Random(1), database, "t") is None
        database.executemany("INSERT INTO t VALUES (?)", [(k,) for k in range(900)])
        rows = [a_row(random.Random(k), database, "t", "a % 7 = 3") for k in range(40)]
        assert all(row is None or row["a"] in range(3, 900, 7) for row in rows)
        assert len({row["a"] for row in rows if row}) > 20
        assert a_row(random.Random(1), database, "t", "a < 0") is None


@requirement("questions:spread")
def test_answers_that_a_grader_takes_for_one_another_count_as_one() -> None:
    assert gold.fingerprint(((1.00001, "A"), (2, "b")), ordered=False) == gold.fingerprint(
        ((2.0, "B "), (1, "a")), ordered=False
    )
    assert gold.fingerprint(((1,), (2,)), ordered=True) != gold.fingerprint(((2,), (1,)), ordered=True)
    assert gold.is_empty(((None,),))
    assert not gold.is_empty(((0,),))


@requirement("questions:splits")
def test_categories_take_turns() -> None:
    first = [question.category for question in questions(FAMILY.templates, "test")][:12]
    assert len(set(first)) == 12


@requirement("questions:gold")
def test_ordered_questions_are_judged_in_order() -> None:
    asked = Asked(_template(ordered=True), "a", "", {}, ((2,), (1,)))
    assert judge_value(asked.grading, [[2], [1]]).outcome == "correct"
    assert judge_value(asked.grading, [[1], [2]]).outcome == "incorrect"
