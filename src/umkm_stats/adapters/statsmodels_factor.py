"""Principal-axis factoring by statsmodels (``Factor(method="pa")``), unrotated."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def principal_axis(corr: Floats, n_factors: int, *, max_iter: int = 1000) -> tuple[Floats, bool]:
    """Unrotated PAF loadings (k, m) of a correlation matrix, started from squared multiple correlations;
    converged?"""
    from statsmodels.multivariate.factor import Factor

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = Factor(corr=corr, n_factor=n_factors, method="pa", smc=True).fit(maxiter=max_iter, tol=1e-8)
    loadings = np.asarray(result.loadings, dtype=np.float64)
    return loadings, not any("converge" in str(entry.message).lower() for entry in caught)
