"""Multivariate normal data with gaps: missing-data patterns, EM estimates, Little's test, distances.

EM: Dempster, Laird and Rubin (1977), https://doi.org/10.1111/j.2517-6161.1977.tb01600.x. Test: Little (1988),
https://doi.org/10.1080/01621459.1988.10478722.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """observed (J, p): which variables each pattern has; counts (J,): its rows; of_row (n,): pattern of every
    row,
    −1 for a row without any value (it is not a pattern)."""

    observed: Bools
    counts: Ints
    of_row: Ints


def patterns(x: Floats) -> Patterns:
    """The missing-data patterns of ``x`` (n, p), most frequent first."""
    seen = ~np.isnan(x)
    some = seen.any(axis=1)
    packed = np.packbits(seen[some], axis=1)
    _, first, inverse, counts = np.unique(
        packed, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    of_row = np.full(len(x), -1, dtype=np.int64)
    of_row[some] = rank[np.asarray(inverse).reshape(-1)]
    return Patterns(seen[some][first][order], counts[order].astype(np.int64), of_row)


@dataclass(frozen=True, slots=True)
class NormalEm:
    """mean (p,), cov (p, p) with divisor n; iterations used; whether the largest change fell under the
    tolerance."""

    mean: Floats
    cov: Floats
    iterations: int
    converged: bool


def em_normal(
    x: Floats, *, tolerance: float = 1e-10, limit: int = 20_000, found: Patterns | None = None
) -> NormalEm:
    """Maximum-likelihood mean and covariance of ``x`` (n, p) with NaN for gaps; rows without a value are left
    out.

    Converged when no standardised moment moves by more than ``tolerance``. Raises
    ``numpy.linalg.LinAlgError`` when
    a covariance of observed variables is singular.
    """
    found = found or patterns(x)
    use = found.of_row >= 0
    data, of_row = x[use], found.of_row[use]
    n, p = data.shape
    if not n or np.isnan(data).all(axis=0).any():
        raise np.linalg.LinAlgError("a variable without values")
    mean = np.nanmean(data, axis=0)
    spread = np.nanvar(data, axis=0)
    if np.any(~np.isfinite(spread)) or np.any(spread <= 0):
        raise np.linalg.LinAlgError("a variable without variance")
    scale = np.sqrt(spread)
    z = (data - mean) / scale
    groups = [np.flatnonzero(of_row == j) for j in range(len(found.counts))]
    sums = [np.nansum(z[g], axis=0) for g in groups]
    crosses = [(lambda v: v.T @ v)(np.nan_to_num(z[g])) for g in groups]
    mu, sigma = np.zeros(p), np.eye(p)
    step = 0
    converged = False
    while step < limit:
        step += 1
        total, cross = np.zeros(p), np.zeros((p, p))
        for j, observed in enumerate(found.observed):
            m = int(found.counts[j])
            o, u = np.flatnonzero(observed), np.flatnonzero(~observed)
            part_sum, part_cross = sums[j].copy(), crosses[j].copy()
            if len(u):
                beta = np.linalg.solve(sigma[np.ix_(o, o)], sigma[np.ix_(o, u)])
                shift = mu[u] - mu[o] @ beta
                part_sum[u] = sums[j][o] @ beta + m * shift
                ou = crosses[j][np.ix_(o, o)] @ beta + np.outer(sums[j][o], shift)
                part_cross[np.ix_(o, u)] = ou
                part_cross[np.ix_(u, o)] = ou.T
                fitted = beta.T @ crosses[j][np.ix_(o, o)] @ beta
                side = np.outer(beta.T @ sums[j][o], shift)
                residual = sigma[np.ix_(u, u)] - sigma[np.ix_(u, o)] @ beta
                part_cross[np.ix_(u, u)] = fitted + side + side.T + m * np.outer(shift, shift) + m * residual
            total += part_sum
            cross += part_cross
        new_mu = total / n
        new_sigma = cross / n - np.outer(new_mu, new_mu)
        new_sigma = (new_sigma + new_sigma.T) / 2
        change = max(float(np.abs(new_mu - mu).max()), float(np.abs(new_sigma - sigma).max()))
        mu, sigma = new_mu, new_sigma
        if change < tolerance:
            converged = True
            break
    return NormalEm(mean + mu * scale, sigma * np.outer(scale, scale), step, converged)


@dataclass(frozen=True, slots=True)
class LittleTest:
    """statistic d², df, p (survival function), patterns J, whether EM converged and in how many
    iterations."""

    statistic: float
    df: int
    p: float
    patterns: int
    converged: bool
    iterations: int


def little_mcar(x: Floats) -> LittleTest:
    """Little's test that values are missing completely at random: d² = Σ nⱼ (ȳⱼ − μ̂)′ Σ̂ⱼ⁻¹ (ȳⱼ − μ̂), on EM
    estimates.

    df = Σ pⱼ − p. A row without any value is no pattern. With one pattern df is 0 and the statistic 0, p NaN.
    """
    found = patterns(x)
    fitted = em_normal(x, found=found)
    statistic = 0.0
    for j, observed in enumerate(found.observed):
        gap = x[found.of_row == j][:, observed].mean(axis=0) - fitted.mean[observed]
        statistic += float(found.counts[j]) * float(
            gap @ np.linalg.solve(fitted.cov[np.ix_(observed, observed)], gap)
        )
    df = int(found.observed.sum()) - x.shape[1]
    p = float(stats.chi2.sf(statistic, df)) if df > 0 else float("nan")
    return LittleTest(
        statistic if df > 0 else 0.0, df, p, len(found.counts), fitted.converged, fitted.iterations
    )


def distances(x: Floats) -> tuple[Floats, Ints, Floats]:
    """(D² (n,), observed variables (n,), p (n,)) of every row to the mean, by its observed variables.

    Complete data: mean and covariance with divisor n − 1. With gaps: EM estimates, scaled to that divisor,
    and the block of the row's observed variables. p is the upper tail of χ² with as many degrees of freedom.
    """
    complete = not np.isnan(x).any()
    n = len(x)
    if complete:
        mean, cov = x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False))
        found = Patterns(np.ones((1, x.shape[1]), dtype=bool), np.array([n]), np.zeros(n, dtype=np.int64))
    else:
        found = patterns(x)
        fitted = em_normal(x, tolerance=1e-8, limit=2000, found=found)
        used = int(found.counts.sum())
        mean, cov = fitted.mean, fitted.cov * used / max(used - 1, 1)
    d2, observed_count = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    for j, observed in enumerate(found.observed):
        rows = found.of_row == j
        gap = x[rows][:, observed] - mean[observed]
        d2[rows] = np.einsum("ij,ij->i", gap, np.linalg.solve(cov[np.ix_(observed, observed)], gap.T).T)
        observed_count[rows] = int(observed.sum())
    with np.errstate(invalid="ignore"):
        p = np.where(observed_count > 0, stats.chi2.sf(d2, np.maximum(observed_count, 1)), np.nan)
    return d2, observed_count, np.asarray(p, dtype=np.float64)
