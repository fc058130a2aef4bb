"""Closed-form checks of published summary numbers: granularity, bounds of SDs, tests, fit indices, loadings.

GRIM: Brown & Heathers 2017 (https://doi.org/10.1177/1948550616673876); DEBIT for 0/1 data: Heathers & Brown
2019; the bound of a standard deviation on a bounded scale: Mestdagh et al. 2018 in the form SD ≤ √((M −
lo)(hi − M) n/(n − 1)).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats.kernels.measurement.heterotrait import heterotrait_monotrait as ratio
from umkm_stats.kernels.review.printed import Interval, Printed

Floats = NDArray[np.float64]


def mean_is_possible(mean: Printed, n: int, items: int = 1) -> bool | None:
    """GRIM: whether some sum of whole answers over n·items prints as this mean; None when every mean can.

    Both rounding half up and half to even are granted, so the bounds of rounding belong to it.
    """
    parts = n * items
    if parts >= 10**mean.decimals:
        return None
    range_ = mean.bounds()
    low = math.ceil(range_.low * parts - 1e-9)
    return low <= range_.high * parts + 1e-9


def sd_limit(mean: Interval, n: int, low: float, high: float) -> Interval:
    """Largest standard deviation (divisor n − 1) a mean allows on answers from low to high."""
    middle = 0.5 * (low + high)

    def bound(value: float) -> float:
        inside = min(max(value, low), high)
        return math.sqrt(max((inside - low) * (high - inside), 0.0) * n / (n - 1))

    ends = (bound(mean.low), bound(mean.high))
    top = bound(middle) if mean.low <= middle <= mean.high else max(ends)
    return Interval(min(ends), top)


def binary_sd(mean: Interval, n: int, *, divisor_n: bool = False) -> Interval:
    """DEBIT: the standard deviation that a share of ones fixes."""
    scale = 1.0 if divisor_n else n / (n - 1)

    def sd(value: float) -> float:
        inside = min(max(value, 0.0), 1.0)
        return math.sqrt(inside * (1.0 - inside) * scale)

    ends = sorted((sd(mean.low), sd(mean.high)))
    return Interval(ends[0], sd(0.5) if mean.low <= 0.5 <= mean.high else ends[1])


def p_of_z(z: Interval) -> Interval:
    """Two-sided p of a standard normal statistic."""
    return z.absolute().falling(lambda value: float(2.0 * stats.norm.sf(value)))


def p_of_t(t: Interval, df: float) -> Interval:
    """Two-sided p of Student's t."""
    return t.absolute().falling(lambda value: float(2.0 * stats.t.sf(value, df)))


def p_of_f(f: Interval, df1: float, df2: float) -> Interval:
    """Upper-tail p of F."""
    return f.falling(lambda value: float(stats.f.sf(max(value, 0.0), df1, df2)))


def p_of_chi2(x2: Interval, df: float) -> Interval:
    """Upper-tail p of χ²."""
    return x2.falling(lambda value: float(stats.chi2.sf(max(value, 0.0), df)))


def t_of_r(r: Interval, n: int) -> Interval:
    """t of a correlation with n rows."""

    def value(one: float) -> float:
        inside = min(max(one, -0.999999999), 0.999999999)
        return inside * math.sqrt((n - 2) / (1.0 - inside * inside))

    return r.rising(value)


def product_errors(a: Interval, se_a: Interval, b: Interval, se_b: Interval) -> dict[str, Interval]:
    """Standard errors of ab: Sobel (first order), Aroian (plus) and Goodman (minus the product of
    variances)."""
    first = (a.squared() * se_b.squared()) + (b.squared() * se_a.squared())
    extra = se_a.squared() * se_b.squared()
    return {"sobel": first.root(), "aroian": (first + extra).root(), "goodman": (first - extra).root()}


def root_mean_square_error(x2: Interval, df: int, n: int, *, less: int = 0, scale: float = 1.0) -> Interval:
    """RMSEA = √(max(χ² − df, 0)/(df·(n − less)))·√scale (scale: number of groups)."""
    return x2.rising(lambda value: math.sqrt(max(value - df, 0.0) / (df * (n - less)) * scale))


def comparative_fit(x2: Interval, df: int, base: Interval, base_df: int) -> Interval:
    """CFI from both χ²."""

    def value(own: float, other: float) -> float:
        top, bottom = max(own - df, 0.0), max(other - base_df, own - df, 0.0)
        return 1.0 if bottom == 0.0 else 1.0 - top / bottom

    return Interval(value(x2.high, base.low), value(x2.low, base.high))


def tucker_lewis(x2: Interval, df: int, base: Interval, base_df: int) -> Interval:
    """TLI from both χ²."""
    ends = [
        ((other / base_df) - (own / df)) / ((other / base_df) - 1.0)
        for own in (x2.low, x2.high)
        for other in (base.low, base.high)
        if other / base_df != 1.0
    ]
    return Interval(min(ends), max(ends)) if ends else Interval(-math.inf, math.inf)


def extracted_variance(loadings: Sequence[Interval]) -> Interval:
    """AVE of standardised loadings: the mean of their squares."""
    total = Interval(0.0, 0.0)
    for loading in loadings:
        total = total + loading.squared()
    return total / float(len(loadings))


def construct_reliability(loadings: Sequence[Interval]) -> Interval:
    """CR of standardised loadings, (Σλ)²/((Σλ)² + Σ(1 − λ²)); rising in every loading while their sum is
    positive."""

    def value(chosen: Sequence[float]) -> float:
        total = sum(chosen)
        rest = sum(1.0 - one * one for one in chosen)
        return total * total / (total * total + rest) if total * total + rest else math.nan

    low, high = value([one.low for one in loadings]), value([one.high for one in loadings])
    if sum(one.low for one in loadings) <= 0.0 or max(one.high for one in loadings) > 1.0:
        corners = [low, high, value([one.middle for one in loadings])]
        return Interval(min(corners), max(corners))
    return Interval(min(low, high), max(low, high))


def standardised_alpha(k: int, mean_r: Interval) -> Interval:
    """α of k items with mean correlation r: k·r/(1 + (k − 1)·r)."""
    return mean_r.rising(lambda r: k * r / (1.0 + (k - 1) * r))


def heterotrait_monotrait(correlations: Floats, first: Sequence[int], second: Sequence[int]) -> float:
    """HTMT: mean |correlation across| over the geometric mean of the mean |correlations within| (Henseler et
    al. 2015)."""
    return float(ratio(correlations, first, second))


def htmt_of(correlations: Floats, first: Sequence[int], second: Sequence[int], way: str) -> float:
    """HTMT by a convention: "" of absolute correlations, "htmt_signed" or "htmt_geometric" (HTMT2; NaN when a
    correlation is not positive)."""
    if not way:
        return heterotrait_monotrait(correlations, first, second)
    across = correlations[np.ix_(first, second)].ravel()
    within = [correlations[np.ix_(block, block)][np.triu_indices(len(block), 1)] for block in (first, second)]
    if way == "htmt_geometric":
        if min(across.min(), *(block.min() for block in within)) <= 0.0:
            return math.nan
        across, *within = (np.exp(np.log(block).mean()) for block in (across, *within))
        return float(across / math.sqrt(within[0] * within[1]))
    below = float(within[0].mean() * within[1].mean())
    return float(across.mean()) / math.sqrt(below) if below > 0 else math.nan


def regression_from_moments(
    cov: Floats, outcome: int, predictors: Sequence[int], n: int
) -> tuple[Floats, Floats, float]:
    """(slopes, standard errors, R²) of one ordinary regression from a covariance matrix with divisor n −
    1."""
    inner = cov[np.ix_(predictors, predictors)]
    cross = cov[list(predictors), outcome]
    slopes = np.linalg.solve(inner, cross)
    explained = float(slopes @ cross)
    rest = max(float(cov[outcome, outcome]) - explained, 0.0)
    df = n - len(predictors) - 1
    errors = np.sqrt(np.diag(np.linalg.inv(inner)) * rest / df)
    return (
        np.asarray(slopes, dtype=np.float64),
        np.asarray(errors, dtype=np.float64),
        explained / float(cov[outcome, outcome]),
    )
