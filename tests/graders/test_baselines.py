"""Baselines: what abstaining, constants and a schema guesser get, and that the guesser only guesses."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graders.baselines import Baselines, measure
from graders.baselines.guesser import SchemaGuesser
from graders.submission import Abstained
from task_store.build import build_family
from task_store.store import TaskStore
from tests._requirements import requirement

FORM = "\n\nSubmit a list of rows with {columns} If this database cannot answer the question, abstain."


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            "CREATE TABLE stays (stay_id INTEGER, ward TEXT, days REAL);"
            "CREATE TABLE people (person_id INTEGER, name TEXT);"
            "INSERT INTO stays VALUES (1001, 'surgery', 4), (1002, 'surgery', 8), (1003, 'medicine', 1);"
            "INSERT INTO people VALUES (1001, 'Ada Example');"
        )
        yield connection


@requirement("baselines:guesser")
@pytest.mark.parametrize(
    ("question", "columns", "answer"),
    [
        ("On which ward was stay 1003?", "one column, ward; a single value may stand alone.", [["medicine"]]),
        ("Ward and days of stay 1002?", "the columns ward, days, in this order.", [["surgery", 8.0]]),
        ("How many stays in surgery?", "one column, stays; a single value may stand alone.", [[2]]),
        ("Mean length in surgery?", "one column, mean; a single value may stand alone.", [[6.0]]),
    ],
)
def test_it_selects_what_the_words_point_to(
    database: sqlite3.Connection, question: str, columns: str, answer: list[list[object]]
) -> None:
    assert SchemaGuesser(database).answer(question + FORM.format(columns=columns)) == answer


@requirement("baselines:guesser")
@pytest.mark.parametrize("columns", ["one column, x;", "the columns ward, x, in this order."])
def test_it_abstains_when_it_knows_nothing(database: sqlite3.Connection, columns: str) -> None:
    assert isinstance(SchemaGuesser(database).answer("Why?" + FORM.format(columns=columns)), Abstained)
    assert isinstance(SchemaGuesser(database).answer("Why?"), Abstained)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Baselines:
    root: Path = tmp_path_factory.mktemp("data")
    folder = build_family(root, "npowerai", tasks=90)
    return measure(TaskStore({"npowerai": folder}), "npowerai", chance_rate=0.015)


@requirement("baselines:measured")
def test_every_split_and_level_is_counted(report: Baselines) -> None:
    assert {name: split.tasks for name, split in report.splits.items()} == {
        "train": 54,
        "test": 22,
        "test_seen": 14,
    }
    for split in report.splits.values():
        for rates in split.rates.values():
            assert rates["all"].of == split.tasks == sum(rates[x].of for x in rates if x != "all")
            assert rates["all"].right == sum(rates[x].right for x in rates if x != "all")


@requirement("baselines:measured")
def test_constants_are_graded_and_the_best_one_is_named(report: Baselines) -> None:
    train = report.splits["train"]
    assert train.abstain_share == 0
    assert train.rates["abstains"]["all"].right == 0
    assert train.rates["train's most frequent answer"]["all"].right >= 1
    assert train.best_constant_rate >= train.rates["train's most frequent answer"]["all"].right / train.tasks
    assert float(train.best_constant) > 0
