"""Effects as sums of products of coefficients, for one coefficient vector or a whole run of draws.

An edge is a weighted sum of coefficients (a moderated path at w is θ₁ + θ₂·w); a path is a product of edges;
an effect is a sum of paths. Everything a mediation table shows follows from these three words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Edge = tuple[tuple[int, float], ...]
Path = tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Sum over ``paths`` of the product of their edges."""

    paths: tuple[Path, ...]


def _edge(theta: Floats, edge: Edge) -> Floats:
    first, factor = edge[0]
    total: Floats = theta[first] if factor == 1.0 else theta[first] * factor
    for index, weight in edge[1:]:
        total = total + theta[index] * weight
    return total


def evaluate(theta: Floats, effects: Sequence[Effect]) -> Floats:
    """(E, D) effects of coefficients ``theta`` (P, D)."""
    out = np.empty((len(effects), theta.shape[1]))
    cache: dict[Edge, Floats] = {}

    def edge(entry: Edge) -> Floats:
        if entry not in cache:
            cache[entry] = _edge(theta, entry)
        return cache[entry]

    for row, effect in enumerate(effects):
        total: Floats | None = None
        for path in effect.paths:
            product = edge(path[0])
            for entry in path[1:]:
                product = product * edge(entry)
            total = product if total is None else total + product
        out[row] = 0.0 if total is None else total
    return out


def gradient(theta: Floats, effects: Sequence[Effect]) -> Floats:
    """(E, P, D) derivatives of effects with respect to ``theta`` (P, D)."""
    count, draws = theta.shape
    out = np.zeros((len(effects), count, draws))
    for row, effect in enumerate(effects):
        for path in effect.paths:
            values = [_edge(theta, entry) for entry in path]
            for place, entry in enumerate(path):
                others = np.ones(draws)
                for number, value in enumerate(values):
                    if number != place:
                        others = others * value
                for index, weight in entry:
                    out[row, index] += weight * others
    return out


def delta_errors(theta: Floats, cov: Floats, effects: Sequence[Effect]) -> Floats:
    """(E, D) first-order standard errors; ``theta`` (P, D), ``cov`` (P, P, D) covariance of the
    coefficients."""
    slope = gradient(theta, effects)
    variance = (np.einsum("epd,pqd->eqd", slope, cov) * slope).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)
