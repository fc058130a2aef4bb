"""The table of estimators. To add one, copy ``_ml.py`` and register it in :data:`ESTIMATORS`."""

from __future__ import annotations

from umkm_stats.sem.estimators._base import FEATURES, Estimator, matrix_text
from umkm_stats.sem.estimators._least_squares import GLS, ULS
from umkm_stats.sem.estimators._ml import ML, MLM, MLMV, MLR
from umkm_stats.sem.estimators._wls import DWLS, ULSM, ULSMV, WLS, WLSM, WLSMV

ESTIMATORS: dict[str, Estimator] = {
    entry.name: entry for entry in (ML, MLM, MLMV, MLR, GLS, ULS, DWLS, WLS, WLSM, WLSMV, ULSM, ULSMV)
}

__all__ = ["ESTIMATORS", "FEATURES", "Estimator", "matrix_text"]
