"""The other pictures. Each takes plain arrays, already computed, and returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Patch

from umkm_stats.figures._canvas import (
    BLACK,
    BLUE,
    DIVERGING,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PLAIN,
    PURPLE,
    SKY,
    VERMILION,
    Numbers,
    drawing,
    ticks,
    wrapped,
)


def _ramp(k: int) -> list[Any]:
    return [LinearSegmentedColormap.from_list("answers", DIVERGING)(x) for x in np.linspace(0, 1, k)]


def likert(
    items: Sequence[str],
    shares: np.ndarray[Any, Any],
    labels: Sequence[str],
    groups: Sequence[str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Diverging bars of the answers to items.

    Parameters
    ----------
    items : Sequence[str]
        Words of the p items.
    shares : numpy.ndarray
        Per cent of each answer (p, k), from the lowest to the highest answer.
    labels : Sequence[str]
        Words of the k answers.
    groups : Sequence[str]
        Construct of each item (p,); a gap stands between constructs.
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import likert
    >>> shares = np.array([[10.0, 30.0, 60.0], [20.0, 20.0, 60.0]])
    >>> picture = likert(["PI1", "PI2"], shares, ["no", "partly", "yes"], ["PI", "PI"])
    >>> len(picture.axes[0].patches)
    6
    """
    p, k = shares.shape
    left_side = shares[:, : k // 2].sum(axis=1) + (shares[:, k // 2] / 2 if k % 2 else 0.0)
    with drawing(16.0, max(4.2 + 0.42 * p, 6.0)) as picture:
        axes = picture.add_subplot()
        starts = -left_side.copy()
        colours = _ramp(k)
        rows = np.arange(p, dtype=float)
        shift = 0.0
        for place in range(p):
            if place and groups[place] != groups[place - 1]:
                shift += 0.7
            rows[place] += shift
        for answer in range(k):
            axes.barh(
                rows,
                shares[:, answer],
                left=starts,
                color=colours[answer],
                height=0.78,
                edgecolor="white",
                linewidth=0.4,
            )
            for row, (start, wide) in zip(rows, zip(starts, shares[:, answer], strict=True), strict=True):
                if wide >= 8:
                    dark = answer in (0, k - 1)
                    axes.text(
                        start + wide / 2,
                        row,
                        voice.number(float(wide), decimals=0),
                        ha="center",
                        va="center",
                        fontsize=6.5,
                        color="white" if dark else BLACK,
                    )
            starts += shares[:, answer]
        axes.axvline(0, color=BLACK, linewidth=0.6)
        axes.set_yticks(rows, items)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        low, high = float(-left_side.max()) - 3, float(starts.max()) + 3
        axes.set_xlim(low, high)
        axes.xaxis.set_major_formatter(lambda value, _: f"{voice.number(abs(float(value)), decimals=0)}%")
        axes.spines["left"].set_visible(False)
        for name in dict.fromkeys(groups):
            own = [row for row, group in zip(rows, groups, strict=True) if group == name]
            axes.text(
                high, float(np.mean(own)), wrapped(name, 18), ha="left", va="center", fontsize=8, color=BLACK
            )
        picture.legend(
            handles=[
                Patch(facecolor=colour, label=wrapped(label, 20))
                for colour, label in zip(colours, labels, strict=True)
            ],
            loc="outside lower center",
            ncols=min(k, 5),
            frameon=False,
            handlelength=1.1,
        )
        return picture


def missing_map(missing: np.ndarray[Any, Any], items: Sequence[str], words: Mapping[str, str]) -> Picture:
    """Which answers are missing: one row a respondent, one column an item.

    Parameters
    ----------
    missing : numpy.ndarray
        True where an answer is missing (n, p), rows in file order.
    items : Sequence[str]
        Names of the p items.
    words : Mapping[str, str]
        Texts by key: "rows" (the axis), "answered" and "missing" (legend).

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import missing_map
    >>> words = {"rows": "rows", "answered": "answered", "missing": "missing"}
    >>> picture = missing_map(np.array([[False, True], [False, False]]), ["PI1", "PI2"], words)
    >>> picture.axes[0].get_ylabel()
    'rows'
    """
    with drawing(16.0, 9.5) as picture:
        axes = picture.add_subplot()
        axes.imshow(
            missing,
            aspect="auto",
            interpolation="nearest",
            cmap=ListedColormap([PALE, VERMILION]),
            vmin=0,
            vmax=1,
        )
        axes.set_xticks(range(len(items)), items, rotation=90, fontsize=6.5)
        axes.set_ylabel(words["rows"])
        axes.tick_params(length=2)
        axes.legend(
            handles=[
                Patch(facecolor=PALE, label=words["answered"]),
                Patch(facecolor=VERMILION, label=words["missing"]),
            ],
            loc="lower right",
            bbox_to_anchor=(1.0, 1.01),
            ncols=2,
            frameon=False,
        )
        return picture


def heat(
    names: Sequence[str],
    values: np.ndarray[Any, Any],
    voice: Numbers = PLAIN,
    *,
    low: float = -1.0,
    high: float = 1.0,
    triangle: bool = True,
    flag: float | None = None,
) -> Picture:
    """A square matrix with its numbers in the cells.

    Parameters
    ----------
    names : Sequence[str]
        Names of the p rows and columns.
    values : numpy.ndarray
        Numbers (p, p); NaN leaves a cell empty.
    voice : Numbers, default PLAIN
        How numbers are written.
    low : float, default -1.0
        Lower end of the colour scale.
    high : float, default 1.0
        Upper end of the colour scale.
    triangle : bool, default True
        Whether only the lower triangle is drawn.
    flag : float, optional
        Cells at or above it are framed; None frames none.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import heat
    >>> picture = heat(["PI", "OI"], np.array([[1.0, 0.4], [0.4, 1.0]]))
    >>> [text.get_text() for text in picture.axes[0].texts]
    ['1.00', '0.40', '1.00']
    """
    size = len(names)
    bare = low >= 0 or not np.isfinite(np.diag(values)).any()
    if triangle and bare:  # without a diagonal the first row and the last column are empty
        values, down, across = values[1:, :-1], list(names[1:]), list(names[:-1])
        kept = np.tril(np.ones_like(values, dtype=bool))
    else:
        down, across = list(names), list(names)
        kept = np.tril(np.ones_like(values, dtype=bool)) if triangle else np.ones_like(values, dtype=bool)
    side = min(4.6 + 1.6 * size, 16.0)
    with drawing(side + 1.2, side - 0.8) as picture:
        axes = picture.add_subplot()
        shown = np.where(kept, values, np.nan)
        cool = LinearSegmentedColormap.from_list(
            "cool", ["#b35806", "#f7f7f7", "#2166ac"] if low < 0 else ["#ffffff", "#2166ac"]
        )
        image = axes.imshow(shown, cmap=cool, vmin=low, vmax=high)
        font = 9.0 if size <= 6 else 7.5 if size <= 10 else 5.5
        for row in range(len(down)):
            for column in range(len(across)):
                value = shown[row, column]
                if np.isfinite(value):
                    dark = abs(value) > 0.62 * max(abs(low), abs(high))
                    axes.text(
                        column,
                        row,
                        voice.number(float(value), decimals=2, bounded=True),
                        ha="center",
                        va="center",
                        fontsize=font,
                        color="white" if dark else BLACK,
                    )
                    if flag is not None and value >= flag:
                        axes.add_patch(framed(column, row))
        axes.set_xticks(
            range(len(across)),
            [wrapped(name, 14) for name in across],
            rotation=35,
            ha="right",
            rotation_mode="anchor",
        )
        axes.set_yticks(range(len(down)), [wrapped(name, 20) for name in down])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        bar = picture.colorbar(image, ax=axes, shrink=0.7)
        bar.set_ticks(np.linspace(low, high, 5 if low < 0 else 3).tolist())
        ticks(bar.ax.yaxis, voice, 1 if high == 1.0 else 2)
        bar.outline.set_visible(False)
        return picture


def framed(column: int, row: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, edgecolor=VERMILION, linewidth=1.6)


def scree(
    eigen: np.ndarray[Any, Any],
    random: np.ndarray[Any, Any] | None,
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Eigenvalues and the limit of parallel analysis.

    Parameters
    ----------
    eigen : numpy.ndarray
        Eigenvalues (p,), largest first.
    random : numpy.ndarray or None
        Limit of parallel analysis (p,); None draws a line at 1 instead.
    words : Mapping[str, str]
        Texts by key: "data", "random", "one" (legend), "number" and "eigen" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import scree
    >>> words = {"data": "data", "random": "random", "one": "1", "number": "number", "eigen": "eigenvalue"}
    >>> picture = scree(np.array([2.1, 0.5, 0.4]), np.array([1.2, 1.0, 0.8]), words)
    >>> picture.axes[0].get_ylabel()
    'eigenvalue'
    """
    shown = min(len(eigen), 15)
    with drawing(13.0, 7.5, "tight") as picture:
        axes = picture.add_subplot()
        where = np.arange(1, shown + 1)
        axes.plot(where, eigen[:shown], "-o", color=BLUE, markersize=4, label=words["data"])
        if random is None:
            axes.axhline(1.0, color=VERMILION, linewidth=1.0, linestyle="--", label=words["one"])
        else:
            axes.plot(where, random[:shown], "--s", color=VERMILION, markersize=3, label=words["random"])
        axes.set_xticks(where)
        axes.set_xlabel(words["number"])
        axes.set_ylabel(words["eigen"])
        ticks(axes.yaxis, voice, 1)
        axes.legend(frameon=False)
        return picture


def loadings(
    items: Sequence[str],
    est: np.ndarray[Any, Any],
    low: np.ndarray[Any, Any],
    high: np.ndarray[Any, Any],
    factors: Sequence[str],
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
    cut: float = 0.70,
) -> Picture:
    """Standardised loadings with intervals.

    Parameters
    ----------
    items : Sequence[str]
        Names of the p items.
    est : numpy.ndarray
        Loadings (p,).
    low, high : numpy.ndarray
        Confidence limits (p,).
    factors : Sequence[str]
        Factor of each item (p,).
    words : Mapping[str, str]
        Texts by key: "loading" (the axis).
    voice : Numbers, default PLAIN
        How numbers are written.
    cut : float, default 0.7
        Border drawn as a line.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import loadings
    >>> est = np.array([0.8, 0.7])
    >>> picture = loadings(["PI1", "PI2"], est, est - 0.1, est + 0.1, ["PI", "PI"], {"loading": "λ"})
    >>> picture.axes[0].get_xlabel()
    'λ'
    """
    palette = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY, BLACK]
    with drawing(14.0, max(3.0 + 0.36 * len(items), 5.0)) as picture:
        axes = picture.add_subplot()
        rows, shift = np.arange(len(items), dtype=float), 0.0
        for place in range(1, len(items)):
            shift += 0.6 if factors[place] != factors[place - 1] else 0.0
            rows[place] += shift
        for number, name in enumerate(dict.fromkeys(factors)):
            own = np.array([factor == name for factor in factors])
            colour = palette[number % len(palette)]
            axes.hlines(rows[own], low[own], high[own], color=colour, linewidth=1.6)
            axes.plot(est[own], rows[own], "o", color=colour, markersize=4)
            axes.text(
                1.02,
                float(rows[own].mean()),
                wrapped(name, 20),
                transform=axes.get_yaxis_transform(),
                va="center",
                color=BLACK,
                fontsize=8,
            )
        axes.axvline(cut, color=GREY, linewidth=0.8, linestyle=":")
        axes.set_yticks(rows, items)
        axes.invert_yaxis()
        axes.set_xlim(min(0.0, float(np.nanmin(low)) - 0.05), max(1.0, float(np.nanmax(high)) + 0.02))
        axes.set_xlabel(words["loading"])
        ticks(axes.xaxis, voice, 1)
        return picture


def _bars(axes: Any, counts: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]) -> None:
    """The bars of a histogram as one artist: sixty of their own take ten times as long to draw."""
    from matplotlib.collections import PolyCollection

    filled = np.flatnonzero(counts)
    tall = counts[filled].astype(np.float64)
    bars = [
        [(left, 0.0), (right, 0.0), (right, high), (left, high)]
        for left, right, high in zip(edges[filled], edges[filled + 1], tall, strict=True)
    ]
    drawn = PolyCollection(bars, facecolors=PALE, edgecolors="#b8c0c9", linewidths=0.4)
    axes.add_collection(drawn, autolim=True)
    axes.set_ylim(0.0, 1.05 * float(tall.max(initial=1.0)))


def draws_hist(
    draws: np.ndarray[Any, Any],
    estimate: float,
    limits: Sequence[tuple[str, float, float]],
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """The bootstrap distribution of an effect above every interval made from it.

    Parameters
    ----------
    draws : numpy.ndarray
        The effect in each draw (b,).
    estimate : float
        The estimate.
    limits : Sequence[tuple[str, float, float]]
        Words, lower and upper limit of each interval.
    words : Mapping[str, str]
        Texts by key: "estimate", "zero" (legend), "count", "effect" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import draws_hist
    >>> words = {"estimate": "estimate", "zero": "0", "count": "draws", "effect": "a·b"}
    >>> picture = draws_hist(np.linspace(0, 0.4, 50), 0.2, [("percentile", 0.01, 0.39)], words)
    >>> len(picture.axes)
    2
    """
    palette = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY]
    kept = draws[np.isfinite(draws)]
    low, high = np.quantile(kept, [0.004, 0.996])
    edges = [entry for _, a, b in limits for entry in (a, b) if np.isfinite(entry)]
    low, high = min([low, 0.0, *edges]), max([high, 0.0, *edges])
    pad = 0.04 * (high - low)
    with drawing(14.0, 6.2 + 0.55 * len(limits), "tight") as picture:
        top, bottom = picture.subplots(2, 1, sharex=True, height_ratios=[4.6, 0.55 * len(limits) + 0.35])
        _bars(top, *np.histogram(kept, bins=60, range=(low - pad, high + pad)))
        top.axvline(estimate, color=BLUE, linewidth=1.4, label=words["estimate"])
        top.axvline(0, color=BLACK, linewidth=0.8, linestyle="--", label=words["zero"])
        top.set_ylabel(words["count"])
        top.yaxis.set_major_formatter(lambda value, _: voice.count(int(value)))
        top.legend(frameon=False, loc="upper right")
        top.tick_params(axis="x", labelbottom=False)
        for place, (_, left, right) in enumerate(limits):
            colour = palette[place % len(palette)]
            bottom.hlines(place, left, right, color=colour, linewidth=2.2)
            bottom.plot([left, right], [place, place], "|", color=colour, markersize=9, markeredgewidth=1.8)
        bottom.axvline(estimate, color=BLUE, linewidth=1.0)
        bottom.axvline(0, color=BLACK, linewidth=0.8, linestyle="--")
        bottom.set_yticks(range(len(limits)), [name for name, _, _ in limits])
        bottom.set_ylim(len(limits) - 0.5, -0.5)
        bottom.set_xlim(low - pad, high + pad)
        bottom.set_xlabel(wrapped(words["effect"], 58))
        bottom.tick_params(axis="y", length=0)
        ticks(bottom.xaxis, voice, 2)
        return picture


def conditional(
    at: np.ndarray[Any, Any],
    est: np.ndarray[Any, Any],
    low: np.ndarray[Any, Any],
    high: np.ndarray[Any, Any],
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
    borders: Sequence[float] = (),
) -> Picture:
    """An effect over the values of a moderator with its interval; with borders the Johnson-Neyman picture.

    Parameters
    ----------
    at : numpy.ndarray
        Values of the moderator (k,).
    est : numpy.ndarray
        Effect at each (k,).
    low, high : numpy.ndarray
        Confidence limits (k,).
    words : Mapping[str, str]
        Texts by key: "moderator" and "effect" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.
    borders : Sequence[float], default ()
        Values of the moderator at which significance changes.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import conditional
    >>> at = np.linspace(1, 5, 9)
    >>> words = {"moderator": "capacity", "effect": "effect of X"}
    >>> picture = conditional(at, 0.1 * at, 0.1 * at - 0.3, 0.1 * at + 0.3, words, borders=[3.0])
    >>> picture.axes[0].get_xlabel()
    'capacity'
    """
    with drawing(13.0, 8.0, "tight") as picture:
        axes = picture.add_subplot()
        if len(at) > 6:
            sure = (low > 0) | (high < 0)
            axes.fill_between(at, low, high, color=SKY, alpha=0.25, linewidth=0)
            axes.fill_between(
                at,
                low,
                high,
                where=sure.tolist(),
                color=SKY,
                alpha=0.45,
                linewidth=0,
                label=words.get("region"),
            )
            axes.plot(at, est, color=BLUE, linewidth=1.6)
        else:
            axes.errorbar(
                at,
                est,
                yerr=[est - low, high - est],
                fmt="o",
                color=BLUE,
                capsize=4,
                linewidth=1.4,
                markersize=5,
            )
            axes.set_xticks(at)
        axes.axhline(0, color=BLACK, linewidth=0.8, linestyle="--")
        for border in borders:
            axes.axvline(border, color=VERMILION, linewidth=1.0, linestyle=":")
            axes.annotate(
                voice.number(float(border), decimals=2),
                (border, 1.0),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="bottom",
                fontsize=8,
                color=VERMILION,
            )
        axes.set_xlabel(words["moderator"])
        axes.set_ylabel(wrapped(words["effect"], 34))
        ticks(axes.xaxis, voice, 2)
        ticks(axes.yaxis, voice, 2)
        if len(at) > 6 and words.get("region"):
            axes.legend(frameon=False, loc="best")
        return picture


def sensitivity(
    first: np.ndarray[Any, Any],
    second: np.ndarray[Any, Any],
    effect: np.ndarray[Any, Any],
    words: Mapping[str, str],
    voice: Numbers = PLAIN,
) -> Picture:
    """Contours of the effect left after an omitted confounder.

    Parameters
    ----------
    first : numpy.ndarray
        Values of the confounder's one strength (a,).
    second : numpy.ndarray
        Values of its other strength (b,).
    effect : numpy.ndarray
        Effect left (b, a).
    words : Mapping[str, str]
        Texts by key: "first" and "second" (the axes).
    voice : Numbers, default PLAIN
        How numbers are written.

    Returns
    -------
    Picture
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats.figures import sensitivity
    >>> grid = np.linspace(0, 0.6, 4)
    >>> picture = sensitivity(grid, grid, 0.2 - np.outer(grid, grid), {"first": "ρ1", "second": "ρ2"})
    >>> picture.axes[0].get_xlabel()
    'ρ1'
    """
    with drawing(13.0, 10.0, "tight") as picture:
        axes = picture.add_subplot()
        lines = axes.contour(first, second, effect, levels=9, colors=GREY, linewidths=0.8)
        axes.clabel(lines, fmt=lambda value: voice.number(float(value), decimals=2), fontsize=7.5)
        if float(np.nanmin(effect)) < 0 < float(np.nanmax(effect)):
            axes.contour(first, second, effect, levels=[0.0], colors=VERMILION, linewidths=1.8)
        axes.set_xlabel(words["first"])
        axes.set_ylabel(words["second"])
        ticks(axes.xaxis, voice, 1)
        ticks(axes.yaxis, voice, 1)
        return picture
