"""Covariance of the estimates, defined quantities with delta standard errors, the frame of estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, weighted_test
from umkm_stats.kernels.sem.one.algebra import jacobian
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem._table import ParameterTable

if TYPE_CHECKING:
    import pandas as pd

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


def invert(matrix: Floats) -> Floats | None:
    """Inverse of a symmetric positive definite matrix, or None."""
    if matrix.size == 0:
        return matrix
    scale = np.sqrt(np.abs(np.diagonal(matrix)))
    if not (scale > 0).all() or not np.isfinite(matrix).all():
        return None
    unit = matrix / np.outer(scale, scale)
    values, vectors = np.linalg.eigh((unit + unit.T) / 2.0)
    if values[0] < 1e-10:
        return None
    inner = (vectors / values) @ vectors.T
    return np.asarray(inner / np.outer(scale, scale), dtype=np.float64)


def information_matrix(fit: Fit, which: str | None = None) -> Floats:
    """(P,P) information of one observation at the solution: "expected" or "observed"."""
    kind = which or fit.options.information
    if kind == "observed":
        return np.asarray(fit.task.hessian(fit.params) / 2.0, dtype=np.float64)
    if fit.task.kind == "uls":  # lavaan's: every element of vech(Σ) weighs 1
        total = np.zeros((fit.compiled.n_params, fit.compiled.n_params))
        for g, (share, at) in enumerate(zip(fit.task.shares, fit.point.states, strict=True)):
            sigma, mu = jacobian(fit.task.plan, g, at)
            total += share * (sigma.T @ sigma + mu.T @ mu)
        return total
    return fit.task.information(fit.point)


def directions(fit: Fit) -> Floats:
    """(P,q) free directions: equality constraints taken out, parameters at a bound left out."""
    basis = fit.compiled.basis
    active = fit.found.optimum.active
    if active.any():
        if basis.shape[0] == basis.shape[1]:
            return np.ascontiguousarray(basis[:, ~active])
        held = basis[active]
        _, sizes, vt = np.linalg.svd(held)
        return np.ascontiguousarray(basis @ vt[int((sizes > 1e-10).sum()) :].T)
    return basis


def bread(fit: Fit) -> Floats | None:
    """(P,P) K(KᵀIK)⁻¹Kᵀ, or None when the information is not positive definite on the free space."""
    basis = directions(fit)
    inner = invert(basis.T @ information_matrix(fit) @ basis)
    return None if inner is None else basis @ inner @ basis.T


def covariance(fit: Fit) -> Floats:
    """(P,P) covariance of the estimates by the estimator's rule; NaN when it does not exist or the search did
    not
    converge."""
    count = fit.compiled.n_params
    inner = bread(fit) if fit.converged else None
    if inner is None:
        return np.full((count, count), np.nan)
    method = fit.method
    rows = fit.n - method.less * len(fit.task.samples)
    if method.errors == "standard":
        return np.asarray(inner / rows)
    if isinstance(fit.task, OrdinalProblem):
        found = weighted_test(fit.task, fit.point, directions(fit)).covariance
        return np.full((count, count), np.nan) if found is None else found / rows
    from umkm_stats.sem._robust import meat

    middle = meat(fit)
    return np.asarray(inner @ middle @ inner / fit.n)


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
            at = position[row.lhs]
            out[index] = fit.point.states[row.group - 1].theta[at, at]
        elif row.origin == "sample":
            sample = task.samples[row.group - 1]
            at = position[row.lhs]
            out[index] = sample.mean[at] if row.op == "~1" else sample.cov[at, position[row.rhs]]
        else:
            out[index] = row.value
    return out


def estimates(fit: Fit, level: float = 0.95) -> pd.DataFrame:
    """The frame ``Fit.estimates``."""
    import pandas as pd

    from umkm_stats.sem._standard import standardised_values

    table = fit.table
    rows = table.rows
    errors = np.sqrt(np.maximum(np.diagonal(fit.vcov), 0.0))
    errors = np.where(fit.found.optimum.active, np.nan, errors)
    est = row_values(fit)
    se = np.array([errors[row.free - 1] if row.free else 0.0 for row in rows])
    names = [
        (
            r.lhs,
            r.op,
            r.rhs,
            fit.group_labels[r.group - 1],
            "" if r.label.startswith(".p") else r.label,
            r.free,
        )
        for r in rows
    ]
    std_lv, std_all = standardised_values(fit, "std_lv"), standardised_values(fit, "std_all")
    if table.definitions:
        defined = fit.defined
        values = defined(fit.params)[0]
        slopes = defined.jacobian(fit.params)  # type: ignore[attr-defined]
        spread = np.sqrt(np.maximum(np.einsum("kp,pq,kq->k", slopes, fit.vcov, slopes), 0.0))
        est, se = np.concatenate([est, values]), np.concatenate([se, spread])
        names += [(entry.name, ":=", entry.expression.text, "", entry.name, 0) for entry in table.definitions]
    with np.errstate(all="ignore"):
        z = np.where(se > 0, est / np.where(se > 0, se, 1.0), np.nan)
    wide = float(ndtri(0.5 + level / 2.0))
    frame = pd.DataFrame(names, columns=["lhs", "op", "rhs", "group", "label", "free"])
    frame["est"], frame["se"], frame["z"] = est, se, z
    frame["p"] = 2.0 * ndtr(-np.abs(z))
    frame["ci_low"], frame["ci_high"] = est - wide * se, est + wide * se
    frame["std_lv"], frame["std_all"] = std_lv, std_all
    return frame
