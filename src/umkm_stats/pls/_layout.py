"""Which numbers of a model are drawn, under which names, and how they are read from estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.estimate import Estimates, main_rows
from umkm_stats.kernels.pls.statistics import along, htmt, routes, total_effects
from umkm_stats.pls._compile import Compiled

Floats = NDArray[np.float64]
What = Literal["paths", "loadings", "weights", "indirect", "total", "htmt", "r2", "f2"]
Reader = Callable[[Estimates], Floats]


@dataclass(frozen=True, slots=True)
class Entry:
    """One number: kind (an entry of What), name (a column of ``estimates``), lhs and rhs, way of constructs
    for an effect."""

    kind: str
    name: str
    lhs: str
    rhs: str
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """entries (K,) and ``read``: their values (K, B) in estimates."""

    entries: tuple[Entry, ...]
    read: Reader


def path_names(compiled: Compiled) -> list[tuple[str, str]]:
    """(target, predictor) of every path; a product is ``A:B``."""
    names = (*compiled.last.constructs, *compiled.products)
    model = compiled.model
    equations = model.equations if model.products else model.plan.equations
    return [(names[target], names[entry]) for target, several in equations for entry in several]


def main_paths(compiled: Compiled, found: Estimates) -> Floats:
    """(m, B) paths between constructs, without those of products."""
    if not compiled.model.products:
        return found.inner.paths
    return np.asarray(found.inner.paths[main_rows(compiled.model)])


def reached(compiled: Compiled) -> list[tuple[int, int]]:
    """(from, to) of constructs that a way of one arrow or more joins."""
    plan = compiled.model.plan
    one = np.ones((len(plan.arrows), 1))
    total = total_effects(plan, one)[..., 0]
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(total), strict=True)]


def layout(compiled: Compiled, what: Sequence[str]) -> Layout:
    """The numbers of the kinds in ``what``, in that order."""
    pieces = [_PIECES[kind](compiled) for kind in what]
    entries = tuple(entry for several, _ in pieces for entry in several)
    readers = [reader for _, reader in pieces]
    return Layout(entries, lambda found: np.concatenate([reader(found) for reader in readers]))


def _paths(compiled: Compiled) -> tuple[list[Entry], Reader]:
    pairs = path_names(compiled)
    return [Entry("paths", f"{y}~{x}", y, x, (x, y)) for y, x in pairs], lambda found: found.inner.paths


def _r2(compiled: Compiled) -> tuple[list[Entry], Reader]:
    names = compiled.last.constructs
    targets = [names[target] for target, _ in compiled.model.plan.equations]
    return [Entry("r2", f"r2:{name}", name, "") for name in targets], lambda found: found.inner.r2


def _f2(compiled: Compiled) -> tuple[list[Entry], Reader]:
    pairs = path_names(compiled)
    return [Entry("f2", f"f2:{y}~{x}", y, x) for y, x in pairs], lambda found: found.inner.f2


def _outer(compiled: Compiled, kind: str, form: str) -> tuple[list[Entry], Reader]:
    """Rows of dimensions come from stage one, before those of the last stage."""
    plan, last, first = compiled.model.plan, compiled.last, compiled.first
    owners = [last.constructs[j] for j in plan.own]
    entries = [Entry(kind, form.format(c=c, i=i), c, i) for c, i in zip(owners, last.items, strict=True)]
    if not compiled.two_stages:
        return entries, _last_reader(kind)
    low = compiled.model.first
    below = [first.constructs[j] for j in low.own]
    rows = np.array([p for p, name in enumerate(below) if name not in last.constructs])
    lower = [Entry(kind, form.format(c=below[p], i=first.items[p]), below[p], first.items[p]) for p in rows]
    reader = _last_reader(kind)

    def read(found: Estimates) -> Floats:
        own = found.stage.cross[rows, low.own[rows]] if kind == "loadings" else found.stage.weights[rows]
        return np.concatenate([own, reader(found)])

    return [*lower, *entries], read


def _last_reader(kind: str) -> Reader:
    if kind == "loadings":
        return lambda found: found.outer.loadings
    return lambda found: found.found.weights


def _loadings(compiled: Compiled) -> tuple[list[Entry], Reader]:
    return _outer(compiled, "loadings", "{c}=~{i}")


def _weights(compiled: Compiled) -> tuple[list[Entry], Reader]:
    return _outer(compiled, "weights", "w:{c}:{i}")


def _indirect(compiled: Compiled) -> tuple[list[Entry], Reader]:
    """Specific indirect effects, then total indirect ones."""
    plan, names = compiled.model.plan, compiled.last.constructs
    ways = routes(plan)
    ends = list(dict.fromkeys((way[0], way[-1]) for way in ways))
    owner = np.array([[(way[0], way[-1]) == pair for way in ways] for pair in ends], dtype=np.float64)
    entries = []
    for way in ways:
        words = tuple(names[j] for j in way)
        entries.append(Entry("indirect", "ind:" + "->".join(words), words[-1], words[0], words))
    for i, j in ends:
        entries.append(
            Entry("total_indirect", f"ind:{names[i]}->{names[j]}", names[j], names[i], (names[i], names[j]))
        )

    def read(found: Estimates) -> Floats:
        specific = along(plan, main_paths(compiled, found), ways)
        return np.concatenate([specific, owner @ specific]) if len(ways) else specific

    return entries, read


def _total(compiled: Compiled) -> tuple[list[Entry], Reader]:
    plan, names = compiled.model.plan, compiled.last.constructs
    pairs = reached(compiled)
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    entries = [
        Entry("total", f"tot:{names[i]}->{names[j]}", names[j], names[i], (names[i], names[j]))
        for i, j in pairs
    ]
    return entries, lambda found: total_effects(plan, main_paths(compiled, found))[left, right]


def _htmt(compiled: Compiled) -> tuple[list[Entry], Reader]:
    plan, names = compiled.model.plan, compiled.last.constructs
    own = [j for j, formative in enumerate(plan.formative) if not formative]
    pairs = [(a, b) for place, a in enumerate(own) for b in own[place + 1 :]]
    entries = [Entry("htmt", f"htmt:{names[a]}:{names[b]}", names[a], names[b]) for a, b in pairs]
    left, right = np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs], int)
    return entries, lambda found: htmt(plan, found.r)[left, right]


_PIECES: dict[str, Callable[[Compiled], tuple[list[Entry], Reader]]] = {
    "paths": _paths,
    "loadings": _loadings,
    "weights": _weights,
    "indirect": _indirect,
    "total": _total,
    "htmt": _htmt,
    "r2": _r2,
    "f2": _f2,
}
