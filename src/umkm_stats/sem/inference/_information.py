"""The information of a fit on its free directions, and its inverse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.sem.one.algebra import jacobian
from umkm_stats.kernels.sem.one.discrepancy import inverse_pd
from umkm_stats.kernels.sem.structure import Floats

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


SURE = 1e6  # the inverse of a unit matrix no larger than this (its 1-norm) has no eigenvalue below 1e-6


def invert(matrix: Floats) -> Floats | None:
    """Inverse of a symmetric positive definite matrix, or None."""
    if matrix.size == 0:
        return matrix
    scale = np.sqrt(np.abs(np.diagonal(matrix)))
    if not (scale > 0).all() or not np.isfinite(matrix).all():
        return None
    unit = matrix / np.outer(scale, scale)
    solved = inverse_pd(unit)
    if solved is not None and float(np.abs(solved[0]).sum(axis=0).max()) < SURE:
        return np.asarray(solved[0] / np.outer(scale, scale), dtype=np.float64)
    values, vectors = np.linalg.eigh((unit + unit.T) / 2.0)
    if values[0] < 1e-10:
        return None
    inner = (vectors / values) @ vectors.T
    return np.asarray(inner / np.outer(scale, scale), dtype=np.float64)


def least_squares_share(fit: Fit) -> float:
    """What lavaan's scores carry: (N − G)/N for least squares (GLS, ULS, ordinal fits), 1 for likelihoods."""
    return 1.0 - fit.method.less * len(fit.task.samples) / fit.n


def information_matrix(fit: Fit, which: str | None = None) -> Floats:
    """(P,P) information of one observation at the solution: "expected" or "observed"."""
    kind = which or fit.options.information
    if kind == "observed":
        return np.asarray(fit.task.hessian(fit.params) / 2.0, dtype=np.float64)
    if fit.task.kind == "uls":  # lavaan's: every element of vech(Σ) weighs 1
        total = np.zeros((fit.compiled.n_params, fit.compiled.n_params))
        for g, (share, at) in enumerate(zip(fit.task.shares, fit.point.states, strict=True)):
            sigma, mu = jacobian(fit.task.plan, g, at)
            total += share * (sigma.T @ sigma + mu.T @ mu)
        return total
    return fit.task.information(fit.point)


def directions(fit: Fit) -> Floats:
    """(P,q) free directions: equality constraints taken out, what holds at a bound or limit left out."""
    basis = fit.compiled.basis
    active = fit.found.optimum.active
    if fit.found.held is not None and len(fit.found.held):
        _, sizes, vt = np.linalg.svd(fit.found.held @ basis)
        basis = np.ascontiguousarray(basis @ vt[int((sizes > 1e-10).sum()) :].T)
    if active.any():
        if basis.shape[0] == basis.shape[1]:
            return np.ascontiguousarray(basis[:, ~active])
        held = basis[active]
        _, sizes, vt = np.linalg.svd(held)
        return np.ascontiguousarray(basis @ vt[int((sizes > 1e-10).sum()) :].T)
    return basis


def bread(fit: Fit) -> Floats | None:
    """(P,P) K(KᵀIK)⁻¹Kᵀ, or None when the information is not positive definite on the free space."""
    basis = directions(fit)
    inner = invert(basis.T @ information_matrix(fit) @ basis)
    return None if inner is None else basis @ inner @ basis.T
