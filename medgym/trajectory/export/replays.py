"""What `medgym replay` left in a run folder: which episodes came out the same again.

The file is read piece by piece: in memory stands one episode's result, and the ids of the reproduced.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from medgym.trajectory.errors import TrajectoryError

REPORT = "replay.json"
REPRODUCED = "reproduced"

_CHUNK = 1 << 16
"""Characters read at a time."""
_SPACE = " \t\n\r"


def reproduced(run: Path) -> frozenset[str]:
    """Ids of the run's episodes that gave the same outputs and the same grade again.

    Raises:
        TrajectoryError: the run was not replayed, or its report is not one of ours.
    """
    try:
        with (run / REPORT).open(encoding="utf-8") as file:
            told = _Pieces(file).members_of("episodes")
            return frozenset(episode for episode, one in told if one["result"] == REPRODUCED)
    except FileNotFoundError:
        raise TrajectoryError(
            f"{run} was not replayed, so nothing says which of its successes come out the same again: "
            f"run `medgym replay {run}` first, or export with --unreplayed."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrajectoryError(f"{run / REPORT} is not a report of `medgym replay`.") from None


class _Pieces:
    """A JSON document whose parts are decoded one after another; ValueError where it is none."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def members_of(self, name: str) -> Iterator[tuple[str, Any]]:
        """Key and value of each member of the object that the document's object has under this name."""
        for key in self._keys():
            if key != name:
                self._value()
                continue
            for member in self._keys():
                yield member, self._value()
            return
        raise ValueError(f"there is no {name}")

    def _keys(self) -> Iterator[str]:
        """The keys of an object; whoever asks for the next has taken the value of the last."""
        self._expect("{")
        if self._next() == "}":
            self._expect("}")
            return
        while True:
            key = self._value()
            if not isinstance(key, str):
                raise ValueError("a key is no text")  # noqa: TRY004  # of the document, not of a caller
            self._expect(":")
            yield key
            if self._next() == "}":
                self._expect("}")
                return
            self._expect(",")

    def _next(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise ValueError(f"{character} is missing")
        self._at += 1

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except ValueError:
                if not self._more():
                    raise
                continue
            if end == len(self._text) and self._more():  # a number may go on
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        piece = self._file.read(max(_CHUNK, len(self._text) - self._at))
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)
