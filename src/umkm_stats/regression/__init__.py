"""Regression on scores: coefficients, ANOVA, blocks, moderation and assumptions of one or several
outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.regression._assumptions import Assumptions
    from umkm_stats.regression._door import regress
    from umkm_stats.regression._logistic import Logistic, logistic
    from umkm_stats.regression._result import Regression

_DOORS = {
    "Assumptions": "umkm_stats.regression._assumptions",
    "Regression": "umkm_stats.regression._result",
    "Logistic": "umkm_stats.regression._logistic",
    "logistic": "umkm_stats.regression._logistic",
    "regress": "umkm_stats.regression._door",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = ["Assumptions", "Logistic", "Regression", "logistic", "regress"]
