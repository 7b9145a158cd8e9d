"""Cluster-randomised trial of two means: a t test on the means of clusters of equal size, exact.

With n clusters per arm, m people per cluster, and an intracluster correlation icc, a
cluster mean has the variance sd^2 (1 + (m - 1) icc) / m, the design effect over m. The t
statistic has df = 2 (n - 1) and noncentrality d sqrt(n m / (2 (1 + (m - 1) icc))) (Donner
and Klar 2000, Design and Analysis of Cluster Randomization Trials in Health Research;
chapter not checked). Layouts: `arm` (n clusters per arm), `clusters` (both arms
together), `people` (participants of both arms together).
"""

import random
from math import sqrt
from typing import Literal

from task_store.datasets.npowerai.contexts_measured import CLUSTERED
from task_store.datasets.npowerai.designs import student
from task_store.datasets.npowerai.effects import size_of
from task_store.datasets.npowerai.model import Context, Design, Goal, Pool, Template, show
from task_store.datasets.npowerai.power import t_power
from task_store.datasets.npowerai.wording.cluster import TEMPLATES

FIRST_N = 2
MAX_CLUSTERS = 60
"""Per arm; more are not asked about on purpose, though a size may come out above."""


class Cluster(student.TParams):
    """Two arms with equally many clusters of equal size."""

    people: int
    """Participants in each cluster."""
    icc: float
    layout: Literal["arm", "clusters", "people"]


def design_effect(params: Cluster) -> float:
    """Variance of a cluster's mean, relative to as many independent people."""
    return 1 + (params.people - 1) * params.icc


def power(params: Cluster, n: int) -> float:
    shift = size_of(params.effect) * sqrt(n * params.people / (2 * design_effect(params)))
    return t_power(noncentrality=shift, df=2 * (n - 1), alpha=params.alpha, sides=params.sides)


def _counted(params: Cluster) -> int:
    """How much the count grows with one more cluster in each arm."""
    return {"arm": 1, "clusters": 2, "people": 2 * params.people}[params.layout]


def n_of(params: Cluster, count: int) -> int:
    return max(FIRST_N, round(count / _counted(params)))


def count_of(params: Cluster, n: int) -> int:
    return n * _counted(params)


def slots(params: Cluster, n: int | None, pool: Pool) -> dict[str, str]:
    words = student.slots(params, pool) | {"size": str(params.people), "icc": show(params.icc)}
    if n is None:
        return words
    return words | {"n": str(n), "n_clusters": str(2 * n), "n_total": str(2 * n * params.people)}


def reference(params: Cluster, n: int | None, target_power: float | None) -> str:
    given = f"m = {params.people}\nicc = {show(params.icc)}\n"
    if target_power is not None:
        given += f"target_power = {show(target_power)}\n"
    elif params.layout == "people":
        given += f"n_total = {count_of(params, n or 0)}\nn = n_total // (2 * m)\n"
    elif params.layout == "clusters":
        given += f"n_clusters = {count_of(params, n or 0)}\nn = n_clusters // 2\n"
    else:
        given += f"n = {n}\n"
    return student.reference(
        params,
        given=given,
        df="2 * (n - 1)",
        weight="n * m / (2 * (1 + (m - 1) * icc))",
        count={"arm": "n", "clusters": "2 * n", "people": "2 * n * m"}[params.layout],
        first=FIRST_N,
    )


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> Cluster | None:
    people = rng.choice((3, 4, 5, 6, 8)) if template.layout == "people" else rng.randint(5, 40)
    icc = rng.choice((0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15))
    per_n = {"arm": 1, "clusters": 2, "people": 2 * people}[template.layout]
    n = max(FIRST_N, round(goal.n / per_n))
    if n > MAX_CLUSTERS:
        return None
    weight = n * people / (2 * (1 + (people - 1) * icc))
    common = student.draw(rng, template, context, goal, weight=weight)
    if common is None:
        return None
    return Cluster.model_validate(
        common.model_dump() | {"people": people, "icc": icc, "layout": template.layout}
    )


def _burdens(params: Cluster) -> int:
    return 1 + student.burdens(params) + (params.layout != "arm")


DESIGN = Design(
    name="cluster",
    basis=(
        "exact power of Student's t test on the cluster means, from the noncentral t distribution with both "
        "rejection regions counted when the test has two sides, the design effect being 1 + (m - 1) ICC"
    ),
    first_n=FIRST_N,
    contexts=CLUSTERED,
    templates=TEMPLATES,
    draw=_draw,
    n_of=n_of,
    count_of=count_of,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
