"""Latent models of many replications: batched maximum likelihood, first of the replication, then of its
draws.

A replication starts at the solution for the population covariances; its draws start at its own estimates,
with its own second derivatives. A draw whose search fails is tried again with moved markers, as
``Fit.bootstrap`` does; one that fails there too is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.sem.many import ml as batch_ml
from umkm_stats.kernels.sem.many.model import Plan, parameters, plan
from umkm_stats.kernels.sem.many.scaling import Scaling, moved_markers
from umkm_stats.kernels.sem.many.solve import CONVERGED, FLAT, Origin, origin, solve
from umkm_stats.kernels.sem.structure import Structure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LatentTask:
    """model: the structure ready for batches; begin: origin at the population, whose covariances are cov (p,
    p); chosen (k,): parameters wanted.

    scaling, moved, other: the model with moved markers and its origin, or None; compiled: the model laid out
    for the compiled kernel, or None.
    """

    model: Plan
    begin: Origin
    chosen: Ints
    cov: Floats
    scaling: Scaling | None
    moved: Plan | None
    other: Origin | None
    compiled: Any = None


def latent_task(
    structure: Structure, params: Floats, sigma: Floats, phi: Floats, cov: Floats, mean: Floats, chosen: Ints
) -> LatentTask:
    """The task of a structure whose solution for the population moments cov (p, p) and mean (p,) is params
    (P,).

    sigma (p, p) and phi (m, m): implied covariances of the observed and of the latent variables.
    """
    model = plan(structure)
    batch = _population(model, cov, mean)
    begin = origin(batch, _to_free(model, params))
    scaling = moved_markers(structure, params, np.diagonal(sigma)[None], np.diagonal(phi)[None])
    compiled = None if begin.bounded else batch_ml.compiled_model(model)
    if scaling is None:
        return LatentTask(model, begin, chosen, cov, None, None, None, compiled)
    moved = plan(scaling.structure)
    other = origin(replace(batch, model=moved), _to_free(moved, scaling.turn(params[None])[0]))
    return LatentTask(model, begin, chosen, cov, scaling, moved, other, compiled)


def _population(model: Plan, cov: Floats, mean: Floats) -> batch_ml.MlBatch:
    return batch_ml.MlBatch.of(model, (batch_ml.Moments(cov[None], mean[None], np.ones(1)),))[0]


def population_covariance(task: LatentTask) -> tuple[Floats, Floats]:
    """(k,) wanted parameters in the population, and (k, k) n times the covariance of their estimates."""
    batch = _population(task.model, task.cov, np.zeros(len(task.cov)))
    basis = task.model.basis[task.chosen]
    inner = np.linalg.solve(batch.information(task.begin.free[None])[0], basis.T)
    params = parameters(task.model, task.begin.free[None])[0]
    return np.asarray(params[task.chosen]), np.asarray(2.0 * basis @ inner)


def _to_free(model: Plan, params: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(model.basis, params - model.offset, rcond=None)[0])


@dataclass(frozen=True, slots=True)
class LatentEstimates:
    """Of one replication: converged; point (k,); cov (k, k) from the expected information; draws (k, B) and
    jackknife (k, n), NaN where a search failed, (k, 0) when not wanted."""

    converged: bool
    point: Floats
    cov: Floats
    draws: Floats
    jackknife: Floats


def _search(
    task: LatentTask, batch: batch_ml.MlBatch, begin: Origin
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """(converged (D,), free (D, q), params (D, P)); what the compiled kernel does not certify is searched by
    numpy."""
    if task.compiled is not None:
        found = batch_ml.compiled_ends(task.compiled, batch, begin)
        good, free, params = found.end == CONVERGED, found.free, parameters(task.model, found.free)
        left = np.flatnonzero(~good)
        if len(left):
            good[left], free[left], params[left] = _by_numpy(task, batch.take(left), begin)
        return good, free, params
    return _by_numpy(task, batch, begin)


def _by_numpy(
    task: LatentTask, batch: batch_ml.MlBatch, begin: Origin
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """:func:`_search` without compiled kernels."""
    found = solve(batch, begin, retry=task.scaling is None)
    params = parameters(task.model, found.free)
    failed = np.flatnonzero(found.end != CONVERGED)
    if len(failed) and task.scaling is not None and task.moved is not None and task.other is not None:
        again = solve(replace(batch.take(failed), model=task.moved), task.other)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            params[failed] = task.scaling.turn(parameters(task.moved, again.free))
        again.end[~np.isfinite(params[failed]).all(axis=1)] = FLAT
        found.end[failed] = again.end
    return found.end == CONVERGED, found.free, params


def _estimates(task: LatentTask, moments: batch_ml.Moments, begin: Origin) -> Floats:
    """(k, D) chosen parameters, NaN where the covariances are not positive definite or the search failed."""
    out = np.full((len(task.chosen), len(moments.n)), np.nan)
    batch, usable = batch_ml.MlBatch.of(task.model, (moments,))
    rows = np.flatnonzero(usable)
    if len(rows):
        good, _, params = _search(task, batch if len(rows) == len(usable) else batch.take(rows), begin)
        out[:, rows[good]] = params[good][:, task.chosen].T
    return out


def replicate(
    task: LatentTask, rows: Floats, *, draws: int, seed: int, leave_one_out: bool
) -> LatentEstimates:
    """Estimates of complete ``rows`` (n, p), of ``draws`` case draws (0: none) and of the jackknife."""
    k, n = len(task.chosen), len(rows)
    failed = LatentEstimates(
        False,
        np.full(k, np.nan),
        np.full((k, k), np.nan),
        np.full((k, draws), np.nan),
        np.full((k, n if leave_one_out else 0), np.nan),
    )
    if n <= rows.shape[1]:
        return failed
    products, centre = batch_ml.cross_products(rows)
    whole = batch_ml.weighted_moments(np.ones((1, n)), products, centre)
    batch, usable = batch_ml.MlBatch.of(task.model, (whole,))
    if not usable[0]:
        return failed
    good, _, params = _search(task, batch, task.begin)
    if not good[0]:
        return failed
    free = _to_free(task.model, params[0])
    basis = task.model.basis[task.chosen]
    try:
        cov = 2.0 / n * (basis @ np.linalg.solve(batch.information(free[None])[0], basis.T))
    except np.linalg.LinAlgError:
        return failed
    point = params[0][task.chosen]
    drawn, left = np.empty((k, 0)), np.empty((k, 0))
    if draws or leave_one_out:
        begin = origin(batch, free)
        parts = []
        for block, _, size in streams.blocks(draws):
            counts = streams.count_block(seed, block, streams.BLOCK, n)
            parts.append(
                _estimates(task, batch_ml.weighted_moments(counts, products, centre), begin)[:, :size]
            )
        drawn = np.concatenate(parts, axis=1) if parts else drawn
        if leave_one_out:
            pieces = []
            for first in range(0, n, streams.BLOCK):
                last = min(first + streams.BLOCK, n)
                counts = np.ones((last - first, n))
                counts[np.arange(last - first), np.arange(first, last)] = 0.0
                pieces.append(_estimates(task, batch_ml.weighted_moments(counts, products, centre), begin))
            left = np.concatenate(pieces, axis=1)
    return LatentEstimates(True, point, np.asarray(cov), drawn, left)
