"""Where the parts of a model with latent variables stand, in centimetres: variables in layers, the indicators
of each beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from umkm_stats.figures._layout import Edge, forward, layered

Point = tuple[float, float]
ROW, ACROSS = 0.64, 1.5  # from one indicator to the next: in a column, in a row
NODE_WIDE, NODE_HIGH, BOX_HIGH = 2.6, 1.3, 0.46
REACH = 2.5  # from a variable to the column of its indicators
ABOVE = 1.75  # from a variable to the row of its indicators
BETWEEN = 2.9  # from one layer to the next, for the words on the arrows
MARGIN, SHORTEST = 0.35, 1.75


@dataclass(frozen=True, slots=True)
class Spots:
    """Centres of ``nodes`` and ``items``; ``side``: where the indicators of a variable stand ("left",
    "right", "above", "below"); ``bends``: points an arrow passes; ``width`` and ``height`` of the whole."""

    nodes: dict[str, Point]
    items: dict[str, Point]
    side: dict[str, str]
    bends: dict[Edge, tuple[Point, ...]]
    width: float
    height: float


def owners(loadings: Sequence[Edge]) -> dict[str, list[str]]:
    """Variable → the indicators that stand beside it; one that loads on several belongs to the variable with
    the fewest."""
    counts: dict[str, int] = {}
    for factor, _ in loadings:
        counts[factor] = counts.get(factor, 0) + 1
    own: dict[str, list[str]] = {factor: [] for factor in counts}
    for item in dict.fromkeys(item for _, item in loadings):
        asked = [factor for factor, other in loadings if other == item]
        own[min(asked, key=lambda factor: counts[factor])].append(item)
    return own


def placed(
    nodes: Sequence[str], edges: Sequence[Edge], loadings: Sequence[Edge], box_wide: float, spare: float
) -> Spots:
    """The places. box_wide: of an indicator's box; spare: room outside for curved arrows."""
    own = owners(loadings)
    if not edges:
        return _measured(nodes, own, box_wide, spare)
    return _layers(nodes, edges, own, box_wide, spare)


def _measured(nodes: Sequence[str], own: Mapping[str, list[str]], box_wide: float, spare: float) -> Spots:
    """No arrow between the variables: indicators in one column, variables right of it; a variable all of
    whose indicators stand with others goes to the left."""
    general = [name for name in nodes if name in own and not own[name]]
    column = [name for name in nodes if name not in general]
    heights = [max(ROW * len(own.get(name, ())), SHORTEST) for name in column]
    height = sum(heights) + 0.35 * (len(column) - 1) + 2 * MARGIN
    left = MARGIN + ((NODE_WIDE + REACH) if general else spare * 0.5)
    items_at = left + box_wide / 2
    column_at = left + box_wide + REACH + NODE_WIDE / 2
    spots, items, top = {}, {}, height - MARGIN
    for name, high in zip(column, heights, strict=True):
        centre = top - high / 2
        spots[name] = (column_at, centre)
        items.update(_stack(own.get(name, ()), items_at, centre))
        top -= high + 0.35
    for place, name in enumerate(general):
        spots[name] = (MARGIN + NODE_WIDE / 2, height - height * (place + 0.5) / len(general))
    side = {name: "right" if name in general else "left" for name in nodes}
    return Spots(spots, items, side, {}, column_at + NODE_WIDE / 2 + spare + MARGIN, height)


def _stack(items: Sequence[str], x: float, centre: float) -> dict[str, Point]:
    first = centre + ROW * (len(items) - 1) / 2
    return {item: (x, first - ROW * place) for place, item in enumerate(items)}


def _layers(
    nodes: Sequence[str],
    edges: Sequence[Edge],
    own: Mapping[str, list[str]],
    box_wide: float,
    spare: float,
) -> Spots:
    """Arrows between the variables: layers from left to right; indicators outside the first and the last
    layer, above or below the variables between them."""
    found = layered(nodes, forward(nodes, edges))
    last = found.depth - 1
    columns: list[list[tuple[float, str | None, Edge | None]]] = [[] for _ in range(found.depth)]
    for name, (level, high) in found.nodes.items():
        columns[round(level)].append((high, name, None))
    for edge, points in found.bends.items():
        for level, high in points:
            columns[round(level)].append((high, None, edge))
    for column in columns:
        column.sort(key=lambda entry: -entry[0])
    side, slots = {}, []
    for level, column in enumerate(columns):
        sizes = []
        for place, (_, node, _) in enumerate(column):
            if node is None:
                sizes.append(1.5)
                continue
            count = len(own.get(node, ()))
            lowest = place == len(column) - 1 and place > 0
            side[node] = (
                "left" if level == 0 else "right" if level == last else "below" if lowest else "above"
            )
            beside = level in (0, last)
            sizes.append(
                max(ROW * count + 0.35, SHORTEST + 0.35) if beside else SHORTEST + (ABOVE if count else 0.0)
            )
        slots.append(sizes)
    height = max(sum(sizes) for sizes in slots) + 2 * MARGIN
    wide = [
        max(
            [NODE_WIDE]
            + [ACROSS * len(own.get(name, ())) for _, name, _ in column if name and 0 < level < last]
        )
        for level, column in enumerate(columns)
    ]
    outer = [
        (box_wide + REACH + spare) if any(own.get(name or "") for _, name, _ in columns[level]) else 0.0
        for level in (0, last)
    ]
    spots: dict[str, Point] = {}
    items: dict[str, Point] = {}
    bends: dict[Edge, tuple[Point, ...]] = {}
    start = MARGIN + outer[0]
    for level, (column, sizes) in enumerate(zip(columns, slots, strict=True)):
        x = start + wide[level] / 2
        stretch = (height - 2 * MARGIN) / sum(sizes)
        top = height - MARGIN
        for (_, node, bent), size in zip(column, sizes, strict=True):
            centre = top - size * stretch / 2
            top -= size * stretch
            if node is None:
                assert bent is not None
                bends[bent] = (*bends.get(bent, ()), (x, centre))
                continue
            mine = own.get(node, ())
            if side[node] in ("left", "right"):
                away = NODE_WIDE / 2 + REACH + box_wide / 2
                items.update(_stack(mine, x - away if side[node] == "left" else x + away, centre))
            elif mine:
                shift = -ABOVE / 2 if side[node] == "above" else ABOVE / 2
                centre += shift
                first = x - ACROSS * (len(mine) - 1) / 2
                row = centre - 2 * shift
                items.update({item: (first + ACROSS * k, row) for k, item in enumerate(mine)})
            spots[node] = (x, centre)
        start += wide[level] + (BETWEEN if level < last else 0.0)
    return Spots(spots, items, side, bends, start + outer[1] + MARGIN, height)
