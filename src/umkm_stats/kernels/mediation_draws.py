"""Bootstrap of systems of regressions: every draw is a vector of counts, never a copy of rows.

The cross products of the columns are formed once a row; the moments of 256 draws are one matrix product
counts × cross products; the normal equations of all draws of a chunk are then solved together by a Cholesky
factorisation whose entries are vectors over the draws. The jackknife subtracts each row's cross products from the
sums (a rank-one change). A draw in which a predictor is constant or collinear gives NaN.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation_effects import Effect, delta_errors, evaluate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 16  # blocks whose normal equations are solved together
IDLE, SMALL = 4, 4096  # counters kept between runs, and the most rows of one that is kept
SINGULAR = 1e-10  # a pivot below this share of the variable's own variance means collinear


@dataclass(frozen=True, slots=True)
class Regression:
    """Column number of the outcome and of the predictors; an intercept is always there."""

    outcome: int
    predictors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """What is drawn: rows or whole clusters.

    cross (U, T): centred columns (k), then their products row ≤ col (k(k + 1)/2), summed within a unit.
    size (U,): rows in each unit. centre (k,): what was subtracted.
    floor (k,): variances below it are rounding error. first, span (U,) or None: the stratum of unit u
    is units first[u] … first[u] + span[u] − 1, and u is replaced by one of them.
    """

    cross: Floats
    size: Floats
    centre: Floats
    floor: Floats
    first: Ints | None
    span: Ints | None

    @property
    def n_columns(self) -> int:
        """k."""
        return int(self.centre.shape[0])


def units(columns: Floats, *, cluster: Ints | None = None, strata: Ints | None = None) -> Units:
    """:class:`Units` of columns (N, k). ``cluster`` (N,): 0 … C − 1. ``strata``: (N,) or (C,), in ascending order."""
    centre = columns.mean(axis=0)
    z = columns - centre
    rows, cols = np.triu_indices(columns.shape[1])
    cross = np.concatenate([z, z[:, rows] * z[:, cols]], axis=1)
    size = np.ones(columns.shape[0])
    if cluster is not None:
        count = int(cluster.max()) + 1
        summed = np.zeros((count, cross.shape[1]))
        np.add.at(summed, cluster, cross)
        cross, size = summed, np.bincount(cluster, minlength=count).astype(np.float64)
    first = span = None
    if strata is not None:
        _, first, inverse, sizes = np.unique(
            strata, return_index=True, return_inverse=True, return_counts=True
        )
        first, span = first[inverse].astype(np.int64), sizes[inverse].astype(np.int64)
    floor = SINGULAR * (z**2).mean(axis=0)
    return Units(np.ascontiguousarray(cross), size, centre, floor, first, span)


_IDLE: list[
    streams.Counter
] = []  # of earlier runs, so that a next run with as many rows need not touch new memory


_LOCK = threading.Lock()


def counter(source: Units) -> streams.Counter:
    """Counts (256, U) of the units in the draws of a block; within strata where there are any."""
    count = source.size.shape[0]
    if source.first is None:
        with _LOCK:
            for idle in _IDLE:
                if idle.n == count:
                    _IDLE.remove(idle)
                    return idle
    return streams.Counter(count, source.first, source.span)


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

    @property
    def variances(self) -> Floats:
        """(k, D)."""
        return np.stack([self.pair(i, i) for i in range(len(self.cov))])


def moments(sums: Floats, n: Floats, source: Units) -> Moments:
    """:class:`Moments` of summed cross products (T, D) of ``source``."""
    k = source.n_columns
    scaled = sums / n
    mean = scaled[:k]
    table: list[list[Floats | None]] = [[None] * k for _ in range(k)]
    for number, (i, j) in enumerate(zip(*np.triu_indices(k), strict=True)):
        table[i][j] = scaled[k + number] - mean[i] * mean[j]
    return Moments(n, mean, tuple(tuple(row) for row in table), source.floor)


def _factor(data: Moments, predictors: Sequence[int]) -> tuple[list[list[Floats]], NDArray[np.bool_]]:
    lower: list[list[Floats]] = []
    good = np.ones(data.n.shape[0], dtype=bool)
    for i, column in enumerate(predictors):
        row: list[Floats] = []
        for j in range(i):
            total = data.pair(column, predictors[j])
            for h in range(j):
                total = total - row[h] * lower[j][h]
            row.append(total / lower[j][j])
        own = data.pair(column, column)
        pivot = own
        for value in row:
            pivot = pivot - value * value
        fine = (pivot > SINGULAR * own) & (own > data.floor[column])
        good &= fine
        row.append(np.sqrt(np.where(fine, pivot, 1.0)))
        lower.append(row)
    return lower, good


def _solve(lower: list[list[Floats]], right: Sequence[Floats]) -> list[Floats]:
    count = len(lower)
    forward: list[Floats] = []
    for i in range(count):
        total = right[i]
        for j in range(i):
            total = total - lower[i][j] * forward[j]
        forward.append(total / lower[i][i])
    out: list[Floats] = [forward[0]] * count
    for i in reversed(range(count)):
        total = forward[i]
        for j in range(i + 1, count):
            total = total - lower[j][i] * out[j]
        out[i] = total / lower[i][i]
    return out


@dataclass(frozen=True, slots=True)
class Solved:
    """slopes (P, D) of all equations one after the other; cov (P, P, D) classical, block diagonal, or None."""

    slopes: Floats
    cov: Floats | None


def regress(data: Moments, equations: Sequence[Regression], *, errors: bool = False) -> Solved:
    """Slopes of every equation in every draw, NaN where the predictors are collinear or constant."""
    draws = data.n.shape[0]
    total = sum(len(entry.predictors) for entry in equations)
    slopes = np.empty((total, draws))
    cov = np.zeros((total, total, draws)) if errors else None
    factors: dict[tuple[int, ...], tuple[list[list[Floats]], NDArray[np.bool_]]] = {}
    place = 0
    for entry in equations:
        count = len(entry.predictors)
        if count == 0:
            continue
        if entry.predictors not in factors:
            factors[entry.predictors] = _factor(data, entry.predictors)
        lower, good = factors[entry.predictors]
        right = [data.pair(column, entry.outcome) for column in entry.predictors]
        found = _solve(lower, right)
        bad = ~good
        for offset, value in enumerate(found):
            slopes[place + offset] = value
        if bad.any():
            slopes[place : place + count, bad] = np.nan
        if cov is not None:
            rest = data.pair(entry.outcome, entry.outcome).copy()
            for value, covariance in zip(found, right, strict=True):
                rest = rest - value * covariance
            scale = np.maximum(rest, 0.0) / (data.n - count - 1)
            zero, one = np.zeros(draws), np.ones(draws)
            for j in range(count):
                column = _solve(lower, [one if i == j else zero for i in range(count)])
                for i in range(count):
                    cov[place + i, place + j] = np.where(good, column[i] * scale, np.nan)
        place += count
    return Solved(slopes, cov)


@dataclass(frozen=True, slots=True)
class Plan:
    """The equations, and the effects to be read from their slopes in every draw."""

    equations: tuple[Regression, ...]
    effects: tuple[Effect, ...]
    errors: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """values (D, E) and, when the plan asks for them, delta standard errors (D, E)."""

    values: Floats
    errors: Floats | None


def evaluate_moments(data: Moments, plan: Plan) -> tuple[Floats, Floats | None]:
    """Effects (E, D) and their standard errors (E, D) or None."""
    solved = regress(data, plan.equations, errors=plan.errors)
    scaled = any(effect.denominator is not None for effect in plan.effects)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = evaluate(solved.slopes, plan.effects, data.variances if scaled else None)
    errors = None if solved.cov is None else delta_errors(solved.slopes, solved.cov, plan.effects)
    return values, errors


Statistic = Callable[[Moments], Floats]


def _evaluator(plan: Plan | Statistic) -> Callable[[Moments], tuple[Floats, Floats | None]]:
    if isinstance(plan, Plan):
        return lambda data: evaluate_moments(data, plan)
    return lambda data: (plan(data), None)


def bootstrap(
    source: Units,
    plan: Plan | Statistic,
    *,
    draws: int,
    seed: int,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    rows: Ints | None = None,
) -> Drawn:
    """Effects of ``draws`` case draws. Chunks are cut at block borders only: any ``workers`` gives the same bits.

    ``plan`` may be any function from :class:`Moments` of D draws to (E, D). ``rows`` (draws, U): positions, from 0, of the units of every draw; replaces the seed.
    """
    statistic = _evaluator(plan)
    first_values, first_errors = statistic(total_moments(source))
    values = np.empty((len(first_values), draws))
    errors = None if first_errors is None else np.empty((len(first_errors), draws))
    width = CHUNK * streams.BLOCK
    cross = source.cross.T
    plain = bool(np.all(source.size == 1.0))
    spare: list[streams.Counter] = []

    def chunk(first: int) -> int:
        last = min(first + width, draws)
        count = spare.pop() if spare else counter(source)
        blocks = range(first // streams.BLOCK, (last + streams.BLOCK - 1) // streams.BLOCK)
        sums = np.empty((cross.shape[0], len(blocks) * streams.BLOCK))
        n = np.empty(sums.shape[1])
        for number, block in enumerate(blocks):
            if rows is None:
                counts = count(seed, block)
            else:
                counts = np.zeros((streams.BLOCK, source.size.shape[0]))
                given = rows[block * streams.BLOCK : (block + 1) * streams.BLOCK]
                counts[: len(given)] = streams.counts_of(given, source.size.shape[0])
                counts[len(given) :] = 1.0
            here = slice(number * streams.BLOCK, (number + 1) * streams.BLOCK)
            np.matmul(cross, counts.T, out=sums[:, here])
            n[here] = source.size.sum() if plain else counts @ source.size
        spare.append(count)
        found, spread = statistic(moments(sums, n, source))
        values[:, first:last] = found[:, : last - first]
        if errors is not None and spread is not None:
            errors[:, first:last] = spread[:, : last - first]
        return last - first

    starts = range(0, draws, width)
    done = 0
    if workers == 1:
        for first in starts:
            done += chunk(first)
            if progress is not None:
                progress(done, draws)
    else:
        with ThreadPoolExecutor(workers) as pool:
            for size in pool.map(chunk, starts):
                done += size
                if progress is not None:
                    progress(done, draws)
    if source.first is None and source.size.shape[0] <= SMALL:
        with _LOCK:
            _IDLE[:] = (spare + _IDLE)[:IDLE]
    return Drawn(values.T, None if errors is None else errors.T)


def total_moments(source: Units) -> Moments:
    """:class:`Moments` of the sample itself (D = 1)."""
    return moments(source.cross.sum(axis=0)[:, None], np.array([source.size.sum()]), source)


def jackknife(source: Units, plan: Plan | Statistic) -> Floats:
    """(U, E) effects with one unit left out."""
    total, n = source.cross.sum(axis=0), source.size.sum()
    bare = Plan(plan.equations, plan.effects) if isinstance(plan, Plan) else plan
    sums = np.ascontiguousarray((total - source.cross).T)
    return _evaluator(bare)(moments(sums, n - source.size, source))[0].T


def whole(source: Units, plan: Plan | Statistic) -> tuple[Floats, Floats | None]:
    """(E,) effects of the sample itself, and their classical delta standard errors when the plan asks for them."""
    values, errors = _evaluator(plan)(total_moments(source))
    return values[:, 0], None if errors is None else errors[:, 0]
