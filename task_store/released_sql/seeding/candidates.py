"""Candidates for one cell: from the texts and numbers of its conditions, from what is known, from the data.

A list in JSON is sampled from; of any other the first fitting ones are taken.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from task_store.cells import Cell
from task_store.released_sql.seeding.database import Database
from task_store.released_sql.seeding.shape import ColumnType

Candidates = list[Cell] | str

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w'.:-])-?\d+(?:\.\d+)?(?![\w'.:-])")
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?)?")
_NEAR_HOURS = (2.0, 7.0, 19.0, 40.0, 74.0, 125.0, 220.0)
_FAR_HOURS = (0.3, 500.0, 1200.0, 4500.0, 9000.0, 20000.0, 45000.0)
"""Distances from times that are known already."""
_STATED_HOURS = (0, -0.02, 0.02, -24 * 400, 24 * 400, -24 * 365 * 40, -24 * 365 * 70)
"""Distances from times that the query names: just beside, a year off, a life ago."""
_ANCHORS = 4


@dataclass(frozen=True)
class Asked:
    """What is said of a cell."""

    table: str
    column: str
    kind: ColumnType
    text: str
    """Its conditions as SQL, cells left out."""
    beside: tuple[Cell, ...]
    """Known values of the other cells in its conditions."""
    may_be_null: bool


def candidates(asked: Asked, database: Database, rng: random.Random) -> Iterator[Candidates]:
    """Lists of candidates, the best first."""
    match asked.kind.kind:
        case "time":
            yield from _times(asked, database, rng)
        case "text":
            yield from _texts(asked, database)
        case "number":
            yield from _numbers(asked, database)
    if asked.may_be_null:
        yield [None]


def moment(text: Cell) -> datetime | None:
    """A time as it stands in tables or queries, months and days possibly left out; None: it is none."""
    match = _DATE.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, _ = (int(part) if part else None for part in match.groups())
    try:
        return datetime(year or 2100, month or 1, day or 1, hour or 0, minute or 0)
    except ValueError:  # a 31st of February
        return None


def _times(asked: Asked, database: Database, rng: random.Random) -> Iterator[Candidates]:
    stated = [text for text in _QUOTED.findall(asked.text) if _DATE.match(text)]
    exact: list[Cell] = [
        f"{text} 09:00:00" if len(text) == 10 else text
        for text in stated
        if len(text) > 7 and text != database.now
    ]
    if exact:
        yield exact
    known = [value for value in asked.beside if moment(value) is not None]
    anchors = list(dict.fromkeys(known))[:_ANCHORS]
    if anchors:
        near = [hours for _ in anchors for hours in rng.sample(_NEAR_HOURS, len(_NEAR_HOURS))]
        places = [anchor for anchor in anchors for _ in _NEAR_HOURS]
        yield [
            moved
            for anchor, hours in zip(places, near, strict=True)
            for moved in _both_ways(anchor, hours * rng.uniform(0.8, 1.2))
        ]
        yield list(anchors)
        yield [
            moved
            for anchor in anchors
            for hours in _FAR_HOURS
            for moved in _both_ways(anchor, hours * rng.uniform(0.8, 1.2))
        ]
    yield database.calendar
    yield [moved for text in [*stated, *anchors] for hours in _STATED_HOURS if (moved := _moved(text, hours))]
    yield json.dumps([f"{year}-0{1 + year % 9}-1{year % 9} 00:00:00" for year in range(2000, 2100)])


def _texts(asked: Asked, database: Database) -> Iterator[Candidates]:
    quoted = [found.replace("''", "'") for found in _QUOTED.findall(asked.text)]
    words: list[Cell] = []
    for word in quoted:
        words += [word, word.strip("%").replace("%", " ").replace("_", "a")]
    yield words
    whole = [word for word in [*quoted, *_NUMBER.findall(_bare(asked))] if re.fullmatch(r"-?\d+", word)]
    yield [str(int(word) + step) for word in whole for step in (1, -1, 7, -7)]
    yield json.dumps(database.existing(asked.table, asked.column))
    yield [f"{word} " for word in quoted]


def _numbers(asked: Asked, database: Database) -> Iterator[Candidates]:
    yield json.dumps(database.existing(asked.table, asked.column))
    quoted = [q for q in _QUOTED.findall(asked.text) if re.fullmatch(r"-?\d+(?:\.\d+)?", q)]
    numbers = [float(n) for n in [*_NUMBER.findall(_bare(asked)), *quoted]]
    numbers += [float(value) for value in asked.beside if isinstance(value, int | float)]
    near: list[float] = []
    for number in numbers:
        near += [number, number + 1, number - 1, number * 1.2, number * 0.8, number + 0.5, number - 0.5]
    near += [(low + high) / 2 for low, high in pairwise(numbers)]
    if asked.kind.whole:
        yield [int(number) for number in near if number.is_integer()]
    else:
        yield [round(number, 4) for number in near]


def _bare(asked: Asked) -> str:
    return _QUOTED.sub(" ", asked.text)


def _both_ways(anchor: Cell, hours: float) -> Iterator[Cell]:
    for signed in (hours, -hours):
        moved = _moved(anchor, signed)
        if moved is not None:
            yield moved


def _moved(text: Cell, hours: float) -> str | None:
    at = moment(text)
    try:
        moved = None if at is None else at + timedelta(hours=hours)
    except OverflowError:
        return None
    return None if moved is None else moved.replace(second=0, microsecond=0).isoformat(sep=" ")
