"""Logistic, probit and Poisson regression by Fisher scoring, for the many replications of a planned study."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr
from scipy.stats import poisson

Floats = NDArray[np.float64]
FAMILIES = ("logit", "probit", "poisson")
STEPS = 40


def mean_of(family: str, eta: Floats) -> Floats:
    """Mean of the outcome at the linear predictor."""
    if family == "poisson":
        return np.asarray(np.exp(np.clip(eta, -50.0, 30.0)))
    return np.asarray(expit(eta) if family == "logit" else ndtr(eta))


def drawn(family: str, eta: Floats, uniform: Floats) -> Floats:
    """Outcomes at ``eta`` from uniform numbers: 0/1, or counts."""
    if family == "poisson":
        return np.asarray(poisson.ppf(uniform, mean_of(family, eta)), dtype=np.float64)
    return (uniform < mean_of(family, eta)).astype(np.float64)


def fitted(family: str, design: Floats, outcome: Floats) -> tuple[Floats, Floats] | None:
    """(coefficients (k,), covariance (k, k)) of a constant and ``design`` (n, k), the constant left out.

    None without convergence: separated groups, a constant outcome, or collinear predictors.
    """
    x = np.column_stack([np.ones(len(design)), design])
    level = float(outcome.mean())
    if level <= 0.0 or (family != "poisson" and level >= 1.0) or len(x) <= x.shape[1]:
        return None
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(level) if family == "poisson" else np.log(level / (1.0 - level))
    if family == "probit":
        beta[0] *= 0.6
    information = np.eye(x.shape[1])
    for _ in range(STEPS):
        eta = x @ beta
        mean = mean_of(family, eta)
        slope, variance = _working(family, eta, mean)
        weight = slope**2 / variance
        information = (x * weight[:, None]).T @ x
        try:
            step = np.linalg.solve(information, x.T @ ((outcome - mean) * slope / variance))
        except np.linalg.LinAlgError:
            return None
        beta = beta + np.clip(step, -5.0, 5.0)
        if not np.isfinite(beta).all() or np.abs(beta).max() > 30.0:
            return None
        if np.abs(step).max() < 1e-9:
            return beta[1:], np.asarray(np.linalg.inv(information)[1:, 1:], dtype=np.float64)
    return None


def _working(family: str, eta: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Derivative of the mean and variance of the outcome."""
    if family == "poisson":
        return mean, mean
    variance = np.clip(mean * (1.0 - mean), 1e-12, None)
    if family == "logit":
        return variance, variance
    return np.exp(-0.5 * eta**2) / np.sqrt(2.0 * np.pi), variance
