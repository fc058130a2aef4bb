"""Tables and remarks of a confirmatory factor analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.measurement._model import (
    WORDING,
)
from umkm_stats.results import Note
from umkm_stats.sem import DECIDING, CutoffSet, Fit, Headline, headline

WEAK = 0.50


def _limits(frame: pd.DataFrame, est: str, level: float) -> tuple[pd.Series, pd.Series]:
    from scipy.stats import norm

    wide = float(norm.isf((1 - level) / 2))
    return frame[est] - wide * frame["se"], frame[est] + wide * frame["se"]


def lost_notes(found: Fit) -> list[Note]:
    """What is said of a model that did not converge: that, its sample, and nothing that the estimates of an
    unfinished search would say (Heywood cases, directions, missing indices)."""
    told = ("SEM401", "SEM408", "SEM409", "SEM410", "SEM411", "SEM226")
    return [Note("MEA220"), *(note for note in found.notes if note.code in told)]


def _nothing(frame: pd.DataFrame, found: Fit) -> pd.DataFrame:
    """``frame`` as it is, or with every number NaN when the search did not converge."""
    if found.converged:
        return frame
    numbers = frame.select_dtypes("number").columns.difference(["number"])
    return frame.assign(**dict.fromkeys(numbers, np.nan))


def loadings(found: Fit, level: float) -> pd.DataFrame:
    """One row a loading: unstandardised and standardised with limits."""
    raw = found.estimates.query("op == '=~'").reset_index(drop=True)
    std = found.standardized().query("op == '=~'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    std_low, std_high = _limits(std, "est", level)
    explained = found.r2().set_index("item")["r2"]
    frame = pd.DataFrame(
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
    return _nothing(frame, found)


def thresholds(found: Fit, level: float) -> pd.DataFrame:
    """item, number from 1, est, se and limits of the thresholds; empty without ordered items."""
    raw = found.estimates.query("op == '|'").reset_index(drop=True)
    low, high = _limits(raw, "est", level)
    number = raw.groupby("lhs", sort=False).cumcount() + 1
    frame = pd.DataFrame(
        {
            "item": raw["lhs"],
            "number": number,
            "est": raw["est"],
            "se": raw["se"],
            "ci_low": low,
            "ci_high": high,
        }
    )
    return _nothing(frame, found)


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
    frame = pd.DataFrame(
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
    return _nothing(frame, found)


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
        values, decide = found.indices, headline(found)
        row: dict[str, Any] = {"structure": name, "n": found.n}
        row |= {"chisq": decide.chisq, "df": decide.df, "p": decide.p, "cfi": decide.cfi, "tli": decide.tli}
        row |= {"rmsea": decide.rmsea, "srmr": decide.srmr}
        row |= {key: values.get(key, np.nan) for key in ("aic", "bic")}
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
        found = main.modification_indices(minimum=3.84).query("mi >= 3.84").head(3)
    except UmkmError:
        return []
    if found.empty:
        return []
    said = [
        messages.Figures(f"{lhs} {op} {rhs} ({mi:.1f})")
        for lhs, op, rhs, mi in found[["lhs", "op", "rhs", "mi"]].itertuples(index=False, name=None)
    ]
    return [Note("MEA146", {"changes": said})]


def _direction(frame: pd.DataFrame) -> pd.Series:
    """(rows,) the sign of most loadings of each factor: a factor whose items all load negatively is only
    turned round."""
    summed = np.sign(frame["est"]).groupby(frame["lhs"]).transform("sum")
    return pd.Series(np.where(summed < 0, -1.0, 1.0), index=frame.index)


def _clearly_opposite(frame: pd.DataFrame, own: pd.Series) -> pd.Series:
    """Loadings against the direction of their factor (``own`` < 0) whose 95 % limit stays there, or without a
    standard error lie beyond −WEAK."""
    upper = own + 1.96 * frame["se"]
    return (own < 0) & ((upper < 0) | (upper.isna() & (own < -WEAK)))


def missed_borders(found: Headline, cutoffs: CutoffSet) -> list[Note]:
    """The deciding indices beyond the borders of the set, which the note names; nothing when all keep them
    or there are no degrees of freedom."""
    missed = found.missed(cutoffs)
    if not missed:
        return []
    limits = {name: cutoffs.border(name).limit for name in DECIDING}
    return [Note("MEA142", {"names": [name.upper() for name in missed], "source": cutoffs.source, **limits})]


def remarks(main: Fit, structure: str, others: Mapping[str, Fit], cutoffs: CutoffSet) -> list[Note]:
    """What the reader must know of the main model beyond the notes of its fit."""
    notes: list[Note] = []
    found = headline(main)
    missed = missed_borders(found, cutoffs)
    if missed:
        notes += missed
        notes += _largest_modifications(main)
    if found.df == 0:
        notes.append(Note("MEA143"))
    frame = main.standardized().query("op == '=~'")
    frame = frame[frame["lhs"] != WORDING]
    own = frame["est"] * _direction(frame)
    turned = frame.loc[_clearly_opposite(frame, own), "rhs"].tolist()
    if turned:
        notes.insert(0, Note("MEA221", {"items": turned}, row=turned[0], column="loading"))
    weak = frame.loc[(own < WEAK) & ~frame["rhs"].isin(turned), "rhs"].tolist()
    if weak:
        notes.append(Note("MEA144", {"items": weak, "border": WEAK}, row=weak[0], column="loading"))
    apart = [name for name, other in others.items() if set(other.observed) != set(main.observed)]
    if apart:
        notes.append(Note("MEA145", {"structures": apart}, row=apart[0], column="bic"))
    return notes
