"""Where a curve of power crosses its target: probit regression of hits on √n, and a line through log
widths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """n where the curve crosses, its standard error, slope of the curve there (per unit of the transformed
    n); NaN when
    the curve does not rise (or widths do not fall)."""

    n: float
    se: float
    slope: float


def probit_crossing(n: Floats, hits: Floats, trials: Floats, target: float) -> Crossing:
    """Crossing of Φ(α + β√n) with ``target``; maximum likelihood, standard error by the delta method."""
    nothing = Crossing(np.nan, np.nan, np.nan)
    scale = float(np.sqrt(n).mean())
    x = np.stack([np.ones(len(n)), np.sqrt(n) / scale], axis=1)
    share = np.clip((hits + 0.5) / (trials + 1.0), 1e-4, 1.0 - 1e-4)
    weight = trials * share
    coef = np.linalg.lstsq(x * np.sqrt(weight)[:, None], ndtri(share) * np.sqrt(weight), rcond=None)[0]
    information = np.eye(2)
    for _ in range(50):
        eta = np.clip(x @ coef, -8.0, 8.0)
        p = np.clip(ndtr(eta), 1e-12, 1.0 - 1e-12)
        density = np.exp(-0.5 * eta**2) / np.sqrt(2.0 * np.pi)
        score = x.T @ ((hits - trials * p) * density / (p * (1.0 - p)))
        information = (x * (trials * density**2 / (p * (1.0 - p)))[:, None]).T @ x
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            return nothing
        coef = coef + step
        if np.abs(step).max() < 1e-10:
            break
    if not np.isfinite(coef).all() or coef[1] <= 0.0:
        return nothing
    z = float(ndtri(target))
    root = (z - coef[0]) / coef[1]
    if root <= 0.0:
        return nothing
    gradient = np.array([-1.0, -root]) / coef[1]
    try:
        variance = float(gradient @ np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        return nothing
    return Crossing(
        (root * scale) ** 2, 2.0 * root * scale**2 * np.sqrt(max(variance, 0.0)), float(coef[1] / scale)
    )


def width_crossing(n: Floats, mean: Floats, spread: Floats, trials: Floats, target: float) -> Crossing:
    """Crossing of mean widths with ``target`` on a line log width = α + β log n; ``spread`` (k,): SD of the
    widths."""
    nothing = Crossing(np.nan, np.nan, np.nan)
    x = np.stack([np.ones(len(n)), np.log(n)], axis=1)
    weight = trials * (mean / np.maximum(spread, 1e-12)) ** 2
    if len(n) < 2:
        slope, error = -0.5, float(1.0 / np.sqrt(weight[0]))
        centre = float(np.log(n[0]) + (np.log(target) - np.log(mean[0])) / slope)
        return Crossing(float(np.exp(centre)), float(np.exp(centre) * error / abs(slope)), slope)
    inner = (x * weight[:, None]).T @ x
    try:
        coef = np.linalg.solve(inner, x.T @ (weight * np.log(mean)))
        if coef[1] >= 0.0:
            return nothing
        centre = (np.log(target) - coef[0]) / coef[1]
        gradient = np.array([-1.0, -centre]) / coef[1]
        variance = float(gradient @ np.linalg.solve(inner, gradient))
    except np.linalg.LinAlgError:
        return nothing
    return Crossing(
        float(np.exp(centre)), float(np.exp(centre) * np.sqrt(max(variance, 0.0))), float(coef[1])
    )
