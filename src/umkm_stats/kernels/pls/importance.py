"""Importance and performance: constructs on a scale of 0 to 100 with unstandardised weights and effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.plan import Plan
from umkm_stats.kernels.pls.statistics import total_effects

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Importance:
    """performance (J,) mean rescaled scores; effects (J, J) unstandardised total effects of i on j; weights
    (p,) of the rescaled items, adding up to 1 in a block; item_performance (p,)."""

    performance: Floats
    effects: Floats
    weights: Floats
    item_performance: Floats


def importance(plan: Plan, values: Floats, weights: Floats, low: Floats, high: Floats) -> Importance:
    """``Importance`` of items ``values`` (n, p) with standardised ``weights`` (p,) and scale limits
    ``low``, ``high`` (p,)."""
    spread = values.std(axis=0, ddof=1)
    scaled = (values - low) / (high - low) * 100.0
    raw = weights / spread * (high - low)
    scores = np.empty((len(values), plan.n_constructs))
    share = np.empty(plan.n_items)
    for j, block in enumerate(plan.blocks):
        share[block] = raw[block] / raw[block].sum()
        scores[:, j] = scaled[:, block] @ share[block]
    slopes = []
    for target, several in plan.equations:
        design = np.column_stack([np.ones(len(values)), scores[:, list(several)]])
        slopes.append(np.linalg.lstsq(design, scores[:, target], rcond=None)[0][1:])
    effects = total_effects(plan, np.concatenate(slopes)[:, None])[..., 0]
    return Importance(scores.mean(axis=0), effects, share, scaled.mean(axis=0))
