"""From a structure to numbered plans: one stage, or two where a construct is of second order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.pls.plan import Model, Plan
from umkm_stats.pls._structure import Construct, Structure


@dataclass(frozen=True, slots=True)
class Stage:
    """Names of a plan: constructs (J,), items (p,) block by block, modes (J,)."""

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """model: numbers; last and first: names of its stages; products: their names ``A:B``."""

    model: Model
    first: Stage
    last: Stage
    products: tuple[str, ...]

    @property
    def two_stages(self) -> bool:
        """Whether there is a second stage."""
        return self.model.second is not None


@dataclass(frozen=True, slots=True)
class Options:
    """How the model is estimated."""

    scheme: str
    consistent: bool
    second_order: str
    moderation: str
    tolerance: float
    max_iterations: int


def compiled(structure: Structure, options: Options) -> Compiled:
    """Plans of ``structure``. Raises ``UsageError`` PLS120 (PLSc with second order or products), PLS121 (a
    formative second-order construct with predecessors by repeated indicators)."""
    higher = [entry for entry in structure.constructs if entry.higher]
    if options.consistent and (higher or structure.products):
        raise UsageError("PLS120", params={})
    if not higher:
        blocks = list(structure.constructs)
        plan, stage = _plan(blocks, structure.paths, options)
        return _with_products(structure, options, Model(plan, _columns(structure, stage)), stage, stage)
    if options.second_order == "disjoint":
        blocks = [entry for entry in structure.constructs if not entry.higher]
        plan, first = _plan(blocks, _dimension_paths(structure), options)
    else:
        plan, first = _plan(_repeated(structure), _repeated_paths(structure), options)
    model = Model(plan, _columns(structure, first))
    if options.second_order == "repeated":
        return _with_products(structure, options, model, first, first)
    dims = structure.dimensions
    blocks = [entry for entry in structure.constructs if entry.name not in dims]
    second, last = _plan(blocks, structure.paths, options)
    place = {name: plan.n_items + j for j, name in enumerate(first.constructs)}
    place |= {name: p for p, name in reversed(list(enumerate(first.items))) if name not in dims}
    picks = np.array([place[name] for name in last.items], dtype=np.int64)
    return _with_products(structure, options, replace(model, second=second, picks=picks), first, last)


def _plan(
    blocks: Sequence[Construct], paths: Mapping[str, Sequence[str]], options: Options
) -> tuple[Plan, Stage]:
    names = tuple(entry.name for entry in blocks)
    order = _causal(paths)
    plan = Plan(
        tuple(len(entry.parts) for entry in blocks),
        tuple(entry.mode == "B" and len(entry.parts) > 1 for entry in blocks),
        tuple((names.index(target), tuple(names.index(p) for p in paths[target])) for target in order),
        options.scheme,  # type: ignore[arg-type]
        options.tolerance,
        options.max_iterations,
    )
    items = tuple(part for entry in blocks for part in entry.parts)
    return plan, Stage(names, items, tuple(entry.mode for entry in blocks))


def _causal(paths: Mapping[str, Sequence[str]]) -> list[str]:
    order: list[str] = []
    waiting = [target for target, own in paths.items() if own]
    while waiting:
        ready = next(name for name in waiting if not any(entry in waiting for entry in paths[name]))
        order.append(ready)
        waiting.remove(ready)
    return order


def _columns(structure: Structure, stage: Stage) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    known = structure.items
    return np.array([known.index(name) for name in stage.items], dtype=np.int64)


def _dimension_paths(structure: Structure) -> dict[str, list[str]]:
    """Paths in which the dimensions stand where their construct stood."""
    parts = {entry.name: entry.parts if entry.higher else (entry.name,) for entry in structure.constructs}
    out: dict[str, list[str]] = {}
    for target, own in structure.paths.items():
        for name in parts[target]:
            out[name] = [part for entry in own for part in parts[entry]]
    return out


def _repeated(structure: Structure) -> list[Construct]:
    """Constructs in which those of second order own all items of their dimensions."""
    parts = {entry.name: entry.parts for entry in structure.constructs}
    return [
        replace(entry, parts=tuple(item for part in entry.parts for item in parts[part]), higher=False)
        if entry.higher
        else entry
        for entry in structure.constructs
    ]


def _repeated_paths(structure: Structure) -> dict[str, list[str]]:
    """Paths with an arrow between every second-order construct and its dimensions: from it when it is
    reflective, to it when it is formative."""
    out = {target: list(own) for target, own in structure.paths.items()}
    for entry in structure.constructs:
        if not entry.higher:
            continue
        if entry.mode == "A":
            out |= {part: [entry.name] for part in entry.parts}
        elif out.get(entry.name):
            raise UsageError("PLS121", params={"name": entry.name})
        else:
            out[entry.name] = list(entry.parts)
    return out


def _with_products(
    structure: Structure, options: Options, model: Model, first: Stage, last: Stage
) -> Compiled:
    plan = model.plan
    names = last.constructs
    pairs = list(dict.fromkeys(pair for several in structure.products.values() for pair in several))
    numbers = {pair: len(names) + q for q, pair in enumerate(pairs)}
    equations = tuple(
        (target, (*own, *(numbers[pair] for pair in structure.products.get(names[target], ()))))
        for target, own in plan.equations
    )
    straight = model.columns.size == len(structure.items) and bool(
        (model.columns == np.arange(model.columns.size)).all()
    )
    full = replace(
        model,
        products=tuple((names.index(a), names.index(m)) for a, m in pairs),
        moderation=options.moderation,
        equations=equations,
        consistent=options.consistent,
        direct=straight,
    )
    return Compiled(full, first, last, tuple(":".join(pair) for pair in pairs))
