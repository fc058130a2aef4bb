"""Formulas behind printed tables of regressions, reliability, factors and frequencies, as intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats.kernels.review.printed import Interval

Floats = NDArray[np.float64]


def inside_unit(value: Interval) -> Interval:
    """The part of an interval that a share can have."""
    low = min(max(value.low, 0.0), 1.0 - 1e-12)
    return Interval(low, max(low, min(value.high, 1.0 - 1e-12)))


def adjusted_r2(r2: Interval, n: int, k: int) -> Interval:
    """1 − (1 − R²)(n − 1)/(n − k − 1)."""
    return 1.0 - (1.0 - r2) * ((n - 1) / (n - k - 1))


def plain_r2(adjusted: Interval, n: int, k: int) -> Interval:
    """R² from the adjusted one."""
    return 1.0 - (1.0 - adjusted) * ((n - k - 1) / (n - 1))


def f_of_r2(r2: Interval, n: int, k: int) -> Interval:
    """F = (R²/k)/((1 − R²)/(n − k − 1))."""
    return inside_unit(r2).rising(lambda value: value / k / ((1.0 - value) / (n - k - 1)))


def alpha_limit(alpha: Interval, n: int, k: int, tail: float) -> Interval:
    """Feldt's limit of α: 1 − (1 − α)·F quantile with n − 1 and (n − 1)(k − 1) df (Feldt, Woodruff & Salih
    1987)."""
    quantile = float(stats.f.isf(tail, n - 1, (n - 1) * (k - 1)))
    return 1.0 - (1.0 - alpha) * quantile


def alpha_of(low: Floats, high: Floats) -> Interval:
    """Standardised α of correlations between ``low`` and ``high`` (k, k): k/(k − 1)·(1 − k/Σr)."""
    k = low.shape[0]

    def value(sums: float) -> float:
        return k / (k - 1) * (1.0 - k / sums) if sums > 0 else -math.inf

    return Interval(value(float(low.sum())), value(float(high.sum())))


def quantile_range(mean: Interval, sd: Interval, tail: float) -> Interval:
    """Where the quantile of any distribution with this mean and SD can lie (Cantelli's inequality)."""
    return Interval(
        (mean - sd * math.sqrt((1.0 - tail) / tail)).low, (mean + sd * math.sqrt(tail / (1.0 - tail))).high
    )


def quantile(values: Sequence[float], q: float, *, six: bool) -> float:
    """Quantile of type 7 (numpy, R) or type 6 (SPSS, boot)."""
    method = "weibull" if six else "linear"
    return float(np.quantile(np.asarray(values, dtype=float), q, method=method))  # type: ignore[call-overload]


def chi2_two_by_two(a: float, b: float, c: float, d: float, *, yates: bool) -> float:
    """χ² of a 2 × 2 table, with or without Yates' correction."""
    n = a + b + c + d
    gap = abs(a * d - b * c)
    if yates:
        gap = max(gap - min(n / 2.0, gap), 0.0)
    below = (a + b) * (c + d) * (a + c) * (b + d)
    return n * gap * gap / below if below > 0 else math.nan


_LILLIEFORS = (
    -0.37782822932809,
    1.67819837908004,
    -3.02959249450445,
    2.80015798142101,
    -1.39874347510845,
    0.40466213484419,
    -0.06353440854207,
    0.00287462087623,
    0.00069650013110,
    -0.00011872227037,
    0.00000575586834,
)


def lilliefors_p(d: float, n: int) -> float:
    """p of Lilliefors' D by the polynomial of Molin and Abdi (1998), within [0, 1]."""
    b0, b1, b2 = 0.37872256037043, 1.30748185078790, 0.08861783849346
    if d <= 0:
        return 1.0
    root = (b1 + n) ** 2 - 4.0 * b2 * (b0 - d**-2)
    a = (-(b1 + n) + math.sqrt(root)) / (2.0 * b2)
    return float(min(max(sum(c * a**i for i, c in enumerate(_LILLIEFORS)), 0.0), 1.0))


def communality(loadings: Sequence[Interval], phi: Floats | None) -> Interval:
    """Σλ², or λ′Φλ with the factor correlations; bounds to first order."""
    if phi is None:
        total = Interval(0.0, 0.0)
        for one in loadings:
            total = total + one.squared()
        return total
    middle = np.array([one.middle for one in loadings])
    half = np.array([0.5 * (one.high - one.low) for one in loadings])
    centre = float(middle @ phi @ middle)
    reach = float(2.0 * np.abs(phi @ middle) @ half) + float(half.sum() ** 2)
    return Interval(centre - reach, centre + reach)
