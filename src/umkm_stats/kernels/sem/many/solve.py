"""Minimise one discrepancy for many draws at once.

A draw starts at the estimates of the analysed sample. Its first step uses the inverse second derivatives of
that sample, shared by all draws; then every draw rescales this matrix to its own diagonal information and
goes on with limited-memory quasi-Newton updates (Nocedal 1980,
https://doi.org/10.1090/S0025-5718-1980-0572855-7), its own step length and its own history. A draw that is
slow gets its own expected information. Every draw that stops is checked at its solution: scaled gradient max
|gₖ|/√Hₖₖ below the tolerance and H positive definite. Draws that fail the check go through a slower path,
exact scoring with Levenberg damping, from several starts.

An objective is anything with the methods of :class:`Objective`: ML, FIML and least squares are such objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many.algebra import Bools, Floats, pivots

Ints = NDArray[np.int64]

CONVERGED, SLOW, FLAT, RUNAWAY = range(4)
"""Ends of a draw: converged; gradient not small within the limit; information not positive definite there; a
residual
variance grows without limit, so that F has no minimum."""

MEMORY = 10
REFRESH = 12
"""Evaluations after which a slow draw gets its own information, and again after as many."""
CHECKED = 32
"""Draws whose information is held at once: their matrices stay in the processor's cache."""
BEYOND = 10.0
"""A residual variance this many times the observed variance, in a draw that does not converge, has no limit:
F falls
for ever along a valley, and where a search ends in it is an accident of its stopping rule."""
PIVOT = 1e-10
"""Least pivot of the information relative to its diagonal: 1 − R² of a direction on the others."""


class Objective(Protocol):
    """What the solver needs of an estimator, for D draws and q free directions.

    value: F (D,), ∞ outside the domain, and gradient (D, q). information: (D, q, q) expected second
    derivatives. curvature: (D, q) their diagonal or something proportional to it. certificate: least relative
    pivot (D,) of the information, or a lower bound of it, and its diagonal (D, q). extent: (D,) largest
    residual variance, without sign, in units of the observed one.
    """

    def __len__(self) -> int: ...
    def take(self, rows: Ints, /) -> Self: ...
    def value(self, free: Floats, /) -> tuple[Floats, Floats]: ...
    def information(self, free: Floats, /) -> Floats: ...
    def curvature(self, free: Floats, /) -> Floats: ...
    def certificate(self, free: Floats, /) -> tuple[Floats, Floats]: ...
    def extent(self, free: Floats, /) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """tolerance: of the scaled gradient. rounds: evaluations of the quick path. steps: of the slower one, a
    start."""

    tolerance: float = 1e-6
    rounds: int = 60
    steps: int = 120


@dataclass(frozen=True, slots=True)
class Solved:
    """free (D, q); value (D,) = F; gradient (D, q) and scaled (D,), its largest element in units of its
    curvature;
    end (D,) of CONVERGED, SLOW, FLAT; rounds (D,) evaluations."""

    free: Floats
    value: Floats
    gradient: Floats
    scaled: Floats
    end: Ints
    rounds: Ints

    def put(self, rows: Ints, other: Solved, mask: Bools) -> None:
        """Write the masked draws of ``other`` (which stand at ``rows`` here) into this one."""
        at = rows[mask]
        self.free[at], self.value[at], self.gradient[at] = (
            other.free[mask],
            other.value[mask],
            other.gradient[mask],
        )
        self.scaled[at], self.end[at] = other.scaled[mask], other.end[mask]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where draws start: free (q,) the sample's estimates; inverse (q, q) of its second derivatives;
    curvature (q,) of
    the same kind as :meth:`Objective.curvature`; others (k, q) further starts; lower, upper (q,) bounds."""

    free: Floats
    inverse: Floats
    curvature: Floats
    others: Floats
    lower: Floats
    upper: Floats

    @property
    def bounded(self) -> bool:
        """Whether any bound is finite."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())


def origin(
    objective: Objective,
    free: Floats,
    *,
    others: Floats | None = None,
    lower: Floats | None = None,
    upper: Floats | None = None,
) -> Origin:
    """The origin from the sample's own objective (one draw) at its estimates ``free`` (q,).

    The second derivatives are central differences of the gradient; where they are not positive definite the
    expected information takes their place, with a ridge if need be.
    """
    q = len(free)
    curvature = np.maximum(objective.curvature(free[None])[0], 1e-300)
    step = 1e-4 / np.sqrt(curvature)
    moves = np.concatenate([np.diag(step), -np.diag(step)])
    value, gradient = objective.take(np.zeros(2 * q, dtype=np.int64)).value(free + moves)
    second = (gradient[:q] - gradient[q:]) / (2.0 * step[:, None])
    second = (second + second.T) / 2.0
    if not np.isfinite(value).all() or not pivots(second[None])[0] > 1e-6:
        second = objective.information(free[None])[0]
    for ridge in (0.0, 1e-6, 1e-3, 1.0):
        trial = second + ridge * np.diag(curvature)
        if pivots(trial[None])[0] > PIVOT:
            break
    else:
        trial = np.diag(curvature)
    inverse = np.linalg.inv(trial)
    unbounded = np.full(q, np.inf)
    return Origin(
        free,
        (inverse + inverse.T) / 2.0,
        curvature,
        np.zeros((0, q)) if others is None else others,
        -unbounded if lower is None else lower,
        unbounded if upper is None else upper,
    )


def one_step(objective: Objective, begin: Origin) -> Floats:
    """(D, q) first steps from the sample's estimates: a linearisation, not a re-estimation."""
    _, gradient = objective.value(np.tile(begin.free, (len(objective), 1)))
    return np.asarray(begin.free - gradient @ begin.inverse)


def solve(
    objective: Objective, begin: Origin, *, retry: bool = True, settings: Settings = Settings()
) -> Solved:
    """Minimise every draw; see the module. Without ``retry`` the quick path only."""
    count = len(objective)
    if begin.bounded:
        found = _damped(objective, np.tile(begin.free, (count, 1)), begin, settings)
    else:
        found = _quick(objective, begin, settings)
        _certify(objective, found, settings)
    for start in (None, begin.free, *begin.others) if retry else ():
        failed = np.flatnonzero((found.end == SLOW) | (found.end == FLAT))
        if not len(failed):
            break
        part = objective.take(failed)
        if start is None and not begin.bounded:
            again = solve_from(part, begin, found.free[failed], settings=settings)
        else:
            where = found.free[failed] if start is None else np.tile(start, (len(failed), 1))
            again = _damped(part, where, begin, settings)
        better = (again.end == CONVERGED) | (again.end == RUNAWAY) | (again.value < found.value[failed])
        found.put(failed, again, better)
        found.rounds[failed] += again.rounds
    return found


def solve_from(
    objective: Objective, begin: Origin, starts: Floats, *, settings: Settings = Settings()
) -> Solved:
    """The quick path from (D, q) starts, each draw with its own information; certified."""
    found = _quick(objective, begin, settings, starts)
    _certify(objective, found, settings)
    gone = (found.end == SLOW) & (objective.extent(found.free) > BEYOND)
    found.end[gone] = RUNAWAY
    return found


def _quick(objective: Objective, begin: Origin, settings: Settings, start: Floats | None = None) -> Solved:
    """The quick path from the sample's estimates; or from ``start`` (D, q) with own information and more
    patience."""
    count = len(objective)
    x = np.tile(begin.free, (count, 1)) if start is None else start.copy()
    limit = settings.rounds if start is None else 4 * settings.rounds
    found = Solved(
        x.copy(),
        np.full(count, np.inf),
        np.zeros_like(x),
        np.full(count, np.inf),
        np.full(count, SLOW, dtype=np.int64),
        np.full(count, limit, dtype=np.int64),
    )
    live = np.arange(count)
    f, g = objective.value(x)
    curve = np.tile(begin.curvature, (count, 1))
    memory = _Memory(begin.inverse if start is None else _inverse(objective.information(x), begin.inverse))
    d, t = memory.direction(g), np.ones(count)
    done = np.zeros(count, dtype=bool)
    for turn in range(1, limit + 1):
        trial = x + t[:, None] * d
        f_new, g_new = objective.value(trial)
        slope = np.einsum("dq,dq->d", g, d)
        accept = ~done & (f_new <= f + 1e-4 * t * slope + 1e-11 * (1.0 + np.abs(f)))
        step, change = trial - x, g_new - g
        if accept.all():
            t = np.ones(len(t))
            x, f, g = trial, f_new, g_new
        else:
            step[~accept], change[~accept] = 0.0, 0.0
            x = np.where(accept[:, None], trial, x)
            f, g = np.where(accept, f_new, f), np.where(accept[:, None], g_new, g)
            t = np.where(accept, 1.0, 0.25 * t)
        if turn == 1 and start is None:
            curve = np.maximum(objective.curvature(x), 1e-300)
            memory = _Memory(begin.inverse, np.sqrt(begin.curvature / curve))
        elif turn % REFRESH == 0:
            own = objective.information(x)
            curve = np.maximum(np.diagonal(own, axis1=1, axis2=2), 1e-300)
            memory = _Memory(_inverse(own, begin.inverse))
        else:
            memory.add(step, change, accept)
        size = (np.abs(g) / np.sqrt(curve)).max(axis=1)
        fresh = ~done & (size < 0.2 * settings.tolerance)
        if fresh.any():
            rows = live[fresh]
            found.free[rows], found.value[rows], found.gradient[rows] = x[fresh], f[fresh], g[fresh]
            found.rounds[rows], found.end[rows] = turn, CONVERGED
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
    left = ~done
    found.free[live[left]], found.value[live[left]] = x[left], f[left]
    return found


def _certify(objective: Objective, found: Solved, settings: Settings) -> None:
    """Check the converged draws at their solution with their own information."""
    rows = np.flatnonzero(found.end == CONVERGED)
    for first in range(0, len(rows), CHECKED):
        some = rows[first : first + CHECKED]
        least, diagonal = objective.take(some).certificate(found.free[some])
        size = (np.abs(found.gradient[some]) / np.sqrt(np.maximum(diagonal, 1e-300))).max(axis=1)
        found.scaled[some] = size
        found.end[some] = np.where(size < settings.tolerance, np.where(least > PIVOT, CONVERGED, FLAT), SLOW)


def _inverse(own: Floats, fallback: Floats) -> Floats:
    """Inverses of (D, q, q) information; the shared one where it is not positive definite."""
    bad = ~(pivots(own) > PIVOT)
    if bad.any():
        own = np.where(bad[:, None, None], np.eye(own.shape[1]), own)
    out = np.linalg.inv(own)
    if bad.any():
        out[bad] = fallback
    return np.asarray(out)


class _Memory:
    """Limited-memory BFGS over a base inverse: shared (q, q), with a scale (D, q) of each draw or without, or
    (D, q, q). Every draw has its own pairs of step and change of gradient; a pair of weight 0 counts for
    nothing."""

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
        for step, change, weight in zip(
            self.steps[::-1], self.changes[::-1], self.weights[::-1], strict=True
        ):
            alpha = weight * np.einsum("dq,dq->d", step, v)
            v -= alpha[:, None] * change
            alphas.append(alpha)
        v = self.plain(v)
        for step, change, weight, alpha in zip(
            self.steps, self.changes, self.weights, alphas[::-1], strict=True
        ):
            beta = weight * np.einsum("dq,dq->d", change, v)
            v -= step * (alpha + beta)[:, None]
        return v


def _damped(objective: Objective, start: Floats, begin: Origin, settings: Settings) -> Solved:
    """Exact scoring with Levenberg damping from (D, q) ``start``; a direction that a bound stops is held
    there."""
    count, q = start.shape
    x = np.clip(start, begin.lower, begin.upper)
    f, g = objective.value(x)
    lam = np.zeros(count)
    found = Solved(
        x, f, g, np.full(count, np.inf), np.full(count, SLOW, dtype=np.int64), np.zeros(count, dtype=np.int64)
    )
    open_ = np.flatnonzero(np.isfinite(f))
    index = np.arange(q)
    for _ in range(settings.steps):
        if not len(open_):
            break
        part, here, slope = objective.take(open_), x[open_], g[open_].copy()
        own = part.information(here)
        diagonal = np.maximum(np.diagonal(own, axis1=1, axis2=2), 1e-300).copy()
        if begin.bounded:
            margin = 1e-10 * (1.0 + np.abs(here))
            held = ((here <= begin.lower + margin) & (slope > 0)) | (
                (here >= begin.upper - margin) & (slope < 0)
            )
            slope[held] = 0.0
            own = np.where(held[:, :, None] | held[:, None, :], 0.0, own)
            own[:, index, index] = np.where(held, 1.0, diagonal)
        size = (np.abs(slope) / np.sqrt(diagonal)).max(axis=1)
        found.scaled[open_] = size
        least = pivots(own)
        near, small = size < settings.tolerance, size < 0.2 * settings.tolerance
        found.end[open_] = np.where(near, np.where(least > PIVOT, CONVERGED, FLAT), SLOW)
        ridge = np.where(least > PIVOT, lam[open_], np.maximum(lam[open_], 1e-6))
        own[:, index, index] += ridge[:, None] * diagonal
        move = (
            np.clip(here - np.linalg.solve(own, slope[:, :, None])[:, :, 0], begin.lower, begin.upper) - here
        )
        descent = np.einsum("dq,dq->d", move, slope)
        f_new, g_new = part.value(here + move)
        accept = ~small & (f_new <= f[open_] + 1e-4 * descent + 1e-12 * (1.0 + np.abs(f[open_])))
        rows = open_[accept]
        x[rows] += move[accept]
        f[rows], g[rows] = f_new[accept], g_new[accept]
        eased = np.where(lam[open_] < 1e-6, 0.0, lam[open_] / 5.0)
        lam[open_] = np.where(accept, eased, np.maximum(lam[open_] * 4.0, 1e-3))
        found.rounds[open_] += 1
        gone = ~near & (part.extent(x[open_]) > BEYOND)
        found.end[open_[gone]] = RUNAWAY
        open_ = open_[~small & ~gone & (lam[open_] < 1e8)]
    return found
