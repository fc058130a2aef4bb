"""Before the analysis: careless answering, missing answers, distributions; nothing is deleted by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.screening._careless import FAMILIES, THRESHOLDS, Screened, screen
    from umkm_stats.screening._frames import (
        distribution,
        early_late,
        frequencies,
        item_levels,
        missing_map,
        return_rate,
    )
    from umkm_stats.screening._missing import Missingness, missing
    from umkm_stats.screening._normality import Normality, normality

_DOORS = {
    "screen": "umkm_stats.screening._careless",
    "Screened": "umkm_stats.screening._careless",
    "FAMILIES": "umkm_stats.screening._careless",
    "THRESHOLDS": "umkm_stats.screening._careless",
    "missing": "umkm_stats.screening._missing",
    "Missingness": "umkm_stats.screening._missing",
    "normality": "umkm_stats.screening._normality",
    "Normality": "umkm_stats.screening._normality",
    "return_rate": "umkm_stats.screening._frames",
    "frequencies": "umkm_stats.screening._frames",
    "distribution": "umkm_stats.screening._frames",
    "item_levels": "umkm_stats.screening._frames",
    "missing_map": "umkm_stats.screening._frames",
    "early_late": "umkm_stats.screening._frames",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "FAMILIES",
    "THRESHOLDS",
    "Missingness",
    "Normality",
    "Screened",
    "distribution",
    "early_late",
    "frequencies",
    "item_levels",
    "missing",
    "missing_map",
    "normality",
    "return_rate",
    "screen",
]
