"""Products of constructs in a draw: from scores, re-estimated, from product indicators, or orthogonalised.

Products need the rows, so each draw is worked on its own: items standardised in the draw (a missing cell is
its mean, 0), scores, products, and weighted correlations of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.moments import Moments
from umkm_stats.kernels.pls.plan import Model, Plan
from umkm_stats.kernels.pls.weights import Solution, iterate

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extended:
    """corr (J + Q, J + Q, B) of constructs and products; spread (Q, B): what turns a standardised path into
    one of the raw product; found: the solution of the constructs when their weights were estimated again."""

    corr: Floats
    spread: Floats
    found: Solution | None


def standardised(moments: Moments, counts: Floats) -> Floats:
    """(n, p) columns standardised (divisor N − 1) in one draw with counts (n,); missing cells are 0."""
    total = counts.sum()
    if moments.answered is None:
        z = moments.x - counts @ moments.x / total
    else:
        mean = (counts @ moments.x) / (counts @ moments.answered)
        z = (moments.x - mean) * moments.answered
    return np.asarray(z / np.sqrt(counts @ (z * z) / (total - 1.0)))


def scores_of(plan: Plan, z: Floats, weights: Floats) -> Floats:
    """(n, J) scores of standardised items (n, p) with block weights (p,)."""
    out = np.empty((len(z), plan.n_constructs))
    for j, block in enumerate(plan.blocks):
        out[:, j] = z[:, block] @ weights[block]
    return out


def all_scores(model: Model, z: Floats, stage: Floats, last: Floats) -> tuple[Floats, Floats]:
    """(n, p) items of the last stage and (n, J) scores from standardised columns ``z`` and weights of the
    stages."""
    items = z[:, model.columns]
    if model.second is None:
        return items, scores_of(model.first, items, last)
    assert model.picks is not None
    items = np.concatenate([items, scores_of(model.first, items, stage)], axis=1)[:, model.picks]
    return items, scores_of(model.second, items, last)


def weighted_corr(columns: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """(k, k) correlations and (k,) standard deviations (N − 1) of columns (n, k) with counts (n,)."""
    total = counts.sum()
    centred = columns - counts @ columns / total
    cov = (centred * counts[:, None]).T @ centred / (total - 1.0)
    spread = np.sqrt(np.diagonal(cov))
    with np.errstate(all="ignore"):
        return cov / np.outer(spread, spread), spread


def extend(
    model: Model, moments: Moments, counts: Floats, stage: Solution, found: Solution, r: Floats
) -> Extended:
    """``Extended`` of draws with counts (B, n)."""
    q, size = len(model.products), counts.shape[0]
    j = model.plan.n_constructs
    if model.moderation == "scores":
        corr, spread = np.full((j + q, j + q, size), np.nan), np.full((q, size), np.nan)
        for b in np.flatnonzero(found.converged):
            z = standardised(moments, counts[b])
            _, scores = all_scores(model, z, stage.weights[:, b], found.weights[:, b])
            made = np.column_stack([scores, *(scores[:, a] * scores[:, m] for a, m in model.products)])
            corr[..., b], spreads = weighted_corr(made, counts[b])
            spread[:, b] = spreads[j:]
        return Extended(corr, spread, None)
    return _estimated_again(model, moments, counts, stage, found)


def _estimated_again(
    model: Model, moments: Moments, counts: Floats, stage: Solution, found: Solution
) -> Extended:
    size, plan = counts.shape[0], model.plan
    wide = extended_plan(model)
    r = np.full((wide.n_items, wide.n_items, size), np.nan)
    spreads = np.full((wide.n_items, size), np.nan)
    for b in np.flatnonzero(found.converged):
        z = standardised(moments, counts[b])
        items, scores = all_scores(model, z, stage.weights[:, b], found.weights[:, b])
        made = [_columns(model, items, scores, counts[b], pair) for pair in model.products]
        r[..., b], spreads[:, b] = weighted_corr(np.concatenate([items, *made], axis=1), counts[b])
    again = iterate(wide, r)
    rows = np.arange(wide.n_items)
    loading = np.abs(again.cross[rows, wide.own])
    spread = np.empty((len(model.products), size))
    for q in range(len(model.products)):
        block = wide.blocks[plan.n_constructs + q]
        spread[q] = (spreads[block] * loading[block]).sum(axis=0) / loading[block].sum(axis=0)
    k, j = plan.n_items, plan.n_constructs
    own = Solution(
        again.weights[:k], again.cross[:k, :j], again.corr[:j, :j], again.iterations, again.converged
    )
    return Extended(again.corr, spread, own)


def extended_plan(model: Model) -> Plan:
    """The last plan with a block of every product."""
    plan = model.plan
    single = model.moderation == "reestimated"
    extra = [1 if single else plan.sizes[a] * plan.sizes[m] for a, m in model.products]
    return replace(
        plan,
        sizes=(*plan.sizes, *extra),
        formative=(*plan.formative, *(False for _ in extra)),
        equations=model.equations,
    )


def _columns(model: Model, items: Floats, scores: Floats, counts: Floats, pair: tuple[int, int]) -> Floats:
    """(n, k) columns of one product."""
    left, right = pair
    if model.moderation == "reestimated":
        return scores[:, [left]] * scores[:, [right]]
    a, m = items[:, model.plan.blocks[left]], items[:, model.plan.blocks[right]]
    made = (a[:, :, None] * m[:, None, :]).reshape(len(items), -1)
    if model.moderation == "orthogonal":
        root = np.sqrt(counts)[:, None]
        design = np.column_stack([np.ones(len(items)), a, m])
        made = made - design @ np.linalg.lstsq(design * root, made * root, rcond=None)[0]
    return made
