"""Products in a fitted model: which variable is moderated by which, and what an arrow gains by it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit

Floats = NDArray[np.float64]
EXACT = 1e-8  # of the product's own spread
FIRST_ROWS = 64  # enough to see that a column is no product


@dataclass(frozen=True, slots=True)
class Crossing:
    """A product of ``first`` and the moderator ``second``: with the moderator at v, an arrow from ``first``
    gains (offset + slope·v) times the coefficient of the product. A raw product has offset 0 and slope 1, one
    of centred variables offset −centre."""

    first: str
    second: str
    offset: float = 0.0
    slope: float = 1.0

    def weight(self, value: float) -> float:
        """How much of the product's coefficient the arrow gains at ``value``."""
        found = self.offset + self.slope * value
        return 0.0 if abs(found) <= 1e-12 * max(abs(self.offset), 1.0) else found

    @property
    def origin(self) -> float:
        """The moderator's value at which the arrow is its own coefficient."""
        return -self.offset / self.slope + 0.0


def crossings(
    fit: Fit,
    nodes: Sequence[str],
    targets: set[str],
    given: Mapping[str, tuple[str, str]],
    x: Sequence[str],
    covariates: Sequence[str] = (),
) -> dict[str, Crossing]:
    """The products among ``nodes``: those ``given``, ``x:w`` of the model text, and columns, ``covariates``
    apart, that are an exact product of two others, or latent variables all of whose indicators are products
    of indicators of two others.

    Raises ``UsageError`` MED022 (a name that the model does not have), MED446 (a column that is not the
    product it is said to be), MED447 (a product of three or of one with itself), MED472 (a factor of a
    product that itself predicts nothing).
    """
    data = observed(fit)
    pairs = dict(given)
    for name in (*pairs, *(part for pair in pairs.values() for part in pair)):
        if name not in fit.observed and name not in fit.latent:
            raise UsageError("MED022", params={"name": name, "known": list(nodes) or ["–"]})
    for name in nodes:
        if ":" in name and name not in pairs:
            parts = name.split(":")
            if len(parts) != 2 or parts[0] == parts[1]:
                raise UsageError("MED447", params={"name": name})
            pairs[name] = _order(parts[0], parts[1], targets, x)
    for name, one, two in _recognised(fit, nodes, data, (*pairs, *targets, *covariates), tuple(pairs)):
        pairs[name] = _order(one, two, targets, x)
    for name, (first, second) in pairs.items():
        for part in (first, second):
            if name in nodes and part not in nodes:
                said = {"name": name, "first": first, "second": second, "absent": part}
                raise UsageError("MED472", params=said)
    return {name: _crossing(fit, name, first, second, data) for name, (first, second) in pairs.items()}


def _order(one: str, two: str, targets: set[str], x: Sequence[str]) -> tuple[str, str]:
    """(moderated, moderator): a variable named as x, else a mediator, else the first."""
    for chosen in (set(x), targets):
        if (one in chosen) != (two in chosen):
            return (one, two) if one in chosen else (two, one)
    return one, two


def observed(fit: Fit) -> dict[str, Floats]:
    """Observed variables by name, rows of all groups; empty for a fit from moments."""
    if not fit.arrays or any(not len(part) for part in fit.arrays):
        return {}
    table = np.concatenate([np.asarray(part, dtype=np.float64) for part in fit.arrays])
    return {name: table[:, k] for k, name in enumerate(fit.observed)} if table.ndim == 2 else {}


def _recognised(
    fit: Fit,
    nodes: Sequence[str],
    data: Mapping[str, Floats],
    skip: Sequence[str],
    known: Sequence[str],
) -> list[tuple[str, str, str]]:
    """(product, factor, factor) of the columns and latent variables that are products of two others.

    With a factor of two values the relation can be turned round (x = xt·(3 − t)/2 when t is 1 or 2), so a
    product with a positive slope comes before one with a negative one, then one that is named after both
    factors, then what the model text names later.
    """
    found: list[tuple[bool, bool, int, str, str, str]] = []
    for place, name in enumerate(nodes):
        if name in skip or not (name in data or (data and name in fit.latent)):
            continue
        for one, two, slope in _factors(fit, name, nodes, data, known):
            named = one.lower() in name.lower() and two.lower() in name.lower()
            found.append((slope < 0, not named, -place, name, one, two))
    out: list[tuple[str, str, str]] = []
    for *_, name, one, two in sorted(found):
        products, factors = {entry[0] for entry in out}, {part for entry in out for part in entry[1:]}
        if name not in products | factors and not {one, two} & products:
            out.append((name, one, two))
    return out


def _factors(
    fit: Fit, name: str, nodes: Sequence[str], data: Mapping[str, Floats], known: Sequence[str]
) -> Iterator[tuple[str, str, float]]:
    """Pairs of variables, and the slope of their product: the columns that multiply to a column, or whose
    indicators (an observed one is its own) multiply to the indicators of a latent variable."""
    others = [node for node in nodes if node != name and node not in known]
    if name in data:
        parts = {node: [node] for node in others if node in data}
        products = [name]
    else:
        parts = {node: _indicators(fit, node) if node in fit.latent else [node] for node in others}
        parts = {node: columns for node, columns in parts.items() if columns and set(columns) <= set(data)}
        products = [part for part in _indicators(fit, name) if part in data]
    for one, two in itertools.combinations(parts, 2):
        slopes: list[float] = []
        for product in products:
            pairs = itertools.product(parts[one], parts[two])
            line = next(filter(None, (_line(data[product], data[a], data[b]) for a, b in pairs)), None)
            if line is None:
                break
            slopes.append(line[1])
        if products and len(slopes) == len(products):
            yield one, two, min(slopes)


def lone_products(fit: Fit, frame: pd.DataFrame, covariates: Sequence[str]) -> None:
    """Refuse a predictor that is the product of a variable of the model and a column of ``frame`` outside it
    (``UsageError`` MED472): its arrow would be told as that of a predictor of its own."""
    rows = [row for row in fit.table.rows if row.op == "~"]
    nodes = list(dict.fromkeys(name for row in rows for name in (row.rhs, row.lhs)))
    targets = {row.lhs for row in rows}
    numbers = frame.select_dtypes("number")
    table = {
        str(name): np.asarray(numbers[name], dtype=np.float64)
        for name in numbers.columns[: 2 * FIRST_ROWS]
        if list(numbers.columns).count(name) == 1
    }
    inside = [name for name in nodes if name in table]
    outside = [name for name in table if name not in (*nodes, *fit.observed)]
    if not outside:
        return
    for name in inside:
        if name in targets or name in covariates:
            continue
        others = [one for one in inside if one != name]
        if any(_line(table[name], table[a], table[b]) for a, b in itertools.combinations(others, 2)):
            continue  # the product of two that are there
        for one in others:
            for two in _singular(table, name, one, outside):
                line = _line(table[name], table[one], table[two])
                back = _line(table[two], table[name], table[one])
                if line is not None and back is None:  # turned round, it is the column outside that is one
                    said = {"name": name, "first": one, "second": two, "absent": two}
                    raise UsageError("MED472", params=said)


def _singular(table: Mapping[str, Floats], name: str, one: str, columns: Sequence[str]) -> list[str]:
    """Those of ``columns`` that may be the other factor, judged by the first complete rows."""
    both = np.flatnonzero(np.isfinite(table[name]) & np.isfinite(table[one]))[:16]
    first = table[one][both]
    stacked = np.stack([table[column][both] for column in columns])
    whole = np.asarray(np.isfinite(stacked).all(axis=1), dtype=np.bool_)
    parts = [np.broadcast_to(part, stacked.shape) for part in (np.ones(len(both)), first, table[name][both])]
    design = np.stack([*parts, stacked, stacked * first], axis=2)
    size = np.abs(design).max(axis=1, keepdims=True)
    scaled = np.where(whole[:, None, None], design, 0.0) / np.where(size > 0, size, 1.0)
    sizes = np.linalg.svd(scaled, compute_uv=False)
    near = (sizes[:, -1] <= 1e-9 * sizes[:, 0]) if len(both) >= 5 else np.ones(len(columns), dtype=bool)
    return [column for column, close, full in zip(columns, near, whole, strict=True) if close or not full]


def _line(product: Floats, first: Floats, second: Floats) -> tuple[float, float] | None:
    """(offset o, slope s) when the product is exactly c + o·first + t·second + s·first·second; else None."""
    good = np.isfinite(product) & np.isfinite(first) & np.isfinite(second)
    if good.sum() < 8:
        return None
    if (
        good.sum() > 2 * FIRST_ROWS
        and _line(*(column[good][:FIRST_ROWS] for column in (product, first, second))) is None
    ):
        return None
    one, two, y = first[good], second[good], product[good]
    design = np.column_stack([np.ones(len(y)), one, two, one * two])
    scale = np.abs(design).max(axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(design / scale) < 4:
        return None
    found = np.linalg.lstsq(design / scale, y, rcond=None)[0] / scale
    spread = float(y.std())
    if not spread > 0 or float(np.abs(y - design @ found).max()) > EXACT * spread:
        return None
    offset, slope = float(found[1]), float(found[3])
    if abs(slope) * float(np.std(one * two)) <= EXACT * spread:
        return None
    return (0.0 if abs(offset) <= EXACT * abs(slope) * float(np.abs(two).max()) else offset), slope


def _crossing(fit: Fit, name: str, first: str, second: str, data: Mapping[str, Floats]) -> Crossing:
    if second not in data:
        return Crossing(first, second)
    if name in data and first in data:
        line = _line(data[name], data[first], data[second])
        if line is None:
            raise UsageError("MED446", params={"name": name, "first": first, "second": second})
        return Crossing(first, second, *line)
    for product in _indicators(fit, name):
        for part in _indicators(fit, first):
            line = _line(data[product], data[part], data[second]) if {product, part} <= set(data) else None
            if line is not None:
                return Crossing(first, second, line[0] / line[1])
    return Crossing(first, second, -float(np.nanmean(data[second])))


def _indicators(fit: Fit, name: str) -> list[str]:
    return [row.rhs for row in fit.table.rows if row.op == "=~" and row.lhs == name]


def probe_values(fit: Fit, name: str, sd: float, *, percentiles: bool = False) -> list[float]:
    """Values of a moderator: both of a dichotomy, mean and ± 1 SD (or the 16th, 50th and 84th percentile) of
    an observed one, 0 and ± 1 SD of a latent one."""
    column = observed(fit).get(name)
    if column is None:
        return [-sd, 0.0, sd]
    column = column[np.isfinite(column)]
    distinct = np.unique(column)
    if distinct.size == 2:
        return [float(value) for value in distinct]
    if percentiles:
        return [float(value) for value in np.unique(np.quantile(column, [0.16, 0.5, 0.84], method="weibull"))]
    middle, spread = float(column.mean()), float(column.std(ddof=1))
    return [middle - spread, middle, middle + spread]
