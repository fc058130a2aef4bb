"""What single items say: item–total and item–rest correlations, α without the item, r-table, class intervals,
MSI.

Arrays in, frozen dataclasses out; rows with a missing answer are the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import norm
from scipy.stats import t as t_distribution

from umkm_stats.kernels.measurement import scale_reliability as reliability

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """(k,) arrays. item_total: r of the item with the sum of all items; item_rest: with the sum of the others
    (corrected item–total); smc_total: item–total corrected for overlap and unreliability (psych's ``r.cor``);
    alpha_without, std_alpha_without: α of the others; mean_r: the item's mean correlation with the others."""

    item_total: Floats
    item_rest: Floats
    smc_total: Floats
    alpha_without: Floats
    std_alpha_without: Floats
    mean_r: Floats


def item_totals(cov: Floats) -> ItemTotals:
    """Item–total statistics of a scale from its covariance matrix (k, k); k ≥ 2. NaN for a constant item."""
    k = cov.shape[0]
    total = cov.sum()
    variance = np.diag(cov)
    with_total = cov.sum(axis=1)
    rest_variance = total - 2 * with_total + variance
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    item_total = with_total / (sd * np.sqrt(total if total > 0 else np.nan))
    item_rest = (with_total - variance) / (sd * np.sqrt(np.where(rest_variance > 0, rest_variance, np.nan)))
    without, std_without = np.full(k, np.nan), np.full(k, np.nan)
    for i in range(k):
        others = np.delete(np.arange(k), i)
        if k > 2:
            without[i] = reliability.alpha(cov[np.ix_(others, others)])
            std_without[i] = reliability.standardised_alpha(cov[np.ix_(others, others)])
    corr = reliability.correlations(cov)
    mean_r = (np.nansum(corr, axis=1) - 1) / (k - 1) if np.isfinite(corr).all() else np.full(k, np.nan)
    return ItemTotals(item_total, item_rest, _corrected(corr), without, std_without, np.asarray(mean_r))


def _corrected(corr: Floats) -> Floats:
    """Item–total correlations with each item's own variance replaced by its squared multiple correlation."""
    k = corr.shape[0]
    if not np.isfinite(corr).all() or np.linalg.matrix_rank(corr) < k:
        return np.full(k, np.nan)
    smc = 1 - 1 / np.diag(np.linalg.inv(corr))
    adjusted = corr - np.diag(1 - smc)
    total = adjusted.sum()
    if total <= 0:
        return np.full(k, np.nan)
    return np.asarray(adjusted.sum(axis=1) / np.sqrt(total), dtype=np.float64)


def r_table(n: int, *, level: float = 0.95, two_tailed: bool = True) -> float:
    """Smallest r that differs from zero at 1 − ``level`` with ``n`` rows (r-tabel): t/√(df + t²), df = n − 2.

    NaN when n < 3.
    """
    if n < 3:
        return float("nan")
    tail = (1 - level) / 2 if two_tailed else 1 - level
    t = float(t_distribution.isf(tail, n - 2))
    return t / float(np.sqrt(n - 2 + t * t))


def p_of_r(r: Floats, n: int) -> Floats:
    """Two-tailed p of correlations r (k,) with ``n`` rows: t = r√((n − 2)/(1 − r²)), df = n − 2."""
    if n < 3:
        return np.full(np.shape(r), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / (1 - np.square(r)))
    return np.asarray(2 * t_distribution.sf(t, n - 2), dtype=np.float64)


def discrimination(item: Floats, total: Floats, *, share: float = 0.27) -> tuple[float, float, float]:
    """Difference of the item's mean between the highest and lowest ``share`` of rows by the total, Welch's t
    and p.

    item, total (n,). Rows tied with the border row belong to the group, so that the order of rows has no say.
    NaN when a group has fewer than two rows.
    """
    n = item.shape[0]
    take = max(1, round(share * n))
    order = np.sort(total)
    low, high = item[total <= order[take - 1]], item[total >= order[n - take]]
    if min(low.size, high.size) < 2 or order[take - 1] >= order[n - take]:
        return float("nan"), float("nan"), float("nan")
    difference = float(high.mean() - low.mean())
    a, b = high.var(ddof=1) / high.size, low.var(ddof=1) / low.size
    if a + b <= 0:
        return difference, float("nan"), float("nan")
    t = difference / float(np.sqrt(a + b))
    df = (a + b) ** 2 / (a**2 / (high.size - 1) + b**2 / (low.size - 1))
    return difference, t, float(2 * t_distribution.sf(abs(t), df))


def moments(values: Floats) -> tuple[float, float]:
    """Skewness g₁ and excess kurtosis g₂ from central moments with divisor n; NaN for a constant."""
    centred = values - values.mean()
    second = float((centred**2).mean()) if values.size else 0.0
    if second <= 0:
        return float("nan"), float("nan")
    return float((centred**3).mean() / second**1.5), float((centred**4).mean() / second**2 - 3)


def class_intervals(low: float, high: float, classes: int) -> Floats:
    """(classes + 1,) borders of equal classes from ``low`` to ``high``; 1…5 in five classes: 1, 1.8, 2.6,
    3.4, 4.2, 5.

    A mean exactly on a border belongs to the class below it (1.80 is in 1.00–1.80), anything above to the
    next:
    the printed gaps (1.80 to 1.81) hold no value, and the border is decided before any rounding.
    """
    return np.asarray(low + (high - low) * np.arange(classes + 1) / classes, dtype=np.float64)


def class_of(value: float, borders: Floats) -> int:
    """Class number from 0 of a mean by ``class_intervals``; −1 outside the borders or NaN.

    The comparison forgives rounding of the borders themselves by one part in 10¹².
    """
    slack = 1e-12 * max(1.0, float(np.abs(borders).max()))
    if not np.isfinite(value) or value < borders[0] - slack or value > borders[-1] + slack:
        return -1
    return int(np.clip(np.searchsorted(borders[1:-1] + slack, value, side="left"), 0, borders.size - 2))


def attainment(mean: float, high: float) -> float:
    """TCR (tingkat capaian responden): mean as a percentage of the highest answer."""
    return float(100 * mean / high)


def successive_intervals(counts: Ints) -> Floats:
    """(c,) interval scores of ordered categories with ``counts`` answers each (method of successive
    intervals).

    Category mean of the standard normal between its thresholds, (φ(z_below) − φ(z_above))/proportion, shifted
    so that the lowest used category scores 1. A category nobody used is NaN.
    """
    counts = np.asarray(counts, dtype=np.float64)
    total = counts.sum()
    if total <= 0:
        return np.full(counts.size, np.nan)
    share = counts / total
    edge = np.concatenate([[0.0], np.minimum(np.cumsum(share), 1.0)])
    edge[-1] = 1.0
    density = norm.pdf(ndtri(edge))
    density[~np.isfinite(density)] = 0.0
    score = (density[:-1] - density[1:]) / np.where(share > 0, share, np.nan)
    return np.asarray(score - np.nanmin(score) + 1, dtype=np.float64)
