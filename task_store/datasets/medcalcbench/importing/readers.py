"""How a keyword of a calculator is read from the entities: small functions that make readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from task_store.datasets.medcalcbench.importing.entities import Entities, EntityError

Reader = Callable[[Entities], object]


def concentration(name: str, wanted: str) -> Reader:
    return lambda e: e.concentration(name, wanted)


def flag(*names: str) -> Reader:
    """Whether any of these findings is present."""
    return lambda e: (
        sum(e.flag(name) for name in names) > 0
    )  # reads every flag, so that none is malformed unseen


def measure(name: str, table: dict[str, float]) -> Reader:
    return lambda e: e.scaled(name, table)


def number(name: str) -> Reader:
    return lambda e: e.number(name)


def fraction_of_percent(name: str) -> Callable[[Entities], float]:
    """A share that the records give in percent; 1 and less is a share already."""

    def read(e: Entities) -> float:
        value = e.number(name)
        return value / 100 if value > 1 else value

    return read


def level(name: str, levels: Mapping[str, int], default: int | None = None) -> Reader:
    """A graded finding, by its text in lower case.

    Args:
        name: the entity.
        levels: text -> grade.
        default: grade of an entity that is not named; None: it must be named.
    """

    def read(e: Entities) -> int:
        if default is not None and (not e.has(name) or e.denied(name)):
            return default
        return levels[e.text(name)]

    return read


def optional(name: str, read: Reader, default: object = None) -> Reader:
    """`read` where the entity is named, else the default."""
    return lambda e: read(e) if e.has(name) else default


def daily(drug: str, table: dict[str, float]) -> Reader:
    """Dose times doses a day of a drug; 0 where it is not named."""

    def read(e: Entities) -> float:
        if not e.has(f"{drug} Dose"):
            return 0.0
        return e.scaled(f"{drug} Dose", table) * e.number(f"{drug} Dose Per Day")

    return read


def steroid_given(e: Entities) -> str:
    """The drug without its route: the records give [name and route, dose, unit]."""
    return _drug(e.items("input steroid")[0])


def steroid_target(e: Entities) -> str:
    """The drug without its route."""
    return _drug(e.text("target steroid"))


def steroid_dose_mg(e: Entities) -> float:
    """Raises:
    EntityError: the dose is not given in mg.
    """
    match e.items("input steroid"):
        case (_, int() | float() as dose, "mg"):
            return float(dose)
        case _:
            raise EntityError("no dose of the steroid in mg")


def _drug(text: object) -> str:
    return str(text).lower().rpartition(" ")[0].strip()


def whole_age(e: Entities) -> int:
    """Completed years."""
    return e.whole_age


@dataclass(frozen=True)
class Check:
    """One row: released calculator -> module, function, and readers of its special keywords."""

    module: str
    function: str
    special: Mapping[str, Reader] = field(default_factory=dict)
