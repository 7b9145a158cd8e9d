"""Every design of npowerai against simulated studies (slow: some hundred million draws).

Where the stated power is exact, the rejection rate of simulated studies has to lie inside
the 99.9 % interval around it. Where the question itself states an approximation (two
proportions, chi-square, Cox, log-rank, Fisher's z), real studies are simulated as well, and
the rate may further differ by the approximation's error, `ALLOWANCE`: that shows that the
formula is the right one for the test (sides, allocation, what n counts), not that it is
exact. No formula of the family is used on the simulated side.
"""

from math import log

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, chisquare, norm, pearsonr, ttest_1samp, ttest_ind
from scipy.stats import f_oneway as f_test

from task_store.datasets.npowerai.designs import (
    DESIGNS,
    anova,
    chi_square,
    cluster,
    correlation,
    cox,
    log_rank,
    mcnemar,
    non_inferiority,
    one_sample,
    paired,
    two_proportions,
    two_sample,
)
from task_store.datasets.npowerai.designs.student import TParams
from task_store.datasets.npowerai.effects import Correlated, Raw, Standardised
from task_store.datasets.npowerai.model import Sides
from tests._requirements import requirement

pytestmark = pytest.mark.slow

STUDIES = 100_000
QUANTILE = float(norm.isf(0.0005))
"""Of a two-sided 99.9 % interval."""
ALLOWANCE = 0.02
"""Error of the stated approximations in the cases below."""
SIDES: tuple[Sides, ...] = (1, 2)
ALTERNATIVE = {1: "greater", 2: "two-sided"}
Numbers = NDArray[np.float64]


def assert_inside(power: float, rejected: NDArray[np.bool_], allowance: float = 0) -> None:
    """The rate lies in the 99.9 % interval around the power, widened by the allowance."""
    half_width = QUANTILE * np.sqrt(power * (1 - power) / len(rejected))
    assert half_width < 0.01
    assert abs(np.mean(rejected) - power) <= half_width + allowance, (np.mean(rejected), power)


def log_rank_z(times: Numbers, happened: NDArray[np.bool_], treated: NDArray[np.bool_]) -> Numbers:
    """Log-rank statistics of many studies (rows), positive when the treated have fewer events."""
    order = np.argsort(times, axis=1)
    event = np.take_along_axis(happened, order, axis=1)
    arm = np.take_along_axis(treated, order, axis=1)
    at_risk = np.arange(times.shape[1], 0, -1)
    share = np.cumsum(arm[:, ::-1], axis=1)[:, ::-1] / at_risk
    excess = np.sum(event * (share - arm), axis=1)
    result: Numbers = excess / np.sqrt(np.sum(event * share * (1 - share), axis=1))
    return result


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_one_sample(sides: Sides) -> None:
    values = np.random.default_rng(1).normal(3, 7, (STUDIES, 26))
    params = TParams(alpha=0.05, sides=sides, effect=Raw(difference=3, sd=7))
    p = ttest_1samp(values, 0, axis=1, alternative=ALTERNATIVE[sides]).pvalue
    assert_inside(one_sample.power(params, 26), p < 0.05)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_paired(sides: Sides) -> None:
    pairs = np.random.default_rng(2).multivariate_normal([0, 3], [[25, 18], [18, 36]], (STUDIES, 21))
    effect = Correlated(difference=3, sd_first=5, sd_second=6, correlation=0.6)
    p = ttest_1samp(pairs[:, :, 1] - pairs[:, :, 0], 0, axis=1, alternative=ALTERNATIVE[sides]).pvalue
    params = TParams(alpha=0.02, sides=sides, effect=effect)
    assert_inside(paired.DESIGN.power(params, 21), p < 0.02)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_two_sample(sides: Sides) -> None:
    rng = np.random.default_rng(3)
    small, large = rng.normal(0.7, 1, (STUDIES, 15)), rng.normal(0, 1, (STUDIES, 38))  # ceil(2.5 * 15)
    params = two_sample.TwoSample(
        alpha=0.05, sides=sides, effect=Standardised(d=0.7), ratio=2.5, layout="ratio"
    )
    p = ttest_ind(small, large, axis=1, alternative=ALTERNATIVE[sides]).pvalue
    assert_inside(two_sample.power(params, 15), p < 0.05)


@requirement("npowerai:simulated")
def test_anova() -> None:
    rng, means, n = np.random.default_rng(4), (10.0, 12.0, 15.0, 11.0), 9
    p = f_test(*(rng.normal(mean, 4, (STUDIES, n)) for mean in means), axis=1).pvalue
    params = anova.Anova(alpha=0.05, groups=4, layout="group", means=means, sd=4)
    assert_inside(anova.power(params, n), p < 0.05)


@requirement("npowerai:simulated")
def test_chi_square() -> None:
    n, null, true = 180, (25.0, 30.0, 45.0), (33.0, 29.0, 38.0)
    counts = np.random.default_rng(5).multinomial(n, np.array(true) / 100, STUDIES)
    p = chisquare(counts, n * np.array(null) / 100, axis=1).pvalue
    params = chi_square.ChiSquare(alpha=0.05, kind="shares", labels=("a", "b", "c"), null=null, true=true)
    assert_inside(chi_square.power(params, n), p < 0.05, ALLOWANCE)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_cox(sides: Sides) -> None:
    """The score test of the Cox model is the log-rank test; everybody has an event here."""
    rng, events, ratio = np.random.default_rng(6), 160, 0.68
    treated = np.broadcast_to(np.arange(events) < 0.4 * events, (30_000, events))
    times = rng.exponential(np.where(treated, 1 / ratio, 1.0))
    z = log_rank_z(times, np.ones_like(treated), treated)
    params = cox.Cox(alpha=0.05, sides=sides, hazard_ratio=ratio, share=0.4, layout="events")
    assert_inside(cox.power(params, events), z > norm.isf(0.05 / sides), ALLOWANCE)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_log_rank(sides: Sides) -> None:
    rng, n, ratio = np.random.default_rng(7), 130, 0.7
    treated = np.broadcast_to(np.arange(2 * n) < n, (30_000, 2 * n))
    until_event = rng.exponential(np.where(treated, 1 / ratio, 1.0) * 15 / log(2))
    watched = 12 + rng.uniform(0, 24, treated.shape)
    z = log_rank_z(np.minimum(until_event, watched), until_event <= watched, treated)
    params = log_rank.LogRank(
        alpha=0.05, sides=sides, hazard_ratio=ratio, layout="accrual", median=15, accrual=24, follow_up=12
    )
    assert_inside(log_rank.power(params, n), z > norm.isf(0.05 / sides), ALLOWANCE)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_two_proportions(sides: Sides) -> None:
    rng, n = np.random.default_rng(8), 130
    first, second = rng.binomial(2 * n, 0.62, STUDIES), rng.binomial(n, 0.48, STUDIES)
    pooled = (first + second) / (3 * n)
    z = (first / (2 * n) - second / n) / np.sqrt(pooled * (1 - pooled) * (1 / (2 * n) + 1 / n))
    params = two_proportions.TwoProportions(
        alpha=0.05, sides=sides, first=0.62, second=0.48, ratio=2, layout="ratio"
    )
    assert_inside(two_proportions.power(params, n), z > norm.isf(0.05 / sides), ALLOWANCE)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_mcnemar(sides: Sides) -> None:
    n = 75
    tables = np.random.default_rng(9).multinomial(n, [0.22, 0.08, 0.3, 0.4], STUDIES)
    kinds, which = np.unique(tables[:, :2], axis=0, return_inverse=True)
    p = np.array(
        [binomtest(b, b + c, 0.5, alternative=ALTERNATIVE[sides]).pvalue if b + c else 1 for b, c in kinds]
    )
    params = mcnemar.Margins(alpha=0.05, sides=sides, first=0.52, second=0.38, twice=0.3)
    assert_inside(mcnemar.power(params, n), p[which.ravel()] <= 0.05)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_correlation(sides: Sides) -> None:
    rng, n, rho = np.random.default_rng(10), 24, 0.5
    first = rng.normal(size=(STUDIES, n))
    second = rho * first + np.sqrt(1 - rho**2) * rng.normal(size=(STUDIES, n))
    p = pearsonr(first, second, axis=1, alternative=ALTERNATIVE[sides]).pvalue
    exact = correlation.Correlation(alpha=0.05, sides=sides, rho=rho, method="exact")
    assert_inside(correlation.power(exact, n), p < 0.05)
    fisher = exact.model_copy(update={"method": "fisher"})
    assert_inside(correlation.power(fisher, n), p < 0.05, ALLOWANCE)


@requirement("npowerai:simulated")
def test_non_inferiority() -> None:
    """Lower values are better: the treated are worse by 0.8, less than the margin of 3."""
    rng, n = np.random.default_rng(11), 33
    treated, compared = rng.normal(10.8, 4, (STUDIES, 2 * n)), rng.normal(10, 4, (STUDIES, n))
    p = ttest_ind(treated - 3, compared, axis=1, alternative="less").pvalue
    params = non_inferiority.NonInferiority(
        alpha=0.025, margin=3, disadvantage=0.8, sd=4, kind="worse", ratio=2, layout="ratio"
    )
    assert_inside(non_inferiority.power(params, n), p < 0.025)


@requirement("npowerai:simulated")
@pytest.mark.parametrize("sides", SIDES)
def test_cluster(sides: Sides) -> None:
    rng, n, people, icc, sd, studies = np.random.default_rng(12), 7, 10, 0.12, 5.0, 50_000

    def arm(mean: float) -> Numbers:
        clusters = rng.normal(mean, sd * icc**0.5, (studies, n, 1))
        individuals = clusters + rng.normal(0, sd * (1 - icc) ** 0.5, (studies, n, people))
        means: Numbers = individuals.mean(axis=2)
        return means

    p = ttest_ind(arm(3.5), arm(0), axis=1, alternative=ALTERNATIVE[sides]).pvalue
    params = cluster.Cluster(
        alpha=0.05, sides=sides, effect=Raw(difference=3.5, sd=sd), people=people, icc=icc, layout="arm"
    )
    assert_inside(cluster.power(params, n), p < 0.05)


@requirement("npowerai:simulated")
def test_every_design_is_simulated_here() -> None:
    assert {f"test_{design.name}" for design in DESIGNS} <= set(globals())
