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
    from umkm_stats.review._drafts import from_prose, scaffold
    from umkm_stats.review._global_fit import fit
    from umkm_stats.review._habits import conventions
    from umkm_stats.review._items import debit, grim, percentage, sd_bound
    from umkm_stats.review._measurement import fornell_larcker, htmt, loadings, standardised_alpha
    from umkm_stats.review._mediation import accounted, monte_carlo, product, serial, sobel, total
    from umkm_stats.review._prose import Found, scan
    from umkm_stats.review._refit import Moments, mediation, model, regression
    from umkm_stats.review._regressions import coefficient, r_squared
    from umkm_stats.review._review import Review, check_claims
    from umkm_stats.review._tests import interval_and_p, limits, p_value, ratio
    from umkm_stats.review._verdict import Verdict
    from umkm_stats.review._ways_of_printing import (
        alpha_interval,
        alpha_matrix,
        communality,
        crosstab,
        lilliefors,
        probes,
        quantile,
    )
    from umkm_stats.review.checks import CHECKS

_HOMES = {
    "_claims": ("Claim", "Claims", "read_claims"),
    "_items": ("debit", "grim", "percentage", "sd_bound"),
    "_drafts": ("from_prose", "scaffold"),
    "_global_fit": ("fit",),
    "_habits": ("conventions",),
    "_measurement": ("fornell_larcker", "htmt", "loadings", "standardised_alpha"),
    "_mediation": ("accounted", "monte_carlo", "product", "serial", "sobel", "total"),
    "_prose": ("Found", "scan"),
    "_refit": ("Moments", "mediation", "model", "regression"),
    "_regressions": ("coefficient", "r_squared"),
    "_review": ("Review", "check_claims"),
    "_tests": ("interval_and_p", "limits", "p_value", "ratio"),
    "_verdict": ("Verdict",),
    "_ways_of_printing": (
        "alpha_interval",
        "alpha_matrix",
        "communality",
        "crosstab",
        "lilliefors",
        "probes",
        "quantile",
    ),
    "checks": ("CHECKS",),
}
_DOORS = {name: f"umkm_stats.review.{home}" for home, names in _HOMES.items() for name in names}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "CHECKS",
    "Claim",
    "Claims",
    "Found",
    "Moments",
    "Review",
    "Verdict",
    "accounted",
    "alpha_interval",
    "alpha_matrix",
    "check_claims",
    "coefficient",
    "communality",
    "conventions",
    "crosstab",
    "debit",
    "fit",
    "fornell_larcker",
    "from_prose",
    "grim",
    "htmt",
    "interval_and_p",
    "lilliefors",
    "limits",
    "loadings",
    "mediation",
    "model",
    "monte_carlo",
    "p_value",
    "percentage",
    "probes",
    "product",
    "quantile",
    "r_squared",
    "ratio",
    "read_claims",
    "regression",
    "scaffold",
    "scan",
    "sd_bound",
    "serial",
    "sobel",
    "standardised_alpha",
    "total",
]
