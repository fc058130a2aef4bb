"""Blindfolding: Stone–Geisser's Q² of the items of one construct, predicted through its antecedents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.estimate import estimate
from umkm_stats.kernels.pls.moments import prepare
from umkm_stats.kernels.pls.plan import Model
from umkm_stats.kernels.pls.predict import propagate
from umkm_stats.kernels.pls.products import scores_of, standardised

Floats = NDArray[np.float64]


def q2(model: Model, values: Floats, target: int, distance: int) -> tuple[float, float]:
    """(SSE, SSO) over all cells of the block of construct ``target``, every ``distance``-th omitted in turn.

    Cells are counted row by row. Omitted cells are replaced by the mean of the rest, the model is estimated
    again, and each is predicted by its item's mean + deviation · loading · score predicted from the
    antecedents; SSO takes the mean alone.
    """
    plan = model.plan
    block = plan.blocks[target]
    cells = np.arange(len(values) * plan.sizes[target]).reshape(len(values), plan.sizes[target])
    error = null = 0.0
    for turn in range(distance):
        holes = cells % distance == turn
        data = values.copy()
        data[:, block] = np.where(holes, np.nan, data[:, block])
        moments = prepare(data)
        found = estimate(model, moments, np.ones((1, len(values))))
        if not found.found.converged[0]:
            return np.nan, np.nan
        filled = np.where(np.isnan(data), np.nanmean(data, axis=0), data)
        mean, spread = filled.mean(axis=0), filled.std(axis=0, ddof=1)
        z = standardised(moments, np.ones(len(values)))
        scores = scores_of(plan, z, found.found.weights[:, 0])
        predicted = propagate(plan, found, scores, 0, "DA")[:, target]
        guess = mean[block] + np.outer(predicted, spread[block] * found.outer.loadings[block, 0])
        own = values[:, block]
        error += float(((own - guess)[holes] ** 2).sum())
        null += float(((own - mean[block])[holes] ** 2).sum())
    return error, null
