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


def mean_cov(rows: Floats) -> tuple[Floats, Floats]:
    """(mean (p,), covariance (p,p) with divisor N) of complete rows (N,p)."""
    mean = rows.mean(axis=0)
    apart = rows - mean
    cov = apart.T @ apart / len(rows)
    return mean, (cov + cov.T) / 2.0


def complete_sample(kind: str, n: int, mean: Floats, cov: Floats) -> Sample:
    """The sample of one group under ML, GLS or ULS; ``cov`` has divisor N for ML and N − 1 for the others."""
    weight: Floats | None = None
    if kind == "gls":
        weight = inverse_of(cov)
    elif kind == "uls":
        weight = np.eye(len(cov))
    return Sample(n, mean, cov, log_determinant(cov) if kind == "ml" else 0.0, weight)


def patterns(rows: Floats) -> tuple[Pattern, ...]:
    """Rows (N,p) with NaN, by which variables they have; rows with nothing are left out."""
    seen = ~np.isnan(rows)
    keys, inverse = np.unique(seen, axis=0, return_inverse=True)
    inverse = np.asarray(inverse).ravel()
    out = []
    for index, key in enumerate(keys):
        if key.any():
            columns = np.flatnonzero(key)
            mean, cov = mean_cov(rows[inverse == index][:, columns])
            out.append(Pattern(columns, int((inverse == index).sum()), mean, cov))
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
