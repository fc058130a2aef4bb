"""Regressions of many draws at once, from their moments: entries of the normal equations are vectors over the
draws.

Equations whose predictors are nested share the rows of one Cholesky factor. A draw in which a predictor is
constant or collinear gives NaN.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SINGULAR = 1e-10  # a pivot below this share of the variable's own variance means collinear


@dataclass(frozen=True, slots=True)
class Regression:
    """Column number of the outcome and of the predictors; an intercept is always there."""

    outcome: int
    predictors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moments:
    """Of D draws: n (D,), mean (k, D) around the sample's mean, cov[i][j] (D,) for i ≤ j, divisor n.

    floor (k,): a variance at or below it is zero up to rounding.
    """

    n: Floats
    mean: Floats
    cov: tuple[tuple[Floats | None, ...], ...]
    floor: Floats

    def pair(self, i: int, j: int) -> Floats:
        """Covariance (D,) of columns i and j."""
        value = self.cov[i][j] if i <= j else self.cov[j][i]
        if value is None:
            raise IndexError("covariance not formed")
        return value


class _Factors:
    """Cholesky rows and forward substitutions of all draws, kept by leading predictors: equations share
    them."""

    __slots__ = ("_data", "_forward", "_rows")

    def __init__(self, data: Moments) -> None:
        self._data = data
        self._rows: dict[tuple[int, ...], tuple[list[Floats], NDArray[np.bool_]]] = {}
        self._forward: dict[tuple[tuple[int, ...], int], Floats] = {}

    def lower(self, columns: tuple[int, ...]) -> tuple[list[list[Floats]], NDArray[np.bool_]]:
        """Rows of the factor, and the draws in which every pivot is positive."""
        out: list[list[Floats]] = []
        good: NDArray[np.bool_] | None = None
        for size in range(1, len(columns) + 1):
            head = columns[:size]
            if head not in self._rows:
                row, fine = self._row(head, out)
                self._rows[head] = row, fine if good is None else fine & good
            row, good = self._rows[head]
            out.append(row)
        assert good is not None
        return out, good

    def _row(
        self, head: tuple[int, ...], lower: list[list[Floats]]
    ) -> tuple[list[Floats], NDArray[np.bool_]]:
        *before, column = head
        row: list[Floats] = []
        own = self._data.pair(column, column)
        pivot = own
        for other, above in zip(before, lower, strict=True):
            total = self._data.pair(column, other)
            for left, right in zip(row, above[:-1], strict=True):
                total = total - left * right
            row.append(total / above[-1])
            pivot = pivot - row[-1] * row[-1]
        fine = (pivot > SINGULAR * own) & (own > self._data.floor[column])
        row.append(np.sqrt(pivot if fine.all() else np.where(fine, pivot, 1.0)))
        return row, fine

    def forward(self, columns: tuple[int, ...], outcome: int, lower: list[list[Floats]]) -> list[Floats]:
        """Lower triangle solved for the covariances with ``outcome``."""
        out: list[Floats] = []
        for size, row in enumerate(lower, 1):
            head = (columns[:size], outcome)
            if head not in self._forward:
                total = self._data.pair(columns[size - 1], outcome)
                for left, right in zip(row[:-1], out, strict=True):
                    total = total - left * right
                self._forward[head] = total / row[-1]
            out.append(self._forward[head])
        return out


def _back(lower: list[list[Floats]], forward: Sequence[Floats]) -> list[Floats]:
    count = len(lower)
    out: list[Floats] = list(forward)
    for i in reversed(range(count)):
        total = forward[i]
        for j in range(i + 1, count):
            total = total - lower[j][i] * out[j]
        out[i] = total / lower[i][i]
    return out


def _unit(lower: list[list[Floats]], place: int, draws: int) -> list[Floats]:
    """Column ``place`` of the inverse of the matrix whose factor is ``lower``."""
    zero = np.zeros(draws)
    forward = [zero] * place
    for i in range(place, len(lower)):
        total = np.ones(draws) if i == place else zero
        for j in range(place, i):
            total = total - lower[i][j] * forward[j]
        forward.append(total / lower[i][i])
    return _back(lower, forward)


@dataclass(frozen=True, slots=True)
class Solved:
    """slopes (P, D) of all equations one after the other; cov (P, P, D) classical, block diagonal, or
    None."""

    slopes: Floats
    cov: Floats | None


def regress(data: Moments, equations: Sequence[Regression], *, errors: bool = False) -> Solved:
    """Slopes of every equation in every draw, NaN where the predictors are collinear or constant."""
    draws = data.n.shape[0]
    total = sum(len(entry.predictors) for entry in equations)
    slopes = np.empty((total, draws))
    cov = np.zeros((total, total, draws)) if errors else None
    common = collections.Counter(column for entry in equations for column in entry.predictors)
    factors = _Factors(data)
    place = 0
    for entry in equations:
        count = len(entry.predictors)
        if count == 0:
            continue
        order = sorted(range(count), key=lambda k: (-common[entry.predictors[k]], entry.predictors[k]))
        columns = tuple(entry.predictors[k] for k in order)
        lower, good = factors.lower(columns)
        found = _back(lower, factors.forward(columns, entry.outcome, lower))
        for k, value in zip(order, found, strict=True):
            slopes[place + k] = value
        if not good.all():
            slopes[place : place + count, ~good] = np.nan
        if cov is not None:
            rest = data.pair(entry.outcome, entry.outcome)
            for column, value in zip(columns, found, strict=True):
                rest = rest - value * data.pair(column, entry.outcome)
            scale = np.maximum(rest, 0.0) / (data.n - count - 1)
            for j in range(count):
                for i, value in enumerate(_unit(lower, j, draws)):
                    cov[place + order[i], place + order[j]] = np.where(good, value * scale, np.nan)
        place += count
    return Solved(slopes, cov)
