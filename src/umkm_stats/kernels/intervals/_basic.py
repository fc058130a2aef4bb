"""Basic interval: the percentile limits reflected at the estimate (Davison & Hinkley 1997, eq. 5.6)."""

from __future__ import annotations

from umkm_stats.kernels.intervals._limits import Column, One, at, beyond, share_below
from umkm_stats.results import Unavailable


def basic(column: Column, level: float) -> One | Unavailable:
    """2t0 − quantile; p is the level at which a limit touches 0, where the quantile equals 2t0."""
    tail = (1.0 - level) / 2.0
    inside = share_below(column.ordered, 2.0 * column.point)
    return One(
        2.0 * column.point - at(column.ordered, 1.0 - tail),
        2.0 * column.point - at(column.ordered, tail),
        min(1.0, 2.0 * min(inside, 1.0 - inside)),
        beyond(column.ordered, tail),
    )
