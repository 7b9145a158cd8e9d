"""What an export keeps beside the trajectory in hand, on disk: memory stays flat however long a run.

SQLite's nameless database lives in a temporary file that the system removes with the connection.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from types import TracebackType
from typing import Self

from medgym.trajectory.export.example import Example

_CACHE_KIB = 8192


class Spool:
    """Use it in `with`."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("CREATE TABLE examples (key TEXT, parent TEXT, episode TEXT, json TEXT)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def is_new(self, text: str) -> bool:
        """True the first time that this text is asked about."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount == 1

    def add(self, example: Example) -> None:
        self._db.execute(
            "INSERT INTO examples VALUES (?, ?, ?, ?)",
            (
                f"{example.task_hash} {example.origin.protocol}",
                example.branched.parent if example.branched else example.episode_id,
                example.episode_id,
                example.model_dump_json(),
            ),
        )

    def groups(self, *, limit: int) -> Iterator[list[Example]]:
        """What was added, by task and protocol; groups of more than `limit` come in several.

        Branches stand beside the episode that they left.
        """
        rows = self._db.execute("SELECT key, json FROM examples ORDER BY key, parent, episode")
        for _, same in groupby(rows, key=lambda row: row[0]):
            group: list[Example] = []
            for _, json in same:
                if len(group) == limit:
                    yield group
                    group = []
                group.append(Example.model_validate_json(json))
            yield group
