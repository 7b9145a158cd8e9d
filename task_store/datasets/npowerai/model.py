"""What a design is made of: template, context, goal, and the functions that tie them.

A further design is one module in `designs/` (mathematics, drawing, reference code), one
in `wording/` (sentences), and a line in `designs/__init__.py`.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from task_store.types import Model

Target = Literal["size", "power"]
Pool = Literal["train", "test"]
Sides = Literal[1, 2]

TARGETS: tuple[Target, ...] = ("size", "power")
MAX_N = 500
"""Largest sample size that a question asks for or states."""
SEARCH_LIMIT = 1000
"""Where the search for the smallest size stops; such draws are dropped."""


class Params(Model):
    """The numbers of one question, without the sample size and without the power."""

    alpha: float
    """Significance level of the whole test."""


@dataclass(frozen=True)
class Template:
    """One phrasing of one design and target."""

    key: str
    """A letter, unique among the phrasings of the same design and target."""
    pool: Pool
    target: Target
    text: str
    """With `{slots}` that the context and the design fill."""
    effect: str
    """How the effect is stated; the design knows the words."""
    layout: str = ""
    """How sizes are stated or asked for; the design knows the words."""


@dataclass(frozen=True)
class Scale:
    """A measured outcome: where values of it lie."""

    unit: str
    sd: tuple[float, float]
    mean: tuple[float, float]
    decimals: int
    better: Literal[-1, 1] = -1
    """The direction in which patients improve."""


@dataclass(frozen=True)
class Context:
    """A clinical setting: nouns for a template's slots, and the scale of what is measured."""

    code: str
    """Prefix of protocol numbers."""
    words: Mapping[str, str]
    scale: Scale | None = None
    labels: tuple[str, ...] = field(default=())
    """Categories of a categorical outcome."""


@dataclass(frozen=True)
class Goal:
    """Where a draw should land: parameters are chosen so that about this n has about this power."""

    n: int
    """The count that the question asks for or states, as its layout counts."""
    power: float


P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Design(Generic[P]):
    """One test with its mathematics and its wording."""

    name: str
    basis: str
    """Formula and source, in a sentence for `Part.judged`."""
    first_n: int
    """The smallest n for which `power` is defined."""
    contexts: Mapping[Pool, tuple[Context, ...]]
    templates: tuple[Template, ...]
    draw: Callable[[random.Random, Template, Context, Goal], P | None]
    """Parameters near the goal, rounded as they will be printed; None when the draw came to nothing."""
    n_of: Callable[[P, int], int]
    """The unit n (a group, the smaller group, pairs) that belongs to a stated count."""
    count_of: Callable[[P, int], int]
    """The count that a question reports for a unit n."""
    power: Callable[[P, int], float]
    """Exact power at a unit n."""
    slots: Callable[[P, int | None, Pool], dict[str, str]]
    """Words and numbers for the template; the unit n is None when it is asked for."""
    reference: Callable[[P, int | None, float | None], str]
    """Code that leaves the result in `answer`; exactly one of unit n and target power is given."""
    burdens: Callable[[P], int]
    """How many extra steps the numbers ask of the solver; see `generate.difficulty`."""
    sawtooth: bool = False
    """Power may fall as n grows (discrete tests); a size is then asked only where it does not matter."""


def show(number: float) -> str:
    """A number as it is printed, in the prompt and in the reference code alike."""
    return f"{number:.6g}"
