"""Pictures, drawn with matplotlib: plain values in, a figure out; publication size, colour-blind safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

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
    from umkm_stats.figures._diagram import draw_model
    from umkm_stats.figures._measured import indicator_heat, item_dots, scale_dots
    from umkm_stats.figures._path import Arrow, Placed, draw_path
    from umkm_stats.figures._planning import power_curve
    from umkm_stats.figures._regression import (
        coefficient_plot,
        influence_plot,
        probability_plot,
        residual_plot,
        significance_band,
        slope_lines,
    )
    from umkm_stats.figures._voice import LocalNumbers

_DOORS = {
    "Picture": "umkm_stats.figures._canvas",
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
    **dict.fromkeys(
        (
            "coefficient_plot",
            "influence_plot",
            "probability_plot",
            "residual_plot",
            "significance_band",
            "slope_lines",
        ),
        "umkm_stats.figures._regression",
    ),
    "power_curve": "umkm_stats.figures._planning",
    **dict.fromkeys(("Arrow", "Placed", "draw_path"), "umkm_stats.figures._path"),
    "LocalNumbers": "umkm_stats.figures._voice",
    "draw_model": "umkm_stats.figures._diagram",
    **dict.fromkeys(("indicator_heat", "item_dots", "scale_dots"), "umkm_stats.figures._measured"),
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "Arrow",
    "LocalNumbers",
    "Numbers",
    "Picture",
    "Placed",
    "PlainNumbers",
    "coefficient_plot",
    "conditional",
    "draw_model",
    "draw_path",
    "draws_hist",
    "heat",
    "indicator_heat",
    "influence_plot",
    "item_dots",
    "likert",
    "loadings",
    "missing_map",
    "power_curve",
    "probability_plot",
    "residual_plot",
    "saved",
    "scale_dots",
    "scree",
    "sensitivity",
    "significance_band",
    "slope_lines",
]
