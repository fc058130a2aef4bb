"""How robust an indirect effect is to what was not measured, as functions of moments: batched over draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.normal_equations import SINGULAR, Moments, Regression, regress

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Residual:
    """Of D draws, each (D,): a, SDs of the residuals of y and m given x and covariates, and their
    correlation."""

    a: Floats
    sd_y: Floats
    sd_m: Floats
    r: Floats


def residual(data: Moments, x: int, m: int, y: int, covariates: tuple[int, ...]) -> Residual:
    """Regress m and y on x and covariates; columns by number. NaN in draws that leave no residual."""
    predictors = (x, *covariates)
    count = len(predictors)
    slopes = regress(data, (Regression(m, predictors), Regression(y, predictors))).slopes

    def rest(first: int, second: int, own: Floats) -> Floats:
        total = data.pair(first, second)
        for value, column in zip(own, predictors, strict=True):
            total = total - value * data.pair(column, second)
        return total

    of_m, of_y = slopes[:count], slopes[count:]

    def spread(column: int, own: Floats) -> Floats:
        variance, whole = rest(column, column, own), data.pair(column, column)
        return np.sqrt(np.where(variance > SINGULAR * whole, variance, np.nan))

    sd_m, sd_y = spread(m, of_m), spread(y, of_y)
    return Residual(of_m[0], sd_y, sd_m, np.clip(rest(m, y, of_m) / (sd_m * sd_y), -1.0, 1.0))


def indirect_at(found: Residual, rho: Floats) -> Floats:
    """(R, D) indirect effect if the errors of m and of y (given m) correlate ``rho`` (R,).

    Imai, Keele & Yamamoto 2010, theorem 4: a·(σ_y/σ_m)·(r − ρ√((1 − r²)/(1 − ρ²))). It is 0 at ρ = r.
    """
    step = np.sqrt((1.0 - found.r**2)[None, :] / (1.0 - rho**2)[:, None])
    return np.asarray(
        (found.a * found.sd_y / found.sd_m)[None, :] * (found.r[None, :] - rho[:, None] * step),
        dtype=np.float64,
    )


def reliable(data: Moments, reliability: Floats) -> Moments:
    """Moments with the error variance taken off: variance × reliability (k,); covariances stay as they
    are."""
    count = len(data.cov)
    table = tuple(
        tuple(
            None if value is None else (value * reliability[i] if i == j else value)
            for j, value in enumerate(data.cov[i])
        )
        for i in range(count)
    )
    return Moments(data.n, data.mean, table, data.floor)


def e_value(ratio: float) -> float:
    """E-value of a risk ratio (VanderWeele & Ding 2017); 1 for a ratio of 1."""
    large = ratio if ratio >= 1.0 else 1.0 / ratio
    return float(large + np.sqrt(large * (large - 1.0)))
