"""Regressions of differences between two conditions, in all draws at once (Montoya & Hayes 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.normal_equations import Moments, Regression, regress

Floats = NDArray[np.float64]


def coefficients(
    data: Moments, equations: Sequence[Regression], centre: Floats, averages: frozenset[int]
) -> Floats:
    """(P, D) of every equation the intercept, then the slopes.

    ``centre`` (k,): means that ``data`` was taken around. Predictors among ``averages`` are centred at their
    mean in every draw, so that an intercept is the difference between the conditions at the average level.
    """
    slopes = regress(data, [entry for entry in equations if entry.predictors]).slopes
    out, place = [], 0
    for entry in equations:
        own = slopes[place : place + len(entry.predictors)] if entry.predictors else slopes[:0]
        intercept = data.mean[entry.outcome] + centre[entry.outcome]
        for slope, column in zip(own, entry.predictors, strict=True):
            if column not in averages:
                intercept = intercept - slope * (data.mean[column] + centre[column])
        out += [intercept, *own]
        place += len(entry.predictors)
    return np.stack(out)
