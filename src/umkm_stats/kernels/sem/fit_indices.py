"""Fit indices, each a function of plain numbers.

χ² and df of the model and of the baseline, N, moments. Sources: Steiger & Lind 1980 and Browne & Cudeck 1993
(RMSEA), Bentler 1990 (CFI), Tucker & Lewis 1973 (TLI), Bollen 1989 (IFI), Bentler & Bonett 1980 (NFI),
Hu & Bentler 1999 (SRMR), Hoelter 1983 (critical N), Schwarz 1978 and Sclove 1987 (BIC, SABIC).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc, chdtri, chndtr

from umkm_stats.kernels.sem.structure import Floats


def chi2_p(x2: float, df: float) -> float:
    """Survival function of χ²; NaN without degrees of freedom."""
    if not df > 0 or not math.isfinite(x2):
        return math.nan
    return float(chdtrc(df, max(x2, 0.0)))


TINY = 1e-10
"""A non-centrality below this is rounding: a saturated model with a χ² of 1e-14."""


def cfi(x2: float, df: float, base: float, base_df: float) -> float:
    """Comparative fit index, in [0, 1]; NaN where a χ² is."""
    if math.isnan(x2) or math.isnan(base):
        return math.nan
    gap, worst = max(x2 - df, 0.0), max(x2 - df, base - base_df, 0.0)
    return 1.0 - gap / worst if worst > TINY else 1.0


def rni(x2: float, df: float, base: float, base_df: float) -> float:
    """Relative non-centrality index: the CFI without limits."""
    return 1.0 - (x2 - df) / (base - base_df) if base != base_df else math.nan


def tli(x2: float, df: float, base: float, base_df: float) -> float:
    """Tucker–Lewis index (NNFI); 1 for a saturated model."""
    if df <= 0:
        return 1.0
    bottom = base / base_df - 1.0 if base_df > 0 else 0.0
    return (base / base_df - x2 / df) / bottom if bottom != 0 else math.nan


def nfi(x2: float, base: float) -> float:
    """Normed fit index."""
    return (base - x2) / base if base > 0 else math.nan


def ifi(x2: float, df: float, base: float) -> float:
    """Incremental fit index."""
    return (base - x2) / (base - df) if base != df else math.nan


def rmsea(x2: float, df: float, n: float, groups: int = 1) -> float:
    """√(max((X²/n − df/n) / df, 0) · G); 0 without degrees of freedom."""
    if not df > 0:
        return 0.0 if df == 0 else math.nan
    return math.sqrt(max((x2 / n) / df - 1.0 / n, 0.0) * groups)


def noncentrality(x2: float, df: float, level: float) -> float:
    """λ with P(χ²(df, λ) ≤ x2) = level; 0 when even λ = 0 lies below."""
    if df <= 0 or float(chndtr(x2, df, 0.0)) <= level:
        return 0.0
    from scipy.optimize import brentq  # slow to import, rarely needed at once

    high = max(x2, 1.0)
    while float(chndtr(x2, df, high)) > level:
        high *= 2.0
        if high > 1e9:
            return math.nan
    return float(
        brentq(lambda value: float(chndtr(x2, df, value)) - level, 0.0, high, xtol=1e-10, rtol=1e-12)
    )


def rmsea_interval(
    x2: float, df: float, n: float, groups: int = 1, level: float = 0.90
) -> tuple[float, float]:
    """Limits of the RMSEA from the non-central χ²."""
    if not df > 0 or not math.isfinite(x2):
        return (0.0, 0.0) if df == 0 else (math.nan, math.nan)
    if math.isnan(float(chndtr(x2, df, 0.0))):  # hardly any degrees of freedom beside a huge x2
        return math.nan, math.nan
    side = (1.0 - level) / 2.0
    low, high = noncentrality(x2, df, 1.0 - side), noncentrality(x2, df, side)
    return math.sqrt(low * groups / (n * df)), math.sqrt(high * groups / (n * df))


def rmsea_close(x2: float, df: float, n: float, groups: int = 1, limit: float = 0.05) -> float:
    """p-value of RMSEA ≤ limit."""
    if not df > 0 or not math.isfinite(x2):
        return math.nan
    return 1.0 - float(chndtr(x2, df, n * df * limit**2 / groups))


def critical_n(x2: float, df: float, n: float, alpha: float = 0.05) -> float:
    """Hoelter's N at which the χ² would just be significant."""
    if df <= 0 or x2 <= 0:
        return math.nan
    return float(chdtri(df, alpha)) / (x2 / n) + 1.0


def srmr(cov: Floats, mean: Floats, sigma: Floats, mu: Floats, *, means: bool) -> dict[str, float]:
    """RMR and SRMR of one group: "bentler" (with means when they are modelled), "bentler_nomean", "mplus",
    "rmr"."""
    p = len(cov)
    low = np.tril_indices(p)
    scale = np.sqrt(np.diagonal(cov))
    implied = np.sqrt(np.abs(np.diagonal(sigma)))
    raw = (cov - sigma)[low]
    std = ((cov - sigma) / np.outer(scale, scale))[low]
    own = cov / np.outer(scale, scale) - sigma / np.outer(implied, implied)
    np.fill_diagonal(own, (np.diagonal(cov) - np.diagonal(sigma)) / np.diagonal(cov))
    gap, gap_std, gap_own = mean - mu, (mean - mu) / scale, mean / scale - mu / implied
    pairs = len(raw)
    total = pairs + p if means else pairs
    extra = (
        (float(gap @ gap), float(gap_std @ gap_std), float(gap_own @ gap_own)) if means else (0.0, 0.0, 0.0)
    )
    return {
        "rmr": math.sqrt((float(raw @ raw) + extra[0]) / total),
        "bentler": math.sqrt((float(std @ std) + extra[1]) / total),
        "bentler_nomean": math.sqrt(float(std @ std) / pairs),
        "mplus": math.sqrt((float((own[low] ** 2).sum()) + extra[2]) / total),
    }


def information_criteria(logl: float, npar: int, n: int) -> dict[str, float]:
    """AIC, BIC and the sample-size adjusted BIC ("bic2")."""
    return {
        "aic": -2.0 * logl + 2.0 * npar,
        "bic": -2.0 * logl + npar * math.log(n),
        "bic2": -2.0 * logl + npar * math.log((n + 2.0) / 24.0),
    }
