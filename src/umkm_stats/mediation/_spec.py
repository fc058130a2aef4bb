"""The regressions of a mediation model and the paths through them, by name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.effects import Edge, Path
from umkm_stats.mediation._chosen import read_covariates
from umkm_stats.mediation._moderating import Product, read_moderates, with_interaction
from umkm_stats.mediation._templates import number
from umkm_stats.options import one_of

Term = tuple[str, ...]  # ("x",) or a product such as ("x", "w")
ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Equation:
    """``outcome`` on an intercept and ``terms``; role is "mediator", "outcome" or "total"."""

    outcome: str
    terms: tuple[Term, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Spec:
    """Names of everything, the arrows between mediators, and the equations in the order of the
    coefficients.

    moderation: (source, target) → the products of moderators that multiply the source. centres: what was
    taken off a variable before it entered a product; nothing where a name is missing.
    """

    x: tuple[str, ...]
    m: tuple[str, ...]
    y: tuple[str, ...]
    covariates: tuple[str, ...]
    moderators: tuple[str, ...]
    moderates: tuple[str, ...]
    three_way: bool
    arrows: tuple[tuple[str, str], ...]
    equations: tuple[Equation, ...]
    saturated: bool
    process: str | None
    place: Mapping[tuple[str, str, Term], int] = field(default_factory=dict)
    moderation: Mapping[tuple[str, str], tuple[Product, ...]] = field(default_factory=dict)
    centres: Mapping[str, float] = field(default_factory=dict)

    @property
    def probed(self) -> tuple[str, ...]:
        """Variables at whose values conditional effects stand: the moderators, and x where it moderates."""
        inside = (name for found in self.moderation.values() for one in found for name in one)
        return tuple(dict.fromkeys((*self.moderators, *inside)))

    @property
    def multiplied(self) -> tuple[str, ...]:
        """Every variable that enters a product."""
        return tuple(
            dict.fromkeys(name for e in self.equations for term in e.terms if len(term) > 1 for name in term)
        )

    @property
    def everywhere(self) -> bool:
        """Whether every covariate is in every equation."""
        return all((name,) in entry.terms for entry in self.equations for name in self.covariates)

    @property
    def levels(self) -> tuple[str, ...]:
        """The mediators where x changes an arrow out of one: natural effects need to know where they stand,
        so their levels follow the slopes in the vector of coefficients."""
        crossed = {name for found in self.moderation.values() for one in found for name in one}
        return self.m if crossed & set(self.x) else ()

    def place_of_level(self, name: str) -> int:
        """Number of a mediator's level among the coefficients."""
        return len(self.place) + self.m.index(name)

    def touching(self, *route: str) -> tuple[str, ...]:
        """What moderates an arrow of a route, in the order of ``probed``."""
        found = {
            name
            for pair in itertools.pairwise(route)
            for one in self.moderation.get(pair, ())
            for name in one
        }
        return tuple(name for name in self.probed if name in found)

    def origin(self, wanted: Sequence[str]) -> dict[str, float]:
        """The values of variables at which their products are 0."""
        return {name: self.centres.get(name, 0.0) for name in wanted}

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable once, in the order x, m, y, moderators, covariates."""
        return tuple(dict.fromkeys((*self.x, *self.m, *self.y, *self.moderators, *self.covariates)))

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every column of the analysis once: the variables, then the products."""
        single = [(name,) for name in self.names]
        products = [term for entry in self.equations for term in entry.terms if len(term) > 1]
        return tuple(dict.fromkeys([*single, *products]))

    def kind(self, source: str, target: str) -> str:
        """The letter of an arrow: a into a mediator, d between mediators, b out of one, c the direct path."""
        if source in self.m:
            return "b" if target in self.y else "d"
        return "c" if target in self.y else "a"

    def edge(self, source: str, target: str, at: Mapping[str, float] | None = None) -> Edge:
        """The arrow as a weighted sum of coefficients, with moderators held at ``at``."""
        role = "outcome" if target in self.y else "mediator"
        out: list[tuple[int, float]] = []
        for (outcome, part, term), index in self.place.items():
            if outcome == target and part == role and term[0] == source:
                weight = 1.0
                for name in term[1:]:
                    centre = self.centres.get(name, 0.0)
                    weight *= (at or {}).get(name, centre) - centre
                if weight != 0.0:
                    out.append((index, weight))
        return tuple(out)

    def routes(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        """Every path from a predictor to an outcome through at least one mediator."""

        def walk(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
            here = path[-1]
            if here in self.m:
                yield (*path, target)
            for name in self.m:
                if (here, name) in self.arrows or here == source:
                    yield from walk((*path, name))

        yield from walk((source,))

    def path(self, route: Sequence[str], at: Mapping[str, float] | None = None) -> Path:
        """The edges of a route."""
        return tuple(self.edge(left, right, at) for left, right in itertools.pairwise(route))


def names(value: Any) -> tuple[str, ...]:
    """One name or several as a tuple; names are strings."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(str(entry) for entry in value)


def _stages(m: Any) -> list[tuple[str, ...]]:
    return [names(entry) for entry in ((m,) if isinstance(m, str) else (m or ()))]


def _arrows(m: Any, structure: Any) -> tuple[tuple[tuple[str, str], ...], bool, str]:
    """Arrows between mediators, whether y's total effect is the sum of all paths, and the kind of
    structure."""
    stages = _stages(m)
    flat = [name for stage in stages for name in stage]
    if isinstance(structure, str):
        one_of("structure", structure, ("parallel", "serial"))
        if structure == "parallel":
            return (), True, "parallel"
        found = tuple(
            (left, right)
            for number, stage in enumerate(stages)
            for left in stage
            for later in stages[number + 1 :]
            for right in later
        )
        kind = "serial" if all(len(stage) == 1 for stage in stages) else "mixed"
        return found, True, kind
    found = tuple((str(left), str(right)) for left, right in structure)
    unknown = [name for pair in found for name in pair if name not in flat]
    if unknown:
        raise UsageError("MED013", params={"names": sorted(set(unknown)), "mediators": flat})
    order: dict[str, int] = {}
    for _ in range(len(flat)):
        for name in flat:
            before = [left for left, right in found if right == name]
            if name not in order and all(entry in order for entry in before):
                order[name] = len(order)
    if len(order) < len(flat):
        raise UsageError("MED014", params={"names": [name for name in flat if name not in order]})
    return found, False, "drawn"


def _two_chains(mediators: Sequence[str], arrows: Sequence[tuple[str, str]]) -> bool:
    return (
        len(mediators) == 4
        and len(arrows) == 2
        and {name for pair in arrows for name in pair} == set(mediators)
    )


def build(
    *,
    x: Any,
    m: Any,
    y: Any,
    structure: Any = "parallel",
    covariates: Any = (),
    moderator: Any = None,
    moderates: Any = None,
    three_way: bool = False,
    interaction: bool = False,
) -> Spec:
    """The model; raises ``UsageError`` MED003, MED011, MED013, MED014 when names do not make one, and what
    ``moderates`` and ``covariates`` raise."""
    xs, ys, ws = names(x), names(y), names(moderator)
    stages = _stages(m)
    ms = tuple(name for stage in stages for name in stage)
    chosen = read_covariates(covariates, (*ms, *ys))
    _once([("x", xs), ("m", ms), ("y", ys), ("moderator", ws)], chosen.names, chosen.everywhere)
    if not xs or not ys or (not ms and not ws and not isinstance(moderates, Mapping)):
        raise UsageError("MED011", params={})
    arrows, saturated, kind = _arrows(m, structure)
    letters = {
        **{(source, target): "a" for target in ms for source in xs},
        **dict.fromkeys(arrows, "d"),
        **{(source, target): "b" for target in ys for source in ms},
        **{(source, target): "c" for target in ys for source in xs},
    }
    if interaction:
        moderates = with_interaction(moderates, ws, xs, ms)
    found = read_moderates(moderates, ws, letters, x=xs, inside=(*xs, *ms, *ys), three_way=three_way)
    ws, moved = found.moderators, found.products
    _once([("moderator", ws)], chosen.names, chosen.everywhere)

    def terms(target: str, sources: Sequence[str]) -> tuple[Term, ...]:
        out: list[Term] = []
        for source in sources:
            out += [(source,), *((source, *one) for one in moved.get((source, target), ()))]
        own = {one for source in sources for one in moved.get((source, target), ())}
        out += [(w,) for w in ws if any(w in one for one in own)]
        out += sorted(one for one in own if len(one) > 1)
        return tuple(dict.fromkeys([*out, *((name,) for name in chosen.of[target])]))

    equations = [
        Equation(name, terms(name, (*xs, *(left for left, right in arrows if right == name))), "mediator")
        for name in ms
    ]
    equations += [Equation(name, terms(name, (*xs, *ms)), "outcome") for name in ys]
    if not moved and chosen.everywhere:
        equations += [Equation(name, tuple((one,) for one in (*xs, *chosen.names)), "total") for name in ys]
    place: dict[tuple[str, str, Term], int] = {}
    for entry in equations:
        for term in entry.terms:
            place[(entry.outcome, entry.role, term)] = len(place)
    if kind == "drawn" and _two_chains(ms, arrows):
        kind = "chains"
    process = number(kind, stages, letters, moved, x=xs[0]) if len(xs) == 1 and len(ys) == 1 else None
    return Spec(
        xs,
        ms,
        ys,
        chosen.names,
        ws,
        found.letters,
        any(len(one) > 1 for products in moved.values() for one in products),
        arrows,
        tuple(equations),
        saturated and chosen.everywhere,
        process,
        place,
        moved,
    )


def _once(roles: Sequence[tuple[str, Sequence[str]]], covariates: Sequence[str], everywhere: bool) -> None:
    """Every name has one role; a covariate of chosen equations may moderate others. Raises MED003."""
    seen: dict[str, str] = {}
    for role, group in (*roles, ("covariates", covariates)):
        for name in group:
            both = {seen.get(name), role} == {"moderator", "covariates"} and not everywhere
            if name in seen and not both:
                raise UsageError("MED003", params={"name": name, "first": seen[name], "second": role})
            seen[name] = role
