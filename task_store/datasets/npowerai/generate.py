"""From (split, seed, index) to a task and its key."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Card, Entry, task_rng
from task_store.datasets.npowerai.designs import DESIGNS
from task_store.datasets.npowerai.model import (
    MAX_N,
    SEARCH_LIMIT,
    TARGETS,
    Context,
    Design,
    Goal,
    Params,
    Pool,
    Target,
    Template,
    show,
)
from task_store.datasets.npowerai.power import smallest_n
from task_store.errors import BuildError
from task_store.grading import NumericSpec
from task_store.spread import Spread
from task_store.types import AnswerFormat, Difficulty, Part, Split, Task, TaskId, WorldSpec
from task_store.world import Worlds

FAMILY = "npowerai"
POWER_TOLERANCE = 0.005
MIN_N = 4
AMBIGUITY = 1e-6
"""A size whose power, or the power one below, is this close to the target is not asked for."""

_POOLS: dict[Split, Pool] = {"train": "train", "test_seen": "train", "test": "test"}
_TARGET_POWERS = (0.7, 0.75, 0.8, 0.8, 0.85, 0.88, 0.9, 0.9, 0.92, 0.95)
_POWER_RANGE = (0.1, 0.99)
_MAX_DRAWS = 1000
_LOOK_AHEAD = 25
"""How far beyond a discrete test's answer the power has to stay above the target."""


class _Question(NamedTuple):
    """One drawn question: unit n and power belong together; the target says which is asked."""

    params: Params
    n: int
    power: float
    """The target power of a size question; the exact power at n of a power question."""


class NPowerAI:
    """Sample size and power of common tests, computed exactly."""

    name = FAMILY
    card = Card(
        title="N-PowerAI (built-in): sample size and power",
        summary=(
            "Synthetic planning questions: the smallest sample size that reaches a power, or the power of a "
            "given sample size, each with all that is needed stated. Golds are computed exactly from the "
            "question's numbers. Settings are decoration, not taken from studies, not clinically reviewed."
        ),
        paper="Xu et al. 2025, MedAgentGym, arXiv:2506.04405 (its N-PowerAI family; questions are our own)",
        licence="Apache-2.0",
        chance_rate=0.015,
    )

    def generate(self, split: Split, count: int, seed: int, worlds: Worlds | None = None) -> Iterator[Entry]:
        """Yield `count` tasks.

        Raises:
            ValueError: a split that this family does not have (`valid`).
        """
        if split not in _POOLS:
            raise ValueError(f"{FAMILY} has no {split!r} split; there are: {', '.join(_POOLS)}")
        spread = Spread(self.card.chance_rate)
        return (_entry(split, seed, index, spread) for index in range(count))


def difficulty(design: Design[Any], params: Params, target: Target) -> Difficulty:
    """Easy, medium or hard by counting what a solver must do beyond one library call.

    One point each: a size is asked for; the test has one side; the effect has to be worked out
    from means, shares, odds or correlated values, or degrees of freedom from a table; groups are
    unequal; a total stands for groups, events or clusters; a margin or clusters come on top of a
    plain two-group test; the exact distribution of r is needed; events follow from survival
    (and another for accrual).
    None is easy, one or two are medium, three or more are hard.
    """
    points = (target == "size") + design.burdens(params)
    return "easy" if points == 0 else "medium" if points <= 2 else "hard"


@cache
def _cells(pool: Pool) -> tuple[tuple[Design[Any], Target, tuple[Template, ...]], ...]:
    """Design and target in turn, with the phrasings of this pool."""
    return tuple(
        (design, target, tuple(t for t in design.templates if (t.pool, t.target) == (pool, target)))
        for target in TARGETS
        for design in DESIGNS
    )


def _entry(split: Split, seed: int, index: int, spread: Spread) -> Entry:
    pool = _POOLS[split]
    cells = _cells(pool)
    design, target, templates = cells[index % len(cells)]
    template = templates[index // len(cells) % len(templates)]
    world_seed, rng = task_rng(FAMILY, split, seed, index)
    context = rng.choice(design.contexts[pool])
    question = spread.pick(
        lambda: _draw(rng, design, template, context),
        lambda question: _grading(design, template.target, question),
    )
    code = f"{context.code}-{rng.randrange(10_000, 100_000)}"
    part, key = _part(design, template, context, question, code)
    task = Task(
        id=TaskId.of(FAMILY, split, index),
        parts=(part,),
        world=WorldSpec(seed=world_seed),
        category=f"{design.name}_{target}",
        difficulty=difficulty(design, question.params, target),
        template_id=f"{FAMILY}.{design.name}.{target}.{template.key}",
        source="built-in",
        licence=NPowerAI.card.licence,
    )
    return Entry(task=task, key=AnswerKey(task_id=task.id, parts=(key,)))


def _draw(rng: random.Random, design: Design[Any], template: Template, context: Context) -> _Question:
    for _ in range(_MAX_DRAWS):
        goal = _goal(rng, template.target)
        params = design.draw(rng, template, context, goal)
        if params is None:
            continue
        question = (
            _solve_size(design, params, goal)
            if template.target == "size"
            else _solve_power(design, params, goal)
        )
        if question is not None:
            return question
    raise BuildError(f"{FAMILY}.{design.name}.{template.target}.{template.key} found no question.")


def _goal(rng: random.Random, target: Target) -> Goal:
    """Sizes even on a square-root scale: between log-uniform, which crowds small n, and uniform."""
    n = round(rng.uniform((MIN_N + 1) ** 0.5, MAX_N**0.5) ** 2)
    power = rng.choice(_TARGET_POWERS) if target == "size" else rng.uniform(*_POWER_RANGE)
    return Goal(n=n, power=power)


def _solve_size(design: Design[Any], params: Params, goal: Goal) -> _Question | None:
    def power_at(n: int) -> float:
        return design.power(params, n)

    n = smallest_n(power_at, goal.power, first=design.first_n, last=SEARCH_LIMIT)
    if n is None or n <= design.first_n or not MIN_N <= design.count_of(params, n) <= MAX_N:
        return None
    clear = power_at(n) - goal.power > AMBIGUITY and goal.power - power_at(n - 1) > AMBIGUITY
    if clear and design.sawtooth:
        clear = _crosses_once(power_at, goal.power, first=design.first_n, n=n)
    return _Question(params, n, goal.power) if clear else None


def _crosses_once(power_at: Callable[[int], float], target: float, *, first: int, n: int) -> bool:
    """Whether no smaller size reaches the target and none of the next ones misses it.

    Then every way of searching, upwards, downwards or by bisection, ends at the same n.
    """
    below = all(target - power_at(m) > AMBIGUITY for m in range(n - 1, first - 1, -1))
    return below and all(power_at(m) - target > AMBIGUITY for m in range(n, n + _LOOK_AHEAD))


def _solve_power(design: Design[Any], params: Params, goal: Goal) -> _Question | None:
    n = design.n_of(params, goal.n)
    if n < design.first_n:
        return None
    power = design.power(params, n)
    return _Question(params, n, power) if _POWER_RANGE[0] <= power <= _POWER_RANGE[1] else None


def _grading(design: Design[Any], target: Target, question: _Question) -> NumericSpec:
    if target == "size":
        return NumericSpec.exact(design.count_of(question.params, question.n))
    return NumericSpec.absolute(question.power, POWER_TOLERANCE, valid_min=0, valid_max=1)


def _part(
    design: Design[Any], template: Template, context: Context, question: _Question, code: str
) -> tuple[Part, PartKey]:
    params, n, power = question
    if template.target == "size":
        words = design.slots(params, None, template.pool) | {"power": show(power)}
        reference = design.reference(params, None, power)
        answer_format = AnswerFormat(
            kind="integer", hint="A whole number: the count that the question asks for."
        )
        judged = f"Exactly the smallest whole number that reaches the power; {design.basis}."
    else:
        words = design.slots(params, n, template.pool)
        reference = design.reference(params, n, None)
        answer_format = AnswerFormat(kind="number", hint="A probability between 0 and 1, not a percentage.")
        judged = f"Within {POWER_TOLERANCE} (absolute) of the power; {design.basis}."
    prompt = template.text.format(**(dict(context.words) | words | {"code": code}))
    prompt = prompt[0].upper() + prompt[1:]
    return Part(prompt=prompt, answer_format=answer_format, judged=judged), PartKey(
        grading=_grading(design, template.target, question), reference=reference
    )
