"""Kinds of claim that a ``claims.yaml`` may hold. To add one, copy ``_items.py`` and register it in
CHECKS."""

from __future__ import annotations

from umkm_stats.review.checks._base import Check
from umkm_stats.review.checks._items import MEAN, PERCENT
from umkm_stats.review.checks._measures import ALPHA, FIT, FORNELL, HTMT, LOADINGS
from umkm_stats.review.checks._models import MODEL, REGRESSION
from umkm_stats.review.checks._paths import COEFFICIENT, INTERVAL, MEDIATION, SERIAL, TEST
from umkm_stats.review.checks._summaries import COMMUNALITY, CROSSTAB, LILLIEFORS, PROBES, QUANTILE, R2

CHECKS: dict[str, Check] = {
    entry.kind: entry
    for entry in (
        MEAN,
        PERCENT,
        TEST,
        COEFFICIENT,
        R2,
        INTERVAL,
        MEDIATION,
        SERIAL,
        LOADINGS,
        FORNELL,
        ALPHA,
        HTMT,
        FIT,
        REGRESSION,
        MODEL,
        PROBES,
        QUANTILE,
        COMMUNALITY,
        CROSSTAB,
        LILLIEFORS,
    )
}

__all__ = ["CHECKS", "Check"]
