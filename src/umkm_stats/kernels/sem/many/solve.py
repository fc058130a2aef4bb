"""Minimise one discrepancy for many draws at once.

A draw starts at the estimates of the analysed sample. Its first step uses the inverse second derivatives of
that sample, shared by all draws; then every draw rescales this matrix to its own diagonal information and
goes on with limited-memory quasi-Newton updates (Nocedal 1980,
https://doi.org/10.1090/S0025-5718-1980-0572855-7), its own step length and its own history. A draw that is
slow gets its own expected information. Every draw that stops is checked at its solution: scaled gradient max
|gₖ|/√Hₖₖ below the tolerance and H positive definite. Draws that fail the check go through a slower path,
exact scoring with Levenberg damping, from several starts.

An objective is anything with the methods of ``Objective``: ML, FIML and least squares are such objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many.algebra import Bools, Floats, pivots
from umkm_stats.kernels.sem.many.memory import Memory
from umkm_stats.kernels.stopping import look

Ints = NDArray[np.int64]

CONVERGED, SLOW, FLAT, RUNAWAY = range(4)
"""Ends of a draw: converged; gradient not small within the limit; information not positive definite there; a
residual
variance grows without limit, so that F has no minimum."""

REFRESH = 16
"""Evaluations after which a slow draw gets its own information, and again after as many: few draws of a usual
model are slow."""
CHECKED = 32
"""Draws whose information is held at once: their matrices stay in the processor's cache."""
BEYOND = 10.0
"""A residual variance this many times the observed variance, in a draw that does not converge, has no limit:
F falls
for ever along a valley, and where a search ends in it is an accident of its stopping rule."""
LOST = 5.0
"""Times ``BEYOND`` at which a patient search ends: until there the variance has grown evenly."""
ARRIVED = 0.05
"""Share of the tolerance at which a search stops. One step more, not evaluated, takes the estimates about ten
times nearer: far within 1e-7 standard errors."""
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
    start. apart: the same bits for a draw in whatever company (see ``Memory``)."""

    tolerance: float = 1e-8
    rounds: int = 60
    steps: int = 120
    apart: bool = False


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

    def take(self, rows: Ints) -> Solved:
        """Some of the draws."""
        return Solved(
            self.free[rows],
            self.value[rows],
            self.gradient[rows],
            self.scaled[rows],
            self.end[rows],
            self.rounds[rows],
        )

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
    the same kind as ``curvature``; others (k, q) further starts; lower, upper (q,) bounds."""

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
    second = _second(objective, free, curvature)
    if not pivots(second[None])[0] > 1e-6:
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
    failed = np.flatnonzero(_open(found)) if retry else np.zeros(0, dtype=np.int64)
    if len(failed):
        part, here = objective.take(failed), found.free[failed]
        if begin.bounded:
            _lower(found, failed, _damped(part, here, begin, settings))
        else:
            _lower(found, failed, solve_from(part, begin, here, settings=settings))
        failed = failed[_open(found)[failed]]
    if len(failed):  # from every start at once; what a later one finds counts where the earlier ones failed
        starts = np.vstack([begin.free, *begin.others])
        rows = np.repeat(failed, len(starts))
        tried = _damped(objective.take(rows), np.tile(starts, (len(failed), 1)), begin, settings)
        for number in range(len(starts)):
            left = np.flatnonzero(_open(found)[failed])
            _lower(found, failed[left], tried.take(len(starts) * left + number))
    if retry and not begin.bounded:
        for row in np.flatnonzero((found.end == CONVERGED) & (found.rounds > settings.rounds)):
            _refine(objective.take(np.array([row])), found, int(row))
    return found


def _refine(one: Objective, found: Solved, row: int) -> None:
    """Two Newton steps with exact second derivatives for a draw that the slower ways ended: they creep where
    F is nearly flat, and a small gradient is then far from the end."""
    here = found.free[row : row + 1]
    value, gradient = one.value(here)
    for _ in range(2):
        second = _second(one, here[0], one.curvature(here)[0])
        if not pivots(second[None])[0] > PIVOT:
            return
        trial = here - np.linalg.solve(second, gradient[0])
        lower, change = one.value(trial)
        shrunk = np.linalg.norm(change) < np.linalg.norm(gradient)
        if not (shrunk and lower[0] <= value[0] + 1e-12 * (1.0 + abs(value[0]))):
            return
        here, value, gradient = trial, lower, change
        found.free[row], found.value[row], found.gradient[row] = here[0], value[0], gradient[0]


def _second(one: Objective, free: Floats, curvature: Floats) -> Floats:
    """(q, q) second derivatives of one draw at (q,) ``free``: central differences of the gradient; 0 where F
    is infinite beside it."""
    q = len(free)
    step = 1e-4 / np.sqrt(np.maximum(curvature, 1e-300))
    moves = np.concatenate([np.diag(step), -np.diag(step)])
    value, gradient = one.take(np.zeros(2 * q, dtype=np.int64)).value(free + moves)
    second = (gradient[:q] - gradient[q:]) / (2.0 * step[:, None])
    return np.asarray((second + second.T) / 2.0) if np.isfinite(value).all() else np.zeros((q, q))


def _open(found: Solved) -> Bools:
    """(D,) draws that no search has ended."""
    return np.asarray((found.end == SLOW) | (found.end == FLAT))


def _lower(found: Solved, rows: Ints, again: Solved) -> None:
    """Take from another search of draws ``rows`` what it ended, or where it came further down."""
    better = (again.end == CONVERGED) | (again.end == RUNAWAY) | (again.value < found.value[rows])
    found.put(rows, again, better)
    found.rounds[rows] += again.rounds


def solve_from(
    objective: Objective, begin: Origin, starts: Floats, *, settings: Settings = Settings()
) -> Solved:
    """The quick path from (D, q) starts, each draw with its own information; certified."""
    found = _quick(objective, begin, settings, starts)
    _certify(objective, found, settings)
    gone = (found.end == SLOW) & (objective.extent(found.free) > BEYOND)
    found.end[gone] = RUNAWAY
    return found


class _Live:
    """The draws that still move: number (D,) in the batch, place x (D, q), F, gradient, direction, step
    length, curvature (D, q), and which are done. One object instead of arrays that must be cut together."""

    __slots__ = ("curve", "d", "done", "f", "g", "number", "objective", "t", "x")

    def __init__(self, objective: Objective, x: Floats, curve: Floats) -> None:
        self.objective, self.x, self.curve = objective, x, curve
        self.number = np.arange(len(x))
        self.f, self.g = objective.value(x)
        self.d, self.t = np.zeros_like(x), np.ones(len(x))
        self.done = np.zeros(len(x), dtype=bool)

    def move(self) -> tuple[Floats, Floats, Bools]:
        """One step along the directions; (step, change of gradient, accepted). A step is taken when F falls
        enough (Armijo); otherwise its length is quartered."""
        trial = self.x + self.t[:, None] * self.d
        f, g = self.objective.value(trial)
        slope = np.einsum("dq,dq->d", self.g, self.d)
        accept = ~self.done & (f <= self.f + 1e-4 * self.t * slope + 1e-11 * (1.0 + np.abs(self.f)))
        step, change = trial - self.x, g - self.g
        if accept.all():
            self.t = np.ones(len(self.t))
            self.x, self.f, self.g = trial, f, g
        else:
            step[~accept], change[~accept] = 0.0, 0.0
            self.x = np.where(accept[:, None], trial, self.x)
            self.f, self.g = np.where(accept, f, self.f), np.where(accept[:, None], g, self.g)
            self.t = np.where(accept, 1.0, 0.25 * self.t)
        return step, change, accept

    def arrived(self, tolerance: float) -> Bools:
        """Draws whose scaled gradient has become small."""
        size = (np.abs(self.g) / np.sqrt(self.curve)).max(axis=1)
        return np.asarray(~self.done & (size < tolerance))

    def write(self, found: Solved, some: Bools, last: Floats) -> None:
        """Copy place, F and gradient of ``some`` into the result, the place one step (D, q) further: the
        gradient is that before the step, so what is certified is a bound of what is left."""
        rows = self.number[some]
        found.free[rows] = self.x[some] + last[some]
        found.value[rows], found.gradient[rows] = self.f[some], self.g[some]

    def keep(self, rows: Ints) -> None:
        """Leave the others out."""
        for name in ("number", "x", "f", "g", "d", "t", "curve", "done"):
            setattr(self, name, getattr(self, name)[rows])
        self.objective = self.objective.take(rows)

    def downhill(self, memory: Memory) -> Floats:
        """(D, q) new directions; plain ones where the memory points uphill."""
        newer = memory.direction(self.g)
        uphill = np.einsum("dq,dq->d", newer, self.g) >= 0
        if uphill.any():
            newer[uphill] = memory.plain(self.g)[uphill]
        return newer


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
    live = _Live(objective, x, np.tile(begin.curvature, (count, 1)))
    base = begin.inverse if start is None else inverse_or(objective.information(x), begin.inverse)
    memory = Memory(base, apart=settings.apart)
    live.d = memory.direction(live.g)
    for turn in range(1, limit + 1):
        look()
        step, change, accept = live.move()
        if turn == 1 and start is None:
            live.curve = np.maximum(live.objective.curvature(live.x), 1e-300)
            memory = Memory(begin.inverse, np.sqrt(begin.curvature / live.curve), apart=settings.apart)
        elif turn % REFRESH == 0:
            own = live.objective.information(live.x)
            live.curve = np.maximum(np.diagonal(own, axis1=1, axis2=2), 1e-300)
            memory = Memory(inverse_or(own, begin.inverse))
            if start is not None:
                gone = ~live.done & (live.objective.extent(live.x) > LOST * BEYOND)
                rows = live.number[gone]
                found.end[rows], found.rounds[rows] = RUNAWAY, turn
                found.free[rows], found.value[rows] = live.x[gone], live.f[gone]
                live.done |= gone
        else:
            memory.add(step, change, accept)
        ahead = live.downhill(memory)
        live.d = np.where(accept[:, None], ahead, live.d)
        fresh = live.arrived(ARRIVED * settings.tolerance)
        if fresh.any():
            live.write(found, fresh, ahead)
            found.rounds[live.number[fresh]], found.end[live.number[fresh]] = turn, CONVERGED
            live.done |= fresh
        if live.done.all():
            break
        if np.count_nonzero(live.done) > 0.2 * len(live.done):
            rows = np.flatnonzero(~live.done)
            live.keep(rows)
            memory.keep(rows)
    left = ~live.done
    found.free[live.number[left]], found.value[live.number[left]] = live.x[left], live.f[left]
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


def inverse_or(own: Floats, fallback: Floats) -> Floats:
    """Inverses of (D, q, q) information; the shared one where it is not positive definite."""
    bad = ~(pivots(own) > PIVOT)
    if bad.any():
        own = np.where(bad[:, None, None], np.eye(own.shape[1]), own)
    out = np.linalg.inv(own)
    if bad.any():
        out[bad] = fallback
    return np.asarray(out)


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
        near, small = size < settings.tolerance, size < ARRIVED * settings.tolerance
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
