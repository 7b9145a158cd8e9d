"""`index.jsonl`: the summary of each notebook of a run, so that lists need not open notebooks.

A line is appended when a notebook is written; the last line of a notebook counts. The index is
a cache: what it lacks, or holds in another form, is read from the notebook and added; a line whose
notebook is gone is passed over. Lists are streams: in memory stands one number a notebook.
"""

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from graders.types import Outcome
from medgym.episode.protocol import ProtocolName
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.failures import FailureKind
from medgym.trajectory.summary import Summary
from task_store.types import Split

_log = logging.getLogger(__name__)

NAME = "index.jsonl"

End = Outcome | Literal["incomplete"]
"""How an episode ended, or that its end is missing."""


@dataclass(frozen=True)
class Entry:
    """One notebook of a run."""

    path: Path
    summary: Summary

    @property
    def end(self) -> End:
        return self.summary.grade.outcome if self.summary.grade else "incomplete"


@dataclass(frozen=True)
class Where:
    """Which episodes are wanted; None: any."""

    family: str | None = None
    split: Split | None = None
    end: End | None = None
    agent: str | None = None
    failure: FailureKind | None = None
    protocol: ProtocolName | None = None

    def fits(self, entry: Entry) -> bool:
        summary = entry.summary
        pairs = (
            (self.family, summary.family),
            (self.split, summary.split),
            (self.end, entry.end),
            (self.agent, summary.agent),
            (self.failure, summary.failure),
            (self.protocol, summary.protocol),
        )
        return all(wanted is None or wanted == found for wanted, found in pairs)


def add(root: Path, notebook: Path, summary: Summary) -> None:
    """Append a notebook's line to the index of its run folder."""
    line = {"notebook": notebook.relative_to(root).as_posix(), **summary.model_dump(mode="json")}
    data = (json.dumps(line) + "\n").encode("ascii")
    descriptor = os.open(root / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def entries(root: Path, notebooks: Iterable[Path], read: Callable[[Path], Summary]) -> Iterator[Entry]:
    """The notebooks of a run in the order given; those that are none of ours are left out.

    Args:
        root: the run folder.
        notebooks: its notebooks.
        read: the summary out of a notebook; raises TrajectoryError when it is none of ours.
    """
    places = _places(root / NAME)
    with contextlib.ExitStack() as stack:
        index = stack.enter_context((root / NAME).open("rb")) if places else None
        for path in notebooks:
            place = places.get(path.relative_to(root).as_posix())
            if index is not None and place is not None:
                index.seek(place)
                if (summary := _summary(index.readline())) is not None:
                    yield Entry(path, summary)
                    continue
            try:
                summary = read(path)
            except TrajectoryError as error:
                _log.warning("%s is left out: %s", path, error)
                continue
            with contextlib.suppress(OSError):  # a folder that we may only read
                add(root, path, summary)
            yield Entry(path, summary)


def _places(index: Path) -> dict[str, int]:
    """Where in the index the last line of each notebook begins."""
    places: dict[str, int] = {}
    place = 0
    if index.exists():
        with index.open("rb") as lines:
            for line in lines:
                with contextlib.suppress(ValueError, KeyError, TypeError):  # torn, or another's
                    places[json.loads(line)["notebook"]] = place
                place += len(line)
    return places


def _summary(line: bytes) -> Summary | None:
    """None for a line that another version of medgym wrote."""
    record = json.loads(line)
    del record["notebook"]
    try:
        return Summary.model_validate(record)
    except ValidationError:
        return None
