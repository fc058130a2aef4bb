"""Bootstrap of systems of regressions: every draw is a vector of counts, never a copy of rows.

The cross products of the columns are formed once a row; the moments of 256 draws are one matrix product
counts × cross products; the normal equations of all draws of a chunk are then solved together by a Cholesky
factorisation whose entries are vectors over the draws. The jackknife subtracts each row's cross products from the
sums (a rank-one change). A draw in which a predictor is constant or collinear gives NaN.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation_effects import Effect, delta_errors, evaluate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 8  # blocks whose normal equations are solved together
IDLE, SMALL = 4, 4096  # work memory kept between runs, and the most rows of one that is kept
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


class Work:
    """Memory of one thread: a counter, and the sums (T, CHUNK · 256) of a chunk. New pages cost as much as the sums."""

    __slots__ = ("counter", "sums")

    def __init__(self, source: Units) -> None:
        self.counter = streams.Counter(source.size.shape[0], source.first, source.span)
        self.sums = np.empty((source.cross.shape[1], CHUNK * streams.BLOCK))

    def fits(self, source: Units) -> bool:
        """Whether it may serve ``source``, which has no strata."""
        return bool(self.counter.n == source.size.shape[0] and len(self.sums) == source.cross.shape[1])


_IDLE: list[Work] = []  # of earlier runs, so that a next run of the same size need not touch new memory
_LOCK = threading.Lock()


def _take(source: Units) -> Work:
    if source.first is None:
        with _LOCK:
            for idle in _IDLE:
                if idle.fits(source):
                    _IDLE.remove(idle)
                    return idle
    return Work(source)


def _keep(source: Units, spare: list[Work]) -> None:
    if source.first is None and source.size.shape[0] <= SMALL:
        with _LOCK:
            _IDLE[:] = (spare + _IDLE)[:IDLE]


def counter(source: Units) -> streams.Counter:
    """Counts (256, U) of the units in the draws of a block; within strata where there are any."""
    return streams.Counter(source.size.shape[0], source.first, source.span)


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


def moments(sums: Floats, n: Floats, source: Units) -> Moments:
    """:class:`Moments` of summed cross products (T, D) of ``source``; ``sums`` is overwritten and must outlive them."""
    k = source.n_columns
    np.divide(sums, n, out=sums)
    mean = sums[:k]
    table: list[list[Floats | None]] = [[None] * k for _ in range(k)]
    for number, (i, j) in enumerate(zip(*np.triu_indices(k), strict=True)):
        pair = sums[k + number]
        pair -= mean[i] * mean[j]
        table[i][j] = pair
    return Moments(n, mean, tuple(tuple(row) for row in table), source.floor)


class _Factors:
    """Cholesky rows and forward substitutions of all draws, kept by leading predictors: equations share them."""

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

    def _row(self, head: tuple[int, ...], lower: list[list[Floats]]) -> tuple[list[Floats], NDArray[np.bool_]]:
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
                for left, right in zip(row, out, strict=False):
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
    """slopes (P, D) of all equations one after the other; cov (P, P, D) classical, block diagonal, or None."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """The equations, the effects to be read from their slopes in every draw, and the columns whose variance
    (divisor n) is kept of every draw after the effects."""

    equations: tuple[Regression, ...]
    effects: tuple[Effect, ...]
    errors: bool = False
    variances: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """E: numbers kept of a draw."""
        return len(self.effects) + len(self.variances)


@dataclass(frozen=True, slots=True)
class Drawn:
    """values (D, E) and, when the plan asks for them, delta standard errors of the effects."""

    values: Floats
    errors: Floats | None


def evaluate_moments(data: Moments, plan: Plan) -> tuple[Floats, Floats | None]:
    """Effects (E, D) and their standard errors (E, D) or None."""
    solved = regress(data, plan.equations, errors=plan.errors)
    values = evaluate(solved.slopes, plan.effects)
    if plan.variances:
        values = np.concatenate([values, [data.pair(column, column) for column in plan.variances]])
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
    count = plan.width if isinstance(plan, Plan) else len(plan(total_moments(source)))
    values = np.empty((count, draws))
    errors = np.empty((len(plan.effects), draws)) if isinstance(plan, Plan) and plan.errors else None
    width = CHUNK * streams.BLOCK
    cross = source.cross.T
    plain = bool(np.all(source.size == 1.0))
    spare: list[Work] = []

    def chunk(first: int) -> int:
        last = min(first + width, draws)
        try:
            work = spare.pop()
        except IndexError:  # asked, not tested first: another thread may take the last one in between
            work = _take(source)
        blocks = range(first // streams.BLOCK, (last + streams.BLOCK - 1) // streams.BLOCK)
        sums = work.sums[:, : len(blocks) * streams.BLOCK]
        n = np.empty(sums.shape[1])
        for number, block in enumerate(blocks):
            if rows is None:
                counts = work.counter(seed, block)
            else:
                counts = np.zeros((streams.BLOCK, source.size.shape[0]))
                given = rows[block * streams.BLOCK : (block + 1) * streams.BLOCK]
                counts[: len(given)] = streams.counts_of(given, source.size.shape[0])
                counts[len(given) :] = 1.0
            here = slice(number * streams.BLOCK, (number + 1) * streams.BLOCK)
            np.matmul(cross, counts.T, out=sums[:, here])
            n[here] = source.size.sum() if plain else counts @ source.size
        found, spread = statistic(moments(sums, n, source))
        values[:, first:last] = found[:, : last - first]
        spare.append(work)
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
    _keep(source, spare)
    return Drawn(values.T, None if errors is None else errors.T)


def total_moments(source: Units) -> Moments:
    """:class:`Moments` of the sample itself (D = 1)."""
    return moments(source.cross.sum(axis=0)[:, None], np.array([source.size.sum()]), source)


def jackknife(source: Units, plan: Plan | Statistic) -> tuple[Floats, Floats]:
    """Effects (E,) of the sample itself, and (U, E) with one unit left out."""
    total, n = source.cross.sum(axis=0), source.size.sum()
    bare = replace(plan, errors=False) if isinstance(plan, Plan) else plan
    sums = np.empty((len(total), len(source.size) + 1))
    np.subtract(total[:, None], source.cross.T, out=sums[:, 1:])
    sums[:, 0] = total
    found = _evaluator(bare)(moments(sums, np.append(n, n - source.size), source))[0].T
    return found[0], found[1:]


def whole(source: Units, plan: Plan | Statistic) -> tuple[Floats, Floats | None]:
    """(E,) effects of the sample itself, and their classical delta standard errors when the plan asks for them."""
    values, errors = _evaluator(plan)(total_moments(source))
    return values[:, 0], None if errors is None else errors[:, 0]
