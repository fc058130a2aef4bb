"""Logistic and least-squares regressions of all draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
MOST = 60
LIMIT = 25.0  # a linear predictor this far out on average means separation


def logistic(outcome: Floats, design: Floats, weights: Floats) -> Floats:
    """(D, q) maximum likelihood coefficients of 0/1 ``outcome`` (n,) on ``design`` (n, q) with weights (D,
    n).

    Newton steps on all draws together; NaN where the data are separated, collinear or the search does not
    end.
    """
    draws, q = weights.shape[0], design.shape[1]
    beta = np.zeros((draws, q))
    pairs = design[:, :, None] * design[:, None, :]
    flat = pairs.reshape(len(design), q * q)
    active = np.ones(draws, dtype=bool)
    failed = np.zeros(draws, dtype=bool)
    for _ in range(MOST):
        here = np.flatnonzero(active)
        if here.size == 0:
            break
        p = expit(beta[here] @ design.T)
        w = weights[here]
        score = (w * (outcome - p)) @ design
        information = ((w * p * (1 - p)) @ flat).reshape(-1, q, q)
        scale = np.sqrt(np.maximum(np.einsum("dii->di", information), 1e-300))
        shaped = information / scale[:, :, None] / scale[:, None, :]
        fine = np.linalg.eigvalsh(shaped)[:, 0] > 1e-10
        step = np.zeros_like(score)
        if fine.any():
            step[fine] = (
                np.linalg.solve(shaped[fine], (score[fine] / scale[fine])[..., None])[..., 0] / scale[fine]
            )
        size = np.abs(step * scale).max(axis=1)
        step *= np.minimum(1.0, 5.0 * np.sqrt(w.sum(axis=1)) / np.maximum(size, 1e-300))[:, None]
        beta[here] += step
        wide = (w * np.abs(beta[here] @ design.T)).sum(axis=1) / w.sum(axis=1) > LIMIT
        bad = ~fine | wide
        failed[here[bad]] = True
        active[here[bad | (size < 1e-9)]] = False
    failed |= active
    beta[failed] = np.nan
    return beta


def least_squares(outcome: Floats, design: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """(D, q) weighted least-squares coefficients and (D,) residual SDs (divisor n − q); NaN where
    collinear."""
    draws, q = weights.shape[0], design.shape[1]
    flat = (design[:, :, None] * design[:, None, :]).reshape(len(design), q * q)
    gram = (weights @ flat).reshape(draws, q, q)
    right = weights @ (design * outcome[:, None])
    scale = np.sqrt(np.maximum(np.einsum("dii->di", gram), 1e-300))
    shaped = gram / scale[:, :, None] / scale[:, None, :]
    fine = np.linalg.eigvalsh(shaped)[:, 0] > 1e-10
    beta = np.full((draws, q), np.nan)
    if fine.any():
        beta[fine] = (
            np.linalg.solve(shaped[fine], (right[fine] / scale[fine])[..., None])[..., 0] / scale[fine]
        )
    rest = weights @ outcome**2 - np.einsum("di,di->d", np.nan_to_num(beta), right)
    sd = np.sqrt(np.maximum(rest, 0.0) / np.maximum(weights.sum(axis=1) - q, 1.0))
    return beta, np.where(fine, sd, np.nan)
