"""Measures of careless answering, their cut-offs and the signals they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.kernels.screening import careless as screening_careless
from umkm_stats.kernels.screening import missing_normal
from umkm_stats.results import Note

FAMILIES: Mapping[str, str] = {
    "longstring_high": "invariability",
    "average_string_high": "invariability",
    "irv_low": "invariability",
    "mahalanobis_p_low": "distance",
    "even_odd_low": "consistency",
    "synonyms_low": "consistency",
    "antonyms_high": "consistency",
    "gnormed_high": "person_fit",
    "attention_failed_high": "attention",
    "seconds_per_item_low": "time",
}


THRESHOLDS: Mapping[str, float] = {
    "longstring_high": 0.5,  # share of the items
    "average_string_high": 3.0,  # interquartile ranges above the third quartile
    "irv_low": 1.5,  # interquartile ranges below the first quartile; 0 always signals
    "mahalanobis_p_low": 0.001,
    "even_odd_low": 0.30,
    "synonyms_low": 0.22,
    "antonyms_high": -0.03,
    "gnormed_high": 1.5,  # interquartile ranges above the third quartile
    "attention_failed_high": 1.0,
    "seconds_per_item_low": 2.0,
}


MAX_PATTERNS = 3000


MEASURES = (
    "longstring_high",
    "average_string_high",
    "irv_low",
    "mahalanobis_d2_high",
    "mahalanobis_p_low",
    "even_odd_low",
    "synonyms_low",
    "antonyms_high",
    "gnormed_high",
    "attention_failed_high",
    "seconds_per_item_low",
    "missing_share_high",
)


def measures_of(
    responses: Any, kept: np.ndarray[Any, Any], critical: float, notes: list[Note]
) -> dict[str, Any]:
    items = responses.items.loc[kept]
    codes = [
        c
        for c in items.columns
        if responses.instrument.construct(responses.instrument.item(c).construct).kind == "reflective"
    ]
    x = items[codes].to_numpy(dtype=np.float64)
    answered = x.copy()
    for position, code in enumerate(codes):
        item = responses.instrument.item(code)
        if item.reverse:
            answered[:, position] = item.response_scale.reverse(x[:, position])
    out: dict[str, Any] = {}
    run = screening_careless.runs(answered)
    out["longstring_high"], out["average_string_high"] = run.longest, run.average
    out["irv_low"] = screening_careless.irv(answered)
    out["missing_share_high"] = np.isnan(items.to_numpy(dtype=np.float64)).mean(axis=1)
    d2, p = _distance(x, notes)
    out["mahalanobis_d2_high"], out["mahalanobis_p_low"] = d2, p
    scales = responses.instrument.scales(codes, by="dimension")
    at = {code: i for i, code in enumerate(codes)}
    groups = [np.array([at[c] for c in members]) for members in scales.values() if len(members) >= 2]
    if len(groups) >= 3:
        out["even_odd_low"] = screening_careless.even_odd(x, groups)
    else:
        notes.append(
            Note(
                "SCR201",
                {"measure": "even_odd_low", "why": messages.text("screening.few_scales", "en")},
                column="even_odd_low",
            )
        )
    for name, anto in (("synonyms_low", False), ("antonyms_high", True)):
        scored = screening_careless.pair_score(x if not anto else answered, critical=critical, antonyms=anto)
        out[name] = scored.score
        if len(scored.pairs) < 3:
            notes.append(
                Note(
                    "SCR202", {"measure": name, "pairs": len(scored.pairs), "critical": critical}, column=name
                )
            )
    out["gnormed_high"] = _gnormed(responses, codes, x)
    out.update(_attention(responses, kept))
    if "seconds" in responses.times:
        count = np.maximum((~np.isnan(x)).sum(axis=1), 1)
        out["seconds_per_item_low"] = responses.times.loc[kept, "seconds"].to_numpy(dtype=np.float64) / count
    return out


def _distance(x: Any, notes: list[Note]) -> tuple[Any, Any]:
    empty = np.full(len(x), np.nan)
    x = x[:, ~np.isnan(x).all(axis=0)]  # an item that nobody answered has no distance
    try:
        if len(x) <= x.shape[1] + 1 or not x.shape[1]:
            raise np.linalg.LinAlgError("few rows")
        found = missing_normal.patterns(x)
        if len(found.counts) <= MAX_PATTERNS:
            d2, _, p = missing_normal.distances(x)
            return d2, p
        complete = ~np.isnan(x).any(axis=1)
        d2, _, p = missing_normal.distances(x[complete])
        notes.append(
            Note(
                "SCR211",
                {"patterns": len(found.counts), "complete": int(complete.sum())},
                column="mahalanobis_d2_high",
            )
        )
        full, tail = empty.copy(), empty.copy()
        full[complete], tail[complete] = d2, p
        return full, tail
    except np.linalg.LinAlgError:
        notes.append(
            Note(
                "SCR201",
                {"measure": "mahalanobis_d2_high", "why": messages.text("screening.singular", "en")},
                column="mahalanobis_d2_high",
            )
        )
        return empty, empty.copy()


def _gnormed(responses: Any, codes: list[str], x: Any) -> Any:
    """Mean over constructs of the normed Guttman errors within each: person fit is defined for one trait."""
    at = {code: i for i, code in enumerate(codes)}
    parts = []
    for members in responses.instrument.scales(codes).values():
        values = responses.instrument.item(members[0]).values
        same = [c for c in members if responses.instrument.item(c).values == values]
        if len(same) >= 4:
            parts.append(
                screening_careless.gnormed(x[:, [at[c] for c in same]], len(values), lowest=float(values[0]))
            )
    if not parts:
        return np.full(len(x), np.nan)
    stacked = np.stack(parts, axis=1)
    good = ~np.isnan(stacked)
    return np.where(
        good.any(axis=1), np.where(good, stacked, 0.0).sum(axis=1) / np.maximum(good.sum(axis=1), 1), np.nan
    )


def _attention(responses: Any, kept: Any) -> dict[str, Any]:
    failed = None
    for question in responses.instrument.questions:
        if (
            question.role == "attention"
            and question.expected is not None
            and question.code in responses.respondents
        ):
            given = pd.to_numeric(responses.respondents.loc[kept, question.code], errors="coerce").to_numpy()
            wrong = np.where(np.isnan(given), np.nan, (given != question.expected).astype(float))
            failed = wrong if failed is None else np.nansum([failed, wrong], axis=0)
    return {} if failed is None else {"attention_failed_high": failed}


def cutoffs_of(measures: pd.DataFrame, limits: Mapping[str, float], k: int) -> dict[str, float]:
    out: dict[str, float] = {}
    for name, limit in limits.items():
        values = measures[name].dropna()
        if name == "longstring_high":
            out[name] = limit * k
        elif name in ("average_string_high", "gnormed_high", "irv_low") and len(values) >= 8:
            low, high = np.percentile(values, 25), np.percentile(values, 75)
            out[name] = (
                float(max(low - limit * (high - low), 0.0))
                if name == "irv_low"
                else float(high + limit * (high - low))
            )
        elif name in ("average_string_high", "gnormed_high", "irv_low"):
            out[name] = 0.0 if name == "irv_low" else float("nan")
        elif name in ("even_odd_low", "synonyms_low") and len(values) >= 8:
            out[name] = float(min(limit, np.percentile(values, 10)))
        elif name == "antonyms_high" and len(values) >= 8:
            out[name] = float(max(limit, np.percentile(values, 90)))
        else:
            out[name] = float(limit)
    return out


def signal_of(values: pd.Series, name: str, cutoffs: Mapping[str, float]) -> pd.Series:
    cut = cutoffs[name]
    if np.isnan(cut):
        return pd.Series(False, index=values.index)
    if name == "irv_low":
        return values <= cut
    if name == "attention_failed_high":
        return values >= cut
    return values < cut if name.endswith("_low") else values > cut
