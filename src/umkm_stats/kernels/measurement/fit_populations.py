"""Populations in which a factor model is a little wrong, to see what its fit indices would be there.

After McNeish & Wolf 2023 (https://doi.org/10.1037/met0000425): the model's own standardised solution is the
true population; each level adds a relation that the model leaves out. The rules are stated here and are not
meant to give that paper's software's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_RESIDUAL, RESIDUAL_CORRELATION = 0.05, 0.30


@dataclass(frozen=True, slots=True)
class Population:
    """Correlations (p, p) of a population; level 0 is the model itself; added: (item, factor) of each omitted
    cross-loading, or (item, item) of
    each omitted residual correlation when there is one factor."""

    level: int
    corr: Floats
    added: tuple[tuple[int, int], ...]


def populations(loadings: Floats, phi: Floats) -> tuple[Population, ...]:
    """Level 0 and the levels of misfit of standardised loadings (p, m) with one factor an item, and factor
    correlations (m, m).

    Several factors: m − 1 levels. The factor whose weakest item loads least comes first; its weakest item
    also loads on the factor that correlates most with its own, as strongly as on its own, or as far as a
    residual variance of .05 allows. One factor: levels 1, 2, 3 give a third, two thirds and all of the pairs
    of neighbouring items (1–2, 3–4, …) a residual correlation of .30.
    """
    p, m = loadings.shape
    base = loadings @ phi @ loadings.T
    np.fill_diagonal(base, 1.0)
    out = [Population(0, base, ())]
    if m == 1:
        residual = np.sqrt(1 - loadings[:, 0] ** 2)
        pairs = [(i, i + 1) for i in range(0, p - 1, 2)]
        for level in (1, 2, 3):
            chosen = tuple(pairs[: max(1, round(level * len(pairs) / 3))])
            corr = base.copy()
            for i, j in chosen:
                corr[i, j] += RESIDUAL_CORRELATION * residual[i] * residual[j]
                corr[j, i] = corr[i, j]
            out.append(Population(level, corr, chosen))
        return tuple(out)
    own = np.abs(loadings).argmax(axis=1)
    weakest = {j: int(np.flatnonzero(own == j)[np.abs(loadings[own == j, j]).argmin()]) for j in range(m)}
    order = sorted(range(m), key=lambda j: abs(loadings[weakest[j], j]))
    pattern = loadings.copy()
    added: list[tuple[int, int]] = []
    for level in range(1, m):
        j = order[level - 1]
        item = weakest[j]
        r = np.where(np.arange(m) == j, -np.inf, np.abs(phi[j]))
        target = int(r.argmax())
        pattern[item, target] = _largest(float(loadings[item, j]), float(phi[j, target]))
        added.append((item, target))
        corr = pattern @ phi @ pattern.T
        np.fill_diagonal(corr, 1.0)
        out.append(Population(level, corr, tuple(added)))
    return tuple(out)


def _largest(loading: float, r: float) -> float:
    """The cross-loading: ``loading``, or less so that λ² + c² + 2λcr ≤ 1 − LEAST_RESIDUAL."""
    room = 1 - LEAST_RESIDUAL - loading**2
    most = -loading * r + np.sqrt((loading * r) ** 2 + max(room, 0.0))
    return float(min(abs(loading), most))


def sample_covariances(corr: Floats, n: int, *, reps: int, seed: int) -> Iterator[Floats]:
    """(p, p) covariance matrices, divisor n − 1, of ``reps`` normal samples; the same random numbers for
    every population of one seed."""
    p = corr.shape[0]
    root = np.linalg.cholesky(corr)
    for block, _first, size in draws.blocks(reps):
        for values in draws.normal_block(seed, block, size, n * p, purpose=draws.SIMULATION).reshape(
            size, n, p
        ):
            rows = values @ root.T
            rows = rows - rows.mean(axis=0)
            yield rows.T @ rows / (n - 1)
