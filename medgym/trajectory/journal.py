"""The journal: JSON lines, one whole line an event, on disk before anything is answered.

A line is handed to the operating system in one write, so a killed server loses at most
the line it was writing; a machine that loses power may lose more. What was written is
never read or written again, so an event costs what it weighs.
"""

import contextlib
import json
import os
from pathlib import Path

from medgym.episode.types import Event
from medgym.trajectory.errors import EmptyJournalError, TrajectoryError
from medgym.trajectory.model import SCHEMA_VERSION, Trajectory
from medgym.trajectory.record import Json, trajectory_of


class Journal:
    """An `EventSink` over a file that must not exist yet."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._size = 0
        self._descriptor: int | None = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
        )

    def record(self, event: Event) -> None:
        if self._descriptor is None:
            raise ValueError(f"the journal {self.path.name} is closed")
        line = json.dumps({"v": SCHEMA_VERSION, **event.model_dump(mode="json")}, ensure_ascii=True) + "\n"
        data = memoryview(line.encode("ascii"))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            # A full disk takes half a line; the next one that fits must not be joined to it.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_journal(path: Path) -> Trajectory:
    """The trajectory in a journal; a torn last line is left out.

    Raises:
        EmptyJournalError: it holds no whole event.
        TrajectoryError: a line before the last is not an event of a known version.
    """
    lines = path.read_bytes().split(b"\n")
    events: list[Json] = []
    versions = set()
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            event = json.loads(line)
            versions.add(event.pop("v"))
            events.append(event)
        except (ValueError, KeyError, AttributeError) as error:
            if number == len(lines):  # no newline behind it: it was being written
                break
            raise TrajectoryError(
                f"{path.name}, line {number}: not an event ({type(error).__name__})."
            ) from error
    if not events:
        raise EmptyJournalError(f"{path.name} holds no whole event: its episode had not begun.")
    if len(versions) > 1:
        raise TrajectoryError(f"{path.name} mixes schema versions {sorted(versions)}.")
    return trajectory_of({"schema_version": versions.pop(), "events": events})
