"""Fisher scoring with step-halving, a ridge where the information is singular, observed curvature when scoring
is slow, bounds by an active set. The number of iterations is limited and the reason of the end is reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, lapack

from umkm_stats.kernels.sem_problem import Point, Problem
from umkm_stats.kernels.structure import Floats

LIMIT = 400  # iterations


@dataclass(frozen=True, slots=True)
class Optimum:
    """point at the end; converged: distance to the optimum below 1e-6 standard errors and no bound violated;
    iterations used; reason: "converged", "limit", "stuck", "start"; active (P,) parameters held at a bound;
    decrement: squared distance to the optimum in standard errors."""

    point: Point | None
    converged: bool
    iterations: int
    reason: str
    active: np.ndarray[tuple[int], np.dtype[np.bool_]]
    decrement: float


def _solve(matrix: Floats, vector: Floats, ridge: float) -> Floats | None:
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(matrix)), 1e-300))
    scaled = matrix / scale[:, None] / scale[None, :]
    scaled[np.diag_indices_from(scaled)] += ridge
    factor, info = lapack.dpotrf(scaled, lower=1, clean=1)
    if info != 0 or np.diagonal(factor).min() < 1e-7:
        return None
    out: Floats = cho_solve((factor, True), vector / scale) / scale
    return out if np.isfinite(out).all() else None


def _step(matrix: Floats, slope: Floats) -> tuple[Floats, bool]:
    """(step, clean): clean when no ridge was needed."""
    for ridge in (0.0, 1e-8, 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4):
        step = _solve(matrix, -slope, ridge)
        if step is not None and float(step @ slope) < 0.0:
            return step, ridge == 0.0
        if not slope.any():
            return np.zeros_like(slope), True
    return -slope / max(float(np.abs(slope).max()), 1.0), False


def minimise(task: Problem, start: Floats, *, limit: int = LIMIT, tolerance: float = 1e-14) -> Optimum:
    """The optimum from ``start`` (P,).

    ``tolerance``: N/2 × Newton decrement at which the search ends (the squared distance in standard errors).
    """
    structure = task.structure
    basis, offset = structure.basis, structure.offset
    lower, upper = structure.lower, structure.upper
    bounded = bool(np.isfinite(lower).any() or np.isfinite(upper).any())
    plain = basis.shape[0] == basis.shape[1]
    none = np.zeros(len(start), dtype=bool)
    params = np.clip(start, lower, upper) if bounded else np.array(start, dtype=float)
    free = basis.T @ (params - offset)
    params = basis @ free + offset
    at = task.point(params)
    if at is None:
        return Optimum(None, False, 0, "start", none, np.inf)
    half = task.n / 2.0
    active = none
    before, newton, decrement = np.inf, False, np.inf
    for iteration in range(1, limit + 1):
        slope_params = task.gradient(at)
        if newton:
            matrix_params = task.hessian(at.params)
        else:
            matrix_params = 2.0 * task.information(at)
        if bounded:
            eps = 1e-10 * (1.0 + np.abs(at.params))
            active = ((at.params <= lower + eps) & (slope_params > 0)) | ((at.params >= upper - eps) & (slope_params < 0))
        if plain:
            use = np.flatnonzero(~active) if bounded else slice(None)
            slope = slope_params[use]
            matrix = matrix_params[use][:, use]
        else:
            slope, matrix = basis.T @ slope_params, basis.T @ matrix_params @ basis
            use = slice(None)
        step, clean = _step(matrix, slope)
        if newton and not clean:
            newton = False
            step, clean = _step(2.0 * basis.T @ task.information(at) @ basis if not plain else (2.0 * task.information(at))[use][:, use], slope)
        decrement = half * max(-float(step @ slope), 0.0)
        if decrement < tolerance and (clean or float(np.abs(slope).max(initial=0.0)) < 1e-9):
            return Optimum(at, True, iteration, "converged", active, decrement)
        move = np.zeros(len(start))
        if plain:
            move[use] = step
        else:
            move = basis @ step
        new = _search(task, at, move, float(step @ slope), lower if bounded else None, upper)
        if new is None:
            good = decrement < 1e-9
            if not good and not newton and iteration < limit - 1:
                newton = True
                continue
            return Optimum(at, good, iteration, "converged" if good else "stuck", active, decrement)
        slow = decrement > 0.2 * before
        if iteration > 6 and slow and decrement < 1e3:
            newton = True
        before, at = decrement, new
    return Optimum(at, decrement < 1e-9, limit, "converged" if decrement < 1e-9 else "limit", active, decrement)


def _search(task: Problem, at: Point, move: Floats, descent: float, lower: Floats | None, upper: Floats) -> Point | None:
    length = 1.0
    for _ in range(45):
        params = at.params + length * move
        if lower is not None:
            params = np.clip(params, lower, upper)
        new = task.point(params)
        if new is not None and new.value <= at.value + 1e-4 * length * descent + 1e-13 * (1.0 + abs(at.value)):
            return new
        length *= 0.5
    return None
