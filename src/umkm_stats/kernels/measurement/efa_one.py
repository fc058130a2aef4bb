"""One common factor by maximum likelihood, for whole blocks of covariance matrices at once.

Σ = λλ′ + Ψ, fitted without bounds (a negative ψ is kept and shown, as lavaan does), by Fisher scoring in the
correlation metric, where ML gives the same fit. With three items the model is exact: λ₁² = r₁₂r₁₃/r₂₃. With
two items λ₁ = λ₂ is set in the correlation metric: then CR is Spearman–Brown and AVE is r.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.measurement.scale_reliability import correlations

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAX_STEPS, TOLERANCE, HALVINGS = 200, 1e-9, 30


@dataclass(frozen=True, slots=True)
class OneFactor:
    """D one-factor solutions. loadings, unique (D,k) in the items' own units; std_loadings (D,k); converged
    (D,)."""

    loadings: Floats
    unique: Floats
    std_loadings: Floats
    converged: Bools


def one_factor(cov: Floats, *, start: Floats | None = None) -> OneFactor:
    """ML one-factor solutions of covariance matrices (D, k, k); k ≥ 2.

    start: (k,) standardised loadings to begin from, for draws near a known solution. Rows that do not
    converge, or whose matrix is not positive definite, are NaN with ``converged`` False. The sign is chosen
    so that Σλ ≥ 0.
    """
    corr = correlations(cov)
    count, k = corr.shape[0], corr.shape[1]
    usable: Bools = np.asarray(np.isfinite(corr).all(axis=(1, 2)))
    lam = np.full((count, k), np.nan)
    good = np.zeros(count, dtype=bool)
    if usable.any():
        if k == 2:
            lam[usable], good[usable] = _two(corr[usable])
        elif k == 3:
            lam[usable], good[usable] = _three(corr[usable])
        else:
            usable &= np.linalg.eigvalsh(np.where(usable[:, None, None], corr, np.eye(k)))[:, 0] > 1e-10
            if usable.any():
                lam[usable], good[usable] = _scoring(corr[usable], start)
    lam *= np.where(np.nansum(lam, axis=1) < 0, -1.0, 1.0)[:, None]
    variance = np.diagonal(cov, axis1=1, axis2=2)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    return OneFactor(loadings=lam * sd, unique=(1 - lam**2) * variance, std_loadings=lam, converged=good)


def _two(corr: Floats) -> tuple[Floats, Bools]:
    r = corr[:, 0, 1]
    good = r > 0
    lam = np.sqrt(np.where(good, r, np.nan))
    return np.stack([lam, lam], axis=1), good


def _three(corr: Floats) -> tuple[Floats, Bools]:
    a, b, c = corr[:, 0, 1], corr[:, 0, 2], corr[:, 1, 2]
    good = a * b * c > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.stack([a * b / c, a * c / b, b * c / a], axis=1)
    lam = np.sqrt(np.where(good[:, None], square, np.nan))
    sign = np.stack([np.ones_like(a), np.sign(a), np.sign(b)], axis=1)
    return lam * sign, good


def _start(corr: Floats) -> Floats:
    """Loadings of the first principal axis after the unique part 1/diag(R⁻¹) is taken off."""
    unique = 1 / np.diagonal(np.linalg.inv(corr), axis1=1, axis2=2)
    reduced = corr - unique[:, :, None] * np.eye(corr.shape[1])
    value, vector = np.linalg.eigh(reduced)
    return np.asarray(vector[:, :, -1] * np.sqrt(np.maximum(value[:, -1], 0.05))[:, None])


def _discrepancy(lam: Floats, psi: Floats, corr: Floats) -> tuple[Floats, Floats]:
    """F = log|Σ| + tr(RΣ⁻¹), +inf where Σ is not positive definite, and Σ⁻¹.

    Σ = Ψ + λλ′ is a diagonal matrix and a product of one vector, so its inverse and determinant are closed
    forms. With two negative ψ it cannot be positive definite; with one it is when its determinant is
    positive.
    """
    k = lam.shape[1]
    small = np.abs(psi).min(axis=1) < 1e-7
    safe = np.where(small[:, None], 1.0, psi)
    ratio = lam / safe
    scale = 1 + (lam * ratio).sum(axis=1)
    negative = (safe < 0).sum(axis=1)
    fine = ((negative == 0) | ((negative == 1) & (scale < 0))) & (np.abs(scale) > 1e-12)
    scale = np.where(fine, scale, 1.0)
    inverse = -ratio[:, :, None] * ratio[:, None, :] / scale[:, None, None]
    inverse[:, np.arange(k), np.arange(k)] += 1 / safe
    logdet = np.log(np.abs(safe)).sum(axis=1) + np.log(np.abs(scale))
    if small.any():
        sigma = lam[small][:, :, None] * lam[small][:, None, :] + psi[small][:, :, None] * np.eye(k)
        value, vector = np.linalg.eigh(sigma)
        good = value[:, 0] > 1e-12
        value = np.where(good[:, None], value, 1.0)
        inverse[small] = (vector / value[:, None, :]) @ np.swapaxes(vector, 1, 2)
        logdet[small], fine[small] = np.log(value).sum(axis=1), good
    out = logdet + np.einsum("dij,dij->d", corr, inverse)
    return np.where(fine, out, np.inf), inverse


def _scoring(corr: Floats, start: Floats | None) -> tuple[Floats, Bools]:
    count, k = corr.shape[0], corr.shape[1]
    lam = (
        np.broadcast_to(start, (count, k)).copy()
        if start is not None and np.isfinite(start).all()
        else _start(corr)
    )
    psi = np.maximum(1 - lam**2, 0.05)
    value, inverse = _discrepancy(lam, psi, corr)
    done = np.zeros(count, dtype=bool)
    dead = ~np.isfinite(value)
    for _ in range(MAX_STEPS):
        live = np.flatnonzero(~done & ~dead)
        if live.size == 0:
            break
        w, l, r = inverse[live], lam[live], corr[live]
        q = np.einsum("dij,dj->di", w, l)
        size = np.einsum("di,di->d", l, q)
        omega = w - w @ r @ w
        gradient = np.concatenate(
            [2 * np.einsum("dij,dj->di", omega, l), np.diagonal(omega, axis1=1, axis2=2)], axis=1
        )
        finished = np.abs(gradient).max(axis=1) < TOLERANCE
        done[live[finished]] = True
        live, keep = live[~finished], ~finished
        if live.size == 0:
            break
        w, q, size, gradient = w[keep], q[keep], size[keep], gradient[keep]
        hessian = np.empty((live.size, 2 * k, 2 * k))
        hessian[:, :k, :k] = 2 * (w * size[:, None, None] + q[:, :, None] * q[:, None, :])
        hessian[:, :k, k:] = 2 * w * q[:, None, :]
        hessian[:, k:, :k] = np.swapaxes(hessian[:, :k, k:], 1, 2)
        hessian[:, k:, k:] = w**2
        hessian[:, np.arange(2 * k), np.arange(2 * k)] *= 1 + 1e-12
        try:
            step = -np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            step = -np.stack(
                [np.linalg.lstsq(h, g, rcond=None)[0] for h, g in zip(hessian, gradient, strict=True)]
            )
        length = np.ones(live.size)
        waiting = np.ones(live.size, dtype=bool)
        for _half in range(HALVINGS):
            at = live[waiting]
            move = step[waiting] * length[waiting][:, None]
            new_lam, new_psi = lam[at] + move[:, :k], psi[at] + move[:, k:]
            new_value, new_inverse = _discrepancy(new_lam, new_psi, corr[at])
            better = new_value <= value[at] + 1e-13 * np.abs(value[at])
            chosen = at[better]
            lam[chosen], psi[chosen] = new_lam[better], new_psi[better]
            value[chosen], inverse[chosen] = new_value[better], new_inverse[better]
            index = np.flatnonzero(waiting)
            waiting[index[better]] = False
            length[index[~better]] /= 2
            if not waiting.any():
                break
        dead[live[waiting]] = True
    # at the optimum diag Σ equals 1; a run that stopped by rounding short of TOLERANCE counts when it is that
    # close
    short = ~done & np.isfinite(value)
    if short.any():
        omega = inverse[short] - inverse[short] @ corr[short] @ inverse[short]
        gradient = np.concatenate(
            [2 * np.einsum("dij,dj->di", omega, lam[short]), np.diagonal(omega, axis1=1, axis2=2)], axis=1
        )
        done[np.flatnonzero(short)] = np.abs(gradient).max(axis=1) < 1e-6
    lam[~done] = np.nan
    return lam, done
