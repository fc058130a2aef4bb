"""How many factors: eigenvalues, parallel analysis on components and on principal axes, minimum average partial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parallel:
    """(k,) arrays: eigenvalues of the data, their mean and chosen percentile in random data; n_factors: leading
    eigenvalues above that percentile, up to the first that is not."""

    observed: Floats
    random_mean: Floats
    random_high: Floats
    n_factors: int


@dataclass(frozen=True, slots=True)
class PartialMap:
    """Velicer's minimum average partial: (k−1,) averages after 0, 1, … components, for squared and fourth powers of the
    partial correlations, and the number of components at each minimum."""

    squared: Floats
    fourth: Floats
    n_squared: int
    n_fourth: int


def reduced(corr: Floats) -> Floats:
    """Correlation matrices (..., k, k) with squared multiple correlations on the diagonal (principal axes)."""
    out = corr.copy()
    k = corr.shape[-1]
    out[..., np.arange(k), np.arange(k)] = 1 - 1 / np.diagonal(np.linalg.inv(corr), axis1=-2, axis2=-1)
    return out


def eigenvalues(corr: Floats) -> Floats:
    """(..., k) eigenvalues, falling."""
    return np.asarray(np.linalg.eigvalsh(corr)[..., ::-1])


def parallel(corr: Floats, n: int, *, runs: int, seed: int, percentile: float = 95.0, axes: bool = False) -> Parallel:
    """Parallel analysis of a correlation matrix (k, k) from ``n`` rows against ``runs`` sets of independent normals.

    axes False compares components (Horn 1965, https://doi.org/10.1007/BF02289447); True compares the matrix with
    squared multiple correlations on its diagonal (Humphreys & Ilgen 1969). Random numbers are the ``SIMULATION``
    stream of ``seed``, block by block.
    """
    k = corr.shape[0]
    found = []
    for block, _first, size in draws.blocks(runs):
        values = draws.normal_block(seed, block, size, n * k, purpose=draws.SIMULATION).reshape(size, n, k)
        values -= values.mean(axis=1, keepdims=True)
        cross = np.swapaxes(values, 1, 2) @ values
        sd = np.sqrt(np.diagonal(cross, axis1=1, axis2=2))
        random = cross / (sd[:, :, None] * sd[:, None, :])
        found.append(eigenvalues(reduced(random) if axes else random))
    simulated = np.concatenate(found)
    observed = eigenvalues(reduced(corr) if axes else corr)
    high = np.percentile(simulated, percentile, axis=0)
    above = observed > high
    count = int(k if above.all() else np.argmin(above))
    return Parallel(observed, simulated.mean(axis=0), np.asarray(high), count)


def minimum_average_partial(corr: Floats) -> PartialMap:
    """Velicer 1976 (https://doi.org/10.1007/BF02293557) and the fourth-power form of Velicer, Eaton & Fava 2000."""
    k = corr.shape[0]
    value, vector = np.linalg.eigh(corr)
    loadings = vector[:, ::-1] * np.sqrt(np.maximum(value[::-1], 0))
    squared, fourth = np.full(k - 1, np.nan), np.full(k - 1, np.nan)
    off = ~np.eye(k, dtype=bool)
    for m in range(k - 1):
        partial = corr - loadings[:, :m] @ loadings[:, :m].T
        scale = np.diag(partial)
        if (scale <= 1e-10).any():
            break
        partial = partial / np.sqrt(np.outer(scale, scale))
        squared[m], fourth[m] = (partial[off] ** 2).mean(), (partial[off] ** 4).mean()
    return PartialMap(squared, fourth, int(np.nanargmin(squared)), int(np.nanargmin(fourth)))
