"""Two groups compared: Welch's t-test and Cohen's d."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Welch:
    """difference (second − first mean), t, df (Welch–Satterthwaite), two-sided p, d (difference / pooled
    SD)."""

    difference: float
    t: float
    df: float
    p: float
    d: float


def welch(first: Floats, second: Floats) -> Welch:
    """Compare two samples without gaps; NaN for the test with fewer than three values on a side or no
    variance."""
    n1, n2 = len(first), len(second)
    gap = float(second.mean() - first.mean()) if n1 and n2 else float("nan")
    if n1 < 3 or n2 < 3:
        return Welch(gap, *[float("nan")] * 4)
    v1, v2 = float(first.var(ddof=1)), float(second.var(ddof=1))
    error = v1 / n1 + v2 / n2
    if error <= 0:
        return Welch(gap, *[float("nan")] * 4)
    t = gap / np.sqrt(error)
    df = error**2 / ((v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1))
    pooled = np.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2))
    return Welch(gap, float(t), float(df), float(2 * stats.t.sf(abs(t), df)), float(gap / pooled))
