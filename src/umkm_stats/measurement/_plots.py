"""Pictures of the measurement results: what is plain in a result, handed to the figures room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.figures import LocalNumbers
from umkm_stats.kernels.measurement import efa_retention
from umkm_stats.options import Language, one_of

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture
    from umkm_stats.measurement._cfa import Cfa
    from umkm_stats.measurement._efa import Efa
    from umkm_stats.measurement._reliability import Reliability
    from umkm_stats.measurement._validity import Validity

CfaKind = Literal["loadings", "paths", "correlations", "residuals"]
ReliabilityKind = Literal["scales", "items"]
EfaKind = Literal["scree", "loadings"]
ValidityKind = Literal["htmt", "fornell_larcker", "pairs", "constructs", "cross_loadings"]
REST, ALPHA, LOADING, AVE, CR, HTMT = 0.30, 0.70, 0.70, 0.50, 0.70, 0.85  # the customary borders
FAINT = 0.30  # loadings below this are written in grey, as psych and SPSS leave them out


def _asked(kind: str, kinds: Any, lang: str) -> LocalNumbers:
    one_of("kind", kind, kinds)
    one_of("lang", lang, Language)
    return LocalNumbers(lang)


def _words(lang: str, *keys: str) -> dict[str, str]:
    return {key: messages.text(f"measurement.plot.{key}", lang) for key in keys}


def _columns(frame: pd.DataFrame, names: Iterable[str]) -> list[np.ndarray[Any, Any]]:
    return [
        frame[name].to_numpy(dtype=np.float64) if name in frame.columns else np.full(len(frame), np.nan)
        for name in names
    ]


def of_cfa(result: Cfa, kind: str, lang: str) -> Picture:
    """See ``Cfa.plot``."""
    voice = _asked(kind, CfaKind, lang)
    if not result.fit.converged:
        raise UmkmError("MEA220")
    from umkm_stats import figures

    if kind in ("paths", "residuals"):
        return result.fit.plot(kind, lang=lang)
    if kind == "correlations":
        frame = result.correlations
        if not len(frame):
            raise UmkmError("MEA290", params={"kind": kind})
        names = [f"{a} ~~ {b}" for a, b in zip(frame["construct"], frame["other"], strict=True)]
        words = {"estimate": messages.text("measurement.plot.r", lang)}
        r, r_low, r_high = _columns(frame, ("r", "ci_low", "ci_high"))
        return figures.coefficient_plot(names, r, r_low, r_high, words, voice)
    frame = result.table
    est, low, high = _columns(frame, ("loading", "loading_low", "loading_high"))
    items, factors = [str(item) for item in frame["item"]], [str(name) for name in frame["construct"]]
    return figures.loadings(items, est, low, high, factors, _words(lang, "loading"), voice, LOADING)


def of_reliability(result: Reliability, kind: str, lang: str) -> Picture:
    """See ``Reliability.plot``."""
    voice = _asked(kind, ReliabilityKind, lang)
    from umkm_stats import figures

    table, items = result.table, result.items
    if kind == "items":
        words = {
            "left": messages.text("measurement.plot.item_rest", lang),
            "right": messages.text("measurement.plot.alpha_without", lang),
        }
        whole = {str(name): float(alpha) for name, alpha in zip(table["scale"], table["alpha"], strict=True)}
        left, right = _columns(items, ("item_rest", "alpha_without"))
        groups = [str(name) for name in items["scale"]]
        names = [str(code) for code in items["item"]]
        return figures.item_dots(names, groups, left, right, whole, REST, words, voice)
    series = {}
    for name, limits in (("alpha", "alpha"), ("omega_total", "omega")):
        label = messages.text(f"measurement.plot.{name}", lang)
        value, low, high = _columns(table, (name, f"{limits}_low", f"{limits}_high"))
        series[label] = (value, low, high)
    names = [str(name) for name in table["scale"]]
    return figures.scale_dots(names, series, [ALPHA], _words(lang, "value"), voice)


def of_efa(result: Efa, kind: str, lang: str) -> Picture:
    """See ``Efa.plot``."""
    voice = _asked(kind, EfaKind, lang)
    from umkm_stats import figures

    if kind == "scree":
        words = _words(lang, "data", "random", "one", "number", "eigen")
        if result.count is None:
            eigen = efa_retention.eigenvalues(result.correlations.to_numpy())
            return figures.scree(eigen, None, words, voice)
        eigen, random = _columns(result.count.table, ("eigenvalue", "random_p95"))
        return figures.scree(eigen, random, words, voice)
    frame = result.loadings.loc[list(result.table["item"])]  # by factor, falling
    factors = [str(name) for name in frame.columns]
    own = [(row, factors.index(str(name))) for row, name in enumerate(result.table["factor"])]
    names = [str(name) for name in frame.index]
    return figures.indicator_heat(names, factors, frame.to_numpy(), voice, faint=FAINT, own=own)


def of_validity(result: Validity, kind: str, lang: str) -> Picture:
    """See ``Validity.plot``."""
    voice = _asked(kind, ValidityKind, lang)
    if not np.isfinite(result.table["ave"].to_numpy(dtype=np.float64)).any():
        raise UmkmError("MEA220")
    from umkm_stats import figures

    if kind == "constructs":
        series = {}
        for name in ("ave", "cr_std"):
            value, low, high = _columns(result.table, (name, f"{name}_low", f"{name}_high"))
            series[messages.text(f"measurement.plot.{name}", lang)] = (value, low, high)
        names = [str(name) for name in result.table["construct"]]
        return figures.scale_dots(names, series, [AVE, CR], _words(lang, "value"), voice)
    if kind == "cross_loadings":
        once = result.cross_loadings.drop_duplicates(
            ["item", "factor"]
        )  # an item of two factors stands twice
        items, across = list(dict.fromkeys(once["item"])), list(dict.fromkeys(once["factor"]))
        frame = once.pivot(index="item", columns="factor", values="loading").loc[items, across]
        mine = result.cross_loadings[result.cross_loadings["own"].astype(bool)]
        own = [
            (items.index(item), across.index(factor))
            for item, factor in zip(mine["item"], mine["factor"], strict=True)
        ]
        values = frame.to_numpy(dtype=np.float64)
        return figures.indicator_heat(
            [str(i) for i in items], [str(f) for f in across], values, voice, own=own
        )
    if not len(result.pairs):
        raise UmkmError("MEA290", params={"kind": kind})
    if kind == "pairs":
        pairs = result.pairs
        names = [f"{a} ~~ {b}" for a, b in zip(pairs["construct"], pairs["other"], strict=True)]
        r, r_low, r_high = _columns(pairs, ("r", "r_low", "r_high"))
        htmt, htmt_low, htmt_high = _columns(pairs, ("htmt", "htmt_low", "htmt_high"))
        labels = _words(lang, "r", "htmt")
        drawn = {labels["r"]: (r, r_low, r_high), labels["htmt"]: (htmt, htmt_low, htmt_high)}
        borders = [HTMT, 1.0] if np.nanmin(r) >= 0 else [-HTMT, HTMT]
        return figures.scale_dots(names, drawn, borders, _words(lang, "value"), voice)
    matrix = result.matrix("htmt" if kind == "htmt" else "r")
    names = [str(name) for name in matrix.columns]
    values = matrix.to_numpy(dtype=np.float64)
    if kind == "htmt":
        return figures.heat(names, values, voice, low=0.0, flag=HTMT)
    return figures.heat(names, values, voice)
