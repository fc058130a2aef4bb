"""Factor scores for ordinal items, numeric ones beside them: the mode of the latent variables given the
answers.

log p(η | y) = Σ_i log[Φ((τ_{i,y} − ν_i − λ_iη)/√θ_i) − Φ((τ_{i,y−1} − ν_i − λ_iη)/√θ_i)] − ½(η − μ)ᵀΦ⁻¹(η −
μ), maximised for all rows at once by Newton's method with step-halving; a numeric item adds its normal log
density, a missing answer nothing; ν and μ may depend on the row (through exogenous variables). Responses with
correlated residuals are taken as independent given η, as is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

Floats = NDArray[np.float64]

LIMIT = 100
TOLERANCE = 1e-9
_ROOT = np.sqrt(2.0 * np.pi)


def modes(
    values: Floats,
    cuts: tuple[Floats | None, ...],
    lam: Floats,
    theta: Floats,
    intercept: Floats,
    mean: Floats,
    cov: Floats,
) -> Floats:
    """(N, m) posterior modes; NaN rows where the search does not end.

    values (N, p): categories from 0, or numbers where ``cuts`` has None, NaN where missing; cuts per item
    (k−1,)
    thresholds; lam (p, m); theta (p,) residual variances, positive; intercept (N, p); mean (N, m), cov (m, m)
    of the latent variables, positive definite.
    """
    precision = np.asarray(np.linalg.inv(cov), dtype=np.float64)
    scale = 1.0 / np.sqrt(theta)
    loads = lam * scale[:, None]
    answers = _answers(values, cuts, intercept, scale)
    eta = mean.copy()
    value = _log_density(eta, answers, loads, mean, precision)
    ended = np.zeros(len(values), dtype=bool)
    for _ in range(LIMIT):
        slope, curve = _slopes(eta, answers, loads, mean, precision)
        step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        size = np.ones(len(values))
        for _ in range(30):
            trial = eta + size[:, None] * step
            found = _log_density(trial, answers, loads, mean, precision)
            worse = ~(found >= value - 1e-12)
            if not worse.any():
                break
            size = np.where(worse, 0.5 * size, size)
        eta, value = trial, found
        ended = (np.abs(step) * size[:, None]).max(axis=1) < TOLERANCE
        if ended.all():
            break
    eta[~ended] = np.nan
    return eta


@dataclass(frozen=True, slots=True)
class _Answers:
    """Standardised by the residual SD, intercepts taken off: upper, lower (N, p) edges of each category,
    ±inf at
    the ends and where nothing was answered; unit (N, p) numbers, 0 elsewhere; numeric (N, p) whether one is
    there."""

    upper: Floats
    lower: Floats
    unit: Floats
    numeric: NDArray[np.bool_]


def _answers(values: Floats, cuts: tuple[Floats | None, ...], intercept: Floats, scale: Floats) -> _Answers:
    upper, lower = np.full(values.shape, np.inf), np.full(values.shape, -np.inf)
    unit, numeric = np.zeros(values.shape), np.zeros(values.shape, dtype=bool)
    for item, own in enumerate(cuts):
        here = np.flatnonzero(~np.isnan(values[:, item]))
        level = intercept[here, item]
        if own is None:
            unit[here, item] = (values[here, item] - level) * scale[item]
            numeric[here, item] = True
            continue
        whole = np.concatenate([[-np.inf], own, [np.inf]])
        code = values[here, item].astype(np.int64)
        lower[here, item], upper[here, item] = (
            (edges - level) * scale[item] for edges in (whole[code], whole[code + 1])
        )
    return _Answers(upper, lower, unit, numeric)


def _log_density(eta: Floats, seen: _Answers, loads: Floats, mean: Floats, precision: Floats) -> Floats:
    fitted = eta @ loads.T
    high, low = seen.upper - fitted, seen.lower - fitted
    flip = low > 0.0
    a, b = np.where(flip, -low, high), np.where(flip, -high, low)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_a, log_b = log_ndtr(a), log_ndtr(b)
        logs = log_a + np.log1p(-np.exp(np.minimum(log_b - log_a, 0.0)))
    logs = logs - np.where(seen.numeric, 0.5 * (seen.unit - fitted) ** 2, 0.0)
    apart = eta - mean
    return np.asarray(logs.sum(axis=1) - 0.5 * np.einsum("nm,mk,nk->n", apart, precision, apart))


def _slopes(
    eta: Floats, seen: _Answers, loads: Floats, mean: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """Gradient (N, m) and minus the Hessian (N, m, m) of the log density."""
    fitted = eta @ loads.T
    high, low = seen.upper - fitted, seen.lower - fitted
    prob = np.maximum(np.where(low > 0, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)), 1e-300)
    finite_high, finite_low = np.where(np.isfinite(high), high, 0.0), np.where(np.isfinite(low), low, 0.0)
    density_high = np.where(np.isfinite(high), np.exp(-0.5 * finite_high**2) / _ROOT, 0.0)
    density_low = np.where(np.isfinite(low), np.exp(-0.5 * finite_low**2) / _ROOT, 0.0)
    pull = (density_high - density_low) / prob
    bend = (finite_high * density_high - finite_low * density_low) / prob + pull**2
    pull = np.where(seen.numeric, fitted - seen.unit, pull)
    bend = np.where(seen.numeric, 1.0, bend)
    slope = -pull @ loads - (eta - mean) @ precision
    curve = np.einsum("np,pm,pk->nmk", np.maximum(bend, 0.0), loads, loads) + precision
    return slope, curve
