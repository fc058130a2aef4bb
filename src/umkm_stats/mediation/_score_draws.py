"""Case draws of regressions: what is drawn, the equations by column number, estimates in every draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats._threads import one_thread
from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import Effect
from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.mediation._data import Columns
from umkm_stats.mediation._pipeline import LeftOut, Request
from umkm_stats.mediation._spec import Spec

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """point (E,), values (D, E) of the draws, left (U, E) with a unit left out or None."""

    point: Floats
    values: Floats
    left: LeftOut | None

    @property
    def jackknife(self) -> Floats | None:
        """(U, E) what an acceleration is computed from."""
        return None if self.left is None else self.left.jackknife(self.left.values)


def unit_strata(columns: Columns) -> NDArray[np.int64] | None:
    """Stratum of every unit that is drawn; raises ``UsageError`` MED016 when a cluster lies in several."""
    if columns.strata is None or columns.cluster is None:
        return columns.strata
    first = np.unique(columns.cluster, return_index=True)[1]
    if any(np.unique(columns.strata[columns.cluster == group]).size > 1 for group in range(len(first))):
        raise UsageError("MED016", params={})
    found: NDArray[np.int64] = columns.strata[first]
    return found


def source_of(columns: Columns, request: Request) -> engine.Units:
    """What is drawn; raises ``UsageError`` MED016 (clusters across strata), MED020 (given rows do not
    fit)."""
    source = engine.units(
        columns.values, cluster=columns.cluster, strata=unit_strata(columns), weights=columns.weights
    )
    rows, count = request.rows, source.size.shape[0]
    if rows is not None and (
        rows.ndim != 2 or rows.shape[1] != count or rows.min() < 0 or rows.max() >= count
    ):
        raise UsageError("MED020", params={"expected": count, "received": str(rows.shape)})
    return source


def plan_of(
    columns: Columns,
    spec: Spec,
    effects: Sequence[Effect],
    *,
    errors: bool = False,
    variances: Sequence[int] = (),
) -> engine.Plan:
    """The equations of the model by column number, with effects to evaluate and variances to keep in every
    draw."""
    equations = tuple(
        Regression(columns.index((entry.outcome,)), tuple(columns.index(term) for term in entry.terms))
        for entry in spec.equations
    )
    levels = tuple(range(len(spec.levels)))  # the mediators' equations come first
    centre = columns.values.mean(axis=0) if levels else None
    return engine.Plan(equations, tuple(effects), errors, tuple(variances), levels, centre)


def run(source: engine.Units, plan: engine.Plan, request: Request, *, jackknife: bool) -> Run:
    """Estimates, draws and leave-one-out values of the effects of ``plan``."""
    with one_thread():
        drawn = engine.bootstrap(
            source,
            plan,
            draws=request.draws,
            seed=request.seed,
            workers=request.workers,
            progress=request.progress,
            rows=request.rows,
        )
    if not jackknife:
        return Run(engine.whole(source, plan)[0], drawn.values, None)
    point, left = engine.jackknife(source, plan)
    return Run(point, drawn.values, LeftOut(left, source.first))
