"""Small tests around one estimate: equivalence, Bayes factor of a null, adjusted p-values."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import ndtr, ndtri, stdtr, stdtrit


def two_sided(ratio: float, df: float) -> float:
    """Two-sided p of a t (df inf: z) ratio, from the lower tail at −|ratio|."""
    size = -abs(ratio)
    return float(2.0 * (ndtr(size) if np.isinf(df) else stdtr(df, size)))


def all_two_sided(ratio: NDArray[np.float64], df: float) -> NDArray[np.float64]:
    """``two_sided`` of many ratios."""
    size = -np.abs(ratio)
    return np.asarray(2.0 * (ndtr(size) if np.isinf(df) else stdtr(df, size)), dtype=np.float64)


@functools.lru_cache(maxsize=256)
def half_width(level: float, df: float) -> float:
    """Quantile (1 + level)/2 of t, of the normal when df is inf."""
    upper = (1.0 + level) / 2.0
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests: p is the larger one; low, high: the interval at level 1 − 2·alpha that decides."""

    p: float
    low: float
    high: float
    equivalent: bool


def tost(est: float, se: float, df: float, bound: float, alpha: float = 0.05) -> Equivalence:
    """Is the parameter inside ±``bound`` (Schuirmann 1987)? ``df`` may be inf."""
    upper = float(stats.t.sf((bound - est) / se, df))
    lower = float(stats.t.sf((bound + est) / se, df))
    half = float(stats.t.isf(alpha, df)) * se
    p = max(upper, lower)
    return Equivalence(p, est - half, est + half, p < alpha)


def bayes_factor_null(est: float, se: float, prior_sd: float) -> float:
    """Evidence for 0 over N(0, ``prior_sd``²): marginal likelihoods of a normal estimate (Dickey 1971)."""
    wide = float(np.hypot(se, prior_sd))
    return float(np.exp(stats.norm.logpdf(est, 0.0, se) - stats.norm.logpdf(est, 0.0, wide)))


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm 1979 adjusted p-values; NaN stays NaN and does not count."""
    values = np.asarray(p, dtype=np.float64)
    out = np.full(values.shape, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return out


def false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """Benjamini & Hochberg 1995 adjusted p-values; NaN stays NaN and does not count."""
    values = np.asarray(p, dtype=np.float64)
    out = np.full(values.shape, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    count = len(order)
    if count:
        steps = values[order] * count / np.arange(1, count + 1)
        out[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return out
