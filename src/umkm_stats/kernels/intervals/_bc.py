"""Bias-corrected interval (Efron 1981): BCa without acceleration."""

from __future__ import annotations

from umkm_stats.kernels.intervals._bca import corrected
from umkm_stats.kernels.intervals._limits import Column, One
from umkm_stats.results import Unavailable


def bc(column: Column, level: float) -> One | Unavailable:
    """Quantiles at Φ(2z0 + zα)."""
    return corrected(column, level, 0.0)
