"""A population from model text: lavaan's language with numbers where a model has parameters.

What the text does not state is what lavaan's ``simulateData`` takes: variances 1, loadings 1, paths,
covariances and means 0. With ``standardized=True`` the variances that are not stated follow from a total
variance of 1 instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.planning.data import Generator
from umkm_stats.sem.text._language import Model, Term, read_model

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stated:
    """A term with its number (None when not stated) and label ("" without)."""

    term: Term
    value: float | None
    label: str


@dataclass(frozen=True, slots=True)
class PopulationText:
    """names (V,) in causal order; latent, observed by name; generator; cov (V, V), mean (V,) of all of them.

    terms: what the text said; unstated: paths without a number, which are 0.
    """

    text: str
    model: Model
    terms: tuple[Stated, ...]
    names: tuple[str, ...]
    latent: tuple[str, ...]
    observed: tuple[str, ...]
    products: tuple[str, ...]
    generator: Generator
    cov: Floats
    mean: Floats
    unstated: tuple[str, ...] = field(default=())

    def place(self, name: str) -> int:
        """Number of a variable."""
        return self.names.index(name)


def _stated(term: Term) -> Stated:
    value: float | None = None
    label = ""
    for modifier in term.modifiers:
        if len(modifier.values) != 1:
            raise UmkmError(
                "PLN111", Place(line=term.line), {"parameter": f"{term.lhs} {term.op} {term.rhs}".strip()}
            )
        entry = modifier.values[0]
        if modifier.kind in ("fix", "start") and isinstance(entry, float):
            value = entry
        elif modifier.kind == "label" and isinstance(entry, str):
            label = entry
    return Stated(term, value, label)


def with_points(text: str) -> str:
    """The text with decimal commas (0,39 and ,39) as points; a population has no lists with commas."""
    return re.sub(r"(?<![\w)])(\d*),(\d+)", r"\1.\2", text)


def read_population(text: str, *, standardized: bool = False) -> PopulationText:
    """The population that ``text`` states.

    Raises ``UmkmError`` SEM1xx (language), PLN111 (several groups), PLN112 (paths in a circle), PLN113
    (covariances that no variables can have, or paths that explain more than all of a variance), PLN115
    (thresholds or constraints).
    """
    text = with_points(text)
    model = read_model(text)
    terms = tuple(_stated(term) for term in model.terms)
    bad = next((s.term for s in terms if s.term.op not in ("=~", "~", "~~", "~1")), None)
    if bad is not None or model.constraints:
        raise UmkmError("PLN115", Place(line=bad.line if bad is not None else model.constraints[0].line))
    latent = tuple(dict.fromkeys(s.term.lhs for s in terms if s.term.op == "=~"))
    mentioned = dict.fromkeys(name for s in terms for name in (s.term.lhs, s.term.rhs) if name)
    products = tuple(name for name in mentioned if ":" in name)
    for name in products:
        mentioned.update(dict.fromkeys(name.split(":")))
        if len(name.split(":")) != 2 or any(s.term.lhs == name for s in terms):
            raise UmkmError("PLN116", params={"name": name})
    arrows: dict[str, dict[str, float]] = {name: {} for name in mentioned}
    for entry in terms:
        term = entry.term
        if term.op == "=~":
            arrows[term.rhs][term.lhs] = 1.0 if entry.value is None else entry.value
        elif term.op == "~":
            arrows[term.lhs][term.rhs] = 0.0 if entry.value is None else entry.value
    order = _ordered(arrows, products)
    at = {name: number for number, name in enumerate(order)}
    spread = np.eye(len(order))
    given: set[str] = set()
    intercept = np.zeros(len(order))
    for entry in terms:
        first, second = entry.term.lhs, entry.term.rhs
        if entry.term.op == "~1":
            intercept[at[first]] = entry.value or 0.0
        elif entry.term.op == "~~" and first == second:
            if entry.value is not None:
                spread[at[first], at[first]] = entry.value
                given.add(first)
        elif entry.term.op == "~~":
            spread[at[first], at[second]] = spread[at[second], at[first]] = entry.value or 0.0
    weights = np.zeros((len(order), len(order)))
    for name, causes in arrows.items():
        for cause, size in causes.items():
            weights[at[name], at[cause]] = size
    for name in products:
        row = at[name]
        spread[row, row] = 0.0
    if standardized:
        _standardise(weights, spread, order, given, arrows, products)
    root = _root(spread)
    generator = Generator(
        root,
        intercept,
        tuple(tuple(int(c) for c in np.flatnonzero(row)) for row in weights),
        tuple(tuple(float(v) for v in row[np.flatnonzero(row)]) for row in weights),
        tuple(tuple(at[part] for part in name.split(":")) if name in products else () for name in order),
    )
    filled = spread.copy()
    for name in products:
        one, two = (at[part] for part in name.split(":"))
        plain = _moments(weights, spread)
        filled[at[name], at[name]] = plain[one, one] * plain[two, two] + plain[one, two] ** 2
    cov = _moments(weights, filled)
    mean = np.asarray(np.linalg.solve(np.eye(len(order)) - weights, intercept), dtype=np.float64)
    unstated = tuple(f"{s.term.lhs} ~ {s.term.rhs}" for s in terms if s.term.op == "~" and s.value is None)
    observed = tuple(name for name in mentioned if name not in latent and name not in products)
    return PopulationText(
        text, model, terms, tuple(order), latent, observed, products, generator, cov, mean, unstated
    )


def _moments(weights: Floats, spread: Floats) -> Floats:
    inverse = np.linalg.inv(np.eye(len(weights)) - weights)
    return np.asarray(inverse @ spread @ inverse.T)


def _ordered(arrows: dict[str, dict[str, float]], products: tuple[str, ...]) -> list[str]:
    """Causes before their outcomes."""
    needs = {name: set(causes) for name, causes in arrows.items()}
    for name in products:
        needs[name] = set(name.split(":"))
    done: list[str] = []
    while len(done) < len(needs):
        ready = [name for name in needs if name not in done and needs[name] <= set(done)]
        if not ready:
            raise UmkmError("PLN112", params={"names": [name for name in needs if name not in done]})
        done += ready
    return done


def _root(spread: Floats) -> Floats:
    """(V, k) with root @ rootᵀ = spread, variables of variance 0 left out."""
    alive = np.flatnonzero(np.diagonal(spread) > 0)
    if (np.diagonal(spread) < 0).any() or np.delete(spread, alive, axis=1).any():
        raise UmkmError("PLN113")
    out = np.zeros((len(spread), len(alive)))
    try:
        out[alive] = np.linalg.cholesky(spread[np.ix_(alive, alive)])
    except np.linalg.LinAlgError as problem:
        raise UmkmError("PLN113") from problem
    return out


def _standardise(
    weights: Floats,
    spread: Floats,
    order: list[str],
    given: set[str],
    arrows: dict[str, dict[str, float]],
    products: tuple[str, ...],
) -> None:
    """Set the variances not stated so that every variable has variance 1; a product of two has 1 + r²."""
    at = {name: number for number, name in enumerate(order)}
    for number, name in enumerate(order):
        if name in products:
            one, two = (at[part] for part in name.split(":"))
            spread[number, number] = 1.0 + _moments(weights, spread)[one, two] ** 2
            continue
        if name in given or not arrows[name]:
            continue
        spread[number, number] = 0.0
        left = 1.0 - _moments(weights, spread)[number, number]
        if left <= 0.0:
            raise UmkmError("PLN113")
        spread[number, number] = left
    for name in products:
        spread[at[name], at[name]] = 0.0
