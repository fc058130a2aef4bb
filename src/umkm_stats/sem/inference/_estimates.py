"""Covariance of the estimates and the frame of estimates with standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.inference._delta_errors import ordinal_covariance
from umkm_stats.sem.inference._information import bread
from umkm_stats.sem.inference._robust import meat
from umkm_stats.sem.inference._standard import standardised_values
from umkm_stats.sem.inference._values import row_values

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


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
    if isinstance(fit.task, OrdinalProblem):
        found = ordinal_covariance(fit, fit.task)
        return np.full((count, count), np.nan) if found is None else found / rows
    if method.errors == "standard":
        return np.asarray(inner / rows)
    middle = meat(fit)
    return np.asarray(inner @ middle @ inner / fit.n)


def estimates(fit: Fit, level: float = 0.95) -> pd.DataFrame:
    """The frame ``Fit.estimates``."""
    import pandas as pd

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
    words = zip(("lhs", "op", "rhs", "group", "label", "free"), zip(*names, strict=True), strict=True)
    columns: dict[str, Any] = {name: list(column) for name, column in words}  # at once: one by one takes as
    columns |= {"est": est, "se": se, "z": z, "p": 2.0 * ndtr(-np.abs(z))}  # long as the standard errors
    columns |= {"ci_low": est - wide * se, "ci_high": est + wide * se, "std_lv": std_lv, "std_all": std_all}
    return pd.DataFrame(columns)
