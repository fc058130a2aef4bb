"""Studentised interval (bootstrap-t; Efron & Tibshirani 1993, ch. 12): needs a standard error in every
draw."""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.intervals._limits import Column, One, Ordered, at, beyond, share_below
from umkm_stats.results import Unavailable


def studentised(column: Column, level: float) -> One | Unavailable:
    """t0 − se·quantile of (t* − t0)/se*; p is the level at which a limit touches 0."""
    if column.draw_errors is None or not np.isfinite(column.error) or column.error <= 0.0:
        return Unavailable("MED406", {})
    good = np.isfinite(column.draw_errors) & (column.draw_errors > 0.0)
    pivots = Ordered((column.draws[good] - column.point) / column.draw_errors[good])
    if len(pivots) < 2:
        return Unavailable("MED406", {})
    tail = (1.0 - level) / 2.0
    inside = share_below(pivots, column.point / column.error)
    return One(
        column.point - column.error * at(pivots, 1.0 - tail),
        column.point - column.error * at(pivots, tail),
        min(1.0, 2.0 * min(inside, 1.0 - inside)),
        beyond(pivots, tail),
    )
