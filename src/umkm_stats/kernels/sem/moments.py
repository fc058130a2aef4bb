"""Sample moments of complete rows and of rows with gaps."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from umkm_stats.kernels.sem.one.discrepancy import Pattern, Sample, inverse_of
from umkm_stats.kernels.sem.structure import Floats


def log_determinant(matrix: Floats) -> float:
    """log|matrix|, −inf when it is not positive definite."""
    factor, info = lapack.dpotrf(matrix, lower=1, clean=0)
    if info != 0:
        return -np.inf
    return 2.0 * float(np.log(np.diagonal(factor)).sum())


def mean_cov(rows: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """(mean (p,), covariance (p,p) with divisor N, or the sum of the weights) of complete rows (N,p)."""
    if weights is None:
        mean = rows.mean(axis=0)
        apart = rows - mean
        cov = apart.T @ apart / len(rows)
    else:
        mean = weights @ rows / weights.sum()
        apart = rows - mean
        cov = apart.T @ (apart * weights[:, None]) / weights.sum()
    return mean, (cov + cov.T) / 2.0


def complete_sample(kind: str, n: float, mean: Floats, cov: Floats) -> Sample:
    """The sample of one group under ML, GLS or ULS; ``cov`` has divisor N for ML and N − 1 for the others."""
    weight: Floats | None = None
    if kind == "gls":
        weight = inverse_of(cov)
    elif kind == "uls":
        weight = np.eye(len(cov))
    return Sample(n, mean, cov, log_determinant(cov) if kind == "ml" else 0.0, weight)


def patterns(rows: Floats, weights: Floats | None = None) -> tuple[Pattern, ...]:
    """Rows (N,p) with NaN, by which variables they have; rows with nothing, or of no weight, are left out."""
    seen = ~np.isnan(rows)
    keys, inverse = np.unique(seen, axis=0, return_inverse=True)
    inverse = np.asarray(inverse).ravel()
    counts = np.bincount(inverse, minlength=len(keys))
    out = []
    for index, key in enumerate(keys):
        if key.any():
            columns = np.flatnonzero(key)
            here = inverse == index
            if weights is None and counts[index] == 1:
                row = rows[int(np.argmax(here)), columns]
                out.append(Pattern(columns, 1, row, np.zeros((len(row), len(row)))))
                continue
            own = None if weights is None else weights[here]
            if own is not None and not own.any():
                continue
            mean, cov = mean_cov(rows[here][:, columns], own)
            out.append(Pattern(columns, int(here.sum()) if own is None else float(own.sum()), mean, cov))
    return tuple(out)


def pairwise(rows: Floats) -> tuple[Floats, Floats]:
    """(mean of what is seen (p,), covariance of every pair over the rows that have both, divisor n − 1) of
    rows
    with NaN; NaN where fewer than two rows have both."""
    seen = (~np.isnan(rows)).astype(float)
    filled = np.where(np.isnan(rows), 0.0, rows)
    counts = seen.T @ seen
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = filled.T @ seen  # sum of i over rows that have j
        cov = (filled.T @ filled - sums * sums.T / counts) / (counts - 1.0)
        mean = filled.sum(axis=0) / seen.sum(axis=0)
    return mean, np.where(counts > 1, cov, np.nan)
