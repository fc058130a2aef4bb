"""The regressions of a model of observed scores: fits, coefficients, and their frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.adapters.statsmodels_ols import OlsFit, ols
from umkm_stats.kernels.mediation.joint import Floats, joint_covariance
from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.mediation._data import Columns, label
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._spec import Spec
from umkm_stats.regression._equations import wald
from umkm_stats.regression._frames import adjusted

if TYPE_CHECKING:
    import pandas as pd


def regressions(columns: Columns, spec: Spec, errors: str) -> list[OlsFit]:
    """Every equation of the model by least squares."""
    out = []
    for entry in spec.equations:
        design = columns.design(entry.terms)
        out.append(
            ols(
                columns.column(entry.outcome),
                design,
                errors=errors,
                cluster=columns.cluster,
                weights=columns.weights,
            )
        )
    return out


def coefficients_of(fits: Sequence[OlsFit], spec: Spec, columns: Columns, errors: str) -> Coefficients:
    """Slopes of all equations in the order of ``spec.place``, then the mediators' levels (their prediction at
    the predictors' means) where natural effects need them, with the covariances between equations that the
    errors ask for."""
    levels = spec.levels
    size = len(spec.place) + len(levels)
    theta, cov, df = np.empty(size), _between(spec, columns, errors), np.empty(size)
    start = 0
    for found in fits:
        end = start + len(found.params) - 1
        theta[start:end], cov[start:end, start:end], df[start:end] = (
            found.params[1:],
            found.cov[1:, 1:],
            found.df,
        )
        start = end
    start = 0
    for found, entry in zip(fits, spec.equations, strict=True):
        end = start + len(entry.terms)
        if entry.role == "mediator" and levels:
            place = spec.place_of_level(entry.outcome)
            weight = np.concatenate([[1.0], columns.design(entry.terms).mean(axis=0)])
            theta[place], df[place] = weight @ found.params, found.df
            cov[place, place] = weight @ found.cov @ weight
            cov[place, start:end] = cov[start:end, place] = (found.cov @ weight)[1:]
        start = end
    return Coefficients(theta, cov, df)


def _between(spec: Spec, columns: Columns, errors: str) -> Floats:
    """(K, K) covariances of the coefficients of all equations, in the order of ``coefficients_of``.

    Those of total effects, which enter no product, stand apart. Without clusters so does an equation from
    those that hold its outcome: their residuals share nothing when the model is right, as Sobel has it.
    """
    entries = [entry for entry in spec.equations if entry.role != "total"]
    out = np.zeros((len(spec.place) + len(spec.levels),) * 2)
    if not entries:
        return out
    joint = joint_covariance(
        [(columns.column(entry.outcome), columns.design(entry.terms)) for entry in entries],
        errors=errors,
        cluster=columns.cluster if errors == "cluster" else None,
        weights=columns.weights,
    )
    here: list[int] = []
    there: list[int] = []
    owner: list[int] = []
    start = 0
    for number, entry in enumerate(entries):
        if entry.role == "mediator" and spec.levels:
            here.append(start)
            there.append(spec.place_of_level(entry.outcome))
        for place, term in enumerate(entry.terms, start + 1):
            here.append(place)
            there.append(spec.place[entry.outcome, entry.role, term])
        owner += [number] * (len(here) - len(owner))
        start += 1 + len(entry.terms)
    held = [{name for term in entry.terms for name in term} for entry in entries]
    linked = np.array([[one.outcome in names for names in held] for one in entries])
    if errors != "cluster":
        joint[np.ix_(here, here)] *= ~(linked | linked.T)[np.ix_(owner, owner)]
    out[np.ix_(there, there)] = joint[np.ix_(here, here)]
    return out


def coefficient_frame(fits: Sequence[OlsFit], spec: Spec, level: float) -> pd.DataFrame:
    """One row a coefficient, intercepts too: outcome, role, term, est, se, t, df, p, ci_low, ci_high."""
    import pandas as pd

    out = []
    for entry, found in zip(spec.equations, fits, strict=True):
        half = half_width(level, found.df) * found.se
        for k, term in enumerate(("(intercept)", *(label(name) for name in entry.terms))):
            out.append(
                {
                    "outcome": entry.outcome,
                    "role": entry.role,
                    "term": term,
                    "est": float(found.params[k]),
                    "se": float(found.se[k]),
                    "t": float(found.t[k]),
                    "df": found.df,
                    "p": float(found.p[k]),
                    "ci_low": float(found.params[k] - half[k]),
                    "ci_high": float(found.params[k] + half[k]),
                }
            )
    return pd.DataFrame(out)


def equation_frame(fits: Sequence[OlsFit], spec: Spec) -> pd.DataFrame:
    """One row a regression: outcome, role, n, r2, sigma (residual SD), df, adjusted_r2, f, df1, df2, p (F of
    all predictors with the errors of the analysis)."""
    import pandas as pd

    rows = []
    for entry, found in zip(spec.equations, fits, strict=True):
        whole = wald(found, list(range(1, len(found.params))))
        n = len(found.residuals)
        rows.append(
            {
                "outcome": entry.outcome,
                "role": entry.role,
                "n": n,
                "r2": found.r2,
                "sigma": float(np.sqrt(found.sigma2)),
                "df": found.df_resid,
                "adjusted_r2": adjusted(found.r2, n, found.df_resid),
                "f": whole.f,
                "df1": whole.df1,
                "df2": whole.df2,
                "p": whole.p,
            }
        )
    return pd.DataFrame(rows)
