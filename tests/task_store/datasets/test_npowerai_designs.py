"""The six later designs of npowerai: against statsmodels, scipy, published values and enumeration."""

import random
from dataclasses import replace
from itertools import pairwise, product
from math import atanh, exp, lgamma, log, pi, sqrt
from typing import Literal

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import binomtest, multinomial
from scipy.stats import t as t_distribution
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_test
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from task_store.datasets.npowerai import DATASET
from task_store.datasets.npowerai.designs import (
    cluster,
    correlation,
    log_rank,
    mcnemar,
    non_inferiority,
    two_proportions,
)
from task_store.datasets.npowerai.effects import Standardised
from task_store.datasets.npowerai.generate import _crosses_once, _solve_size
from task_store.datasets.npowerai.model import Goal, Sides
from task_store.datasets.npowerai.power import mcnemar_power, smallest_n
from task_store.grading import NumericSpec
from tests._requirements import requirement

ALPHAS = (0.1, 0.05, 0.02, 0.005)
SIDES: tuple[Sides, ...] = (1, 2)
ALTERNATIVE = {1: "larger", 2: "two-sided"}


def proportions(
    first: float, second: float, alpha: float = 0.05, sides: Sides = 2, ratio: int = 1
) -> two_proportions.TwoProportions:
    return two_proportions.TwoProportions(
        alpha=alpha, sides=sides, first=first, second=second, ratio=ratio, layout="ratio"
    )


def pearson(
    rho: float, alpha: float, sides: Sides, method: Literal["exact", "fisher"] = "exact"
) -> correlation.Correlation:
    return correlation.Correlation(alpha=alpha, sides=sides, rho=rho, method=method)


# --- two proportions ---------------------------------------------------------------------------------


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", SIDES)
def test_power_of_two_proportions_is_that_of_statsmodels(sides: Sides) -> None:
    rng = random.Random(sides)
    for _ in range(200):
        first, second = rng.uniform(0.03, 0.97), rng.uniform(0.03, 0.97)
        alpha, ratio, n = rng.choice(ALPHAS), rng.choice((1, 2, 3)), rng.randint(4, 300)
        expected = power_proportions_2indep(
            first - second,
            second,
            ratio * n,
            ratio=1 / ratio,
            alpha=alpha / sides,
            alternative="larger" if first > second else "smaller",
            return_results=False,
        )
        params = proportions(first, second, alpha, sides, ratio)
        assert two_proportions.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_power_of_two_proportions_is_that_of_rs_help_page() -> None:
    """R's help page of power.prop.test gives 0.740 for n = 50, and n = 76.7 for a power of 0.9."""
    params = proportions(0.5, 0.75)
    assert two_proportions.power(params, 50) == pytest.approx(0.740, abs=5e-4)
    assert smallest_n(lambda n: two_proportions.power(params, n), 0.9, first=2, last=500) == 77


@requirement("npowerai:exact-f-chi2-cox")
def test_power_of_two_proportions_is_the_same_for_failures_as_for_successes() -> None:
    there, back = proportions(0.2, 0.35, ratio=2), proportions(0.8, 0.65, ratio=2)
    assert two_proportions.power(there, 60) == pytest.approx(two_proportions.power(back, 60), abs=1e-12)


# --- McNemar -----------------------------------------------------------------------------------------


def enumerated_mcnemar(first_only: float, second_only: float, n: int, alpha: float, sides: int) -> float:
    """Over every table of n pairs, with the P values of statsmodels or scipy."""
    total = 0.0
    for b, c in product(range(n + 1), repeat=2):
        if b + c == 0 or b + c > n:
            continue
        if sides == 2:
            p = mcnemar_test([[0, b], [c, 0]], exact=True).pvalue
        else:
            p = binomtest(b, b + c, 0.5, alternative="greater").pvalue
        if p <= alpha:
            chances = [first_only, second_only, 1 - first_only - second_only]
            total += multinomial.pmf([b, c, n - b - c], n, chances)
    return total


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize(("n", "alpha"), [(9, 0.1), (16, 0.05), (23, 0.02)])
def test_mcnemar_power_is_that_of_every_table_enumerated(n: int, alpha: float, sides: Sides) -> None:
    params = mcnemar.Cells(alpha=alpha, sides=sides, first_only=0.41, second_only=0.07)
    expected = enumerated_mcnemar(0.41, 0.07, n, alpha, sides)
    assert 0.05 < expected < 0.95
    assert mcnemar.power(params, n) == pytest.approx(expected, abs=1e-10)


@requirement("npowerai:exact-f-chi2-cox")
def test_three_ways_to_state_discordant_pairs_mean_the_same() -> None:
    cells = mcnemar.Cells(alpha=0.05, sides=2, first_only=0.24, second_only=0.08)
    odds = mcnemar.Odds(alpha=0.05, sides=2, discordant=0.32, odds_ratio=3)
    margins = mcnemar.Margins(alpha=0.05, sides=2, first=0.54, second=0.38, twice=0.3)
    powers = [mcnemar.power(params, 90) for params in (cells, odds, margins)]
    assert powers == pytest.approx([powers[0]] * 3, abs=1e-12)


@requirement("npowerai:no-ambiguous-size")
def test_mcnemar_power_can_fall_and_such_sizes_are_recognised() -> None:
    def power_at(n: int) -> float:
        return mcnemar_power(discordant=0.97, share=0.75, n=n, alpha=0.05, sides=2)

    powers = [power_at(n) for n in range(4, 80)]
    falls = [n for n, (low, high) in enumerate(pairwise(powers), 5) if high < low]
    assert falls
    n = falls[
        len(falls) // 2
    ]  # its power is below that at n - 1: a target between is reached, missed, reached
    target = (power_at(n - 1) + power_at(n)) / 2
    found = smallest_n(power_at, target, first=4, last=1000)
    assert found is not None
    assert not _crosses_once(power_at, target, first=4, n=found)
    assert _crosses_once(lambda m: m / 100, 0.305, first=4, n=31)
    params = mcnemar.Cells(alpha=0.05, sides=2, first_only=0.7275, second_only=0.2425)
    assert mcnemar.power(params, n) == pytest.approx(power_at(n), abs=1e-12)
    goal = Goal(n=n, power=target)
    assert _solve_size(mcnemar.DESIGN, params, goal) is None
    assert _solve_size(replace(mcnemar.DESIGN, sawtooth=False), params, goal) is not None


@requirement("npowerai:no-ambiguous-size")
def test_searching_upwards_or_downwards_ends_at_the_same_number_of_pairs() -> None:
    checked = 0
    for entry in DATASET.generate("train", 240, 5):
        if entry.task.category == "mcnemar_size":
            seen: dict[str, object] = {}
            exec(entry.key.parts[0].reference, seen)
            power_at, target = seen["power_at"], seen["target_power"]
            grading = entry.key.parts[0].grading
            assert isinstance(grading, NumericSpec)
            gold = int(grading.gold)
            assert callable(power_at)
            assert isinstance(target, float)
            assert all(power_at(n) < target for n in range(4, gold))
            assert all(power_at(n) > target for n in range(gold, gold + 20))
            checked += 1
    assert checked == 10


# --- correlation -------------------------------------------------------------------------------------


def hotelling(r: float, rho: float, n: int) -> float:
    log_front = log(n - 2) + lgamma(n - 1) - lgamma(n - 0.5) - 0.5 * log(2 * pi)
    log_shape = (n - 1) / 2 * log(1 - rho**2) + (n - 4) / 2 * log(1 - r**2) - (n - 1.5) * log(1 - rho * r)
    return exp(log_front + log_shape) * float(hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2))


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", SIDES)
def test_correlation_power_is_the_integral_of_hotellings_density(sides: Sides) -> None:
    rng = random.Random(sides)
    for _ in range(40):
        n, alpha = rng.randint(5, 200), rng.choice(ALPHAS)
        rho = rng.uniform(0.05, 0.85)
        t_cut = t_distribution.isf(alpha / sides, n - 2)
        cut = t_cut / sqrt(n - 2 + t_cut**2)
        low = -1.0 if sides == 1 else -cut
        below = quad(hotelling, low, cut, args=(rho, n), epsabs=1e-11, limit=400)[0]
        assert correlation.power(pearson(rho, alpha, sides), n) == pytest.approx(1 - below, abs=1e-7)


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", SIDES)
def test_power_by_fishers_z_is_that_of_statsmodels(sides: Sides) -> None:
    rng = random.Random(sides)
    for _ in range(100):
        rho, alpha, n = rng.uniform(0.05, 0.9), rng.choice(ALPHAS), rng.randint(5, 400)
        expected = NormalIndPower(ddof=3).power(atanh(rho), n, alpha / sides, ratio=0, alternative="larger")
        params = pearson(rho, alpha, sides, "fisher")
        assert correlation.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_fishers_z_and_the_exact_distribution_of_r_are_close_but_not_alike() -> None:
    gaps = [
        correlation.power(pearson(rho, 0.05, 2), n) - correlation.power(pearson(rho, 0.05, 2, "fisher"), n)
        for rho, n in ((0.7, 12), (0.5, 30), (0.3, 85), (0.2, 190))
    ]
    assert max(abs(gap) for gap in gaps) < 0.05
    assert max(abs(gap) for gap in gaps) > 1e-4


@requirement("npowerai:numerics")
@pytest.mark.parametrize("n", [4, 5, 30, 500, 1000])
def test_correlation_power_without_correlation_is_the_level(n: int) -> None:
    assert correlation.power(pearson(0.0, 0.05, 2), n) == pytest.approx(0.05, abs=1e-9)
    assert correlation.power(pearson(0.0, 0.01, 1), n) == pytest.approx(0.01, abs=1e-9)


# --- log-rank ----------------------------------------------------------------------------------------


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", SIDES)
def test_log_rank_power_is_freedmans_z_test(sides: Sides) -> None:
    rng = random.Random(sides)
    for _ in range(100):
        ratio, alpha, events = rng.uniform(0.25, 0.95), rng.choice(ALPHAS), rng.randint(10, 500)
        expected = NormalIndPower().power(
            (1 - ratio) / (1 + ratio), events, alpha / sides, ratio=0, alternative="larger"
        )
        params = log_rank.LogRank(alpha=alpha, sides=sides, hazard_ratio=ratio, layout="events")
        assert log_rank.power(params, events) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_expected_events_are_those_of_simulated_accrual() -> None:
    params = log_rank.LogRank(
        alpha=0.05, sides=2, hazard_ratio=0.6, layout="accrual", median=15, accrual=24, follow_up=9
    )
    rng, people = np.random.default_rng(17), 400_000
    watched = 9 + rng.uniform(0, 24, people)
    times = rng.exponential(15 / log(2), people)
    slower = rng.exponential(15 / log(2) / 0.6, people)
    expected = np.mean(times < watched) + np.mean(slower < watched)
    assert log_rank.events_per_n(params) == pytest.approx(expected, abs=0.005)


@requirement("npowerai:exact-f-chi2-cox")
def test_expected_events_follow_from_survival_under_proportional_hazards() -> None:
    params = log_rank.LogRank(alpha=0.05, sides=2, hazard_ratio=0.5, layout="survival", survival=0.36)
    assert log_rank.events_per_n(params) == pytest.approx((1 - 0.36) + (1 - 0.6))


# --- non-inferiority and clusters --------------------------------------------------------------------


@requirement("npowerai:exact-t")
def test_non_inferiority_power_is_that_of_a_shifted_t_test_of_statsmodels() -> None:
    rng = random.Random(23)
    for _ in range(200):
        ratio, alpha, n = rng.choice((1, 2, 3)), rng.choice(ALPHAS), rng.randint(3, 250)
        sd, worse = rng.uniform(2, 20), rng.uniform(-3, 3)
        margin = worse + sd * rng.uniform(0.1, 5) * sqrt((1 + 1 / ratio) / n)
        expected = TTestIndPower().power((margin - worse) / sd, n, alpha, ratio=ratio, alternative="larger")
        params = non_inferiority.NonInferiority(
            alpha=alpha, margin=margin, disadvantage=worse, sd=sd, kind="worse", ratio=ratio, layout="ratio"
        )
        assert non_inferiority.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-t")
@pytest.mark.parametrize("sides", SIDES)
def test_cluster_power_is_that_of_a_t_test_of_cluster_means(sides: Sides) -> None:
    rng = random.Random(sides)
    for _ in range(200):
        people, icc, n = rng.randint(1, 60), rng.uniform(0, 0.4), rng.randint(3, 80)
        sd_of_means = sqrt(icc + (1 - icc) / people)  # between clusters, plus within over people
        d, alpha = rng.uniform(0.1, 5) * sd_of_means * sqrt(2 / n), rng.choice(ALPHAS)
        expected = TTestIndPower().power(d / sd_of_means, n, alpha, alternative=ALTERNATIVE[sides])
        params = cluster.Cluster(
            alpha=alpha, sides=sides, effect=Standardised(d=d), people=people, icc=icc, layout="arm"
        )
        assert cluster.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:smallest-size")
def test_counts_of_clusters_and_of_people_belong_to_the_same_trial() -> None:
    common = {
        "alpha": 0.05,
        "sides": 2,
        "effect": {"kind": "standardised", "d": 0.4},
        "people": 8,
        "icc": 0.05,
    }
    for layout, count in (("arm", 11), ("clusters", 22), ("people", 176)):
        params = cluster.Cluster.model_validate(common | {"layout": layout})
        assert cluster.count_of(params, 11) == count
        assert cluster.n_of(params, count) == 11


# --- form --------------------------------------------------------------------------------------------


@requirement("npowerai:monotone")
def test_power_of_the_later_designs_grows_with_n() -> None:
    """All but McNemar's, which is why that one alone is marked as a sawtooth."""
    survival = log_rank.LogRank(alpha=0.05, sides=2, hazard_ratio=0.7, layout="survival", survival=0.5)
    limit = non_inferiority.NonInferiority(
        alpha=0.025, margin=3, disadvantage=1, sd=6, kind="worse", ratio=2, layout="ratio"
    )
    trial = cluster.Cluster(
        alpha=0.05, sides=2, effect=Standardised(d=0.3), people=12, icc=0.05, layout="arm"
    )
    curves = [
        [two_proportions.power(proportions(0.1, 0.2, ratio=2), n) for n in range(2, 300)],
        [correlation.power(pearson(0.3, 0.05, 2), n) for n in range(4, 150)],
        [log_rank.power(survival, n) for n in range(2, 300)],
        [non_inferiority.power(limit, n) for n in range(2, 200)],
        [cluster.power(trial, n) for n in range(2, 100)],
    ]
    for curve in curves:
        assert np.all(np.diff(curve) > 0)
        assert curve[-1] - curve[0] > 0.3
    assert mcnemar.DESIGN.sawtooth
