"""Linear algebra of many small symmetric systems at once: every entry is a vector over the draws.

A sweep turns a pivot row into a solution; after sweeping the predictors of [[G, g], [g′, 1]] the last column
holds G⁻¹g and the last pivot 1 − R². A pivot of at most ``SINGULAR`` makes its draw NaN; a negative one
(corrected correlations that are not positive definite) does not: such a solution is called inadmissible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SINGULAR = 1e-10  # share of a standardised predictor that the others leave unexplained


def sweep(table: Floats, pivots: int) -> None:
    """Sweep the first ``pivots`` rows of ``table`` (k, k, B) in place, in order."""
    for i in range(pivots):
        pivot = np.where(np.abs(table[i, i]) > SINGULAR, table[i, i], np.nan)
        row = table[i] / pivot
        column = table[:, i].copy()
        table -= column[:, None] * row
        table[i] = row
        table[:, i] = -column / pivot
        table[i, i] = 1.0 / pivot


def inverse(matrix: Floats) -> Floats:
    """Inverses of symmetric positive definite matrices (k, k, B); NaN where a matrix is singular."""
    table = matrix.copy()
    with np.errstate(all="ignore"):
        sweep(table, len(table))
    return table


def regress(corr: Floats, predictors: tuple[int, ...], target: int) -> tuple[Floats, Floats, Floats]:
    """Standardised slopes (k, B), R² (B,) and diagonals (k, B) of the inverse predictor correlations.

    corr (J, J, B) correlations. The diagonals are the variance inflation factors.
    """
    if len(predictors) == 1:
        slope = corr[predictors[0], target]
        return slope[None], slope * slope, np.ones((1, slope.shape[0]))
    chosen = np.array([*predictors, target])
    k = len(predictors)
    with np.errstate(all="ignore"):
        if k == 2:
            a, b = predictors
            r = corr[a, b]
            det = 1.0 - r * r
            det = np.where(np.abs(det) > SINGULAR, det, np.nan)
            ya, yb = corr[a, target], corr[b, target]
            slopes = np.stack([(ya - r * yb) / det, (yb - r * ya) / det])
            factor = 1.0 / det
            return slopes, slopes[0] * ya + slopes[1] * yb, np.stack([factor, factor])
        table = corr[chosen[:, None], chosen[None, :]]
        sweep(table, k)
    diagonal = np.arange(k)
    return table[:k, k], 1.0 - table[k, k], table[diagonal, diagonal]
