"""What graders do at the edge of a tolerance: answers at set distances from the gold, in units of it."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import JsonValue

from graders.audit.cell_probes import near_cells
from task_store.grading import GradingSpec, NumericSpec, ResultSetSpec

DISTANCES = (0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1, 1.001, 1.01, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10)
STEPS = (0, 1, 2, 3, 5, 10)
"""Where whole numbers are asked for: there the unit is 1."""


class EdgePoint(NamedTuple):
    """One answer near a gold."""

    curve: str
    """Which kind of number."""
    distance: float
    value: JsonValue


def edge_points(spec: GradingSpec) -> Iterator[EdgePoint]:
    """Below and above the gold at every distance; nothing for kinds without numbers."""
    match spec:
        case NumericSpec(integer=True):
            for step in STEPS:
                yield from (EdgePoint("numeric, whole", step, spec.gold + sign * step) for sign in (-1, 1))
        case NumericSpec():
            for distance in DISTANCES:
                for edge in (spec.lower, spec.upper):
                    value = spec.gold + distance * (edge - spec.gold)
                    if edge != spec.gold and _possible(spec, value):
                        yield EdgePoint("numeric", distance, value)
        case ResultSetSpec():
            yield from _first_number(spec)
        case _:
            return


def _possible(spec: NumericSpec, value: float) -> bool:
    """Beyond a probability's range it is not the tolerance that decides."""
    return (spec.valid_min is None or value >= spec.valid_min) and (
        spec.valid_max is None or value <= spec.valid_max
    )


def _first_number(spec: ResultSetSpec) -> Iterator[EdgePoint]:
    """The first number of each column of numbers is moved, the rest left as it is."""
    for column, kind in enumerate(spec.columns):
        for at, row in enumerate(spec.rows):
            gold = row[column]
            if kind == "number" and isinstance(gold, int | float) and gold and spec.tolerance:
                for distance in DISTANCES:
                    for value in near_cells(gold, spec.tolerance, distance):
                        yield EdgePoint("result_set, number", distance, _moved(spec, at, column, value))
                break
            if kind == "integer" and isinstance(gold, int):
                for step in STEPS:
                    for sign in (-1, 1):
                        yield EdgePoint(
                            "result_set, integer", step, _moved(spec, at, column, gold + sign * step)
                        )
                break


def _moved(spec: ResultSetSpec, at: int, column: int, value: float) -> JsonValue:
    rows: list[list[JsonValue]] = [list(row) for row in spec.rows]
    rows[at][column] = value
    return [list(row) for row in rows]
