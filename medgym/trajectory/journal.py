"""The journal: JSON lines, one whole line an event, on disk before anything is answered.

A line is handed to the operating system in one write, so a killed server loses at most
the line it was writing; a machine that loses power may lose more.
"""

import json
import os
from pathlib import Path

from pydantic import ValidationError

from medgym.episode.types import Event
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import EVENT, SCHEMA_VERSION, Trajectory


class Journal:
    """An `EventSink` over a file that must not exist yet."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor: int | None = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
        )

    def record(self, event: Event) -> None:
        if self._descriptor is None:
            raise ValueError(f"the journal {self.path.name} is closed")
        line = json.dumps({"v": SCHEMA_VERSION, **event.model_dump(mode="json")}, ensure_ascii=True) + "\n"
        data = memoryview(line.encode("ascii"))
        while data:
            data = data[os.write(self._descriptor, data) :]

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_journal(path: Path) -> Trajectory:
    """The trajectory in a journal; a torn last line is left out.

    Raises:
        TrajectoryError: a line before the last is not an event of a known version.
    """
    lines = path.read_bytes().split(b"\n")
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = json.loads(line)
            version = record.pop("v")
            if version != SCHEMA_VERSION:
                raise TrajectoryError(
                    f"{path.name} has schema version {version}; this medgym reads {SCHEMA_VERSION}."
                )
            events.append(EVENT.validate_python(record))
        except (ValueError, KeyError, AttributeError, ValidationError) as error:
            if number == len(lines):  # no newline behind it: it was being written
                break
            raise TrajectoryError(
                f"{path.name}, line {number}: not an event ({type(error).__name__})."
            ) from error
    return Trajectory.of(events)
