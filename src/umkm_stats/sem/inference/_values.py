"""The value of every table row and of the quantities left of ``:=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.one.algebra import State
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.text._table import ParameterTable, Row

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


class Defined:
    """(D,P) parameters → (D,k) defined quantities; real or complex."""

    def __init__(self, table: ParameterTable) -> None:
        self.labels = {**{name: i for i, name in enumerate(table.names)}, **table.labels}
        self.fixed = table.fixed_labels
        self.definitions = table.definitions
        known = set(self.labels) | set(self.fixed)
        for entry in table.definitions:
            for name in sorted(entry.expression.names() - known):
                raise UmkmError("SEM112", Place(line=entry.line), {"token": name, "line": entry.line})
            known.add(entry.name)

    def __call__(self, params: Any) -> Any:
        params = np.atleast_2d(params)
        values: dict[str, Any] = {name: params[:, index] for name, index in self.labels.items()}
        values.update({name: np.full(len(params), value) for name, value in self.fixed.items()})
        out = np.empty((len(params), len(self.definitions)), dtype=params.dtype)
        for column, entry in enumerate(self.definitions):
            values[entry.name] = entry.expression.evaluate(values)
            out[:, column] = values[entry.name]
        return out

    def jacobian(self, params: Floats) -> Floats:
        """(k,P) derivatives at one parameter vector, by complex steps."""
        moved = np.repeat(params[None, :].astype(complex), len(params), axis=0)
        moved[np.diag_indices(len(params))] += 1e-30j
        return np.ascontiguousarray(np.imag(self(moved)).T / 1e-30)


def row_values(fit: Fit) -> Floats:
    """(rows,) the value of every table row: estimate, fixed value, or the sample's moment."""
    table, task = fit.table, fit.task
    position = {name: index for index, name in enumerate(fit.observed)}
    params = fit.params
    out = np.empty(len(table.rows))
    for index, row in enumerate(table.rows):
        if row.free:
            out[index] = params[row.free - 1]
        elif row.origin == "derived":
            out[index] = derived_variance(fit, row, fit.point.states[row.group - 1])
        elif row.origin == "scaled" and isinstance(task, OrdinalProblem):
            group = row.group - 1
            found = task.shown_scales(params, group, fit.point.states[group])
            out[index] = np.real(found)[position[row.lhs]]
        elif row.origin == "sample":
            sample = task.samples[row.group - 1]
            at = position[row.lhs]
            out[index] = sample.mean[at] if row.op == "~1" else sample.cov[at, position[row.rhs]]
        else:
            out[index] = row.value
    return out


def derived_variance(fit: Fit, row: Row, at: State) -> Any:
    """Residual variance of an ordinal variable: in Ψ where it stands in regressions, else in Θ."""
    if row.lhs in fit.layout.states:
        index = fit.layout.states.index(row.lhs)
        return at.psi[index, index]
    index = fit.observed.index(row.lhs)
    return at.theta[index, index]
