"""The private half of a task: gold answers and reference solutions.

Kept in a file of its own (`answers.sqlite`, mode 0600) beside the public tasks.
Import-protected: only task_store, graders, medgym.episode and medgym.gym may read it.
"""

import sqlite3
from pathlib import Path

from pydantic import Field

from task_store.errors import UnknownTaskError
from task_store.grading import GradingSpec
from task_store.types import Model, TaskId


class PartKey(Model):
    """What one part's answer is, and code that finds it."""

    grading: GradingSpec
    reference: str
    """Python that computes the answer from what the agent sees and leaves it in `answer`; where code is
    submitted, that code; empty where the right answer is to abstain."""


class AnswerKey(Model):
    """The answers to all parts of one task."""

    task_id: TaskId
    parts: tuple[PartKey, ...] = Field(min_length=1)


class AnswerBook:
    """Read access to the answers of the family folders of one store."""

    def __init__(self, folders: dict[str, Path]) -> None:
        """Args:
        folders: family name -> folder that holds its `answers.sqlite`.
        """
        self._folders = folders

    def get(self, task_id: TaskId) -> AnswerKey:
        """Raises:
        UnknownTaskError: the store holds no answer for this task.
        """
        folder = self._folders.get(task_id.family)
        if folder is None:
            raise UnknownTaskError(task_id)
        connection = sqlite3.connect(f"file:{folder / 'answers.sqlite'}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT json FROM answers WHERE id = ?", (task_id,)).fetchone()
        finally:
            connection.close()
        if row is None:
            raise UnknownTaskError(task_id)
        return AnswerKey.model_validate_json(row[0])
