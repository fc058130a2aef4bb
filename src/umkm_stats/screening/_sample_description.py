"""Frames behind the tables and pictures of the chapter on data: return rate, frequencies, answers, early
against late."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.screening.groups import welch
from umkm_stats.options import one_of, whole, with_answers


def return_rate(responses: Any, *, distributed: int) -> pd.DataFrame:
    """Return rate of the questionnaire (*tingkat pengembalian kuesioner*).

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.
    distributed : int
        Questionnaires handed out.

    Returns
    -------
    pandas.DataFrame
        One row a step: distributed, returned (rows in; sums and notes below the table are not counted), one a
        reason for which rows are held, usable:

        - ``step``: the step.
        - ``count``: questionnaires.
        - ``percent``: per cent of those distributed.

    Raises
    ------
    UsageError
        SCR102: fewer were handed out than came back; GEN003: no whole number.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import return_rate
    >>> table = return_rate(examples.survey(), distributed=120)
    >>> table[["step", "count"]].values.tolist()
    [['distributed', 120], ['returned', 100], ['usable', 100]]
    """
    with_answers("responses", responses)
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
    """Characteristics of the respondents (*karakteristik responden*): answers to one closed question.

    A multiple-answer question counts every choice ticked; its percentages are of respondents and may add to
    more than 100.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.
    question : str
        Code of a closed question.
    lang : str, default "id"
        Language of the labels: "id" or "en", or another that the instrument has.

    Returns
    -------
    pandas.DataFrame
        One row an answer, in the order of the question, and a last row for missing answers if there are any:

        - ``value``: code of the answer; NaN in the row of missing answers.
        - ``label``: its words.
        - ``count``: rows that gave it.
        - ``percent``: per cent of the rows kept.

    Raises
    ------
    UsageError
        GEN001, GEN002: no such question, or no such language; GEN008: no answers as read.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import frequencies
    >>> table = frequencies(examples.survey(), "SEX", lang="en")
    >>> table[["label", "count"]].head(2).values.tolist()
    [['Male', 51], ['Female', 49]]
    """
    with_answers("responses", responses)
    asked = responses.instrument.question(question)
    one_of("lang", lang, dict.fromkeys([*messages.languages(), *responses.instrument.languages]))
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
    """Distribution of answers (*distribusi jawaban*) of the rows kept.

    Answers are scores, so reverse-keyed items are turned.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.
    items : list[str], optional
        Item codes; None takes all.

    Returns
    -------
    pandas.DataFrame
        One row an item and answer:

        - ``item``: Item code.
        - ``construct``: construct the item measures.
        - ``value``: score.
        - ``count``: rows that gave it.
        - ``percent``: per cent of the answers to the item.

    Raises
    ------
    UsageError
        GEN008: no answers as read.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import distribution
    >>> table = distribution(examples.survey(), items=["PID1"])
    >>> table[["value", "count"]].values.tolist()
    [[1, 4], [2, 15], [3, 25], [4, 32], [5, 21]]
    """
    with_answers("responses", responses)
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
    """Mean of every item with its level, for the rows kept.

    Levels are classes of width (highest - lowest)/categories, their borders before rounding; a mean on a
    border belongs to the lower class.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.
    items : list[str], optional
        Item codes; None takes all.

    Returns
    -------
    pandas.DataFrame
        One row an item:

        - ``item``: Item code.
        - ``construct``: construct the item measures.
        - ``n``: rows with an answer.
        - ``total``: sum of the scores.
        - ``mean``: mean of the scores.
        - ``level``: 1 (very low) to the number of categories.

    Raises
    ------
    UsageError
        GEN008: no answers as read.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import item_levels
    >>> table = item_levels(examples.survey(), items=["PID1", "OI1"])
    >>> table[["item", "n", "level"]].values.tolist()
    [['PID1', 97, 4.0], ['OI1', 96, 4.0]]
    """
    with_answers("responses", responses)
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
    """State of every cell of the rows kept.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.

    Returns
    -------
    pandas.DataFrame
        One row a row kept: ``row`` (as the file counts) and one column an item: 0 answered, 1 missing, 2 does
        not apply, 3 not shown.

    Raises
    ------
    UsageError
        GEN008: no answers as read.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import missing_map
    >>> cells = missing_map(examples.survey()).drop(columns="row")
    >>> cells.shape, int((cells == 1).sum().sum())
    ((100, 39), 78)
    """
    with_answers("responses", responses)
    kept = responses.kept
    state = responses.items.loc[kept].isna().astype(int)
    state = state.mask(responses.not_applicable.loc[kept], 2).mask(responses.not_shown.loc[kept], 3)
    state.insert(0, "row", responses.sample.rows.loc[kept, "row"].to_numpy())
    return pd.DataFrame(state)


def early_late(responses: Any, *, share: float = 0.25) -> pd.DataFrame:
    """Early against late respondents: late answers stand for those who did not answer.

    Means over a construct's items (at least half answered) of the first and last share of the rows kept,
    ordered by time where the source has one, else by file order; Welch's t-test and Cohen's d with the pooled
    SD. No difference is no proof of representativeness.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns.
    share : float, default 0.25
        Share of the rows at each end, between 0 and 0.5.

    Returns
    -------
    pandas.DataFrame
        One row a construct:

        - ``construct``: construct compared.
        - ``n_early``: early rows.
        - ``n_late``: late rows.
        - ``mean_early``: their mean.
        - ``mean_late``: their mean.
        - ``difference``: late minus early, in units of the answers.
        - ``t``: Welch's t.
        - ``df``: its degrees of freedom (Welch-Satterthwaite).
        - ``p``: its two-sided p-value.
        - ``d``: Cohen's d with the pooled SD.

    Raises
    ------
    UsageError
        GEN004: no share; GEN008: no answers as read.

    References
    ----------
    Armstrong & Overton (1977), https://doi.org/10.1177/002224377701400320.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import early_late
    >>> table = early_late(examples.survey())
    >>> table[["construct", "n_early", "n_late"]].values.tolist()
    [['PI', 25, 25], ['OI', 25, 25], ['NP', 25, 25]]
    """
    with_answers("responses", responses)
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
