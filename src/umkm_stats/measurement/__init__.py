"""Do the items measure the constructs: items, reliability, EFA, CFA, validity, invariance, method bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.measurement._efa import Bartlett, Efa, FactorCount, efa, factor_count
    from umkm_stats.measurement._items import ItemAnalysis, item_analysis
    from umkm_stats.measurement._reliability import Reliability, reliability

_DOORS = {
    "Bartlett": "umkm_stats.measurement._efa",
    "Efa": "umkm_stats.measurement._efa",
    "FactorCount": "umkm_stats.measurement._efa",
    "ItemAnalysis": "umkm_stats.measurement._items",
    "Reliability": "umkm_stats.measurement._reliability",
    "efa": "umkm_stats.measurement._efa",
    "factor_count": "umkm_stats.measurement._efa",
    "item_analysis": "umkm_stats.measurement._items",
    "reliability": "umkm_stats.measurement._reliability",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Bartlett",
    "Efa",
    "FactorCount",
    "ItemAnalysis",
    "Reliability",
    "efa",
    "factor_count",
    "item_analysis",
    "reliability",
]
