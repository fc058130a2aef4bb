"""Mahalanobis distance of every row from the mean of all rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def distances(x: Floats) -> tuple[Floats, Floats]:
    """(D², p) of the rows of ``x`` (n, p), complete rows; covariance with divisor n − 1, p from χ²(p).

    Raises ``numpy.linalg.LinAlgError`` for a singular covariance (also with n ≤ p).
    """
    n, p = x.shape
    if n <= p:
        raise np.linalg.LinAlgError("fewer rows than variables")
    centred = x - x.mean(axis=0)
    root = np.linalg.cholesky(np.atleast_2d(np.cov(x, rowvar=False)))
    white = np.linalg.solve(root, centred.T)
    d2 = np.einsum("ij,ij->j", white, white)
    return d2, np.asarray(stats.chi2.sf(d2, p), dtype=np.float64)
