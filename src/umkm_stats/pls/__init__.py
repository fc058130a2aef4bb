"""PLS-SEM from moments: weights, quality, paths, effects, bootstrap, prediction, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.pls._bootstrap import PlsDraws
    from umkm_stats.pls._door import fit_pls
    from umkm_stats.pls._pls import Pls

_DOORS = {
    "Pls": "._pls",
    "PlsDraws": "._bootstrap",
    "fit_pls": "._door",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = ["Pls", "PlsDraws", "fit_pls"]
