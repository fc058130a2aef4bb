"""Which effects a model has, found from its paths: a, b, d, direct, specific and total indirect, total, and,
with moderators, conditional effects and indices of moderated mediation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from umkm_stats.kernels.mediation.effects import Edge, Effect, Path
from umkm_stats.mediation._spec import ARROW, Spec


@dataclass(frozen=True, slots=True)
class Named:
    """An effect with its name in the output.

    kind: the ``effect`` column; path: the ``path`` column; route: the variables on it; x, y: its ends;
    paths: what the kernel computes; at: moderator values; letters: the arrows' names, for the formula.
    """

    kind: str
    path: str
    route: tuple[str, ...]
    paths: tuple[Path, ...]
    at: Mapping[str, float] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the effect's column in the frame of draws."""
        return f"{self.kind}: {self.path}"

    @property
    def bare(self) -> Effect:
        """For the kernel, in raw units."""
        return Effect(self.paths)


def held(at: Mapping[str, float]) -> str:
    """`` | w = 2.5`` for moderator values, empty without."""
    return " | " + ", ".join(f"{name} = {value:.6g}" for name, value in at.items()) if at else ""


def letters(spec: Spec, route: Sequence[str]) -> tuple[str, ...]:
    """The names of a route's arrows: a, d, b with numbers where there is more than one mediator."""
    number = {name: str(place) for place, name in enumerate(spec.m, 1)} if len(spec.m) > 1 else {}
    out = []
    for left, right in itertools.pairwise(route):
        kind = spec.kind(left, right)
        if kind == "a":
            out.append(f"a{number.get(right, '')}")
        elif kind == "d":
            out.append(f"d{number.get(right, '')}{number.get(left, '')}")
        elif kind == "b":
            out.append(f"b{number.get(left, '')}")
        else:
            out.append("c'")
    return tuple(out)


def single(spec: Spec) -> list[Named]:
    """The arrows a, d, b and direct (moderated ones at moderator 0), and the OLS total."""
    out = []
    for target in spec.m:
        out += [_arrow(spec, "a", source, target) for source in spec.x]
    out += [_arrow(spec, "d", left, right) for left, right in spec.arrows]
    for target in spec.y:
        out += [_arrow(spec, "b", source, target) for source in spec.m]
    for target in spec.y:
        out += [_arrow(spec, "direct", source, target) for source in spec.x]
    return out


def _arrow(spec: Spec, kind: str, source: str, target: str) -> Named:
    crossed = [
        term[0]
        for outcome, _, term in spec.place
        if outcome == target and source in term[1:] and term[0] in spec.m
    ]
    at = spec.origin((*spec.touching(source, target), *crossed))
    path = ARROW.join((source, target)) + held(at)
    return Named(
        kind, path, (source, target), ((spec.edge(source, target, at),),), at, letters(spec, (source, target))
    )


def totals(spec: Spec) -> list[Named]:
    """Total effects: the regression of y on x and covariates where the model allows it, else the sum of all
    paths."""
    out = []
    for target in spec.y:
        for source in spec.x:
            if spec.moderation:
                continue
            if spec.saturated:
                edge: Edge = ((spec.place[(target, "total", (source,))], 1.0),)
                paths: tuple[Path, ...] = ((edge,),)
            else:
                paths = (
                    *(spec.path(route) for route in spec.routes(source, target)),
                    (spec.edge(source, target),),
                )
            out.append(Named("total", ARROW.join((source, target)), (source, target), paths, {}, ("c",)))
    return out


def indirect(spec: Spec, probes: Sequence[Mapping[str, float]] = ()) -> list[Named]:
    """Specific indirect effects and, with several paths, their sum; conditional ones at every probe of what
    moderates their path."""
    out: list[Named] = []
    for target in spec.y:
        for source in spec.x:
            routes = list(spec.routes(source, target))
            plain = [_through(spec, route, {}) for route in routes if not spec.touching(*route)]
            out += plain
            if len(plain) > 1 and len(plain) == len(routes):
                total = tuple(path for entry in plain for path in entry.paths)
                out.append(Named("total_indirect", ARROW.join((source, target)), (source, target), total))
            found = [
                _through(spec, route, {name: at[name] for name in spec.touching(*route)})
                for at in probes
                for route in routes
                if spec.touching(*route)
            ]
            out += {(entry.route, *entry.at.items()): entry for entry in found}.values()
    return out


def _through(spec: Spec, route: Sequence[str], at: Mapping[str, float]) -> Named:
    kind = "conditional_indirect" if at else "indirect"
    path = ARROW.join(route) + held(at)
    return Named(kind, path, tuple(route), (spec.path(route, at),), at, letters(spec, route))


def conditional_direct(spec: Spec, probes: Sequence[Mapping[str, float]]) -> list[Named]:
    """The direct effect at every probe where c′ is moderated."""
    found = []
    for target in spec.y:
        for source in spec.x:
            moved = spec.touching(source, target)
            for at in probes if moved else ():
                here = {name: at[name] for name in moved}
                path = ARROW.join((source, target)) + held(here)
                edge = spec.edge(source, target, here)
                found.append(Named("conditional_direct", path, (source, target), ((edge,),), here, ("c'",)))
    return list({(entry.route, *entry.at.items()): entry for entry in found}.values())
