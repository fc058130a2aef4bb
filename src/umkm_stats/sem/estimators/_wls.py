"""Least squares on thresholds and polychoric correlations (ordinal items), Delta parameterisation.

DWLS weighs by the diagonal of Γ⁻¹'s counterpart 1/diag Γ, WLS by Γ⁻¹. WLSMV is DWLS with robust errors and
the scaled and shifted test (Asparouhov & Muthén 2010), WLSM with the mean-adjusted one; ULSMV and ULSM weigh
every statistic by 1.
"""

from __future__ import annotations

from umkm_stats.sem.estimators._base import Estimator

_ALLOWS = frozenset({"ordered", "groups", "bounds", "constraints", "fixed_x"})

DWLS = Estimator(
    "DWLS", "dwls", "expected", "standard", "standard", 1, False, _ALLOWS, study=False, numeric="MLR"
)
WLS = Estimator(
    "WLS", "wls", "expected", "standard", "standard", 1, False, _ALLOWS, study=False, numeric="MLR"
)
WLSM = Estimator(
    "WLSM", "dwls", "expected", "robust_wls", "satorra_bentler", 1, False, _ALLOWS, numeric="MLR"
)
WLSMV = Estimator(
    "WLSMV", "dwls", "expected", "robust_wls", "scaled_shifted", 1, False, _ALLOWS, numeric="MLR"
)
ULSM = Estimator(
    "ULSM", "uls_ordinal", "expected", "robust_wls", "satorra_bentler", 1, False, _ALLOWS, numeric="MLR"
)
ULSMV = Estimator(
    "ULSMV", "uls_ordinal", "expected", "robust_wls", "scaled_shifted", 1, False, _ALLOWS, numeric="MLR"
)
