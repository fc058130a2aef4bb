"""Normality: skewness and kurtosis with standard errors, Mardia's coefficients.

Mardia (1970), https://doi.org/10.1093/biomet/57.3.519; the covariance has divisor n − 1, as in R ``psych``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Univariate:
    """Per variable (k,): n, mean, sd (n − 1), skew and excess kurtosis (sample-corrected G1, G2), their
    standard errors,
    Shapiro–Wilk W and p (NaN below 3 or above 5 000 rows), shares of the lowest and highest possible
    answer."""

    n: Floats
    mean: Floats
    sd: Floats
    skew: Floats
    kurtosis: Floats
    se_skew: Floats
    se_kurtosis: Floats
    w: Floats
    p: Floats


def univariate(x: Floats) -> Univariate:
    """Moments of every column of ``x`` (n, k) over its own answers. G1, G2: Joanes and Gill (1998), type
    2."""
    k = x.shape[1]
    out = np.full((9, k), np.nan)
    for j in range(k):
        v = x[~np.isnan(x[:, j]), j]
        n = len(v)
        out[0, j] = n
        if n < 1:
            continue
        out[1, j] = v.mean()
        if n < 2:
            continue
        out[2, j] = v.std(ddof=1)
        d = v - v.mean()
        m2 = float((d**2).mean())
        if m2 <= 0 or n < 4:
            continue
        g1, g2 = float((d**3).mean()) / m2**1.5, float((d**4).mean()) / m2**2 - 3
        out[3, j] = g1 * np.sqrt(n * (n - 1)) / (n - 2)
        out[4, j] = ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))
        out[5, j] = np.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
        out[6, j] = 2 * out[5, j] * np.sqrt((n**2 - 1) / ((n - 3) * (n + 5)))
        if n <= 5000:
            out[7, j], out[8, j] = stats.shapiro(v)
    return Univariate(*out)


@dataclass(frozen=True, slots=True)
class Mardia:
    """skew b₁ and kurtosis b₂ with their tests: χ² = n·b₁/6 with p(p+1)(p+2)/6 df (and its small-sample
    form), and
    z = (b₂ − p(p+2))·√(n / 8p(p+2)), two-sided."""

    n: int
    p: int
    skew: float
    kurtosis: float
    chi2: float
    df: int
    p_skew: float
    chi2_small: float
    p_small: float
    z: float
    p_kurtosis: float


def mardia(x: Floats) -> Mardia:
    """Mardia's multivariate skewness and kurtosis of ``x`` (n, p), complete rows only.

    Raises ``numpy.linalg.LinAlgError`` for a singular covariance (also with n ≤ p).
    """
    x = x[~np.isnan(x).any(axis=1)]
    n, p = x.shape
    if n <= p:
        raise np.linalg.LinAlgError("fewer rows than variables")
    centred = x - x.mean(axis=0)
    root = np.linalg.cholesky(np.atleast_2d(np.cov(x, rowvar=False)))
    white = np.linalg.solve(root, centred.T).T
    b1, b2 = _skewness(white), float((np.einsum("ij,ij->i", white, white) ** 2).mean())
    df = p * (p + 1) * (p + 2) // 6
    factor = (p + 1) * (n + 1) * (n + 3) / (n * ((n + 1) * (p + 1) - 6))
    chi2, small = n * b1 / 6, n * factor * b1 / 6
    z = (b2 - p * (p + 2)) * np.sqrt(n / (8 * p * (p + 2)))
    return Mardia(
        n,
        p,
        b1,
        b2,
        chi2,
        df,
        float(stats.chi2.sf(chi2, df)),
        small,
        float(stats.chi2.sf(small, df)),
        float(z),
        float(2 * stats.norm.sf(abs(z))),
    )


def _skewness(white: Floats) -> float:
    """Σᵢⱼ (zᵢ′zⱼ)³ / n² of standardised rows: over pairs of rows, or, with many rows, as the squared length
    of the third
    moments (the same number)."""
    n, p = white.shape
    if n <= p * p:
        return float(((white @ white.T) ** 3).sum() / n**2)
    return float(sum(float((((white * white[:, [i]]).T @ white / n) ** 2).sum()) for i in range(p)))
