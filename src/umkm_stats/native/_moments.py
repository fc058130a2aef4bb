"""Moments of draws and factors of many small matrices, compiled: ``cpp/moments.cpp``."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, Entry, pointer

Floats = NDArray[np.float64]

LANES = 4
"""Draws that a register holds at most; working memory is made for as many."""
_moments = Entry("umkm_moments", INT, INT, ADDRESS, ADDRESS, ADDRESS, ctypes.c_double, ADDRESS, ADDRESS)
_factors = Entry("umkm_factors", INT, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS)


def moments(sums: Floats, n: Floats, centre: Floats, rounding: float) -> tuple[Floats, Floats]:
    """Covariances (D, p, p) and means (D, p) from sums (D, p + p(p+1)/2) about ``centre`` (p,); n (D,)."""
    count, p = len(sums), len(centre)
    sums, n, centre = (np.ascontiguousarray(entry, dtype=np.float64) for entry in (sums, n, centre))
    cov, mean = np.empty((count, p, p)), np.empty((count, p))
    _moments(
        count,
        p,
        pointer(sums, (count, p + p * (p + 1) // 2)),
        pointer(n, (count,)),
        pointer(centre, (p,)),
        rounding,
        pointer(cov, (count, p, p)),
        pointer(mean, (count, p)),
    )
    return cov, mean


def factors(matrices: Floats) -> tuple[Floats, Floats]:
    """Least relative pivots (D,), 0 where not positive definite, and log-determinants (D,) of (D, n, n)
    matrices; only lower triangles are read."""
    count, n = matrices.shape[:2]
    matrices = np.ascontiguousarray(matrices, dtype=np.float64)
    least, logdet, memory = np.empty(count), np.empty(count), np.empty(LANES * (n * n + n))
    _factors(
        count,
        n,
        pointer(matrices, (count, n, n)),
        pointer(memory, memory.shape),
        pointer(least, (count,)),
        pointer(logdet, (count,)),
    )
    return least, logdet
