"""Bootstrap of numbers that need only covariances: draws as counts of rows, moments of a block as one
product."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels import intervals
from umkm_stats.kernels.measurement import scale_reliability as kernel
from umkm_stats.kernels.measurement.efa_one import OneFactor, one_factor
from umkm_stats.measurement._answers import Floats


def covariance_blocks(values: Floats, *, draws: int, seed: int) -> Iterator[Floats]:
    """Covariance matrices (block, k, k), divisor n − 1, of ordinary case draws of complete rows (n, k)."""
    n, k = values.shape
    centred = values - values.mean(axis=0)
    upper = np.triu_indices(k)
    products = np.concatenate([centred, centred[:, upper[0]] * centred[:, upper[1]]], axis=1)
    for block, _first, size in draw_kernel.blocks(draws):
        sums = draw_kernel.count_block(seed, block, size, n) @ products / n
        mean = sums[:, :k]
        cov = np.empty((size, k, k))
        cov[:, upper[0], upper[1]] = (sums[:, k:] - mean[:, upper[0]] * mean[:, upper[1]]) * n / (n - 1)
        cov[:, upper[1], upper[0]] = cov[:, upper[0], upper[1]]
        yield cov


def scale_draws(
    values: Floats, point: OneFactor, *, draws: int, seed: int, level: float
) -> tuple[dict[str, float], dict[str, int]]:
    """Percentile limits of ω, AVE and CR of a scale over ``draws`` case draws, and the ledger of the
    draws."""
    start = np.clip(point.std_loadings[0], -0.95, 0.95)
    out = []
    for cov in covariance_blocks(values, draws=draws, seed=seed):
        found = one_factor(cov, start=start)
        std = found.std_loadings
        out.append(
            np.stack(
                [
                    kernel.omega_total(found.loadings, cov),
                    kernel.average_variance(std, 1 - std**2),
                    kernel.composite(std, 1 - std**2),
                ],
                axis=1,
            )
        )
    numbers = np.concatenate(out)
    fine = np.isfinite(numbers).all(axis=1)
    counted = {"requested": draws, "converged": int(fine.sum()), "failed": int(draws - fine.sum())}
    limits: dict[str, float] = {"draws_used": float(fine.sum())}
    for j, name in enumerate(("omega", "ave", "cr_std")):
        limits[f"{name}_low"], limits[f"{name}_high"] = percentile(numbers[fine, j], level)
    return limits, counted


def percentile(values: Floats, level: float) -> tuple[float, float]:
    """Percentile limits by R's ``norm.inter`` rule; NaN with fewer than 20 draws."""
    if values.size < 20:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = (float(np.asarray(intervals.quantile(values, p)).reshape(-1)[0]) for p in (tail, 1 - tail))
    return low, high
