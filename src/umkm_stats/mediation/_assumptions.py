"""Asumsi klasik of the regression route: normal residuals, multicollinearity, constant variance, linear
form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.adapters.statsmodels_assumptions import breusch_pagan, lilliefors, reset
from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.errors import UsageError
from umkm_stats.mediation._data import label
from umkm_stats.mediation._detail import Detail
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation

SHAPIRO_MOST = 5000


def assumptions(result: Mediation) -> Detail:
    """One row a check and regression: outcome, check, term, statistic, p.

    Checks: shapiro_wilk, lilliefors (residuals); vif (a term each; no p); breusch_pagan (Koenker's form);
    glejser (|e| regressed on the predictors, a term each); reset (squares and cubes of the fitted values).
    Raises ``UsageError`` MED028 for a latent analysis.
    """
    import pandas as pd

    columns = result.columns
    if columns is None:
        raise UsageError("MED028", params={})
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for entry in result.spec.equations:
        if entry.role == "total":
            continue
        outcome = columns.column(entry.outcome)
        design = columns.values[:, [columns.index(term) for term in entry.terms]]
        names = [label(term) for term in entry.terms]
        found = ols(outcome, design)

        def add(check: str, term: str, statistic: float, p: float, outcome: str = entry.outcome) -> None:
            rows.append({"outcome": outcome, "check": check, "term": term, "statistic": statistic, "p": p})

        if len(outcome) <= SHAPIRO_MOST:
            shapiro = stats.shapiro(found.residuals)
            add("shapiro_wilk", "", float(shapiro.statistic), float(shapiro.pvalue))
        else:
            notes.append(
                Note("MED416", {"n": len(outcome), "most": SHAPIRO_MOST}, entry.outcome, "statistic")
            )
            add("shapiro_wilk", "", np.nan, np.nan)
        kolmogorov = lilliefors(found.residuals)
        add("lilliefors", "", kolmogorov.statistic, kolmogorov.p)
        inverse = np.linalg.inv(np.corrcoef(design.T)) if design.shape[1] > 1 else np.ones((1, 1))
        for name, value in zip(names, np.diag(inverse), strict=True):
            add("vif", name, float(value), np.nan)
        pagan = breusch_pagan(found.residuals, design)
        add("breusch_pagan", "", pagan.statistic, pagan.p)
        glejser = ols(np.abs(found.residuals), design)
        for name, t, p in zip(names, glejser.t[1:], glejser.p[1:], strict=True):
            add("glejser", name, float(t), float(p))
        shape = reset(outcome, design)
        add("reset", "", shape.statistic, shape.p)
        if not np.isfinite(shape.statistic):
            notes.append(Note("MED425", {"outcome": entry.outcome}, entry.outcome, "statistic"))
    frame = pd.DataFrame(rows, columns=["outcome", "check", "term", "statistic", "p"])
    return Detail("assumptions", frame, result.sample, result.seed, (Note("MED417", {}), *notes))
