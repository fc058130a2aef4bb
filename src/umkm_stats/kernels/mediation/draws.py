"""Bootstrap of systems of regressions: every draw is a vector of counts, never a copy of rows.

The cross products of the columns are formed once a row; the moments of 256 draws are one matrix product
counts × cross products; the normal equations of all draws of a chunk are then solved together by a Cholesky
factorisation whose entries are vectors over the draws. The jackknife subtracts each row's cross products from
the sums (a rank-one change). A draw in which a predictor is constant or collinear gives NaN.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import stopping
from umkm_stats.kernels.mediation.effects import Effect, delta_errors, evaluate
from umkm_stats.kernels.mediation.levels import with_levels
from umkm_stats.kernels.mediation.normal_equations import SINGULAR, Moments, Regression, regress

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 8  # blocks whose normal equations are solved together
IDLE, SMALL = 4, 4096  # work memory kept between runs, and the most rows of one that is kept


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


def units(
    columns: Floats,
    *,
    cluster: Ints | None = None,
    strata: Ints | None = None,
    weights: Floats | None = None,
) -> Units:
    """``Units`` of columns (N, k). ``cluster`` (N,): 0 … C − 1. ``strata``: (N,) or (C,), in ascending
    order. ``weights`` (N,): of the rows in every sum; a row keeps its weight whenever it is drawn."""
    centre = np.average(columns, axis=0, weights=weights)
    z = columns - centre
    rows, cols = np.triu_indices(columns.shape[1])
    cross = np.concatenate([z, z[:, rows] * z[:, cols]], axis=1)
    size = np.ones(columns.shape[0])
    if weights is not None:
        cross, size = cross * weights[:, None], weights.astype(np.float64)
    if cluster is not None:
        count = int(cluster.max()) + 1
        summed = np.zeros((count, cross.shape[1]))
        np.add.at(summed, cluster, cross)
        cross, size = summed, np.bincount(cluster, weights=size, minlength=count).astype(np.float64)
    first = span = None
    if strata is not None:
        _, first, inverse, sizes = np.unique(
            strata, return_index=True, return_inverse=True, return_counts=True
        )
        first, span = first[inverse].astype(np.int64), sizes[inverse].astype(np.int64)
    floor = SINGULAR * (z**2).mean(axis=0)
    return Units(np.ascontiguousarray(cross), size, centre, floor, first, span)


class Memory:
    """Work memory of one thread: a counter, and the sums (T, CHUNK · 256) of a chunk. New pages cost as much
    as the sums."""

    __slots__ = ("counter", "sums")

    def __init__(self, source: Units) -> None:
        self.counter = counter(source)
        self.sums = np.empty((source.cross.shape[1], CHUNK * streams.BLOCK))

    def fits(self, source: Units) -> bool:
        """Whether it may serve ``source``, which has no strata."""
        return bool(self.counter.n == source.size.shape[0] and len(self.sums) == source.cross.shape[1])


_IDLE: list[Memory] = []  # of earlier runs, so that a next run of the same size need not touch new memory
_LOCK = threading.Lock()


def _take(source: Units) -> Memory:
    if source.first is None:
        with _LOCK:
            for idle in _IDLE:
                if idle.fits(source):
                    _IDLE.remove(idle)
                    return idle
    return Memory(source)


def _keep(source: Units, spare: list[Memory]) -> None:
    if source.first is None and source.size.shape[0] <= SMALL:
        with _LOCK:
            _IDLE[:] = (spare + _IDLE)[:IDLE]


def counter(source: Units) -> streams.Counter:
    """Counts (256, U) of the units in the draws of a block; within strata where there are any."""
    return streams.Counter(source.size.shape[0], source.first, source.span)


def moments(sums: Floats, n: Floats, source: Units) -> Moments:
    """``Moments`` of summed cross products (T, D) of ``source``; ``sums`` is overwritten and must
    outlive them."""
    k = source.n_columns
    np.divide(sums, n, out=sums)
    mean = sums[:k]
    table: list[list[Floats | None]] = [[None] * k for _ in range(k)]
    number = k
    for i in range(k):
        for j in range(i, k):
            pair = sums[number]
            pair -= mean[i] * mean[j]
            table[i][j] = pair
            number += 1
    return Moments(n, mean, tuple(tuple(row) for row in table), source.floor)


@dataclass(frozen=True, slots=True)
class Plan:
    """The equations, the effects to be read from their slopes in every draw, and the columns whose variance
    (divisor n) is kept of every draw after the effects. levels: equations, by number, whose level at
    ``centre`` (k,), the sample's means, follows the slopes."""

    equations: tuple[Regression, ...]
    effects: tuple[Effect, ...]
    errors: bool = False
    variances: tuple[int, ...] = ()
    levels: tuple[int, ...] = ()
    centre: Floats | None = None

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
    if plan.levels and plan.centre is not None:
        solved = with_levels(data, plan.equations, plan.levels, plan.centre, solved)
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
    """Effects of ``draws`` case draws. Chunks are cut at block borders only: any ``workers`` gives the same
    bits.

    ``plan`` may be any function from ``Moments`` of D draws to (E, D). ``rows`` (draws, U): positions,
    from 0, of the units of every draw; replaces the seed.
    """
    statistic = _evaluator(plan)
    count = plan.width if isinstance(plan, Plan) else len(plan(total_moments(source)))
    values = np.empty((count, draws))
    errors = np.empty((len(plan.effects), draws)) if isinstance(plan, Plan) and plan.errors else None
    width = CHUNK * streams.BLOCK
    cross = source.cross.T
    plain, everyone = bool(np.all(source.size == 1.0)), float(source.size.sum())
    spare: list[Memory] = []

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
            here = slice(number * streams.BLOCK, (number + 1) * streams.BLOCK)
            if rows is None and not work.counter.whole:
                _in_parts(
                    source, work, seed, block, min(streams.BLOCK, draws - block * streams.BLOCK), here, n
                )
                continue
            if rows is None:
                counts = work.counter(seed, block)
            else:
                counts = np.zeros((streams.BLOCK, source.size.shape[0]))
                given = rows[block * streams.BLOCK : (block + 1) * streams.BLOCK]
                counts[: len(given)] = streams.counts_of(given, source.size.shape[0])
                counts[len(given) :] = 1.0
            np.matmul(cross, counts.T, out=sums[:, here])
            n[here] = everyone if plain else counts @ source.size
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
        with stopping.pool(workers) as pool:
            for size in pool.map(chunk, starts):
                done += size
                if progress is not None:
                    progress(done, draws)
    _keep(source, spare)
    return Drawn(values.T, None if errors is None else errors.T)


def _in_parts(source: Units, work: Memory, seed: int, block: int, draws: int, here: slice, n: Floats) -> None:
    """Sums and sizes of the draws of a block with many units, a few draws at a time; the rest of the block is
    the sample itself."""
    total = source.cross.sum(axis=0)
    sums, sizes = work.sums[:, here], n[here]
    sums[:, draws:], sizes[draws:] = total[:, None], source.size.sum()
    for first, counts in work.counter.parts(seed, block, draws):
        own = slice(first, first + len(counts))
        sums[:, own] = source.cross.T @ counts.T
        sizes[own] = counts @ source.size


def total_moments(source: Units) -> Moments:
    """``Moments`` of the sample itself (D = 1)."""
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
    """(E,) effects of the sample itself, and their classical delta standard errors when the plan asks for
    them."""
    values, errors = _evaluator(plan)(total_moments(source))
    return values[:, 0], None if errors is None else errors[:, 0]
