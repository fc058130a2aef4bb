"""Before the analysis: careless answering, missing answers, distributions; nothing is deleted by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.screening._careless import Screened, screen
    from umkm_stats.screening._careless_measures import FAMILIES, THRESHOLDS
    from umkm_stats.screening._missing import Missingness, missing
    from umkm_stats.screening._normality import Normality, normality
    from umkm_stats.screening._sample_description import (
        distribution,
        early_late,
        frequencies,
        item_levels,
        missing_map,
        return_rate,
    )

_DOORS = {
    "screen": "umkm_stats.screening._careless",
    "Screened": "umkm_stats.screening._careless",
    "FAMILIES": "umkm_stats.screening._careless_measures",
    "THRESHOLDS": "umkm_stats.screening._careless_measures",
    "missing": "umkm_stats.screening._missing",
    "Missingness": "umkm_stats.screening._missing",
    "normality": "umkm_stats.screening._normality",
    "Normality": "umkm_stats.screening._normality",
    "return_rate": "umkm_stats.screening._sample_description",
    "frequencies": "umkm_stats.screening._sample_description",
    "distribution": "umkm_stats.screening._sample_description",
    "item_levels": "umkm_stats.screening._sample_description",
    "missing_map": "umkm_stats.screening._sample_description",
    "early_late": "umkm_stats.screening._sample_description",
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
