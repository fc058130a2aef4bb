"""Where the boxes of a path diagram stand: layers by the longest path, bends for arrows that skip a layer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """``nodes``: name → (layer, height); ``bends``: edge → points between its ends; ``depth``: number of
    layers."""

    nodes: dict[str, tuple[float, float]]
    bends: dict[Edge, tuple[tuple[float, float], ...]]
    depth: int
    height: float


def layered(names: Sequence[str], edges: Sequence[Edge]) -> Layout:
    """Sugiyama's method for a handful of boxes: every order of a layer is tried, the fewest crossings win.

    Raises ``ValueError`` when the arrows form a circle.
    """
    layer = _layers(names, edges)
    depth = max(layer.values(), default=0) + 1
    columns: list[list[str]] = [[name for name in names if layer[name] == level] for level in range(depth)]
    segments: list[list[Edge]] = [[] for _ in range(max(depth - 1, 1))]
    chains: dict[Edge, list[str]] = {}
    for source, target in edges:
        chain = [source]
        for level in range(layer[source] + 1, layer[target]):
            bend = f"\0{source}\0{target}\0{level}"
            columns[level].append(bend)
            chain.append(bend)
        chain.append(target)
        chains[(source, target)] = chain
        for level, pair in zip(range(layer[source], layer[target]), itertools.pairwise(chain), strict=True):
            segments[level].append(pair)
    for _ in range(4):
        for level in [*range(1, depth), *range(depth - 2, -1, -1)]:
            columns[level] = _best_order(level, columns, segments)
    tallest = max((len(column) for column in columns), default=1)
    spots: dict[str, tuple[float, float]] = {}
    for level, column in enumerate(columns):
        step = tallest / len(column) if column else 1.0
        for place, name in enumerate(column):
            spots[name] = (float(level), tallest - (place + 0.5) * step)
    return Layout(
        {name: spots[name] for name in names},
        {edge: tuple(spots[name] for name in chain[1:-1]) for edge, chain in chains.items()},
        depth,
        float(tallest),
    )


def forward(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that would close a circle, each once, in their order."""
    kept: list[Edge] = []
    for source, target in dict.fromkeys(edges):
        reached, rest = {target}, [target]
        while rest:
            here = rest.pop()
            for first, second in kept:
                if first == here and second not in reached:
                    reached.add(second)
                    rest.append(second)
        if source not in reached and {source, target} <= set(names):
            kept.append((source, target))
    return kept


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    layer = dict.fromkeys(names, 0)
    for turn in range(len(names) + 1):
        moved = False
        for source, target in edges:
            if layer[target] < layer[source] + 1:
                layer[target] = layer[source] + 1
                moved = True
        if not moved:
            break
        if turn == len(names):
            raise ValueError("the arrows form a circle")
    sources = {target for _, target in edges}
    for name in names:  # a box without arrows into it stands just before its first target
        if name not in sources:
            targets = [layer[target] for source, target in edges if source == name]
            if targets:
                layer[name] = min(targets) - 1
    return layer


def _best_order(level: int, columns: list[list[str]], segments: list[list[Edge]]) -> list[str]:
    def crossings(order: Sequence[str]) -> tuple[float, float]:
        total = length = 0.0
        for side, other in ((level - 1, level - 1), (level, level + 1)):
            if not (0 <= side < len(segments)) or not 0 <= other < len(columns):
                continue
            here = {name: (place + 0.5) / len(order) for place, name in enumerate(order)}
            there = {name: (place + 0.5) / len(columns[other]) for place, name in enumerate(columns[other])}
            pairs = [(here[a], there[b]) if a in here else (here[b], there[a]) for a, b in segments[side]]
            for (a, b), (c, d) in itertools.combinations(pairs, 2):
                total += (a - c) * (b - d) < 0
            length += sum(abs(a - b) for a, b in pairs)
        return total, length + 1e-3 * sum(
            place for place, name in enumerate(order) if not name.startswith("\0")
        )

    column = columns[level]
    if len(column) <= 6:
        return list(min(itertools.permutations(column), key=lambda order: crossings(tuple(order))))
    best = list(column)
    improved = True
    while improved:
        improved = False
        for place in range(len(best) - 1):
            trial = best[:]
            trial[place], trial[place + 1] = trial[place + 1], trial[place]
            if crossings(trial) < crossings(best):
                best, improved = trial, True
    return best
