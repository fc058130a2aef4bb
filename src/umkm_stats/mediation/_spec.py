"""The regressions of a mediation model and the paths through them, by name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.effects import Edge, Path
from umkm_stats.options import one_of

Term = tuple[str, ...]  # ("x",) or a product such as ("x", "w")
MODERATES = ("a", "b", "c", "d")
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
    coefficients."""

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
                    weight *= (at or {}).get(name, 0.0)
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


def _process(
    kind: str, stages: list[tuple[str, ...]], moderates: Sequence[str], moderators: Sequence[str], three: bool
) -> str | None:
    """The model's number in PROCESS, where it has one."""
    marks = "".join(sorted(moderates))
    if not moderators:
        if kind == "serial" and len(stages) > 1:
            return "6"
        if kind == "mixed" and len(stages) == 2:
            return {(False, True): "80", (True, False): "81"}.get((len(stages[0]) == 1, len(stages[1]) == 1))
        if kind == "chains":
            return "82"
        return "4" if stages and kind in ("parallel", "serial") else None
    if kind != "parallel" and len(stages) > 1:
        return None
    if len(moderators) == 1:
        table = {"a": "7", "b": "14", "c": "5", "ac": "8", "bc": "15", "ab": "58", "abc": "59"}
        return table.get(marks) if stages else {"c": "1"}.get(marks)
    if three:
        return {"a": "11", "ac": "12", "b": "18", "bc": "19"}.get(marks) if stages else "3"
    return {"a": "9", "b": "16", "ac": "10", "bc": "17"}.get(marks) if stages else "2"


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
) -> Spec:
    """The model; raises ``UsageError`` MED003, MED011–MED014, MED432, MED433 when names do not make one."""
    xs, ys, ws, cs = names(x), names(y), names(moderator), names(covariates)
    stages = _stages(m)
    ms = tuple(name for stage in stages for name in stage)
    roles = [("x", xs), ("m", ms), ("y", ys), ("moderator", ws), ("covariates", cs)]
    seen: dict[str, str] = {}
    for role, group in roles:
        for name in group:
            if name in seen:
                raise UsageError("MED003", params={"name": name, "first": seen[name], "second": role})
            seen[name] = role
    if not xs or not ys or (not ms and not ws):
        raise UsageError("MED011", params={})
    asked = tuple({"c'": "c", "direct": "c"}.get(mark, mark) for mark in names(moderates))
    for mark in asked:
        one_of("moderates", mark, MODERATES)
    if asked and not ws:
        raise UsageError("MED432", params={"arrows": list(asked)})
    marks = asked or (("a",) if ms else ("c",))
    if len(ws) > 2 or (three_way and len(ws) != 2):
        raise UsageError("MED012", params={"given": len(ws)})
    arrows, saturated, kind = _arrows(m, structure)
    absent = [mark for mark in marks if (mark == "d" and not arrows) or (mark in "ab" and not ms)]
    if ws and absent:
        there = [mark for mark in MODERATES if mark == "c" or (ms and (mark != "d" or arrows))]
        raise UsageError("MED433", params={"arrows": absent, "there": there})
    marks = tuple(mark for mark in MODERATES if mark in marks) if ws else ()

    def spread(source: str, letter: str) -> list[Term]:
        own: list[Term] = [(source,)]
        if letter in marks:
            own += [(source, w) for w in ws]
            if three_way:
                own.append((source, *ws))
        return own

    def terms(sources: Sequence[tuple[str, str]]) -> tuple[Term, ...]:
        found: list[Term] = []
        touched = any(letter in marks for _, letter in sources)
        for source, letter in sources:
            found += spread(source, letter)
        if touched:
            found += [(w,) for w in ws]
            if three_way:
                found.append(ws)
        found += [(name,) for name in cs]
        return tuple(dict.fromkeys(found))

    equations = []
    for name in ms:
        sources = [(entry, "a") for entry in xs] + [(left, "d") for left, right in arrows if right == name]
        equations.append(Equation(name, terms(sources), "mediator"))
    for name in ys:
        equations.append(
            Equation(name, terms([(entry, "c") for entry in xs] + [(entry, "b") for entry in ms]), "outcome")
        )
    if not ws:
        equations += [Equation(name, tuple((entry,) for entry in (*xs, *cs)), "total") for name in ys]
    place: dict[tuple[str, str, Term], int] = {}
    for entry in equations:
        for term in entry.terms:
            place[(entry.outcome, entry.role, term)] = len(place)
    if kind == "drawn" and _two_chains(ms, arrows):
        kind = "chains"
    number = _process(kind, stages, marks, ws, three_way) if len(xs) == 1 and len(ys) == 1 else None
    return Spec(xs, ms, ys, cs, ws, marks, three_way, arrows, tuple(equations), saturated, number, place)
