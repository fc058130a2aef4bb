"""Regressions that keep rows with gaps: full information maximum likelihood of the same model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.kernels.mediation.tests import half_width, two_sided
from umkm_stats.regression import _frames
from umkm_stats.regression._columns import Columns, read
from umkm_stats.regression._design import check, design
from umkm_stats.regression._plan import Plan
from umkm_stats.regression._result import Regression, without_draws
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.sem import Fit


def model_text(plan: Plan, terms: tuple[str, ...]) -> str:
    """One line an outcome; residuals of the outcomes are free to covary."""
    right = " + ".join(f"`{term}`" for term in terms)
    lines = [f"`{outcome}` ~ {right}" for outcome in plan.y]
    for k, left in enumerate(plan.y):
        lines += [f"`{left}` ~~ `{other}`" for other in plan.y[k + 1 :]]
    return "\n".join(lines)


def by_fiml(
    data: Any,
    plan: Plan,
    *,
    coding: Mapping[str, Any] | None,
    reference: Mapping[str, Any] | None,
    level: float,
) -> Regression:
    """z in place of t (df is infinite), Wald χ²/df in place of F; tolerance from the estimated covariances.

    What makes the complete rows impossible to analyse is refused first, so that the codes are the same.
    """
    import pandas as pd

    from umkm_stats.sem import fit

    complete = read(data, plan, coding=coding, reference=reference)
    check(complete, plan, design(complete, plan, center=False))
    columns = read(data, plan, coding=coding, reference=reference, keep_gaps=True)
    terms = tuple(part for name in plan.predictors for part in columns.parts[name])
    table = pd.DataFrame({name: columns.values[name] for name in (*plan.y, *terms)})
    found = fit(model_text(plan, terms), table, missing="fiml", fixed_x=False)
    rows, fits = [], []
    for outcome in plan.y:
        own, one = _outcome(found, columns, outcome, terms, level)
        rows += own
        fits.append(one)
    return without_draws(
        kind="fiml",
        plan=plan,
        rows=rows,
        fits=fits,
        level=level,
        errors="classical",
        sample=columns.sample,
        notes=(*columns.notes, Note("REG161", {"complete": complete.n, "used": columns.n}), *found.notes),
    )


def _outcome(
    found: Fit, columns: Columns, outcome: str, terms: tuple[str, ...], level: float
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    table = found.estimates
    here = table[(table["lhs"] == outcome) & (table["op"] == "~")].set_index("rhs").loc[list(terms)]
    constant = table[(table["lhs"] == outcome) & (table["op"] == "~1")].iloc[0]
    cov = table[(table["op"] == "~~")]
    spread = dict(zip(zip(cov["lhs"], cov["rhs"], strict=True), cov["est"].astype(float), strict=True))
    sigma = np.array([[spread.get((a, b), spread.get((b, a), 0.0)) for b in terms] for a in terms])
    size = np.sqrt(np.diag(sigma))
    own = 1.0 / np.diag(np.linalg.inv(sigma / np.outer(size, size)))
    slopes = here["est"].to_numpy(dtype=np.float64)
    residual = spread[(outcome, outcome)]
    explained = float(slopes @ sigma @ slopes)
    r2 = explained / (explained + residual)
    half = half_width(level, np.inf)
    rows = []
    sizes = [(constant["est"], constant["se"]), *zip(slopes, here["se"].to_numpy(), strict=True)]
    for name, (value, error) in zip((_frames.INTERCEPT, *terms), sizes, strict=True):
        est, se = float(value), float(error)
        place = terms.index(name) if name in terms else None
        tolerance = float("nan") if place is None else float(own[place])
        beta = float("nan") if place is None else est * size[place] / np.sqrt(explained + residual)
        rows.append(
            {
                "outcome": outcome,
                "term": name,
                "est": est,
                "se": se,
                "std_all": float(beta),
                "t": est / se,
                "df": float("inf"),
                "p": two_sided(est / se, np.inf),
                "ci_low": est - half * se,
                "ci_high": est + half * se,
                "tolerance": tolerance,
                "vif": 1.0 / tolerance,
            }
        )
    n, p = columns.n, len(terms)
    f = _wald(found, outcome, terms, slopes)
    fits = {
        "outcome": outcome,
        "n": n,
        "r": float(np.sqrt(r2)),
        "r2": r2,
        "adjusted_r2": _frames.adjusted(r2, n, n - p - 1),
        "sigma": float(np.sqrt(residual)),
        "f": f,
        "df1": p,
        "df2": float("inf"),
        "p": float(stats.chi2.sf(f * p, p)),
        "t_table": half_width(level, np.inf),
        "f_table": float(stats.chi2.isf(1 - level, p)) / p,
    }
    return rows, fits


def _wald(found: Fit, outcome: str, terms: tuple[str, ...], slopes: Any) -> float:
    table = found.estimates
    here = table[(table["lhs"] == outcome) & (table["op"] == "~")].set_index("rhs").loc[list(terms)]
    places = here["free"].to_numpy(dtype=np.int64) - 1
    whole: Any = found.vcov
    cov = np.asarray(whole() if callable(whole) else whole)[np.ix_(places, places)]
    return float(slopes @ np.linalg.solve(cov, slopes)) / len(terms)
