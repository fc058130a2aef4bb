"""Correlations of many draws from count vectors: matrix products of counts with products of columns.

A missing cell is replaced by the mean of its column in the same draw, which gives the same correlations as
drawing raw rows and replacing in each draw: with m the 0/1 mask of answered cells, x the columns filled with
0, μ the mean of the draw and c the counts,
s_ij = c·x_i x_j − μ_j c·x_i m_j − μ_i c·m_i x_j + μ_i μ_j c·m_i m_j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CELLS = 8_000_000  # products kept in memory; larger tables are multiplied again in every block
FLAT = 1e-12  # variance, as a share of the sample's, below which a column is constant in a draw


@dataclass(frozen=True, slots=True)
class Moments:
    """Columns ready to be drawn.

    x (n, p): standardised columns, 0 where missing. answered (n, p) or None: 0/1 mask when a cell is missing.
    first, second (q,): the pairs i ≤ j. table (p, p): number of the pair of every two columns.
    products (q + p, n) or None: x_i x_j of every pair, then the columns themselves. holes: columns with a
    missing cell.
    """

    x: Floats
    answered: Floats | None
    first: Ints
    second: Ints
    table: Ints
    products: Floats | None
    holes: Ints

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.x.shape[0])


def prepare(values: Floats) -> Moments:
    """``Moments`` of ``values`` (n, p); NaN is a missing cell."""
    gaps = np.isnan(values)
    centre = np.nanmean(values, axis=0)
    spread = np.sqrt(np.nanmean((values - centre) ** 2, axis=0))
    x = np.where(gaps, 0.0, (values - centre) / np.where(spread > 0.0, spread, 1.0))
    p = values.shape[1]
    first, second = np.triu_indices(p)
    table = np.zeros((p, p), dtype=np.int64)
    table[first, second] = table[second, first] = np.arange(first.size)
    products = None
    if first.size * len(x) <= CELLS:
        products = np.concatenate([(x[:, first] * x[:, second]).T, x.T])
    holes = np.flatnonzero(gaps.any(axis=0))
    answered = (~gaps).astype(np.float64) if holes.size else None
    return Moments(x, answered, first, second, table, products, holes)


def sums_of(moments: Moments, counts: Floats) -> Floats:
    """(q + p, B) sums of the products and of the columns for counts (B, n)."""
    turned = counts.T
    if moments.products is not None:
        return np.asarray(moments.products @ turned)
    q = moments.first.size
    out = np.empty((q + moments.x.shape[1], counts.shape[0]))
    step = max(1, CELLS // moments.n)
    columns = np.ascontiguousarray(moments.x.T)
    for start in range(0, q, step):
        rows = slice(start, min(start + step, q))
        out[rows] = (columns[moments.first[rows]] * columns[moments.second[rows]]) @ turned
    out[q:] = columns @ turned
    return out


def covariances(moments: Moments, counts: Floats) -> Floats:
    """(q, B) sums of squares and products about the mean of each draw, for counts (B, n)."""
    found = sums_of(moments, counts)
    sums, total = found[: moments.first.size], found[moments.first.size :]
    size = counts.sum(axis=1)
    if moments.answered is None:
        mean = total / size
        sums -= total[moments.first] * mean[moments.second]
        return sums
    n_of = np.broadcast_to(size, total.shape).copy()
    n_of[moments.holes] = moments.answered[:, moments.holes].T @ counts.T
    with np.errstate(all="ignore"):
        mean = np.where(n_of > 0.0, total / n_of, np.nan)
    has = np.zeros(len(total), dtype=bool)
    has[moments.holes] = True
    whole = ~has[moments.first] & ~has[moments.second]
    i, j = moments.first[whole], moments.second[whole]
    sums[whole] -= total[i] * mean[j]
    _crossed(moments, counts, sums, total, mean, n_of, np.flatnonzero(~whole), has)
    return sums


def _crossed(
    moments: Moments,
    counts: Floats,
    sums: Floats,
    total: Floats,
    mean: Floats,
    n_of: Floats,
    pairs: Ints,
    has: NDArray[np.bool_],
) -> None:
    """Centre the pairs in which a column has missing cells."""
    assert moments.answered is not None
    turned = counts.T
    mask, x = moments.answered, moments.x
    seen_with = {int(h): (x * mask[:, [h]]).T @ turned for h in moments.holes}  # c·x_i m_h
    both = {int(h): (mask * mask[:, [h]]).T @ turned for h in moments.holes}  # c·m_i m_h
    for pair in pairs:
        i, j = int(moments.first[pair]), int(moments.second[pair])
        x_i = seen_with[j][i] if has[j] else total[i]
        x_j = seen_with[i][j] if has[i] else total[j]
        m_ij = both[i][j] if has[i] else both[j][i]
        sums[pair] += mean[i] * mean[j] * m_ij - mean[j] * x_i - mean[i] * x_j


def correlations(moments: Moments, counts: Floats) -> Floats:
    """(p, p, B) item correlations of each draw; NaN for a column that is constant in the draw."""
    packed = covariances(moments, counts)
    p = moments.x.shape[1]
    diagonal = moments.table[np.arange(p), np.arange(p)]
    square = packed[diagonal]
    with np.errstate(all="ignore"):
        scale = np.where(square > FLAT * counts.sum(axis=1), 1.0 / np.sqrt(square), np.nan)
    packed *= scale[moments.first]
    packed *= scale[moments.second]
    packed[diagonal] = np.where(np.isnan(scale), np.nan, 1.0)
    return np.take(packed, moments.table, axis=0)


def of_sample(moments: Moments) -> Floats:
    """(p, p, 1) correlations of the sample itself."""
    return correlations(moments, np.ones((1, moments.n)))
