"""Frames of a regression: coefficients, ANOVA, fit, blocks, steps, joint tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.regression._equations import Equation, Joint, wald

if TYPE_CHECKING:
    import pandas as pd

INTERCEPT = "(intercept)"
COEFFICIENTS = (
    "outcome", "term", "est", "se", "std_all", "t", "df", "p", "ci_low", "ci_high", "tolerance", "vif",
)  # fmt: skip


def coefficients(equations: Sequence[Equation], level: float) -> pd.DataFrame:
    """One row a coefficient of the full models; the intercept has no std_all, tolerance and vif."""
    import pandas as pd

    rows = []
    for entry in equations:
        for k, row in enumerate(_step(entry, entry.design.blocks, level)):
            own = float(entry.tolerance[k - 1]) if k else float("nan")
            rows.append({"outcome": entry.outcome, **row, "tolerance": own, "vif": 1.0 / own})
    return pd.DataFrame(rows, columns=list(COEFFICIENTS))


def steps(equations: Sequence[Equation], level: float) -> pd.DataFrame:
    """One row a coefficient of every model on the way: outcome, block, term, est … ci_high."""
    import pandas as pd

    rows = [
        {"outcome": entry.outcome, "block": block, **row}
        for entry in equations
        for block in range(1, entry.design.blocks + 1)
        for row in _step(entry, block, level)
    ]
    return pd.DataFrame(rows, columns=["outcome", "block", *COEFFICIENTS[1:10]])


def _step(entry: Equation, block: int, level: float) -> list[dict[str, Any]]:
    fit = entry.steps[block - 1]
    half = half_width(level, fit.df) * fit.se
    beta = np.concatenate([[np.nan], entry.standardised(block)])
    names = (INTERCEPT, *(entry.design.names[k] for k in entry.used(block)))
    return [
        {
            "term": name,
            "est": float(fit.params[k]),
            "se": float(fit.se[k]),
            "std_all": float(beta[k]),
            "t": float(fit.t[k]),
            "df": fit.df,
            "p": float(fit.p[k]),
            "ci_low": float(fit.params[k] - half[k]),
            "ci_high": float(fit.params[k] + half[k]),
        }
        for k, name in enumerate(names)
    ]


def anova(equations: Sequence[Equation]) -> pd.DataFrame:
    """Sums of squares of the full models: outcome, source, ss, df, ms, f, p."""
    import pandas as pd

    rows = []
    nan = float("nan")
    for entry in equations:
        explained, residual = entry.fit.sums
        df1, df2 = float(entry.design.values.shape[1]), entry.fit.df_resid
        f = (explained / df1) / (residual / df2)
        p = float(stats.f.sf(f, df1, df2))
        for source, ss, df, tail in (
            ("regression", explained, df1, (explained / df1, f, p)),
            ("residual", residual, df2, (residual / df2, nan, nan)),
            ("total", explained + residual, df1 + df2, (nan, nan, nan)),
        ):
            rows.append({"outcome": entry.outcome, "source": source, "ss": ss, "df": df})
            rows[-1].update(zip(("ms", "f", "p"), tail, strict=True))
    return pd.DataFrame(rows)


def adjusted(r2: float, n: float, df_resid: float) -> float:
    """Adjusted R²."""
    return 1.0 - (1.0 - r2) * (n - 1.0) / df_resid


def overall(entry: Equation) -> Joint:
    """The model's F with the chosen standard errors."""
    if entry.errors == "classical":
        explained, residual = entry.fit.sums
        df1, df2 = entry.design.values.shape[1], entry.fit.df_resid
        f = (explained / df1) / (residual / df2)
        return Joint(f, df1, df2, float(stats.f.sf(f, df1, df2)))
    return wald(entry.fit, list(range(1, len(entry.fit.params))))


def fits(equations: Sequence[Equation], level: float) -> pd.DataFrame:
    """One row an outcome: outcome, n, r, r2, adjusted_r2, sigma, f, df1, df2, p, t_table, f_table."""
    import pandas as pd

    rows = []
    for entry in equations:
        found = overall(entry)
        n, r2 = len(entry.y), entry.fit.r2
        rows.append(
            {
                "outcome": entry.outcome,
                "n": n,
                "r": float(np.sqrt(max(r2, 0.0))),
                "r2": r2,
                "adjusted_r2": adjusted(r2, n, entry.fit.df_resid),
                "sigma": float(np.sqrt(entry.fit.sigma2)),
                "f": found.f,
                "df1": found.df1,
                "df2": found.df2,
                "p": found.p,
                "t_table": half_width(level, entry.fit.df),
                "f_table": float(stats.f.isf(1.0 - level, found.df1, found.df2)),
            }
        )
    return pd.DataFrame(rows)


def blocks(equations: Sequence[Equation]) -> pd.DataFrame:
    """One row a block: outcome, block, added, r, r2, adjusted_r2, sigma, r2_change, f_change, df1, df2, p."""
    import pandas as pd

    rows = []
    for entry in equations:
        before = 0.0
        for block, fit in enumerate(entry.steps, start=1):
            used = entry.used(block)
            new = [k for k in used if entry.design.terms[k].block == block]
            change = wald(fit, [1 + used.index(k) for k in new])
            rows.append(
                {
                    "outcome": entry.outcome,
                    "block": block,
                    "added": ", ".join(entry.design.names[k] for k in new),
                    "r": float(np.sqrt(max(fit.r2, 0.0))),
                    "r2": fit.r2,
                    "adjusted_r2": adjusted(fit.r2, len(entry.y), fit.df_resid),
                    "sigma": float(np.sqrt(fit.sigma2)),
                    "r2_change": fit.r2 - before,
                    "f_change": change.f,
                    "df1": change.df1,
                    "df2": change.df2,
                    "p": change.p,
                }
            )
            before = fit.r2
    return pd.DataFrame(rows)


def joint(equations: Sequence[Equation]) -> pd.DataFrame:
    """F of every predictor or product that has several columns: outcome, term, f, df1, df2, p."""
    import pandas as pd

    rows = []
    for entry in equations:
        owners: dict[tuple[str, ...], list[int]] = {}
        for k, term in enumerate(entry.design.terms):
            owners.setdefault(term.owner, []).append(k + 1)
        for owner, places in owners.items():
            if len(places) > 1:
                found = wald(entry.fit, places)
                rows.append(
                    {
                        "outcome": entry.outcome,
                        "term": ":".join(owner),
                        "f": found.f,
                        "df1": found.df1,
                        "df2": found.df2,
                        "p": found.p,
                    }
                )
    return pd.DataFrame(rows, columns=["outcome", "term", "f", "df1", "df2", "p"])
