"""Distributions of items: skewness, kurtosis, floor and ceiling; normality of one and of many variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.adapters import pingouin_normality
from umkm_stats.kernels.screening import normality as screening_normality
from umkm_stats.results import Note, SampleUsed, Unavailable, jsonable, told
from umkm_stats.screening._plain_answers import given_answers

EDGE = 0.15  # share of respondents with the lowest or highest possible scale score (Terwee et al. 2007)
MAX_ROWS = 5000  # of the Henze–Zirkler test, which compares all pairs of rows
ITEM_EDGE = 0.50  # share of answers at an end of an item


@dataclass(frozen=True, eq=False)
class Normality:
    """Normality of items and scales.

    Attributes
    ----------
    items : pandas.DataFrame
        One row an item: ``item``, ``n``, ``mean``, ``sd``, ``skew`` and ``kurtosis`` (G1 and G2, corrected
        for sample size; 0 for a normal distribution) with ``se_skew`` and ``se_kurtosis``, ``w`` and ``p``
        (Shapiro-Wilk), ``floor`` and ``ceiling`` (shares at the lowest and highest answer, 0-1).
    scales : pandas.DataFrame
        The same for means of completely answered scales, with ``scale`` for ``item``.
    mardia : screening_normality.Mardia or Unavailable
        Mardia's skewness and kurtosis with their tests, of the complete rows; or
        ``Unavailable``.
    henze_zirkler : tuple[float, float] or Unavailable
        Statistic and p of the Henze-Zirkler test, of the complete rows; or
        ``Unavailable``.
    sample : SampleUsed
        Rows received, used and set aside by reason; None when there are no rows.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.
    seed : int or None
        Seed of the draws; None when nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import normality
    >>> found = normality(examples.answers(), scales={"OI": ["OI1", "OI2", "OI3"]})
    >>> found.scales[["scale", "n"]].values.tolist()
    [['OI', 200]]
    """

    items: pd.DataFrame
    scales: pd.DataFrame
    mardia: screening_normality.Mardia | Unavailable
    henze_zirkler: tuple[float, float] | Unavailable
    sample: SampleUsed
    notes: tuple[Note, ...]
    seed: int | None = None

    def tidy(self) -> pd.DataFrame:
        """The table of items.

        Returns
        -------
        pandas.DataFrame
            One row an item:

            - ``item``: Item code.
            - ``n``: rows with an answer.
            - ``mean``: mean of the answers.
            - ``sd``: standard deviation, divisor n - 1.
            - ``skew``: skewness G1, corrected for sample size; 0 for a symmetric distribution.
            - ``kurtosis``: excess kurtosis G2, corrected for sample size; 0 for a normal distribution.
            - ``se_skew``: standard error of the skewness.
            - ``se_kurtosis``: standard error of the kurtosis.
            - ``w``: statistic of the Shapiro-Wilk test.
            - ``p``: p-value of the Shapiro-Wilk test.
            - ``floor``: share at the lowest answer (0-1).
            - ``ceiling``: share at the highest answer (0-1).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import normality
        >>> found = normality(examples.answers())
        >>> found.tidy()["item"][0], round(float(found.tidy()["skew"][0]), 2)
        ('OI1', -0.18)
        """
        return self.items

    def glance(self) -> pd.DataFrame:
        """The multivariate tests in one row.

        Returns
        -------
        pandas.DataFrame
            One row; NaN where a test could not be made:

            - ``n``: complete rows.
            - ``mardia_skew``: Mardia's multivariate skewness.
            - ``mardia_skew_chi2``: its test statistic, n/6 times the skewness.
            - ``mardia_skew_df``: degrees of freedom, p(p + 1)(p + 2)/6 for p items.
            - ``mardia_skew_p``: its p-value.
            - ``mardia_kurtosis``: Mardia's multivariate kurtosis; p(p + 2) for a normal distribution.
            - ``mardia_z``: its test statistic.
            - ``mardia_z_p``: its two-sided p-value.
            - ``hz``: Henze-Zirkler statistic.
            - ``hz_p``: its p-value.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import normality
        >>> found = normality(examples.answers())
        >>> found.glance()[["n", "mardia_skew_df"]].values.tolist()
        [[200, 165]]
        """
        m = self.mardia
        hz = self.henze_zirkler
        row: dict[str, Any] = {"n": self.sample.used}
        if isinstance(m, screening_normality.Mardia):
            row |= {
                "mardia_skew": m.skew,
                "mardia_skew_chi2": m.chi2,
                "mardia_skew_df": m.df,
                "mardia_skew_p": m.p_skew,
                "mardia_kurtosis": m.kurtosis,
                "mardia_z": m.z,
                "mardia_z_p": m.p_kurtosis,
            }
        else:
            row |= dict.fromkeys(
                (
                    "mardia_skew",
                    "mardia_skew_chi2",
                    "mardia_skew_df",
                    "mardia_skew_p",
                    "mardia_kurtosis",
                    "mardia_z",
                    "mardia_z_p",
                ),
                np.nan,
            )
        row["hz"], row["hz_p"] = (np.nan, np.nan) if isinstance(hz, Unavailable) else hz
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """Mardia's tests in a sentence, then the notes.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import normality
        >>> print(normality(examples.answers()).summary().splitlines()[0][:57])
        Mardia (n = 200): skewness 4.445, χ² = 148.16, df = 165,
        """
        m = self.mardia
        if isinstance(m, screening_normality.Mardia):
            line = messages.text(
                "screening.mardia",
                lang,
                skew=m.skew,
                chi2=m.chi2,
                df=m.df,
                p=m.p_skew,
                kurtosis=m.kurtosis,
                z=m.z,
                pk=m.p_kurtosis,
                n=m.n,
            )
        else:
            line = m.message(lang)
        return "\n".join([line, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the result to plain values.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import normality
        >>> sorted(normality(examples.answers()).to_dict())
        ['glance', 'items', 'notes', 'sample', 'scales']
        """
        return {
            "sample": self.sample.to_dict(),
            "items": jsonable(self.items),
            "scales": jsonable(self.scales),
            "glance": jsonable(self.glance()),
            "notes": [n.to_dict() for n in self.notes],
        }


def normality(
    responses: Any,
    *,
    items: list[str] | None = None,
    scales: Mapping[str, Sequence[str]] | None = None,
    values: Sequence[int] | None = None,
) -> Normality:
    """Univariate and multivariate normality of items, for the rows kept.

    The multivariate tests use complete rows.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns, or answers (rows, items), scored in one direction, NaN missing.
    items : list[str], optional
        Item codes; None takes all.
    scales : Mapping[str, Sequence[str]], optional
        Of a frame, scale to item codes; without them every column is an item, and what needs scales is left
        out with a note.
    values : Sequence[int], optional
        Of a frame, the answer codes offered; None takes those that occur.

    Returns
    -------
    Normality
        Tables of items and scales, Mardia's and Henze and Zirkler's tests.

    Raises
    ------
    UsageError
        GEN008: no answers; SCR310, SCR312: items or scales that the answers do not have, or know themselves.
    UmkmError
        SCR311: a column holds something other than numbers.

    References
    ----------
    Mardia (1970), https://doi.org/10.1093/biomet/57.3.519; Henze & Zirkler (1990),
    https://doi.org/10.1080/03610929008830400.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import normality
    >>> found = normality(examples.answers())
    >>> found.mardia.df, round(found.mardia.kurtosis, 1)
    (165, 92.4)
    """
    responses, known_of = given_answers(responses, scales=scales, values=values)
    kept = responses.kept
    codes = (
        items
        if items is not None
        else [
            c
            for c in responses.items.columns
            if responses.instrument.construct(responses.instrument.item(c).construct).kind == "reflective"
        ]
    )
    x = responses.items.loc[kept, codes].to_numpy(dtype=np.float64)
    ends = [(responses.instrument.item(c).values[0], responses.instrument.item(c).values[-1]) for c in codes]
    table = _table("item", codes, x, ends)
    at = {code: j for j, code in enumerate(codes)}
    groups = responses.instrument.scales(codes)
    means = (
        np.stack([x[:, [at[c] for c in own]].mean(axis=1) for own in groups.values()], axis=1)
        if groups
        else np.empty((len(x), 0))
    )
    limits = [tuple(np.mean([ends[at[c]] for c in own], axis=0)) for own in groups.values()]
    scored = _table("scale", list(groups), means, limits)
    complete = x[~np.isnan(x).any(axis=1)]
    mardia: screening_normality.Mardia | Unavailable
    hz: tuple[float, float] | Unavailable
    try:
        mardia = screening_normality.mardia(complete)
    except np.linalg.LinAlgError:
        mardia = Unavailable("SCR302")
    try:
        hz = (
            pingouin_normality.henze_zirkler(complete)
            if len(complete) <= MAX_ROWS
            else Unavailable("SCR305", {"n": len(complete)})
        )
    except np.linalg.LinAlgError:
        hz = Unavailable("SCR302")
    notes = list(known_of)
    constant = table.loc[(table["sd"] == 0) | table["sd"].isna(), "item"].tolist()
    if constant:
        notes.append(Note("SCR212", {"items": constant}))
    for frame, name, edge in ((table, "item", ITEM_EDGE), (scored, "scale", EDGE)):
        edges = frame.loc[(frame["floor"] > edge) | (frame["ceiling"] > edge), name].tolist()
        if edges:
            notes.append(
                Note("SCR209" if name == "item" else "SCR210", {"items": edges, "share": 100 * edge})
            )
    if isinstance(mardia, screening_normality.Mardia) and mardia.p_kurtosis < 0.05:
        notes.append(Note("SCR208", {"z": mardia.z}))
    dropped = dict(responses.sample.dropped)
    gap = int(len(x) - len(complete))
    if gap:
        dropped["missing"] = gap
    return Normality(
        table, scored, mardia, hz, SampleUsed(responses.sample.rows_in, len(complete), dropped), tuple(notes)
    )


def _table(name: str, codes: list[str], x: Any, ends: list[Any]) -> pd.DataFrame:
    one = screening_normality.univariate(x)
    return pd.DataFrame(
        {
            name: codes,
            "n": one.n.astype(int),
            "mean": one.mean,
            "sd": one.sd,
            "skew": one.skew,
            "kurtosis": one.kurtosis,
            "se_skew": one.se_skew,
            "se_kurtosis": one.se_kurtosis,
            "w": one.w,
            "p": one.p,
            "floor": [_share(x[:, j], low) for j, (low, _) in enumerate(ends)],
            "ceiling": [_share(x[:, j], high) for j, (_, high) in enumerate(ends)],
        }
    )


def _share(column: Any, value: float) -> float:
    good = column[~np.isnan(column)]
    return float((good == value).mean()) if len(good) else float("nan")
