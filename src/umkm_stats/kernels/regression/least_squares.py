"""One least-squares regression with classical errors, from the triangle of a QR factorisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
THIN = 1e-4  # share of a column's length that the columns before it, the intercept too, do not explain


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """params (q,), cov (q, q) classical, rest: sum of squared residuals, df: n − q."""

    params: Floats
    cov: Floats
    rest: float
    df: float


def least_squares(outcome: Floats, design: Floats) -> LeastSquares | None:
    """Regress ``outcome`` (n,) on the columns of ``design`` (n, q), which hold the intercept; None unless the
    columns are clearly independent and there are more rows than columns. Columns may differ in size."""
    n, q = design.shape
    if n <= q:
        return None
    upper = np.asarray(np.linalg.qr(np.column_stack([design, outcome]), mode="r"), dtype=np.float64)
    triangle = upper[:q, :q]
    if (np.abs(triangle.diagonal()) <= THIN * np.sqrt((triangle**2).sum(axis=0))).any():
        return None
    inverse = np.linalg.inv(triangle)
    rest = float(upper[q, q] ** 2)
    return LeastSquares(inverse @ upper[:q, q], (inverse @ inverse.T) * (rest / (n - q)), rest, float(n - q))
