"""Pictures of a measurement: scales with limits, items, and matrices of items by factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Picture

from umkm_stats.figures._canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PLAIN,
    PURPLE,
    VERMILION,
    Numbers,
    drawing,
    ticks,
    wrapped,
)

COLOURS, SHAPES = (BLUE, VERMILION, GREEN, ORANGE, PURPLE), ("o", "s", "D", "^", "v")
Array = np.ndarray[Any, Any]
Series = tuple[Array, Array, Array]


def scale_dots(
    names: Sequence[str],
    series: Mapping[str, Series],
    borders: Sequence[float],
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """One row a scale, one mark a coefficient with its interval; dotted lines at the borders.

    Parameters
    ----------
    names : Sequence[str]
        Names of the k scales.
    series : Mapping[str, Series]
        Words of a coefficient to its value, lower and upper limit, (k,) each, NaN where unknown.
    borders : Sequence[float]
        Values at which a line is drawn.
    words : Mapping[str, str]
        Texts by key: "value" (the axis).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import scale_dots
    >>> alpha = np.array([0.80, 0.72])
    >>> series = {"alpha": (alpha, alpha - 0.05, alpha + 0.04)}
    >>> picture = scale_dots(["OI", "IP"], series, [0.7], {"value": "alpha"})
    >>> picture.axes[0].get_xlabel()
    'alpha'
    """
    with drawing(14.0, max(3.4 + 0.85 * len(names), 5.0)) as picture:
        axes = picture.add_subplot()
        rows = np.arange(len(names), dtype=float)
        lowest, highest = 0.0, 1.0
        for number, (label, (value, low, high)) in enumerate(series.items()):
            colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]
            at = rows + 0.2 * (number - (len(series) - 1) / 2)
            axes.hlines(at, low, high, color=colour, linewidth=1.6)
            axes.plot(value, at, linestyle="none", marker=shape, color=colour, markersize=4.5, label=label)
            every = np.concatenate([value, low, high])
            lowest = min(lowest, float(np.nanmin(every, initial=0.0)) - 0.05)
            highest = max(highest, float(np.nanmax(every, initial=0.0)) + 0.05)
        for border in borders:
            axes.axvline(border, color=GREY, linewidth=0.8, linestyle=":")
        axes.set_yticks(rows, [wrapped(name, 22) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(lowest, highest)
        axes.set_xlabel(words["value"])
        ticks(axes.xaxis, voice, 1)
        if len(series) > 1:
            picture.legend(loc="outside upper center", ncols=len(series), frameon=False)
        return picture


def item_dots(
    items: Sequence[str],
    groups: Sequence[str],
    left: Array,
    right: Array,
    whole: Mapping[str, float],
    border: float,
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Two panels with one row an item: one with a border, one with the value of the whole group.

    Parameters
    ----------
    items : Sequence[str]
        Names of the p items.
    groups : Sequence[str]
        Group of each item (p,), in order.
    left : Array
        Numbers of the left panel (p,), NaN where unknown.
    right : Array
        Numbers of the right panel (p,), NaN where unknown.
    whole : Mapping[str, float]
        Group to its value in the right panel.
    border : float
        Border in the left panel.
    words : Mapping[str, str]
        Texts by key: "left" and "right" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import item_dots
    >>> left, right = np.array([0.5, 0.6]), np.array([0.7, 0.65])
    >>> words = {"left": "item-rest r", "right": "alpha if dropped"}
    >>> picture = item_dots(["OI1", "OI2"], ["OI", "OI"], left, right, {"OI": 0.75}, 0.3, words)
    >>> [axes.get_xlabel() for axes in picture.axes]
    ['item-rest r', 'alpha if dropped']
    """
    rows, shift = np.arange(len(items), dtype=float), 0.0
    for place in range(1, len(items)):
        shift += 0.7 if groups[place] != groups[place - 1] else 0.0
        rows[place] += shift
    with drawing(16.0, max(3.2 + 0.52 * (len(items) + shift), 5.0)) as picture:
        first, second = picture.subplots(1, 2, sharey=True)
        for axes, values in ((first, left), (second, right)):
            axes.plot(values, rows, "o", color=BLUE, markersize=4)
            axes.tick_params(axis="y", length=0)
            for value, row in zip(values, rows, strict=True):
                if np.isfinite(value):
                    axes.annotate(
                        voice.number(float(value), decimals=2, bounded=True),
                        (value, row),
                        xytext=(0, 3),
                        textcoords="offset points",
                        ha="center",
                        va="bottom",
                        fontsize=6.5,
                        color=BLACK,
                    )
            spread = values[np.isfinite(values)]
            known = [*spread, *([border] if axes is first else [v for v in whole.values() if np.isfinite(v)])]
            low, high = (min(known), max(known)) if known else (0.0, 1.0)
            pad = max(0.18 * (high - low), 0.05)
            axes.set_xlim(low - pad, high + pad)
            ticks(axes.xaxis, voice, 2)
        first.axvline(border, color=GREY, linewidth=0.8, linestyle=":")
        for name, value in whole.items():
            own = [row for row, group in zip(rows, groups, strict=True) if group == name]
            if np.isfinite(value) and own:
                second.vlines(value, min(own) - 0.4, max(own) + 0.4, color=VERMILION, linewidth=1.4)
            if own:
                second.text(
                    1.03,
                    float(np.mean(own)),
                    wrapped(name, 18),
                    transform=second.get_yaxis_transform(),
                    va="center",
                    fontsize=8,
                )
        first.set_yticks(rows, items)
        first.set_ylim(rows[-1] + 0.6 if len(rows) else 1.0, -0.9)
        first.set_xlabel(words["left"])
        second.set_xlabel(words["right"])
        return picture


def indicator_heat(
    down: Sequence[str],
    across: Sequence[str],
    values: Array,
    voice: Numbers = PLAIN,
    *,
    faint: float = 0.0,
    own: Sequence[tuple[int, int]] = (),
) -> Picture:
    """A rectangular matrix from -1 to 1 with its numbers in the cells.

    Parameters
    ----------
    down : Sequence[str]
        Names of the p rows.
    across : Sequence[str]
        Names of the k columns.
    values : Array
        Numbers (p, k).
    voice : Numbers, default PLAIN
        How numbers are written.
    faint : float, default 0.0
        Numbers below it in size are grey.
    own : Sequence[tuple[int, int]], default ()
        Row and column (from 0) of the cells that are framed.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import indicator_heat
    >>> values = np.array([[0.8, 0.2], [0.1, 0.7]])
    >>> picture = indicator_heat(["PI1", "OI1"], ["PI", "OI"], values, faint=0.3, own=[(0, 0), (1, 1)])
    >>> [text.get_text() for text in picture.axes[0].texts]
    ['0.80', '0.20', '0.10', '0.70']
    """
    from umkm_stats.figures._charts import framed

    with drawing(6.0 + 1.5 * len(across), max(3.0 + 0.5 * len(down), 5.0)) as picture:
        axes = picture.add_subplot()
        cool = LinearSegmentedColormap.from_list("cool", ["#b35806", "#f7f7f7", "#2166ac"])
        image = axes.imshow(values, cmap=cool, vmin=-1, vmax=1, aspect="auto")
        for row, column in np.argwhere(np.isfinite(values)):
            value = float(values[row, column])
            small = abs(value) < faint
            axes.text(
                column,
                row,
                voice.number(value, decimals=2, bounded=True),
                ha="center",
                va="center",
                fontsize=7.5,
                color=GREY if small else "white" if abs(value) > 0.62 else BLACK,
            )
        for row, column in own:
            axes.add_patch(framed(column, row))
        axes.set_xticks(range(len(across)), [wrapped(name, 12) for name in across])
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(down)), down)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        bar = picture.colorbar(image, ax=axes, shrink=0.7)
        bar.set_ticks([-1.0, -0.5, 0.0, 0.5, 1.0])
        ticks(bar.ax.yaxis, voice, 1)
        bar.outline.set_visible(False)
        return picture
