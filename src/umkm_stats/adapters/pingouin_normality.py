"""Henze–Zirkler's test of multivariate normality through pingouin.

Workaround: pingouin drops rows with gaps silently; they are dropped here, before, and counted by the caller.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def henze_zirkler(x: NDArray[np.float64]) -> tuple[float, float]:
    """(statistic, p) for ``x`` (n, p) without gaps. Raises ``numpy.linalg.LinAlgError`` for a singular
    covariance."""
    import pingouin

    if np.isnan(x).any():
        raise ValueError("gaps must be left out before")
    if len(x) <= x.shape[1] or np.linalg.matrix_rank(np.cov(x, rowvar=False)) < x.shape[1]:
        raise np.linalg.LinAlgError("singular covariance")
    found = pingouin.multivariate_normality(x)
    return float(found.hz), float(found.pval)
