"""Which items have no variation in the draws that failed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.draws import BLOCK
from umkm_stats.sem.draws._source import Drawn

if TYPE_CHECKING:
    from umkm_stats.sem.draws._draws import Draws


def constants(draws: Draws) -> dict[str, int]:
    """Item → number of failed draws in which all its answers are the same, most first."""
    failed, source = ~draws.converged, draws.source
    found: Counter[str] = Counter()
    for block in range(source.n_blocks) if failed.any() else ():
        wanted = source.wanted(block)
        for first, size in source.parts(block):
            here = failed[block * BLOCK + first : block * BLOCK + min(first + size, wanted)]
            if here.any():
                found.update(_still(draws.fit.observed, source.sample(block, first, size), here))
    return dict(found.most_common())


def _still(names: tuple[str, ...], drawn: Drawn, failed: NDArray[np.bool_]) -> list[str]:
    """Names of variables without variation in some group, once a failed draw."""
    still = np.zeros((len(failed), len(names)), dtype=bool)
    for counts, data in zip(drawn.counts, drawn.data, strict=True):
        for draw in np.flatnonzero(failed):
            rows = (data if data.ndim == 2 else data[draw])[counts[draw] > 0]
            if len(rows):
                still[draw] |= ~(np.nanmax(rows, axis=0) > np.nanmin(rows, axis=0))
    return [names[column] for column in np.nonzero(still)[1]]
