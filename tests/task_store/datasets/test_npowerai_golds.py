"""The mathematics of npowerai: against statsmodels, scipy, simulation, and by its properties."""

import random
from functools import partial
from math import ceil, isfinite, log, sqrt
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, ncf, nct, ncx2, ttest_1samp, ttest_ind
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution
from statsmodels.stats.power import (
    FTestAnovaPower,
    GofChisquarePower,
    NormalIndPower,
    TTestIndPower,
    TTestPower,
)

from task_store.datasets.npowerai import effects
from task_store.datasets.npowerai.designs import (
    anova,
    chi_square,
    cox,
    one_sample,
    paired,
    two_sample,
)
from task_store.datasets.npowerai.designs.student import TParams
from task_store.datasets.npowerai.power import chi2_power, f_power, smallest_n, t_power
from tests._requirements import requirement

ALTERNATIVE = {1: "larger", 2: "two-sided"}
MAX_SHIFT = 5.5
"""Beyond a noncentrality of about 6.5 statsmodels itself gives NaN for two sides."""
LEVELS = st.tuples(st.sampled_from([0.005, 0.01, 0.025, 0.05, 0.1]), st.sampled_from([1, 2]))


def t_params(d: float, alpha: float, sides: int) -> TParams:
    return TParams.model_validate(
        {"alpha": alpha, "sides": sides, "effect": {"kind": "standardised", "d": d}}
    )


def two_groups(d: float, alpha: float, sides: int, ratio: float = 1) -> two_sample.TwoSample:
    return two_sample.TwoSample.model_validate(
        t_params(d, alpha, sides).model_dump() | {"ratio": ratio, "layout": "ratio"}
    )


# --- golds -------------------------------------------------------------------------------------------


@requirement("npowerai:exact-t")
@pytest.mark.parametrize("sides", [1, 2])
def test_single_mean_power_is_that_of_statsmodels(sides: int) -> None:
    rng = random.Random(sides)
    for _ in range(200):
        alpha, n = rng.choice([0.1, 0.05, 0.02, 0.005]), rng.randint(4, 300)
        d = rng.uniform(0.1, MAX_SHIFT) / sqrt(n)
        expected = TTestPower().power(d, n, alpha, alternative=ALTERNATIVE[sides])
        for design in (one_sample.DESIGN, paired.DESIGN):
            assert design.power(t_params(d, alpha, sides), n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-t")
@pytest.mark.parametrize("sides", [1, 2])
def test_two_sample_power_is_that_of_statsmodels(sides: int) -> None:
    rng = random.Random(sides)
    for _ in range(300):
        ratio, alpha, n = rng.choice([1, 1.5, 2, 2.5, 3]), rng.choice([0.1, 0.05, 0.005]), rng.randint(3, 300)
        large = ceil(ratio * n)
        d = rng.uniform(0.1, MAX_SHIFT) / sqrt(n * large / (n + large))
        expected = TTestIndPower().power(d, n, alpha, ratio=large / n, alternative=ALTERNATIVE[sides])
        assert two_sample.power(two_groups(d, alpha, sides, ratio), n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:smallest-size")
def test_smallest_sizes_are_those_of_statsmodels() -> None:
    rng = random.Random(3)
    for _ in range(40):
        d, alpha, target = rng.uniform(0.2, 1.0), rng.choice([0.1, 0.05, 0.01]), rng.choice([0.7, 0.8, 0.9])
        sides = rng.choice([1, 2])
        asked = {"effect_size": d, "alpha": alpha, "power": target, "alternative": ALTERNATIVE[sides]}
        single = partial(one_sample.power, t_params(d, alpha, sides))
        double = partial(two_sample.power, two_groups(d, alpha, sides))
        assert smallest_n(single, target, first=3, last=900) == ceil(TTestPower().solve_power(**asked))
        assert smallest_n(double, target, first=2, last=900) == ceil(TTestIndPower().solve_power(**asked))


@requirement("npowerai:exact-f-chi2-cox")
def test_anova_power_is_that_of_statsmodels() -> None:
    rng = random.Random(5)
    for _ in range(150):
        f, alpha, k, n = (
            rng.uniform(0.05, 0.8),
            rng.choice([0.1, 0.05, 0.01]),
            rng.randint(3, 5),
            rng.randint(3, 60),
        )
        expected = FTestAnovaPower().power(f, n * k, alpha, k_groups=k)
        params = anova.Anova(alpha=alpha, groups=k, layout="group", f=f)
        assert anova.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_chi_square_power_is_that_of_statsmodels() -> None:
    rng = random.Random(7)
    for _ in range(150):
        w, alpha, k, n = (
            rng.uniform(0.05, 0.8),
            rng.choice([0.1, 0.05, 0.01]),
            rng.randint(3, 5),
            rng.randint(20, 400),
        )
        expected = GofChisquarePower().power(w, n, alpha, n_bins=k)
        params = chi_square.ChiSquare(alpha=alpha, kind="fit", labels=("a", "b", "c", "d", "e")[:k], w=w)
        assert chi_square.power(params, n) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_table_of_r_rows_and_c_columns_has_r_minus_1_times_c_minus_1_degrees_of_freedom() -> None:
    params = chi_square.ChiSquare(alpha=0.05, kind="table", labels=("a", "b", "c"), rows=4, w=0.3)
    expected = GofChisquarePower().power(0.3, 120, 0.05, n_bins=7)
    assert chi_square.power(params, 120) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:exact-f-chi2-cox")
def test_shares_in_percent_give_cohens_w() -> None:
    params = chi_square.ChiSquare(
        alpha=0.05, kind="shares", labels=("a", "b", "c"), null=(25.0, 25.0, 50.0), true=(35.0, 25.0, 40.0)
    )
    assert chi_square.w_of(params) == pytest.approx((0.1**2 / 0.25 + 0.1**2 / 0.5) ** 0.5)


@requirement("npowerai:exact-f-chi2-cox")
@pytest.mark.parametrize("sides", [1, 2])
def test_cox_power_is_a_one_sided_z_test_of_the_log_hazard_ratio(sides: Literal[1, 2]) -> None:
    """With D p events in one group and D (1 - p) in the other, as Schoenfeld's formula has it."""
    rng = random.Random(sides)
    for _ in range(100):
        ratio, share, events = rng.uniform(0.3, 0.95), rng.uniform(0.2, 0.8), rng.randint(20, 400)
        expected = NormalIndPower().power(
            -log(ratio), events * share, 0.05 / sides, ratio=(1 - share) / share, alternative="larger"
        )
        params = cox.Cox(alpha=0.05, sides=sides, hazard_ratio=ratio, share=share, layout="events")
        assert cox.power(params, events) == pytest.approx(expected, abs=1e-8)


@requirement("npowerai:simulated")
def test_t_powers_are_the_rejection_rates_of_simulated_studies() -> None:
    """What the questions mean (pooling, allocation, SD of correlated changes), shown without any formula."""
    rng, studies = np.random.default_rng(11), 60_000
    small, large = rng.normal(0.7, 1, (studies, 12)), rng.normal(0, 1, (studies, 18))
    rate = np.mean(ttest_ind(small, large, axis=1).pvalue < 0.05)
    assert two_sample.power(two_groups(0.7, 0.05, 2, 1.5), 12) == pytest.approx(rate, abs=0.008)

    correlated = effects.Correlated(difference=3, sd_first=5, sd_second=6, correlation=0.6)
    covariance = [[25, 18], [18, 36]]
    pairs = rng.multivariate_normal([0, 3], covariance, (studies, 15))
    result = ttest_1samp(pairs[:, :, 1] - pairs[:, :, 0], 0, axis=1, alternative="greater")
    params = TParams(alpha=0.05, sides=1, effect=correlated)
    assert paired.DESIGN.power(params, 15) == pytest.approx(np.mean(result.pvalue < 0.05), abs=0.008)


@requirement("npowerai:simulated")
def test_anova_power_of_stated_means_is_the_rejection_rate_of_simulated_studies() -> None:
    rng, studies, n = np.random.default_rng(13), 60_000, 8
    means = (10.0, 12.0, 15.0)
    groups = np.stack([rng.normal(mean, 4, (studies, n)) for mean in means], axis=1)
    within = groups.var(axis=2, ddof=1).mean(axis=1)
    statistic = n * groups.mean(axis=2).var(axis=1, ddof=1) / within
    rate = np.mean(statistic > f_distribution.ppf(0.95, 2, 3 * (n - 1)))
    params = anova.Anova(alpha=0.05, groups=3, layout="group", means=means, sd=4)
    assert anova.power(params, n) == pytest.approx(rate, abs=0.008)


# --- numerics ----------------------------------------------------------------------------------------


@requirement("npowerai:numerics")
def test_power_is_finite_where_scipys_lower_tail_is_nan() -> None:
    df, noncentrality = 1335, 7.54
    critical = t_distribution.ppf(0.99, df)
    with np.errstate(all="ignore"):
        assert np.isnan(nct.cdf(-critical, df, noncentrality)) or nct.cdf(-critical, df, noncentrality) < 1e-9
    both = t_power(noncentrality=noncentrality, df=df, alpha=0.02, sides=2)
    assert isfinite(both)
    assert both == pytest.approx(t_power(noncentrality=noncentrality, df=df, alpha=0.01, sides=1), abs=1e-12)
    assert both == pytest.approx(float(nct.sf(critical, df, noncentrality)), abs=1e-9)


@requirement("npowerai:numerics")
def test_mixtures_hold_for_small_and_very_large_noncentralities() -> None:
    f_critical, chi2_critical = f_distribution.isf(0.05, 3, 200), chi2.isf(0.05, 4)
    for noncentrality in (0.0, 0.01, 0.4, 10.0, 120.0, 900.0, 4000.0):
        by_f = f_power(noncentrality=noncentrality, df_between=3, df_within=200, alpha=0.05)
        by_chi2 = chi2_power(noncentrality=noncentrality, df=4, alpha=0.05)
        if noncentrality == 0:  # where scipy 1.17's ncf.sf gives a negative number
            assert (by_f, by_chi2) == pytest.approx((0.05, 0.05))
        else:
            assert by_f == pytest.approx(float(ncf.sf(f_critical, 3, 200, noncentrality)), abs=1e-9)
            assert by_chi2 == pytest.approx(float(ncx2.sf(chi2_critical, 4, noncentrality)), abs=1e-9)


@requirement("npowerai:numerics")
@given(levels=LEVELS, df=st.integers(2, 2000), noncentrality=st.floats(0, 80))
@settings(max_examples=150, deadline=None)
def test_t_power_lies_between_the_level_and_one(
    levels: tuple[float, int], df: int, noncentrality: float
) -> None:
    alpha, sides = levels
    power = t_power(noncentrality=noncentrality, df=df, alpha=alpha, sides=sides)
    assert alpha - 1e-9 <= power <= 1 + 1e-9


@requirement("npowerai:monotone")
@given(levels=LEVELS, d=st.floats(0.05, 2.0), n=st.integers(3, 400), more=st.integers(1, 100))
@settings(max_examples=100, deadline=None)
def test_t_power_grows_with_size_effect_and_level(
    levels: tuple[float, int], d: float, n: int, more: int
) -> None:
    alpha, sides = levels
    base = one_sample.power(t_params(d, alpha, sides), n)
    slack = 1e-11
    assert one_sample.power(t_params(d, alpha, sides), n + more) >= base - slack
    assert one_sample.power(t_params(d * 1.1, alpha, sides), n) >= base - slack
    assert one_sample.power(t_params(d, alpha * 1.5, sides), n) >= base - slack
    ratio = 1 + more / 40
    groups = two_groups(d, alpha, sides, ratio)
    assert two_sample.power(groups, n + more) >= two_sample.power(groups, n) - slack


@requirement("npowerai:smallest-size")
@given(target=st.floats(0.01, 1), scale=st.floats(0.5, 400))
def test_smallest_n_is_the_first_that_reaches_the_target(target: float, scale: float) -> None:
    def power_at(n: int) -> float:
        return n / (n + scale)

    expected = next((n for n in range(3, 501) if power_at(n) >= target), None)
    assert smallest_n(power_at, target, first=3, last=500) == expected
