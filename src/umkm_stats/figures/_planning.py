"""Pictures of a plan: power (or width) over the sample size or the effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

from umkm_stats.figures._canvas import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PLAIN,
    PURPLE,
    SKY,
    VERMILION,
    Numbers,
    drawing,
)

COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
Series = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]


def power_curve(
    curves: Mapping[str, Series],
    target: float | None,
    crossing: float | None,
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Power or width over the sample size or the effect.

    Parameters
    ----------
    curves : Mapping[str, Series]
        Words to x, y and the half-width of y's Monte Carlo band, (k,) each.
    target : float or None
        Line to reach; None draws only the curves.
    crossing : float or None
        Value of x at which it is reached; None when it is not.
    words : Mapping[str, str]
        Texts by key: "x" and "y" (the axes); "share" is empty when y is no share, which then has no upper end
        of 1.
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import power_curve
    >>> series = (np.array([50.0, 100.0]), np.array([0.55, 0.85]), np.array([0.03, 0.02]))
    >>> picture = power_curve({"a·b": series}, 0.8, 92.0, {"x": "n", "y": "power", "share": "yes"})
    >>> picture.axes[0].get_xlabel()
    'n'
    """
    with drawing(13.0, 8.0) as picture:
        axes = picture.add_subplot()
        highest = 0.0
        for (label, (x, y, half)), colour in zip(
            curves.items(), COLOURS * (1 + len(curves) // 6), strict=False
        ):
            axes.errorbar(
                x, y, yerr=half, color=colour, marker="o", markersize=4, linewidth=1.4, capsize=3, label=label
            )
            highest = max(highest, float(np.nanmax(y, initial=0.0)))
        if target is not None:
            axes.axhline(target, color=BLACK, linewidth=0.8, linestyle="--")
        if crossing is not None and np.isfinite(crossing):
            axes.axvline(crossing, color=VERMILION, linewidth=1.0, linestyle=":")
            axes.annotate(
                voice.number(float(crossing), decimals=0 if crossing > 10 else 3),
                (crossing, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(3, -10),
                textcoords="offset points",
                fontsize=8,
            )
        axes.set_ylim(0.0, 1.0 if highest <= 1.0 and words.get("share", "1") else None)
        axes.set_xlabel(words["x"])
        axes.set_ylabel(words["y"])
        if curves:
            axes.legend(frameon=False, fontsize=8, loc="best")
        return picture
