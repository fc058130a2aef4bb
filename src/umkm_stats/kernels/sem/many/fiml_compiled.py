"""FIML draws by the compiled kernel: its model from a batch, and its ends as the solver's."""

from __future__ import annotations

from typing import Any

import numpy as np

from umkm_stats.kernels import path
from umkm_stats.kernels.sem.many.fiml import FimlBatch, RowPlan
from umkm_stats.kernels.sem.many.model import Bools, Plan
from umkm_stats.kernels.sem.many.solve import CONVERGED, FLAT, PIVOT, SLOW, Origin, Settings, Solved


def compiled_model(model: Plan, sample: FimlBatch) -> Any:
    """Model and rows laid out for the compiled kernel, or None where numpy computes or the kernel does not
    know such a model."""
    room = path.native()
    if room is None or not room.MlModel.serves(model, room.variant()):
        return None
    rows = [entry.values[0] for entry in sample.rows]
    absent = [missed(order, one.shape[1]) for order, one in zip(sample.orders, rows, strict=True)]
    centre, variance = ([getattr(order, name) for order in sample.orders] for name in ("centre", "variance"))
    return room.FimlModel(model, rows, absent, centre, variance, room.variant())


def missed(order: RowPlan, p: int) -> Bools:
    """(R, p) what the incomplete rows miss."""
    out = np.zeros((len(order.incomplete), p), dtype=bool)
    for gap in order.gaps:
        out[gap.rows[:, None], gap.missing[gap.which]] = True
    return out


def compiled_ends(compiled: Any, batch: FimlBatch, begin: Origin, settings: Settings) -> Solved | None:
    """What :func:`umkm_stats.kernels.sem.many.solve.solve` gives without ``retry``, by the compiled kernel.

    None when the rows are not the sample's. The kernel's certificate stands on complete rows, of which the
    smallest share is enough: their part of the information bounds all of it from below. Where a group has
    none the certificate is made from all patterns.
    """
    rows = batch.rows
    if any(len(entry.values) != 1 for entry in rows) or not compiled.served([e.values[0] for e in rows]):
        return None
    found = compiled.fiml_draws(
        [entry.weights for entry in rows],
        [entry.whole for entry in rows],
        [(entry.cov, entry.mean) for entry in rows],
        [(entry.outer_cov, entry.outer_mean) for entry in rows],
        batch.share,
        free=begin.free,
        inverse=begin.inverse,
        curvature=begin.curvature,
        tolerance=settings.tolerance,
        limit=settings.rounds,
    )
    out = Solved(found.free, found.value, found.gradient, found.scaled, found.end, found.rounds)
    none = np.any([entry.whole <= 0.0 for entry in rows], axis=0)
    some = np.flatnonzero(none & (out.end == CONVERGED))
    if len(some):
        least, diagonal = batch.take(some).certificate(out.free[some])
        size = (np.abs(out.gradient[some]) / np.sqrt(np.maximum(diagonal, 1e-300))).max(axis=1)
        out.scaled[some] = size
        out.end[some] = np.where(size < settings.tolerance, np.where(least > PIVOT, CONVERGED, FLAT), SLOW)
    return out
