"""What a template is: a kind of question, its wording, its draw, and two solutions."""

import random
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from task_store.cells import ColumnKind
from task_store.questions.difficulty import difficulty
from task_store.types import Difficulty

Pool = Literal["train", "test"]
Scalar = str | int | float
Slots = Mapping[str, Scalar]
Draw = Callable[[random.Random, sqlite3.Connection], Slots | None]
"""Values for one question, read from the world; None when this draw came to nothing."""

Reason = Literal["missing_column", "missing_table", "future", "ambiguous", "outside"]


@dataclass(frozen=True)
class Template:
    """An answerable kind of question.

    Slots fill the phrasing as `{name}`, the SQL as `:name`, and stand in the reference as
    variables of that name. Slots that SQL does not use are allowed (words of a time window).
    """

    key: str
    """Unique in the family, lower case with underscores."""
    pool: Pool
    """Train and test share no template: the same kind of question may be asked on both sides,
    but by another template."""
    category: str
    phrasings: tuple[str, ...]
    draw: Draw
    sql: str
    """Its rows are the gold. With `ORDER BY` only for the sake of `ordered` or a limit."""
    reference: str
    """Python that leaves rows, a table or one value in `answer`. It may use `pd`, `NOW` (the
    current time), `table(name)` (a whole table, text times as they are) and the slots. It must
    not run SQL of its own: it is the second opinion on the gold."""
    columns: tuple[str, ...]
    """Names of the answer's columns, as the agent is told."""
    kinds: tuple[ColumnKind, ...] | None = None
    """What the columns hold; None: told from the cells. Say `boolean` where 0 and 1 mean no and yes."""
    ordered: bool = False
    """The order of the rows is part of the answer."""
    ties: str = ""
    """SQL over the same slots: the draw is dropped when it gives any row. For questions whose
    answer is a choice between equals; empty where the question itself includes ties."""

    @property
    def difficulty(self) -> Difficulty:
        """Counted from the gold query."""
        return difficulty(self.sql)


@dataclass(frozen=True)
class Unanswerable:
    """A question that the database cannot answer; abstaining is right."""

    key: str
    pool: Pool
    reason: Reason
    phrasings: tuple[str, ...]
    draw: Draw
    columns: tuple[str, ...]
    """As an answerable question of this kind would ask for: the form must not give it away."""
    lacks: tuple[str, ...] = ()
    """Parts of names that a table or column with the answer would have; the schema has none of them."""
    difficulty: Difficulty = "medium"

    @property
    def category(self) -> str:
        return "unanswerable"


Question = Template | Unanswerable


def letters(question: Question) -> tuple[tuple[str, str], ...]:
    """The phrasings with the letters that name them."""
    return tuple(zip("abcdefghijklmnopqrstuvwxyz", question.phrasings, strict=False))
