"""Single items: distribution, uji validitas (r-hitung against r-tabel), discrimination, class intervals, TCR,
MSI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.kernels.measurement import items as kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.measurement._answers import Floats, answers, check_scales
from umkm_stats.measurement._outcome import Outcome, table_lines
from umkm_stats.results import Note, idle

Decision = Literal["item_total", "item_rest"]
SKEWED = 2.0  # |skewness| beyond this is remarked on


@dataclass(frozen=True, eq=False)
class ItemAnalysis(Outcome):
    """Item statistics: what ``item_analysis`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Scale item n missing mean sd skewness kurtosis min max item_total (r with the total) item_total_p
        item_rest (r with the rest) r_corrected alpha_without mean_r discrimination discrimination_t
        discrimination_p r_table r_table_one_tailed valid n_scale tcr class category, one row an item.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    frequencies : pandas.DataFrame
        Scale item value count share (of the answers) msi (interval score of the value, NaN when nobody chose
        it).
    correlations : pandas.DataFrame
        Scale item other r n.
    classes : pandas.DataFrame
        Class lower upper category (the class-interval table).
    level : float
        1 − level is the significance level of r-tabel.
    decision : str
        What decides ``valid``, "item_total" or "item_rest".

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import item_analysis
    >>> found = item_analysis(examples.answers(), scales=examples.SCALES, values=range(1, 6))
    >>> found.tidy().loc[0, ["item", "n", "valid"]].to_dict()
    {'item': 'OI1', 'n': 200, 'valid': True}
    """

    frequencies: pd.DataFrame
    correlations: pd.DataFrame
    classes: pd.DataFrame
    level: float
    decision: str

    TITLE: ClassVar[str] = "measurement.items.title"
    PARTS: ClassVar[tuple[str, ...]] = ("frequencies", "correlations", "classes", "level", "decision")

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns items, valid (how many, by the chosen statistic), n (rows).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import item_analysis
        >>> item_analysis(examples.answers(), scales=examples.SCALES).glance().to_dict("records")
        [{'items': 9, 'valid': 9, 'n': 200}]
        """
        valid = int(self.table["valid"].eq(True).sum())
        return pd.DataFrame(
            [{"items": len(self.table), "valid": valid, "n": self.sample.used if self.sample else np.nan}]
        )

    def lines(self, lang: str) -> list[str]:
        """How many items are valid, then one line an item.

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
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import item_analysis
        >>> item_analysis(examples.answers(), scales=examples.SCALES).lines("en")[0]
        '9 of 9 items are valid by r with the total (which contains the item) against the two-tailed r-table.'
        """
        shown = ("scale", "item", "n", "mean", "sd", "item_total", "item_rest", "r_table", "alpha_without")
        said = messages.text(
            f"measurement.items.{self.decision}",
            lang,
            valid=int(self.table["valid"].eq(True).sum()),
            k=len(self.table),
        )
        return [said, *table_lines(self.table, lang, names=shown)]

    def intervals(self) -> pd.DataFrame:
        """Interval scores by the method of successive intervals.

        Returns
        -------
        pandas.DataFrame
            Columns scale, item, value, msi: a row a value that somebody chose.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import item_analysis
        >>> found = item_analysis(examples.answers(), scales=examples.SCALES)
        >>> found.intervals()["msi"].round(2).head(5).tolist()
        [1.0, 1.88, 2.67, 3.54, 4.54]
        """
        return self.frequencies.loc[
            self.frequencies["count"] > 0, ["scale", "item", "value", "msi"]
        ].reset_index(drop=True)


def item_analysis(
    items: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    values: Sequence[int] | Mapping[str, Sequence[int]] | None = None,
    level: float = 0.95,
    decision: Decision = "item_total",
    classes: int | None = None,
) -> ItemAnalysis:
    """Item statistics of every scale.

    Parameters
    ----------
    items : Responses or pandas.DataFrame
        Answers or ``Responses``. Rows with a missing answer in the scale leave its correlations; the
        distribution of an item uses every answer to it.
    scales : mapping of str to sequence of str, optional
        Scale → items (the instrument's when None).
    values : sequence of int or mapping of str to sequence of int, optional
        The answer codes the questionnaire offers (1…5), for all items or by item; from the instrument when
        None. Without them unused categories, class intervals and TCR cannot be known.
    level : float, default 0.95
        1 − level is the significance level of r-tabel (two-tailed; the one-tailed value stands beside it).
    decision : {"item_total", "item_rest"}, default "item_total"
        Which correlation decides ``valid``: "item_total", with the total of all items (r-hitung, the thesis
        custom, too kind with few items because the item is part of the total), or "item_rest", with the rest
        of the scale.
    classes : int, optional
        Number of class intervals; as many as there are answer codes when None.

    Returns
    -------
    ItemAnalysis
        ``tidy()``: scale item n missing mean sd skewness kurtosis min max item_total item_total_p item_rest
        r_corrected alpha_without mean_r discrimination discrimination_t discrimination_p r_table
        r_table_one_tailed valid n_scale tcr class category.

    Raises
    ------
    UsageError
        MEA001–MEA003, MEA005–MEA007, as ``reliability``.
    UmkmError
        MEA004.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import item_analysis
    >>> found = item_analysis(examples.answers(), scales=examples.SCALES, values=[1, 2, 3, 4, 5])
    >>> found.tidy()[["item", "item_total", "r_table", "valid"]].round(3).to_dict("records")[0]
    {'item': 'OI1', 'item_total': 0.867, 'r_table': 0.139, 'valid': True}
    """
    options.share("level", level)
    options.one_of("decision", decision, Decision)
    given = check_scales(items, scales)
    held = answers(items, items=[code for members in given.values() for code in members])
    notes: list[Note] = []
    rows: list[dict[str, Any]] = []
    frequencies: list[dict[str, Any]] = []
    correlations: list[dict[str, Any]] = []
    offered = {
        code: _offered(code, values, held.instrument) for members in given.values() for code in members
    }
    if any(codes is None for codes in offered.values()):
        notes.append(
            Note(
                "MEA131",
                {"items": [code for code, codes in offered.items() if codes is None]},
                column="category",
            )
        )
    borders: Floats | None = None
    for name, members in given.items():
        block = held.frame[members].to_numpy()
        whole = block[np.isfinite(block).all(axis=1)]
        shared = _scale(name, members, whole, level, decision, correlations)
        for i, code in enumerate(members):
            own = block[np.isfinite(block[:, i]), i]
            row: dict[str, Any] = {
                "scale": name,
                "item": code,
                "n": own.size,
                "missing": int(block.shape[0] - own.size),
            }
            row |= (
                _distribution(own)
                | {key: column[i] for key, column in shared.items()}
                | {"n_scale": whole.shape[0]}
            )
            codes = offered[code]
            limits = None
            if codes is not None and len(codes) > 1:
                limits = kernel.class_intervals(min(codes), max(codes), classes or len(codes))
                borders = limits if borders is None else borders
            row |= _class(row["mean"], codes, limits)
            rows.append(row)
            frequencies += _frequency(name, code, own, codes)
            notes += _remarks(name, code, own, codes, row)
        if whole.shape[0] < 3 or len(members) < 2:
            notes.append(
                Note(
                    "MEA132",
                    {"scale": name, "n": whole.shape[0], "k": len(members)},
                    row=name,
                    column="item_total",
                )
            )
    table = pd.DataFrame(rows)
    notes += idle(("classes", classes, classes is not None and borders is None, "codes"))
    lost = np.isfinite(held.frame.to_numpy()).any(axis=1)
    return ItemAnalysis(
        table=table,
        sample=held.sample(int(lost.sum())),
        notes=tuple(notes),
        seed=None,
        frequencies=pd.DataFrame(frequencies),
        correlations=pd.DataFrame(correlations, columns=["scale", "item", "other", "r", "n"]),
        classes=_class_table(borders),
        level=level,
        decision=decision,
    )


def _offered(
    code: str, values: Sequence[int] | Mapping[str, Sequence[int]] | None, instrument: Any
) -> tuple[int, ...] | None:
    """The answer codes of an item, in order, or None when nobody said."""
    if isinstance(values, Mapping):
        return tuple(sorted(values[code])) if code in values else None
    if values is not None:
        return tuple(sorted(values))
    if instrument is None:
        return None
    found = tuple(int(value) for value in instrument.item(code).values)
    return tuple(sorted(found)) or None


def _scale(
    name: str,
    members: list[str],
    whole: Floats,
    level: float,
    decision: str,
    correlations: list[dict[str, Any]],
) -> dict[str, Any]:
    """Columns that need the whole scale, each (k,)."""
    k, n = len(members), whole.shape[0]
    empty = np.full(k, np.nan)
    border, one = kernel.r_table(n, level=level), kernel.r_table(n, level=level, two_tailed=False)
    out: dict[str, Any] = dict.fromkeys(
        ("item_total", "item_total_p", "item_rest", "r_corrected", "alpha_without", "mean_r"), empty
    )
    out |= {key: empty.copy() for key in ("discrimination", "discrimination_t", "discrimination_p")}
    out |= {"r_table": np.full(k, border), "r_table_one_tailed": np.full(k, one), "valid": [None] * k}
    if n < 3 or k < 2:
        return out
    cov = np.cov(whole, rowvar=False)
    found = kernel.item_totals(cov)
    out |= {"item_total": found.item_total, "item_rest": found.item_rest, "r_corrected": found.smc_total}
    out |= {"item_total_p": kernel.p_of_r(found.item_total, n)}
    out |= {"alpha_without": found.alpha_without, "mean_r": found.mean_r}
    chosen = found.item_total if decision == "item_total" else found.item_rest
    out["valid"] = [bool(r > border) if np.isfinite(r) else None for r in chosen]
    total = whole.sum(axis=1)
    for i in range(k):
        out["discrimination"][i], out["discrimination_t"][i], out["discrimination_p"][i] = (
            kernel.discrimination(whole[:, i], total)
        )
    corr = reliability_kernel.correlations(cov)
    for i in range(k):
        for j in range(i):
            correlations.append(
                {"scale": name, "item": members[i], "other": members[j], "r": corr[i, j], "n": n}
            )
    return out


def _distribution(own: Floats) -> dict[str, float]:
    if own.size == 0:
        return dict.fromkeys(("mean", "sd", "skewness", "kurtosis", "min", "max"), float("nan"))
    skewness, kurtosis = kernel.moments(own)
    sd = float(own.std(ddof=1)) if own.size > 1 else float("nan")
    return {
        "mean": float(own.mean()),
        "sd": sd,
        "skewness": skewness,
        "kurtosis": kurtosis,
        "min": own.min(),
        "max": own.max(),
    }


def _class(mean: float, codes: tuple[int, ...] | None, borders: Floats | None) -> dict[str, Any]:
    if codes is None or borders is None:
        return {"tcr": float("nan"), "class": float("nan"), "category": None}
    number = kernel.class_of(mean, borders)
    count = borders.size - 1
    key = f"class{count}.{number + 1}" if number >= 0 and count == 5 else None
    return {
        "tcr": kernel.attainment(mean, max(codes)),
        "class": number + 1 if number >= 0 else float("nan"),
        "category": key,
    }


def _class_table(borders: Floats | None) -> pd.DataFrame:
    """class, lower (excluded except in the first class), upper (included), category key."""
    if borders is None:
        return pd.DataFrame(columns=["class", "lower", "upper", "category"])
    count = borders.size - 1
    category = [f"class5.{i + 1}" if count == 5 else None for i in range(count)]
    return pd.DataFrame(
        {"class": np.arange(1, count + 1), "lower": borders[:-1], "upper": borders[1:], "category": category}
    )


def _frequency(name: str, code: str, own: Floats, codes: tuple[int, ...] | None) -> list[dict[str, Any]]:
    seen = sorted({float(value) for value in own})
    listed = sorted({*seen, *(float(value) for value in codes or ())})
    counts = np.array([(own == value).sum() for value in listed], dtype=np.int64)
    scores = kernel.successive_intervals(counts)
    total = max(int(counts.sum()), 1)
    return [
        {
            "scale": name,
            "item": code,
            "value": value,
            "count": int(count),
            "share": count / total,
            "msi": score,
        }
        for value, count, score in zip(listed, counts, scores, strict=True)
    ]


def _remarks(
    name: str, code: str, own: Floats, codes: tuple[int, ...] | None, row: dict[str, Any]
) -> list[Note]:
    notes: list[Note] = []
    if own.size and own.min() == own.max():
        notes.append(
            Note("MEA133", {"scale": name, "item": code, "n": int(own.size)}, row=code, column="item_total")
        )
    elif codes is not None:
        outside = sorted({float(value) for value in own} - {float(value) for value in codes})
        if outside:
            notes.append(
                Note(
                    "MEA135",
                    {"item": code, "count": int(np.isin(own, outside).sum())},
                    row=code,
                    column="category",
                )
            )
        unused = [value for value in codes if not (own == value).any()]
        if unused and own.size:
            notes.append(
                Note(
                    "MEA134",
                    {"item": code, "values": [str(value) for value in unused]},
                    row=code,
                    column="category",
                )
            )
        for end in (min(codes), max(codes)):
            share = float((own == end).mean()) if own.size else 0.0
            if share > 0.5:
                notes.append(
                    Note(
                        "MEA136", {"item": code, "value": end, "share": 100 * share}, row=code, column="mean"
                    )
                )
    if np.isfinite(row["skewness"]) and abs(row["skewness"]) > SKEWED:
        notes.append(Note("MEA137", {"item": code, "skewness": row["skewness"]}, row=code, column="skewness"))
    return notes
