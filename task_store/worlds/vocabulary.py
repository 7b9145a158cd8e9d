"""Words and codes that worlds share: diagnoses, procedures, labs, drugs, cultures, ICU items.

Read from `tables/*.tsv`; `tables/README.md` names the sources. A `group` ties diagnoses, procedures
and drugs to an illness (`illness.py`). Weights fall by rank within a group, so events are skewed as
real ones are.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True)
class Code:
    """An ICD-9-CM diagnosis or procedure."""

    code: str
    group: str
    weight: float
    short_title: str
    long_title: str


@dataclass(frozen=True)
class Lab:
    """A laboratory item; mean and sd are those of a hospital patient without a relevant illness."""

    label: str
    unit: str
    low: float
    """Lower end of the reference range."""
    high: float
    mean: float
    sd: float
    decimals: int
    panel: str


@dataclass(frozen=True)
class Drug:
    """A drug with the doses and routes it is ordered in."""

    name: str
    doses: tuple[str, ...]
    unit: str
    routes: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class Culture:
    """A specimen and what may grow in it, most likely first."""

    specimen: str
    organisms: tuple[str, ...]


@dataclass(frozen=True)
class IcuItem:
    """Something charted, given or drained at the bedside."""

    table: str
    """The MIMIC-III table it is written to."""
    label: str
    unit: str
    mean: float
    sd: float
    decimals: int


@cache
def diagnoses() -> tuple[Code, ...]:
    """Each code once."""
    return tuple(_codes("diagnoses"))


@cache
def procedures() -> tuple[Code, ...]:
    """A code may stand in several groups."""
    return tuple(_codes("procedures"))


@cache
def labs() -> tuple[Lab, ...]:
    return tuple(
        Lab(
            label=row["label"],
            unit=row["unit"],
            low=float(row["low"]),
            high=float(row["high"]),
            mean=float(row["mean"]),
            sd=float(row["sd"]),
            decimals=int(row["decimals"]),
            panel=row["panel"],
        )
        for row in _rows("labs")
    )


@cache
def drugs() -> tuple[Drug, ...]:
    return tuple(
        Drug(
            name=row["drug"],
            doses=tuple(row["doses"].split(",")),
            unit=row["unit"],
            routes=tuple(row["routes"].split(",")),
            group=row["group"],
        )
        for row in _rows("drugs")
    )


@cache
def cultures() -> tuple[Culture, ...]:
    return tuple(Culture(row["specimen"], tuple(row["organisms"].split(";"))) for row in _rows("cultures"))


@cache
def icu_items() -> tuple[IcuItem, ...]:
    return tuple(
        IcuItem(
            table=row["table"],
            label=row["label"],
            unit=row["unit"],
            mean=float(row["mean"]),
            sd=float(row["sd"]),
            decimals=int(row["decimals"]),
        )
        for row in _rows("icu_items")
    )


def _codes(name: str) -> Iterator[Code]:
    for row in _rows(name):
        yield Code(
            row["code"],
            row["group"],
            float(row["weight"]),
            row["short_title"].strip(),
            row["long_title"].strip(),
        )


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
