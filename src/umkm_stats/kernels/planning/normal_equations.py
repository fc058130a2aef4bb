"""Regressions of many replications: normal equations of replications × draws are solved together.

Every replication resamples its own rows by counts; its moments are one matrix product; the moments of several
replications then stand side by side and the regressions of all of their draws are one batched solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation.normal_equations import SINGULAR, Moments, Regression, regress

Floats = NDArray[np.float64]
TOGETHER = 8192  # draws whose normal equations are solved at once


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of R replications: point (P, R); cov (P, P, R) classical; df (P, R) residual degrees of freedom; draws,
    one
    (P, B) a replication or empty; jackknife, one (P, n_r) a replication or empty."""

    point: Floats
    cov: Floats
    df: Floats
    draws: tuple[Floats, ...]
    jackknife: tuple[Floats, ...]


def _cross(rows: Floats) -> Floats:
    z = rows - rows.mean(axis=0)
    first, second = np.triu_indices(rows.shape[1])
    return np.concatenate([z, z[:, first] * z[:, second]], axis=1)


def _moments(sums: Floats, n: Floats, k: int, floor: Floats) -> Moments:
    """Moments of D draws from summed cross products (T, D); ``floor`` (k, D) as each draw's own sample has
    it."""
    scaled = sums / n
    mean = scaled[:k]
    table: list[list[Floats | None]] = [[None] * k for _ in range(k)]
    for number, (i, j) in enumerate(zip(*np.triu_indices(k), strict=True)):
        table[i][j] = scaled[k + number] - mean[i] * mean[j]
    return Moments(n, mean, tuple(tuple(row) for row in table), floor)


def regressions(
    samples: Sequence[Floats],
    equations: Sequence[Regression],
    *,
    draws: int,
    seeds: Sequence[int],
    leave_one_out: bool,
) -> Coefficients:
    """Coefficients of ``samples``, each (n_r, k), their ``draws`` case draws (0: none) and their jackknife.

    A draw whose predictors are collinear or constant is NaN.
    """
    k = samples[0].shape[1]
    crosses = [_cross(rows) for rows in samples]
    spread = np.stack([rows.var(axis=0) for rows in samples])
    floor = SINGULAR * spread.T
    n = np.array([float(len(rows)) for rows in samples])
    solved = regress(
        _moments(np.stack([c.sum(axis=0) for c in crosses], axis=1), n, k, floor), equations, errors=True
    )
    assert solved.cov is not None
    used = np.concatenate(
        [np.full(len(e.predictors), len(e.predictors) + 1.0) for e in equations if e.predictors]
    )
    out: list[Floats] = []
    if draws:
        size = -(-draws // streams.BLOCK) * streams.BLOCK
        step = max(1, TOGETHER // size)
        for first in range(0, len(samples), step):
            here = list(range(first, min(first + step, len(samples))))
            sums = np.concatenate([_resampled(crosses[r], seeds[r], size) for r in here], axis=1)
            counts = np.concatenate([np.full(size, n[r]) for r in here])
            slopes = regress(
                _moments(sums, counts, k, np.repeat(floor[:, here], size, axis=1)), equations
            ).slopes
            out += [slopes[:, at * size : at * size + draws].copy() for at in range(len(here))]
    left: list[Floats] = []
    if leave_one_out:
        for number, cross in enumerate(crosses):
            sums = cross.sum(axis=0)[:, None] - cross.T
            own = np.repeat(floor[:, [number]], len(cross), axis=1)
            left.append(
                regress(_moments(sums, np.full(len(cross), n[number] - 1.0), k, own), equations).slopes
            )
    return Coefficients(solved.slopes, solved.cov, n[None, :] - used[:, None], tuple(out), tuple(left))


def _resampled(cross: Floats, seed: int, size: int) -> Floats:
    """(T, size) sums of cross products (n, T) over case draws."""
    blocks = size // streams.BLOCK
    out = np.empty((cross.shape[1], size))
    for block in range(blocks):
        counts = streams.count_block(seed, block, streams.BLOCK, len(cross))
        out[:, block * streams.BLOCK : (block + 1) * streams.BLOCK] = cross.T @ counts.T
    return out
