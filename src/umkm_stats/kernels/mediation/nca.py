"""Necessary-condition analysis: ceilings above a scatter and the size of the empty corner (Dul 2016)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """peers_x, peers_y (k,): corners of the free-disposal hull; effect: empty area over the scope; accuracy:
    share
    of rows on or below the ceiling; intercept, slope: of the CR-FDH line, NaN for CE-FDH."""

    peers_x: Floats
    peers_y: Floats
    effect: float
    accuracy: float
    intercept: float
    slope: float


def _corners(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    order = np.lexsort((-y, x))
    xs, ys = x[order], y[order]
    best = np.maximum.accumulate(ys)
    first = np.r_[True, ys[1:] > best[:-1]]
    return xs[first], ys[first]


def ce_fdh(x: Floats, y: Floats) -> Ceiling:
    """Step ceiling: the highest y among rows with x no larger."""
    px, py = _corners(x, y)
    area = float((x.max() - x.min()) * (y.max() - y.min()))
    edges = np.r_[px, x.max()]
    empty = float(((y.max() - py) * np.diff(edges)).sum())
    return Ceiling(px, py, empty / area if area > 0 else float("nan"), 1.0, float("nan"), float("nan"))


def cr_fdh(x: Floats, y: Floats) -> Ceiling:
    """Straight ceiling: least squares through the corners of the step ceiling; effect 0 when it does not
    rise."""
    px, py = _corners(x, y)
    area = float((x.max() - x.min()) * (y.max() - y.min()))
    if not area > 0 or len(px) < 2 or np.ptp(px) == 0:
        return Ceiling(px, py, 0.0 if area > 0 else float("nan"), 1.0, float("nan"), float("nan"))
    slope = float(((px - px.mean()) * (py - py.mean())).sum() / ((px - px.mean()) ** 2).sum())
    intercept = float(py.mean() - slope * px.mean())
    below = float((y <= intercept + slope * x + 1e-9 * np.ptp(y)).mean())
    effect = _above(intercept, slope, x.min(), x.max(), y.min(), y.max()) / area if slope > 0 else 0.0
    return Ceiling(px, py, effect, below, intercept, slope)


def _above(intercept: float, slope: float, x0: float, x1: float, y0: float, y1: float) -> float:
    """Area of the box above a rising line."""
    enter, leave = (y0 - intercept) / slope, (y1 - intercept) / slope
    start, end = min(max(enter, x0), x1), min(max(leave, x0), x1)
    full = (start - x0) * (y1 - y0)
    middle = (start + end) / 2
    return float(full + (end - start) * (y1 - intercept - slope * middle))


@dataclass(frozen=True, slots=True)
class _Steps:
    """x in order: order (n,) of the rows, starts (J,) where each of its values begins, values (J,)."""

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    values: Floats

    @classmethod
    def of(cls, x: Floats) -> _Steps:
        order = np.argsort(x, kind="stable")
        values, starts = np.unique(x[order], return_index=True)
        return cls(order, starts, values)


def _effects(steps: _Steps, moved: Floats) -> tuple[Floats, Floats]:
    """Effects (d,) of the step and of the straight ceiling over each row of ``moved`` (d, n), as
    :func:`ce_fdh` and :func:`cr_fdh` find them one by one."""
    u = steps.values
    low, high = moved.min(axis=1), moved.max(axis=1)
    scope = (u[-1] - u[0]) * (high - low)
    top = np.maximum.accumulate(np.maximum.reduceat(moved[:, steps.order], steps.starts, axis=1), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ce = ((high[:, None] - top[:, :-1]) * np.diff(u)).sum(axis=1) / scope
        corner = np.concatenate([np.ones((len(moved), 1)), np.diff(top, axis=1) > 0], axis=1)
        count = corner.sum(axis=1)
        mean_x, mean_y = (corner @ u) / count, (corner * top).sum(axis=1) / count
        apart = (u - mean_x[:, None]) * corner
        slope = (apart * (top - mean_y[:, None])).sum(axis=1) / (apart**2).sum(axis=1)
        intercept = mean_y - slope * mean_x
        start, end = (np.clip((level - intercept) / slope, u[0], u[-1]) for level in (low, high))
        middle = (start + end) / 2
        above = (start - u[0]) * (high - low) + (end - start) * (high - intercept - slope * middle)
        cr = np.where((count > 1) & (slope > 0), above / scope, 0.0)
    return ce, cr


@dataclass(frozen=True, slots=True)
class NcaTest:
    """effects of CE-FDH and CR-FDH, and p: share of permutations of y with an effect at least as large."""

    ce: Ceiling
    cr: Ceiling
    p_ce: float
    p_cr: float


def permuted_rows(seed: int, block: int, n: int) -> NDArray[np.int64]:
    """(256, n) permutations: the order of uniform numbers of the permutation stream."""
    uniform = streams.uniform_block(seed, block, streams.BLOCK, n, purpose=streams.PERMUTATION)
    return np.argsort(uniform, axis=1, kind="stable").astype(np.int64)


def necessary(x: Floats, y: Floats, *, draws: int, seed: int) -> NcaTest:
    """Ceilings of ``y`` (n,) over ``x`` (n,) and permutation tests with ``draws`` permutations."""
    ce, cr = ce_fdh(x, y), cr_fdh(x, y)
    over = np.zeros(2)
    steps = _Steps.of(x)
    for block, _, size in streams.blocks(draws):
        moved = y[permuted_rows(seed, block, len(y))[:size]]
        for place, (effects, own) in enumerate(zip(_effects(steps, moved), (ce, cr), strict=True)):
            over[place] += (effects >= own.effect - 1e-12).sum()
    p = (over + 1) / (draws + 1)
    return NcaTest(ce, cr, float(p[0]), float(p[1]))


def bottleneck(ceiling: Ceiling, x: Floats, y: Floats, shares: Floats) -> Floats:
    """x needed (share of its range) for each level of y (share of its range); NaN where the ceiling asks
    nothing."""
    wanted = y.min() + shares * np.ptp(y)
    if np.isfinite(ceiling.slope) and ceiling.slope > 0:
        needed = (wanted - ceiling.intercept) / ceiling.slope
    else:
        place = np.searchsorted(ceiling.peers_y, wanted - 1e-12 * np.ptp(y), side="left")
        needed = ceiling.peers_x[np.minimum(place, len(ceiling.peers_x) - 1)]
    out = (needed - x.min()) / np.ptp(x)
    return np.asarray(np.where(out > 0, np.minimum(out, 1.0), np.nan), dtype=np.float64)
