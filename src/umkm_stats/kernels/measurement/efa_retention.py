"""How many factors: eigenvalues, parallel analysis on components and on principal axes, minimum average
partial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr

from umkm_stats.kernels import draws
from umkm_stats.kernels.measurement.efa_loadings import sampling_adequacy

Floats = NDArray[np.float64]
CELLS = 2_000_000  # random numbers of whole data sets held at once (16 MB), or one set
FACTORS = 500_000  # numbers of one random data set above which its cross-products are drawn, not its rows


@dataclass(frozen=True, slots=True)
class Parallel:
    """(k,) arrays: eigenvalues of the data, their mean and chosen percentile in random data; n_factors:
    leading
    eigenvalues above that percentile, up to the first that is not."""

    observed: Floats
    random_mean: Floats
    random_high: Floats
    n_factors: int


@dataclass(frozen=True, slots=True)
class PartialMap:
    """Velicer's minimum average partial: (k−1,) averages after 0, 1, … components, for squared and fourth
    powers of the
    partial correlations, and the number of components at each minimum."""

    squared: Floats
    fourth: Floats
    n_squared: int
    n_fourth: int


def reduced(corr: Floats) -> Floats:
    """Correlation matrices (..., k, k) with squared multiple correlations on the diagonal (principal
    axes)."""
    out = corr.copy()
    k = corr.shape[-1]
    out[..., np.arange(k), np.arange(k)] = 1 - 1 / np.diagonal(np.linalg.inv(corr), axis1=-2, axis2=-1)
    return out


def eigenvalues(corr: Floats) -> Floats:
    """(..., k) eigenvalues, falling."""
    return np.asarray(np.linalg.eigvalsh(corr)[..., ::-1])


def parallel(
    corr: Floats, n: int, *, runs: int, seed: int, percentile: float = 95.0, axes: bool = False
) -> Parallel:
    """Parallel analysis of a correlation matrix (k, k) from ``n`` rows against ``runs`` sets of independent
    normals; ``axes`` picks one of ``parallel_pair``."""
    return parallel_pair(corr, n, runs=runs, seed=seed, percentile=percentile)[int(axes)]


def parallel_pair(
    corr: Floats,
    n: int,
    *,
    runs: int,
    seed: int,
    percentile: float = 95.0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Parallel, Parallel]:
    """Parallel analysis on components and on principal axes, from the same random data.

    The first compares components (Horn 1965, https://doi.org/10.1007/BF02289447), the second the matrix with
    squared multiple correlations on its diagonal (Humphreys & Ilgen 1969). Random numbers are the
    ``SIMULATION`` stream of ``seed``, block by block; at most ``CELLS`` of them, or one set, are held. When a
    set has more than ``FACTORS`` numbers, its matrix of cross-products is drawn in place of its rows: the
    same distribution at a cost that does not grow with ``n``. ``progress`` is called with (sets done, runs).
    """
    k = corr.shape[0]
    plain, axes = [], []
    done = 0
    for random in _random_correlations(n, k, runs, seed):
        plain.append(eigenvalues(random))
        axes.append(eigenvalues(reduced(random)))
        done += len(random)
        if progress is not None:
            progress(done, runs)
    return (
        _compared(eigenvalues(corr), np.concatenate(plain), percentile),
        _compared(eigenvalues(reduced(corr)), np.concatenate(axes), percentile),
    )


def _random_correlations(n: int, k: int, runs: int, seed: int) -> Iterator[Floats]:
    """Correlation matrices (some, k, k) of independent normals, ``runs`` in all."""
    for block, _first, size in draws.blocks(runs):
        left = draws.Normals(seed, block, purpose=draws.SIMULATION)
        if by_factors(n, k):
            step = max(1, CELLS // (k * k))
            for start in range(0, size, step):
                yield _scaled(_cross_products(left, min(step, size - start), n, k))
            continue
        step = max(1, min(size, CELLS // (n * k)))
        for start in range(0, size, step):
            count = min(step, size - start)
            values = left.take(count * n * k).reshape(count, n, k)
            values -= values.mean(axis=1, keepdims=True)
            yield _scaled(np.swapaxes(values, 1, 2) @ values)


def by_factors(n: int, k: int) -> bool:
    """Whether cross-products of ``n`` rows of ``k`` items are drawn as such: above ``FACTORS`` numbers."""
    return n > k and n * k > FACTORS


def _cross_products(left: draws.Normals, count: int, n: int, k: int) -> Floats:
    """(count, k, k) cross-products of n rows of k centred independent normals, without making the rows.

    They follow the Wishart distribution with n − 1 degrees of freedom, exactly: A·Aᵀ, A lower triangular with
    independent standard normals below the diagonal and roots of χ² with n − 1, n − 2, … n − k degrees of
    freedom on it (Bartlett 1933; as Smith & Hocking 1972, https://doi.org/10.2307/2346290).
    """
    row, col = np.tril_indices(k)
    numbers = left.take(count * len(row)).reshape(count, len(row))
    own = row == col
    numbers[:, own] = np.sqrt(2 * gammaincinv((n - 1 - np.arange(k)) / 2, ndtr(numbers[:, own])))
    factor = np.zeros((count, k, k))
    factor[:, row, col] = numbers
    return np.asarray(factor @ np.swapaxes(factor, 1, 2))


def _scaled(cross: Floats) -> Floats:
    sd = np.sqrt(np.diagonal(cross, axis1=1, axis2=2))
    return np.asarray(cross / (sd[:, :, None] * sd[:, None, :]))


def _compared(observed: Floats, simulated: Floats, percentile: float) -> Parallel:
    high = np.percentile(simulated, percentile, axis=0)
    above = observed > high
    count = int(len(observed) if above.all() else np.argmin(above))
    return Parallel(observed, simulated.mean(axis=0), np.asarray(high), count)


def minimum_average_partial(corr: Floats) -> PartialMap:
    """Velicer 1976 (https://doi.org/10.1007/BF02293557) and the fourth-power form of Velicer, Eaton & Fava
    2000."""
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


@dataclass(frozen=True, slots=True)
class Hull:
    """Hull method on solutions with 0…most factors. fit (most+1,): common part accounted for, 1 − KMO of the
    residual correlations;
    parameters (most+1,); on_hull (most+1,): which stand on the upper hull; n_factors: the sharpest elbow, 0
    when there is none."""

    fit: Floats
    parameters: NDArray[np.int64]
    on_hull: NDArray[np.bool_]
    n_factors: int


def principal_axes(corr: Floats, n_factors: int, *, steps: int = 1000, tolerance: float = 1e-9) -> Floats:
    """(k, m) principal-axis loadings of a correlation matrix, communalities iterated from squared multiple
    correlations."""
    work = reduced(corr)
    shared = np.diag(work).copy()
    loadings = np.zeros((corr.shape[0], n_factors))
    for _ in range(steps):
        np.fill_diagonal(work, shared)
        value, vector = np.linalg.eigh(work)
        loadings = vector[:, ::-1][:, :n_factors] * np.sqrt(np.maximum(value[::-1][:n_factors], 0.0))
        fresh = (loadings**2).sum(axis=1)
        change = float(np.abs(fresh - shared).max())
        shared = fresh
        if change < tolerance:
            break
    return np.asarray(loadings)


def hull(corr: Floats, most: int) -> Hull:
    """Hull method with the common part accounted for (Lorenzo-Seva, Timmerman & Kiers 2011,
    https://doi.org/10.1080/00273171.2011.564527).

    Solutions are principal axes with 0…``most`` factors; parameters are k·m − m(m − 1)/2. Solutions below the
    line of their neighbours leave; of those that stay the one with the largest ratio of the gain before it to
    the gain after it is the elbow.
    """
    k = corr.shape[0]
    fit = np.full(most + 1, np.nan)
    parameters = np.array([k * m - m * (m - 1) // 2 for m in range(most + 1)], dtype=np.int64)
    for m in range(most + 1):
        loadings = principal_axes(corr, m)
        rest = corr - loadings @ loadings.T
        np.fill_diagonal(rest, 1.0)
        fit[m] = 1 - sampling_adequacy(rest)[1]
    stay = [0]
    for m in range(1, most + 1):
        if fit[m] > fit[stay[-1]]:
            stay.append(m)
    while True:
        inner = [
            i
            for i in range(1, len(stay) - 1)
            if _gain(fit, parameters, stay, i) <= _gain(fit, parameters, stay, i + 1)
        ]
        if not inner:
            break
        stay.pop(inner[0])
    ratios = {
        stay[i]: _gain(fit, parameters, stay, i) / _gain(fit, parameters, stay, i + 1)
        for i in range(1, len(stay) - 1)
    }
    on = np.zeros(most + 1, dtype=bool)
    on[stay] = True
    return Hull(fit, parameters, on, max(ratios, key=lambda m: ratios[m]) if ratios else 0)


def _gain(fit: Floats, parameters: NDArray[np.int64], stay: list[int], i: int) -> float:
    """Gain in fit a parameter from the solution before ``stay[i]``."""
    return float((fit[stay[i]] - fit[stay[i - 1]]) / (parameters[stay[i]] - parameters[stay[i - 1]]))
