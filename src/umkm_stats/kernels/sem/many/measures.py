"""Validity measures of many draws from the same draws: HTMT, standardised values, explained variance.

AVE and ω stand in ``scale_reliability``; they work on arrays of draws as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.measurement.heterotrait import heterotrait_monotrait
from umkm_stats.kernels.sem.many.model import Floats, GroupPlan, Mats, implied, residual_variances

Ints = NDArray[np.int64]


def htmt(
    cov: Floats, first: Sequence[int], second: Sequence[int], *, geometric: bool = False, signed: bool = False
) -> Floats:
    """(...,) heterotrait–monotrait ratio of two sets of items from covariances (..., p, p), as
    ``heterotrait_monotrait``; NaN also where a variance is not
    positive."""
    diagonal = np.diagonal(cov, axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, np.nan))
        corr = np.asarray(cov * scale[..., :, None] * scale[..., None, :])
    return heterotrait_monotrait(corr, first, second, geometric=geometric, signed=signed)


def scales(group: GroupPlan, mats: Mats) -> Floats:
    """(D, 2(m + p) + 1) model-implied standard deviations: latent, observed, residual of latent, residual of
    observed,
    and one. NaN for a negative variance."""
    sigma, _ = implied(group, mats)
    theta = residual_variances(group, mats)
    variances = [np.diagonal(entry, axis1=1, axis2=2) for entry in (mats.phi, sigma, mats.psi)]
    together = np.concatenate([*variances, theta, np.ones((len(theta), 1))], axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(together), dtype=np.float64)


def explained(group: GroupPlan, mats: Mats) -> tuple[Floats, Floats]:
    """R² of observed (D, p) and latent (D, m) variables: 1 − residual variance / variance; NaN where a
    residual
    variance is negative."""
    sigma, _ = implied(group, mats)
    theta = residual_variances(group, mats)
    pairs = (
        (theta, np.diagonal(sigma, axis1=1, axis2=2)),
        (np.diagonal(mats.psi, axis1=1, axis2=2), np.diagonal(mats.phi, axis1=1, axis2=2)),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        observed, latent = (
            np.where((res >= 0) & (total > 0), 1.0 - res / total, np.nan) for res, total in pairs
        )
    return observed, latent
