"""Whose derivatives the standard errors of ordinal fits are made with.

An ordinal variable that predicts something has a residual variance that follows from the other parameters
(Delta parameterisation). lavaan 0.6-14 holds it still when it differentiates. Where its Delta solution is the
solution found here, errors are made as lavaan makes them, so that both programs print the same; the Theta
parameterisation gives those of the full derivatives. Elsewhere (ordinal variables that follow each other, a
path over an ordinal mediator alone) lavaan's own gradient is not 0 at the optimum, its Delta has no solution
to equal, and errors come from the full derivatives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.ordinal.weighted_test import weighted_test
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.inference._information import directions, invert

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

_STILL = 1e-6
"""χ² points that one step along lavaan's gradient may be worth where it counts as 0."""


def differentiated(fit: Fit, task: OrdinalProblem) -> OrdinalProblem:
    """``task`` with the derivatives that the errors are made with."""
    hidden = task.structure.derived_state[:, 1]
    if not len(hidden) or not fit.converged:
        return task
    held = replace(task, still=True)
    for group, at in enumerate(fit.point.states):
        sends = (at.lam[:, hidden] != 0).sum(axis=0) > 1
        sends |= (at.beta[:, hidden] != 0).any(axis=0)
        own = np.diagonal(at.psi)[hidden]
        if np.abs(task.derived_alone(fit.params, group, at) - own)[sends].max(initial=0.0) > 1e-8:
            return task
    basis = directions(fit)
    inner = invert(basis.T @ held.information(fit.point) @ basis)
    if inner is None:
        return task
    slope = basis.T @ held.gradient(fit.point)
    return held if fit.n * float(slope @ inner @ slope) < _STILL else task


def ordinal_covariance(fit: Fit, task: OrdinalProblem) -> Floats | None:
    """(P,P) covariance of √N times the estimates by the estimator's rule; None without one."""
    chosen = differentiated(fit, task)
    basis = directions(fit)
    if fit.method.errors != "standard":
        return weighted_test(chosen, fit.point, basis).covariance
    inner = invert(basis.T @ chosen.information(fit.point) @ basis)
    return None if inner is None else basis @ inner @ basis.T


def moved_errors(fit: Fit, task: OrdinalProblem) -> list[tuple[str, float, float]]:
    """(parameter, its error as printed, its error of the full derivatives) where they are more than half a
    percent apart."""
    if differentiated(fit, task) is task or fit.method.errors == "standard":
        return []
    full = weighted_test(task, fit.point, directions(fit)).covariance
    if full is None:
        return []
    rows = fit.n - fit.method.less * len(task.samples)
    names, both = [*fit.param_names], [np.asarray(fit.vcov), full / rows]
    sides = [np.sqrt(np.maximum(np.diagonal(matrix), 0.0)) for matrix in both]
    if fit.table.definitions:
        slopes = fit.defined.jacobian(fit.params)  # type: ignore[attr-defined]
        names += list(fit.defined_names)
        more = [np.sqrt(np.maximum(np.einsum("kp,pq,kq->k", slopes, one, slopes), 0.0)) for one in both]
        sides = [np.concatenate(pair) for pair in zip(sides, more, strict=True)]
    return [
        (name, float(printed), float(other))
        for name, printed, other in zip(names, *sides, strict=True)
        if printed > 0 and abs(other / printed - 1.0) > 5e-3
    ]
