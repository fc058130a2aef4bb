"""Fisher scoring with step-halving, a ridge where the information is singular, observed curvature when
scoring
is slow, bounds by an active set. The number of iterations is limited and the reason of the end is
reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from umkm_stats.kernels.sem.one.problem import Point, Problem
from umkm_stats.kernels.sem.structure import Floats

LIMIT = 400  # iterations
NEAR = 20.0  # squared distance in standard errors below which Newton steps are tried
ALMOST = 1e-4  # below which the Hessian one step back still measures what is left, to one part in a hundred


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
    out: Floats = lapack.dpotrs(factor, vector / scale, lower=1)[0] / scale
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


@dataclass(frozen=True, slots=True)
class _Free:
    """Free coordinates at a point: basis (P,r) of the directions that may move, which bounds hold."""

    basis: Floats
    active: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _directions(task: Problem, at: Point, slope: Floats) -> _Free:
    structure = task.structure
    active = np.zeros(len(slope), dtype=bool)
    if not (np.isfinite(structure.lower).any() or np.isfinite(structure.upper).any()):
        return _Free(structure.basis, active)
    eps = 1e-10 * (1.0 + np.abs(at.params))
    active = ((at.params <= structure.lower + eps) & (slope > 0)) | (
        (at.params >= structure.upper - eps) & (slope < 0)
    )
    if structure.n_params == structure.n_free:
        return _Free(structure.basis[:, ~active], active)
    if not active.any():
        return _Free(structure.basis, active)
    _, sizes, vt = np.linalg.svd(structure.basis[active])
    return _Free(structure.basis @ vt[int((sizes > 1e-10).sum()) :].T, active)


def minimise(task: Problem, start: Floats, *, limit: int = LIMIT, tolerance: float = 1e-14) -> Optimum:
    """The optimum from ``start`` (P,).

    Fisher scoring first, Newton steps near the optimum; when that is slow, Newton steps on the observed
    curvature inside a trust region.
    ``tolerance``: N/2 × Newton decrement at which the search ends (the squared distance in standard errors).
    """
    structure = task.structure
    params = np.clip(np.asarray(start, dtype=np.float64), structure.lower, structure.upper)
    if structure.n_params != structure.n_free:
        params = structure.basis @ (structure.basis.T @ (params - structure.offset)) + structure.offset
    at = task.point(params)
    none = np.zeros(len(params), dtype=bool)
    if at is None:
        return Optimum(None, False, 0, "start", none, np.inf)
    if structure.n_free == 0:
        return Optimum(at, True, 0, "converged", none, 0.0)
    half = task.n / 2.0
    plain = structure.n_params == structure.n_free
    before, decrement, slow, active = np.inf, np.inf, 0, none
    last: Floats | None = None  # the Hessian of the step before
    iteration = 0
    while iteration < limit:
        iteration += 1
        slope_params = task.gradient(at)
        free = _directions(task, at, slope_params)
        active = free.active
        whole = plain and free.basis.shape[1] == len(params)
        slope = slope_params if whole else free.basis.T @ slope_params
        step, clean = None, True
        if whole and last is not None and decrement < ALMOST:
            rest = _solve(last, -slope, 0.0)
            left = np.inf if rest is None else half * max(-float(rest @ slope), 0.0)
            if left < tolerance:
                return Optimum(at, True, iteration, "converged", active, left)
        last = None
        if (
            decrement < NEAR and task.kind != "fiml" and (task.closed or slow > 0)
        ):  # close: Newton steps, as long as the curvature allows them
            hessian = task.hessian(at.params, at)
            step = _solve(hessian if whole else free.basis.T @ hessian @ free.basis, -slope, 0.0)
            step = None if step is None or float(step @ slope) >= 0.0 else step
            last = None if step is None else hessian
        if step is None:
            information = 2.0 * task.information(at)
            step, clean = _step(information if whole else free.basis.T @ information @ free.basis, slope)
        move = step if whole else free.basis @ step
        decrement = half * max(-float(step @ slope), 0.0)
        if decrement < tolerance and (clean or float(np.abs(slope).max(initial=0.0)) < 1e-9):
            return Optimum(at, True, iteration, "converged", active, decrement)
        new = _search(task, at, move, float(step @ slope), structure.lower, structure.upper)
        if new is None:
            if decrement < 1e-9 and clean:
                return Optimum(at, True, iteration, "converged", active, decrement)
            return _trust_region(task, at, limit, iteration, tolerance)
        slow = slow + 1 if decrement > 0.5 * before else 0
        before, at = decrement, new
        if slow >= 4 and iteration >= 12:
            return _trust_region(task, at, limit, iteration, tolerance)
    return Optimum(
        at, decrement < 1e-9, limit, "converged" if decrement < 1e-9 else "limit", active, decrement
    )


def _trust_region(task: Problem, at: Point, limit: int, used: int, tolerance: float) -> Optimum:
    """Newton steps on the observed Hessian, lengthened or shortened by how well the last one predicted F
    (Moré &
    Sorensen 1983); directions of negative curvature are followed."""
    half = task.n / 2.0
    damping, decrement = 0.0, np.inf
    active = np.zeros(task.structure.n_params, dtype=bool)
    while used < limit:
        used += 1
        slope_params = task.gradient(at)
        free = _directions(task, at, slope_params)
        active = free.active
        slope = free.basis.T @ slope_params
        matrix = free.basis.T @ task.hessian(at.params, at) @ free.basis
        size = free.basis.T @ task.information(at) @ free.basis
        scale = np.sqrt(
            np.maximum(np.diagonal(size), 1e-12 * max(float(np.diagonal(size).max(initial=0.0)), 1e-300))
        )
        values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
        inside = vectors.T @ (slope / scale)
        proper = bool(len(values) == 0 or values[0] > 1e-9)
        flat = (
            not proper and values[0] > -1e-8
        )  # directions that change nothing: a model that is not identified
        if proper or flat:
            solid = values > (1e-9 if proper else 1e-8)
            decrement = half * float((inside[solid] ** 2 / values[solid]).sum())
            if decrement < tolerance and half * float(np.abs(inside[~solid]).max(initial=0.0)) < 1e-6:
                return Optimum(at, True, used, "converged", active, decrement)
        new = None
        for _ in range(40):
            shift = max(damping, 1e-3 - values[0] if len(values) and not proper else 0.0)
            inner = -inside / (values + shift)
            predicted = float(inside @ inner + 0.5 * (values * inner**2).sum())
            new = task.point(
                np.clip(
                    at.params + free.basis @ (vectors @ inner / scale),
                    task.structure.lower,
                    task.structure.upper,
                )
            )
            if new is not None and new.value - at.value <= 0.05 * min(predicted, 0.0) + 1e-14 * (
                1.0 + abs(at.value)
            ):
                ratio = (new.value - at.value) / predicted if predicted < 0 else 1.0
                damping = damping / 4.0 if ratio > 0.7 else damping
                damping = 0.0 if damping < 1e-7 else damping
                break
            new = None
            damping = max(4.0 * damping, 1e-4, 2.0 * shift)
        if new is None:
            good = proper and decrement < 1e-9
            return Optimum(at, good, used, "converged" if good else "stuck", active, decrement)
        at = new
    return Optimum(
        at, decrement < 1e-9, used, "converged" if decrement < 1e-9 else "limit", active, decrement
    )


def _search(
    task: Problem, at: Point, move: Floats, descent: float, lower: Floats, upper: Floats
) -> Point | None:
    length = 1.0
    for _ in range(45):
        new = task.point(np.clip(at.params + length * move, lower, upper))
        if new is not None and new.value <= at.value + 1e-4 * length * descent + 1e-13 * (
            1.0 + abs(at.value)
        ):
            return new
        length *= 0.5
    return None
