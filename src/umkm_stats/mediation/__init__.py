"""Mediation on scores and on latent variables: every effect, every interval, with its working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.mediation._latent import mediate_latent
    from umkm_stats.mediation._observed import mediate
    from umkm_stats.mediation._result import Mediation

_DOORS = {
    "mediate_latent": "umkm_stats.mediation._latent",
    "mediate": "umkm_stats.mediation._observed",
    "Mediation": "umkm_stats.mediation._result",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = ["Mediation", "mediate", "mediate_latent"]
