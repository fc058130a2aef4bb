"""Compiled kernels: the same numbers as numpy's, several times faster, where a compiled library is there.

The package never needs them: without this folder, or without a library in it, numpy computes. The C++ stands
in ``cpp/``; ``README.md`` says how it is built and how an entry point is added. Other rooms reach this one
through :mod:`umkm_stats.kernels.path` only.
"""

from umkm_stats.native._draws import draw_counts, weighted_sums
from umkm_stats.native._dwls import Slots, dwls_inverse, slots_of
from umkm_stats.native._fiml import FimlModel
from umkm_stats.native._load import available, kernel, reason, variant
from umkm_stats.native._ml import COVARIANCE, MlEnds, MlModel
from umkm_stats.native._moments import factors, moments
from umkm_stats.native._polychoric import polychoric

__all__ = [
    "COVARIANCE",
    "FimlModel",
    "MlEnds",
    "MlModel",
    "Slots",
    "available",
    "draw_counts",
    "dwls_inverse",
    "factors",
    "kernel",
    "moments",
    "polychoric",
    "reason",
    "slots_of",
    "variant",
    "weighted_sums",
]
