"""Thresholds and polychoric correlations from contingency tables, many tables at a time.

Two steps (Olsson 1979, https://doi.org/10.1007/BF02296207): thresholds from the margins, then ρ by maximum
likelihood given the thresholds. Newton's method in ρ with the exact second derivative, in batches of tables;
the cell probabilities follow ρ by Plackett's identity ∂Φ₂/∂ρ = φ₂, so only the first evaluation integrates
the whole way. A 2 × 2 table with one empty cell gets ±.5 on all four cells (margins kept); with two empty
cells on a diagonal ρ = ±1; larger tables are taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from umkm_stats.kernels.ordinal.bivariate_normal import distribution

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LIMIT = 0.999
ITERATIONS = 60
TOLERANCE = 1e-10
FLOOR = 1e-300
_TWO_PI = 2.0 * np.pi
_STEP_RULE = np.polynomial.legendre.leggauss(5)
_STEP_REACH = 0.12


@dataclass(frozen=True, slots=True)
class PolychoricFit:
    """rho (M,); converged (M,); boundary (M,) where |ρ| stands at the limit .999 or at ±1."""

    rho: Floats
    converged: Bools
    boundary: Bools


def thresholds(counts: Floats) -> Floats:
    """(…, k − 1) thresholds from category counts (…, k): Φ⁻¹ of the cumulative shares; ±inf at empty ends."""
    total = counts.sum(axis=-1, keepdims=True)
    shares = np.cumsum(counts, axis=-1)[..., :-1] / total
    return np.asarray(ndtri(shares), dtype=np.float64)


def repaired(tables: Floats) -> Floats:
    """``tables`` (M, r, c) with ±.5 on the cells of every 2 × 2 table that has exactly one empty cell."""
    if tables.shape[1:] != (2, 2):
        return tables
    empty = tables == 0.0
    single = empty.sum(axis=(1, 2)) == 1
    if not single.any():
        return tables
    out = tables.astype(np.float64, copy=True)
    on_main = empty[:, 0, 0] | empty[:, 1, 1]
    sign = np.where(on_main, 0.5, -0.5)[:, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    out[single] += sign[single]
    return out


def _density(a: Floats, b: Floats, rho: Floats) -> Floats:
    """φ₂ on the grid of thresholds a (M, r−1, 1), b (M, 1, c−1), rho (M, 1, 1)."""
    rest = 1.0 - rho * rho
    return np.exp(-(a * a - 2.0 * rho * a * b + b * b) / (2.0 * rest)) / (_TWO_PI * np.sqrt(rest))


def _cells(corner: Floats, rows: Floats, cols: Floats) -> Floats:
    """Rectangle probabilities (M, r, c) from Φ₂ at the interior corners and the cumulative margins."""
    count, r, c = corner.shape[0], rows.shape[1] + 1, cols.shape[1] + 1
    grid = np.zeros((count, r + 1, c + 1))
    grid[:, 1:r, 1:c] = corner
    grid[:, 1:r, c] = rows
    grid[:, r, 1:c] = cols
    grid[:, r, c] = 1.0
    return grid[:, 1:, 1:] - grid[:, :-1, 1:] - grid[:, 1:, :-1] + grid[:, :-1, :-1]


def _differences(corner: Floats) -> Floats:
    """The same second difference for quantities that vanish at the outer corners."""
    count, r, c = corner.shape[0], corner.shape[1] + 1, corner.shape[2] + 1
    grid = np.zeros((count, r + 1, c + 1))
    grid[:, 1:r, 1:c] = corner
    return grid[:, 1:, 1:] - grid[:, :-1, 1:] - grid[:, 1:, :-1] + grid[:, :-1, :-1]


def _bounded(tau: Floats) -> Floats:
    return np.clip(tau, -12.0, 12.0)


def probabilities(tau_rows: Floats, tau_cols: Floats, rho: Floats) -> Floats:
    """(M, r, c) cell probabilities for thresholds (M, r−1), (M, c−1) and correlations (M,)."""
    a, b = _bounded(tau_rows), _bounded(tau_cols)
    corner = distribution(a[:, :, None], b[:, None, :], rho[:, None, None])
    return _cells(corner, np.asarray(ndtr(a)), np.asarray(ndtr(b)))


def estimate(
    tables: Floats, tau_rows: Floats, tau_cols: Floats, start: Floats | None = None
) -> PolychoricFit:
    """Maximum-likelihood ρ of M tables of one shape, thresholds given.

    Parameters
    ----------
    tables : Floats
        (M, r, c) counts. tau_rows (M, r−1), tau_cols (M, c−1): finite or ±inf thresholds.
    start : Floats | None, optional
        (M,) starting values; None takes the correlation of the category numbers.
    """
    tables = repaired(np.asarray(tables, dtype=np.float64))
    count = tables.shape[0]
    a, b = _bounded(tau_rows)[:, :, None], _bounded(tau_cols)[:, None, :]
    rows, cols = np.asarray(ndtr(a[:, :, 0])), np.asarray(ndtr(b[:, 0, :]))
    rho = np.clip(_moment_start(tables) if start is None else start, -0.97, 0.97).astype(np.float64)
    corner = distribution(a, b, rho[:, None, None])
    done = np.zeros(count, dtype=bool)
    low, high = np.full(count, -LIMIT), np.full(count, LIMIT)
    active = np.arange(count)
    for _ in range(ITERATIONS):
        r = rho[active]
        slope, curve = _derivatives(
            tables[active], a[active], b[active], rows[active], cols[active], r, corner[active]
        )
        low[active] = np.where(slope > 0.0, r, low[active])
        high[active] = np.where(slope < 0.0, r, high[active])
        with np.errstate(divide="ignore", invalid="ignore"):
            bent = (curve < 0.0) & np.isfinite(curve)
            step = np.where(bent, -slope / curve, np.where(slope > 0.0, 0.1, -0.1))
        new = r + np.clip(step, -0.3, 0.3)
        outside = (new <= low[active]) | (new >= high[active])
        new = np.where(outside & (slope != 0.0), 0.5 * (low[active] + high[active]), new)
        at_limit = (np.abs(r) > LIMIT - 1e-7) & (np.sign(slope) == np.sign(r))
        finished = (np.abs(new - r) < TOLERANCE) | (slope == 0.0) | at_limit
        corner[active] = _follow(corner[active], a[active], b[active], r, new)
        rho[active] = new
        done[active[finished]] = True
        active = active[~finished]
        if not active.size:
            break
    rho, whole = _diagonal(tables, rho)
    return PolychoricFit(rho, done | whole, whole | (np.abs(rho) >= LIMIT - 1e-6))


def _derivatives(
    tables: Floats, a: Floats, b: Floats, rows: Floats, cols: Floats, rho: Floats, corner: Floats
) -> tuple[Floats, Floats]:
    """First and second derivative in ρ of the log-likelihood, (M,) each."""
    r = rho[:, None, None]
    rest = 1.0 - r * r
    density = _density(a, b, r)
    cross = a * b
    change = density * (r * rest + cross * (1.0 + r * r) - r * (a * a + b * b)) / (rest * rest)
    weight = np.where(tables > 0.0, 1.0 / np.maximum(_cells(corner, rows, cols), FLOOR), 0.0)
    first = _differences(density) * weight
    second = _differences(change) * weight
    slope = np.einsum("mij,mij->m", tables, first)
    with np.errstate(over="ignore"):  # a cell that is all but impossible at this ρ
        curve = np.einsum("mij,mij->m", tables, second - first * first)
    return slope, curve


def _follow(corner: Floats, a: Floats, b: Floats, old: Floats, new: Floats) -> Floats:
    """Φ₂ at the new ρ: the old value plus the integral of φ₂ for a short step, afresh for a long one."""
    out = corner.copy()
    near = (np.abs(new - old) <= _STEP_REACH) & (np.maximum(np.abs(old), np.abs(new)) < 0.9)
    if near.any():
        a_, b_ = a[near], b[near]
        middle, half = 0.5 * (old[near] + new[near]), 0.5 * (new[near] - old[near])
        total = np.zeros_like(corner[near])
        for node, weight in zip(*_STEP_RULE, strict=True):
            total += weight * _density(a_, b_, (middle + half * node)[:, None, None])
        out[near] += total * half[:, None, None]
    far = ~near
    if far.any():
        out[far] = distribution(a[far], b[far], new[far][:, None, None])
    return out


def _diagonal(tables: Floats, rho: Floats) -> tuple[Floats, Bools]:
    """ρ = ±1 for 2 × 2 tables with two empty cells on a diagonal."""
    if tables.shape[1:] != (2, 2):
        return rho, np.zeros(len(rho), dtype=bool)
    empty = tables == 0.0
    plus = empty[:, 0, 1] & empty[:, 1, 0]
    minus = empty[:, 0, 0] & empty[:, 1, 1]
    return np.where(plus, 1.0, np.where(minus, -1.0, rho)), plus | minus


def _moment_start(tables: Floats) -> Floats:
    """(M,) product-moment correlation of the category numbers, 0 where it is undefined."""
    _, r, c = tables.shape
    total = tables.sum(axis=(1, 2))
    i, j = np.arange(r, dtype=np.float64), np.arange(c, dtype=np.float64)
    row, col = tables.sum(axis=2), tables.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_i, mean_j = row @ i / total, col @ j / total
        cov = np.einsum("mij,i,j->m", tables, i, j) / total - mean_i * mean_j
        var = (row @ (i * i) / total - mean_i**2) * (col @ (j * j) / total - mean_j**2)
        value = cov / np.sqrt(var)
    return np.where(np.isfinite(value), value, 0.0)


@dataclass(frozen=True, slots=True)
class PairScores:
    """Casewise derivatives of the pair likelihood, by cell: rho (M, r, c); rows (M, r−1, r, c) and cols
    (M, c−1, r, c) with respect to the thresholds."""

    rho: Floats
    rows: Floats
    cols: Floats


def scores(tau_rows: Floats, tau_cols: Floats, rho: Floats) -> PairScores:
    """Derivatives of log π with respect to ρ and both sets of thresholds, for M pairs, in every cell.

    Cells whose probability is below 1.5e-8 get 0 (their score is not determined numerically).
    """
    a, b = _bounded(tau_rows), _bounded(tau_cols)
    inner = np.clip(rho, -0.999999, 0.999999)
    cells = probabilities(a, b, inner)
    sound = cells > np.sqrt(np.finfo(np.float64).eps)
    weight = np.where(sound, 1.0 / np.where(sound, cells, 1.0), 0.0)
    by_rho = _differences(_density(a[:, :, None], b[:, None, :], inner[:, None, None])) * weight
    return PairScores(by_rho, _threshold_scores(a, b, inner, weight), _turned(a, b, inner, weight))


def _threshold_scores(a: Floats, b: Floats, rho: Floats, weight: Floats) -> Floats:
    slope = threshold_slopes(a, b, rho)
    count, cuts, c = slope.shape
    out = np.zeros((count, cuts, cuts + 1, c))
    for cut in range(cuts):
        out[:, cut, cut] = slope[:, cut] * weight[:, cut]
        out[:, cut, cut + 1] = -slope[:, cut] * weight[:, cut + 1]
    return out


def _turned(a: Floats, b: Floats, rho: Floats, weight: Floats) -> Floats:
    return np.swapaxes(_threshold_scores(b, a, rho, np.swapaxes(weight, 1, 2)), 2, 3)


def threshold_slopes(a: Floats, b: Floats, rho: Floats) -> Floats:
    """(M, r−1, c): ∂ of P(row ≤ k, column = j) with respect to the row threshold k."""
    root = np.sqrt(1.0 - rho * rho)[:, None, None]
    count, cuts = a.shape
    steps = np.zeros((count, cuts, b.shape[1] + 2))
    steps[:, :, -1] = 1.0
    steps[:, :, 1:-1] = ndtr((b[:, None, :] - rho[:, None, None] * a[:, :, None]) / root)
    return np.asarray(np.exp(-0.5 * a * a)[:, :, None] / np.sqrt(_TWO_PI) * np.diff(steps, axis=2))


def variance(tables: Floats, tau_rows: Floats, tau_cols: Floats, rho: Floats) -> Floats:
    """(M,) asymptotic variance of √N·ρ̂ with estimated thresholds, from the observed tables.

    The influence of a case on ρ̂ is its score less what its margins do to the thresholds, over the sum of
    squared scores; the thresholds' influence is exact, (1[y ≤ k] − P_k)/φ(τ_k). NaN where ρ is ±1.
    """
    a, b = _bounded(tau_rows), _bounded(tau_cols)
    total = tables.sum(axis=(1, 2))
    inner = np.clip(rho, -0.999999, 0.999999)
    cells = probabilities(a, b, inner)
    sound = cells > np.sqrt(np.finfo(np.float64).eps)
    weight = np.where(sound, 1.0 / np.where(sound, cells, 1.0), 0.0)
    score = _differences(_density(a[:, :, None], b[:, None, :], inner[:, None, None])) * weight
    return influence_variance(tables, total, a, b, inner, score, weight)


def influence_variance(
    tables: Floats, total: Floats, a: Floats, b: Floats, rho: Floats, score: Floats, weight: Floats
) -> Floats:
    """Core of ``variance``, for callers that hold the scores by cell already."""
    information = (tables * score * score).sum(axis=(1, 2))
    mass = tables * score * weight
    down = mass[:, :-1] - mass[:, 1:]
    by_rows = (down * threshold_slopes(a, b, rho)).sum(axis=2)
    across = np.swapaxes(mass[:, :, :-1] - mass[:, :, 1:], 1, 2)
    by_cols = (across * threshold_slopes(b, a, rho)).sum(axis=2)
    pull_rows = _margin_pull(tables.sum(axis=2), total, a, by_rows)
    pull_cols = _margin_pull(tables.sum(axis=1), total, b, by_cols)
    with np.errstate(divide="ignore", invalid="ignore"):
        influence = score - pull_rows[:, :, None] - pull_cols[:, None, :]
        value = total * (tables * influence * influence).sum(axis=(1, 2)) / information**2
    return np.where(information > 0.0, value, np.nan)


def _margin_pull(margin: Floats, total: Floats, tau: Floats, weights: Floats) -> Floats:
    """(M, r): Σ_k weights_k · (1[category ≤ k] − P_k)/(N φ(τ_k)) for a case in each category."""
    density = np.exp(-0.5 * tau * tau) / np.sqrt(_TWO_PI)
    per_cut = weights / (density * total[:, None])
    share = np.cumsum(margin, axis=1)[:, :-1] / total[:, None]
    tail = np.cumsum(per_cut[:, ::-1], axis=1)[:, ::-1]
    beyond = np.concatenate([tail, np.zeros((len(tail), 1))], axis=1)
    return np.asarray(beyond - (per_cut * share).sum(axis=1, keepdims=True))
