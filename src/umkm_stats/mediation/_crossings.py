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
    apart, that are an exact product of two others.

    Raises ``UsageError`` MED022 (a name that the model does not have), MED446 (a column that is not the
    product it is said to be), MED447 (a product of three or of one with itself).
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
    for name in nodes:
        if name in data and name not in (*pairs, *targets, *covariates):
            for one, two in _factors(name, nodes, data, pairs):
                pairs[name] = _order(one, two, targets, x)
                break
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


def _factors(
    name: str, nodes: Sequence[str], data: Mapping[str, Floats], known: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    others = [node for node in nodes if node in data and node != name and node not in known]
    for one, two in itertools.combinations(others, 2):
        if _line(data[name], data[one], data[two]) is not None:
            yield one, two


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
