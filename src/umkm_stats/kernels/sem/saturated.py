"""The saturated normal model under missing data: EM moments, information and scores in moment space.

EM: Dempster, Laird & Rubin 1977 (https://doi.org/10.1111/j.2517-6161.1977.tb01600.x). Information and scores
are those of (μ, vech Σ), vech down the columns of the lower triangle.
"""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.moments import patterns
from umkm_stats.kernels.sem.one.discrepancy import Sample, evaluate
from umkm_stats.kernels.sem.one.incomplete import Pattern, Stack, curvature_blocks, pairs, stacked
from umkm_stats.kernels.sem.structure import Floats

STEPS = 5000


def em_moments(
    found: tuple[Pattern, ...],
    mean: Floats,
    cov: Floats,
    *,
    tolerance: float = 1e-11,
    made: Stack | None = None,
) -> tuple[Floats, Floats, bool]:
    """(mean, cov, converged): ML moments of an unrestricted normal model from patterns, from a PD start.

    Ends when no mean moves by ``tolerance`` SD and no covariance by ``tolerance`` of the SDs. Squared
    extrapolation (Varadhan & Roland 2008) speeds up the plain steps; a point that is not PD is not taken.
    """
    p = len(mean)
    stack = stacked(found, p) if made is None else made
    share = stack.share
    scale = np.sqrt(np.diagonal(cov))

    def step(mean: Floats, cov: Floats) -> tuple[Floats, Floats] | None:
        solved = stack.inverses(cov)
        if solved is None:
            return None
        slopes = cov @ solved[0]
        apart = np.where(stack.seen, stack.mean - mean, 0.0)
        filled = np.matmul(slopes, apart[:, :, None])[:, :, 0]
        weighted = slopes * share[:, None, None]
        first = share @ filled
        known = (weighted @ stack.cov).transpose(1, 0, 2).reshape(p, -1)
        second = known @ slopes.transpose(0, 2, 1).reshape(-1, p)
        second += (
            cov - weighted.sum(axis=0) @ cov + (filled * share[:, None]).T @ filled - np.outer(first, first)
        )
        first = first + mean
        return first, (second + second.T) / 2.0

    for _ in range(STEPS // 3):
        one = step(mean, cov)
        if one is None:
            return mean, cov, False
        two = step(*one)
        if two is None:
            return mean, cov, False
        gap = np.abs(two[1] - one[1]) / np.outer(scale, scale)
        if np.abs((two[0] - one[0]) / scale).max() < tolerance and gap.max() < tolerance:
            return two[0], two[1], True
        r = np.concatenate([one[0] - mean, (one[1] - cov).ravel()])
        v = np.concatenate([two[0] - one[0], (two[1] - one[1]).ravel()]) - r
        size = float(v @ v)
        alpha = max(float(np.sqrt(r @ r / size)), 1.0) if size > 0 else 1.0
        moved = np.concatenate([mean, cov.ravel()]) + 2 * alpha * r + alpha**2 * v
        new_mean, new_cov = moved[: len(mean)], moved[len(mean) :].reshape(cov.shape)
        unit = new_cov / np.outer(scale, scale)
        good = np.isfinite(moved).all() and np.linalg.eigvalsh((unit + unit.T) / 2)[0] > 1e-8
        settled = step(new_mean, new_cov) if good else None
        if settled is not None and np.linalg.eigvalsh(settled[1] / np.outer(scale, scale))[0] > 1e-10:
            mean, cov = settled
        else:
            mean, cov = two
    return mean, cov, False


def incomplete_sample(rows: Floats, weights: Floats | None = None) -> Sample:
    """The FIML sample of one group, its rows with weights or without: patterns, saturated moments, and the
    saturated value as ``base``.

    ``base`` is NaN when two variables are never seen together or EM did not settle.
    """
    found = patterns(rows, weights)
    counts = (~np.isnan(rows)).sum(axis=0)
    mean = np.nansum(rows, axis=0) / counts
    apart = np.where(np.isnan(rows), 0.0, rows - mean)
    variance = (apart**2).sum(axis=0) / counts
    n = sum(pattern.n for pattern in found)
    stack = stacked(found, rows.shape[1])
    mean, cov, settled = em_moments(found, mean, np.diag(variance), made=stack)
    plain = Sample(n, mean, cov, 0.0, None, found, stack)
    seen = (~np.isnan(rows)).astype(float)
    met = bool((seen.T @ seen > 0).all())
    at = evaluate("fiml", plain, cov, mean, means=True) if settled and met else None
    return Sample(n, mean, cov, at.value if at is not None else np.nan, None, found, stack)


def observed_information(sample: Sample, mean: Floats, cov: Floats) -> Floats:
    """(p + p*, p + p*) observed information of one row about (μ, vech Σ) at (mean, cov)."""
    p = len(mean)
    found = sample.patterns or (Pattern(np.arange(p), sample.n, sample.mean, sample.cov),)
    stack = sample.stack if sample.patterns else stacked(found, p)
    shares, inverses = stack.n / sample.n, stack.any_inverses(cov)
    apart, seen = stack.around(mean)
    middles = 2.0 * inverses @ seen @ inverses - inverses
    middles = (middles + middles.transpose(0, 2, 1)) / 2.0
    lifts = np.matmul(inverses, apart[:, :, None])[:, :, 0]
    row, col, half = pairs(p)
    tensor = ((inverses * shares[:, None, None]).reshape(len(shares), -1).T @ lifts).reshape(p, p, p)
    mixed = half * (tensor[:, row, col] + tensor[:, col, row])
    size = p + len(row)
    out = np.empty((size, size))
    out[:p, :p] = np.einsum("r,rij->ij", shares, inverses)
    out[:p, p:], out[p:, :p] = mixed, mixed.T
    out[p:, p:] = curvature_blocks(shares, inverses, middles)
    return out


def moment_scores(rows: Floats, mean: Floats, cov: Floats) -> Floats:
    """(N, p + p*) scores of (μ, vech Σ) of rows that may have gaps."""
    p = len(mean)
    row, col, half = pairs(p)
    out = np.zeros((len(rows), p + len(row)))
    seen_all = ~np.isnan(rows)
    keys, numbers = np.unique(seen_all, axis=0, return_inverse=True)
    numbers = np.asarray(numbers).ravel()
    for index, key in enumerate(keys):
        here = np.flatnonzero(numbers == index)
        seen = np.flatnonzero(key)
        inverse = np.zeros((p, p))
        inverse[np.ix_(seen, seen)] = np.linalg.inv(cov[np.ix_(seen, seen)])
        apart = np.where(key, rows[here] - mean, 0.0)
        lifted = apart @ inverse
        out[here, :p] = lifted
        out[here[:, None], p + np.arange(len(row))[None, :]] = half * (
            lifted[:, row] * lifted[:, col] - inverse[row, col]
        )
    return out
