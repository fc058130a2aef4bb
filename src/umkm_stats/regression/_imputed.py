"""Completed (imputed) data sets: one regression each, pooled by Rubin's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.tests import half_width, two_sided
from umkm_stats.kernels.regression.pooling import pool, pool_f, pool_r2
from umkm_stats.regression import _frames
from umkm_stats.regression._columns import read
from umkm_stats.regression._design import check, design
from umkm_stats.regression._equations import estimate
from umkm_stats.regression._plan import Plan
from umkm_stats.regression._result import Regression, without_draws
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd


def pooled(
    data: Sequence[pd.DataFrame],
    plan: Plan,
    options: Mapping[str, Any],
    *,
    errors: str,
    center: bool,
    probes: Any,
    level: float,
) -> Regression:
    """Means of the estimates, within plus between variance, degrees of freedom by Barnard and Rubin (1999),
    F by Li, Raghunathan and Rubin (1991), R² by Fisher's z (Harel 2009).

    Raises ``UsageError`` REG118 unless at least two frames of equal length were given, REG117 for a
    moderated model.
    """
    import pandas as pd

    if len(data) < 2 or any(not isinstance(entry, pd.DataFrame) for entry in data):
        raise UsageError("REG118", params={})
    if len({len(entry) for entry in data}) > 1:
        raise UsageError("REG118", params={})
    if plan.moderators:
        raise UsageError("REG117", params={"kind": "imputed", "what": "moderator"})
    sets = []
    for entry in data:
        columns = read(entry, plan, **options)
        found = design(columns, plan, center=center)
        check(columns, plan, found, two_valued=errors != "classical")
        sets.append([estimate(columns, outcome, found, errors) for outcome in plan.y])
    rows, fits = [], []
    for equations in zip(*sets, strict=True):
        first = equations[0]
        params = np.array([entry.fit.params for entry in equations])
        covs = np.array([entry.fit.cov for entry in equations])
        answer = pool(params, covs, first.fit.df)
        betas = np.mean([entry.standardised(entry.design.blocks) for entry in equations], axis=0)
        own = 1.0 / np.mean([1.0 / entry.tolerance for entry in equations], axis=0)
        for k, name in enumerate((_frames.INTERCEPT, *first.design.names)):
            est, se, df = float(answer.params[k]), float(answer.se[k]), float(answer.df[k])
            half = half_width(level, df) * se
            tolerance = float(own[k - 1]) if k else float("nan")
            rows.append(
                {
                    "outcome": first.outcome,
                    "term": name,
                    "est": est,
                    "se": se,
                    "std_all": float(betas[k - 1]) if k else float("nan"),
                    "t": est / se,
                    "df": df,
                    "p": two_sided(est / se, df),
                    "ci_low": est - half,
                    "ci_high": est + half,
                    "tolerance": tolerance,
                    "vif": 1.0 / tolerance,
                }
            )
        n, df_resid = len(first.y), first.fit.df_resid
        r2 = pool_r2(np.array([entry.fit.r2 for entry in equations]))
        f, df1, df2 = pool_f(params[:, 1:], covs[:, 1:, 1:])
        fits.append(
            {
                "outcome": first.outcome,
                "n": n,
                "r": float(np.sqrt(r2)),
                "r2": r2,
                "adjusted_r2": _frames.adjusted(r2, n, df_resid),
                "sigma": float(np.sqrt(np.mean([entry.fit.sigma2 for entry in equations]))),
                "f": f,
                "df1": df1,
                "df2": df2,
                "p": float(stats.f.sf(f, df1, df2)),
                "t_table": half_width(level, df_resid),
                "f_table": float(stats.f.isf(1 - level, df1, df2)),
            }
        )
    return without_draws(
        kind="imputed",
        plan=plan,
        rows=rows,
        fits=fits,
        level=level,
        errors=errors,
        sample=columns.sample,
        notes=(*columns.notes, Note("REG162", {"imputations": len(data)})),
    )
