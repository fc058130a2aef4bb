"""Before the field: sample size, power and simulated answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.planning._curve import PowerCurve
    from umkm_stats.planning._door import power
    from umkm_stats.planning._population import Truth
    from umkm_stats.planning._simulate import Simulated, simulate_responses

_DOORS = {
    "power": "umkm_stats.planning._door",
    "PowerCurve": "umkm_stats.planning._curve",
    "simulate_responses": "umkm_stats.planning._simulate",
    "Simulated": "umkm_stats.planning._simulate",
    "Truth": "umkm_stats.planning._population",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = ["PowerCurve", "Simulated", "Truth", "power", "simulate_responses"]
