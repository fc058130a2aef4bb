"""Interval limits of many statistics at once: C statistics of B draws each, no missing draw.

The rules are those of ``kernels/intervals``; here the columns are worked through together because a power
study needs thousands of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from umkm_stats.kernels.intervals import INTERVALS, Limits

Floats = NDArray[np.float64]
TOGETHER = ("percentile", "basic", "bc", "bca")


def quantiles(ordered: Floats, p: Floats) -> Floats:
    """(C,) quantile p[c] of ``ordered`` (C, B), each row ascending, between order statistics on the normal
    scale."""
    count = ordered.shape[1]
    rank = (count + 1) * p
    low = np.floor(rank).astype(np.int64)
    inside = np.clip(low, 1, max(count - 1, 1))
    row = np.arange(len(ordered))
    left, right = ndtri(inside / (count + 1)), ndtri((inside + 1) / (count + 1))
    weight = (ndtri(p) - left) / (right - left)
    below, above = ordered[row, inside - 1], ordered[row, np.minimum(inside, count - 1)]
    value = below + weight * (above - below)
    value = np.where(low < 1, ordered[:, 0], np.where(low >= count, ordered[:, -1], value))
    return np.asarray(value, dtype=np.float64)


def _accelerations(jackknife: Floats) -> Floats:
    """(C,) accelerations of leave-one-out values (C, n); NaN where they do not vary."""
    influence = jackknife.mean(axis=1, keepdims=True) - jackknife
    squares = (influence**2).sum(axis=1)
    floor = (1e-14 * np.abs(jackknife).max(axis=1)) ** 2 * jackknife.shape[1]
    good = np.isfinite(squares) & (squares > floor)
    return np.where(good, (influence**3).sum(axis=1) / (6.0 * np.where(good, squares, 1.0) ** 1.5), np.nan)


def limits(
    method: str, point: Floats, draws: Floats, jackknife: Floats | None, level: float
) -> tuple[Floats, Floats]:
    """(low, high) (C,) of ``draws`` (C, B) around ``point`` (C,); NaN where the method refuses.

    Methods of ``TOGETHER`` work through all rows at once ("bca" needs ``jackknife`` (C, n)); rows with a
    missing draw, and other methods, go through ``kernels/intervals`` one by one.
    """
    low, high = np.full(len(point), np.nan), np.full(len(point), np.nan)
    whole = np.isfinite(draws).all(axis=1) & np.isfinite(point)
    if method not in TOGETHER:
        whole[:] = False
    for row in np.flatnonzero(~whole & np.isfinite(point)):
        left = None if jackknife is None else jackknife[row]
        found = INTERVALS[method](point[row], draws[row], left, level)
        if isinstance(found, Limits):
            low[row], high[row] = float(found.low), float(found.high)
    rows = np.flatnonzero(whole)
    if len(rows):
        left = None if jackknife is None else jackknife[rows]
        low[rows], high[rows] = _whole(method, point[rows], np.sort(draws[rows], axis=1), left, level)
    return low, high


def _whole(
    method: str, point: Floats, ordered: Floats, jackknife: Floats | None, level: float
) -> tuple[Floats, Floats]:
    count, tail = len(point), (1.0 - level) / 2.0
    varies = ordered[:, 0] < ordered[:, -1]
    down, up = np.full(count, tail), np.full(count, 1.0 - tail)
    if method in ("bc", "bca"):
        z0 = ndtri((ordered < point[:, None]).sum(axis=1) / ordered.shape[1])
        a = np.zeros(count) if method == "bc" or jackknife is None else _accelerations(jackknife)
        varies &= np.isfinite(z0) & np.isfinite(a)
        z0, a = np.where(varies, z0, 0.0), np.where(varies, a, 0.0)
        first, last = z0 + ndtri(tail), z0 + ndtri(1.0 - tail)
        varies &= (1.0 - a * first > 0.0) & (1.0 - a * last > 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            down = np.where(varies, ndtr(z0 + first / (1.0 - a * first)), tail)
            up = np.where(varies, ndtr(z0 + last / (1.0 - a * last)), 1.0 - tail)
    low, high = quantiles(ordered, down), quantiles(ordered, up)
    if method == "basic":
        low, high = 2.0 * point - high, 2.0 * point - low
    return np.where(varies, low, np.nan), np.where(varies, high, np.nan)
