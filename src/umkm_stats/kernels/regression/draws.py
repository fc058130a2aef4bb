"""Coefficients, R² and simple slopes of many draws at once, from their moments.

The draws are those of ``kernels.mediation.draws``: same blocks, same seeds, same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.draws import Units, units
from umkm_stats.kernels.mediation.normal_equations import SINGULAR, Moments, Regression, regress

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Product:
    """Column number of a product and of its two factors."""

    column: int
    factors: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Slope:
    """A simple slope: number of the equation, column of the predictor, (column of a product, value of its
    moderator) pairs."""

    equation: int
    column: int
    at: tuple[tuple[int, float], ...]


def weighted_units(columns: Floats, weights: Floats, cluster: NDArray[np.int64] | None) -> Units:
    """``Units`` whose sums are weighted; ``size`` then holds sums of weights."""
    centre = np.average(columns, axis=0, weights=weights)
    z = columns - centre
    rows, cols = np.triu_indices(columns.shape[1])
    cross = np.concatenate([z, z[:, rows] * z[:, cols]], axis=1) * weights[:, None]
    size: Floats = weights
    if cluster is not None:
        summed = np.zeros((int(cluster.max()) + 1, cross.shape[1]))
        np.add.at(summed, cluster, cross)
        cross, size = summed, np.bincount(cluster, weights=weights).astype(np.float64)
    floor = SINGULAR * np.average(z**2, axis=0, weights=weights)
    return Units(np.ascontiguousarray(cross), size, np.asarray(centre, dtype=np.float64), floor, None, None)


def source_of(columns: Floats, weights: Floats | None, cluster: NDArray[np.int64] | None) -> Units:
    """What is drawn: rows or clusters of ``columns`` (n, k), with their weights where there are any."""
    return units(columns, cluster=cluster) if weights is None else weighted_units(columns, weights, cluster)


def statistic(
    source: Units,
    equations: Sequence[Regression],
    *,
    products: Sequence[Product] = (),
    centred: frozenset[int] = frozenset(),
    slopes: Sequence[Slope] = (),
) -> Callable[[Moments], Floats]:
    """A function from ``Moments`` of D draws to (E, D): of every equation the intercept, the slopes and
    R², then the simple slopes. Products are of the raw columns; the coefficients are those of a model whose
    ``centred`` columns are centred at the mean of the draw."""
    starts = np.cumsum([0, *(len(entry.predictors) for entry in equations)])

    def evaluate(data: Moments) -> Floats:
        solved = regress(data, equations).slopes
        raw = [
            {column: solved[starts[number] + k] for k, column in enumerate(entry.predictors)}
            for number, entry in enumerate(equations)
        ]
        out: list[Floats] = []
        for own, entry in zip(raw, equations, strict=True):
            mean = {c: source.centre[c] + data.mean[c] for c in (entry.outcome, *entry.predictors)}
            constant = mean[entry.outcome]
            for column, slope in own.items():
                if column not in centred:
                    constant = constant - slope * mean[column]
            moved = dict(own)
            for product in products:
                if product.column not in own:
                    continue
                (a, b), slope = product.factors, own[product.column]
                if b in centred:
                    moved[a] = moved[a] + slope * mean[b]
                if a in centred:
                    moved[b] = moved[b] + slope * mean[a]
                if a in centred and b in centred:
                    constant = constant + slope * mean[a] * mean[b]
            spread = data.pair(entry.outcome, entry.outcome)
            explained = np.zeros_like(spread)
            for column, slope in own.items():
                explained = explained + slope * data.pair(column, entry.outcome)
            with np.errstate(invalid="ignore", divide="ignore"):
                r2 = np.where(spread > source.floor[entry.outcome], explained / spread, np.nan)
            out += [constant, *(moved[column] for column in entry.predictors), r2]
        for simple in slopes:
            value = raw[simple.equation][simple.column]
            for column, at in simple.at:
                value = value + raw[simple.equation][column] * at
            out.append(value)
        return np.asarray(np.stack(out), dtype=np.float64)

    return evaluate
