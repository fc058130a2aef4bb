"""Sample statistics of ordinal items: thresholds, polychoric correlations and their asymptotic covariance Γ.

Statistics stand in the order: thresholds item by item, then the lower triangle of the correlation matrix by
columns. Γ is the covariance of √N times the statistics, from casewise influences: a threshold moves by (1[y ≤
k] − P_k)/φ(τ_k); a correlation by its score, less what the thresholds of both items do to it, over its sum of
squared scores (Muthén 1984, https://doi.org/10.1007/BF02294210, with observed cross-products as information).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.ordinal import polychoric_tables as polychoric
from umkm_stats.kernels.ordinal.many_polychoric import PairTables, count_tables, pair_tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SLICE = 64


@dataclass(frozen=True, slots=True)
class OrdinalMoments:
    """n rows; categories (p,); thresholds: one (k−1,) array an item; rho (p, p); variance (pairs,) of √N·ρ̂;
    converged, boundary (pairs,) as in ``PolychoricFit``; first, second (pairs,) the items of
    each
    correlation; empty (pairs,) whether its table has an empty cell."""

    n: int
    categories: Ints
    thresholds: tuple[Floats, ...]
    rho: Floats
    variance: Floats
    converged: NDArray[np.bool_]
    boundary: NDArray[np.bool_]
    first: Ints
    second: Ints
    empty: NDArray[np.bool_]

    @property
    def statistics(self) -> Floats:
        """(all thresholds + pairs,) in the order of Γ."""
        return np.concatenate([*self.thresholds, self.rho[self.first, self.second]])


def ordinal_moments(codes: Ints, categories: Ints) -> OrdinalMoments:
    """Thresholds, correlations and their variances.

    codes: (N, p) category numbers from 0 without gaps; categories: (p,) how many each item has, at least 2.
    """
    n, p = codes.shape
    groups = pair_tables(codes, categories)
    margins = [np.bincount(codes[:, j], minlength=categories[j]).astype(np.float64) for j in range(p)]
    cuts = tuple(polychoric.thresholds(margin) for margin in margins)
    pairs = p * (p - 1) // 2
    first, second = np.empty(pairs, dtype=np.int64), np.empty(pairs, dtype=np.int64)
    value, spread = np.empty(pairs), np.empty(pairs)
    converged, boundary = np.empty(pairs, dtype=bool), np.empty(pairs, dtype=bool)
    empty = np.empty(pairs, dtype=bool)
    for group in groups:
        first[group.place], second[group.place] = group.first, group.second
        for start in range(0, len(group.place), _SLICE):
            stop = min(start + _SLICE, len(group.place))
            at = group.place[start:stop]
            tables = count_tables(group, np.ones((1, n)), start, stop)[:, 0]
            rows, cols = _cuts(cuts, group, start, stop)
            found = polychoric.estimate(tables, rows, cols)
            value[at], converged[at], boundary[at] = found.rho, found.converged, found.boundary
            spread[at] = polychoric.variance(tables, rows, cols, found.rho)
            empty[at] = (tables == 0.0).any(axis=(1, 2))
    rho = np.eye(p)
    rho[first, second] = rho[second, first] = value
    return OrdinalMoments(n, categories, cuts, rho, spread, converged, boundary, first, second, empty)


def _cuts(cuts: tuple[Floats, ...], group: PairTables, start: int, stop: int) -> tuple[Floats, Floats]:
    rows = np.array([cuts[i] for i in group.first[start:stop]])
    cols = np.array([cuts[j] for j in group.second[start:stop]])
    return rows, cols


def influences(codes: Ints, moments: OrdinalMoments) -> Floats:
    """(N, thresholds + pairs) influence of each row on the statistics, N times its first-order effect."""
    n, p = codes.shape
    per_item = [_threshold_influence(codes[:, j], moments.thresholds[j], n) for j in range(p)]
    starts = np.concatenate([[0], np.cumsum([part.shape[1] for part in per_item])])
    out = np.empty((n, int(starts[-1]) + len(moments.first)))
    for j, part in enumerate(per_item):
        out[:, starts[j] : starts[j + 1]] = part
    for group in pair_tables(codes, moments.categories):
        for start in range(0, len(group.place), _SLICE):
            stop = min(start + _SLICE, len(group.place))
            rows, cols = _cuts(moments.thresholds, group, start, stop)
            at = group.place[start:stop]
            rho = moments.rho[group.first[start:stop], group.second[start:stop]]
            found = polychoric.scores(rows, cols, rho)
            tables = count_tables(group, np.ones((1, n)), start, stop)[:, 0]
            mass = tables * found.rho
            information = (mass * found.rho).sum(axis=(1, 2))
            by_rows = np.einsum("mrc,mkrc->mk", mass, found.rows)
            by_cols = np.einsum("mrc,mkrc->mk", mass, found.cols)
            flat = found.rho.reshape(stop - start, -1)
            for m in range(stop - start):
                i, j = group.first[start + m], group.second[start + m]
                score = flat[m][group.cells[:, start + m]]
                pull = per_item[i] @ by_rows[m] / n + per_item[j] @ by_cols[m] / n
                column = int(starts[-1]) + at[m]
                out[:, column] = n * (score - pull) / information[m] if information[m] > 0.0 else np.nan
    return out


def _threshold_influence(code: Ints, cuts: Floats, n: int) -> Floats:
    below = code[:, None] <= np.arange(len(cuts))
    density = np.exp(-0.5 * cuts * cuts) / np.sqrt(2.0 * np.pi)
    return np.asarray((below - below.mean(axis=0)) / density)


def gamma(codes: Ints, moments: OrdinalMoments) -> Floats:
    """(k, k) asymptotic covariance matrix of √N times the statistics."""
    moved = influences(codes, moments)
    return np.asarray(moved.T @ moved / len(moved))
