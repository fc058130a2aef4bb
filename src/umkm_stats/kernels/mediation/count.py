"""Poisson and negative binomial (NB2) regressions of all draws at once, log link."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

Floats = NDArray[np.float64]
MOST = 100
LOWEST = -30.0  # a linear predictor this low means that the counts of some rows are all zero
HIGHEST = 30.0
BORDER = 1e-5  # dispersion at which the negative binomial is a Poisson
CLOSE = 1e-9


def step_of(information: Floats, score: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Newton steps (D, q), their sizes in standard deviations (D,), and draws whose information (D, q, q) is
    of full rank."""
    scale = np.sqrt(np.maximum(np.einsum("dii->di", information), 1e-300))
    shaped = information / scale[:, :, None] / scale[:, None, :]
    fine = np.linalg.eigvalsh(shaped)[:, 0] > 1e-10
    step = np.zeros_like(score)
    if fine.any():
        step[fine] = (
            np.linalg.solve(shaped[fine], (score[fine] / scale[fine])[..., None])[..., 0] / scale[fine]
        )
    return step, np.asarray(np.abs(step * scale).max(axis=1)), fine


def flat_pairs(design: Floats) -> Floats:
    """(n, q²) products of the columns of a design (n, q)."""
    return (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)


def start(outcome: Floats, weights: Floats, q: int) -> Floats:
    """(D, q) logs of the weighted means, slopes 0."""
    beta = np.zeros((len(weights), q))
    mean = weights @ outcome / weights.sum(axis=1)
    beta[:, 0] = np.log(np.maximum(mean, 1e-300))
    return beta


def lost(eta: Floats, weights: Floats) -> NDArray[np.bool_]:
    """Draws in which the predictor of a row that is there runs off."""
    there = weights > 0
    off = ((eta < LOWEST) | (eta > HIGHEST)) & there
    return np.asarray(off.any(axis=1))


def poisson(outcome: Floats, design: Floats, weights: Floats) -> Floats:
    """(D, q) maximum likelihood coefficients of counts (n,) on ``design`` (n, q), whose first column is 1,
    with weights (D, n); NaN where the rows of a category are all zero, the design is collinear, or the search
    does not end."""
    return _search(outcome, design, weights, None)[0]


def negative_binomial(outcome: Floats, design: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """(D, q) coefficients and (D,) dispersions α of Var = μ + αμ²; α is 0 where the counts vary no more than
    a Poisson's."""
    return _search(outcome, design, weights, _spread(outcome, design, weights))


def _spread(outcome: Floats, design: Floats, weights: Floats) -> Floats:
    """(D,) moment estimates of the dispersion around the weighted means."""
    n = weights.sum(axis=1)
    mean = weights @ outcome / n
    variance = weights @ outcome**2 / n - mean**2
    return np.asarray(np.clip((variance - mean) / np.maximum(mean, 1e-12) ** 2, 1e-2, 20.0))


def _search(outcome: Floats, design: Floats, weights: Floats, alpha: Floats | None) -> tuple[Floats, Floats]:
    draws, q = weights.shape[0], design.shape[1]
    beta = start(outcome, weights, q)
    flat = flat_pairs(design)
    values, place = np.unique(outcome, return_inverse=True)
    log_alpha = np.zeros(draws) if alpha is None else np.log(alpha)
    kinds = np.zeros((len(outcome), len(values)))
    kinds[np.arange(len(outcome)), place] = 1.0
    counted = weights @ kinds  # rows with each value of the outcome
    cap, last = np.ones(draws), np.zeros(draws)  # a step of log α that turns back is halved
    active, failed = np.ones(draws, dtype=bool), np.zeros(draws, dtype=bool)
    for _ in range(MOST):
        here = np.flatnonzero(active)
        if here.size == 0:
            break
        w = weights[here]
        mu = np.exp(np.clip(beta[here] @ design.T, LOWEST, HIGHEST))
        over = 1.0 if alpha is None else 1.0 + np.exp(log_alpha[here])[:, None] * mu
        score = (w * (outcome - mu) / over) @ design
        information = ((w * mu / over) @ flat).reshape(-1, q, q)
        step, size, fine = step_of(information, score)
        root = np.sqrt(w.sum(axis=1))
        step *= np.minimum(1.0, 5.0 * root / np.maximum(size, 1e-300))[:, None]
        beta[here] += step
        if alpha is not None:
            change = _dispersion_step(values, counted[here], w, outcome, mu, log_alpha[here])
            cap[here] *= np.where(np.sign(change) * last[here] < 0, 0.5, 1.0)
            last[here] = np.sign(change)
            change = np.clip(change, -cap[here], cap[here])
            log_alpha[here] += change
            at_border = log_alpha[here] <= np.log(BORDER)
            log_alpha[here[at_border]] = np.log(BORDER)
            size = np.maximum(size, np.where(at_border & (change <= 0), 0.0, np.abs(change)))
        bad = ~fine | lost(beta[here] @ design.T, w)
        failed[here[bad]] = True
        active[here[bad | (size < CLOSE)]] = False
    failed |= active
    beta[failed] = np.nan
    dispersion = np.where(log_alpha <= np.log(BORDER), 0.0, np.exp(log_alpha))
    return beta, np.where(failed, np.nan, dispersion)


def _dispersion_step(
    values: Floats, counted: Floats, w: Floats, outcome: Floats, mu: Floats, log_alpha: Floats
) -> Floats:
    """(D,) Newton steps of log α, at most 1."""
    r = np.exp(-log_alpha)[:, None]
    both = mu + r
    first = (counted * (digamma(values + r) - digamma(r))).sum(axis=1)
    first += (w * (1.0 - np.log1p(mu / r) - (outcome + r) / both)).sum(axis=1)
    second = (counted * (polygamma(1, values + r) - polygamma(1, r))).sum(axis=1)
    second += (w * (1.0 / r - 2.0 / both + (outcome + r) / both**2)).sum(axis=1)
    r = r[:, 0]
    slope, bend = -r * first, r**2 * second + r * first
    step = np.where(bend < 0, -slope / np.where(bend < 0, bend, -1.0), 0.5 * np.sign(slope))
    return np.asarray(np.clip(step, -1.0, 1.0))


def covariance(design: Floats, beta: Floats, alpha: float) -> Floats:
    """(q, q) inverse of the expected information of coefficients (q,) given the dispersion."""
    mu = np.exp(design @ beta)
    weight = mu / (1.0 + alpha * mu)
    return np.asarray(np.linalg.inv(design.T @ (design * weight[:, None])))
