"""Common-method bias from correlations: first-factor shares, full-collinearity VIF, marker-variable
correction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as t_distribution

from umkm_stats.kernels.measurement.efa_retention import eigenvalues, principal_axes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkerCorrection:
    """Correlation after the marker's is partialled out: (r − r_M)/(1 − r_M), t with n − 3 degrees of freedom,
    two-sided p."""

    r: float
    t: float
    p: float


def first_component_share(corr: Floats) -> float:
    """Share of the total variance of the first principal component (Harman's test as it is usually run)."""
    return float(eigenvalues(corr)[0] / corr.shape[0])


def first_axis_share(corr: Floats) -> float:
    """Share of the total variance of a single principal-axis factor, communalities iterated from squared
    multiple correlations."""
    return float((principal_axes(corr, 1) ** 2).sum() / corr.shape[0])


def full_collinearity(corr: Floats) -> Floats:
    """(k,) variance inflation of each score by all the others: diag(R⁻¹). NaN when R is singular."""
    if np.linalg.matrix_rank(corr) < corr.shape[0]:
        return np.full(corr.shape[0], np.nan)
    return np.asarray(np.diag(np.linalg.inv(corr)))


def marker_corrected(r: float, marker: float, n: int) -> MarkerCorrection:
    """Lindell & Whitney 2001, https://doi.org/10.1037/0021-9010.86.1.114."""
    adjusted = (r - marker) / (1 - marker)
    if n <= 3 or abs(adjusted) >= 1:
        return MarkerCorrection(adjusted, float("nan"), float("nan"))
    t = adjusted * np.sqrt((n - 3) / (1 - adjusted**2))
    return MarkerCorrection(float(adjusted), float(t), float(2 * t_distribution.sf(abs(t), n - 3)))
