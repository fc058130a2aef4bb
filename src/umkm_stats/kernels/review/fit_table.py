"""What follows from χ², df and n in a printed table of fit, for intervals of values."""

from __future__ import annotations

import math

from umkm_stats.kernels.review.printed import Interval
from umkm_stats.kernels.sem import fit_indices


def rmsea_of(x2: Interval, df: int, n: int, groups: int, side: int, level: float) -> Interval:
    """RMSEA (side 0), or its lower (−1) or upper (1) limit at ``level``; all rise with χ²."""

    def value(one: float) -> float:
        inside = max(one, 0.0)
        if side == 0:
            return fit_indices.rmsea(inside, df, n, groups)
        return fit_indices.rmsea_interval(inside, df, n, groups, level)[0 if side < 0 else 1]

    return x2.rising(value)


def close_of(x2: Interval, df: int, n: int, groups: int) -> Interval:
    """p-value of RMSEA ≤ .05; falls with χ²."""
    return x2.falling(lambda one: fit_indices.rmsea_close(max(one, 0.0), df, n, groups))


def normed_fit(x2: Interval, base: Interval) -> Interval:
    """NFI = 1 − χ²/χ²₀."""
    return 1.0 - x2 / base


def adjusted(gfi: Interval, moments: int, df: int) -> Interval:
    """AGFI = 1 − moments/df·(1 − GFI)."""
    return 1.0 - (1.0 - gfi) * (moments / df)


def penalty(index: str, parameters: int, n: int) -> float:
    """2k of the AIC, k·ln n of the BIC."""
    return 2.0 * parameters if index == "aic" else parameters * math.log(n)
