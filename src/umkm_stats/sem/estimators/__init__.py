"""The table of estimators: the one home of their names and of what each can do.

To add one, copy ``_ml.py`` and register it in ``ESTIMATORS``; every door, the study file and its schema
read this table.
"""

from __future__ import annotations

from umkm_stats.options import one_of
from umkm_stats.sem.estimators._base import FEATURES, Estimator, matrix_text
from umkm_stats.sem.estimators._least_squares import GLS, ULS
from umkm_stats.sem.estimators._ml import CLUSTERED_ML, ML, MLM, MLMV, MLR
from umkm_stats.sem.estimators._wls import DWLS, ULSM, ULSMV, WLS, WLSM, WLSMV

ESTIMATORS: dict[str, Estimator] = {
    entry.name: entry for entry in (ML, MLM, MLMV, MLR, GLS, ULS, DWLS, WLS, WLSM, WLSMV, ULSM, ULSMV)
}


def estimator_of(name: str) -> Estimator:
    """The line of the table, whatever the case of ``name``; ``UsageError`` GEN001 or GEN002 without one."""
    return ESTIMATORS[one_of("estimator", str(name).upper(), tuple(ESTIMATORS))]


def under_clusters(method: Estimator) -> Estimator:
    """The estimator where rows stand in clusters: ML takes the errors and the test of MLR, its test with the
    information of the saturated moments (lavaan's choice when ``cluster`` is given and MLR is not)."""
    return CLUSTERED_ML if method.name == ML.name else method


def default_estimator(*, ordered: bool) -> str:
    """The estimator taken when none is named: "WLSMV" for ordered answers, "ML" for numbers."""
    return WLSMV.name if ordered else ML.name


def study_estimators() -> tuple[str, ...]:
    """The names a study file may hold."""
    return tuple(name for name, entry in ESTIMATORS.items() if entry.study)


__all__ = [
    "ESTIMATORS",
    "FEATURES",
    "Estimator",
    "default_estimator",
    "estimator_of",
    "matrix_text",
    "study_estimators",
    "under_clusters",
]
