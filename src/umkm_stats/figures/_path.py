"""Path diagram with coefficients and intervals: our own layout, no outside program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Ellipse, FancyArrowPatch
from matplotlib.path import Path as Line
from matplotlib.transforms import Bbox

from umkm_stats.figures._canvas import BLACK, BLUE, GREY, VERMILION, drawing, wrapped
from umkm_stats.figures._layout import layered

Array = np.ndarray[Any, Any]
_STEPS = tuple(0.5 + side * step / 100 for step in range(0, 36, 3) for side in ((1, -1) if step else (1,)))
_SAMPLED = np.linspace(0, 1, 60)  # shares of an arrow at which it is asked whether a label covers it
_SMALL, _LARGE = (1.6, 0.78), (1.6, 1.0)  # half the width and height of an ellipse, cm
_SIZES = (8.0, 7.4, 6.8, 6.4, 5.8, 5.2, 4.6, 4.0, 3.4)  # of letters in an ellipse, the largest that fits
_LEGIBLE = 6.4  # letters smaller than this ask for larger ellipses first


@dataclass(frozen=True, slots=True)
class Arrow:
    """One path of a diagram: its ends, the words on it, and how it is drawn.

    Attributes
    ----------
    source : str
        Code of the variable it leaves.
    target : str
        Code of the variable it enters.
    words : str
        Words on it, usually the estimate with its interval.
    negative : bool
        Whether the effect is negative, which has another colour.
    certain : bool
        Whether its interval excludes zero; an uncertain one is dashed.

    Examples
    --------
    >>> from umkm_stats.figures import Arrow
    >>> Arrow("PI", "OI", "0.45 [0.31, 0.58]").target
    'OI'
    """

    source: str
    target: str
    words: str
    negative: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the parts of a diagram stand, in pixels.

    Attributes
    ----------
    nodes : dict[str, Bbox]
        Code of a variable to its box.
    labels : dict[tuple[str, str], Bbox]
        Source and target of a path to the box of its words.

    Examples
    --------
    >>> from umkm_stats.figures import Arrow, draw_path
    >>> picture, placed = draw_path({"x": "Culture", "y": "Product"}, [Arrow("x", "y", "0.45")], {})
    >>> sorted(placed.nodes), list(placed.labels)
    (['x', 'y'], [('x', 'y')])
    """

    nodes: dict[str, Bbox]
    labels: dict[tuple[str, str], Bbox]


def draw_path(
    names: Mapping[str, str], arrows: Sequence[Arrow], extra: Mapping[str, str]
) -> tuple[Picture, Placed]:
    """The diagram of paths between variables: the picture and the places of its parts.

    Parameters
    ----------
    names : Mapping[str, str]
        Code to words of the box.
    arrows : Sequence[Arrow]
        The paths.
    extra : Mapping[str, str]
        Code to a second line of words, for instance R².

    Returns
    -------
    tuple[Picture, Placed]
        The figure, and the boxes of nodes and words in pixels.

    Examples
    --------
    >>> from umkm_stats.figures import Arrow, draw_path
    >>> names = {"x": "Culture", "m": "Product", "y": "Marketing"}
    >>> arrows = [Arrow("x", "m", "0.45"), Arrow("m", "y", "0.38"), Arrow("x", "y", "0.05", certain=False)]
    >>> picture, placed = draw_path(names, arrows, {"y": "R² = .21"})
    >>> sorted(placed.nodes)
    ['m', 'x', 'y']
    """
    layout = layered(list(names), [(arrow.source, arrow.target) for arrow in arrows])
    downward = (
        layout.depth > 3
    )  # deep models read from top to bottom, so that the words stay legible on a page
    along, beside = (3.9, 4.7) if downward else (5.8, 2.4)
    reach = along * (layout.depth - 1) + (2.0 if downward else 3.6)
    spread = max(beside * layout.height + 0.4, 5.5)
    width, height = (max(spread, 9.0), reach) if downward else (reach, spread)
    with drawing(width, height) as picture:
        picture.set_layout_engine("none")
        axes = picture.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(0, height)
        share = ((width if downward else height) - 0.4) / layout.height

        def spot(point: tuple[float, float]) -> Array:
            if downward:
                return np.array([width - 0.2 - share * point[1], height - 1.0 - along * point[0]])
            return np.array([1.8 + along * point[0], 0.2 + share * point[1]])

        centres = {name: spot(point) for name, point in layout.nodes.items()}
        texts = {
            name: axes.text(
                float(centre[0]), float(centre[1]), "", ha="center", va="center", zorder=4, linespacing=1.15
            )
            for name, centre in centres.items()
        }
        half = _SMALL
        if not all(_fits(text, names[name], extra.get(name, ""), half) for name, text in texts.items()):
            half = _LARGE
            for name, text in texts.items():
                _fits(text, names[name], extra.get(name, ""), half)
        size = min(text.get_fontsize() for text in texts.values())
        for text in texts.values():  # one size of letters for all
            text.set_fontsize(size)
        boxes = {}
        for name, centre in centres.items():
            axes.add_patch(
                Ellipse(
                    tuple(centre),
                    2 * half[0],
                    2 * half[1],
                    facecolor="#eef4f9",
                    edgecolor=BLACK,
                    linewidth=1.0,
                    zorder=3,
                )
            )
            boxes[name] = Bbox.from_extents(*(centre - half), *(centre + half))
        renderer = picture.canvas.get_renderer()  # type: ignore[attr-defined]
        to_data = axes.transData.inverted()
        lines = {}
        for arrow in arrows:
            bends = [spot(point) for point in layout.bends[(arrow.source, arrow.target)]]
            line = line_of(centres[arrow.source], centres[arrow.target], bends, half)
            lines[arrow] = line
            axes.add_patch(
                FancyArrowPatch(
                    path=line,
                    arrowstyle="-|>,head_length=5,head_width=2.4",
                    linewidth=1.3 if arrow.certain else 1.0,
                    linestyle="-" if arrow.certain else (0, (4, 2.5)),
                    color=(VERMILION if arrow.negative else BLUE) if arrow.certain else GREY,
                    zorder=2,
                )
            )
        sampled = {arrow: points_on(line, _SAMPLED) for arrow, line in lines.items()}
        taken: dict[tuple[str, str], Bbox] = {}
        for arrow in sorted(
            arrows, key=lambda one: length_of(lines[one])
        ):  # the shortest have the least choice
            label = axes.text(
                0, 0, arrow.words, ha="center", va="center", fontsize=7.5, zorder=5, linespacing=1.15
            )
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.2})
            extent = label.get_window_extent(renderer).transformed(to_data)
            size_x, size_y = extent.width / 2 + 0.14, extent.height / 2 + 0.1
            others = [points for one, points in sampled.items() if one is not arrow]
            places = places_on(lines[arrow], _STEPS, (size_x, size_y))
            clash = 10 * shared(places, [*boxes.values(), *taken.values()]) + 3 * covered(places, others)
            clash += np.abs(np.array(_STEPS) - 0.5) * 0.05
            best = Bbox.from_extents(*places[int(np.argmin(clash))])
            label.set_position(((best.x0 + best.x1) / 2, (best.y0 + best.y1) / 2))
            taken[(arrow.source, arrow.target)] = best
        return picture, Placed(boxes, taken)


def _fits(text: Any, name: str, more: str, half: tuple[float, float]) -> bool:
    """Write a name and its second line into an ellipse, in longer lines or smaller letters where it does not
    fit; whether it fits, in letters that can be read where the ellipse is the small one."""
    renderer = text.figure.canvas.get_renderer()
    unit = float(text.axes.transData.inverted().get_matrix()[0, 0])
    lowest = _LEGIBLE if half == _SMALL else 0.0
    usual = wrapped(name, 16).count("\n") + (2 if more else 1)
    largest = 8.0 if usual < 3 else 7.4 if usual < 4 else 6.4 if half == _SMALL else 7.4
    for size in _SIZES:
        if not lowest <= size <= largest:
            continue
        text.set_fontsize(size)
        for letters in (16, 20, 24, 30):
            text.set_text(wrapped(name, letters) + (f"\n{more}" if more else ""))
            lines = text.get_text().split("\n")
            font = text.get_fontproperties()
            high = unit * text.get_window_extent(renderer).height / half[1]
            reach = 0.0
            for place, line in enumerate(lines):
                wide = unit * renderer.get_text_width_height_descent(line, font, False)[0] / (2 * half[0])
                edge = high * max(abs(0.5 - place / len(lines)), abs(0.5 - (place + 1) / len(lines)))
                reach = max(reach, wide**2 + edge**2)
            if reach <= 0.93:
                return True
    return False


def overlap(one: Bbox, other: Bbox) -> float:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide * high if wide > 0 and high > 0 else 0.0


def places_on(line: Line, steps: Sequence[float], reach: tuple[float, float]) -> Array:
    """Boxes (k,4: x0 y0 x1 y1) that reach so far from the points at these shares of a line."""
    middle = points_on(line, np.array(steps))
    return np.hstack([middle - np.array(reach), middle + np.array(reach)])


def shared(places: Array, solid: Sequence[Bbox]) -> Array:
    """The area that each place (k,4) shares with the boxes, summed: (k,)."""
    other = np.array([box.extents for box in solid]).reshape(-1, 4)[:, None, :]
    wide = np.minimum(places[:, 2], other[..., 2]) - np.maximum(places[:, 0], other[..., 0])
    high = np.minimum(places[:, 3], other[..., 3]) - np.maximum(places[:, 1], other[..., 1])
    return np.asarray((np.maximum(wide, 0.0) * np.maximum(high, 0.0)).sum(axis=0))


def covered(places: Array, lines: Sequence[Array]) -> Array:
    """The share of each line that each place (k,4) covers, summed over lines: (k,); lines: points (m,2)."""
    if not lines:
        return np.zeros(len(places))
    x, y = np.concatenate(lines).T[:, :, None]
    inside = (x > places[:, 0]) & (x < places[:, 2]) & (y > places[:, 1]) & (y < places[:, 3])
    return np.asarray(inside.sum(axis=0) / len(lines[0]))


def _edge_of(centre: Array, towards: Array, half: tuple[float, float]) -> Array:
    """The point where the line from the centre leaves the ellipse, a little outside."""
    way = towards - centre
    scale = 1.0 / np.sqrt((way[0] / (half[0] + 0.06)) ** 2 + (way[1] / (half[1] + 0.06)) ** 2)
    return np.asarray(centre + way * scale)


def line_of(start: Any, end: Any, bends: list[Any], half: tuple[float, float]) -> Line:
    if not bends:
        first, last = _edge_of(start, end, half), _edge_of(end, start, half)
        return Line([first, last], [Line.MOVETO, Line.LINETO])
    first, last = _edge_of(start, bends[0], half), _edge_of(end, bends[-1], half)
    points = [first, *bends, last]
    vertices, codes = [first], [Line.MOVETO]
    for place in range(len(points) - 1):  # Catmull–Rom through the bends, as cubic Bézier pieces
        before = points[max(place - 1, 0)]
        here, there = points[place], points[place + 1]
        after = points[min(place + 2, len(points) - 1)]
        vertices += [here + (there - before) / 6, there - (after - here) / 6, there]
        codes += [Line.CURVE4] * 3
    return Line(vertices, codes)


def points_on(line: Line, shares: Array) -> Array:
    """The points (k,2) at these shares of the line's length."""
    bent = np.shape(line.vertices)[0] > 2
    points: Array = np.asarray(line.to_polygons(closed_only=False)[0] if bent else line.vertices, dtype=float)
    done = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    wanted = shares * done[-1]
    return np.column_stack([np.interp(wanted, done, points[:, 0]), np.interp(wanted, done, points[:, 1])])


def length_of(line: Line) -> float:
    return float(np.linalg.norm(np.diff(np.asarray(line.vertices), axis=0), axis=1).sum())
