"""Tables and remarks of a confirmatory factor analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import UmkmError
from umkm_stats.measurement._model import (
    WORDING,
)
from umkm_stats.results import Note
from umkm_stats.sem import Fit

CUTOFFS = {
    "cfi": 0.90,
    "tli": 0.90,
    "rmsea": 0.08,
    "srmr": 0.08,
}  # the lenient customary values; noted when missed


WEAK = 0.50


def _limits(frame: pd.DataFrame, est: str, level: float) -> tuple[pd.Series, pd.Series]:
    from scipy.stats import norm

    wide = float(norm.isf((1 - level) / 2))
    return frame[est] - wide * frame["se"], frame[est] + wide * frame["se"]


def loadings(found: Fit, level: float) -> pd.DataFrame:
    """One row a loading: unstandardised and standardised with limits."""
    raw = found.estimates.query("op == '=~'").reset_index(drop=True)
    std = found.standardized().query("op == '=~'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    std_low, std_high = _limits(std, "est", level)
    explained = found.r2().set_index("item")["r2"]
    return pd.DataFrame(
        {
            "construct": raw["lhs"],
            "item": raw["rhs"],
            "est": raw["est"],
            "se": raw["se"],
            "z": raw["z"],
            "p": raw["p"],
            "ci_low": low,
            "ci_high": high,
            "loading": std["est"],
            "loading_se": std["se"],
            "loading_low": std_low,
            "loading_high": std_high,
            "r2": [float(explained.get(item, np.nan)) for item in raw["rhs"]],
        }
    )


def thresholds(found: Fit, level: float) -> pd.DataFrame:
    """item, number from 1, est, se and limits of the thresholds; empty without ordered items."""
    raw = found.estimates.query("op == '|'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    number = raw.groupby("lhs", sort=False).cumcount() + 1
    return pd.DataFrame(
        {
            "item": raw["lhs"],
            "number": number,
            "est": raw["est"],
            "se": raw["se"],
            "ci_low": low,
            "ci_high": high,
        }
    )


def correlations(found: Fit, level: float) -> pd.DataFrame:
    """Correlations of the factors with limits; disturbances of first-order factors under a second-order one
    are left out."""
    latent = set(found.latent)
    std = found.standardized()
    lower = set(std.loc[(std["op"] == "=~") & std["rhs"].isin(latent), "rhs"])
    chosen = std[
        (std["op"] == "~~")
        & std["lhs"].isin(latent - lower)
        & std["rhs"].isin(latent - lower)
        & (std["lhs"] != std["rhs"])
    ]
    chosen = chosen[chosen["se"] > 0].reset_index(drop=True)
    low, high = _limits(chosen, "est", level)
    return pd.DataFrame(
        {
            "construct": chosen["lhs"],
            "other": chosen["rhs"],
            "r": chosen["est"],
            "se": chosen["se"],
            "p": chosen["p"],
            "ci_low": low,
            "ci_high": high,
        }
    )


def _admissible(found: Fit) -> bool:
    """No negative variance and no correlation beyond ±1 between latent variables."""
    est = found.estimates
    own = est[(est["op"] == "~~") & (est["lhs"] == est["rhs"])]
    std = found.standardized()
    between = std[(std["op"] == "~~") & (std["lhs"] != std["rhs"])]
    return bool(found.converged and (own["est"] >= 0).all() and (between["est"].abs() <= 1).all())


def comparison(main: Fit, structure: str, others: Mapping[str, Fit], used: Sequence[str]) -> pd.DataFrame:
    rows = []
    for name, found in {structure: main, **others}.items():
        values = found.indices
        row: dict[str, Any] = {"structure": name, "n": found.n}
        row |= {key: values.get(key, np.nan) for key in ("chisq", "df")} | {"p": values.get("pvalue", np.nan)}
        row |= {key: values.get(key, np.nan) for key in ("cfi", "tli", "rmsea", "srmr", "aic", "bic")}
        same = set(found.observed) == set(used) and found.n == main.n
        if not same:
            row["aic"] = row["bic"] = np.nan
        rows.append(
            row | {"converged": found.converged, "admissible": _admissible(found), "comparable": same}
        )
    return pd.DataFrame(rows)


def _largest_modifications(main: Fit) -> list[Note]:
    """The three largest modification indices, with the warning that belongs to them; nothing when they do not
    exist for this fit."""
    try:
        found = main.modification_indices(minimum=3.84).head(3)
    except UmkmError:
        return []
    if found.empty:
        return []
    said = [
        f"{lhs} {op} {rhs} ({mi:.1f})"
        for lhs, op, rhs, mi in found[["lhs", "op", "rhs", "mi"]].itertuples(index=False, name=None)
    ]
    return [Note("MEA146", {"changes": said})]


def remarks(main: Fit, structure: str, others: Mapping[str, Fit]) -> list[Note]:
    notes: list[Note] = []
    found = main.indices
    missed = [
        name.upper()
        for name, border in CUTOFFS.items()
        if (found[name] < border if name in ("cfi", "tli") else found[name] > border)
    ]
    if missed:
        notes.append(Note("MEA142", {"names": missed}))
        notes += _largest_modifications(main)
    if found["df"] == 0:
        notes.append(Note("MEA143"))
    loadings = main.standardized().query("op == '=~'")
    weak = loadings.loc[(loadings["est"] < WEAK) & (loadings["lhs"] != WORDING), "rhs"].tolist()
    if weak:
        notes.append(Note("MEA144", {"items": weak, "border": WEAK}, row=weak[0], column="loading"))
    apart = [name for name, other in others.items() if set(other.observed) != set(main.observed)]
    if apart:
        notes.append(Note("MEA145", {"structures": apart}, row=apart[0], column="bic"))
    return notes
