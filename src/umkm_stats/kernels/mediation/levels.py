"""Where a regression stands, not only how it slopes: its prediction at fixed values of the predictors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.normal_equations import Moments, Regression, Solved

Floats = NDArray[np.float64]


def with_levels(
    data: Moments,
    equations: Sequence[Regression],
    which: Sequence[int],
    centre: Floats,
    solved: Solved,
) -> Solved:
    """``solved`` with one more entry for each equation of ``which``: the outcome it predicts where every
    predictor is at ``centre`` (k,), the sample's means, from which ``data.mean`` is counted.

    The covariance is that of least squares: σ²/n + d′Vd with d the draw's means from ``centre`` and V the
    covariance of the slopes.
    """
    first = np.cumsum([0, *(len(entry.predictors) for entry in equations)])
    slopes = [solved.slopes]
    total, draws = solved.slopes.shape
    cov = None
    if solved.cov is not None:
        cov = np.zeros((total + len(which), total + len(which), draws))
        cov[:total, :total] = solved.cov
    for number, index in enumerate(which):
        entry = equations[index]
        here = slice(first[index], first[index + 1])
        own = solved.slopes[here]
        away = data.mean[list(entry.predictors)]
        level = centre[entry.outcome] + data.mean[entry.outcome] - np.sum(own * away, axis=0)
        slopes.append(level[None, :])
        if cov is not None and solved.cov is not None:
            rest = data.pair(entry.outcome, entry.outcome)
            for slope, column in zip(own, entry.predictors, strict=True):
                rest = rest - slope * data.pair(column, entry.outcome)
            sigma2 = np.maximum(rest, 0.0) * data.n / (data.n - len(entry.predictors) - 1)
            spread = solved.cov[here, here]
            with_slopes = -np.einsum("ijd,jd->id", spread, away)
            place = total + number
            cov[place, here], cov[here, place] = with_slopes, with_slopes
            cov[place, place] = sigma2 / data.n - np.einsum("id,id->d", with_slopes, away)
    return Solved(np.concatenate(slopes), cov)
