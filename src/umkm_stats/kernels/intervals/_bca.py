"""Bias-corrected and accelerated interval (Efron 1987); with a = 0 the bias-corrected interval.

z0 = Φ⁻¹(#{t* < t0}/B). a = ΣL³/(6(ΣL²)^1.5), L = mean of the jackknife values − each value. The quantile
levels are Φ(z0 + (z0 + zα)/(1 − a(z0 + zα))).
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from umkm_stats.kernels.intervals._limits import Column, One, at, beyond, share_below
from umkm_stats.results import Unavailable


def acceleration(jackknife: ArrayLike) -> float:
    """a of leave-one-out values (n,), centred at their mean; NaN when they do not vary or are not all
    finite."""
    values = np.asarray(jackknife, dtype=np.float64)
    influence = values.mean() - values
    square = influence * influence
    squares = float(square.sum())
    if not np.isfinite(squares) or squares <= (1e-14 * float(np.abs(values).max())) ** 2 * values.size:
        return float("nan")
    return float((square * influence).sum() / (6.0 * squares**1.5))


def bias(column: Column) -> float:
    """z0: ±inf when all draws lie on one side of the estimate."""
    return float(ndtri(column.ordered.below(column.point) / len(column.ordered)))


@functools.cache
def ends(level: float) -> tuple[float, float]:
    """Normal quantiles of both ends of an interval."""
    tail = (1.0 - level) / 2.0
    return float(ndtri(tail)), float(ndtri(1.0 - tail))


def corrected(column: Column, level: float, a: float) -> One | Unavailable:
    """Limits at the levels corrected by z0 and ``a``; p is the level at which a limit touches 0."""
    z0 = bias(column)
    if not np.isfinite(z0):
        return Unavailable("MED403", {"used": len(column.ordered)})
    first, last = (z0 + z for z in ends(level))
    if 1.0 - a * first <= 0.0 or 1.0 - a * last <= 0.0:
        return Unavailable("MED404", {"acceleration": a})
    low, high = (float(ndtr(z0 + z / (1.0 - a * z))) for z in (first, last))
    shift = float(ndtri(share_below(column.ordered, 0.0))) - z0
    back = 1.0 + a * shift
    one_sided = float(ndtr(shift / back - z0)) if back > 0.0 else float("nan")
    return One(
        at(column.ordered, low),
        at(column.ordered, high),
        min(1.0, 2.0 * min(one_sided, 1.0 - one_sided)),
        beyond(column.ordered, low) or beyond(column.ordered, high),
        z0,
        a,
    )


def bca(column: Column, level: float) -> One | Unavailable:
    """BCa with the jackknife acceleration; refuses without usable jackknife values."""
    a = float("nan") if column.jackknife is None else acceleration(column.jackknife)
    return corrected(column, level, a) if np.isfinite(a) else Unavailable("MED405", {})
