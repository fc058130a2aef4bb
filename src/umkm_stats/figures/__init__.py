"""Pictures, drawn with matplotlib: plain values in, a figure out; publication size, colour-blind safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.figures._canvas import Numbers, PlainNumbers, saved
    from umkm_stats.figures._charts import (
        conditional,
        draws_hist,
        heat,
        likert,
        loadings,
        missing_map,
        scree,
        sensitivity,
    )
    from umkm_stats.figures._path import Arrow, Placed, draw_path

_DOORS = {
    **dict.fromkeys(("Numbers", "PlainNumbers", "saved"), "umkm_stats.figures._canvas"),
    **dict.fromkeys(
        (
            "conditional",
            "draws_hist",
            "heat",
            "likert",
            "loadings",
            "missing_map",
            "scree",
            "sensitivity",
        ),
        "umkm_stats.figures._charts",
    ),
    **dict.fromkeys(("Arrow", "Placed", "draw_path"), "umkm_stats.figures._path"),
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Arrow",
    "Numbers",
    "Placed",
    "PlainNumbers",
    "conditional",
    "draw_path",
    "draws_hist",
    "heat",
    "likert",
    "loadings",
    "missing_map",
    "saved",
    "scree",
    "sensitivity",
]
