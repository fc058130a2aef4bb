"""Deviation from linearity: what the means of the outcome at each value of a predictor add to a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linearity:
    """Sums of squares and degrees of freedom of the line, of what lies off it, and within equal values.

    f, p: mean square off the line over mean square within, and its tail probability.
    """

    ss_line: float
    ss_deviation: float
    ss_within: float
    df_deviation: int
    df_within: int
    f: float
    p: float


def deviation_from_linearity(predictor: Floats, outcome: Floats) -> Linearity | None:
    """One-way ANOVA of ``outcome`` over the distinct values of ``predictor``, its line taken off.

    None when it cannot be computed: fewer than three distinct values, none that repeats, or no variance of
    the outcome within equal values.
    """
    values, group = np.unique(predictor, return_inverse=True)
    n, many = outcome.shape[0], values.shape[0]
    if many < 3 or n <= many:
        return None
    y = outcome - outcome.mean()
    counts = np.bincount(group)
    means = np.bincount(group, weights=y) / counts
    within = y - means[group]
    ss_within = float(within @ within)
    if ss_within <= 1e-12 * float(y @ y):
        return None
    x = predictor - predictor.mean()
    line = x * (float(x @ y) / float(x @ x))
    off = means[group] - line
    ss_deviation = float(off @ off)
    df_deviation, df_within = many - 2, n - many
    f = (ss_deviation / df_deviation) / (ss_within / df_within)
    return Linearity(
        float(line @ line),
        ss_deviation,
        ss_within,
        df_deviation,
        df_within,
        f,
        float(stats.f.sf(f, df_deviation, df_within)),
    )
