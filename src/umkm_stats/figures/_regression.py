"""Pictures of a regression. Each takes plain arrays, already computed, and returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

from umkm_stats.figures._canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PLAIN,
    PURPLE,
    VERMILION,
    Numbers,
    drawing,
    ticks,
    wrapped,
)

Array = np.ndarray[Any, Any]


def probability_plot(
    observed: Array, expected: Array, words: Mapping[str, str], voice: Numbers = PLAIN
) -> Picture:
    """P–P plot: observed against expected cumulative probabilities, (n,) each, with the line of equality.

    words: observed, expected.
    """
    with drawing(9.0, 8.5) as picture:
        axes = picture.add_subplot()
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9)
        axes.plot(observed, expected, "o", color=BLUE, markersize=3, alpha=0.75)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_aspect("equal")
        axes.set_xlabel(words["observed"])
        axes.set_ylabel(words["expected"])
        ticks(axes.xaxis, voice, 1)
        ticks(axes.yaxis, voice, 1)
        return picture


def residual_plot(
    predicted: Array, residual: Array, words: Mapping[str, str], voice: Numbers = PLAIN
) -> Picture:
    """Studentised residuals against standardised predicted values, (n,) each. words: predicted, residual."""
    with drawing(12.0, 8.0) as picture:
        axes = picture.add_subplot()
        axes.axhline(0, color=BLACK, linewidth=0.8)
        for border in (-2, 2):
            axes.axhline(border, color=PALE, linewidth=0.8)
        axes.plot(predicted, residual, "o", color=BLUE, markersize=3.2, alpha=0.75)
        axes.set_xlabel(words["predicted"])
        axes.set_ylabel(words["residual"])
        ticks(axes.xaxis, voice, 1)
        ticks(axes.yaxis, voice, 1)
        return picture


def coefficient_plot(
    names: Sequence[str],
    est: Array,
    low: Array,
    high: Array,
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Coefficients with their intervals, (p,) each, beside zero. words: estimate."""
    with drawing(13.0, max(2.6 + 0.7 * len(names), 4.5)) as picture:
        axes = picture.add_subplot()
        rows = np.arange(len(names))
        sure = (low > 0) | (high < 0)
        axes.axvline(0, color=BLACK, linewidth=0.8, linestyle="--")
        for place in rows:
            colour = BLUE if sure[place] else GREY
            axes.hlines(place, low[place], high[place], color=colour, linewidth=1.8)
            axes.plot(est[place], place, "o" if sure[place] else "s", color=colour, markersize=5)
        axes.set_yticks(rows, [wrapped(name, 26) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel(words["estimate"])
        ticks(axes.xaxis, voice, 2)
        return picture


def slope_lines(
    x: Array, lines: Sequence[tuple[str, Array]], words: Mapping[str, str], voice: Numbers = PLAIN
) -> Picture:
    """Predicted outcome over a predictor (k,) at several values of the moderator: (label, (k,)) each.

    words: x, y.
    """
    colours, styles = [VERMILION, BLUE, GREEN, PURPLE, ORANGE, BLACK], ["-", "--", "-.", ":"]
    with drawing(12.5, 8.5) as picture:
        axes = picture.add_subplot()
        for place, (label, y) in enumerate(lines):
            colour, style = colours[place % len(colours)], styles[place % len(styles)]
            axes.plot(x, y, style, color=colour, linewidth=1.6, label=label)
        axes.set_xlabel(words["x"])
        axes.set_ylabel(words["y"])
        ticks(axes.xaxis, voice, 1)
        ticks(axes.yaxis, voice, 1)
        axes.legend(frameon=False)
        return picture


def significance_band(
    value: Array, est: Array, low: Array, high: Array, borders: Sequence[float], words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:  # fmt: skip
    """A slope over the moderator with its band, (k,) each, and the borders at which the band touches zero.

    words: moderator, slope.
    """
    with drawing(12.5, 8.0) as picture:
        axes = picture.add_subplot()
        axes.fill_between(value, low, high, color=PALE)
        axes.plot(value, est, color=BLUE, linewidth=1.6)
        axes.axhline(0, color=BLACK, linewidth=0.8, linestyle="--")
        for border in borders:
            axes.axvline(border, color=VERMILION, linewidth=1.1, linestyle=":")
        axes.set_xlabel(words["moderator"])
        axes.set_ylabel(words["slope"])
        ticks(axes.xaxis, voice, 1)
        ticks(axes.yaxis, voice, 2)
        return picture


def influence_plot(
    row: Array, cook: Array, border: float, words: Mapping[str, str], voice: Numbers = PLAIN, most: int = 5
) -> Picture:
    """Cook's distance of every row, (n,) each; the ``most`` largest above ``border`` bear their row number.

    words: row, cook.
    """
    known = np.nan_to_num(cook)
    with drawing(13.0, 7.0) as picture:
        axes = picture.add_subplot()
        axes.vlines(row, 0, known, color=BLUE, linewidth=0.9)
        axes.axhline(border, color=GREY, linewidth=0.8, linestyle=":")
        for place in np.argsort(-known, kind="stable")[:most]:
            if known[place] > border:
                axes.annotate(
                    voice.count(int(row[place])), (row[place], known[place]), ha="center", va="bottom"
                )
        axes.set_ylim(0, max(float(known.max()) * 1.12, border * 1.2))
        axes.set_xlabel(words["row"])
        axes.set_ylabel(words["cook"])
        axes.xaxis.set_major_formatter(lambda value, _: voice.count(int(value)))
        ticks(axes.yaxis, voice, 2)
        return picture
