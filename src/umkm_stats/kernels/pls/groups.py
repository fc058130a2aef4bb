"""Comparing two groups: differences of paths by four tests, and invariance of composites (MICOM)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats.kernels.pls.estimate import estimate
from umkm_stats.kernels.pls.moments import Moments
from umkm_stats.kernels.pls.plan import Model
from umkm_stats.kernels.pls.products import scores_of, standardised
from umkm_stats.kernels.pls.weights import scaled

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tests:
    """Of one difference: henseler_p, the share of pairs of draws with 2μ₁ − b₁ ≤ 2μ₂ − b₂ (one-tailed);
    welch_* (Welch–Satterthwaite) and pooled_* t tests of the bootstrap errors."""

    henseler_p: float
    welch_t: float
    welch_df: float
    welch_p: float
    pooled_t: float
    pooled_p: float


def henseler(one: Floats, two: Floats) -> float:
    """Share of all pairs with 2μ₁ − b₁ ≤ 2μ₂ − b₂, draws (B₁,) and (B₂,)."""
    left, right = 2.0 * one.mean() - one, np.sort(2.0 * two.mean() - two)
    above = right.size - np.searchsorted(right, left, side="left")
    return float(above.mean() / right.size)


def tests(difference: float, one: Floats, two: Floats, n1: int, n2: int) -> Tests:
    """``Tests`` of a difference from draws (B₁,), (B₂,) of groups of n1 and n2 rows (Sarstedt, Henseler
    & Ringle 2011)."""
    v1, v2 = float(one.var(ddof=1)), float(two.var(ddof=1))
    w1, w2 = (n1 - 1) / n1 * v1, (n2 - 1) / n2 * v2
    t = difference / math.sqrt(w1 + w2)
    df = (w1 + w2) ** 2 / ((n1 - 1) / n1**2 * v1**2 + (n2 - 1) / n2**2 * v2**2) - 2.0
    total = n1 + n2 - 2
    pooled = math.sqrt((n1 - 1) ** 2 / total * v1 + (n2 - 1) ** 2 / total * v2) * math.sqrt(1 / n1 + 1 / n2)
    other = difference / pooled
    return Tests(
        henseler(one, two),
        t,
        df,
        float(2.0 * stats.t.sf(abs(t), df)),
        other,
        float(2.0 * stats.t.sf(abs(other), total)),
    )


@dataclass(frozen=True, slots=True)
class Invariance:
    """Of B divisions: c (J, B) correlations of scores by the two groups' weights; mean (J, B) and
    log_variance (J, B) differences of pooled-weight scores; converged (B,)."""

    c: Floats
    mean: Floats
    log_variance: Floats
    converged: Bools


def invariance(model: Model, moments: Moments, weights: Floats, divisions: Bools) -> Invariance:
    """``Invariance`` for divisions (B, n), true for group one; ``moments`` of data without missing
    cells, ``weights`` (p,) of the pooled sample."""
    plan = model.plan
    z = standardised(moments, np.ones(moments.n))[:, model.columns]
    r = (z.T @ z / (len(z) - 1.0))[..., None]
    first = estimate(model, moments, divisions.astype(np.float64)).found
    second = estimate(model, moments, (~divisions).astype(np.float64)).found
    size = len(divisions)
    repeated = np.broadcast_to(r, (*r.shape[:2], size))
    with np.errstate(all="ignore"):
        one = scaled(plan, repeated, first.weights)
        two = scaled(plan, repeated, second.weights)
    own = np.arange(plan.n_items)
    parts = two[0] * one[1][own, plan.own]
    c = np.stack([parts[block].sum(axis=0) for block in plan.blocks])
    scores = scores_of(plan, z, weights)
    mask = divisions.astype(np.float64)
    n1 = mask.sum(axis=1)
    n2 = moments.n - n1
    m1, m2 = (mask @ scores).T / n1, ((1.0 - mask) @ scores).T / n2
    square = scores**2
    v1 = ((mask @ square).T - n1 * m1**2) / (n1 - 1.0)
    v2 = (((1.0 - mask) @ square).T - n2 * m2**2) / (n2 - 1.0)
    return Invariance(c, m1 - m2, np.log(v1 / v2), first.converged & second.converged)
