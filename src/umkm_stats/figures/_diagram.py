"""Path diagram of a model with latent variables and their indicators: our own layout, no outside program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
from matplotlib.path import Path as Line
from matplotlib.transforms import Bbox

from umkm_stats.figures._canvas import BLACK, BLUE, GREY, VERMILION, drawing, wrapped
from umkm_stats.figures._path import Arrow, Placed, covered, length_of, line_of, places_on, points_on, shared
from umkm_stats.figures._spots import BOX_HIGH, NODE_HIGH, NODE_WIDE, Spots, placed

_FREE = tuple(0.5 + side * step / 100 for step in range(0, 40, 4) for side in ((1, -1) if step else (1,)))
_OUT = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "above": (0.0, 1.0), "below": (0.0, -1.0)}
_SAMPLED = np.linspace(0, 1, 40)  # shares of an arrow at which it is asked whether a label covers it
_PITCH = 1.15  # how much farther out a curved arrow over one more variable runs
_SIZES = (7.8, 7.2, 6.6, 6.0, 5.4, 4.8, 4.2, 3.6)  # of letters in a shape, the largest that fits
_CORNERS = 1.3  # how far the corners of a block of words may reach: its first and last line are seldom full
Array = np.ndarray[Any, Any]


def draw_model(
    names: Mapping[str, str],
    latent: Sequence[str],
    loadings: Sequence[Arrow],
    arrows: Sequence[Arrow],
    curves: Sequence[Arrow],
    extra: Mapping[str, str],
) -> tuple[Picture, Placed]:
    """The diagram of a model with its measurement part: the picture and the places of its parts.

    Parameters
    ----------
    names : Mapping[str, str]
        Code to words of a variable between which arrows run.
    latent : Sequence[str]
        Codes of those drawn as ellipses; the others are boxes.
    loadings : Sequence[Arrow]
        Arrows from a variable to an indicator.
    arrows : Sequence[Arrow]
        Arrows between variables.
    curves : Sequence[Arrow]
        Two-headed arrows, of variables or of indicators.
    extra : Mapping[str, str]
        Code to a second line of words, for instance R².

    Returns
    -------
    tuple[Picture, Placed]
        The figure, and the boxes of nodes and words in pixels.

    Examples
    --------
    >>> from umkm_stats.figures import Arrow, draw_model
    >>> loadings = [Arrow("PI", "PI1", "0.8"), Arrow("PI", "PI2", "0.7")]
    >>> picture, placed = draw_model({"PI": "Product innovation"}, ["PI"], loadings, [], [], {})
    >>> sorted(placed.nodes)
    ['PI', 'PI1', 'PI2']
    """
    codes = list(dict.fromkeys(arrow.target for arrow in loadings))
    longest = max((len(code) for code in codes), default=4)
    box_wide = min(max(1.1, 0.17 * longest + 0.3), 2.4)
    among = [arrow for arrow in curves if arrow.source in names and arrow.target in names]
    order = list(names)
    apart = max((abs(order.index(one.source) - order.index(one.target)) for one in among), default=0)
    spare = 0.0 if arrows or not among else 0.9 + _PITCH * apart
    spare = max(spare, 1.9 if len(among) < len(curves) else 0.0)
    edges = [(arrow.source, arrow.target) for arrow in arrows]
    spots = placed(order, edges, [(arrow.source, arrow.target) for arrow in loadings], box_wide, spare)
    with drawing(spots.width, spots.height) as picture:
        picture.set_layout_engine("none")
        axes = picture.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, spots.width)
        axes.set_ylim(0, spots.height)
        half = dict.fromkeys(spots.nodes, (NODE_WIDE / 2, NODE_HIGH / 2))
        half |= dict.fromkeys(spots.items, (box_wide / 2, BOX_HIGH / 2))
        centre = {name: np.array(point) for name, point in (spots.nodes | spots.items).items()}
        boxes = {
            name: Bbox.from_extents(*(centre[name] - half[name]), *(centre[name] + half[name]))
            for name in centre
        }
        for name in spots.nodes:
            oval = name in latent
            text = _shape(axes, boxes[name], "", oval=oval, size=7.8)
            _fitted(text, boxes[name], names[name], extra.get(name, ""), oval=oval)
        for item in spots.items:
            _shape(axes, boxes[item], item, oval=False, size=7.0)
        taken: dict[tuple[str, str], Bbox] = {}
        for arrow in loadings:
            line = _straight(centre, half, arrow, latent)
            _drawn(axes, line, arrow)
            taken[arrow.source, arrow.target] = _write(axes, arrow, line, 6.6, [0.70], [], [])
        lines: list[tuple[Arrow, Line, tuple[float, ...]]] = []
        for arrow in arrows:
            bends = [np.array(point) for point in spots.bends.get((arrow.source, arrow.target), ())]
            if bends:
                line = line_of(centre[arrow.source], centre[arrow.target], bends, half[arrow.source])
            else:
                line = _straight(centre, half, arrow, latent)
            _drawn(axes, line, arrow)
            lines.append((arrow, line, _FREE))
        for arrow in curves:
            line = _curved(centre, half, arrow, spots, bool(arrows))
            _drawn(axes, line, arrow, both=True)
            lines.append((arrow, line, _FREE[:9] if arrows else (0.5,)))
        for arrow, line, steps in sorted(lines, key=lambda entry: length_of(entry[1])):
            others = [other for _, other, _ in lines if other is not line]
            found = _write(axes, arrow, line, 7.2, steps, [*boxes.values(), *taken.values()], others)
            taken[arrow.source, arrow.target] = found
        return picture, Placed(boxes, taken)


def _fitted(text: Any, box: Bbox, name: str, more: str, *, oval: bool) -> None:
    """Write a name into its shape: longer lines, then smaller letters, where it does not fit."""
    for size in _SIZES:
        for letters in (14, 18, 22, 26):
            text.set_text(wrapped(name, letters) + (f"\n{more}" if more else ""))
            text.set_fontsize(size)
            shown = text.get_window_extent().transformed(text.axes.transData.inverted())
            wide, high = shown.width / box.width, shown.height / box.height
            if max(wide, high) <= 0.96 and (not oval or wide**2 + high**2 <= _CORNERS):
                return


def _shape(axes: Any, box: Bbox, words: str, *, oval: bool, size: float) -> Any:
    middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    look: dict[str, Any] = {"edgecolor": BLACK, "linewidth": 0.9, "zorder": 3}
    if oval:
        axes.add_patch(Ellipse(middle, box.width, box.height, facecolor="#eef4f9", **look))
    else:
        axes.add_patch(Rectangle((box.x0, box.y0), box.width, box.height, facecolor="#f7f5ef", **look))
    return axes.text(*middle, words, ha="center", va="center", fontsize=size, zorder=4, linespacing=1.15)


def _leaving(centre: Array, towards: Array, half: tuple[float, float], oval: bool) -> Array:
    """Where the line from a centre leaves its ellipse or box, a little outside."""
    way = towards - centre
    wide, high = half[0] + 0.05, half[1] + 0.05
    if oval:
        return np.asarray(centre + way / np.hypot(way[0] / wide, way[1] / high))
    return np.asarray(centre + way / max(abs(way[0]) / wide, abs(way[1]) / high))


def _straight(
    centre: Mapping[str, Array], half: Mapping[str, tuple[float, float]], arrow: Arrow, latent: Sequence[str]
) -> Line:
    start, end = centre[arrow.source], centre[arrow.target]
    first = _leaving(start, end, half[arrow.source], arrow.source in latent)
    return Line([first, _leaving(end, start, half[arrow.target], arrow.target in latent)])


def _curved(
    centre: Mapping[str, Array],
    half: Mapping[str, tuple[float, float]],
    arrow: Arrow,
    spots: Spots,
    layered: bool,
) -> Line:
    """Of two variables of a column: outside it, the farther apart, the farther out; of two indicators:
    outside theirs; else straight across."""
    pair = (arrow.source, arrow.target)
    one, two = (centre[name] for name in pair)
    if all(name in spots.nodes for name in pair):
        same = abs(one[0] - two[0]) < 0.1
        column = sorted(point[1] for point in spots.nodes.values() if abs(point[0] - one[0]) < 0.1)
        steps = abs(column.index(one[1]) - column.index(two[1])) if same else 0
        outer = np.array([1.0, 0.0])
        far = 0.5 + (0.7 if layered else _PITCH) * steps
    else:
        same = min(abs(one - two)) < 0.1
        item = next(name for name in pair if name in spots.items)
        nearest = min(spots.nodes, key=lambda name: float(np.hypot(*(centre[name] - centre[item]))))
        outer, far = np.array(_OUT[spots.side[nearest]]), 1.1
    if not same:
        return Line([_leaving(one, two, half[pair[0]], False), _leaving(two, one, half[pair[1]], False)])
    start, end = (centre[name] + outer * (np.array(half[name]) + 0.05) for name in pair)
    return Line([start, (start + end) / 2 + 2 * far * outer, end], [Line.MOVETO, Line.CURVE3, Line.CURVE3])


def _drawn(axes: Any, line: Line, arrow: Arrow, *, both: bool = False) -> None:
    head = "head_length=3.6,head_width=1.8"
    axes.add_patch(
        FancyArrowPatch(
            path=line,
            arrowstyle=f"<|-|>,{head}" if both else f"-|>,{head}",
            linewidth=1.1 if arrow.certain else 0.9,
            linestyle="-" if arrow.certain else (0, (4, 2.5)),
            color=(VERMILION if arrow.negative else BLUE) if arrow.certain else GREY,
            shrinkA=0,
            shrinkB=0,
            zorder=2,
        )
    )


def _write(
    axes: Any,
    arrow: Arrow,
    line: Line,
    size: float,
    steps: Sequence[float],
    solid: Sequence[Bbox],
    others: Sequence[Line],
) -> Bbox:
    """The words at the best of the places on the line; their box."""
    label = axes.text(0, 0, arrow.words, ha="center", va="center", fontsize=size, zorder=5, linespacing=1.1)
    label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})
    renderer = axes.figure.canvas.get_renderer()
    extent = label.get_window_extent(renderer).transformed(axes.transData.inverted())
    places = places_on(line, steps, (extent.width / 2 + 0.06, extent.height / 2 + 0.05))
    clash = 10 * shared(places, solid) + 0.05 * np.abs(np.array(steps) - 0.5)
    clash += covered(places, [points_on(other, _SAMPLED) for other in others])
    best = Bbox.from_extents(*places[int(np.argmin(clash))])
    label.set_position(((best.x0 + best.x1) / 2, (best.y0 + best.y1) / 2))
    return best
