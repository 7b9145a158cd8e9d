"""Planning an audit and spreading it over processes; equal seeds give equal reports, however many work."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from typing import TypeVar

from graders.audit.constants import best_constant
from graders.audit.tally import Tally, Unit, tally, wrong_golds
from graders.gold import gold_answer
from graders.submission import Resolved
from medgym.audit.report import (
    CONSTANT_MARGIN,
    AuditReport,
    FamilyAudit,
    SplitAudit,
    audit_report,
    family_audit,
    split_audit,
)
from medgym.gold import reveal_family
from task_store import catalog
from task_store.build import suspects
from task_store.grading import AbstainSpec, GradingSpec
from task_store.importing import SUFFIX
from task_store.store import TaskStore
from task_store.types import Model

LEAST_PROBES = 20_000
"""In all, unless said otherwise."""
LEAST_PROBES_A_FAMILY = 5_000
_CROSSED = 4
"""Other tasks of the template whose golds are tried on a part in one round."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_UNITS_A_CHUNK = 8
_AHEAD = 3
"""Chunks that wait for each process."""


class AuditConfig(Model):
    """How much is probed."""

    seed: int = 1
    probes: int | None = None
    """At least so many in every family; None: 20,000 in all and 5,000 in every family."""
    jobs: int = 1
    """Processes; 1: this one."""


@dataclass(frozen=True)
class Question:
    """One part of a task, with what a reviewer may know of it."""

    task: str
    part: int
    split: str
    template: str
    spec: GradingSpec


Progress = Callable[[int], None]
"""Told how many probes were judged since it was last told."""


def probes_of(config: AuditConfig, families: int) -> int:
    """How many probes every one of so many families gets at least."""
    return config.probes or max(LEAST_PROBES_A_FAMILY, -(-LEAST_PROBES // families))


def audit(
    store: TaskStore,
    families: Sequence[str],
    config: AuditConfig,
    on_probes: Progress = lambda probes: None,
) -> AuditReport:
    """Audit families of a store; records of an import that are in doubt are left out.

    Raises:
        UnknownFamilyError: the store does not hold a family.
    """
    doubtful = suspects(store)
    found: dict[str, tuple[FamilyAudit, Tally]] = {}
    with _workers(config.jobs) as pool:
        for family in families:
            questions = [one for one in questions_of(store, family) if one.task not in doubtful]
            chance = catalog.dataset(family.removesuffix(SUFFIX)).card.chance_rate
            found[family] = audit_questions(
                questions,
                chance_rate=chance,
                seed=f"{config.seed}/{family}",
                probes=probes_of(config, len(families)),
                pool=pool,
                on_probes=on_probes,
            )
    return audit_report(
        {family: told for family, (told, _) in found.items()},
        {family: counted.examples for family, (_, counted) in found.items()},
        config.seed,
    )


def questions_of(store: TaskStore, family: str) -> list[Question]:
    """Every part of a family with its gold."""
    return [
        Question(task.id, number, task.id.split_name, task.template_id, part.grading)
        for task, key in reveal_family(store, family, "reviewer")
        for number, part in enumerate(key.parts, 1)
    ]


def audit_questions(
    questions: Sequence[Question],
    *,
    chance_rate: float,
    seed: str,
    probes: int,
    pool: Executor | None = None,
    on_probes: Progress = lambda probes: None,
) -> tuple[FamilyAudit, Tally]:
    """Audit parts, over and over in another order, until enough probes were judged.

    Raises:
        ValueError: there are no parts.
    """
    if not questions:
        raise ValueError("There is nothing to audit: the family has no tasks.")
    total = Tally()
    for counted in _in_order(pool, tally, _chunks(questions, seed)):
        total.add(counted)
        on_probes(counted.probes)
        if total.probes >= probes:
            break
    wrong = [questions[at].task for at in wrong_golds([one.spec for one in questions])]
    splits = _splits(questions, chance_rate + CONSTANT_MARGIN, pool)
    told = family_audit(
        total, golds=len(questions), wrong_golds=wrong, splits=splits, chance_rate=chance_rate
    )
    return told, total


def _splits(questions: Sequence[Question], bar: float, pool: Executor | None) -> Mapping[str, SplitAudit]:
    specs: dict[str, list[GradingSpec]] = {}
    for one in questions:
        specs.setdefault(one.split, []).append(one.spec)
    constants = _in_order(pool, best_constant, specs.values())
    return {
        split: split_audit(len(of), constant, bar)
        for (split, of), constant in zip(specs.items(), constants, strict=True)
    }


def _chunks(questions: Sequence[Question], seed: str) -> Iterator[list[Unit]]:
    """All parts in a shuffled order, again and again."""
    alike: dict[str, list[int]] = {}
    for at, one in enumerate(questions):
        if not isinstance(one.spec, AbstainSpec):
            alike.setdefault(one.template, []).append(at)
    for round_ in count():
        rng = random.Random(f"{seed}/{round_}")
        order = rng.sample(range(len(questions)), len(questions))
        units = [_unit(questions, at, alike, rng, f"{seed}/{round_}") for at in order]
        for start in range(0, len(units), _UNITS_A_CHUNK):
            yield units[start : start + _UNITS_A_CHUNK]


def _unit(
    questions: Sequence[Question], at: int, alike: Mapping[str, Sequence[int]], rng: random.Random, seed: str
) -> Unit:
    one = questions[at]
    rest = [index for index in alike.get(one.template, ()) if questions[index].task != one.task]
    if not rest:  # the only one of its template, or one that nothing answers
        rest = [i for indexes in alike.values() for i in indexes if questions[i].task != one.task]
    others: tuple[Resolved, ...] = tuple(
        gold_answer(questions[index].spec) for index in rng.sample(rest, min(_CROSSED, len(rest)))
    )
    return Unit(one.task, one.part, one.spec, others, f"{seed}/{one.task}/{one.part}")


def _in_order(
    pool: Executor | None, work: Callable[[_Item], _Result], items: Iterable[_Item]
) -> Iterator[_Result]:
    """Results in the order of the items, of which there may be no end."""
    if pool is None:
        yield from map(work, items)
        return
    waiting: deque[Future[_Result]] = deque()
    ahead = _AHEAD * getattr(pool, "_max_workers", 1)
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for left in waiting:
            left.cancel()


@contextmanager
def _workers(jobs: int) -> Iterator[Executor | None]:
    if jobs == 1:
        yield None
        return
    # Spawned, not forked: the caller may have threads.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield pool
