"""Indices of moderated mediation: by how much an indirect effect changes with its moderators."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from umkm_stats.kernels.mediation.effects import Edge
from umkm_stats.mediation._effects import Named, held, letters
from umkm_stats.mediation._spec import ARROW, Spec


def indices(spec: Spec, probes: Sequence[Mapping[str, float]] = ()) -> list[Named]:
    """Derivatives of every moderated indirect effect that do not depend on the moderator itself.

    ``x -> m -> y | w``: change per unit of w (Hayes 2015), a partial index where another moderator adds to
    it; ``x -> m -> y | w:v``: change of that change per unit of v, the index of moderated moderated
    mediation. Both are "index". Where the change per unit of w depends on v it stands at every probe of v,
    ``x -> m -> y | w | v = 2``, the "conditional_index" (Hayes 2018). A moderator of two arrows of one path
    has no index: the effect is no straight line in it.
    """
    out: dict[tuple[str, str], Named] = {}
    for target in spec.y:
        for source in spec.x:
            for route in spec.routes(source, target):
                for entry in _of_route(spec, route, probes):
                    out.setdefault((entry.kind, entry.path), entry)
    return list(out.values())


def _of_route(spec: Spec, route: Sequence[str], probes: Sequence[Mapping[str, float]]) -> list[Named]:
    pairs = list(itertools.pairwise(route))
    own = [spec.touching(*pair) for pair in pairs]
    straight = [name for name in spec.touching(*route) if sum(name in found for found in own) == 1]
    out = []
    for size in (1, 2):
        for moved in itertools.combinations(straight, size):
            rest = _rest(spec, pairs, own, moved)
            if rest is None:
                continue
            name = f"{ARROW.join(route)} | {':'.join(moved)}"
            kind = "conditional_index" if rest else "index"
            for at in (*probes,) if rest else ({},):
                here = {one: at[one] for one in rest}
                path = tuple(
                    _edge(spec, pair, tuple(one for one in moved if one in found), here)
                    for pair, found in zip(pairs, own, strict=True)
                )
                out.append(Named(kind, name + held(here), tuple(route), (path,), here, letters(spec, route)))
    return out


def _rest(
    spec: Spec, pairs: Sequence[tuple[str, str]], own: Sequence[Sequence[str]], moved: Sequence[str]
) -> tuple[str, ...] | None:
    """The moderators on which the derivative by ``moved`` depends; None where it is 0."""
    found: set[str] = set()
    for pair, touching in zip(pairs, own, strict=True):
        here = {name for name in moved if name in touching}
        products = [set(one) for one in spec.moderation.get(pair, ()) if here <= set(one)]
        if here and not products:
            return None
        found |= {name for one in products for name in one - here}
    return tuple(name for name in spec.probed if name in found)


def _edge(spec: Spec, pair: tuple[str, str], moved: tuple[str, ...], at: Mapping[str, float]) -> Edge:
    """The arrow's derivative by ``moved``, the other moderators held at ``at``."""
    source, target = pair
    if not moved:
        return spec.edge(source, target, at)
    role = "outcome" if target in spec.y else "mediator"
    out = []
    for product in spec.moderation[pair]:
        if set(moved) <= set(product):
            weight = 1.0
            for name in product:
                if name not in moved:
                    centre = spec.centres.get(name, 0.0)
                    weight *= at.get(name, centre) - centre
            if weight != 0.0:
                out.append((spec.place[(target, role, (source, *product))], weight))
    return tuple(out)
