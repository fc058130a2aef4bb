"""A whole PLS model: one stage or two, with products of constructs, estimated for a stack of count vectors.

Second order in two stages: the scores of the dimensions are items of stage two, whose correlations are read
off stage one (items with items R, items with scores RW, scores with scores W′RW). Products of constructs need
scores, so models with products make them draw by draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls import products as product_steps
from umkm_stats.kernels.pls.moments import Moments, correlations
from umkm_stats.kernels.pls.plan import Model
from umkm_stats.kernels.pls.statistics import Inner, Outer, outer, structure
from umkm_stats.kernels.pls.weights import Solution, aligned, iterate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimates:
    """Of B draws. r (p, p, B): correlations of the last stage's items; found, outer, inner: its solution and
    what is read from it (paths of products in units of the raw product); stage, stage_r: those of stage one.
    spread (Q, B): what the standardised path of each product was divided by. corr (J + Q, J + Q, B)."""

    r: Floats
    found: Solution
    outer: Outer
    inner: Inner
    stage: Solution
    stage_r: Floats
    spread: Floats
    corr: Floats


def stage_two(model: Model, r: Floats, found: Solution) -> Floats:
    """(p₂, p₂, B) correlations of the items of stage two."""
    assert model.picks is not None
    top = np.concatenate([r, found.cross], axis=1)
    bottom = np.concatenate([found.cross.transpose(1, 0, 2), found.corr], axis=1)
    whole = np.concatenate([top, bottom], axis=0)
    return np.asarray(whole[model.picks[:, None], model.picks[None, :]])


def estimate(
    model: Model,
    moments: Moments,
    counts: Floats,
    *,
    signs: str = "none",
    sample: Estimates | None = None,
) -> Estimates:
    """``Estimates`` of draws given as counts (B, n); ``sample``: those of the sample, for ``signs``."""
    r = correlations(moments, counts)
    if not model.direct:
        r = r[model.columns[:, None], model.columns[None, :]]
    stage_r = r
    found = stage = iterate(model.first, r)
    if sample is not None and signs != "none":
        found = stage = aligned(model.first, r, found, sample.stage, signs)
    if model.second is not None:
        r = stage_two(model, r, stage)
        found = iterate(model.second, r)
        if sample is not None and signs != "none":
            found = aligned(model.second, r, found, sample.found, signs)
        found = replace(found, converged=found.converged & stage.converged)
    read = outer(model.plan, found, consistent=model.consistent)
    if not model.products:
        inner = structure(model.plan.equations, read.corr)
        return Estimates(r, found, read, inner, stage, stage_r, np.empty((0, r.shape[2])), read.corr)
    extended = product_steps.extend(model, moments, counts, stage, found, r)
    if extended.found is not None:
        found = extended.found
        read = outer(model.plan, found)
    inner = structure(model.equations, extended.corr)
    inner = replace(inner, paths=_in_product_units(model, inner.paths, extended.spread))
    return Estimates(r, found, read, inner, stage, stage_r, extended.spread, extended.corr)


def _in_product_units(model: Model, paths: Floats, spread: Floats) -> Floats:
    size = model.plan.n_constructs
    out = paths.copy()
    predictors = [entry for _, several in model.equations for entry in several]
    for row, entry in enumerate(predictors):
        if entry >= size:
            out[row] = paths[row] / spread[entry - size]
    return out


def main_rows(model: Model) -> Ints:
    """Rows of the path arrays whose predictor is no product, in the order of ``plan.arrows``."""
    size = model.plan.n_constructs
    predictors = [entry for _, several in model.equations for entry in several]
    return np.array([row for row, entry in enumerate(predictors) if entry < size], dtype=np.int64)
