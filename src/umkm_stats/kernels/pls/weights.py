"""The PLS iteration on stacks of correlation matrices.

From weights of 1 in every block: scale every score to variance 1, let the neighbours of a construct make its
inner proxy, take the correlations of the block's items with it as new weights (mode A) or their regression
weights (mode B), until the summed change of the scaled weights is below the tolerance. The sign of the start
is the only one that is set: a draw may end in the mirror image of the sample's solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.algebra import inverse, regress
from umkm_stats.kernels.pls.plan import Plan, block_sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Solution:
    """Of B draws: weights (p, B) scaled to w′Rw = 1; cross (p, J, B) = RW; corr (J, J, B) = W′RW;
    iterations (B,); converged (B,), false also where a correlation or an inverse is not there (then NaN)."""

    weights: Floats
    cross: Floats
    corr: Floats
    iterations: Ints
    converged: NDArray[np.bool_]


def items_with_scores(plan: Plan, r: Floats, w: Floats) -> Floats:
    """(p, J, B) R times the block weights ``w`` (p, B)."""
    out = np.empty((plan.n_items, plan.n_constructs, w.shape[1]))
    for j, block in enumerate(plan.blocks):
        np.einsum("ikb,kb->ib", r[:, block], w[block], out=out[:, j])
    return out


def inner(plan: Plan, corr: Floats) -> Floats:
    """(J, J, B) weights of construct i in the proxy of construct j."""
    if plan.scheme == "centroid":
        return np.asarray(np.sign(corr))
    if plan.scheme == "factorial":
        return corr
    out = corr.copy()
    for target, predictors in plan.equations:
        if len(predictors) > 1:
            out[list(predictors), target] = regress(corr, predictors, target)[0]
    return out


def scaled(plan: Plan, r: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights, RW and W′RW of weights (p, B) after scaling every score to variance 1."""
    cross = items_with_scores(plan, r, w)
    corr = np.empty((plan.n_constructs, plan.n_constructs, w.shape[1]))
    for j, block in enumerate(plan.blocks):
        np.einsum("kb,kjb->jb", w[block], cross[block], out=corr[j])
    diagonal = np.arange(plan.n_constructs)
    scale = 1.0 / np.sqrt(corr[diagonal, diagonal])
    corr *= scale[:, None]
    corr *= scale[None]
    corr[diagonal, diagonal] = np.where(np.isfinite(scale), 1.0, np.nan)
    cross *= scale[None]
    return w * scale[plan.own], cross, corr


def _step(plan: Plan, cross: Floats, corr: Floats, inverses: dict[int, Floats]) -> Floats:
    """(p, B) unscaled new weights."""
    effects = inner(plan, corr)
    out = np.zeros((plan.n_items, corr.shape[2]))
    for j, block in enumerate(plan.blocks):
        own = out[block]
        for i in plan.neighbours[j]:
            own += effects[i, j] * cross[block, i]
        if j in inverses:
            out[block] = np.einsum("kib,ib->kb", inverses[j], own)
    return out


def iterate(plan: Plan, r: Floats) -> Solution:
    """``Solution`` of correlation matrices ``r`` (p, p, B). Each draw stops on its own."""
    size = r.shape[2]
    with np.errstate(all="ignore"):
        final = np.full((plan.n_items, size), np.nan)
        count = np.full(size, plan.limit, dtype=np.int64)
        done = np.zeros(size, dtype=bool)
        active, live = np.arange(size), r
        inverses = {
            j: inverse(r[block, block])
            for j, block in enumerate(plan.blocks)
            if plan.formative[j] and plan.sizes[j] > 1
        }
        open_ = np.ones(size, dtype=bool)
        w, cross, corr = scaled(plan, live, np.ones((plan.n_items, size)))
        for number in range(1, plan.limit + 1):
            new, cross, corr = scaled(plan, live, _step(plan, cross, corr, inverses))
            change = np.abs(new - w).sum(axis=0)
            w = new
            stops = open_ & (change < plan.tolerance)
            ends = stops | (open_ & ~np.isfinite(change))
            if ends.any():
                final[:, active[stops]] = w[:, stops]
                count[active[ends]] = number
                done[active[stops]] = True
                open_ = open_ & ~ends
                left = int(open_.sum())
                if left == 0:
                    break
                if 4 * left <= open_.size:
                    keep = np.flatnonzero(open_)
                    active, live = active[keep], np.take(live, keep, axis=2)
                    w, cross, corr = w[:, keep], cross[..., keep], corr[..., keep]
                    inverses = {j: entry[..., keep] for j, entry in inverses.items()}
                    open_ = np.ones(left, dtype=bool)
        weights, cross, corr = scaled(plan, r, final)
    return Solution(weights, cross, corr, count, done)


def aligned(plan: Plan, r: Floats, found: Solution, sample: Solution, signs: str) -> Solution:
    """The solution with signs made like the sample's (B = 1): of every weight, or of whole constructs."""
    if signs == "none":
        return found
    if signs == "individual":
        weights = np.abs(found.weights) * np.sign(sample.weights)
    else:
        weights = found.weights * np.where(flipped(plan, found, sample), -1.0, 1.0)[plan.own]
    with np.errstate(all="ignore"):
        weights, cross, corr = scaled(plan, r, weights)
    return Solution(weights, cross, corr, found.iterations, found.converged)


def flipped(plan: Plan, found: Solution, sample: Solution) -> NDArray[np.bool_]:
    """(J, B) whether the loadings of a construct lie nearer to the mirror image of the sample's:
    |Σ(λ − λ*)| > |Σ(λ + λ*)|."""
    rows, own = np.arange(plan.n_items), plan.own
    draw, point = found.cross[rows, own], sample.cross[rows, own]
    apart = np.abs(block_sums(plan, point - draw))
    near = np.abs(block_sums(plan, point + draw))
    return np.asarray(apart > near)
