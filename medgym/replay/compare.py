"""Two trajectories of one task, act by act: the first difference by value, or none. Pure.

Compared: what each cell showed and how it ended, what was looked up, refusals of the form, values
as they were submitted, grades. Not compared: what the agent said, times, numbers of execution.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import assert_never

from pydantic import JsonValue

from graders.types import Grade, PartGrade
from kernel_manager.types import DisplayOutput, ErrorOutput, Execution, Output, ResultOutput, StreamOutput
from medgym.episode.types import Event, Graded, Looked, Ran, Refused, Restarted, Submitted
from medgym.replay.figures import same_picture
from medgym.replay.normal import Window, comparable
from medgym.trajectory.model import Trajectory

Act = Ran | Restarted | Looked | Refused | Submitted | Graded
_SHOWN = 60
"""Characters of a differing text that are told."""
_TIMED = re.compile(r"^\s*%%?(?:time|timeit)\b", re.MULTILINE)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SVG_IDS = re.compile(r"\b[a-z]{1,2}[0-9a-f]{10}\b")
"""matplotlib names clip paths and markers at random; a date in the file is a timestamp of the run."""


@dataclass(frozen=True)
class Difference:
    """Where two runs part."""

    index: int
    """Which act, counted from 0."""
    cell: int | None
    """The cell's number in the original; None: no cell."""
    what: str
    """One clause: what was there then, and what is there now."""


@dataclass(frozen=True)
class Recorded:
    """A trajectory and what lies beside it."""

    trajectory: Trajectory
    full_texts: Mapping[int, str] = field(default_factory=dict)
    """Cell -> its whole text, where it was too long to show."""

    @property
    def window(self) -> Window:
        return Window.of(self.trajectory.started.started_at, self.trajectory.duration_s)


def acts(events: Sequence[Event]) -> list[Act]:
    """The events that a replay must bring about again."""
    return [
        event
        for event in events
        if isinstance(event, Ran | Restarted | Looked | Submitted | Graded)
        or (isinstance(event, Refused) and event.kind == "form")
    ]


def difference(then: Recorded, now: Recorded, *, reads_clock: bool) -> Difference | None:
    """The first difference by value; None: there is none.

    Args:
        reads_clock: whether any cell may have asked for the time itself: its timestamps are values.
    """
    pairs = zip_longest(acts(then.trajectory.events), acts(now.trajectory.events))
    for index, (one, other) in enumerate(pairs):
        what = _act_difference(one, other, then, now, reads_clock=reads_clock)
        if what is not None:
            return Difference(index, one.step if isinstance(one, Ran) else None, what)
    return None


def same_grade(one: Grade, other: Grade) -> bool:
    """Outcome and score, of the whole and of every part."""
    return _told(one) == _told(other) and [_told(p) for p in one.parts] == [_told(p) for p in other.parts]


def _told(grade: Grade | PartGrade) -> tuple[str, float | None]:
    return grade.outcome, grade.score


def _act_difference(
    one: Act | None, other: Act | None, then: Recorded, now: Recorded, *, reads_clock: bool
) -> str | None:
    if one is None or other is None or type(one) is not type(other):
        return f"{_name(one)} then, {_name(other)} now"
    match one, other:
        case Ran(), Ran():
            views = [_view(run, ran, reads_clock) for run, ran in ((then, one), (now, other))]
            return _cell_difference(*views)
        case Looked(), Looked():
            return None if one.reply == other.reply else "the look-up found something else"
        case Refused(), Refused():
            return None if one.message == other.message else "refused with another sentence"
        case Submitted(), Submitted():
            if _same(one.value, other.value):
                return None
            return f"submitted {_short(one.value)} then, {_short(other.value)} now"
        case Graded(), Graded():
            if _told(one.grade) == _told(other.grade):
                return None
            return f"graded {one.grade.outcome} then, {other.grade.outcome} now"
    return None


def _same(one: JsonValue, other: JsonValue) -> bool:
    """JSON by value: the order of keys is none, and true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _name(act: Act | None) -> str:
    match act:
        case None:
            return "nothing"
        case Ran():
            return "a cell"
        case Restarted():
            return "a restart"
        case Looked():
            return "a look-up"
        case Refused():
            return "a refusal of the answer's form"
        case Submitted():
            return "a submission"
        case Graded():
            return "a grade"
        case _:
            assert_never(act)


# --- one cell ---
@dataclass(frozen=True)
class _View:
    execution: Execution
    full_text: str | None
    stamps: Window | None
    timed: bool

    def text(self, text: str) -> str:
        return comparable(text, stamps=self.stamps, timed=self.timed)


def _view(run: Recorded, ran: Ran, reads_clock: bool) -> _View:
    return _View(
        ran.execution,
        run.full_texts.get(ran.step),
        None if reads_clock else run.window,
        _TIMED.search(ran.execution.code) is not None,
    )


def _cell_difference(then: _View, now: _View) -> str | None:
    if then.execution.status != now.execution.status:
        return f"status {then.execution.status} then, {now.execution.status} now"
    if (what := _full_text_difference(then, now)) is not None:
        return what
    for one, other in zip_longest(_segments(then), _segments(now)):
        if (what := _segment_difference(one, other)) is not None:
            return what
    return None


def _full_text_difference(then: _View, now: _View) -> str | None:
    """What was too long to show counts too: by the files, or else by their sizes."""
    if then.full_text is not None and now.full_text is not None:
        return _text_difference("the full text", then.text(then.full_text), now.text(now.full_text))
    sizes = then.execution.full_text_bytes, now.execution.full_text_bytes
    return None if sizes[0] == sizes[1] else f"{sizes[0]} bytes of text then, {sizes[1]} now"


@dataclass(frozen=True)
class _Rich:
    texts: Mapping[str, str]
    pictures: Mapping[str, str]
    data: Mapping[str, JsonValue]


_Segment = dict[str, str] | _Rich | tuple[str, str]
"""Texts by stream between two rich outputs, a rich output, or an error's name and message."""


def _segments(view: _View) -> Iterator[_Segment]:
    """Which stream's text came first is a matter of timing; its place among figures is not."""
    streams: dict[str, str] = {}
    for output in view.execution.outputs:
        if isinstance(output, StreamOutput):
            streams[output.name] = streams.get(output.name, "") + output.text
            continue
        if streams:
            yield {name: view.text(text) for name, text in sorted(streams.items())}
            streams = {}
        yield _rich(output, view)
    if streams:
        yield {name: view.text(text) for name, text in sorted(streams.items())}


def _rich(output: Output, view: _View) -> _Segment:
    match output:
        case ErrorOutput(ename=ename, evalue=evalue):
            return ename, view.text(evalue)
        case DisplayOutput(data=data) | ResultOutput(data=data):
            texts = {mime: text for mime, text in data.items() if isinstance(text, str)}
            pictures = {mime: texts.pop(mime) for mime in _PICTURES if mime in texts}
            if "image/svg+xml" in texts:
                texts["image/svg+xml"] = _SVG_IDS.sub("N", texts["image/svg+xml"])
            rest = {mime: value for mime, value in data.items() if not isinstance(value, str)}
            return _Rich({mime: view.text(text) for mime, text in texts.items()}, pictures, rest)
        case _:
            raise AssertionError("streams are gathered before")


def _segment_difference(one: _Segment | None, other: _Segment | None) -> str | None:
    match one, other:
        case dict(), dict():
            for name in sorted({*one, *other}):
                if (what := _text_difference(name, one.get(name, ""), other.get(name, ""))) is not None:
                    return what
            return None
        case _Rich(), _Rich():
            return _rich_difference(one, other)
        case tuple(), tuple():
            return (
                None
                if one == other
                else f"{one[0]}: {_short(one[1])} then, {other[0]}: {_short(other[1])} now"
            )
    return f"{_kind(one)} then, {_kind(other)} now"


def _kind(segment: _Segment | None) -> str:
    match segment:
        case None:
            return "nothing more"
        case dict():
            return f"text on {' and '.join(segment)}"
        case tuple():
            return f"the error {segment[0]}"
        case _:
            return "a rich output"


def _rich_difference(one: _Rich, other: _Rich) -> str | None:
    for mime in sorted({*one.texts, *other.texts}):
        what = _text_difference(mime, one.texts.get(mime, ""), other.texts.get(mime, ""))
        if what is not None:
            return what
    for mime in sorted({*one.pictures, *other.pictures}):
        if not same_picture(one.pictures.get(mime, ""), other.pictures.get(mime, "")):
            return f"another picture ({mime})"
    same = one.data.keys() == other.data.keys() and all(_same(one.data[k], other.data[k]) for k in one.data)
    return None if same else "other data"


def _text_difference(name: str, one: str, other: str) -> str | None:
    if one == other:
        return None
    lines = zip_longest(one.split("\n"), other.split("\n"))
    number, (then, now) = next((n, pair) for n, pair in enumerate(lines, 1) if pair[0] != pair[1])
    return f"{name}, line {number}: {_short(then)} then, {_short(now)} now"


def _short(value: JsonValue) -> str:
    text = repr(value) if value is not None else "nothing"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
