"""Logistic regressions of all draws at once, and counterfactual means with a logistic mediator or outcome."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
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


def counterfactual(
    beta_m: Floats,
    sd_m: Floats | None,
    beta_y: Floats,
    logit_y: bool,
    covariates: Floats,
    weights: Floats,
    x_outcome: float,
    x_mediator: float,
    interaction: bool,
) -> Floats:
    """(D,) mean over the rows of E[Y(x_outcome, M(x_mediator))].

    beta_m (D, 2 + c): intercept, x, covariates of the mediator; sd_m (D,): its residual SD, or None for a
    logistic mediator. beta_y (D, 3 + c (+ 1)): intercept, x, m, covariates (, x·m). A normal mediator is
    integrated with 40 Gauss–Hermite nodes; a logistic one is summed over 0 and 1.
    """
    count = covariates.shape[1]
    eta_m = beta_m[:, :1] + beta_m[:, 1:2] * x_mediator + beta_m[:, 2:] @ covariates.T
    slope = beta_y[:, 2] + (beta_y[:, 3 + count] * x_outcome if interaction else 0.0)
    base = beta_y[:, :1] + beta_y[:, 1:2] * x_outcome + beta_y[:, 3 : 3 + count] @ covariates.T

    def inverse(value: Floats) -> Floats:
        return np.asarray(expit(value), dtype=np.float64) if logit_y else value

    if sd_m is None:
        p = expit(eta_m)
        mean = (1 - p) * inverse(base) + p * inverse(base + slope[:, None])
    elif not logit_y:
        mean = base + slope[:, None] * eta_m
    else:
        mean = np.zeros_like(base)
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            mean += weight * expit(base + slope[:, None] * (eta_m + sd_m[:, None] * node))
    return np.asarray((weights * mean).sum(axis=1) / weights.sum(axis=1), dtype=np.float64)
