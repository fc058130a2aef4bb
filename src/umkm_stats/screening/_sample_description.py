"""Frames behind the tables and pictures of the chapter on data: return rate, frequencies, answers, early
against late."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import UsageError
from umkm_stats.kernels.screening.groups import welch
from umkm_stats.options import whole


def return_rate(responses: Any, *, distributed: int) -> pd.DataFrame:
    """Tingkat pengembalian kuesioner: step count percent (of ``distributed``).

    Steps: distributed, returned (rows in, sums and notes below the table not counted), one line a reason for
    which rows are held, usable. Raises UsageError SCR102 when fewer were handed out than came back.
    """
    dropped = {k: v for k, v in responses.sample.dropped.items() if k not in ("summary_row", "note_row")}
    returned = responses.sample.used + sum(dropped.values())
    whole("distributed", distributed, low=1)
    if distributed < returned:
        raise UsageError("SCR102", params={"distributed": distributed, "returned": returned})
    rows = [
        ("distributed", distributed),
        ("returned", returned),
        *dropped.items(),
        ("usable", responses.sample.used),
    ]
    return pd.DataFrame([{"step": s, "count": c, "percent": 100.0 * c / distributed} for s, c in rows])


def frequencies(responses: Any, question: str, *, lang: str = "id") -> pd.DataFrame:
    """Karakteristik responden: value label count percent of one closed question (rows kept), missing answers
    as a last line.

    A multiple-answer question counts every choice ticked; its percentages are of respondents and may add to
    more than 100.
    """
    asked = responses.instrument.question(question)
    labels = {c.value: c.label.get(lang, str(c.value)) for c in asked.choices} or dict(
        asked.labels.get(lang, {})
    )
    n = int(responses.kept.sum())
    if asked.is_item:
        values = responses.items.loc[responses.kept, question]
    elif question in responses.respondents:
        values = responses.respondents.loc[responses.kept, question]
    else:
        values = pd.Series(np.nan, index=responses.items.index[responses.kept])
    rows = []
    if asked.kind == "multiple":
        ticks = responses.multiple(question).loc[responses.kept]
        answered = int(ticks.notna().any(axis=1).sum()) if ticks.shape[1] else 0
        rows = [
            {
                "value": v,
                "label": labels[v],
                "count": int(ticks[v].sum()),
                "percent": 100.0 * float(ticks[v].sum()) / max(n, 1),
            }
            for v in labels
        ]
    else:
        numbers = pd.to_numeric(values, errors="coerce")
        answered = int(numbers.notna().sum())
        rows = [
            {
                "value": v,
                "label": w,
                "count": int((numbers == v).sum()),
                "percent": 100.0 * float((numbers == v).sum()) / max(n, 1),
            }
            for v, w in labels.items()
        ]
    if n - answered:
        rows.append(
            {
                "value": np.nan,
                "label": "",
                "count": n - answered,
                "percent": 100.0 * (n - answered) / max(n, 1),
            }
        )
    return pd.DataFrame(rows, columns=["value", "label", "count", "percent"])


def distribution(responses: Any, *, items: list[str] | None = None) -> pd.DataFrame:
    """Distribusi jawaban: item construct value count percent (of answers), long, rows kept; scores, so
    reverse-keyed items turned."""
    codes = items if items is not None else list(responses.items.columns)
    rows = []
    for code in codes:
        item = responses.instrument.item(code)
        values = responses.items.loc[responses.kept, code]
        answered = int(values.notna().sum())
        for value in item.values:
            count = int((values == value).sum())
            rows.append(
                {
                    "item": code,
                    "construct": item.construct,
                    "value": value,
                    "count": count,
                    "percent": 100.0 * count / answered if answered else np.nan,
                }
            )
    return pd.DataFrame(rows, columns=["item", "construct", "value", "count", "percent"])


def item_levels(responses: Any, *, items: list[str] | None = None) -> pd.DataFrame:
    """item construct n total mean level: the mean with its class of width (highest − lowest)/categories,
    borders before rounding.

    level runs from 1 (very low) to the number of categories; a mean on a border belongs to the lower class.
    """
    codes = items if items is not None else list(responses.items.columns)
    rows = []
    for code in codes:
        item = responses.instrument.item(code)
        values = responses.items.loc[responses.kept, code].dropna()
        low, high, k = item.values[0], item.values[-1], len(item.values)
        width = (high - low) / k
        mean = float(values.mean()) if len(values) else float("nan")
        level = np.nan if np.isnan(mean) else float(min(max(int(np.ceil((mean - low) / width - 1e-9)), 1), k))
        rows.append(
            {
                "item": code,
                "construct": item.construct,
                "n": len(values),
                "total": float(values.sum()),
                "mean": mean,
                "level": level,
            }
        )
    return pd.DataFrame(rows)


def missing_map(responses: Any) -> pd.DataFrame:
    """State of every cell of the rows kept: row and one column an item: 0 answered, 1 missing, 2 does not
    apply, 3 not shown."""
    kept = responses.kept
    state = responses.items.loc[kept].isna().astype(int)
    state = state.mask(responses.not_applicable.loc[kept], 2).mask(responses.not_shown.loc[kept], 3)
    state.insert(0, "row", responses.sample.rows.loc[kept, "row"].to_numpy())
    return pd.DataFrame(state)


def early_late(responses: Any, *, share: float = 0.25) -> pd.DataFrame:
    """Early against late respondents (Armstrong and Overton 1977): construct n_early n_late mean_early
    mean_late difference t df p d.

    Means over a construct's items (at least half answered) of the first and last ``share`` of the rows kept,
    ordered by time where the source has one, else by file order; Welch's t-test and Cohen's d with the pooled
    SD. Late answers stand for those who did not answer; no difference is no proof of representativeness.
    """
    if not 0 < share <= 0.5:
        raise UsageError("GEN004", params={"name": "share", "received": repr(share)})
    kept = responses.items.index[responses.kept]
    stamp = next(
        (
            c
            for c in ("time", "end", "start")
            if c in responses.times and responses.times.loc[kept, c].notna().all()
        ),
        None,
    )
    order = responses.times.loc[kept, stamp].sort_values(kind="stable").index if stamp else kept
    count = int(len(order) * share)
    rows = []
    for code, items in responses.instrument.scales(responses.items.columns).items():
        block = responses.items.loc[order, items]
        score = block.mean(axis=1).where(block.notna().mean(axis=1) >= 0.5)
        early, late = score.iloc[:count].dropna(), score.iloc[len(score) - count :].dropna()
        row = {
            "construct": code,
            "n_early": len(early),
            "n_late": len(late),
            "mean_early": early.mean(),
            "mean_late": late.mean(),
        }
        test = welch(early.to_numpy(dtype=np.float64), late.to_numpy(dtype=np.float64))
        row |= {"difference": test.difference, "t": test.t, "df": test.df, "p": test.p, "d": test.d}
        rows.append(row)
    return pd.DataFrame(rows)
