"""Percentile interval: the quantiles of the draws (Efron & Tibshirani 1993, ch. 13)."""

from __future__ import annotations

from umkm_stats.kernels.intervals._limits import Column, One, at, beyond
from umkm_stats.results import Unavailable


def bootstrap_p(column: Column) -> float:
    """min(1, 2(min(#≤0, #≥0) + 1)/(B + 1))."""
    ordered = column.ordered
    below, above = ordered.upto(0.0), len(ordered) - ordered.below(0.0)
    return float(min(1.0, 2.0 * (min(below, above) + 1) / (len(ordered) + 1)))


def percentile(column: Column, level: float) -> One | Unavailable:
    """Quantiles (1 − level)/2 and (1 + level)/2; p counts the draws on either side of 0."""
    tail = (1.0 - level) / 2.0
    return One(
        at(column.ordered, tail),
        at(column.ordered, 1.0 - tail),
        bootstrap_p(column),
        beyond(column.ordered, tail),
    )
