"""Factor scores for ordinal items: the mode (or mean) of the latent variables given the answers.

log p(η | y) = Σ_i log[Φ((τ_{i,y} − ν_i − λ_iη)/√θ_i) − Φ((τ_{i,y−1} − ν_i − λ_iη)/√θ_i)] − ½(η − μ)ᵀΦ⁻¹(η −
μ), maximised for all rows at once by Newton's method with step-halving. Responses with correlated residuals
are taken as independent given η, as is usual.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIMIT = 100
TOLERANCE = 1e-9
_ROOT = np.sqrt(2.0 * np.pi)


def modes(
    codes: Ints,
    cuts: tuple[Floats, ...],
    lam: Floats,
    theta: Floats,
    intercept: Floats,
    mean: Floats,
    cov: Floats,
) -> Floats:
    """(N, m) posterior modes; NaN rows where the search does not end.

    codes (N, p) categories from 0; cuts per item (k−1,) thresholds; lam (p, m); theta (p,) residual
    variances, positive; intercept (p,); mean (m,), cov (m, m) of the latent variables, positive definite.
    """
    precision = np.asarray(np.linalg.inv(cov), dtype=np.float64)
    upper, lower = _edges(codes, cuts)
    scale = 1.0 / np.sqrt(theta)
    loads = lam * scale[:, None]
    eta = np.repeat(mean[None], len(codes), axis=0)
    value = _log_density(eta, upper, lower, loads, scale, intercept, mean, precision)
    ended = np.zeros(len(codes), dtype=bool)
    for _ in range(LIMIT):
        slope, curve = _slopes(eta, upper, lower, loads, scale, intercept, mean, precision)
        step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        size = np.ones(len(codes))
        for _ in range(30):
            trial = eta + size[:, None] * step
            found = _log_density(trial, upper, lower, loads, scale, intercept, mean, precision)
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


def _edges(codes: Ints, cuts: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """(N, p) thresholds above and below each answer, ±inf at the ends."""
    upper, lower = np.empty(codes.shape), np.empty(codes.shape)
    for item, own in enumerate(cuts):
        whole = np.concatenate([[-np.inf], own, [np.inf]])
        lower[:, item], upper[:, item] = whole[codes[:, item]], whole[codes[:, item] + 1]
    return upper, lower


def _standard(eta: Floats, edge: Floats, loads: Floats, scale: Floats, intercept: Floats) -> Floats:
    return np.asarray((edge - intercept) * scale - eta @ loads.T)


def _log_density(
    eta: Floats,
    upper: Floats,
    lower: Floats,
    loads: Floats,
    scale: Floats,
    intercept: Floats,
    mean: Floats,
    precision: Floats,
) -> Floats:
    high, low = (_standard(eta, edge, loads, scale, intercept) for edge in (upper, lower))
    flip = low > 0.0
    a, b = np.where(flip, -low, high), np.where(flip, -high, low)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_a, log_b = log_ndtr(a), log_ndtr(b)
        logs = log_a + np.log1p(-np.exp(np.minimum(log_b - log_a, 0.0)))
    apart = eta - mean
    return np.asarray(logs.sum(axis=1) - 0.5 * np.einsum("nm,mk,nk->n", apart, precision, apart))


def _slopes(
    eta: Floats,
    upper: Floats,
    lower: Floats,
    loads: Floats,
    scale: Floats,
    intercept: Floats,
    mean: Floats,
    precision: Floats,
) -> tuple[Floats, Floats]:
    """Gradient (N, m) and minus the Hessian (N, m, m) of the log density."""
    high, low = (_standard(eta, edge, loads, scale, intercept) for edge in (upper, lower))
    prob = np.maximum(np.where(low > 0, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)), 1e-300)
    finite_high, finite_low = np.where(np.isfinite(high), high, 0.0), np.where(np.isfinite(low), low, 0.0)
    density_high = np.where(np.isfinite(high), np.exp(-0.5 * finite_high**2) / _ROOT, 0.0)
    density_low = np.where(np.isfinite(low), np.exp(-0.5 * finite_low**2) / _ROOT, 0.0)
    pull = (density_high - density_low) / prob
    bend = (finite_high * density_high - finite_low * density_low) / prob + pull**2
    slope = -pull @ loads - (eta - mean) @ precision
    curve = np.einsum("np,pm,pk->nmk", np.maximum(bend, 0.0), loads, loads) + precision
    return slope, curve
