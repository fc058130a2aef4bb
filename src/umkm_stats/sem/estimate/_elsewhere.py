"""Whether a lower minimum stands elsewhere: many starting values searched at once, as draws of one sample."""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.many.ml import MlBatch, Moments, compiled_from, compiled_model
from umkm_stats.kernels.sem.many.model import parameters, plan
from umkm_stats.kernels.sem.many.solve import CONVERGED, Origin, inverse_or, solve_from
from umkm_stats.kernels.sem.one.problem import Problem
from umkm_stats.kernels.sem.structure import Floats

LOWER = 1e-7
"""Difference of F from which on a minimum is lower."""


def serves(task: Problem) -> bool:
    """Whether the searches of draws know this task: ML on complete data, no bounds."""
    structure = task.structure
    free = not (np.isfinite(structure.lower).any() or np.isfinite(structure.upper).any())
    return type(task) is Problem and task.kind == "ml" and free


def lower_ends(task: Problem, best: Floats, starts: Floats) -> list[tuple[int, Floats]]:
    """(number of the start, parameters (P,)) of the minima below the one at ``best`` (P,), in the order of
    (A, P) ``starts``; each lower than those before it."""
    model = plan(task.structure)
    count = 1 + len(starts)
    moments = tuple(
        Moments(
            np.tile(entry.cov, (count, 1, 1)), np.tile(entry.mean, (count, 1)), np.full(count, float(entry.n))
        )
        for entry in task.samples
    )
    batch, _ = MlBatch.of(model, moments)
    given = np.vstack([best[None], starts]) - model.offset
    free = np.asarray(np.linalg.lstsq(model.basis, given.T, rcond=None)[0].T, dtype=np.float64)
    value, _ = batch.value(free)
    tried = 1 + np.flatnonzero(np.isfinite(value[1:]))
    if not len(tried):
        return []
    one = batch.take(np.zeros(1, dtype=np.int64))
    q = model.n_free
    inverse = inverse_or(one.information(free[:1]), np.eye(q))[0]
    unbounded = np.full(q, np.inf)
    begin = Origin(free[0], inverse, one.curvature(free[:1])[0], np.zeros((0, q)), -unbounded, unbounded)
    compiled = compiled_model(model)
    part = batch.take(tried)
    if compiled is None:
        found = solve_from(part, begin, free[tried])
    else:
        found = compiled_from(compiled, part, free[tried])
    params = parameters(model, found.free)
    out, bar = [], float(value[0]) - LOWER
    for row in np.flatnonzero(found.end == CONVERGED):
        if found.value[row] < bar:
            out.append((int(tried[row]), params[row]))
            bar = float(found.value[row]) - LOWER
    return out
