"""Text as it is compared: without what changes from run to run and is no value.

Memory addresses in reprs, names of temporary files, ANSI colours, progress bars, what `%%time`
prints. Timestamps only where they tell when the text was written (a log line, `ls -l`): they must
lie within the run, and the caller says whether code that reads the clock may have printed them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BAR = re.compile(
    r"^(?P<what>[^\n|]*?)(?P<done>\d+%\|[^|\n]*\|\s*\S+/\S+|\d+it) \[[^\]\n]*\](?P<rest>[^\n]*)$"
)
"""tqdm: `name:  45%|####5     | 45/100 [00:01<00:01, 44.9it/s]`, or `45it [00:01, 44.9it/s]`."""

_ADDRESS = re.compile(r"(?<= at 0x)[0-9a-f]{6,16}(?=[>:, ])")
_TEMPORARY = [
    (re.compile(r"/ipykernel_\d+/\d+\.py"), "/ipykernel_N/N.py"),
    (re.compile(r"(?<=/)tmp[a-z0-9_]{8}\b"), "tmpN"),
    (re.compile(r"(?<=/)(medgym-[a-z]+-)[A-Za-z0-9_-]+"), r"\1N"),  # folders of a kernel
    (re.compile(r"\bT_[0-9a-f]{5}(?=[_\" ])"), "T_N"),  # ids in the HTML of a pandas Styler
]
_NUMBER = r"\d[\d.]*(?:e[+-]?\d+)?"
_TIME = rf"{_NUMBER} ?(?:ns|[µμu]s|ms|s|min|h)(?: {_NUMBER} ?(?:ns|[µμu]s|ms|s|min))*"
_TIMED = [
    re.compile(rf"^CPU times: user {_TIME}, sys: {_TIME}, total: {_TIME}$", re.MULTILINE),
    re.compile(rf"^CPU times: total: {_TIME}$", re.MULTILINE),
    re.compile(rf"^Wall time: {_TIME}$", re.MULTILINE),
    re.compile(rf"^{_TIME} ± {_TIME} per loop \(mean ± std\. dev\. of .*\)$", re.MULTILINE),
    re.compile(r"^The slowest run took .* times longer than the fastest\..*(?:\n.*cached\.)?$", re.MULTILINE),
]
_STAMPS = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "%Y-%m-%d"),
    (
        re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"),
        "%a %b %d %Y",
    ),
    (re.compile(r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?!:)"), "%b %d"),
]
_ZONES = timedelta(days=1)
"""Kernels may print local time; no zone is further than this from UTC."""


@dataclass(frozen=True)
class Window:
    """When a run took place, UTC."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, started_at: str, duration_s: float) -> "Window":
        """Args:
        started_at: ISO 8601, UTC.
        """
        begin = datetime.fromisoformat(started_at).astimezone(UTC)
        return cls(begin, begin + timedelta(seconds=duration_s))

    def holds(self, day: datetime) -> bool:
        """Whether a day, in whatever zone, is one of this run."""
        first, last = self.begin - _ZONES, self.end + _ZONES
        return first.date() <= day.date() <= last.date()


def comparable(text: str, *, stamps: Window | None, timed: bool) -> str:
    """The text as it is compared.

    Args:
        stamps: the run, whose timestamps are no values; None: all of them are.
        timed: whether the cell asked IPython for timings (`%%time`, `%timeit`).
    """
    text = _without_bars(_ANSI.sub("", text))
    text = _ADDRESS.sub("N", text)
    for pattern, name in _TEMPORARY:
        text = pattern.sub(name, text)
    if timed:
        for pattern in _TIMED:
            text = pattern.sub("[timing]", text)
    return _without_stamps(text, stamps) if stamps is not None else text


def _without_bars(text: str) -> str:
    """Each progress bar as its last state, without times; a bar is drawn anew after a carriage return."""
    if "\r" not in text and "it [" not in text and "%|" not in text:
        return text
    return "\n".join(_line_without_bars(line) for line in text.split("\n"))


def _line_without_bars(line: str) -> str:
    kept: list[str] = []
    bar: str | None = None
    for drawn in line.split("\r"):
        if match := _BAR.match(drawn.rstrip()):
            bar = f"{match['what']}{match['done']}"
        elif drawn.strip() or not kept:
            kept.append(drawn)
    if bar is None:
        return line
    # Between two bars of one line there is but blank text; the last bar drawn is what stays.
    return "\r".join([*(text for text in kept if text.strip()), bar])


def _without_stamps(text: str, window: Window) -> str:
    for pattern, form in _STAMPS:
        text = pattern.sub(lambda match, form=form: _stamp(match[0], form, window), text)  # type: ignore[misc]
    return text


def _stamp(stamp: str, form: str, window: Window) -> str:
    try:
        if form == "%Y-%m-%d":
            day = datetime.strptime(stamp[:10], form)
        elif form == "%b %d":
            day = datetime.strptime(f"{stamp[:6]} {window.begin.year}", "%b %d %Y")
        else:
            day = datetime.strptime(f"{stamp[:10]} {stamp[-4:]}", form)
    except ValueError:
        return stamp
    return "[now]" if window.holds(day) else stamp
