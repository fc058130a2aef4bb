"""Mediation on scores and on latent variables: every effect, every interval, with its working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.mediation._asked import Estimation, Paths, Resampling
    from umkm_stats.mediation._binary import mediate_binary
    from umkm_stats.mediation._count import mediate_count
    from umkm_stats.mediation._detail import Detail
    from umkm_stats.mediation._imputed import mediate_imputed
    from umkm_stats.mediation._latent import mediate_latent
    from umkm_stats.mediation._necessary import necessary_condition
    from umkm_stats.mediation._observed import mediate
    from umkm_stats.mediation._result import Mediation
    from umkm_stats.mediation._rivals import Rivals, rival_scores, rivals
    from umkm_stats.mediation._sources import free_paths
    from umkm_stats.mediation._tests import adjust
    from umkm_stats.mediation._within import mediate_within

_DOORS = {
    "Resampling": "umkm_stats.mediation._asked",
    "Paths": "umkm_stats.mediation._asked",
    "Estimation": "umkm_stats.mediation._asked",
    "Detail": "umkm_stats.mediation._detail",
    "Mediation": "umkm_stats.mediation._result",
    "Rivals": "umkm_stats.mediation._rivals",
    "PlsView": "umkm_stats.pls._view",
    "adjust": "umkm_stats.mediation._tests",
    "free_paths": "umkm_stats.mediation._sources",
    "mediate": "umkm_stats.mediation._observed",
    "mediate_binary": "umkm_stats.mediation._binary",
    "mediate_count": "umkm_stats.mediation._count",
    "mediate_imputed": "umkm_stats.mediation._imputed",
    "mediate_latent": "umkm_stats.mediation._latent",
    "mediate_within": "umkm_stats.mediation._within",
    "necessary_condition": "umkm_stats.mediation._necessary",
    "pls_view": "umkm_stats.pls._view",
    "rival_scores": "umkm_stats.mediation._rivals",
    "rivals": "umkm_stats.mediation._rivals",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Resampling",
    "Paths",
    "Estimation",
    "Detail",
    "Mediation",
    "PlsView",
    "Rivals",
    "adjust",
    "free_paths",
    "mediate",
    "mediate_binary",
    "mediate_count",
    "mediate_imputed",
    "mediate_latent",
    "mediate_within",
    "necessary_condition",
    "pls_view",
    "rival_scores",
    "rivals",
]
