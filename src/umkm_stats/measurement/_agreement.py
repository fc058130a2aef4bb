"""Agreement between raters, and of the same people on two occasions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import t as student

from umkm_stats import messages, options
from umkm_stats.adapters import pingouin_icc, statsmodels_kappa
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.measurement import rater_agreement as kernel
from umkm_stats.measurement._answers import answers, check_scales
from umkm_stats.measurement._outcome import Outcome, rows_of
from umkm_stats.results import Note, SampleUsed, idle

SCALES = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS = ("none", "linear", "quadratic")


@dataclass(frozen=True, eq=False)
class Agreement(Outcome):
    """Agreement of raters: what ``inter_rater`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Statistic est ci_low ci_high f df1 df2 p n (subjects), one row a coefficient.
    sample : SampleUsed or None
        Subjects read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        Of the bootstrap of Krippendorff's α.
    raters : tuple of str
        Names of the raters.
    scale : str
        "nominal", "ordinal", "interval" or "ratio".
    orientation : str
        What rows and columns were taken for, in words.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.measurement import inter_rater
    >>> ratings = pd.DataFrame({"A": [9, 6, 8, 7, 10, 6], "B": [2, 1, 4, 1, 5, 2], "C": [5, 3, 6, 2, 6, 4]})
    >>> inter_rater(ratings, seed=1).tidy()["statistic"].tolist()[:3]
    ['ICC(1,1)', 'ICC(A,1)', 'ICC(C,1)']
    """

    raters: tuple[str, ...] = ()
    scale: str = "interval"
    orientation: str = "rows are subjects"

    TITLE: ClassVar[str] = "measurement.agreement.title"
    PARTS: ClassVar[tuple[str, ...]] = ("raters", "scale", "orientation")

    def lines(self, lang: str) -> list[str]:
        """The orientation in words, then the table.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.measurement import inter_rater
        >>> inter_rater(pd.DataFrame({"A": [4, 2, 5], "B": [3, 2, 5]}), draws=100, seed=1).lines("en")[0]
        'Rows are the subjects rated; the raters are A and B.'
        """
        said = messages.text("measurement.agreement.orientation", lang, names=list(self.raters))
        return [said, *super().lines(lang)]


@dataclass(frozen=True, eq=False)
class Retest(Outcome):
    """Stability over two occasions: what ``retest`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Scale n r icc_a ci_low ci_high icc_c mean_1 mean_2 difference t df p sem mdc, one row a scale.
    sample : SampleUsed or None
        People read and matched.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    items : pandas.DataFrame
        Item n agreement (share of equal answers) kappa kappa_weighted, one row an item.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.measurement import retest
    >>> first = pd.DataFrame({"a": [1, 2, 4, 5], "b": [2, 2, 4, 5]})
    >>> second = pd.DataFrame({"a": [2, 2, 4, 5], "b": [2, 3, 4, 5]})
    >>> retest(first, second).tidy()[["icc_a", "sem", "mdc"]].round(3).to_dict("records")
    [{'icc_a': 0.973, 'sem': 0.231, 'mdc': 0.642}]
    """

    items: pd.DataFrame

    TITLE: ClassVar[str] = "measurement.retest.title"
    PARTS: ClassVar[tuple[str, ...]] = ("items",)


def inter_rater(
    ratings: Any,
    *,
    raters: str = "columns",
    scale: str = "interval",
    weights: str = "quadratic",
    level: float = 0.95,
    draws: int = 1000,
    seed: int | None = None,
) -> Agreement:
    """Agreement of two or more raters of the same subjects.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Numbers, one row a subject and one column a rater (``raters="columns"``), or the other way round
        (``raters="rows"``). A missing rating is NaN.
    raters : str, default "columns"
        "columns" or "rows": where the raters stand.
    scale : str, default "interval"
        Of the ratings, for Krippendorff's α: "nominal", "ordinal", "interval" or "ratio".
    weights : str, default "quadratic"
        Of κ between two raters: "none", "linear" or "quadratic" (by the place of a category in the order).
        With more than two raters κ is given for every pair, and its mean (Light).
    level : float, default 0.95
        Of the intervals.
    draws : int, default 1000
        Bootstrap draws of subjects for Krippendorff's α (percentile).
    seed : int, optional
        Of the draws; None draws one, and the result keeps it.

    Returns
    -------
    Agreement
        Rows ICC(1,1), ICC(A,1), ICC(C,1) and their averages ICC(·,k) after McGraw & Wong 1996 (complete
        subjects; not for a nominal scale), κ, Krippendorff's α (all subjects rated twice or more).

    Raises
    ------
    UsageError
        GEN001–GEN004, MEA001, MEA003.
    UmkmError
        MEA004, MEA240 (fewer than two raters or subjects), MEA241 (no variation at all).

    Notes
    -----
    ICC values, F and p by pingouin; limits equal psych::ICC 2.2.9 (1e-6). κ and its error by statsmodels.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.measurement import inter_rater
    >>> ratings = pd.DataFrame({"A": [9, 6, 8, 7, 10, 6], "B": [2, 1, 4, 1, 5, 2], "C": [5, 3, 6, 2, 6, 4]})
    >>> found = inter_rater(ratings, seed=1).tidy().set_index("statistic")["est"]
    >>> round(float(found["ICC(C,1)"]), 3)
    0.788
    """
    options.one_of("raters", raters, ("columns", "rows"))
    options.one_of("scale", scale, SCALES)
    options.one_of("weights", weights, WEIGHTS)
    wide = options.share("level", level)
    options.whole("draws", draws, low=100)
    if raters == "rows" and isinstance(ratings, pd.DataFrame):
        ratings = ratings.T
    held = answers(ratings)
    values = held.frame.to_numpy(dtype=np.float64)
    names = tuple(str(name) for name in held.frame.columns)
    whole = values[np.isfinite(values).all(axis=1)]
    rated = values[np.isfinite(values).sum(axis=1) >= 2]
    if len(names) < 2 or len(rated) < 2:
        raise UmkmError("MEA240", params={"raters": len(names), "subjects": len(rated)})
    if np.nanmax(rated) == np.nanmin(rated):
        raise UmkmError("MEA241", params={"value": float(np.nanmax(rated))})
    chosen = streams.new_seed() if seed is None else options.whole("seed", seed, low=0, high=2**63 - 1)
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    if scale == "nominal":
        notes += [Note("MEA242"), *idle(("weights", weights, weights not in ("quadratic", "none"), "ranks"))]
    elif len(whole) >= 2:
        rows += _icc_rows(whole, wide)
    else:
        notes.append(Note("MEA243", {"n": len(whole)}))
    rows += _kappa_rows(values, names, weights if scale != "nominal" else "none", wide)
    rows.append(_alpha_row(rated, scale, wide, draws, chosen))
    table = pd.DataFrame(rows)[["statistic", "est", "ci_low", "ci_high", "f", "df1", "df2", "p", "n"]]
    sample = held.sample(len(rated), reason="missing")
    orientation = "rows are subjects" if raters == "columns" else "columns are subjects"
    return Agreement(table, sample, tuple(notes), chosen, names, scale, orientation)


def _row(statistic: str, est: float, low: float, high: float, n: int, **more: Any) -> dict[str, Any]:
    nothing = {"f": np.nan, "df1": np.nan, "df2": np.nan, "p": np.nan}
    return {"statistic": statistic, "est": est, "ci_low": low, "ci_high": high, **nothing, **more, "n": n}


def _icc_rows(whole: Any, level: float) -> list[dict[str, Any]]:
    limits = kernel.icc_limits(kernel.mean_squares(whole), level)
    return [
        _row(row.form, row.est, *limits[row.form], len(whole), f=row.F, df1=row.df1, df2=row.df2, p=row.p)
        for row in rows_of(pingouin_icc.six_forms(whole))
    ]


def _kappa_rows(values: Any, names: Sequence[str], weights: str, level: float) -> list[dict[str, Any]]:
    z, out, found = float(ndtri(0.5 + level / 2.0)), [], []
    label = "kappa" if weights == "none" else f"kappa ({weights})"
    for one, two in itertools.combinations(range(len(names)), 2):
        est, se, n = statsmodels_kappa.kappa(values[:, one], values[:, two], weights)
        found.append(est)
        out.append(_row(f"{label}: {names[one]}, {names[two]}", est, est - z * se, est + z * se, n))
    if len(found) > 1:
        out.append(_row(f"{label}: mean", float(np.nanmean(found)), np.nan, np.nan, len(values)))
    return out


def _alpha_row(rated: Any, scale: str, level: float, draws: int, seed: int) -> dict[str, Any]:
    est = float(kernel.krippendorff(rated, scale)[0])
    again = np.concatenate(
        [
            kernel.krippendorff(rated, scale, streams.count_block(seed, block, size, len(rated)))
            for block, _, size in streams.blocks(draws)
        ]
    )
    fine = again[np.isfinite(again)]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(fine, [tail, 1.0 - tail]) if len(fine) >= draws // 2 else (np.nan, np.nan)
    return _row(f"Krippendorff alpha ({scale})", est, float(low), float(high), len(rated))


def retest(
    first: Any,
    second: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    key: str | None = None,
    level: float = 0.95,
) -> Retest:
    """Stability of scales and items over two occasions.

    Parameters
    ----------
    first, second : Responses or pandas.DataFrame
        Answers of the first and the second occasion, with the same item columns.
    scales : mapping of str to sequence of str, optional
        Scale → items; the columns of ``first`` are one scale when None and no instrument is known.
    key : str, optional
        A column of both by which rows are matched, or the index when None. People seen once are left out and
        counted.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    Retest
        For each scale (means of its items, complete on both occasions) r, ICC(A,1) with limits, ICC(C,1),
        both means, the paired t test, the standard error of measurement SD·√(1 − ICC(A,1)) and the smallest
        detectable change 1.96·√2·SEM; for each item the share of equal answers, κ and quadratically weighted
        κ.

    Raises
    ------
    UsageError
        MEA001, MEA003, MEA244 (the key is missing or stands twice).
    UmkmError
        MEA004, MEA240 (fewer than two people on both occasions), MEA245 (an item is missing on one occasion).

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.measurement import retest
    >>> first = pd.DataFrame({"id": [1, 2, 3, 4], "a": [1, 2, 4, 5], "b": [2, 2, 4, 5]})
    >>> second = pd.DataFrame({"id": [4, 3, 2, 1], "a": [5, 4, 2, 2], "b": [5, 4, 3, 2]})
    >>> round(float(retest(first, second, key="id").tidy()["r"].iloc[0]), 3)
    0.998
    """
    wide = options.share("level", level)
    one, two = (_keyed(source, key, name) for source, name in ((first, "first"), (second, "second")))
    items = list(one.columns)
    absent = [name for name in items if name not in two.columns]
    if absent:
        raise UmkmError("MEA245", Place(item=absent[0]), {"items": absent})
    known = scales is not None or getattr(first, "instrument", None) is not None
    members = check_scales(first, scales) if known else {"score": items}
    shared = one.index.intersection(two.index)
    if len(shared) < 2:
        raise UmkmError("MEA240", params={"raters": 2, "subjects": len(shared)})
    left, right = one.loc[shared], two.loc[shared]
    rows = [_stability(name, left[parts], right[parts], wide) for name, parts in members.items()]
    per_item = [_item_agreement(name, left[name], right[name]) for name in items]
    lost = len(one.index.union(two.index)) - len(shared)
    sample = SampleUsed(len(shared) + lost, len(shared), {"once": lost} if lost else {})
    return Retest(pd.DataFrame(rows), sample, (), None, pd.DataFrame(per_item))


def _keyed(source: Any, key: str | None, which: str) -> pd.DataFrame:
    frame = source.kept_items if hasattr(source, "kept_items") else source
    if key is None:
        labels = frame.index if isinstance(frame, pd.DataFrame) else pd.RangeIndex(0)
    else:
        if not isinstance(frame, pd.DataFrame) or key not in frame.columns:
            raise UsageError("MEA244", Place(column=key), {"key": key, "which": which})
        labels = pd.Index(frame[key])
        frame = frame.drop(columns=key)
    if labels.has_duplicates or labels.hasnans:
        raise UsageError("MEA244", Place(column=str(key or "index")), {"key": key or "index", "which": which})
    return answers(frame).frame.set_axis(labels, axis=0)


def _stability(name: str, left: pd.DataFrame, right: pd.DataFrame, level: float) -> dict[str, Any]:
    fine = left.notna().all(axis=1) & right.notna().all(axis=1)
    pair = np.stack([left[fine].mean(axis=1), right[fine].mean(axis=1)], axis=1)
    n = len(pair)
    row: dict[str, Any] = {"scale": name, "n": n}
    names = ("r", "icc_a", "ci_low", "ci_high", "icc_c", "mean_1", "mean_2", "difference", "t", "df", "p")
    if n < 3 or (pair.std(axis=0) == 0).any():
        return row | dict.fromkeys((*names, "sem", "mdc"), np.nan)
    ms = kernel.mean_squares(pair)
    gap = pair[:, 1] - pair[:, 0]
    se = gap.std(ddof=1) / np.sqrt(n)
    t = float(gap.mean() / se) if se > 0 else np.nan
    absolute = (ms.rows - ms.error) / (ms.rows + ms.error + 2.0 * (ms.raters - ms.error) / n)
    low, high = kernel.icc_limits(ms, level)["ICC(A,1)"]
    sem = float(pair.ravel().std(ddof=1) * np.sqrt(max(1.0 - absolute, 0.0)))
    values = (
        float(np.corrcoef(pair.T)[0, 1]),
        float(absolute),
        low,
        high,
        float((ms.rows - ms.error) / (ms.rows + ms.error)),
        float(pair[:, 0].mean()),
        float(pair[:, 1].mean()),
        float(gap.mean()),
        t,
        n - 1,
        float(2.0 * student.sf(abs(t), n - 1)),
    )
    return row | dict(zip(names, values, strict=True)) | {"sem": sem, "mdc": 1.96 * np.sqrt(2.0) * sem}


def _item_agreement(name: str, left: pd.Series[Any], right: pd.Series[Any]) -> dict[str, Any]:
    one, two = left.to_numpy(dtype=float), right.to_numpy(dtype=float)
    both = np.isfinite(one) & np.isfinite(two)
    plain, _, n = statsmodels_kappa.kappa(one, two, "none")
    weighted, _, _ = statsmodels_kappa.kappa(one, two, "quadratic")
    same = float((one[both] == two[both]).mean()) if both.any() else np.nan
    return {"item": name, "n": n, "agreement": same, "kappa": plain, "kappa_weighted": weighted}
