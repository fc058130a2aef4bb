"""Minimise one discrepancy for many draws at once.

A draw starts at the estimates of the analysed sample. Its first step uses the inverse information of that sample
(shared by all draws); afterwards limited-memory quasi-Newton updates take over, each draw with its own step length
and its own history. A draw's own expected information is computed where it pays: early for small models, and again
whenever a draw is slow. Every draw that stops is checked: scaled gradient max |gₖ|/√Hₖₖ below the tolerance and a
positive definite expected information at the solution. Draws that do neither within the limit go through a slower
path of exact scoring with damping, from several starts.

An objective is anything with ``value(free) -> (F (D,), gradient (D, q))`` where F = ∞ outside the domain,
``information(free) -> (D, q, q)``, ``take(rows)`` and ``len``: ML, FIML and least squares are such objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CONVERGED, SLOW, FLAT = 0, 1, 2
"""Ends of a draw: converged; gradient not small within the limit; information not positive definite there."""

MEMORY = 10
EARLY = 40
"""Up to this many free directions a draw's own information is computed after the first step."""
CHECKED = 32
"""Draws whose information is held at once: their matrices stay in the processor's cache."""
PIVOT = 1e-10
"""Least pivot of the information scaled to a unit diagonal: 1 − R² of a direction on the others."""


class Objective(Protocol):
    """What the solver needs of an estimator."""

    def __len__(self) -> int: ...
    def take(self, rows: Ints, /) -> Self: ...
    def value(self, free: Floats, /) -> tuple[Floats, Floats]: ...
    def information(self, free: Floats, /) -> Floats: ...
    def curvature(self, free: Floats, /) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """tolerance: of the scaled gradient. rounds: limit of the quick path. steps: limit of the slower path a start."""

    tolerance: float = 1e-6
    rounds: int = 60
    steps: int = 200


@dataclass(frozen=True, slots=True)
class Solved:
    """free (D, q); value (D,) = F; scaled (D,) gradient; end (D,) of CONVERGED, SLOW, FLAT; rounds (D,) evaluations."""

    free: Floats
    value: Floats
    scaled: Floats
    end: Ints
    rounds: Ints


def solve(
    objective: Objective, start: Floats, inverse: Floats, others: Floats, *, settings: Settings = Settings()
) -> Solved:
    """Minimise from ``start`` (q,) with the shared ``inverse`` (q, q) information; ``others`` (k, q): further starts."""
    free, value, scaled, end, rounds = _quick(objective, start, inverse, settings)
    failed = np.flatnonzero(end != CONVERGED)
    if len(failed):
        part = objective.take(failed)
        again = _starts(part, start, others, settings)
        better = again.end <= end[failed]
        rows = failed[better]
        free[rows], value[rows], scaled[rows] = again.free[better], again.value[better], again.scaled[better]
        end[rows] = again.end[better]
        rounds[failed] += again.rounds
    return Solved(free, value, scaled, end, rounds)


def _quick(
    objective: Objective, start: Floats, inverse: Floats, settings: Settings
) -> tuple[Floats, Floats, Floats, Ints, Ints]:
    count, q = len(objective), len(start)
    out, values, scaled = np.tile(start, (count, 1)), np.full(count, np.inf), np.full(count, np.inf)
    end, rounds = np.full(count, SLOW, dtype=np.int64), np.zeros(count, dtype=np.int64)
    live = np.arange(count)
    x = out.copy()
    f, g = objective.value(x)
    shared = np.diag(np.linalg.inv(inverse))
    curve = np.tile(shared, (count, 1))
    memory = _Memory(inverse)
    d, t = memory.direction(g), np.ones(count)
    done = np.zeros(count, dtype=bool)
    refresh = 1 if q <= EARLY else 12
    for turn in range(1, settings.rounds + 1):
        trial = x + t[:, None] * d
        f_new, g_new = objective.value(trial)
        slope = np.einsum("dq,dq->d", g, d)
        accept = f_new <= f + 1e-4 * t * slope + 1e-11 * (1.0 + np.abs(f))
        accept &= ~done
        step, change = trial - x, g_new - g
        if not accept.all():
            step[~accept], change[~accept] = 0.0, 0.0
            g_new = np.where(accept[:, None], g_new, g)
            f_new = np.where(accept, f_new, f)
            t = np.where(accept, 1.0, 0.25 * t)
        else:
            t = np.ones(len(t))
        x, f, g = x + step, f_new, g_new
        if turn == 1 and refresh > 1:
            curve = np.maximum(objective.curvature(x), 1e-300)
            memory = _Memory(inverse, np.sqrt(shared / curve))
        elif turn == refresh:
            own = objective.information(x)
            curve = np.maximum(np.diagonal(own, axis1=1, axis2=2), 1e-300)
            memory = _Memory(_inverse(own, inverse))
            refresh += 12
        else:
            memory.add(step, change, accept)
        size = (np.abs(g) / np.sqrt(curve)).max(axis=1)
        fresh = ~done & (size < settings.tolerance)
        if fresh.any():
            rows = live[fresh]
            out[rows], values[rows], scaled[rows], rounds[rows] = x[fresh], f[fresh], size[fresh], turn
            end[rows] = CONVERGED
            done |= fresh
        if done.all():
            break
        if np.count_nonzero(done) > 0.2 * len(done):
            keep = np.flatnonzero(~done)
            live, x, f, g, d, t, curve = live[keep], x[keep], f[keep], g[keep], d[keep], t[keep], curve[keep]
            accept, done = accept[keep], done[keep]
            objective = objective.take(keep)
            memory.keep(keep)
        newer = memory.direction(g)
        uphill = np.einsum("dq,dq->d", newer, g) >= 0
        if uphill.any():
            newer[uphill] = memory.plain(g)[uphill]
        d = np.where(accept[:, None], newer, d)
    left = live[~done]
    out[left], values[left], rounds[left] = x[~done], f[~done], settings.rounds
    return out, values, scaled, end, rounds


def _inverse(own: Floats, fallback: Floats) -> Floats:
    """Inverses of (D, q, q) information; the shared one where it is not positive definite."""
    bad = ~(pivots(own) > PIVOT)
    if bad.any():
        own = np.where(bad[:, None, None], np.eye(own.shape[1]), own)
    out = np.linalg.inv(own)
    if bad.any():
        out[bad] = fallback
    return np.asarray(out)


def pivots(information: Floats) -> Floats:
    """(D,) least squared Cholesky pivot relative to its diagonal entry (1 − R²); 0 when not positive definite.

    Only the lower triangles are read.
    """
    diagonal = np.diagonal(information, axis1=1, axis2=2)
    try:
        lower = np.linalg.cholesky(information)
        return np.asarray((np.diagonal(lower, axis1=1, axis2=2) ** 2 / diagonal).min(axis=1))
    except np.linalg.LinAlgError:
        pass
    out = np.zeros(len(information))
    for row, entry in enumerate(information):
        try:
            out[row] = (np.diag(np.linalg.cholesky(entry)) ** 2 / diagonal[row]).min()
        except np.linalg.LinAlgError:
            out[row] = 0.0
    return np.where(np.isfinite(out), out, 0.0)


class _Memory:
    """Limited-memory BFGS over a base inverse, (q, q) shared or (D, q, q); each draw with its own pairs."""

    def __init__(self, base: Floats, scale: Floats | None = None) -> None:
        self.base = base
        self.scale = scale
        self.steps: list[Floats] = []
        self.changes: list[Floats] = []
        self.weights: list[Floats] = []

    def add(self, step: Floats, change: Floats, accept: Bools) -> None:
        inner = np.einsum("dq,dq->d", step, change)
        lengths = np.einsum("dq,dq->d", step, step) * np.einsum("dq,dq->d", change, change)
        good = accept & (inner > 1e-9 * np.sqrt(lengths))
        self.steps.append(step)
        self.changes.append(change)
        self.weights.append(np.where(good, 1.0 / np.where(good, inner, 1.0), 0.0))
        if len(self.steps) > MEMORY:
            del self.steps[0], self.changes[0], self.weights[0]

    def keep(self, rows: Ints) -> None:
        self.steps = [entry[rows] for entry in self.steps]
        self.changes = [entry[rows] for entry in self.changes]
        self.weights = [entry[rows] for entry in self.weights]
        if self.base.ndim == 3:
            self.base = self.base[rows]
        if self.scale is not None:
            self.scale = self.scale[rows]

    def plain(self, gradient: Floats) -> Floats:
        """−(base inverse) gradient."""
        if self.scale is not None:
            return -((gradient * self.scale) @ self.base) * self.scale
        if self.base.ndim == 2:
            return -(gradient @ self.base)
        return np.asarray(-np.matmul(self.base, gradient[:, :, None])[:, :, 0])

    def direction(self, gradient: Floats) -> Floats:
        v = gradient.copy()
        alphas: list[Floats] = []
        for step, change, weight in zip(self.steps[::-1], self.changes[::-1], self.weights[::-1], strict=True):
            alpha = weight * np.einsum("dq,dq->d", step, v)
            v -= alpha[:, None] * change
            alphas.append(alpha)
        v = self.plain(v)
        for step, change, weight, alpha in zip(self.steps, self.changes, self.weights, alphas[::-1], strict=True):
            beta = weight * np.einsum("dq,dq->d", change, v)
            v -= step * (alpha + beta)[:, None]
        return v


def _starts(objective: Objective, start: Floats, others: Floats, settings: Settings) -> Solved:
    """The slower path from each start in turn; of the converged ends the lowest F is kept."""
    count, q = len(objective), len(start)
    best = Solved(
        np.tile(start, (count, 1)),
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.full(count, SLOW, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )
    open_ = np.arange(count)
    for origin in np.concatenate([start[None], others.reshape(-1, q)]):
        found = damped(objective.take(open_), np.tile(origin, (len(open_), 1)), settings=settings)
        better = found.end < best.end[open_]
        better |= (found.end == best.end[open_]) & (found.value < best.value[open_])
        rows = open_[better]
        best.free[rows], best.value[rows] = found.free[better], found.value[better]
        best.scaled[rows], best.end[rows] = found.scaled[better], found.end[better]
        best.rounds[open_] += found.rounds
        open_ = np.flatnonzero(best.end != CONVERGED)
        if not len(open_):
            break
    return best


def damped(objective: Objective, start: Floats, *, settings: Settings = Settings()) -> Solved:
    """Exact scoring with Levenberg damping from (D, q) ``start``: slow and sure."""
    count = len(objective)
    x = start.copy()
    f, g = objective.value(x)
    lam = np.zeros(count)
    end, rounds, scaled = np.full(count, SLOW, dtype=np.int64), np.zeros(count, dtype=np.int64), np.full(count, np.inf)
    open_ = np.flatnonzero(np.isfinite(f))
    for _ in range(settings.steps):
        if not len(open_):
            break
        part = objective.take(open_)
        own = part.information(x[open_])
        diagonal = np.maximum(np.diagonal(own, axis1=1, axis2=2), 1e-300)
        scaled[open_] = (np.abs(g[open_]) / np.sqrt(diagonal)).max(axis=1)
        least = pivots(own)
        small = scaled[open_] < settings.tolerance
        end[open_[small]] = np.where(least[small] > PIVOT, CONVERGED, FLAT)
        index = np.arange(x.shape[1])
        ridge = np.where(least > PIVOT, lam[open_], np.maximum(lam[open_], 1e-6))
        own[:, index, index] += ridge[:, None] * diagonal
        d = -np.linalg.solve(own, g[open_][:, :, None])[:, :, 0]
        slope = np.einsum("dq,dq->d", d, g[open_])
        f_new, g_new = part.value(x[open_] + d)
        accept = ~small & (f_new <= f[open_] + 1e-4 * slope + 1e-12 * (1.0 + np.abs(f[open_])))
        rows = open_[accept]
        x[rows] += d[accept]
        f[rows], g[rows] = f_new[accept], g_new[accept]
        lam[open_] = np.where(accept, np.where(lam[open_] < 1e-6, 0.0, lam[open_] / 5.0), np.maximum(lam[open_] * 4.0, 1e-3))
        rounds[open_] += 1
        open_ = open_[~small & (lam[open_] < 1e8)]
    return Solved(x, f, scaled, end, rounds)


def certify(objective: Objective, solved: Solved, *, settings: Settings = Settings()) -> Solved:
    """Check the converged draws at their solution: scaled gradient by the own information, and its pivots."""
    rows = np.flatnonzero(solved.end == CONVERGED)
    if not len(rows):
        return solved
    end = solved.end.copy()
    for first in range(0, len(rows), CHECKED):
        some = rows[first : first + CHECKED]
        own = objective.take(some).information(solved.free[some])
        end[some] = np.where(pivots(own) > PIVOT, CONVERGED, FLAT)
    return Solved(solved.free, solved.value, solved.scaled, end, solved.rounds)
