"""The structural part of a fitted model as arrows between variables, and its effects found from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.effects import Edge, Path
from umkm_stats.mediation._crossings import Crossing, crossings
from umkm_stats.mediation._effects import Named, held
from umkm_stats.mediation._spec import ARROW, Spec

if TYPE_CHECKING:
    from umkm_stats.sem import Fit

Arrow = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Network:
    """Arrows (source, target) → per group the entry of the coefficient vector and its weight.

    A free arrow is (parameter number, 1); a fixed one is (``constant``, value), an entry of the vector that
    is 1.
    products: product → the two variables it multiplies (the first one's arrow is moderated by the second).
    """

    arrows: Mapping[Arrow, tuple[tuple[int, float], ...]]
    x: tuple[str, ...]
    m: tuple[str, ...]
    y: tuple[str, ...]
    covariates: tuple[str, ...]
    products: Mapping[str, Crossing]
    groups: tuple[str, ...]
    constant: int

    @property
    def moderators(self) -> tuple[str, ...]:
        """The moderating variable of every product."""
        return tuple(dict.fromkeys(entry.second for entry in self.products.values()))

    def edge(self, source: str, target: str, group: int, at: Mapping[str, float]) -> Edge:
        """The arrow in a group, with moderators held at ``at``; without, where it is its own coefficient."""
        out = [self.arrows[(source, target)][group]]
        for product, entry in self.products.items():
            if entry.first == source and (product, target) in self.arrows and entry.second in at:
                index, weight = self.arrows[(product, target)][group]
                if gain := entry.weight(at[entry.second]):
                    out.append((index, weight * gain))
        return tuple(out)

    def moderated(self, source: str, target: str) -> str | None:
        """The product's name when the arrow is moderated."""
        for product, entry in self.products.items():
            if entry.first == source and (product, target) in self.arrows:
                return product
        return None

    def routes(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        """Every directed path from ``source`` to ``target``."""

        def walk(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
            for left, right in self.arrows:
                if left != path[-1] or right in path or left in self.products:
                    continue
                if right == target:
                    yield (*path, right)
                elif right in self.m:
                    yield from walk((*path, right))

        yield from walk((source,))

    def spec(self) -> Spec:
        """Names in the form the summary reads."""
        marks = tuple(
            dict.fromkeys(
                self._kind(entry.first, target)
                for (product, target) in self.arrows
                for name, entry in self.products.items()
                if name == product
            )
        )
        between = tuple(pair for pair in self.arrows if pair[0] in self.m and pair[1] in self.m)
        return Spec(
            self.x, self.m, self.y, self.covariates, self.moderators, marks, False, between, (), False, None
        )

    def _kind(self, source: str, target: str) -> str:
        if source in self.m:
            return "b" if target in self.y else "d"
        return "c" if target in self.y else "a"


def network(
    fit: Fit,
    *,
    x: Sequence[str] = (),
    y: Sequence[str] = (),
    covariates: Sequence[str] = (),
    products: Mapping[str, tuple[str, str]] | None = None,
) -> Network:
    """Read the regressions of ``fit``. Without names: x are the exogenous latent variables (observed ones
    when there
    are none), y the variables that predict nothing, m those between them; other exogenous ones are
    covariates.

    With x and y named, a model of direct paths only is a regression among latent variables.

    Raises ``UsageError`` MED021 (no path x → m → y), MED022 (a name that is not in the structural part),
    and what ``crossings`` raises.
    """
    parameters = len(fit.param_names)
    arrows: dict[Arrow, list[tuple[int, float]]] = {}
    for row in fit.table.rows:
        if row.op == "~":
            entry = (row.free - 1, 1.0) if row.free else (parameters, float(row.value))
            arrows.setdefault((row.rhs, row.lhs), []).append(entry)
    nodes = tuple(dict.fromkeys(name for pair in arrows for name in pair))
    crossed = crossings(fit, nodes, {right for _, right in arrows}, products or {}, x, covariates)
    for name in (*x, *y, *covariates, *crossed, *(entry.first for entry in crossed.values())):
        if name not in nodes:
            raise UsageError("MED022", params={"name": name, "known": list(nodes) or ["–"]})
    targets, sources = {right for _, right in arrows}, {left for left, _ in arrows}
    start = [name for name in nodes if name not in targets and name not in crossed]
    moderators = {entry.second for entry in crossed.values()}
    latent = [name for name in start if name in fit.latent and name not in moderators]
    xs = tuple(x) or tuple(name for name in (latent or start) if name not in (*covariates, *moderators))
    ys = tuple(y) or tuple(name for name in nodes if name not in sources)
    between = tuple(name for name in nodes if name in targets and name in sources and name not in (*xs, *ys))
    rest = tuple(name for name in start if name not in (*xs, *moderators))
    fixed = {pair: tuple(entries) for pair, entries in arrows.items()}
    found = Network(fixed, xs, between, ys, rest, crossed, fit.group_labels, parameters)
    reached = {name for left in xs for right in ys for route in found.routes(left, right) for name in route}
    found = Network(
        fixed,
        xs,
        tuple(name for name in between if name in reached),
        ys,
        rest,
        crossed,
        fit.group_labels,
        parameters,
    )
    routes = [route for left in xs for right in ys for route in found.routes(left, right)]
    named = bool(x) and bool(y)  # a model without a mediator, when both ends are named
    if not any(len(route) > 2 for route in routes) and not (routes and named):
        raise UsageError("MED021", params={"x": list(xs) or ["–"], "y": list(ys) or ["–"]})
    return found


def effects(net: Network, probes: Sequence[Mapping[str, float]] = ()) -> list[tuple[Named, int]]:
    """All effects with the number of their group: arrows, specific and total indirect, direct, total;
    conditional
    ones at ``probes`` and the index where an arrow is moderated; differences between groups at the end."""
    out: list[tuple[Named, int]] = []
    for group, name in enumerate(net.groups):
        suffix = f" [{name}]" if len(net.groups) > 1 else ""
        out += [(entry, group) for entry in _of_group(net, group, suffix, probes)]
    if len(net.groups) > 1:
        out += _differences(net, out)
    return out


def _letters(net: Network, route: Sequence[str]) -> tuple[str, ...]:
    from umkm_stats.mediation._effects import letters

    return letters(net.spec(), route)


def _of_group(net: Network, group: int, suffix: str, probes: Sequence[Mapping[str, float]]) -> list[Named]:
    names = {"a": "a", "b": "b", "d": "d", "c": "direct"}
    arrows: dict[str, list[Named]] = {"a": [], "d": [], "b": [], "direct": []}
    inside = (*net.x, *net.m, *net.y)
    for source, target in net.arrows:
        if source in inside and target in inside and source not in net.products:
            kind = names[net._kind(source, target)]
            product = net.moderated(source, target)
            entry = None if product is None else net.products[product]
            here = {} if entry is None else {entry.second: entry.origin}
            path = ARROW.join((source, target)) + held(here) + suffix
            edge = net.edge(source, target, group, here)
            arrows[kind].append(
                Named(kind, path, (source, target), ((edge,),), here, _letters(net, (source, target)))
            )
    out = [*arrows["a"], *arrows["d"], *arrows["b"], *arrows["direct"]]
    for target in net.y:
        for source in net.x:
            routes = list(net.routes(source, target))
            paths = {route: _path(net, route, group, {}) for route in routes}
            moved = [route for route in routes if any(net.moderated(*pair) for pair in _pairs(route))]
            plain = [route for route in routes if len(route) > 2 and route not in moved]
            for route in plain:
                path = ARROW.join(route) + suffix
                out.append(Named("indirect", path, route, (paths[route],), {}, _letters(net, route)))
            ends = ARROW.join((source, target)) + suffix
            if not moved:
                if len(plain) > 1:
                    together = tuple(paths[route] for route in plain)
                    out.append(Named("total_indirect", ends, (source, target), together))
                if plain and len(routes) > 0:
                    whole = tuple(paths[route] for route in routes)
                    out.append(Named("total", ends, (source, target), whole))
            for at in (*probes,) if moved else ():
                for route in moved:
                    kind = "conditional_indirect" if len(route) > 2 else "conditional_direct"
                    path = ARROW.join(route) + held(at) + suffix
                    out.append(
                        Named(
                            kind,
                            path,
                            route,
                            (_path(net, route, group, at),),
                            dict(at),
                            _letters(net, route),
                        )
                    )
            out += [entry for route in moved if len(route) > 2 for entry in _index(net, route, group, suffix)]
    return out


def _pairs(route: Sequence[str]) -> list[Arrow]:
    return [(route[k], route[k + 1]) for k in range(len(route) - 1)]


def _path(net: Network, route: Sequence[str], group: int, at: Mapping[str, float]) -> Path:
    return tuple(net.edge(left, right, group, at) for left, right in _pairs(route))


def _index(net: Network, route: Sequence[str], group: int, suffix: str) -> list[Named]:
    found = [(k, net.moderated(*pair)) for k, pair in enumerate(_pairs(route))]
    moved = [(k, product) for k, product in found if product is not None]
    if len(moved) != 1:
        return []
    place, product = moved[0]
    path = list(_path(net, route, group, {}))
    index, weight = net.arrows[(product, route[place + 1])][group]
    path[place] = ((index, weight * net.products[product].slope),)
    name = f"{ARROW.join(route)} | {net.products[product].second}{suffix}"
    return [Named("index", name, tuple(route), (tuple(path),), {}, _letters(net, route))]


def _differences(net: Network, found: Sequence[tuple[Named, int]]) -> list[tuple[Named, int]]:
    by_key = {(entry.kind, entry.path.removesuffix(f" [{net.groups[g]}]"), g): entry for entry, g in found}
    out = []
    for (kind, bare, group), first in by_key.items():
        if kind not in ("indirect", "total_indirect", "direct", "total"):
            continue
        for other in range(group + 1, len(net.groups)):
            second = by_key[(kind, bare, other)]
            minus = ((net.constant, -1.0),)
            paths = (*first.paths, *((minus, *path) for path in second.paths))
            name = f"{bare} [{net.groups[group]}] - [{net.groups[other]}]"
            out.append((Named(f"difference_{kind}", name, first.route, paths), group))
    return out
