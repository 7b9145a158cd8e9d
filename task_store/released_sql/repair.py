"""Known mistakes in released queries, and the queries without them.

EHRSQL's questions are asked at a fixed time (Lee et al. 2022, NeurIPS Datasets and Benchmarks,
arXiv:2301.07695); the released queries were run without it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NOW = "2105-12-31 23:59:00"

_CURRENT_TIME = re.compile(r"\bcurrent_time\b", re.IGNORECASE)
_YEAR = re.compile(r"(strftime\s*\(\s*['\"][^'\"]*)%y", re.IGNORECASE)
_DAYS = re.compile(r"(strftime\s*\(\s*['\"])%j(['\"])")
_MAY_FOLLOW_A_TEXT = re.compile(
    r"\s*(?:$|[),;]|\b(?:and|or|group|order|limit|then|else|end|between|as|from|where)\b)", re.IGNORECASE
)

CURRENT_TIME_WHY = f"current_time stood for the machine's time of day; it is {NOW}"
YEAR_WHY = "strftime('%y') gives NULL in SQLite; the four-digit year %Y was meant"
DAYS_WHY = "strftime('%j') is the day of the year; the Julian day %J was meant"
APOSTROPHE_WHY = "an apostrophe inside a text ended it; it is doubled"


@dataclass(frozen=True)
class Repaired:
    """A query that can be run, and what was wrong with it."""

    sql: str
    mistakes: tuple[str, ...]


def repair(sql: str) -> Repaired:
    """The query without known mistakes."""
    mistakes: list[str] = []
    text = sql.strip().rstrip(";").strip()
    escaped = "".join(_escaped(text))
    if escaped != text:
        mistakes.append(APOSTROPHE_WHY)
    text, changed = _outside_texts(escaped, _CURRENT_TIME, f"'{NOW}'")
    if changed:
        mistakes.append(CURRENT_TIME_WHY)
    for pattern, replacement, why in ((_YEAR, r"\1%Y", YEAR_WHY), (_DAYS, r"\1%J\2", DAYS_WHY)):
        corrected = _until_still(text, pattern, replacement)
        if corrected != text:
            mistakes.append(why)
            text = corrected
    return Repaired(text, tuple(mistakes))


def _until_still(text: str, pattern: re.Pattern[str], replacement: str) -> str:
    """Replace again and again: one call of strftime may hold the mistake twice.

    `%y` is matched in lower case only, though `strftime` may stand in any.
    """
    while True:
        found = next((m for m in pattern.finditer(text) if not m.group(0).endswith("%Y")), None)
        if found is None:
            return text
        text = text[: found.start()] + found.expand(replacement) + text[found.end() :]


def _outside_texts(text: str, pattern: re.Pattern[str], replacement: str) -> tuple[str, bool]:
    """Replace where the match lies in no quoted text."""
    pieces = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", text)
    outside = [pattern.sub(replacement, piece) if i % 2 == 0 else piece for i, piece in enumerate(pieces)]
    return "".join(outside), outside != pieces


def _escaped(text: str) -> Iterator[str]:
    """The query with apostrophes doubled that stand inside a text in single quotes."""
    inside = double = False
    for index, char in enumerate(text):
        if char == '"' and not inside:
            double = not double
        if char != "'" or double:
            yield char
        elif not inside:
            inside = True
            yield char
        elif text[index + 1 : index + 2] == "'" or (text[index - 1] == "'" and _opened_twice(text, index)):
            yield char  # doubled already
        elif _MAY_FOLLOW_A_TEXT.match(text, index + 1) or not text[index + 1].isalpha():
            inside = False
            yield char
        else:
            yield "''"


def _opened_twice(text: str, index: int) -> bool:
    """Whether the quote at `index` is the second of an escaped pair."""
    return index >= 2 and text[index - 2] not in "=(, "
