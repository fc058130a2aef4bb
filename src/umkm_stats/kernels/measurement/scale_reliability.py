"""Reliability of a sum of items from its covariance matrix: α, standardised α, λ6, split halves, ω, CR,
maximal ρ.

Everything takes covariance matrices ``(..., k, k)`` and works on any leading axes, so that a whole block of
bootstrap draws is one call. Nothing is clipped: a negative α is returned as it is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_SPLIT_ITEMS = 16  # 2^15 splits; more items would cost more than the answer is worth


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """Split-half reliabilities. odd_even_r: correlation of the odd- and even-numbered items' sums;
    spearman_brown: stepped up to full length (Horst's form when the halves differ in length); guttman:
    4·cov(halves)/variance of the total for that split; lowest (β of Revelle), mean, highest (λ4): the same
    over all splits into halves,
    NaN beyond ``MAX_SPLIT_ITEMS`` items."""

    odd_even_r: float
    spearman_brown: float
    guttman: float
    lowest: float
    mean: float
    highest: float


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where bottom is not positive."""
    safe = np.where(bottom > 0, bottom, np.nan)
    return np.asarray(top / safe, dtype=np.float64)


def correlations(cov: Floats) -> Floats:
    """Correlation matrices of covariance matrices (..., k, k); NaN in the rows of a constant item."""
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    out = cov / (sd[..., :, None] * sd[..., None, :])
    k = cov.shape[-1]
    out[..., np.arange(k), np.arange(k)] = np.where(np.isfinite(sd), 1.0, np.nan)
    return np.asarray(out, dtype=np.float64)


def alpha(cov: Floats) -> Floats:
    """Cronbach's α, k/(k−1)·(1 − tr S / 1′S1), of (..., k, k); NaN when the total has no variance.

    Cronbach 1951, https://doi.org/10.1007/BF02310555.
    """
    k = cov.shape[-1]
    if k < 2:
        return np.full(cov.shape[:-2], np.nan)
    total = cov.sum(axis=(-2, -1))
    own = np.trace(cov, axis1=-2, axis2=-1)
    return np.asarray(k / (k - 1) * _ratio(total - own, total), dtype=np.float64)


def standardised_alpha(cov: Floats) -> Floats:
    """α of the items brought to equal variances, from k and the mean correlation; NaN with a constant
    item."""
    return alpha(correlations(cov))


def alpha_interval(value: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Feldt's limits of α for ``n`` rows (after deletion) and ``k`` items, from the F distribution.

    Feldt, Woodruff & Salih 1987, https://doi.org/10.1177/014662168701100107. NaN when n < 2 or k < 2.
    """
    if n < 2 or k < 2 or not np.isfinite(value):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    first, second = n - 1, (n - 1) * (k - 1)
    high = float(f_distribution.isf(tail, first, second))
    low = float(f_distribution.ppf(tail, first, second))
    return 1 - (1 - value) * high, 1 - (1 - value) * low


def guttman_l6(cov: Floats) -> float:
    """Guttman's λ6 of the standardised items: 1 − Σ(1 − smc)/1′R1; (k, k) in. NaN when R cannot be inverted.

    Guttman 1945, https://doi.org/10.1007/BF02288892.
    """
    corr = correlations(cov)
    if corr.shape[-1] < 2 or not np.isfinite(corr).all() or np.linalg.matrix_rank(corr) < corr.shape[-1]:
        return float("nan")
    unexplained = 1 / np.diag(np.linalg.inv(corr))
    return float(1 - unexplained.sum() / corr.sum())


def split_half(cov: Floats) -> SplitHalf:
    """Split-half reliabilities of (k, k); NaN with fewer than two items or a half without variance."""
    k = cov.shape[-1]
    nothing = float("nan")
    if k < 2:
        return SplitHalf(nothing, nothing, nothing, nothing, nothing, nothing)
    odd = np.arange(k) % 2 == 0
    first, second = cov[np.ix_(odd, odd)].sum(), cov[np.ix_(~odd, ~odd)].sum()
    between, total = cov[np.ix_(odd, ~odd)].sum(), cov.sum()
    r = between / np.sqrt(first * second) if first > 0 and second > 0 else nothing
    guttman = 4 * between / total if total > 0 else nothing
    lowest = mean = highest = nothing
    if k <= MAX_SPLIT_ITEMS and total > 0:
        chosen = np.array(list(itertools.combinations(range(k), k // 2)))
        if k % 2 == 0:
            chosen = chosen[chosen[:, 0] == 0]  # the other half is the same split
        half = np.zeros((chosen.shape[0], k))
        np.put_along_axis(half, chosen, 1.0, axis=1)
        values = 4 * ((half @ cov) * (1 - half)).sum(axis=1) / total
        lowest, mean, highest = float(values.min()), float(values.mean()), float(values.max())
    return SplitHalf(
        float(r), _spearman_brown(float(r), int(odd.sum()), k), float(guttman), lowest, mean, highest
    )


def _spearman_brown(r: float, half: int, k: int) -> float:
    """Reliability of the full length from the correlation of halves of ``half`` and ``k − half`` items.

    Spearman–Brown for equal halves; Horst 1951 (https://doi.org/10.1177/001316445101100306) otherwise.
    """
    if not np.isfinite(r):
        return float("nan")
    if 2 * half == k:
        return 2 * r / (1 + r) if r > -1 else float("nan")
    share = half / k
    product = share * (1 - share)
    root = np.sqrt(r**2 + 4 * product * (1 - r**2))
    return float(r * (root - r) / (2 * product * (1 - r**2))) if abs(r) < 1 else float("nan")


def omega_total(loadings: Floats, cov: Floats, factor_variance: Floats | float = 1.0) -> Floats:
    """ω total = (Σλ)²φ / 1′S1 with the *observed* covariance matrix, as semTools' ``compRelSEM``.

    loadings (..., k), cov (..., k, k).
    """
    shared = loadings.sum(axis=-1) ** 2 * factor_variance
    return _ratio(np.asarray(shared), cov.sum(axis=(-2, -1)))


def composite(loadings: Floats, unique: Floats, factor_variance: Floats | float = 1.0) -> Floats:
    """Composite reliability (Σλ)²φ / ((Σλ)²φ + Σθ); with standardised loadings and θ = 1 − λ² the congeneric
    CR.

    loadings and unique (..., k). Jöreskog 1971, https://doi.org/10.1007/BF02291393.
    """
    shared = np.asarray(loadings.sum(axis=-1) ** 2 * factor_variance)
    return _ratio(shared, shared + unique.sum(axis=-1))


def average_variance(loadings: Floats, unique: Floats, factor_variance: Floats | float = 1.0) -> Floats:
    """AVE = Σλ²φ / (Σλ²φ + Σθ); with standardised loadings it is the mean of λ².

    Fornell & Larcker 1981, https://doi.org/10.1177/002224378101800104.
    """
    shared = np.asarray((loadings**2).sum(axis=-1) * factor_variance)
    return _ratio(shared, shared + unique.sum(axis=-1))


def maximal(loadings: Floats, unique: Floats, factor_variance: Floats | float = 1.0) -> Floats:
    """Maximal reliability (coefficient H) of the best weighted sum: s/(1+s), s = Σ λ²φ/θ.

    Hancock & Mueller 2001. NaN when some θ is not positive.
    """
    safe = np.where(unique > 0, unique, np.nan)
    signal = np.asarray((loadings**2 / safe).sum(axis=-1) * factor_variance)
    return np.asarray(signal / (1 + signal), dtype=np.float64)
