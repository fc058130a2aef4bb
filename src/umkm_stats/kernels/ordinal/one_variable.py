"""One variable given exogenous ones: ordered probit or normal regression, with casewise influences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROOT = np.sqrt(2.0 * np.pi)
_CERTAIN = 1.0 - 1e-6
"""All answers predicted with more than this: separation."""


@dataclass(frozen=True, slots=True)
class Single:
    """One variable given x, on the rows that have it. params: thresholds or mean, slopes, variance of a
    numeric one; scores, influence
    (N,
    params); high, low (N,) standardised edges of an ordinal one; unit (N,) standardised residual of a numeric
    one."""

    params: Floats
    scores: Floats
    influence: Floats
    cuts: int
    high: Floats
    low: Floats
    unit: Floats
    sd: float
    code: Ints


def phi(z: Floats) -> Floats:
    finite = np.isfinite(z)
    return np.where(finite, np.exp(-0.5 * np.where(finite, z, 0.0) ** 2) / _ROOT, 0.0)


def influence_of(scores: Floats) -> Floats:
    return np.asarray(len(scores) * np.linalg.solve(scores.T @ scores, scores.T).T)


def some(single: Single, rows: Ints) -> Single:
    """The same variable on some of its rows."""
    edges = {
        name: getattr(single, name)[rows]
        for name in ("high", "low", "unit", "code")
        if len(getattr(single, name))
    }
    return replace(single, **edges)


def spread(block: Floats, rows: Ints, n: int) -> Floats:
    """(n, …) with ``block`` at ``rows`` and 0 elsewhere."""
    out = np.zeros((n, *block.shape[1:]))
    out[rows] = block
    return out


class Separated(ValueError):
    """The predictors tell every answer without error, so that the likelihood has no maximum."""


def _ordered(code: Ints, k: int, x: Floats) -> Single:
    """Ordered probit by Newton's method. Raises ``Separated``."""
    n, q = x.shape
    counts = np.bincount(code, minlength=k)
    params = np.concatenate([ndtri(np.cumsum(counts)[:-1] / n), np.zeros(q)])
    upper, lower = np.zeros((n, k - 1 + q)), np.zeros((n, k - 1 + q))
    top, bottom = np.flatnonzero(code < k - 1), np.flatnonzero(code > 0)
    upper[top, code[top]] = 1.0
    lower[bottom, code[bottom] - 1] = 1.0
    upper[:, k - 1 :] = lower[:, k - 1 :] = -x
    upper[code == k - 1], lower[code == 0] = 0.0, 0.0
    for _ in range(100):
        high = np.where(code < k - 1, upper @ params, np.inf)
        low = np.where(code > 0, lower @ params, -np.inf)
        prob = np.maximum(np.where(low > 0, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)), 1e-300)
        one, two = phi(high) / prob, phi(low) / prob
        scores = one[:, None] * upper - two[:, None] * lower
        if not q:
            break
        bend_one, bend_two = (
            np.where(np.isfinite(high), high, 0.0) * one,
            np.where(np.isfinite(low), low, 0.0) * two,
        )
        hessian = -(upper.T * bend_one) @ upper + (lower.T * bend_two) @ lower - scores.T @ scores
        try:
            step = np.linalg.solve(-hessian, scores.sum(axis=0))
        except np.linalg.LinAlgError as problem:
            raise Separated from problem
        params = params + step
        left = float(step @ scores.sum(axis=0))
        if np.abs(step).max() < 1e-12 or left < 1e-24:
            break
        if prob.min() > _CERTAIN:
            raise Separated
    else:
        if not left < 1e-8:
            raise Separated
    return Single(params, scores, influence_of(scores), k - 1, high, low, np.zeros(0), 1.0, code)


def ordered_given(code: Ints, k: int, x: Floats, item: int) -> Single:
    try:
        return _ordered(code, k, x)
    except Separated as problem:
        raise Separated(item) from problem


def numeric_given(value: Floats, x: Floats) -> Single:
    """Normal regression by maximum likelihood."""
    n = len(value)
    design = np.column_stack([np.ones(n), x])
    slopes = np.linalg.lstsq(design, value, rcond=None)[0]
    rest = value - design @ slopes
    variance = float(rest @ rest) / n
    scores = np.column_stack(
        [design * (rest / variance)[:, None], (rest**2 / variance - 1.0) / (2.0 * variance)]
    )
    params = np.concatenate([slopes, [variance]])
    sd = float(np.sqrt(variance))
    empty = np.zeros(0)
    return Single(
        params, scores, influence_of(scores), 1, empty, empty, rest / sd, sd, np.zeros(0, dtype=np.int64)
    )
