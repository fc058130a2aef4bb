"""Whether converged draws are admissible: no negative variance, latent and residual covariances not
indefinite.

The same three questions that lavaan asks after a fit, with its tolerance for eigenvalues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many.algebra import positive_definite
from umkm_stats.kernels.sem.many.model import Bools, Floats, GroupPlan, Mats, residual_variances

INDEFINITE = -(float(np.finfo(np.float64).eps) ** 0.75)
"""An eigenvalue below this makes a covariance matrix indefinite."""


@dataclass(frozen=True, slots=True)
class Admissible:
    """Of D draws and one group: residual (D, p) and latent (D, m) variances; ok (D,): no variance is negative
    and no
    matrix indefinite; latent_bad, residual_bad (D,): the matrix has a negative eigenvalue."""

    residual: Floats
    latent: Floats
    ok: Bools
    latent_bad: Bools
    residual_bad: Bools


def _indefinite(matrix: Floats) -> Bools:
    out = np.zeros(len(matrix), dtype=bool)
    doubtful = np.flatnonzero(~positive_definite(matrix))
    if len(doubtful):
        some = matrix[doubtful]
        finite = np.isfinite(some).all(axis=(1, 2))
        out[doubtful[~finite]] = True
        smallest = np.linalg.eigvalsh(some[finite])[:, 0]
        out[doubtful[finite]] = smallest < INDEFINITE
    return out


def admissible(group: GroupPlan, mats: Mats) -> Admissible:
    """Ask the questions of one group."""
    residual = residual_variances(group, mats)
    latent = np.diagonal(mats.psi, axis1=1, axis2=2)
    latent_bad = _indefinite(mats.phi)
    if group.diagonal:
        residual_bad = np.zeros(len(residual), dtype=bool)
    else:
        linked = np.flatnonzero(_linked(mats.theta))
        residual_bad = _indefinite(mats.theta[:, linked[:, None], linked[None, :]])
    negative = (residual < 0).any(axis=1) | (latent < 0).any(axis=1)
    return Admissible(residual, latent, ~(negative | latent_bad | residual_bad), latent_bad, residual_bad)


def _linked(theta: Floats) -> NDArray[np.bool_]:
    """(p,) observed variables with a residual covariance in some draw."""
    off = np.abs(theta).max(axis=0)
    np.fill_diagonal(off, 0.0)
    return np.asarray(off.any(axis=0))
