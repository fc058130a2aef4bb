"""How draws are minimised: from the sample's estimates, in a moved scaling, from starts of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many import fiml as batch_fiml
from umkm_stats.kernels.sem.many import fiml_compiled
from umkm_stats.kernels.sem.many import ml as batch_ml
from umkm_stats.kernels.sem.many.model import Plan, parameters, plan
from umkm_stats.kernels.sem.many.scaling import Scaling, moved_markers
from umkm_stats.kernels.sem.many.solve import (
    CONVERGED,
    FLAT,
    Origin,
    Settings,
    Solved,
    origin,
    solve,
    solve_from,
)
from umkm_stats.kernels.sem.structure import PSI, THETA, Floats
from umkm_stats.sem.estimate._starts import many_starting_values

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

Starts = Callable[[Floats, Floats], Floats]

LONG, FAR, MOVES = 40, 1.05, 2
"""Evaluations, and largest residual variance in units of the observed one, from which on a draw is doubtful;
and
how many other starts such a draw gets."""


@dataclass(frozen=True, slots=True)
class Search:
    """How draws are minimised: from ``begin`` in the model as written; those that fail from ``other`` in the
    moved
    scaling, where there is one, otherwise by the slower ways from ``begin``; doubtful ones again from
    ``fresh``
    starting values."""

    model: Plan
    begin: Origin
    scaling: Scaling | None
    moved: Plan | None
    other: Origin | None
    fresh: Starts | None
    compiled: Any = None
    compiled_moved: Any = None

    def __call__(self, batch: batch_ml.MlBatch | batch_fiml.FimlBatch) -> tuple[Solved, Floats]:
        """The ends of the draws and their parameters (D, P)."""
        found, params, left = self.quick(batch)
        if len(left):
            again, params[left] = self.every_way(batch.take(left))
            _put(found, left, again)
        return found, params

    def quick(
        self, batch: batch_ml.MlBatch | batch_fiml.FimlBatch
    ) -> tuple[Solved, Floats, NDArray[np.int64]]:
        """What the compiled kernels end, as written or in the moved scaling, and the draws that are left for
        ``every_way``; none are where numpy computes."""
        found = None if self.compiled is None else self._compiled(batch)
        if found is None:
            found, params = self.every_way(batch, apart=False)
            return found, params, np.zeros(0, dtype=np.int64)
        params = parameters(self.model, found.free)
        left = np.flatnonzero(found.end != CONVERGED)
        if len(left) and isinstance(batch, batch_ml.MlBatch) and self.scaling is not None:
            params[left] = self._compiled_moved(batch.take(left), found, left, self.scaling)
            left = np.flatnonzero(found.end != CONVERGED)
        self._again(batch, found, params, np.flatnonzero(found.end == CONVERGED))
        return found, params, left

    def every_way(
        self, batch: batch_ml.MlBatch | batch_fiml.FimlBatch, *, apart: bool = True
    ) -> tuple[Solved, Floats]:
        """By numpy, every way. ``apart``: a draw of complete data has the same bits in whatever company."""
        found, params = self._numpy(batch, Settings(apart=apart))
        self._again(batch, found, params, np.arange(len(params)))
        return found, params

    def _compiled(self, batch: batch_ml.MlBatch | batch_fiml.FimlBatch) -> Solved | None:
        if isinstance(batch, batch_ml.MlBatch):
            return batch_ml.compiled_ends(self.compiled, batch, self.begin)
        return fiml_compiled.compiled_ends(self.compiled, batch, self.begin, Settings())

    def _compiled_moved(
        self, batch: batch_ml.MlBatch, found: Solved, left: NDArray[np.int64], scaling: Scaling
    ) -> Floats:
        """The parameters of draws ``left``, which the compiled kernel did not certify, after a search in the
        moved scaling."""
        if self.moved is None or self.other is None or self.compiled_moved is None:
            return parameters(self.model, found.free[left])
        again = batch_ml.compiled_ends(self.compiled_moved, replace(batch, model=self.moved), self.other)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            params = scaling.turn(parameters(self.moved, again.free))
        again.end[(again.end == CONVERGED) & ~np.isfinite(params).all(axis=1)] = FLAT
        _put(found, left, again)
        return params

    def _numpy(
        self, batch: batch_ml.MlBatch | batch_fiml.FimlBatch, settings: Settings
    ) -> tuple[Solved, Floats]:
        """Without compiled kernels, doubtful draws not yet searched again. What a compiled kernel has left is
        at once searched in the moved scaling, where there is one, and from there in the slower ways."""
        if self.scaling is None or self.moved is None or self.other is None:
            found = solve(batch, self.begin, settings=settings)
            return found, parameters(self.model, found.free)
        if settings.apart and self.compiled_moved is not None:
            return self._moved_by_numpy(batch, settings, self.scaling, self.moved, self.other)
        found = solve(batch, self.begin, retry=False, settings=settings)
        params = parameters(self.model, found.free)
        failed = np.flatnonzero(found.end != CONVERGED)
        if len(failed):
            again, params[failed] = self._moved_by_numpy(
                batch.take(failed), settings, self.scaling, self.moved, self.other
            )
            _put(found, failed, again)
        return found, params

    @staticmethod
    def _moved_by_numpy(
        batch: batch_ml.MlBatch | batch_fiml.FimlBatch,
        settings: Settings,
        scaling: Scaling,
        moved: Plan,
        other: Origin,
    ) -> tuple[Solved, Floats]:
        found = solve(replace(batch, model=moved), other, settings=settings)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            params = scaling.turn(parameters(moved, found.free))
        found.end[(found.end == CONVERGED) & ~np.isfinite(params).all(axis=1)] = FLAT
        return found, params

    def _again(
        self,
        batch: batch_ml.MlBatch | batch_fiml.FimlBatch,
        found: Solved,
        params: Floats,
        some: NDArray[np.int64],
    ) -> None:
        """Those of ``some`` draws that failed, took long or ended far outside are searched once more from
        starting values of their own moments, those with a doubtful end also from values moved from there; the
        lower F is kept."""
        fresh = self.fresh
        if fresh is None or self.begin.bounded or not isinstance(batch, batch_ml.MlBatch):
            return
        doubtful = (found.end != CONVERGED) | (found.rounds > LONG) | (batch.extent(found.free) > FAR)
        rows = some[doubtful[some]]
        if not len(rows):
            return
        part = batch.take(rows)
        covs = np.stack([entry.cov for entry in part.moments], axis=1)
        means = np.stack([entry.level for entry in part.moments], axis=1)
        values = fresh(covs, means)
        back = np.linalg.pinv(self.model.basis).T
        for attempt in range(1 + MOVES):
            at = np.arange(len(rows)) if attempt == 0 else np.flatnonzero(found.end[rows] == CONVERGED)
            moved = 1.0 + 0.4 * attempt * (_uniform(attempt, values.shape[1]) - 0.5)
            starts = ((values * moved if attempt else values) - self.model.offset) @ back
            if len(at):
                at = at[np.isfinite(part.take(at).value(starts[at])[0])]
            if not len(at):
                continue
            if self.compiled is None:
                again = solve_from(part.take(at), self.begin, starts[at])
            else:
                again = batch_ml.compiled_from(self.compiled, part.take(at), starts[at])
            here = rows[at]
            lower = (found.end[here] != CONVERGED) | (again.value < found.value[here] - 1e-10)
            better = (again.end == CONVERGED) & lower
            params[here[better]] = parameters(self.model, again.free[better])
            found.put(here, again, better)
            found.rounds[here] += again.rounds


def _put(found: Solved, rows: NDArray[np.int64], again: Solved) -> None:
    """Write ``again`` into the draws ``rows``; the evaluations of both searches count."""
    found.put(rows, again, np.ones(len(rows), dtype=bool))
    found.rounds[rows] += again.rounds


def _uniform(attempt: int, count: int) -> Floats:
    """(count,) numbers in (0, 1), the same in every run."""
    return np.random.Generator(np.random.Philox(key=2000 + attempt)).random(count)


def search_for(
    fit: Fit, model: Plan, sample: batch_ml.MlBatch | batch_fiml.FimlBatch, bounds: tuple[Floats, Floats]
) -> Search:
    """The search of a fit; ``sample``: the analysed sample as one draw."""
    others = np.stack([_to_free(model, fit.found.start), _plain_start(fit, model)])
    begin = origin(sample, fit.free, others=others, lower=bounds[0], upper=bounds[1])
    fresh = partial(many_starting_values, fit.layout)
    scaling = None
    if not begin.bounded:
        variances = np.stack([np.diagonal(entry.sigma) for entry in fit.point.states])
        phi = np.stack([np.diagonal(entry.phi) for entry in fit.point.states])
        scaling = moved_markers(fit.compiled, fit.params, np.real(variances), np.real(phi))
    compiled = None if begin.bounded else _compiled_model(model, sample)
    if scaling is None:
        return Search(model, begin, None, None, None, fresh, compiled)
    moved = plan(scaling.structure)
    here = _to_free(moved, scaling.turn(fit.params[None])[0])
    turned = np.stack([_to_free(moved, scaling.turn(parameters(model, row[None]))[0]) for row in others])
    other = origin(replace(sample, model=moved), here, others=turned)
    ml = compiled is not None and isinstance(sample, batch_ml.MlBatch)
    compiled_moved = batch_ml.compiled_model(moved) if ml else None
    return Search(model, begin, scaling, moved, other, fresh, compiled, compiled_moved)


def _compiled_model(model: Plan, sample: batch_ml.MlBatch | batch_fiml.FimlBatch) -> Any:
    if isinstance(sample, batch_ml.MlBatch):
        return batch_ml.compiled_model(model)
    return fiml_compiled.compiled_model(model, sample)


def _to_free(model: Plan, params: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(model.basis, params - model.offset, rcond=None)[0])


def _plain_start(fit: Fit, model: Plan) -> Floats:
    """Estimates with variances made positive and covariances halved: another start for draws that fail."""
    structure = fit.compiled
    params = np.array(fit.params)
    symmetric = np.isin(structure.cell_matrix, (PSI, THETA))
    own = symmetric & (structure.cell_row == structure.cell_col)
    off = symmetric & ~own
    params[structure.cell_param[off]] *= 0.5
    where = structure.cell_param[own]
    params[where] = np.maximum(np.abs(params[where]), 0.1 * np.median(np.abs(params[where]))) * 1.2
    return _to_free(model, np.clip(params, structure.lower, structure.upper))
