"""Levels of difficulty follow from the gold query."""

import dataclasses

import pytest

from task_store import catalog
from task_store.questions import QuestionFamily
from task_store.questions.difficulty import difficulty, steps
from task_store.questions.template import Template
from tests._requirements import requirement


@requirement("questions:difficulty")
@pytest.mark.parametrize(
    ("sql", "count", "level"),
    [
        ("SELECT x FROM a WHERE y = :z", 0, "easy"),
        ("SELECT COUNT(*) FROM a WHERE y = :z", 1, "easy"),
        ("SELECT x FROM a JOIN b USING (c)", 1, "easy"),
        ("SELECT MAX(x) FROM a JOIN b USING (c)", 2, "medium"),
        ("SELECT MAX(x), MIN(x) FROM a WHERE y IN (SELECT y FROM b) GROUP BY x", 3, "medium"),
        ("SELECT x FROM a JOIN b USING (c) GROUP BY x ORDER BY COUNT(*) DESC LIMIT 1", 4, "hard"),
        ("SELECT AVG(julianday(e) - julianday(s)) FROM a WHERE x NOT IN (SELECT x FROM b)", 5, "hard"),
    ],
)
def test_each_step_beyond_one_table_counts(sql: str, count: int, level: str) -> None:
    assert (steps(sql), difficulty(sql)) == (count, level)


@requirement("questions:difficulty")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu", "treqs"])
def test_no_template_declares_its_level(family: str) -> None:
    dataset = catalog.dataset(family)
    assert isinstance(dataset, QuestionFamily)
    assert "difficulty" not in {field.name for field in dataclasses.fields(Template)}
    assert {t.difficulty for t in dataset.templates} == {"easy", "medium", "hard"}
    assert all(template.difficulty == difficulty(template.sql) for template in dataset.templates)
