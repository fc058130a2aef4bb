"""Which numbers of another program differ from ours, and what explains each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from umkm_stats import messages
from umkm_stats.kernels.review import fit_table, programs

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit

EST, SE, INDEX = 0.05, 0.02, 1e-3
"""Where a difference begins: in standard errors, as a share of a standard error, as a share of an index."""
COLUMNS = ["number", "here", "other", "explanation"]
ORDER = (
    "chisq",
    "df",
    "baseline_chisq",
    "baseline_df",
    "cfi",
    "tli",
    "nfi",
    "rmsea",
    "gfi",
    "agfi",
    "aic",
    "bic",
)
Row = tuple[str, float, float, str]


def differing(fit: Fit, table: pd.DataFrame, printed: dict[str, float]) -> pd.DataFrame:
    """A row a number that differs: number, here, other, explanation (a key, "" when nothing known explains
    it).

    The explanation is the key of a convention (``review.conventions``), or ``zero_variance`` (the other
    program holds a negative variance at 0), ``other_minimum`` (it stopped at a worse fit), ``our_minimum``
    (it found a better one).
    """
    import pandas as pd

    why = _search(fit, table, printed)
    rows: list[Row] = []
    for entry in table.to_dict("records"):
        name = f"{entry['lhs']} {entry['op']} {entry['rhs']}"
        if abs(entry["est"] - entry["est_other"]) > EST * entry["se"]:
            rows.append((name, float(entry["est"]), float(entry["est_other"]), why))
        if abs(entry["se"] - entry["se_other"]) > SE * entry["se"]:
            rows.append((f"SE({name})", float(entry["se"]), float(entry["se_other"]), why))
    rows += _indices(fit, printed, why)
    return pd.DataFrame(rows, columns=COLUMNS)


def _search(fit: Fit, table: pd.DataFrame, printed: dict[str, float]) -> str:
    """What would make the whole solution another one."""
    held = (table["op"] == "~~") & (table["lhs"] == table["rhs"]) & (table["est"] < 0)
    if bool((held & (table["est_other"].abs() < 1e-4)).any()):
        return "zero_variance"
    other = printed.get("chisq", math.nan)
    if math.isfinite(other) and abs(other - fit.x2) > 1e-3 * (1.0 + fit.x2):
        return "other_minimum" if other > fit.x2 else "our_minimum"
    return ""


def _indices(fit: Fit, printed: dict[str, float], why: str) -> list[Row]:
    ours = dict(fit.indices)
    explained = _conventions(fit, printed)
    out: list[Row] = []
    for name in ORDER:
        here, other = float(ours.get(name, math.nan)), printed.get(name, math.nan)
        if not (math.isfinite(here) and math.isfinite(other)):
            continue
        if abs(here - other) <= INDEX * max(abs(here), 0.01) or (name == "cfi" and here == 1.0 < other):
            continue
        key = next((key for key, value in explained.get(name, ()) if _same(value, other)), why)
        out.append((name, here, other, key))
    return out


def _same(one: float, other: float) -> bool:
    return math.isfinite(one) and abs(one - other) <= INDEX * max(abs(other), 0.01)


def _conventions(fit: Fit, printed: dict[str, float]) -> dict[str, list[tuple[str, float]]]:
    """What the conventions make of the numbers of this very fit: index → (key, value)."""
    ours = dict(fit.indices)
    x2, base = printed.get("chisq", math.nan), printed.get("baseline_chisq", math.nan)
    df, base_df = printed.get("df", math.nan), printed.get("baseline_df", math.nan)
    n, k = float(fit.sample.used), float(fit.compiled.n_free)
    nfi = 1.0 - x2 / base if base else math.nan
    own = float(ours.get("df", math.nan))
    exogenous = len([row for row in fit.table.rows if row.origin == "sample" and row.op == "~~"])
    moved = "df_observed_predictor" if df == own + exogenous and exogenous else ""
    root = math.sqrt(max(x2 - df, 0.0) / (df * (n - 1))) if df > 0 else 0.0
    out = {
        "df": [("df_observed_predictor", own + exogenous)],
        "rmsea": [("rmsea_n_minus_1", root)],
        "gfi": [("gfi_is_nfi", nfi)],
        "agfi": [("agfi_from_baseline_df", 1.0 - base_df / df * (1.0 - nfi) if df > 0 else math.nan)],
        "aic": [("aic_from_discrepancy", fit_table.penalty("aic", int(k), int(n)) - 2.0 * x2 / n)],
        "bic": [("aic_from_discrepancy", fit_table.penalty("bic", int(k), int(n)) - 2.0 * x2 / n)],
    }
    if moved:  # with another df these follow from it
        out["rmsea"] = [(moved, root)]
        for name in ("cfi", "tli", "baseline_df", "baseline_chisq"):
            out[name] = [(moved, printed.get(name, math.nan))]
    return out


def said(row: dict[str, object], program: str, lang: str) -> str:
    """One line on one number that differs."""
    key = str(row["explanation"])
    if key in programs.KEYS:
        why = messages.text(f"convention.{key}.says", lang)
    else:
        why = messages.text(f"sem.cross.{key or 'unexplained'}", lang, program=program)
    return messages.text(
        "sem.cross.row",
        lang,
        number=row["number"],
        here=row["here"],
        other=row["other"],
        program=program,
        why=why,
    )
