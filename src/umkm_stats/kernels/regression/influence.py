"""What each row does to a least-squares regression, in closed form (Belsley, Kuh & Welsch 1980)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ALONE = 1e-10  # 1 − leverage below this: the row alone decides a coefficient and cannot be left out


@dataclass(frozen=True, slots=True)
class Influence:
    """Of n rows and q coefficients, the intercept first.

    leverage (n,): diagonal of the hat matrix. studentised (n,): residual over its SD without the row.
    cook (n,), dffits (n,), dfbetas (n, q). params (n, q) and t (n, q): coefficients and classical t values
    without the row. A row that cannot be left out (leverage 1) has NaN everywhere but in ``leverage``.
    """

    leverage: Floats
    studentised: Floats
    cook: Floats
    dffits: Floats
    dfbetas: Floats
    params: Floats
    t: Floats


def influence(outcome: Floats, predictors: Floats, weights: Floats | None = None) -> Influence:
    """``Influence`` of ``outcome`` (n,) on an intercept and ``predictors`` (n, q − 1)."""
    n = outcome.shape[0]
    design = np.column_stack([np.ones(n), predictors])
    root = np.ones(n) if weights is None else np.sqrt(weights)
    x, y = design * root[:, None], outcome * root
    base, upper = np.linalg.qr(x)
    params = np.linalg.solve(upper, base.T @ y)
    residual = y - x @ params
    q = x.shape[1]
    leverage = np.einsum("ij,ij->i", base, base)
    left = 1.0 - leverage
    left = np.where(left > ALONE, left, np.nan)
    total = float(residual @ residual)
    change = np.linalg.solve(upper, base.T).T  # rows: (X′X)⁻¹xᵢ
    spread = np.einsum("ij,ij->j", change, change)  # diagonal of (X′X)⁻¹
    with np.errstate(invalid="ignore", divide="ignore"):
        var_without = (
            np.maximum((total - residual**2 / left) / (n - q - 1), 0.0) if n > q + 1 else left * np.nan
        )
        sd = np.sqrt(var_without)
        studentised = residual / (sd * np.sqrt(left))
        moved = change * (residual / left)[:, None]
        cook = residual**2 * leverage / (q * total / (n - q) * left**2)
        dfbetas = moved / (sd[:, None] * np.sqrt(spread))
        without = params - moved
        errors = sd[:, None] * np.sqrt(spread + change**2 / left[:, None])
        return Influence(
            leverage=leverage,
            studentised=studentised,
            cook=cook,
            dffits=studentised * np.sqrt(leverage / left),
            dfbetas=dfbetas,
            params=without,
            t=without / errors,
        )
