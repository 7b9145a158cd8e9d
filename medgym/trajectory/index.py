"""`index.jsonl`: the summary of each notebook of a run, so that lists need not open notebooks.

A line is appended when a notebook is written; the last line of a notebook counts. The index is
a cache: what it lacks, or holds in another form, is read from the notebook and added; a line whose
notebook is gone is passed over. Lists are streams: in memory stand name and place of each line, and a
line is only read when its episode is shown, counted or filtered.
"""

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO, Literal

from graders.types import Outcome
from medgym.episode.protocol import ProtocolName
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.failures import FailureKind
from medgym.trajectory.summary import Summary
from task_store.types import Split

_log = logging.getLogger(__name__)

NAME = "index.jsonl"

_HEAD = b'{"notebook": "'
"""How a line begins that `add` wrote."""

End = Outcome | Literal["incomplete"]
"""How an episode ended, or that its end is missing."""


class Entry:
    """One notebook of a run; what is told of it is decoded when asked for."""

    def __init__(self, root: Path, name: str, told: "Callable[[], Mapping[str, Any]]") -> None:
        self._root = root
        self._name = name
        self._told = told

    @property
    def path(self) -> Path:
        return self._root / self._name

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The fields of `Summary`, as plain JSON.

        Raises:
            TrajectoryError: the notebook, whose line is of another form, is none of ours.
        """
        return self._told()

    @property
    def summary(self) -> Summary:
        """Raises:
        TrajectoryError: as `facts`.
        """
        return Summary.model_validate(self.facts)

    @property
    def end(self) -> End:
        grade = self.facts["grade"]
        end: End = grade["outcome"] if grade else "incomplete"
        return end


@dataclass(frozen=True)
class Where:
    """Which episodes are wanted; None: any."""

    family: str | None = None
    split: Split | None = None
    end: End | None = None
    agent: str | None = None
    failure: FailureKind | None = None
    protocol: ProtocolName | None = None

    @cached_property
    def wanted(self) -> dict[str, str]:
        """What is asked for, by field."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in pairs if value is not None}

    def fits(self, entry: "Entry") -> bool:
        if not self.wanted:
            return True
        wanted = dict(self.wanted)
        end = wanted.pop("end", None)
        return end in (None, entry.end) and all(entry.facts[name] == value for name, value in wanted.items())

    def may_fit(self, line: bytes) -> bool:
        """False: a line as `add` writes it cannot fit; saves decoding those of other episodes."""
        whole = line.endswith(b"}\n")
        return not whole or all(words in line or name not in line for name, words in self._words)

    @cached_property
    def _words(self) -> tuple[tuple[bytes, bytes], ...]:
        """(name of a field, name and value) as they stand in a line."""
        told = {f'"{name}": ': json.dumps(value) for name, value in self.wanted.items() if name != "end"}
        if self.end == "incomplete":
            told['"grade": '] = "null"
        elif self.end is not None:
            told['"outcome": '] = json.dumps(self.end)
        return tuple((name.encode(), (name + value).encode()) for name, value in told.items())


def add(root: Path, notebook: Path, summary: Summary) -> None:
    """Append a notebook's line to the index of its run folder."""
    line = {"notebook": notebook.relative_to(root).as_posix(), **summary.model_dump(mode="json")}
    data = (json.dumps(line) + "\n").encode("ascii")
    descriptor = os.open(root / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def entries(
    root: Path,
    names: Iterable[str],
    read: Callable[[Path], Summary],
    where: Where | None = None,
    *,
    decoded: bool = False,
) -> Iterator[Entry]:
    """The notebooks of a run in the order given; those that are none of ours are left out.

    Args:
        root: the run folder.
        names: its notebooks, relative to `root`, with slashes.
        read: the summary out of a notebook; raises TrajectoryError when it is none of ours.
        where: only these.
        decoded: True: what is told of each is decoded at once; else when asked for, for each alone.
    """
    where = where or Where()
    index = _Index(root, read)
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(index.path.open("rb")) if index.places else None
        for name in names:
            place = index.places.get(name)
            if lines is not None and place is not None:
                if not where.wanted and not decoded:
                    yield Entry(root, name, partial(index.told_at, name, place))
                    continue
                line = _line(lines, place)
                if not where.may_fit(line):
                    continue
                facts = _facts(line)
            else:
                facts = None
            try:
                entry = Entry(root, name, partial(index.told, name, facts))
                if where.fits(entry) and entry.facts:
                    yield entry
            except TrajectoryError as error:
                _log.warning("%s is left out: %s", root / name, error)


class _Index:
    """The index of one run as it was when a list began."""

    def __init__(self, root: Path, read: Callable[[Path], Summary]) -> None:
        self.path = root / NAME
        self.places = _places(self.path)
        self._root = root
        self._read = read

    def told_at(self, name: str, place: int) -> Mapping[str, Any]:
        with self.path.open("rb") as lines:
            return self.told(name, _facts(_line(lines, place)))

    def told(self, name: str, facts: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """What the line says, or else the notebook, whose line is then written."""
        if facts is not None:
            return facts
        summary = self._read(self._root / name)
        with contextlib.suppress(OSError):  # a folder that we may only read
            add(self._root, self._root / name, summary)
        return summary.model_dump(mode="json")


def _places(index: Path) -> dict[str, int]:
    """Where in the index the last line of each notebook begins."""
    places: dict[str, int] = {}
    place = 0
    if index.exists():
        with index.open("rb") as lines:
            for line in lines:
                if (name := _name(line)) is not None:
                    places[name] = place
                place += len(line)
    return places


def _name(line: bytes) -> str | None:
    """The notebook that a line is about; None where it is torn, or another's."""
    end = line.find(b'"', len(_HEAD))
    if line.startswith(_HEAD) and b"\\" not in line[:end]:
        return line[len(_HEAD) : end].decode("ascii", "replace")
    try:
        return str(json.loads(line)["notebook"])
    except (ValueError, KeyError, TypeError):
        return None


def _line(lines: BinaryIO, place: int) -> bytes:
    lines.seek(place)
    return lines.readline()


def _facts(line: bytes) -> dict[str, Any] | None:
    """None for a line that is torn, or that another version of medgym wrote."""
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    del record["notebook"]
    return record if record.keys() == Summary.model_fields.keys() else None
