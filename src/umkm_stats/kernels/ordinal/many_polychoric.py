"""Polychoric correlations and their variances for every pair and every draw, from counts.

One contingency table a pair and draw comes from one matrix product. Every pair starts at the correlation of
the whole sample, so that the constants of the integration rule are the pair's and a draw needs about three
Newton steps at the interior corners. Tables that are not settled by then, or whose correlation is large, go
to the general routine of ``polychoric_tables``; both solve the same equation.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import path
from umkm_stats.kernels.ordinal import polychoric_tables as polychoric

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TWO_PI = 2.0 * np.pi
_SETTLED = 6e-6
_STEPS = 8
_REACH = 0.8
_CHUNK = 4096
_RULES = {n: np.polynomial.legendre.leggauss(n) for n in (1, 2, 4, 8, 10, 16)}


@dataclass(frozen=True, slots=True)
class PairTables:
    """Pairs of one table shape. first, second: (M,) item numbers; place: (M,) position among all pairs;
    cells: (N, M) cell number of each row, row category · columns + column category; shape (r, c)."""

    first: Ints
    second: Ints
    place: Ints
    cells: Ints
    shape: tuple[int, int]


@dataclass(frozen=True, slots=True)
class DrawCorrelations:
    """rho, variance: (D, pairs) of √N·ρ̂; sound: (D, pairs) False where the likelihood has no maximum."""

    rho: Floats
    variance: Floats
    sound: NDArray[np.bool_]


def pair_tables(codes: Ints, categories: Ints) -> tuple[PairTables, ...]:
    """The pairs (i > j, in the order of a lower triangle by columns) of items grouped by table shape.

    codes: (N, p) category numbers from 0; categories: (p,) how many each item has.
    """
    p = codes.shape[1]
    pairs = np.array([(i, j) for j in range(p) for i in range(j + 1, p)], dtype=np.int64).reshape(-1, 2)
    shapes: dict[tuple[int, int], list[int]] = {}
    for place, (i, j) in enumerate(pairs):
        shapes.setdefault((int(categories[i]), int(categories[j])), []).append(place)
    groups = []
    for shape, places in sorted(shapes.items()):
        at = np.array(places, dtype=np.int64)
        first, second = pairs[at, 0], pairs[at, 1]
        groups.append(PairTables(first, second, at, codes[:, first] * shape[1] + codes[:, second], shape))
    return tuple(groups)


def count_tables(group: PairTables, counts: Floats, start: int, stop: int) -> Floats:
    """(pairs, D, r, c) tables of pairs start…stop of a group in D draws of row counts (D, N).

    Counts are whole numbers below 2²⁴, so the product in single precision is exact.
    """
    size = group.shape[0] * group.shape[1]
    chosen = group.cells[:, start:stop]
    rows, pairs = chosen.shape
    indicator = np.zeros((rows, pairs, size), dtype=np.float32)
    np.put_along_axis(indicator, chosen[:, :, None], np.float32(1.0), axis=2)
    flat = counts.astype(np.float32) @ indicator.reshape(rows, pairs * size)
    return flat.reshape(len(counts), pairs, *group.shape).swapaxes(0, 1).astype(np.float64)


def correlations(
    groups: tuple[PairTables, ...],
    counts: Floats,
    centre: Floats,
    influence: Floats | None = None,
    kernel: str | None = None,
) -> DrawCorrelations:
    """ρ and its variance for all pairs and draws.

    counts: (D, N) how often each row stands in each draw. centre: (pairs,) ρ of the whole sample.
    influence: (N, pairs) N times each row's first-order effect on ρ; it only moves the starting values.
    kernel: what computes (default: as now).
    """
    draws, pairs = len(counts), len(centre)
    rho, spread = np.empty((draws, pairs)), np.empty((draws, pairs))
    sound = np.empty((draws, pairs), dtype=bool)
    start = np.repeat(centre[None], draws, axis=0)
    if influence is not None:
        start += counts @ np.nan_to_num(influence) / counts.sum(axis=1, keepdims=True)
    name = path.kernel() if kernel is None else kernel
    room = path.room(name)
    if room is not None:
        margins = _margins(groups, counts)
        for group in groups:
            found = _compiled(room, name, group, counts, margins, centre, start)
            rho[:, group.place], spread[:, group.place], sound[:, group.place] = (value.T for value in found)
        return DrawCorrelations(rho, spread, sound)
    for group in groups:
        step = max(1, _CHUNK // draws)
        for begin in range(0, len(group.place), step):
            end = min(begin + step, len(group.place))
            at = group.place[begin:end]
            tables = count_tables(group, counts, begin, end)
            found = _chunk(tables, centre[at], np.ascontiguousarray(start[:, at].T))
            rho[:, at], spread[:, at], sound[:, at] = (value.T for value in found)
    return DrawCorrelations(rho, spread, sound)


@dataclass(frozen=True, slots=True)
class _Margins:
    """Of all items in D draws, D filled up to a multiple of four with the last draw.

    counts (D / 4, N, 4); tau, share (items, cuts, D) thresholds and the shares at or below them, 0 and 1
    behind an item's own.
    """

    counts: Floats
    tau: Floats
    share: Floats


def _margins(groups: tuple[PairTables, ...], counts: Floats) -> _Margins:
    draws = len(counts)
    wide = counts[np.minimum(np.arange(-(-draws // 4) * 4), draws - 1)]
    items = 1 + max(int(group.first.max()) for group in groups)
    cuts = max(max(group.shape) for group in groups) - 1
    tau, share = np.zeros((items, cuts, len(wide))), np.ones((items, cuts, len(wide)))
    done: set[int] = set()
    for group in groups:
        for column in range(len(group.place)):
            pair = int(group.first[column]), int(group.second[column])
            if done.issuperset(pair):
                continue
            codes = np.divmod(group.cells[:, column], group.shape[1])
            for item, code, k in zip(pair, codes, group.shape, strict=True):
                if item not in done:
                    done.add(item)
                    margin = wide @ (code[:, None] == np.arange(k))
                    below = np.cumsum(margin, axis=1)[:, :-1] / margin.sum(axis=1, keepdims=True)
                    share[item, : k - 1] = below.T
                    tau[item, : k - 1] = np.clip(polychoric.thresholds(margin), -12.0, 12.0).T
    side = wide.reshape(-1, 4, wide.shape[1]).transpose(0, 2, 1)
    return _Margins(np.ascontiguousarray(side), tau, share)


def _compiled(
    room: ModuleType,
    kernel: str,
    group: PairTables,
    counts: Floats,
    margins: _Margins,
    centre: Floats,
    start: Floats,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(pairs, D) of :func:`_chunk` from the compiled kernel; the tables that it leaves go the general way."""
    draws = len(counts)
    begin = np.clip(centre[group.place], -_REACH, _REACH)
    near = np.clip(start[:, group.place].T, begin[:, None] - 0.25, begin[:, None] + 0.25)
    near = np.clip(near[:, np.minimum(np.arange(margins.tau.shape[2]), draws - 1)], -_REACH, _REACH)
    found = room.polychoric(
        np.ascontiguousarray(group.cells.T, dtype=np.uint16),
        group.shape,
        margins.counts,
        group.first,
        group.second,
        margins.tau,
        margins.share,
        begin,
        np.ascontiguousarray(near),
        kernel.split()[-1],
    )
    rho, spread, safe = (np.ascontiguousarray(value[:, :draws]) for value in found)
    for pair in np.flatnonzero(~safe.all(axis=1)).tolist():
        one = slice(pair, pair + 1)
        tables = count_tables(group, counts, pair, pair + 1)
        own = rho[one], spread[one], safe[one].copy()
        rho[one], spread[one], safe[one] = _carefully(tables, ~safe[one], *own, centre[group.place[one]])
    return rho, spread, safe


@dataclass(slots=True)
class _Work:
    """Tables on their way to the optimum, flat: tables (M,r,c), squares and cross (M,r−1,c−1), rho (M,), grid
    (M,r+1,c+1) of Φ₂ at all corners."""

    tables: Floats
    squares: Floats
    cross: Floats
    rho: Floats
    grid: Floats

    def some(self, rows: NDArray[np.bool_]) -> _Work:
        return _Work(self.tables[rows], self.squares[rows], self.cross[rows], self.rho[rows], self.grid[rows])


def _chunk(tables: Floats, centre: Floats, start: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    pairs, draws, r, c = tables.shape
    total = tables.sum(axis=(2, 3))
    rows, cols = tables.sum(axis=3), tables.sum(axis=2)
    tau_a = np.clip(polychoric.thresholds(rows), -12.0, 12.0)
    tau_b = np.clip(polychoric.thresholds(cols), -12.0, 12.0)
    a, b = tau_a[..., :, None], tau_b[..., None, :]
    squares, cross = a * a + b * b, a * b
    begin = np.clip(centre, -_REACH, _REACH)
    grid = np.zeros((pairs, draws, r + 1, c + 1))
    grid[..., 1:r, c] = np.cumsum(rows, axis=-1)[..., :-1] / total[..., None]
    grid[..., r, 1:c] = np.cumsum(cols, axis=-1)[..., :-1] / total[..., None]
    grid[..., r, c] = 1.0
    grid[..., 1:r, 1:c] = _first(squares, cross, begin, grid)
    many = pairs * draws
    work = _Work(
        tables.reshape(many, r, c),
        squares.reshape(many, r - 1, c - 1),
        cross.reshape(many, r - 1, c - 1),
        np.repeat(begin, draws),
        grid.reshape(many, r + 1, c + 1),
    )
    near = np.clip(start.ravel(), work.rho - 0.25, work.rho + 0.25)
    _move(work, np.clip(near, -_REACH, _REACH))
    settled = _newton(work)
    rho = work.rho.reshape(pairs, draws)
    safe = settled.reshape(pairs, draws) & (np.abs(rho) <= _REACH)
    kept_rows, kept_cols = (rows > 0.0).sum(axis=2), (cols > 0.0).sum(axis=2)
    safe &= (kept_rows > 1) & (kept_cols > 1)
    safe &= (kept_rows > 2) | (kept_cols > 2) | ((tables > 0.0).sum(axis=(2, 3)) == 4)
    spread = _spread(work, total.ravel(), tau_a.reshape(many, -1), tau_b.reshape(many, -1)).reshape(
        pairs, draws
    )
    sound = safe.copy()
    if not safe.all():
        rho, spread, sound = _carefully(tables, ~safe, rho, spread, sound, centre)
    return rho, spread, sound


def _newton(work: _Work) -> NDArray[np.bool_]:
    """Newton steps, in place; returns which tables settled. From the third step on only the unsettled
    move."""
    settled = np.zeros(len(work.rho), dtype=bool)
    active = work
    at = np.arange(len(work.rho))
    for iteration in range(_STEPS):
        step = _step(active)
        small = np.abs(step) < _SETTLED
        moved = np.clip(
            np.where(np.isfinite(step), active.rho + step, active.rho), -_REACH - 0.1, _REACH + 0.1
        )
        _move(active, moved)
        if active is not work:
            work.rho[at], work.grid[at] = active.rho, active.grid
        settled[at[small]] = True
        if iteration >= 1 and not small.all():
            active, at = active.some(~small), at[~small]
        elif small.all():
            break
    return settled


def _step(work: _Work) -> Floats:
    """(M,) Newton step in ρ; NaN where the likelihood is not concave or the step is wild."""
    slopes, change = np.zeros_like(work.grid), np.zeros_like(work.grid)
    density, bend = _density(work.squares, work.cross, work.rho)
    slopes[:, 1:-1, 1:-1] = density
    change[:, 1:-1, 1:-1] = bend
    cells = np.maximum(_second_difference(work.grid), polychoric.FLOOR)
    share = work.tables / cells
    by_rho = _second_difference(slopes)
    slope = np.einsum("mij,mij->m", share, by_rho)
    curve = np.einsum("mij,mij->m", share, _second_difference(change))
    by_rho /= cells
    by_rho *= by_rho * (work.tables > 0.0)
    curve -= np.einsum("mij,mij->m", work.tables, by_rho)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(curve < 0.0, -slope / curve, np.nan)
    return np.where(np.abs(step) < 0.4, step, np.nan)


def _move(work: _Work, rho: Floats) -> None:
    work.grid[:, 1:-1, 1:-1] += _carry(work.squares, work.cross, work.rho, rho)
    work.rho = rho


def _first(squares: Floats, cross: Floats, centre: Floats, grid: Floats) -> Floats:
    """Φ₂ at the corners for the pairs' own ρ: constants of the rule are one number a pair and node."""
    r, c = squares.shape[2] + 1, squares.shape[3] + 1
    points = 10 if np.abs(centre).max(initial=0.0) < 0.65 else 16
    angle = np.arcsin(centre)
    total = np.zeros_like(squares)
    for node, weight in zip(*_RULES[points], strict=True):
        sine = np.sin(0.5 * angle * (1.0 + node))[:, None, None, None]
        rest = 1.0 / (1.0 - sine * sine)
        work = cross * (sine * rest)
        work -= squares * (0.5 * rest)
        np.exp(work, out=work)
        work *= weight
        total += work
    total *= (angle / (2.0 * _TWO_PI))[:, None, None, None]
    return total + grid[..., 1:r, c : c + 1] * grid[..., r : r + 1, 1:c]


def _density(squares: Floats, cross: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """φ₂ and ∂φ₂/∂ρ at the corners."""
    rho = rho[..., None, None]
    rest = 1.0 - rho * rho
    work = cross * (rho / rest)
    work -= squares * (0.5 / rest)
    np.exp(work, out=work)
    work *= 1.0 / (_TWO_PI * np.sqrt(rest))
    bend = cross * ((1.0 + rho * rho) / (rest * rest))
    bend -= squares * (rho / (rest * rest))
    bend += rho / rest
    bend *= work
    return work, bend


def _carry(squares: Floats, cross: Floats, old: Floats, new: Floats) -> Floats:
    """∫ φ₂ dρ from the old to the new ρ, elementwise."""
    middle, half = 0.5 * (old + new), 0.5 * (new - old)
    reach = float((np.abs(half) / (1.0 - np.abs(middle))).max(initial=0.0))  # φ₂ is singular at ±1
    points = 1 if reach < 5e-5 else 2 if reach < 3e-3 else 4 if reach < 0.07 else 8 if reach < 0.33 else 16
    total = np.zeros_like(squares)
    for node, weight in zip(*_RULES[points], strict=True):
        rho = (middle + half * node)[..., None, None]
        rest = 1.0 - rho * rho
        work = cross * (rho / rest)
        work -= squares * (0.5 / rest)
        np.exp(work, out=work)
        work *= weight / (_TWO_PI * np.sqrt(rest))
        total += work
    total *= half[..., None, None]
    return total


def _second_difference(grid: Floats) -> Floats:
    down = grid[..., 1:, :] - grid[..., :-1, :]
    return np.asarray(down[..., 1:] - down[..., :-1])


def _spread(work: _Work, total: Floats, tau_a: Floats, tau_b: Floats) -> Floats:
    """(M,) variance of √N·ρ̂ (see ``variance``) from the corners already at hand."""
    cells = _second_difference(work.grid)
    sound = cells > np.sqrt(np.finfo(np.float64).eps)
    weight = np.where(sound, 1.0 / np.where(sound, cells, 1.0), 0.0)
    slopes = np.zeros_like(work.grid)
    slopes[:, 1:-1, 1:-1] = _density(work.squares, work.cross, work.rho)[0]
    score = _second_difference(slopes) * weight
    return polychoric.influence_variance(work.tables, total, tau_a, tau_b, work.rho, score, weight)


def _carefully(
    tables: Floats,
    again: NDArray[np.bool_],
    rho: Floats,
    spread: Floats,
    sound: NDArray[np.bool_],
    centre: Floats,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """The general routine for the tables marked ``again``, each without its empty categories."""
    whole = again & (tables.sum(axis=3) > 0.0).all(axis=2) & (tables.sum(axis=2) > 0.0).all(axis=2)
    if whole.any():
        some = tables[whole]
        rows, cols = polychoric.thresholds(some.sum(axis=2)), polychoric.thresholds(some.sum(axis=1))
        found = polychoric.estimate(some, rows, cols, np.broadcast_to(centre[:, None], again.shape)[whole])
        rho[whole], sound[whole] = found.rho, found.converged
        spread[whole] = polychoric.variance(some, rows, cols, found.rho)
    for pair, draw in np.argwhere(again & ~whole):
        table = tables[pair, draw]
        table = table[table.sum(axis=1) > 0.0][:, table.sum(axis=0) > 0.0]
        if min(table.shape) < 2:
            rho[pair, draw], spread[pair, draw], sound[pair, draw] = np.nan, np.nan, False
            continue
        one = table[None]
        rows, cols = polychoric.thresholds(one.sum(axis=2)), polychoric.thresholds(one.sum(axis=1))
        found = polychoric.estimate(one, rows, cols, centre[pair : pair + 1])
        rho[pair, draw], sound[pair, draw] = found.rho[0], found.converged[0]
        spread[pair, draw] = polychoric.variance(one, rows, cols, found.rho)[0]
    return rho, spread, sound
