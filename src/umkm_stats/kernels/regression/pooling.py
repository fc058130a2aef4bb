"""Rubin's rules for coefficients, the F of all slopes, and R² of several completed data sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """params (q,), se (q,), df (q,) by Barnard & Rubin (1999)."""

    params: Floats
    se: Floats
    df: Floats


def pool(params: Floats, covs: Floats, df_complete: float) -> Pooled:
    """``params`` (m, q) and ``covs`` (m, q, q) of m completed data sets; df of each complete analysis."""
    many = len(params)
    within = np.mean(np.einsum("mii->mi", covs), axis=0)
    between = np.var(params, axis=0, ddof=1)
    total = within + (1 + 1 / many) * between
    share = np.clip((1 + 1 / many) * between / total, 1e-12, 1.0)
    old = (many - 1) / share**2
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return Pooled(params.mean(axis=0), np.sqrt(total), 1 / (1 / old + 1 / np.maximum(observed, 1e-12)))


def pool_f(params: Floats, covs: Floats) -> tuple[float, int, float]:
    """F, df1, df2 of all coefficients being zero (Li, Raghunathan & Rubin 1991, D1)."""
    many, q = params.shape
    mean, within = params.mean(axis=0), covs.mean(axis=0)
    centred = params - mean
    between = centred.T @ centred / (many - 1)
    rise = (1 + 1 / many) * float(np.trace(np.linalg.solve(within, between))) / q
    f = float(mean @ np.linalg.solve(within, mean)) / (q * (1 + rise))
    t = q * (many - 1)
    if rise <= 0:
        return f, q, float("inf")
    df2 = 4 + (t - 4) * (1 + (1 - 2 / t) / rise) ** 2 if t > 4 else t * (1 + 1 / q) * (1 + 1 / rise) ** 2 / 2
    return f, q, df2


def pool_r2(r2: Floats) -> float:
    """Mean of Fisher's z of R, back on the scale of R² (Harel 2009)."""
    return float(np.tanh(np.mean(np.arctanh(np.sqrt(np.maximum(r2, 0.0))))) ** 2)
