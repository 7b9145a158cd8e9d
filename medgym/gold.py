"""Golds outside any gym: grading a value, reviewing a family, telling a reference solution.

With the gym, the only part of `medgym` that reads answer keys (an import contract holds that).
Nothing here is called by a server.
"""

import ast
from typing import Literal

from pydantic import JsonValue

from graders.grade import grade_value
from graders.types import PartGrade
from medgym.errors import ReferenceNotAllowedError
from task_store.answers import AnswerBook, AnswerKey
from task_store.errors import UnknownTaskError
from task_store.grading import GradingSpec
from task_store.store import TaskStore
from task_store.types import Task, TaskId

Principal = Literal["reviewer"]
"""Who may see answers: a person (or tool) that reviews, never an agent."""


def gradings(store: TaskStore, task_id: TaskId, principal: Principal) -> tuple[GradingSpec, ...]:
    """How a task's parts are graded, for review outside any gym: grading again, comparing graders.

    Raises:
        UnknownTaskError: no such task.
    """
    if principal != "reviewer":
        raise ReferenceNotAllowedError
    return tuple(part.grading for part in AnswerBook(store.folders).get(task_id).parts)


def grade_answer(store: TaskStore, task_id: str, value: JsonValue, *, part: int = 1) -> PartGrade:
    """Grade one value as the answer to a task's part, outside any episode.

    Raises:
        UnknownTaskError: no such task.
        ValueError: the task has no such part.
    """
    task = store.get(task_id)
    if not 1 <= part <= len(task.parts):
        raise ValueError(f"{task.id} has {len(task.parts)} part(s); there is no part {part}.")
    key = AnswerBook(store.folders).get(task.id)
    return grade_value(key.parts[part - 1].grading, part, value)


def reveal_family(store: TaskStore, family: str, principal: Principal) -> list[tuple[Task, AnswerKey]]:
    """Every task of a family with its answer key, for review outside any gym.

    Raises:
        UnknownFamilyError: the store does not hold the family.
    """
    if principal != "reviewer":
        raise ReferenceNotAllowedError
    book = AnswerBook(store.folders)
    return [(task, book.get(task.id)) for task in store.select(family)]


def is_reference(store: TaskStore, task_id: TaskId, code: str) -> bool:
    """Whether code is a reference solution of the task, but for comments and layout.

    Tells yes or no and nothing of the solution; False for a task that the store does not hold.
    """
    try:
        key = AnswerBook(store.folders).get(task_id)
    except UnknownTaskError:
        return False
    return any(_skeleton(code) == _skeleton(part.reference) for part in key.parts)


def _skeleton(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError):  # such as IPython's own syntax
        return code.strip()
