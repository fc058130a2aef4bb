"""Generalised and unweighted least squares (Browne 1974): no likelihood, χ² with N − 1."""

from __future__ import annotations

from umkm_stats.sem.estimators._base import FEATURES, Estimator

_ALLOWS = frozenset(FEATURES) - {"ordered", "fiml", "cluster", "fixed_x"}

GLS = Estimator("GLS", "gls", "expected", "standard", "standard", 1, False, _ALLOWS, study=False)
ULS = Estimator("ULS", "uls", "expected", "standard", "standard", 1, False, _ALLOWS, study=False)
