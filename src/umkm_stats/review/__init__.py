"""After print: recompute what a published table claims, by interval arithmetic over its rounding.

Every check gives one of three verdicts, *consistent*, *inconsistent*, *not checkable*, with the arithmetic
shown.
Innocent explanations (N or N − 1, one tail, digits cut off, standardised or not, …) are tried before
*inconsistent* is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.review._claims import Claim, Claims, read_claims
    from umkm_stats.review._items import debit, grim, percentage, sd_bound
    from umkm_stats.review._measurement import fit, fornell_larcker, htmt, loadings, standardised_alpha
    from umkm_stats.review._mediation import accounted, monte_carlo, product, sobel, total
    from umkm_stats.review._refit import Moments, mediation, model, regression
    from umkm_stats.review._review import Review, check_claims, scaffold
    from umkm_stats.review._tests import interval_and_p, limits, p_value, ratio
    from umkm_stats.review._verdict import Verdict
    from umkm_stats.review.checks import CHECKS

_HOMES = {
    "_claims": ("Claim", "Claims", "read_claims"),
    "_items": ("debit", "grim", "percentage", "sd_bound"),
    "_measurement": ("fit", "fornell_larcker", "htmt", "loadings", "standardised_alpha"),
    "_mediation": ("accounted", "monte_carlo", "product", "sobel", "total"),
    "_refit": ("Moments", "mediation", "model", "regression"),
    "_review": ("Review", "check_claims", "scaffold"),
    "_tests": ("interval_and_p", "limits", "p_value", "ratio"),
    "_verdict": ("Verdict",),
    "checks": ("CHECKS",),
}
_DOORS = {name: f"umkm_stats.review.{home}" for home, names in _HOMES.items() for name in names}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "CHECKS",
    "Claim",
    "Claims",
    "Moments",
    "Review",
    "Verdict",
    "accounted",
    "check_claims",
    "debit",
    "fit",
    "fornell_larcker",
    "grim",
    "htmt",
    "interval_and_p",
    "limits",
    "loadings",
    "mediation",
    "model",
    "monte_carlo",
    "p_value",
    "percentage",
    "product",
    "ratio",
    "read_claims",
    "regression",
    "scaffold",
    "sd_bound",
    "sobel",
    "standardised_alpha",
    "total",
]
