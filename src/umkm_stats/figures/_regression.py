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
    """P-P plot: observed against expected cumulative probabilities, with the line of equality.

    Parameters
    ----------
    observed : Array
        Cumulative probabilities (n,).
    expected : Array
        Cumulative probabilities of the normal distribution (n,).
    words : Mapping[str, str]
        Texts by key: "observed" and "expected" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import probability_plot
    >>> steps = np.linspace(0.1, 0.9, 9)
    >>> picture = probability_plot(steps, steps, {"observed": "observed", "expected": "expected"})
    >>> picture.axes[0].get_ylabel()
    'expected'
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
    """Studentised residuals against standardised predicted values.

    Parameters
    ----------
    predicted : Array
        Standardised predicted values (n,).
    residual : Array
        Studentised residuals (n,).
    words : Mapping[str, str]
        Texts by key: "predicted" and "residual" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import residual_plot
    >>> words = {"predicted": "predicted", "residual": "residual"}
    >>> picture = residual_plot(np.array([-1.0, 0.0, 1.0]), np.array([0.5, -1.0, 0.5]), words)
    >>> picture.axes[0].get_ylabel()
    'residual'
    """
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
    """Coefficients with their intervals beside zero.

    Parameters
    ----------
    names : Sequence[str]
        Names of the p coefficients.
    est : Array
        Estimates (p,).
    low, high : Array
        Confidence limits (p,).
    words : Mapping[str, str]
        Texts by key: "estimate" (the axis).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import coefficient_plot
    >>> est = np.array([0.4, -0.1])
    >>> picture = coefficient_plot(["OI", "IP"], est, est - 0.2, est + 0.2, {"estimate": "b"})
    >>> picture.axes[0].get_xlabel()
    'b'
    """
    labels = [wrapped(name, 26 if max(map(len, names), default=0) <= 52 else 40) for name in names]
    tall = max((label.count("\n") + 1 for label in labels), default=1)
    with drawing(13.0, max(2.6 + max(0.7, 0.4 * tall + 0.1) * len(names), 4.5)) as picture:
        axes = picture.add_subplot()
        rows = np.arange(len(names))
        sure = (low > 0) | (high < 0)
        axes.axvline(0, color=BLACK, linewidth=0.8, linestyle="--")
        for place in rows:
            colour = BLUE if sure[place] else GREY
            axes.hlines(place, low[place], high[place], color=colour, linewidth=1.8)
            axes.plot(est[place], place, "o" if sure[place] else "s", color=colour, markersize=5)
        axes.set_yticks(rows, labels)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel(words["estimate"])
        ticks(axes.xaxis, voice, 2)
        return picture


def slope_lines(
    x: Array, lines: Sequence[tuple[str, Array]], words: Mapping[str, str], voice: Numbers = PLAIN
) -> Picture:
    """Predicted outcome over a predictor at several values of the moderator.

    Parameters
    ----------
    x : Array
        Values of the predictor (k,).
    lines : Sequence[tuple[str, Array]]
        Words of a value of the moderator and the predicted outcome (k,).
    words : Mapping[str, str]
        Texts by key: "x" and "y" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import slope_lines
    >>> x = np.array([1.0, 5.0])
    >>> picture = slope_lines(x, [("low", 2 + 0.2 * x), ("high", 2 + 0.6 * x)], {"x": "OI", "y": "IP"})
    >>> len(picture.axes[0].lines)
    2
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
    """A slope over the moderator with its band, and the borders at which the band touches zero.

    Parameters
    ----------
    value : Array
        Values of the moderator (k,).
    est : Array
        Slope at each (k,).
    low, high : Array
        Confidence limits (k,).
    borders : Sequence[float]
        Values of the moderator at which the band touches zero.
    words : Mapping[str, str]
        Texts by key: "moderator" and "slope" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import significance_band
    >>> at = np.linspace(1, 5, 9)
    >>> words = {"moderator": "age", "slope": "slope"}
    >>> picture = significance_band(at, 0.1 * at, 0.1 * at - 0.3, 0.1 * at + 0.3, [3.0], words)
    >>> picture.axes[0].get_ylabel()
    'slope'
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
    """Cook's distance of every row.

    Parameters
    ----------
    row : Array
        Row numbers (n,).
    cook : Array
        Cook's distances (n,).
    border : float
        Distance from which a row may bear its number.
    words : Mapping[str, str]
        Texts by key: "row" and "cook" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.
    most : int, default 5
        How many of the largest above ``border`` bear their row number.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import influence_plot
    >>> cook = np.array([0.1, 0.0, 0.9, 0.1, 0.2])
    >>> picture = influence_plot(np.arange(2, 7), cook, 0.8, {"row": "row", "cook": "D"})
    >>> [text.get_text() for text in picture.axes[0].texts]
    ['4']
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
