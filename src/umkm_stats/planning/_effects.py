"""The effects whose power is asked for: every path, every route through a mediator, totals, and ``:=``
lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError
from umkm_stats.sem.text._expression import Expression

Floats = NDArray[np.float64]
ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the curve: its name, and either products of coefficients (added) or a ``:=`` expression."""

    effect: str
    path: str
    products: tuple[tuple[int, ...], ...] = ()
    expression: Expression | None = None
    product_of: tuple[int, ...] = ()
    bound: float = 0.0  # above 0: the row asks whether the interval lies within ± bound

    @property
    def factors(self) -> tuple[int, ...]:
        """The coefficients of a single product; empty for sums and for other expressions."""
        if self.expression is None:
            return self.products[0] if len(self.products) == 1 else ()
        return self.product_of


@dataclass(frozen=True, slots=True)
class Effects:
    """Functions of the parameters: first the structural coefficients, ``coefs`` of (outcome, cause), then
    ``others`` of (operator, left, right), loadings and covariances; labels name some of all of them."""

    coefs: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    labels: tuple[tuple[str, int], ...]
    constants: tuple[tuple[str, float], ...]
    others: tuple[tuple[str, str, str], ...] = ()

    @property
    def count(self) -> int:
        """Parameters read."""
        return len(self.coefs) + len(self.others)

    @property
    def keys(self) -> tuple[tuple[str, str, str], ...]:
        """(operator, left, right) of every parameter read, in order."""
        return tuple(("~", outcome, cause) for outcome, cause in self.coefs) + self.others

    def __call__(self, theta: Any) -> Any:
        """(E, D) values at (P, D) coefficients, real or complex."""
        named: dict[str, Any] = {name: theta[index] for name, index in self.labels}
        named.update({name: np.full(theta.shape[1], value) for name, value in self.constants})
        out = np.empty((len(self.targets), theta.shape[1]), dtype=theta.dtype)
        for row, target in enumerate(self.targets):
            if target.expression is not None:
                out[row] = target.expression.evaluate(named)
                named[target.effect] = out[row]
                continue
            total: Any = 0.0
            for product in target.products:
                value: Any = 1.0
                for index in product:
                    value = value * theta[index]
                total = total + value
            out[row] = total
        return out

    def slopes(self, theta: Floats) -> Floats:
        """(E, P, D) derivatives, by complex steps."""
        out = np.empty((len(self.targets), *theta.shape))
        for index in range(len(theta)):
            moved = theta.astype(complex)
            moved[index] += 1e-30j
            out[:, index] = np.imag(self(moved)) / 1e-30
        return out


def effects_of(
    coefs: list[tuple[str, str]],
    labels: dict[str, int],
    constants: dict[str, float],
    definitions: Iterable[tuple[str, Expression, int]],
    others: Sequence[tuple[str, str, str]] = (),
) -> Effects:
    """Rows: a, b, d and direct paths; each route through mediators; their sum; totals; then the ``:=`` lines.

    ``UmkmError`` PLN114 for a definition that reads something other than labelled paths.
    """
    place = {pair: number for number, pair in enumerate(coefs)}
    causes: dict[str, list[str]] = {}
    for outcome, cause in coefs:
        causes.setdefault(outcome, []).append(cause)
    plain = [pair for pair in coefs if ":" not in pair[1]]
    sources = list(dict.fromkeys(c for _, c in plain if c not in causes))
    ends = list(dict.fromkeys(o for o, _ in plain if all(o != c for _, c in plain)))
    middles = [o for o in causes if o not in ends]
    targets: list[Target] = []
    for outcome, cause in coefs:
        if ":" in cause:
            kind = "interaction"
        elif outcome in middles:
            kind = "d" if cause in middles else "a"
        else:
            kind = "b" if cause in middles else "direct"
        targets.append(Target(kind, ARROW.join((cause, outcome)), ((place[outcome, cause],),)))
    for end in ends:
        for source in sources:
            routes = [r for r in _routes(source, end, plain) if len(r) > 2]
            products = [tuple(place[b, a] for a, b in itertools.pairwise(r)) for r in routes]
            targets += [
                Target("indirect", ARROW.join(r), (p,)) for r, p in zip(routes, products, strict=True)
            ]
            if len(routes) > 1:
                targets.append(Target("indirect_total", ARROW.join((source, end)), tuple(products)))
            if routes:
                direct = [(place[end, source],)] if (end, source) in place else []
                targets.append(Target("total", ARROW.join((source, end)), (*direct, *products)))
    for number, (op, left, right) in enumerate(others, start=len(coefs)):
        kind, arrow = ("loading", ARROW) if op == "=~" else ("correlation", " <-> ")
        targets.append(Target(kind, arrow.join((left, right)), ((number,),)))
    known = set(labels) | set(constants)
    for name, expression, line in definitions:
        unknown = sorted(expression.names() - known)
        if unknown:
            raise UmkmError("PLN114", Place(line=line), {"name": name, "unknown": unknown})
        targets.append(Target(name, expression.text, (), expression))
        known.add(name)
    found = Effects(
        tuple(coefs), tuple(targets), tuple(labels.items()), tuple(constants.items()), tuple(others)
    )
    found = replace(found, targets=_with_products(found))
    return replace(found, targets=_without_twins(found))


def _with_products(effects: Effects) -> tuple[Target, ...]:
    """The targets; definitions that multiply some parameters, each once, know which (for joint
    significance)."""
    points = np.array([[0.7 + 0.13 * k, 0.4 + 0.29 * k] for k in range(effects.count)]).reshape(-1, 2)
    values, slopes = effects(points), effects.slopes(points)
    out = []
    for row, target in enumerate(effects.targets):
        if target.expression is not None and np.all(values[row] != 0):
            powers = slopes[row] * points / values[row]  # ∂ log f/∂ log θ: 1 for a factor, 0 for the others
            whole = np.isclose(powers, 1.0) | np.isclose(powers, 0.0)
            if whole.all() and (powers > 0.5).any():
                target = replace(target, product_of=tuple(np.flatnonzero(powers[:, 0] > 0.5).tolist()))
        out.append(target)
    return tuple(out)


def _without_twins(effects: Effects) -> tuple[Target, ...]:
    """The targets less the definitions that say an effect found already, under the same name."""
    point = np.array([[0.7 + 0.13 * k] for k in range(effects.count)]).reshape(-1, 1)
    values = effects(point)[:, 0]
    plain = [
        (t.effect.replace("_total", ""), v)
        for t, v in zip(effects.targets, values, strict=True)
        if t.expression is None
    ]
    used = {name for t in effects.targets if t.expression is not None for name in t.expression.names()}
    return tuple(
        target
        for target, value in zip(effects.targets, values, strict=True)
        if target.expression is None
        or target.effect in used
        or not any(n == target.effect and abs(v - value) < 1e-12 for n, v in plain)
    )


def _routes(source: str, end: str, coefs: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    if source == end:
        return [(end,)]
    steps = [outcome for outcome, cause in coefs if cause == source]
    return [(source, *rest) for step in steps for rest in _routes(step, end, coefs)]


def true_values(effects: Effects, coefficients: Floats) -> Floats:
    """(E,) values in the population."""
    found = np.asarray(effects(coefficients[:, None])[:, 0], dtype=np.float64)
    return np.where(np.isfinite(found), found, math.nan)
