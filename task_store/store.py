"""Reading tasks: get, select, search, sample, stats. The public half only.

One `TaskStore` spans several family folders, each an SQLite file opened read-only for
the length of one query; nothing is held open and any thread may ask.
"""

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from pydantic import Field

from task_store.errors import StoreError, UnknownFamilyError, UnknownTaskError
from task_store.types import Difficulty, Model, Split, Task, TaskId

PAGE_LIMIT = 200


_COUNTS = "SELECT split, category, template_id, world, tasks FROM counts"
_COUNTING = "SELECT split, category, template_id, world, count(*) FROM tasks GROUP BY 1, 2, 3, 4"
"""For imports of older versions, which nobody can build again."""


class Filter(Model):
    """Which tasks are meant; None means any."""

    family: str | None = None
    split: Split | None = None
    category: str | None = None
    difficulty: Difficulty | None = None


class Page(Model):
    """One page of a listing."""

    tasks: tuple[Task, ...]
    next_cursor: str | None
    """Give it back to get the next page; None on the last."""


class FamilyStats(Model):
    tasks: int = Field(ge=0)
    categories: int
    templates: int
    splits: dict[str, int]
    worlds: tuple[str, ...]


class TaskStore:
    """The tasks of one or more families."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self.folders: dict[str, Path] = dict(sorted(folders.items()))

    @property
    def families(self) -> list[str]:
        return list(self.folders)

    def get(self, task_id: str) -> Task:
        """Raises:
        UnknownTaskError: no such task, or no task id at all.
        """
        try:
            parsed = TaskId(task_id)
        except ValueError:
            raise UnknownTaskError(task_id) from None
        if parsed.family not in self.folders:
            raise UnknownTaskError(task_id)
        with self._open(parsed.family) as connection:
            row = connection.execute("SELECT json FROM tasks WHERE id = ?", (parsed,)).fetchone()
        if row is None:
            raise UnknownTaskError(task_id)
        return Task.model_validate_json(row[0])

    def select(
        self,
        family: str | None = None,
        *,
        split: Split | None = None,
        category: str | None = None,
        difficulty: Difficulty | None = None,
        limit: int | None = None,
    ) -> list[Task]:
        """All tasks that fit, in store order.

        Raises:
            UnknownFamilyError: this store does not hold the family.
        """
        wanted = Filter(family=family, split=split, category=category, difficulty=difficulty)
        found: list[Task] = []
        for name in self._families(wanted):
            room = None if limit is None else limit - len(found)
            found += [task for _, task in self._rows(name, wanted, after=0, limit=room)]
        return found

    def page(self, wanted: Filter, *, cursor: str | None = None, limit: int = 20) -> Page:
        """One page in store order.

        Raises:
            StoreError: the cursor is not one of ours, or the limit is not 1 to 200.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise StoreError(f"limit must be 1 to {PAGE_LIMIT}, not {limit}.")
        families = self._families(wanted)
        start, after = self._parse_cursor(cursor, families)
        tasks: list[Task] = []
        last: tuple[str, int] | None = None
        for name in families[start:]:
            rows = self._rows(name, wanted, after=after, limit=limit + 1 - len(tasks))
            after = 0
            for seq, task in rows:
                if len(tasks) == limit:
                    return Page(tasks=tuple(tasks), next_cursor="{}:{}".format(*last) if last else None)
                tasks.append(task)
                last = (name, seq)
        return Page(tasks=tuple(tasks), next_cursor=None)

    def search(self, text: str, *, family: str | None = None, limit: int = 20) -> list[Task]:
        """The first tasks whose prompt, category or id has all words of `text`, the shortest first.

        FTS5's own ranking reads every task that has a word, which many words of many prompts are.
        """
        words = re.findall(r"[^\W_]+", text)
        if not words:
            return []
        query = " ".join(f'"{word}"' for word in words)
        found: list[tuple[int, Task]] = []
        for name in self._families(Filter(family=family)):
            with self._open(name) as connection:
                rows = _matching(connection, query, limit)
            found += [(length, Task.model_validate_json(json)) for length, json in rows]
        found.sort(key=lambda pair: pair[0])
        return [task for _, task in found[:limit]]

    def sample(
        self, count: int, *, seed: int, family: str | None = None, split: Split | None = None
    ) -> list[Task]:
        """`count` tasks (or all, if there are fewer) drawn without replacement, equal for equal seeds."""
        tasks = self.select(family, split=split)
        return random.Random(seed).sample(tasks, min(count, len(tasks)))

    def stats(self) -> dict[str, FamilyStats]:
        return {name: self._family_stats(name) for name in self.folders}

    @contextmanager
    def _open(self, family: str) -> Iterator[sqlite3.Connection]:
        path = self.folders[family] / "tasks.sqlite"
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            yield connection

    def _families(self, wanted: Filter) -> list[str]:
        if wanted.family is None:
            return self.families
        if wanted.family not in self.folders:
            raise UnknownFamilyError(wanted.family, self.families)
        return [wanted.family]

    def _rows(
        self, family: str, wanted: Filter, *, after: int, limit: int | None
    ) -> Sequence[tuple[int, Task]]:
        conditions, arguments = ["seq > ?"], [cast(object, after)]
        for column, value in (
            ("split", wanted.split),
            ("category", wanted.category),
            ("difficulty", wanted.difficulty),
        ):
            if value is not None:
                conditions.append(f"{column} = ?")
                arguments.append(value)
        sql = f"SELECT seq, json FROM tasks WHERE {' AND '.join(conditions)} ORDER BY seq LIMIT ?"  # noqa: S608  # names are ours
        with self._open(family) as connection:
            rows = connection.execute(sql, (*arguments, -1 if limit is None else limit)).fetchall()
        return [(seq, Task.model_validate_json(json)) for seq, json in rows]

    def _parse_cursor(self, cursor: str | None, families: list[str]) -> tuple[int, int]:
        if cursor is None:
            return 0, 0
        match = re.fullmatch(r"([a-z][a-z0-9_]*):(\d{1,12})", cursor)
        if match is None or match[1] not in families:
            raise StoreError("That cursor is not from this listing; call again without one to start over.")
        return families.index(match[1]), int(match[2])

    def _family_stats(self, family: str) -> FamilyStats:
        with self._open(family) as connection:
            groups = connection.execute(_COUNTS if _has_counts(connection) else _COUNTING).fetchall()
        splits: Counter[str] = Counter()
        for split, _, _, _, count in groups:
            splits[split] += count
        return FamilyStats(
            tasks=splits.total(),
            categories=len({category for _, category, *_ in groups}),
            templates=len({template for _, _, template, *_ in groups}),
            splits=dict(sorted(splits.items())),
            worlds=tuple(sorted({world for _, _, _, world, _ in groups})),
        )


def _has_counts(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'counts'")
    return found.fetchone() is not None


def _matching(connection: sqlite3.Connection, query: str, limit: int) -> list[tuple[int, str]]:
    """Length and JSON of the first tasks that match."""
    try:
        return connection.execute(
            "SELECT length(json), json FROM search JOIN tasks ON tasks.seq = search.rowid"
            " WHERE search MATCH ? ORDER BY search.rowid LIMIT ?",
            (query, limit),
        ).fetchall()
    except sqlite3.OperationalError as error:
        # Letters that Python knows and SQLite does not cut a word in two; the index knows no phrases.
        if "phrase" in str(error):
            return []
        raise
