"""Power of the t, F, chi-square, normal, correlation and paired binary tests, and the smallest size.

Pure numbers in, numbers out; scipy and numpy are imported on first use, so that the
package stays light. Each noncentral tail is a mixture over a central distribution,
summed or integrated here, and not `scipy.stats.nct`, `ncf` or `ncx2`: the lower tail
of `scipy.stats.nct.cdf` is NaN once the noncentrality passes about 6.5, the library
behind those functions changed between scipy releases, and a gold should depend on
neither. The reference solutions do use scipy's own, so the two check each other.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from task_store.datasets.npowerai.model import SEARCH_LIMIT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NODES = 200
_HALF_WIDTH_SD = 10.0
"""Half-width of the integration range, in standard deviations of S = sqrt(chi2_df / df)."""
_MIXTURE_SD = 12.0
"""How far a mixture is followed on either side of its mean, in standard deviations of the Poisson."""


def t_power(*, noncentrality: float, df: int, alpha: float, sides: int) -> float:
    """Power of Student's t test; with two sides, both rejection regions count.

    The statistic is noncentral t: (Z + noncentrality) / S (Cohen 1988, chapter 2;
    Faul et al. 2007, Behavior Research Methods 39(2), 175-191).

    Args:
        noncentrality: at least 0, in the direction of the effect.
        df: degrees of freedom, at least 2.
        alpha: significance level of the whole test.
        sides: 1 or 2.
    """
    from scipy.special import stdtrit

    critical = float(stdtrit(df, 1 - alpha / sides))
    near = _t_above(critical, df, noncentrality)
    return near if sides == 1 else near + _t_above(critical, df, -noncentrality)


def f_power(*, noncentrality: float, df_between: int, df_within: int, alpha: float) -> float:
    """Power of an F test: a Poisson mixture of central beta tails (Cohen 1988, chapter 8)."""
    import numpy as np
    from scipy.special import betainc, fdtri

    critical = float(fdtri(df_between, df_within, 1 - alpha))
    share = df_between * critical / (df_between * critical + df_within)
    index, weights = _poisson(noncentrality / 2)
    return float(1 - np.dot(weights, betainc(df_between / 2 + index, df_within / 2, share)))


def chi2_power(*, noncentrality: float, df: int, alpha: float) -> float:
    """Power of a chi-square test: a Poisson mixture of central tails (Cohen 1988, chapter 7)."""
    import numpy as np
    from scipy.special import chdtrc, chdtri

    index, weights = _poisson(noncentrality / 2)
    return float(np.dot(weights, chdtrc(df + 2 * index, float(chdtri(df, alpha)))))


def z_power(*, shift: float, alpha: float, sides: int) -> float:
    """Power of a z test, only the rejection region on the effect's side counted."""
    from scipy.special import ndtr, ndtri

    return float(ndtr(shift + ndtri(alpha / sides)))


def chi2_noncentrality(*, df: int, alpha: float, power: float) -> float:
    """The noncentrality at which a chi-square test has this power, by bisection."""
    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        if chi2_power(noncentrality=middle, df=df, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high


def smallest_n(power_at: Callable[[int], float], target: float, *, first: int, last: int) -> int | None:
    """The smallest n in [first, last] with `power_at(n) >= target`; None when none has it.

    Args:
        power_at: power as a function of n that never falls as n grows.
        target: the power to be reached.
        first: the smallest n that makes a test at all.
        last: where to stop looking.
    """
    if power_at(last) < target:
        return None
    low, high = first - 1, last  # high reaches the target, low does not
    while high - low > 1:
        middle = (low + high) // 2
        if power_at(middle) < target:
            low = middle
        else:
            high = middle
    return high


def correlation_power(*, rho: float, n: int, alpha: float, sides: int) -> float:
    """Power of the t test of Pearson's r = 0 on n pairs from a bivariate normal distribution.

    With delta = rho / sqrt(1 - rho^2), r / sqrt(1 - r^2) is distributed as
    (Z + delta chi_(n-1)) / chi_(n-2), all three independent: given the first variable, the
    t statistic is noncentral t, and the first variable's sum of squares is chi-square
    (the representation is usually credited to Ruben 1966; from memory). The reference
    solutions integrate Hotelling's density of r instead.

    Args:
        rho: the true correlation, in the direction of the effect, in [0, 1).
        n: pairs of values, at least 4.
        alpha: significance level of the whole test.
        sides: 1 or 2.
    """
    import numpy as np
    from scipy.special import ndtr, stdtrit

    critical = float(stdtrit(n - 2, 1 - alpha / sides))
    spread, spread_weights = _scaled_chi(n - 1)
    scale, scale_weights = _scaled_chi(n - 2)
    shift = rho * np.sqrt((n - 1) / (1 - rho**2)) * spread[:, None]
    rejected = ndtr(shift - critical * scale)
    if sides == 2:
        rejected = rejected + ndtr(-shift - critical * scale)
    return float(spread_weights @ rejected @ scale_weights)


def mcnemar_power(*, discordant: float, share: float, n: int, alpha: float, sides: int) -> float:
    """Unconditional power of the exact conditional (binomial) McNemar test on n pairs.

    Args:
        discordant: probability that a pair is discordant, below 1.
        share: probability that a discordant pair is of the expected kind, at least 0.5.
        n: pairs, at most `model.SEARCH_LIMIT` plus a few.
        alpha: significance level of the whole test; a two-sided P value is twice the smaller tail.
        sides: 1 or 2.
    """
    import numpy as np
    from scipy.special import bdtr, gammaln

    pairs = np.arange(n + 1)
    cut = _binomial_cuts(alpha / sides)[: n + 1]
    possible = cut >= 0
    cut, trials = cut[possible].astype(float), pairs[possible]
    rejected = bdtr(cut, trials, 1 - share) + (bdtr(cut, trials, share) if sides == 2 else 0)
    log_choices = gammaln(n + 1) - gammaln(trials + 1) - gammaln(n - trials + 1)
    log_weights = log_choices + trials * np.log(discordant) + (n - trials) * np.log1p(-discordant)
    return float(np.dot(np.exp(log_weights), rejected))


@cache
def _binomial_cuts(tail: float) -> "NDArray[np.int64]":
    """For each number of trials the largest k with P(Binomial(trials, 1/2) <= k) <= tail; -1 if none."""
    import numpy as np
    from scipy.special import bdtr

    last = SEARCH_LIMIT + 100
    counts = [np.sum(bdtr(np.arange(m + 1.0), m, 0.5) <= tail) for m in range(last + 1)]
    return np.array(counts, dtype=np.int64) - 1


def _t_above(critical: float, df: int, noncentrality: float) -> float:
    """P((Z + noncentrality) / S > critical) = E[Phi(noncentrality - critical S)], S = sqrt(chi2_df / df)."""
    from scipy.special import ndtr

    s, weights = _scaled_chi(df)
    return float(weights @ ndtr(noncentrality - critical * s))


def _scaled_chi(df: int) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Nodes and weights that integrate over the distribution of S = sqrt(chi2_df / df)."""
    import numpy as np
    from scipy.special import gammaln

    nodes, weights = _legendre()
    half = _HALF_WIDTH_SD / np.sqrt(2 * df)
    low, high = max(0.0, 1 - half), 1 + half
    s = low + (high - low) * (nodes + 1) / 2
    log_density = np.log(2) + df / 2 * np.log(df / 2) - gammaln(df / 2) + (df - 1) * np.log(s) - df * s**2 / 2
    return s, (high - low) / 2 * weights * np.exp(log_density)


def _poisson(mean: float) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Indices around the mean and their Poisson weights; what is left out is below 1e-12."""
    import numpy as np
    from scipy.special import gammaln, xlogy

    reach = _MIXTURE_SD * (mean**0.5 + 3)  # 3: a Poisson of small mean has the longer tail
    index = np.arange(max(0, int(mean - reach)), int(mean + reach) + 1, dtype=np.float64)
    return index, np.exp(xlogy(index, mean) - mean - gammaln(index + 1))


@cache
def _legendre() -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
