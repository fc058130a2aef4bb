"""Do the items measure the constructs: items, reliability, EFA, CFA, validity, invariance, method bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.measurement._agreement import Agreement, Retest, inter_rater, retest
    from umkm_stats.measurement._bias import MethodBias, method_bias
    from umkm_stats.measurement._cfa import Cfa, cfa
    from umkm_stats.measurement._content import ContentValidity, content_validity
    from umkm_stats.measurement._cutoffs import FitCutoffs, fit_cutoffs
    from umkm_stats.measurement._efa import Bartlett, Efa, efa
    from umkm_stats.measurement._factor_count import FactorCount, factor_count
    from umkm_stats.measurement._invariance import Invariance, invariance
    from umkm_stats.measurement._items import ItemAnalysis, item_analysis
    from umkm_stats.measurement._measure import Measurement, measure
    from umkm_stats.measurement._omega import Omega, omega
    from umkm_stats.measurement._reliability import Reliability, reliability
    from umkm_stats.measurement._scores import Scores, scores
    from umkm_stats.measurement._validity import Validity, validity

_DOORS = {
    **dict.fromkeys(("Agreement", "Retest", "inter_rater", "retest"), "umkm_stats.measurement._agreement"),
    **dict.fromkeys(("Omega", "omega"), "umkm_stats.measurement._omega"),
    "Bartlett": "umkm_stats.measurement._efa",
    "Cfa": "umkm_stats.measurement._cfa",
    "ContentValidity": "umkm_stats.measurement._content",
    "Efa": "umkm_stats.measurement._efa",
    "FactorCount": "umkm_stats.measurement._factor_count",
    "Invariance": "umkm_stats.measurement._invariance",
    "FitCutoffs": "umkm_stats.measurement._cutoffs",
    "ItemAnalysis": "umkm_stats.measurement._items",
    "Measurement": "umkm_stats.measurement._measure",
    "MethodBias": "umkm_stats.measurement._bias",
    "Reliability": "umkm_stats.measurement._reliability",
    "Scores": "umkm_stats.measurement._scores",
    "Validity": "umkm_stats.measurement._validity",
    "cfa": "umkm_stats.measurement._cfa",
    "content_validity": "umkm_stats.measurement._content",
    "efa": "umkm_stats.measurement._efa",
    "factor_count": "umkm_stats.measurement._factor_count",
    "fit_cutoffs": "umkm_stats.measurement._cutoffs",
    "invariance": "umkm_stats.measurement._invariance",
    "item_analysis": "umkm_stats.measurement._items",
    "measure": "umkm_stats.measurement._measure",
    "method_bias": "umkm_stats.measurement._bias",
    "reliability": "umkm_stats.measurement._reliability",
    "scores": "umkm_stats.measurement._scores",
    "validity": "umkm_stats.measurement._validity",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Agreement",
    "Bartlett",
    "Cfa",
    "ContentValidity",
    "Efa",
    "FactorCount",
    "FitCutoffs",
    "Invariance",
    "ItemAnalysis",
    "Measurement",
    "MethodBias",
    "Omega",
    "Reliability",
    "Retest",
    "Scores",
    "Validity",
    "cfa",
    "content_validity",
    "efa",
    "factor_count",
    "fit_cutoffs",
    "inter_rater",
    "invariance",
    "item_analysis",
    "measure",
    "method_bias",
    "omega",
    "reliability",
    "retest",
    "scores",
    "validity",
]
