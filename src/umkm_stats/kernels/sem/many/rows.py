"""What the draws of one block hold: counts of rows, or simulated rows.

Ordinary draws are counts of the analysed rows: within groups (strata), of whole clusters, or of stored row
numbers. Parametric draws are rows of their own from a multivariate normal distribution; they are made in
slices, so that a block of large samples never stands in memory as a whole. Bollen–Stine draws are ordinary
draws of rows whose moments were turned into the model's (Bollen & Stine 1992,
https://doi.org/10.1177/0049124192021002004).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray
from scipy.special import ndtri

from umkm_stats.kernels import draws as streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stratified_counts(seed: int, block: int, sizes: tuple[int, ...]) -> tuple[Floats, ...]:
    """Per group (256, N_g) counts of one block, each row drawn within its own group.

    One group: the same words as ``row_block``. Draw i uses the i-th run of ΣN_g
    words.
    """
    return streams.strata_block(
        seed, block, streams.BLOCK, sizes, dtype=streams.counts_type(streams.BLOCK * sum(sizes))
    )


def cluster_counts(seed: int, block: int, clusters: tuple[Ints, ...]) -> tuple[Floats, ...]:
    """Per group (256, N_g) counts of one block when whole clusters are drawn, within groups.

    clusters: per group (N_g,) cluster numbers from 0 without holes.
    """
    sizes = tuple(int(entry.max()) + 1 for entry in clusters)
    drawn = stratified_counts(seed, block, sizes)
    return tuple(counts[:, entry] for counts, entry in zip(drawn, clusters, strict=True))


def row_counts(rows: Ints, sizes: tuple[int, ...], order: Ints) -> tuple[Floats, ...]:
    """Per group (D, N_g) counts of stored row numbers (D, any); ``order`` (N,): for each row its place when
    the
    groups stand behind each other."""
    counts = streams.counts_of(order[rows], sum(sizes))
    ends = np.cumsum(sizes)[:-1]
    return tuple(np.ascontiguousarray(part) for part in np.split(counts, ends, axis=1))


def without_one(labels: tuple[Ints, ...], first: int, size: int) -> tuple[Floats, ...]:
    """Per group (size, N_g) weights that leave out unit first, first + 1, …; ``labels`` number the units
    (rows or
    clusters) through all groups."""
    left_out = np.arange(first, first + size)
    return tuple((entry[None, :] != left_out[:, None]).astype(np.float64) for entry in labels)


def normals(seed: int, block: int, first: int, size: int, per_draw: int) -> Floats:
    """(size, per_draw) standard normal numbers of draws first … of a block, without making those before
    them."""
    begin = first * per_draw
    word = begin // 2
    stream = Philox(
        key=np.array([seed, streams.PARAMETRIC], dtype=np.uint64),
        counter=np.array([0, 0, 0, block], dtype=np.uint64),
    )
    stream.advance(word // 4)
    skip = word % 4
    need = begin % 2 + size * per_draw
    raw = stream.random_raw(skip + (need + 1) // 2)[skip:]
    halves = np.stack([raw & np.uint64(0xFFFFFFFF), raw >> np.uint64(32)], axis=1).reshape(-1)
    chosen = halves[begin % 2 : begin % 2 + size * per_draw]
    uniform = (chosen.astype(np.float64) + 0.5) / 4294967296.0
    return np.asarray(ndtri(uniform), dtype=np.float64).reshape(size, per_draw)


def simulated(normal: Floats, mean: Floats, cov: Floats) -> Floats:
    """(D, N, p) rows with moments ``mean`` (p,) and ``cov`` (p, p) from (D, N·p) normal numbers."""
    p = len(mean)
    values, vectors = np.linalg.eigh(cov)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return np.asarray(normal.reshape(len(normal), -1, p) @ root + mean)


def bollen_stine(data: Floats, mean: Floats, cov: Floats) -> Floats:
    """(N, p) rows turned so that their mean and covariance (divisor N) are ``mean`` and ``cov``."""
    centre = data.mean(axis=0)
    z = data - centre
    own, vectors = np.linalg.eigh(z.T @ z / len(z))
    whiten = (vectors / np.sqrt(own)) @ vectors.T
    values, axes = np.linalg.eigh(cov)
    colour = (axes * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    return np.asarray(z @ whiten @ colour + mean)
