"""Power of the textbook tests from their noncentral distributions: f², t, r and χ².

Conventions are those of the R package pwr and of G*Power where the two agree; ``correlation`` follows pwr
(Fisher's z of the critical r, with its bias term), which gives 85 where an exact bivariate-normal program
gives 84.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import chi2, ncf, nct, ncx2
from scipy.stats import f as f_distribution
from scipy.stats import t as student

from umkm_stats.kernels.planning.sizes import smallest

MOST = 20.0  # no effect size is looked for beyond this


def regression(f2: float, n: int, predictors: int, tested: int, alpha: float) -> float:
    """Power of the F test of ``tested`` of ``predictors`` coefficients; λ = f² n (Cohen 1988, ch. 9)."""
    df = n - predictors - 1
    if df < 1:
        return 0.0
    critical = float(f_distribution.isf(alpha, tested, df))
    return float(ncf.sf(critical, tested, df, f2 * n))


def two_means(d: float, n: int, alpha: float, tails: int) -> float:
    """Power of the t test of two independent groups of n each."""
    return _t(d * math.sqrt(n / 2.0), 2 * n - 2, alpha, tails)


def one_mean(d: float, n: int, alpha: float, tails: int) -> float:
    """Power of the t test of one mean, or of n paired differences."""
    return _t(d * math.sqrt(n), n - 1, alpha, tails)


def _t(shift: float, df: int, alpha: float, tails: int) -> float:
    if df < 1:
        return 0.0
    critical = float(student.isf(alpha / tails, df))
    power = float(nct.sf(critical, df, shift))
    return power + (float(nct.cdf(-critical, df, shift)) if tails == 2 else 0.0)


def correlation(r: float, n: int, alpha: float, tails: int) -> float:
    """Power of the test of a correlation of 0 (Cohen 1988, ch. 3, as pwr computes it)."""
    if n < 4:
        return 0.0
    t = float(student.isf(alpha / tails, n - 2))
    critical = math.sqrt(t * t / (t * t + n - 2))
    z, limit, root = math.atanh(r) + r / (2.0 * (n - 1)), math.atanh(critical), math.sqrt(n - 3)
    power = float(ndtr((z - limit) * root))
    return power + (float(ndtr((-z - limit) * root)) if tails == 2 else 0.0)


def chi_square(w: float, n: int, df: int, alpha: float) -> float:
    """Power of a χ² test with effect size w; λ = w² n (Cohen 1988, ch. 7)."""
    return float(ncx2.sf(float(chi2.isf(alpha, df)), df, w * w * n))


def size_for(power_at: Callable[[int], float], target: float, low: int) -> int:
    """Smallest n with at least the target."""
    return smallest(lambda n: power_at(n) >= target, low)


def effect_for(power_of: Callable[[float], float], target: float, most: float) -> float:
    """Effect whose power is the target; NaN when none up to ``most`` reaches it."""
    high = min(1e-3, most)
    while not power_of(high) >= target:
        if high >= most:
            return math.nan
        high = min(high * 1.5, most)
    return float(brentq(lambda size: power_of(size) - target, 1e-9, high, xtol=1e-10))
