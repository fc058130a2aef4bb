"""Before the field: sample size, power and simulated answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.planning._asked import Cluster, FromInstrument, Recorded
    from umkm_stats.planning._classic import size_for_test
    from umkm_stats.planning._closed import ClosedPower, closed_power
    from umkm_stats.planning._curve import PowerCurve
    from umkm_stats.planning._detectable import Detectable, detectable
    from umkm_stats.planning._door import power
    from umkm_stats.planning._population import Truth
    from umkm_stats.planning._rules import sample_sizes
    from umkm_stats.planning._search import SmallestN, smallest_n
    from umkm_stats.planning._simulate import Simulated, simulate_responses
    from umkm_stats.planning._sizes import (
        SampleSizes,
        alpha_size,
        icc_size,
        population_notes,
        rmsea_power,
        rmsea_size,
    )

_DOORS = {
    **dict.fromkeys(("Cluster", "FromInstrument", "Recorded"), "umkm_stats.planning._asked"),
    "closed_power": "umkm_stats.planning._closed",
    "ClosedPower": "umkm_stats.planning._closed",
    "power": "umkm_stats.planning._door",
    "PowerCurve": "umkm_stats.planning._curve",
    "smallest_n": "umkm_stats.planning._search",
    "SmallestN": "umkm_stats.planning._search",
    "sample_sizes": "umkm_stats.planning._rules",
    "size_for_test": "umkm_stats.planning._classic",
    **dict.fromkeys(("Detectable", "detectable"), "umkm_stats.planning._detectable"),
    "population_notes": "umkm_stats.planning._sizes",
    "rmsea_power": "umkm_stats.planning._sizes",
    "rmsea_size": "umkm_stats.planning._sizes",
    "alpha_size": "umkm_stats.planning._sizes",
    "icc_size": "umkm_stats.planning._sizes",
    "SampleSizes": "umkm_stats.planning._sizes",
    "simulate_responses": "umkm_stats.planning._simulate",
    "Simulated": "umkm_stats.planning._simulate",
    "Truth": "umkm_stats.planning._population",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Cluster",
    "ClosedPower",
    "Detectable",
    "FromInstrument",
    "PowerCurve",
    "Recorded",
    "SampleSizes",
    "Simulated",
    "SmallestN",
    "Truth",
    "alpha_size",
    "closed_power",
    "detectable",
    "icc_size",
    "population_notes",
    "power",
    "rmsea_power",
    "rmsea_size",
    "sample_sizes",
    "simulate_responses",
    "size_for_test",
    "smallest_n",
]
