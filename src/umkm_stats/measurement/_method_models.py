"""Factor models with a method factor: unmeasured, and measured by marker items (CFA marker technique)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from umkm_stats.errors import UmkmError
from umkm_stats.kernels.measurement.method_factor import with_method_factor
from umkm_stats.kernels.sem.one.optimise import minimise
from umkm_stats.kernels.sem.one.problem import problem
from umkm_stats.kernels.sem.structure import fill
from umkm_stats.measurement._answers import Scales
from umkm_stats.measurement._model import text_of
from umkm_stats.measurement._outcome import rows_of
from umkm_stats.results import Note
from umkm_stats.sem import Fit, fit

METHOD = "METHOD"
STEPS = 40  # iterations allowed to a model with an unmeasured method factor
Ints = np.ndarray[Any, np.dtype[np.int64]]


def admissible(found: Fit) -> bool:
    """Converged, no negative variance, no correlation of factors beyond ±1."""
    est = found.estimates
    own = est[(est["op"] == "~~") & (est["lhs"] == est["rhs"])]
    between = est[(est["op"] == "~~") & (est["lhs"] != est["rhs"])]
    return bool(found.converged and (own["est"] >= 0).all() and (between["std_all"].abs() <= 1).all())


def _row(name: str, found: Fit, base: Fit | None, items: list[str]) -> dict[str, Any]:
    values = found.indices
    row: dict[str, Any] = {
        "model": name,
        "chisq": values["chisq"],
        "df": values["df"],
        "p": values["pvalue"],
        "cfi": values["cfi"],
        "rmsea": values["rmsea"],
    }
    row |= {"chisq_diff": np.nan, "df_diff": np.nan, "p_diff": np.nan, "method_share": np.nan}
    if base is not None and found.df != base.df and found.converged and base.converged:
        difference, df = abs(base.x2 - found.x2), abs(base.df - found.df)
        row |= {"chisq_diff": difference, "df_diff": df, "p_diff": float(chi2.sf(difference, df))}
    est = found.estimates
    on = est[(est["op"] == "=~") & (est["lhs"] == METHOD) & est["rhs"].isin(items)]
    if len(on) and found.converged:
        row["method_share"] = float((on["std_all"] ** 2).mean())
    return row | {"converged": found.converged, "admissible": admissible(found)}


def _fitted(name: str, text: str, frame: pd.DataFrame, notes: list[Note]) -> Fit | None:
    try:
        found = fit(text, frame, std_lv=True)
        if not found.converged:
            notes.append(Note("MEA175", {"model": name, "reason": "MEA220"}, row=name, column="chisq"))
        return found
    except UmkmError as error:
        notes.append(Note("MEA175", {"model": name, "reason": error.code}, row=name, column="chisq"))
        return None


def _apart(scales: Scales) -> str:
    return "".join(f"{METHOD} ~~ 0*{name}\n" for name in scales)


def method_models(frame: pd.DataFrame, scales: Scales, notes: list[Note]) -> list[dict[str, Any]]:
    """Rows "cfa", "method_equal" (equal loadings in the items' units) and "method_free" of an unmeasured
    latent method factor.

    The search begins at the solution without the method factor and ends after ``STEPS`` iterations: when it
    has not converged by then, the data cannot tell the method factor from the others, and its numbers are
    NaN.
    """
    items = [item for members in scales.values() for item in members]
    base = _fitted("cfa", text_of(scales), frame, notes)
    if base is None:
        return []
    rows = [_row("cfa", base, None, items)]
    if not base.converged:
        return rows
    positions = np.array([list(base.observed).index(item) for item in items], dtype=np.int64)
    for name, equal in (("method_equal", True), ("method_free", False)):
        extra = 1 if equal else len(items)
        if base.df - extra < 0:
            notes.append(Note("MEA175", {"model": name, "reason": "df < 0"}, row=name, column="chisq"))
            continue
        rows.append(_method_row(name, base, positions, equal))
        if not rows[-1]["admissible"]:
            notes.append(Note("MEA176", {"model": name}, row=name, column="method_share"))
    return rows


def _method_row(name: str, base: Fit, positions: Ints, equal: bool) -> dict[str, Any]:
    structure = with_method_factor(base.compiled, positions, equal=equal)
    task = problem(structure, "ml", base.task.samples)
    sd = np.sqrt(np.diag(base.task.samples[0].cov))[positions]
    start = np.concatenate([base.params, [0.2 * float(sd.mean())] if equal else 0.2 * sd])
    with np.errstate(all="ignore"):
        found = minimise(task, start, limit=STEPS)
    row: dict[str, Any] = {"model": name} | dict.fromkeys(
        ("chisq", "p", "cfi", "rmsea", "chisq_diff", "p_diff", "method_share"), np.nan
    )
    df = base.df - (structure.n_params - base.compiled.n_params)
    row |= {"df": df, "df_diff": base.df - df, "converged": found.converged, "admissible": False}
    if found.point is None or not found.converged:
        return row
    x2 = max(base.n * found.point.value, 0.0)
    null, null_df = base.indices["baseline_chisq"], base.indices["baseline_df"]
    worst = max(null - null_df, x2 - df, 0.0)
    row |= {
        "chisq": x2,
        "p": float(chi2.sf(x2, df)) if df else np.nan,
        "cfi": 1 - max(x2 - df, 0.0) / worst if worst > 0 else 1.0,
    }
    row |= {"rmsea": float(np.sqrt(max((x2 - df) / (df * base.n), 0.0))) if df else np.nan}
    difference = max(base.x2 - x2, 0.0)
    row |= {"chisq_diff": difference, "p_diff": float(chi2.sf(difference, base.df - df))}
    made = fill(structure, found.point.params[None])
    lam, psi, theta = made.lam[0, 0], made.psi[0, 0], made.theta[0, 0]
    implied = np.diag(lam @ psi @ lam.T + theta)[positions]
    row["method_share"] = float((lam[positions, -1] ** 2 / implied).mean())
    row["admissible"] = bool(
        found.converged and (np.diag(theta) >= 0).all() and np.linalg.eigvalsh(psi)[0] > -1e-8
    )
    return row


def marker_models(
    frame: pd.DataFrame, scales: Scales, marks: list[str], notes: list[Note]
) -> list[dict[str, Any]]:
    """Rows "marker_cfa", "marker_baseline", "marker_c", "marker_u", "marker_r".

    The marker's own loadings and residual variances are fixed in Baseline at their values in the CFA; C and U
    add loadings of the substantive items on the marker factor, equal and free; R holds the factor
    correlations of the better of C and U at Baseline's. C and U are compared with Baseline and with C, R with
    the model it restricts.
    """
    items = [item for members in scales.values() for item in members]
    start = _fitted("marker_cfa", text_of(scales) + text_of({METHOD: marks}), frame, notes)
    if start is None:
        return []
    rows = [_row("marker_cfa", start, None, items)]
    if not start.converged:
        return rows
    est = start.estimates
    loads = {row.rhs: float(row.est) for row in rows_of(est) if row.op == "=~" and row.lhs == METHOD}
    noise = {
        row.lhs: float(row.est)
        for row in rows_of(est)
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in marks
    }
    own = " + ".join(f"{loads[mark]:.15g}*{mark}" for mark in marks)
    fixed = "".join(f"{mark} ~~ {noise[mark]:.15g}*{mark}\n" for mark in marks) + _apart(scales)
    found: dict[str, Fit] = {}
    bodies = {
        "marker_baseline": own,
        "marker_c": own + "".join(f" + mc*{item}" for item in items),
        "marker_u": own + "".join(f" + {item}" for item in items),
    }
    against = {"marker_baseline": None, "marker_c": "marker_baseline", "marker_u": "marker_c"}
    for name, body in bodies.items():
        got = _fitted(name, text_of(scales) + f"{METHOD} =~ {body}\n" + fixed, frame, notes)
        if got is None:
            return rows
        found[name] = got
        other = against[name]
        rows.append(_row(name, got, found[other] if other else None, items))
        if not got.converged:
            return rows
    better = "marker_u" if rows[-1]["p_diff"] < 0.05 else "marker_c"
    base = found["marker_baseline"].estimates
    held = base[
        (base["op"] == "~~")
        & base["lhs"].isin(scales)
        & base["rhs"].isin(scales)
        & (base["lhs"] != base["rhs"])
    ]
    lines = "".join(f"{row.lhs} ~~ {row.est:.15g}*{row.rhs}\n" for row in rows_of(held))
    got = _fitted(
        "marker_r", text_of(scales) + f"{METHOD} =~ {bodies[better]}\n" + fixed + lines, frame, notes
    )
    if got is not None:
        rows.append(_row("marker_r", got, found[better], items))
        if not got.converged:
            return rows
        changed = bool(rows[-1]["p_diff"] < 0.05)
        notes.append(
            Note(
                "MEA177" if changed else "MEA178",
                {"model": better[-1].upper(), "p": rows[-1]["p_diff"]},
                row="marker_r",
                column="p_diff",
            )
        )
    return rows
