"""The saturated normal model under missing data: EM moments, information and scores in moment space.

EM: Dempster, Laird & Rubin 1977 (https://doi.org/10.1111/j.2517-6161.1977.tb01600.x). Information and scores
are those of (μ, vech Σ), vech down the columns of the lower triangle.
"""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.moments import patterns
from umkm_stats.kernels.sem.one.discrepancy import Pattern, Sample, evaluate, inverse_pd
from umkm_stats.kernels.sem.structure import Floats, Ints

STEPS = 5000


def em_moments(
    found: tuple[Pattern, ...], mean: Floats, cov: Floats, *, tolerance: float = 1e-11
) -> tuple[Floats, Floats, bool]:
    """(mean, cov, converged): ML moments of an unrestricted normal model from patterns, from a PD start.

    Ends when no mean moves by ``tolerance`` SD and no covariance by ``tolerance`` of the SDs. Squared
    extrapolation (Varadhan & Roland 2008) speeds up the plain steps; a point that is not PD is not taken.
    """
    total = sum(pattern.n for pattern in found)
    scale = np.sqrt(np.diagonal(cov))

    def step(mean: Floats, cov: Floats) -> tuple[Floats, Floats] | None:
        first, second = np.zeros_like(mean), np.zeros_like(cov)
        for pattern in found:
            seen = pattern.seen
            if len(seen) == len(mean):
                full, spread = pattern.mean, pattern.cov
            else:
                solved = inverse_pd(np.ascontiguousarray(cov[np.ix_(seen, seen)]))
                if solved is None:
                    return None
                slopes = cov[:, seen] @ solved[0]
                full = mean + slopes @ (pattern.mean - mean[seen])
                spread = slopes @ pattern.cov @ slopes.T + cov - slopes @ cov[seen]
            first += pattern.n * full
            second += pattern.n * (spread + np.outer(full, full))
        first /= total
        second = second / total - np.outer(first, first)
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
    mean, cov, settled = em_moments(found, mean, np.diag(variance))
    plain = Sample(n, mean, cov, 0.0, None, found)
    seen = (~np.isnan(rows)).astype(float)
    met = bool((seen.T @ seen > 0).all())
    at = evaluate("fiml", plain, cov, mean, means=True) if settled and met else None
    return Sample(n, mean, cov, at.value if at is not None else np.nan, None, found)


def _pairs(p: int) -> tuple[Ints, Ints, Floats]:
    col, row = np.triu_indices(p)
    half: Floats = np.where(row == col, 0.5, 1.0)
    return row.astype(np.int64), col.astype(np.int64), half


def curvature_blocks(shares: Floats, left: Floats, right: Floats) -> Floats:
    """(p*,p*) Σᵣ shareᵣ ½Dᵀ(Lᵣ ⊗ Rᵣ)D symmetrised, left and right (R,p,p) symmetric."""
    p = left.shape[1]
    row, col, half = _pairs(p)
    tensor = (left.reshape(len(left), -1) * shares[:, None]).T @ right.reshape(len(right), -1)
    tensor = tensor.reshape(p, p, p, p)
    a, b, c, d = row[:, None], col[:, None], row[None, :], col[None, :]
    total = tensor[a, d, b, c] + tensor[a, c, b, d] + tensor[b, d, a, c] + tensor[b, c, a, d]
    out: Floats = 0.5 * half[:, None] * half[None, :] * total
    return (out + out.T) / 2.0


def observed_information(sample: Sample, mean: Floats, cov: Floats) -> Floats:
    """(p + p*, p + p*) observed information of one row about (μ, vech Σ) at (mean, cov)."""
    p = len(mean)
    found = sample.patterns or (Pattern(np.arange(p), sample.n, sample.mean, sample.cov),)
    count = len(found)
    inverses, middles, lifts = np.zeros((count, p, p)), np.zeros((count, p, p)), np.zeros((count, p))
    shares = np.array([pattern.n for pattern in found]) / sample.n
    for index, pattern in enumerate(found):
        at = np.ix_(pattern.seen, pattern.seen)
        inverse = np.linalg.inv(cov[at])
        apart = pattern.mean - mean[pattern.seen]
        inverses[index][at] = inverse
        middles[index][at] = 2.0 * inverse @ (pattern.cov + np.outer(apart, apart)) @ inverse - inverse
        lifts[index][pattern.seen] = inverse @ apart
    row, col, half = _pairs(p)
    tensor = np.einsum("r,rij,rk->ijk", shares, inverses, lifts)
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
    row, col, half = _pairs(p)
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
