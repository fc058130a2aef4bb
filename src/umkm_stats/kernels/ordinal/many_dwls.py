"""Diagonally weighted least squares on correlations, for many draws at once (one group, thresholds
unrestricted).

F = Σ_{i>j} w_ij (r_ij − σ_ij(θ))², w the reciprocals of the correlations' variances. The thresholds of such a
model equal the sample's, so they leave the problem. Gauss–Newton from the whole sample's solution: two exact
matrices JᵀWJ, then the last one is kept while the gradient falls, and made anew when it does not; a draw that
is slow all the same, as nearly flat ones are, gets exact second derivatives. Residual
variances are derived (1 − the variance explained, Delta parameterisation); they enter F only where a variable
stands in regressions as a latent of its own, and then its variance in Ψ follows the other parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import path
from umkm_stats.kernels.sem.many.algebra import pivots
from umkm_stats.kernels.sem.many.model import (
    Floats,
    GroupPlan,
    Ints,
    Mats,
    Plan,
    chain,
    frame,
    implied,
    matrices,
    own_rows,
    parameters,
    to_free,
)

LIMIT = 200
EXACT = 2
PATIENCE = 6
TOLERANCE = 1e-16
"""Squared distance to the optimum, in standard errors, that is left after the last step of a draw."""
SLOWEST = 0.99
"""Largest share of its length that a step is taken to leave to the next."""
PATIENT, SLOW = 10, 0.25
"""Steps after which a draw gets exact second derivatives, when a step leaves more than this (squared)."""
CLOSE = 1e-13
"""Squared length of a last step, in standard errors, at most; enough where the limit of steps comes first."""
_PART = 64
FLAT = 1e-12
"""Least pivot of 2JᵀWJ, relative to its diagonal, of a matrix that the compiled way inverts."""


@dataclass(frozen=True, slots=True)
class DwlsDraws:
    """free (D, q); value (D,) F; converged (D,); iterations (D,); explained (D, p) variance of each latent
    response that the model explains (a residual variance is 1 − it)."""

    free: Floats
    value: Floats
    converged: NDArray[np.bool_]
    iterations: Ints
    explained: Floats


@dataclass(frozen=True, slots=True)
class _Target:
    rho: Floats
    weight: Floats
    n: Floats

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Target:
        return _Target(self.rho[rows], self.weight[rows], self.n[rows])


def solve(
    model: Plan,
    start: Floats,
    rho: Floats,
    variance: Floats,
    n: Floats,
    first: Ints,
    second: Ints,
    kernel: str | None = None,
) -> DwlsDraws:
    """The optimum of every draw.

    start: (q,) or (D, q); rho, variance: (D, pairs), variance that of √N·ρ̂; n: (D,) rows;
    first, second: (pairs,) the items of each correlation. kernel: what computes (default: as now).
    """
    draws, p = len(rho), model.groups[0].p
    whole, weight = np.zeros((draws, p, p)), np.zeros((draws, p, p))
    whole[:, first, second] = whole[:, second, first] = rho
    with np.errstate(divide="ignore", invalid="ignore"):
        weight[:, first, second] = weight[:, second, first] = 1.0 / variance
    free = np.array(np.broadcast_to(start, (draws, model.n_free)), dtype=np.float64)
    out = DwlsDraws(
        free,
        np.full(draws, np.nan),
        np.zeros(draws, dtype=bool),
        np.zeros(draws, dtype=np.int64),
        np.full((draws, p), np.nan),
    )
    way = _compiled(model, path.kernel() if kernel is None else kernel)
    usable = np.isfinite(whole).all(axis=(1, 2)) & np.isfinite(weight).all(axis=(1, 2))
    for at in np.array_split(np.flatnonzero(usable), max(1, -(-int(usable.sum()) // _PART))):
        if at.size:
            _part(model, at, _Target(whole[at], weight[at], n[at]), way, out)
    return out


def _part(model: Plan, at: Ints, target: _Target, way: _Compiled | None, out: DwlsDraws) -> None:
    group = model.groups[0]
    free = out.free[at]
    value, gradient, mats, _ = _point(model, group, free, target)
    inverse = _inverse(model, group, mats, target, way)
    age = np.zeros(len(at), dtype=np.int64)
    active = np.arange(len(at))
    converged = np.zeros(len(at), dtype=bool)
    before = np.full(len(at), np.inf)
    for iteration in range(1, LIMIT + 1):
        here = target.take(active)
        step = -np.matmul(inverse[active], gradient[active][:, :, None])[:, :, 0]
        slope = np.einsum("dq,dq->d", gradient[active], step)
        near = _done(here.n * -slope, before[active])
        before[active] = here.n * -slope
        new, moved_value, moved_gradient, moved_mats = _search(
            model, group, free[active], step, slope, value[active], here, near
        )
        left = np.einsum("dq,dqr,dr->d", moved_gradient, inverse[active], moved_gradient)
        left /= np.maximum(-slope, 1e-30)
        slower = left > 0.25
        free[active], value[active], gradient[active] = new, moved_value, moved_gradient
        out.iterations[at[active]] = iteration
        converged[active[near]] = True
        age[active] += 1
        stale = ~near & ((iteration <= EXACT - 1) | (age[active] >= PATIENCE) | slower)
        if stale.any():
            refreshed = _inverse(model, group, moved_mats.take(stale), here.take(stale), way)
            slow = np.flatnonzero((iteration >= PATIENT) & (left[stale] > SLOW))
            if len(slow):
                some = np.flatnonzero(stale)[slow]
                refreshed[slow] = _newton_inverse(model, group, new[some], here.take(some), refreshed[slow])
            inverse[active[stale]] = refreshed
            age[active[stale]] = 0
        active = active[~near]
        if not active.size:
            break
    converged[active] = before[active] < CLOSE
    params = parameters(model, free)
    mats = matrices(group, params, target.rho, None)
    lam_phi = mats.lam @ mats.phi
    out.free[at], out.value[at], out.converged[at] = free, value, converged
    out.explained[at] = np.einsum("dpm,dpm->dp", lam_phi, mats.lam)


def _done(size: Floats, before: Floats) -> NDArray[np.bool_]:
    """(D,) draws for which the step at hand is the last, from its squared length and that of the one before.

    A step leaves a share of its length to the next; where the model is nearly flat, or fits badly, that share
    is large and a short step says little.
    """
    share = np.clip(np.sqrt(np.maximum(size, 0.0) / np.maximum(before, 1e-30)), 0.0, SLOWEST)
    share[~np.isfinite(before)] = 0.5
    return np.asarray((size < CLOSE) & (size * (share / (1.0 - share)) ** 2 < TOLERANCE))


def _point(
    model: Plan, group: GroupPlan, free: Floats, target: _Target
) -> tuple[Floats, Floats, Mats, Floats]:
    mats = matrices(group, parameters(model, free), target.rho, None)
    sigma, _ = implied(group, mats)
    pull = target.weight * (sigma - target.rho)
    value = 0.5 * np.einsum("dij,dij->d", pull, sigma - target.rho)
    if len(group.own_hidden):
        reach = own_reach(group, mats)
        by_own = np.einsum("dpk,dpk->dk", pull @ reach, reach)
        carried = own_rows(group, mats.a, len(free))[:, :, group.own_hidden] ** 2
        held = np.linalg.solve(carried.transpose(0, 2, 1), by_own[:, :, None])[:, :, 0]
        pull[:, group.own_seen, group.own_seen] -= held
    by_theta = np.diagonal(pull, axis1=1, axis2=2) if group.diagonal else pull
    gradient = to_free(model, 0, chain(group, mats, pull @ mats.lam, by_theta, None))
    return value, gradient, mats, sigma


def _search(
    model: Plan,
    group: GroupPlan,
    free: Floats,
    step: Floats,
    slope: Floats,
    value: Floats,
    target: _Target,
    near: NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats, Mats]:
    """Halve the step until F falls (Armijo, 1e-4); draws at their optimum take it whole."""
    scale = np.ones(len(free))
    for _ in range(30):
        new = free + scale[:, None] * step
        moved, gradient, mats, _ = _point(model, group, new, target)
        slack = 1e-12 * np.abs(value) + 1e-15
        with np.errstate(invalid="ignore"):
            good = near | (moved <= value + 1e-4 * scale * slope + slack)
        if good.all():
            return new, moved, gradient, mats
        scale = np.where(good, scale, 0.5 * scale)
    scale = np.where(good, scale, 0.0)
    new = free + scale[:, None] * step
    moved, gradient, mats, _ = _point(model, group, new, target)
    return new, moved, gradient, mats


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The compiled way to :func:`_plain_inverse`: the room, and where the correlations have derivatives."""

    room: ModuleType
    chosen: str
    slots: Any

    def inverse(self, group: GroupPlan, mats: Mats, target: _Target) -> tuple[Floats, Ints]:
        """(D, q, q), and the draws in which the matrix is not clearly positive definite."""
        count = len(mats.lam)
        four = np.minimum(np.arange(-(-count // 4) * 4), count - 1)
        rows, cols = np.tril_indices(group.p, -1)
        right = np.ascontiguousarray(frame(group, mats)[four, :, group.p :])
        out, least = self.room.dwls_inverse(
            self.slots, right, target.weight[:, rows, cols][four], self.chosen
        )
        return out[:count], np.flatnonzero(~(least[:count] > FLAT))


def _compiled(model: Plan, kernel: str) -> _Compiled | None:
    room, group = path.room(kernel), model.groups[0]
    if room is None or len(group.own_hidden):
        return None
    rows, cols = np.tril_indices(group.p, -1)
    spread = model.spread[0]
    if spread is None:
        spread = np.zeros((len(group.u), model.n_free))
        spread[np.arange(len(group.u)), model.directions[0]] = 1.0
    slots = room.slots_of(rows, cols, group.u, group.v, group.half, spread, group.p, 2 * group.m)
    return _Compiled(room, kernel.split()[-1], slots)


def _inverse(model: Plan, group: GroupPlan, mats: Mats, target: _Target, way: _Compiled | None) -> Floats:
    """Inverse of half the Gauss–Newton matrix' double, (D, q, q): F's second derivatives are 2JᵀWJ."""
    if way is None:
        return _plain_inverse(model, group, mats, target)
    out, flat = way.inverse(group, mats, target)
    if len(flat):
        out[flat] = _plain_inverse(model, group, mats.take(flat), target.take(flat))
    return out


def _newton_inverse(
    model: Plan, group: GroupPlan, free: Floats, target: _Target, otherwise: Floats
) -> Floats:
    """(D, q, q) inverse of the second derivatives, central differences of the gradient; ``otherwise`` where
    they are not positive definite."""
    count, q = free.shape
    step = 1e-4 * np.sqrt(np.maximum(np.diagonal(otherwise, axis1=1, axis2=2), 1e-300))
    move = step[:, :, None] * np.eye(q)
    each = np.repeat(np.arange(count), 2 * q)
    trial = np.repeat(free, 2 * q, axis=0) + np.concatenate([move, -move], axis=1).reshape(-1, q)
    gradient = _point(model, group, trial, target.take(each))[1].reshape(count, 2, q, q)
    second = (gradient[:, 0] - gradient[:, 1]) / (2.0 * step[:, :, None])
    second = 0.5 * (second + second.transpose(0, 2, 1))
    good = pivots(second) > FLAT
    out = otherwise.copy()
    if good.any():
        out[good] = np.linalg.inv(second[good])
    return out


def _plain_inverse(model: Plan, group: GroupPlan, mats: Mats, target: _Target) -> Floats:
    jacobian, rows, cols = _jacobian(model, group, mats)
    weighted = jacobian * target.weight[:, rows, cols][:, :, None]
    matrix = 2.0 * np.matmul(jacobian.transpose(0, 2, 1), weighted)
    scale = np.sqrt(np.maximum(np.diagonal(matrix, axis1=1, axis2=2), 1e-300))
    matrix /= scale[:, :, None] * scale[:, None, :]
    for ridge in (0.0, 1e-8, 1e-5, 1e-2):
        try:
            inverse = np.linalg.inv(matrix + ridge * np.eye(matrix.shape[1]))
        except np.linalg.LinAlgError:
            continue
        if np.isfinite(inverse).all():
            break
    return np.asarray(inverse / (scale[:, :, None] * scale[:, None, :]))


def own_reach(group: GroupPlan, mats: Mats) -> Floats:
    """(D, p, k) columns of ΛA of the derived variables that are latents of their own."""
    turned = mats.lam if mats.a is None else mats.lam @ mats.a
    return np.asarray(turned[:, :, group.own_hidden])


def _jacobian(model: Plan, group: GroupPlan, mats: Mats) -> tuple[Floats, Ints, Ints]:
    """(D, pairs, q) derivatives of the implied correlations below the diagonal."""
    rows, cols = np.tril_indices(group.p, -1)
    stack = frame(group, mats)
    left, right = stack[:, :, group.u], stack[:, :, group.v]
    out = left[:, rows] * right[:, cols]
    out += left[:, cols] * right[:, rows]
    out *= group.half
    if len(group.own_hidden):
        seen = group.own_seen
        own = 2.0 * group.half * left[:, seen] * right[:, seen]
        carried = own_rows(group, mats.a, len(own))[:, :, group.own_hidden] ** 2
        reach = own_reach(group, mats)
        out -= (reach[:, rows] * reach[:, cols]) @ np.linalg.solve(carried, own)
    spread = model.spread[0]
    if spread is not None:
        return np.matmul(out, spread), rows, cols
    here = model.directions[0]
    if len(here) == model.n_free and np.array_equal(here, np.arange(model.n_free)):
        return out, rows, cols
    full = np.zeros((len(out), len(rows), model.n_free))
    full[:, :, here] = out
    return full, rows, cols
