"""What a PLS model says: constructs with their items and modes, paths, products, and every fault in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from umkm_stats.errors import Place, UsageError
from umkm_stats.results import Note
from umkm_stats.sem.text import Term, read_model

MODES = {"=~": "A", "<~": "B"}


@dataclass(frozen=True, slots=True)
class Construct:
    """parts: items, or names of other constructs when ``higher``; mode "A" (reflective) or "B"."""

    name: str
    mode: str
    parts: tuple[str, ...]
    higher: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """constructs in the order written; paths: target → predictors, every predictor's own equation before it;
    products: target → pairs of constructs whose product is one more predictor; notes of the reading."""

    constructs: tuple[Construct, ...]
    paths: Mapping[str, tuple[str, ...]]
    products: Mapping[str, tuple[tuple[str, str], ...]]
    notes: tuple[Note, ...] = ()

    def construct(self, name: str) -> Construct:
        """The construct of this name."""
        return next(entry for entry in self.constructs if entry.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all constructs."""
        return tuple(entry.name for entry in self.constructs)

    @property
    def items(self) -> tuple[str, ...]:
        """Columns that measure the constructs, each once."""
        seen = [part for entry in self.constructs if not entry.higher for part in entry.parts]
        return tuple(dict.fromkeys(seen))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Constructs that are dimensions of another."""
        return tuple(part for entry in self.constructs if entry.higher for part in entry.parts)


def read_structure(text: str, columns: Iterable[str]) -> Structure:
    """The structure that lavaan-like ``text`` spells: ``=~`` mode A, ``<~`` mode B, ``~`` paths.

    A construct whose parts are constructs is second order; ``A:B`` (or ``A*B``, both constructs) in a path is
    a product. ``columns``: names of the data, so that a path may name a column, which then is a construct of
    one item.

    Raises ``UsageError`` PLS101 (operator), PLS102 (fixed value), PLS103–PLS109; ``UmkmError`` SEM10x for
    text that cannot be read.
    """
    model = read_model(text, composites=True)
    if model.constraints:
        fault = model.constraints[0]
        raise UsageError("PLS101", Place(line=fault.line), {"op": fault.op})
    notes = [Note("PLS151", {"names": [d.name for d in model.definitions]})] if model.definitions else []
    parts: dict[str, list[str]] = {}
    modes: dict[str, str] = {}
    for term in model.terms:
        if term.op not in ("=~", "<~", "~") or ":" in term.lhs:
            raise UsageError("PLS101", Place(line=term.line), {"op": term.op})
        if term.op in MODES:
            if modes.setdefault(term.lhs, MODES[term.op]) != MODES[term.op]:
                raise UsageError("PLS103", Place(line=term.line), {"name": term.lhs})
            _modifiers(term, ())
            if ":" in term.rhs or term.rhs == term.lhs:
                raise UsageError("PLS103", Place(line=term.line), {"name": term.lhs})
            parts.setdefault(term.lhs, []).append(term.rhs)
    names = set(parts)
    paths: dict[str, list[str]] = {}
    products: dict[str, list[tuple[str, str]]] = {}
    labels: list[str] = []
    for term in model.terms:
        if term.op != "~":
            continue
        found, label = _modifiers(term, names)
        labels += label
        for left in found:
            products.setdefault(term.lhs, []).append((left, term.rhs))
        if ":" in term.rhs:
            pair = term.rhs.split(":")
            if len(pair) != 2:
                raise UsageError("PLS108", Place(line=term.line), {"name": term.rhs})
            products.setdefault(term.lhs, []).append((pair[0], pair[1]))
            paths.setdefault(term.lhs, [])
        else:
            paths.setdefault(term.lhs, []).append(term.rhs)
    if labels:
        notes.append(Note("PLS152", {"labels": sorted(set(labels))}))
    constructs = [
        Construct(name, modes[name], tuple(own), any(part in names for part in own))
        for name, own in parts.items()
    ]
    known = list(columns)
    single = []
    wanted = [name for target, own in paths.items() for name in (target, *own)]
    wanted += [name for several in products.values() for pair in several for name in pair]
    for name in dict.fromkeys(wanted):
        if name not in names:
            if name not in known:
                raise _unknown(name, [*names, *known])
            constructs.append(Construct(name, "A", (name,)))
            single.append(name)
    if single:
        notes.append(Note("PLS153", {"names": single}))
    return checked(constructs, paths, products, notes)


def _modifiers(term: Term, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Constructs that stand before ``*``, and labels; a fixed value is refused."""
    products: list[str] = []
    labels: list[str] = []
    for modifier in term.modifiers:
        value = modifier.values[0]
        if modifier.kind != "label" or len(modifier.values) > 1:
            raise UsageError(
                "PLS102", Place(line=modifier.line), {"name": f"{term.lhs} {term.op} {term.rhs}"}
            )
        (products if value in set(names) else labels).append(str(value))
    return products, labels


def _unknown(name: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(name, known, n=1)
    return UsageError("PLS104", params={"name": name, "near": near[0] if near else "–"})


def checked(
    constructs: list[Construct],
    paths: Mapping[str, list[str]],
    products: Mapping[str, list[tuple[str, str]]],
    notes: Iterable[Note] = (),
) -> Structure:
    """The structure, with main effects of products added and equations in causal order; faults refused."""
    notes = list(notes)
    if not any(paths.values()):
        raise UsageError("PLS105", params={})
    full = {target: list(dict.fromkeys(own)) for target, own in paths.items()}
    added = []
    for target, pairs in products.items():
        for pair in pairs:
            if len(set(pair)) < 2 or target in pair:
                raise UsageError("PLS108", params={"name": ":".join(pair)})
            for name in pair:
                if name not in full.setdefault(target, []):
                    full[target].append(name)
                    added.append(f"{target} ~ {name}")
    if added:
        notes.append(Note("PLS154", {"paths": added}))
    _second_order(constructs, full)
    dims = {part for entry in constructs if entry.higher for part in entry.parts}
    _connected([entry.name for entry in constructs if entry.name not in dims], full)
    shared = _shared(constructs)
    if shared:
        notes.append(Note("PLS155", {"items": shared}))
    order = _causal(full)
    return Structure(
        tuple(constructs),
        {target: tuple(full[target]) for target in order},
        {target: tuple(dict.fromkeys(products[target])) for target in order if products.get(target)},
        tuple(notes),
    )


def _second_order(constructs: list[Construct], paths: Mapping[str, list[str]]) -> None:
    """PLS109 unless every second-order construct has at least two dimensions of its own and nothing else."""
    kinds = {entry.name: entry for entry in constructs}
    owner: dict[str, str] = {}
    used = {name for target, own in paths.items() for name in (target, *own)}
    for entry in constructs:
        if not entry.higher:
            continue
        for part in entry.parts:
            lower = kinds.get(part)
            if lower is None or lower.higher or part in owner or part in used:
                raise UsageError("PLS109", params={"name": entry.name, "part": part})
            owner[part] = entry.name
        if len(entry.parts) < 2:
            raise UsageError("PLS109", params={"name": entry.name, "part": entry.parts[0]})


def _connected(names: list[str], paths: Mapping[str, list[str]]) -> None:
    joined: dict[str, set[str]] = {name: set() for name in names}
    for target, own in paths.items():
        for entry in own:
            joined[target].add(entry)
            joined[entry].add(target)
    start = next(iter(paths))
    seen, waiting = {start}, [start]
    while waiting:
        for name in joined[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    apart = [name for name in names if name not in seen]
    if apart:
        raise UsageError("PLS107", params={"names": apart})


def _causal(paths: Mapping[str, list[str]]) -> list[str]:
    """Targets in the order written, each after its predictors; PLS106 when they run in a circle."""
    order: list[str] = []
    waiting = list(paths)
    while waiting:
        ready = [name for name in waiting if not any(entry in waiting for entry in paths[name])]
        if not ready:
            raise UsageError("PLS106", params={"names": waiting})
        order += ready[:1]
        waiting.remove(ready[0])
    return order


def _shared(constructs: list[Construct]) -> list[str]:
    seen = [part for entry in constructs if not entry.higher for part in dict.fromkeys(entry.parts)]
    return sorted({part for part in seen if seen.count(part) > 1})
