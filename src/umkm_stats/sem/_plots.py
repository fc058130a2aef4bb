"""Pictures of a fitted model: what is plain in the result, handed to the figures room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.options import Language, one_of

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Arrow, LocalNumbers, Picture
    from umkm_stats.sem._fit import Fit

Kind = Literal["paths", "coefficients", "residuals"]
Values = Literal["std_all", "est"]


def draw(fit: Fit, kind: str, values: str, group: str | None, lang: str) -> Picture:
    """The picture; see ``Fit.plot``."""
    one_of("kind", kind, Kind)
    one_of("values", values, Values)
    one_of("lang", lang, Language)
    label = fit.group_labels[0] if group is None else one_of("group", group, fit.group_labels)
    if not fit.converged:
        raise UmkmError("SEM590", params={"kind": kind})
    from umkm_stats.figures import LocalNumbers

    voice = LocalNumbers(lang)
    if kind == "residuals":
        return _residuals(fit, label, voice)
    rows = parameters(fit, values, label)
    if not len(rows):
        raise UmkmError("SEM591", params={"kind": kind})
    if kind == "coefficients":
        return _coefficients(rows, values, lang, voice)
    return _paths(fit, rows, label, voice)


def parameters(fit: Fit, values: str, group: str) -> pd.DataFrame:
    """lhs op rhs est ci_low ci_high of the loadings, regressions and covariances of a group that are not
    held at 0."""
    frame = fit.standardized() if values == "std_all" else fit.estimates
    frame = frame[frame["op"].isin(("=~", "~", "~~")) & (frame["lhs"] != frame["rhs"])]
    frame = frame[frame["group"] == group] if len(fit.group_labels) > 1 else frame
    drawn = frame["est"].notna() & (frame["est"] != 0.0)
    return frame.loc[drawn, ["lhs", "op", "rhs", "est", "ci_low", "ci_high"]].reset_index(drop=True)


def _residuals(fit: Fit, group: str, voice: LocalNumbers) -> Picture:
    from umkm_stats import figures

    frame = fit.residuals("correlation")[group]["cov"]
    values = frame.to_numpy(dtype=np.float64)
    names = [str(name) for name in frame.columns]
    size = max(0.2, float(np.ceil(10 * np.nanmax(np.abs(values))) / 10))
    shown = values.copy()
    np.fill_diagonal(shown, np.nan)
    return figures.heat(names, shown, voice, low=-size, high=size)


def _coefficients(rows: pd.DataFrame, values: str, lang: str, voice: LocalNumbers) -> Picture:
    from umkm_stats import figures

    names = [f"{row.lhs} {row.op} {row.rhs}" for row in rows.itertuples(index=False)]
    est, low, high = (rows[part].to_numpy(dtype=np.float64) for part in ("est", "ci_low", "ci_high"))
    words = {"estimate": messages.text(f"sem.plot.{values}", lang)}
    return figures.coefficient_plot(names, est, low, high, words, voice)


def _arrow(source: str, target: str, row: Any, voice: LocalNumbers, *, limits: bool) -> Arrow:
    from umkm_stats import figures

    low, high = float(row.ci_low), float(row.ci_high)
    words = voice.number(float(row.est), decimals=3)
    if limits and np.isfinite(low) and high > low:
        between = "; " if voice.number(0.5) == "0,50" else ", "
        words += f"\n[{voice.number(low, decimals=3)}{between}{voice.number(high, decimals=3)}]"
    sure = not low <= 0 <= high
    return figures.Arrow(source, target, words, negative=bool(row.est < 0), certain=sure)


def _paths(fit: Fit, rows: pd.DataFrame, group: str, voice: LocalNumbers) -> Picture:
    from umkm_stats import figures

    latent = [name for name in fit.latent if name in {*rows["lhs"], *rows["rhs"]}]
    loadings, arrows, curves = [], [], []
    for row in rows.itertuples(index=False):
        lhs, rhs = str(row.lhs), str(row.rhs)
        if row.op == "=~" and rhs not in latent:
            loadings.append(_arrow(lhs, rhs, row, voice, limits=False))
        elif row.op == "=~":
            arrows.append(_arrow(lhs, rhs, row, voice, limits=True))
        elif row.op == "~":
            arrows.append(_arrow(rhs, lhs, row, voice, limits=True))
        else:
            curves.append(_arrow(lhs, rhs, row, voice, limits=False))
    items = {arrow.target for arrow in loadings}
    ends = [name for arrow in arrows for name in (arrow.source, arrow.target)]
    alone = [name for arrow in curves for name in (arrow.source, arrow.target) if name not in items]
    names = {name: name for name in dict.fromkeys([*latent, *ends, *alone])}
    loadings = [arrow for arrow in loadings if arrow.target not in names]
    r2 = fit.r2()
    r2 = r2[r2["group"] == group] if len(fit.group_labels) > 1 else r2
    outcomes = {arrow.target for arrow in arrows}
    explained = zip(r2["item"], r2["r2"].to_numpy(dtype=np.float64), strict=True)
    extra = {
        str(item): f"R² = {voice.number(float(value), decimals=3)}"
        for item, value in explained
        if item in outcomes and np.isfinite(value)
    }
    return figures.draw_model(names, latent, loadings, arrows, curves, extra)[0]
