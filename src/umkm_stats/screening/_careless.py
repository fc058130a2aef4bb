"""Careless answering: measures, signals, flags at two independent signals, and a ledger; nothing is deleted
by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.screening import careless as screening_careless
from umkm_stats.kernels.screening import missing_normal
from umkm_stats.options import one_of, whole
from umkm_stats.results import Note, SampleUsed, jsonable

Exclude = Literal["none", "flagged"]

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
_MEASURES = (
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


@dataclass(frozen=True, eq=False, repr=False)
class Screened:
    """Answers with their measures of carelessness.

    measures: data frame aligned with ``responses.items``: row (as the user sees it) and one column a measure
    whose name ends in the direction that is suspect (``_high`` or ``_low``); NaN for rows not kept. flags:
    data frame of truth values: one column a signal, ``families`` (number of independent kinds of signal),
    ``flagged``. ledger: data frame, one line a flagged or excluded row: row, flagged, excluded, signals,
    families, reason. kept: rows used after screening; equal to ``responses.kept`` unless
    ``exclude="flagged"`` or ``exclude_rows`` was asked for. cutoffs: measure → the number that was applied.
    """

    measures: pd.DataFrame
    flags: pd.DataFrame
    ledger: pd.DataFrame
    kept: pd.Series
    responses: Any
    cutoffs: Mapping[str, float]
    minimum_signals: int
    sample: SampleUsed
    notes: tuple[Note, ...] = ()
    seed: int | None = None
    families: Mapping[str, str] = field(default_factory=lambda: dict(FAMILIES))

    def __repr__(self) -> str:
        return f"Screened({int(self.flagged.sum())} of {int(self.responses.kept.sum())} rows flagged)"

    @property
    def flagged(self) -> pd.Series:
        """Rows with signals of at least ``minimum_signals`` independent kinds."""
        return self.flags["flagged"]

    @property
    def kept_items(self) -> pd.DataFrame:
        """Items of the rows used after screening."""
        return pd.DataFrame(self.responses.items.loc[self.kept])

    def compare(self, statistic: Callable[[pd.DataFrame], Mapping[str, float]]) -> pd.DataFrame:
        """``statistic`` of the items with and without the flagged rows: name, all, without, difference,
        n_all, n_without."""
        everyone = self.responses.items.loc[self.responses.kept]
        fewer = self.responses.items.loc[self.responses.kept & ~self.flagged]
        first, second = dict(statistic(everyone)), dict(statistic(fewer))
        rows = [
            {
                "name": n,
                "all": v,
                "without": second.get(n, np.nan),
                "difference": second.get(n, np.nan) - v,
                "n_all": len(everyone),
                "n_without": len(fewer),
            }
            for n, v in first.items()
        ]
        return pd.DataFrame(rows)

    def tidy(self) -> pd.DataFrame:
        """One row a measure: measure family cutoff available signals median (over rows kept by reading)."""
        rows = []
        for name in _MEASURES:
            values = self.measures.loc[self.responses.kept, name]
            rows.append(
                {
                    "measure": name,
                    "family": FAMILIES.get(name, ""),
                    "cutoff": self.cutoffs.get(name, np.nan),
                    "available": int(values.notna().sum()),
                    "signals": int(self.flags[name].sum()) if name in self.flags else 0,
                    "median": float(values.median()) if values.notna().any() else np.nan,
                }
            )
        return pd.DataFrame(rows)

    def glance(self) -> pd.DataFrame:
        """One row: n flagged excluded share_flagged."""
        kept = int(self.responses.kept.sum())
        flagged = int(self.flagged.sum())
        excluded = kept - int(self.kept.sum())
        return pd.DataFrame(
            [
                {
                    "n": int(self.kept.sum()),
                    "flagged": flagged,
                    "excluded": excluded,
                    "share_flagged": flagged / max(kept, 1),
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """How many rows were flagged, by what, and that nothing was deleted by itself."""
        row = self.glance().iloc[0]
        lines = [
            messages.text(
                "screening.head",
                lang,
                n=int(self.responses.kept.sum()),
                flagged=int(row.flagged),
                signals=self.minimum_signals,
            ),
            messages.text(
                "screening.excluded" if row.excluded else "screening.kept", lang, excluded=int(row.excluded)
            ),
            self.sample.describe(lang),
        ]
        return "\n".join([*lines, *(note.message(lang) for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values; no answers."""
        return {
            "sample": self.sample.to_dict(),
            "measures": jsonable(self.tidy()),
            "glance": jsonable(self.glance()),
            "minimum_signals": self.minimum_signals,
            "notes": [note.to_dict() for note in self.notes],
        }


def screen(
    responses: Any,
    *,
    thresholds: Mapping[str, float] | None = None,
    minimum_signals: int = 2,
    exclude: Exclude = "none",
    exclude_rows: Sequence[int] = (),
    critical: float = 0.60,
) -> Screened:
    """Measure careless answering in the rows that reading kept.

    Parameters
    ----------
    thresholds: measure → cutoff, replacing some of ``THRESHOLDS``. Fixed ones: even–odd .30 (Jackson, in
    Johnson
        2005), synonyms .22 and antonyms −.03 (Johnson 2005), 2 s an item (Huang et al. 2012), D² at p < .001,
        one failed attention check, a run over half of the items. Cutoffs of consistency presume many
        heterogeneous scales: where more than a tenth of the respondents pass one, the tenth percentile takes
        its place. The others are fences: so many interquartile ranges from the quartile.
    minimum_signals: independent kinds of signal (``FAMILIES``) that flag a row; measures of one kind count
    once.
    exclude: "none" keeps every row; "flagged" leaves flagged rows out of ``kept``.
    exclude_rows: row numbers, as the user sees them, to leave out after having looked at them.
    critical: correlation from which item pairs count as synonyms or antonyms.

    Reverse-keyed items enter the runs and the IRV as they were answered and all others as scored. Even–odd
    works on dimensions; items are taken in the instrument's order. Answers that do not vary at all leave
    even–odd undefined; such a row counts as inconsistent, so that one answer throughout is flagged.
    """
    one_of("exclude", exclude, Exclude)
    whole("minimum_signals", minimum_signals, low=1, high=len(set(FAMILIES.values())))
    for name in thresholds or {}:
        one_of("thresholds", name, tuple(THRESHOLDS))
    limits = {**THRESHOLDS, **(thresholds or {})}
    kept = responses.kept.to_numpy()
    known = set(responses.sample.rows["row"].tolist())
    for row in exclude_rows:
        if int(row) not in known:
            raise UsageError("SCR101", params={"row": int(row)})
    notes: list[Note] = []
    values = _measures(responses, kept, critical, notes)
    measures = pd.DataFrame(np.nan, index=responses.items.index, columns=list(_MEASURES))
    for name, column in values.items():
        measures.loc[kept, name] = column
    measures.insert(0, "row", responses.sample.rows["row"].to_numpy())
    cutoffs = _cutoffs(measures.loc[kept], limits, responses.items.shape[1])
    flags = pd.DataFrame(
        {name: _signal(measures[name], name, cutoffs) for name in FAMILIES}, index=measures.index
    )
    flags["even_odd_low"] |= (measures["irv_low"] == 0) & measures["even_odd_low"].isna()
    families = pd.DataFrame(
        {
            f: flags[[m for m, g in FAMILIES.items() if g == f]].any(axis=1)
            for f in dict.fromkeys(FAMILIES.values())
        }
    )
    flags["families"] = families.sum(axis=1)
    flags["flagged"] = flags["families"] >= minimum_signals
    by_hand = responses.sample.rows["row"].isin([int(r) for r in exclude_rows]).to_numpy()
    out = (flags["flagged"].to_numpy() if exclude == "flagged" else np.zeros(len(kept), dtype=bool)) | by_hand
    after = pd.Series(kept & ~out, index=measures.index, name="kept")
    ledger = _ledger(measures, flags, families, kept, out, by_hand)
    dropped = dict(responses.sample.dropped)
    dropped["flagged"] = int((kept & out & ~by_hand).sum())
    dropped["excluded_by_hand"] = int((kept & by_hand).sum())
    sample = SampleUsed(responses.sample.rows_in, int(after.sum()), {k: v for k, v in dropped.items() if v})
    if int(flags["flagged"].sum()) and exclude == "none":
        notes.append(Note("SCR203", {"count": int(flags["flagged"].sum())}))
    return Screened(measures, flags, ledger, after, responses, cutoffs, minimum_signals, sample, tuple(notes))


def _measures(
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
    try:
        if len(x) <= x.shape[1] + 1:
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


def _cutoffs(measures: pd.DataFrame, limits: Mapping[str, float], k: int) -> dict[str, float]:
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


def _signal(values: pd.Series, name: str, cutoffs: Mapping[str, float]) -> pd.Series:
    cut = cutoffs[name]
    if np.isnan(cut):
        return pd.Series(False, index=values.index)
    if name == "irv_low":
        return values <= cut
    if name == "attention_failed_high":
        return values >= cut
    return values < cut if name.endswith("_low") else values > cut


def _ledger(
    measures: pd.DataFrame, flags: pd.DataFrame, families: pd.DataFrame, kept: Any, out: Any, by_hand: Any
) -> pd.DataFrame:
    rows = []
    for i in np.flatnonzero(kept & (flags["flagged"].to_numpy() | out)):
        signals = [m for m in FAMILIES if flags[m].iloc[i]]
        rows.append(
            {
                "row": int(measures["row"].iloc[i]),
                "flagged": bool(flags["flagged"].iloc[i]),
                "excluded": bool(out[i]),
                "signals": ", ".join(signals),
                "families": ", ".join(f for f in families.columns if families[f].iloc[i]),
                "reason": "excluded_by_hand" if by_hand[i] else "flagged" if out[i] else "",
            }
        )
    return pd.DataFrame(rows, columns=["row", "flagged", "excluded", "signals", "families", "reason"])
