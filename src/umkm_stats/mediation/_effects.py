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
    letter = {"a": "a", "d": "d", "b": "b", "direct": "c"}[kind]
    at = dict.fromkeys(spec.moderators, 0.0) if letter in spec.moderates else {}
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
            if spec.moderators:
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


def _routes(spec: Spec, source: str, target: str, at: Mapping[str, float]) -> list[Named]:
    found = []
    for route in spec.routes(source, target):
        here = {**at} if _touched(spec, route) else {}
        kind = "conditional_indirect" if here else "indirect"
        found.append(
            Named(
                kind,
                ARROW.join(route) + held(here),
                route,
                (spec.path(route, here),),
                here,
                letters(spec, route),
            )
        )
    return found


def _touched(spec: Spec, route: Sequence[str]) -> bool:
    return any(spec.kind(left, right) in spec.moderates for left, right in itertools.pairwise(route))


def indirect(spec: Spec, probes: Sequence[Mapping[str, float]] = ()) -> list[Named]:
    """Specific indirect effects and, with several paths, their sum; conditional ones at every probe."""
    out: list[Named] = []
    for target in spec.y:
        for source in spec.x:
            routes = _routes(spec, source, target, {})
            plain = [entry for entry in routes if not _touched(spec, entry.route)]
            moderated = [route.route for route in routes if _touched(spec, route.route)]
            out += plain
            if len(plain) > 1 and not moderated:
                total = tuple(path for entry in plain for path in entry.paths)
                out.append(Named("total_indirect", ARROW.join((source, target)), (source, target), total))
            for at in probes if moderated else ():
                found = [entry for entry in _routes(spec, source, target, at) if entry.at]
                out += found
    return out


def conditional_direct(spec: Spec, probes: Sequence[Mapping[str, float]]) -> list[Named]:
    """The direct effect at every probe when c′ is moderated."""
    if "c" not in spec.moderates:
        return []
    return [
        Named(
            "conditional_direct",
            ARROW.join((source, target)) + held(at),
            (source, target),
            ((spec.edge(source, target, at),),),
            dict(at),
            ("c'",),
        )
        for target in spec.y
        for source in spec.x
        for at in probes
    ]


def indices(spec: Spec) -> list[Named]:
    """Index of moderated mediation of every path with exactly one moderated arrow: how much the indirect
    effect
    changes per unit of the moderator (Hayes 2015); with a three-way product, of moderated moderated
    mediation."""
    out = []
    for target in spec.y:
        for source in spec.x:
            for route in spec.routes(source, target):
                pairs = list(itertools.pairwise(route))
                moved = [k for k, pair in enumerate(pairs) if spec.kind(*pair) in spec.moderates]
                if len(moved) != 1:
                    continue
                left, right = pairs[moved[0]]
                role = "outcome" if right in spec.y else "mediator"
                products = (
                    [(left, *spec.moderators)]
                    if spec.three_way
                    else [(left, name) for name in spec.moderators]
                )
                for term in products:
                    path = list(spec.path(route, dict.fromkeys(spec.moderators, 0.0)))
                    path[moved[0]] = ((spec.place[(right, role, term)], 1.0),)
                    name = ARROW.join(route) + " | " + ":".join(term[1:])
                    out.append(Named("index", name, route, (tuple(path),), {}, letters(spec, route)))
    return out
