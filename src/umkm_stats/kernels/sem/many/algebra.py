"""Cholesky, inverse and definiteness of many small symmetric matrices, a failing one not spoiling the
others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import path

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def _factor(sigma: Floats) -> tuple[Floats, Floats, Bools]:
    """The matrices with the identity where they are not positive definite, their Cholesky factors, and where
    they are."""
    try:
        return (
            sigma,
            np.asarray(np.linalg.cholesky(sigma), dtype=np.float64),
            np.ones(len(sigma), dtype=np.bool_),
        )
    except np.linalg.LinAlgError:
        pass
    ok = np.asarray(np.isfinite(sigma).all(axis=(1, 2)), dtype=np.bool_)
    sigma = np.where(ok[:, None, None], sigma, np.eye(sigma.shape[1]))
    lower = np.empty_like(sigma)
    for row, entry in enumerate(sigma):
        try:
            lower[row] = np.linalg.cholesky(entry)
        except np.linalg.LinAlgError:
            ok[row] = False
            sigma[row] = lower[row] = np.eye(len(entry))
    return sigma, lower, ok


def log_determinant(sigma: Floats) -> tuple[Floats, Bools]:
    """Log-determinants (0 where a matrix is not positive definite) and positive definiteness of (D, p, p)
    matrices.

    A matrix counts as positive definite when no Cholesky pivot is below 1e-10 of its diagonal entry.
    """
    compiled = path.native()
    if compiled is not None:
        least, logdet = compiled.factors(sigma)
        good = np.isfinite(sigma).all(axis=(1, 2)) & (least > 1e-10)
        return np.where(good, logdet, 0.0), good
    sigma, lower, ok = _factor(sigma)
    own = np.diagonal(lower, axis1=1, axis2=2)
    ok &= (own**2 > 1e-10 * np.diagonal(sigma, axis1=1, axis2=2)).all(axis=1)
    return 2.0 * np.log(own).sum(axis=1), ok


def inverse_pd(sigma: Floats) -> tuple[Floats, Floats, Bools]:
    """Inverse, log-determinant and positive definiteness of (D, p, p) matrices; the identity stands in where
    it fails."""
    sigma, lower, ok = _factor(sigma)
    logdet = 2.0 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    ok = ok & np.isfinite(logdet)
    try:
        return np.asarray(np.linalg.inv(sigma), dtype=np.float64), logdet, ok
    except np.linalg.LinAlgError:  # positive pivots down to rounding, and still singular
        flat = np.linalg.matrix_rank(sigma, hermitian=True) < sigma.shape[1]
        sigma = np.where(flat[:, None, None], np.eye(sigma.shape[1]), sigma)
        return np.asarray(np.linalg.inv(sigma), dtype=np.float64), logdet, ok & ~flat


def positive_definite(small: Floats) -> Bools:
    """(D,) whether (D, m, m) symmetric matrices are positive definite, by elimination over the draws."""
    compiled = path.native()
    if compiled is not None:
        return np.asarray(compiled.factors(small)[0] > 0.0)
    work = small.copy()
    size = small.shape[1]
    ok = np.ones(len(small), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for k in range(size):
            pivot = work[:, k, k]
            ok &= pivot > 0.0
            if k + 1 < size:
                work[:, k + 1 :, k + 1 :] -= work[:, k + 1 :, k, None] * (
                    work[:, None, k, k + 1 :] / pivot[:, None, None]
                )
    return ok


def pivots(information: Floats) -> Floats:
    """(D,) least squared Cholesky pivot relative to its diagonal entry (1 − R²); 0 when not positive
    definite.

    Only the lower triangles are read.
    """
    diagonal = np.diagonal(information, axis1=1, axis2=2)
    try:
        lower = np.linalg.cholesky(information)
        return np.asarray((np.diagonal(lower, axis1=1, axis2=2) ** 2 / diagonal).min(axis=1))
    except np.linalg.LinAlgError:
        pass
    out = np.zeros(len(information))
    for row, entry in enumerate(information):
        try:
            out[row] = (np.diag(np.linalg.cholesky(entry)) ** 2 / diagonal[row]).min()
        except np.linalg.LinAlgError:
            out[row] = 0.0
    return np.where(np.isfinite(out), out, 0.0)
