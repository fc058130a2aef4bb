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
from umkm_stats.options import one_of, whole
from umkm_stats.results import Note, SampleUsed, jsonable, told
from umkm_stats.screening._careless_measures import (
    FAMILIES,
    MEASURES,
    THRESHOLDS,
    cutoffs_of,
    measures_of,
    signal_of,
)
from umkm_stats.screening._plain_answers import given_answers

Exclude = Literal["none", "flagged"]


@dataclass(frozen=True, eq=False, repr=False)
class Screened:
    """Answers with their measures of carelessness.

    Attributes
    ----------
    measures : pandas.DataFrame
        Aligned with ``responses.items``: ``row`` and one column a measure, whose name ends in the direction
        that is suspect (``_high`` or ``_low``); NaN for rows not kept. See ``tidy`` for the measures.
    flags : pandas.DataFrame
        Aligned with ``responses.items``, True or False: one column a signal, ``families`` (number of
        independent kinds of signal) and ``flagged``.
    ledger : pandas.DataFrame
        One line a flagged or excluded row: ``row``, ``flagged``, ``excluded``, ``signals`` (their names),
        ``families`` (their kinds) and ``reason``.
    kept : pandas.Series
        Rows used after screening; equal to ``responses.kept`` unless ``exclude="flagged"`` or
        ``exclude_rows`` was asked for.
    responses : Any
        The answers screened.
    cutoffs : Mapping[str, float]
        Measure to the number that was applied.
    minimum_signals : int
        Independent kinds of signal that flag a row.
    families : Mapping[str, str]
        Measure to the kind of signal it is.
    sample : SampleUsed
        Rows received, used and set aside by reason; None when there are no rows.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.
    seed : int or None
        Seed of the draws; None when nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> screened = examples.screened()
    >>> int(screened.flagged.sum()), screened.ledger["row"].tolist()
    (4, [20, 39, 44, 54])
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
        """Rows with signals of at least ``minimum_signals`` independent kinds.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> int(examples.screened().flagged.sum())
        4
        """
        return self.flags["flagged"]

    @property
    def kept_items(self) -> pd.DataFrame:
        """Items of the rows used after screening.

        Examples
        --------
        >>> from umkm_stats import examples, screen
        >>> screen(examples.survey(), exclude="flagged").kept_items.shape
        (96, 39)
        """
        return pd.DataFrame(self.responses.items.loc[self.kept])

    def compare(self, statistic: Callable[[pd.DataFrame], Mapping[str, float]]) -> pd.DataFrame:
        """A statistic of the items with and without the flagged rows.

        Parameters
        ----------
        statistic : Callable[[pandas.DataFrame], Mapping[str, float]]
            Function of a frame of items (rows, items) that gives name to number.

        Returns
        -------
        pandas.DataFrame
            One row a number:

            - ``name``: its name.
            - ``all``: its value in all rows kept by reading.
            - ``without``: its value without the flagged rows.
            - ``difference``: the second minus the first.
            - ``n_all``: rows of the first.
            - ``n_without``: rows of the second.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> screened = examples.screened()
        >>> compared = screened.compare(lambda items: {"mean of PID1": items["PID1"].mean()})
        >>> compared[["name", "n_all", "n_without"]].values.tolist()
        [['mean of PID1', 100, 96]]
        """
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
        """The measures of carelessness.

        Returns
        -------
        pandas.DataFrame
            One row a measure, over the rows kept by reading:

            - ``measure``: its name.
            - ``family``: kind of signal; measures of one kind count once.
            - ``cutoff``: number beyond which it is a signal; NaN for a measure that is shown only.
            - ``available``: rows that have a value.
            - ``signals``: rows beyond the cutoff.
            - ``median``: its median.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> screened = examples.screened()
        >>> screened.tidy()[["measure", "family", "signals"]].head(2).values.tolist()
        [['longstring_high', 'invariability', 2], ['average_string_high', 'invariability', 5]]
        """
        rows = []
        for name in MEASURES:
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
        """The screening in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``n``: rows used after screening.
            - ``flagged``: rows flagged.
            - ``excluded``: rows left out.
            - ``share_flagged``: flagged rows as a share of those kept by reading (0-1).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> screened = examples.screened()
        >>> screened.glance()[["n", "flagged", "excluded"]].values.tolist()
        [[100, 4, 0]]
        """
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
        """How many rows were flagged, by what, and that nothing was deleted by itself.

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
        >>> print(examples.screened().summary().splitlines()[0])
        Screening of 100 rows: 4 flagged (signals of at least 2 independent kinds).
        """
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
        return "\n".join([*lines, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values; no answers.

        Returns
        -------
        dict[str, Any]
            Keys of the result to plain values.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.screened().to_dict()["sample"]["rows_in"]
        100
        """
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
    scales: Mapping[str, Sequence[str]] | None = None,
    values: Sequence[int] | None = None,
    reversed_items: Sequence[str] = (),
) -> Screened:
    """Measure careless answering in the rows that reading kept.

    Reverse-keyed items enter the runs and the IRV as they were answered and all others as scored. Even-odd
    works on dimensions; items are taken in the instrument's order. Answers that do not vary at all leave
    even-odd undefined; such a row counts as inconsistent, so that one answer throughout is flagged. Nothing
    is deleted by itself.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns, or answers (rows, items), scored in one direction, NaN missing.
    thresholds : Mapping[str, float], optional
        Measure to cutoff, replacing some of ``THRESHOLDS``. Fixed ones: even-odd .30 (Jackson, in Johnson
        2005), synonyms .22 and antonyms -.03 (Johnson 2005), 2 s an item (Huang et al. 2012), D² at p < .001,
        one failed attention check, a run over half of the items. Cutoffs of consistency presume many
        heterogeneous scales: where more than a tenth of the respondents pass one, the tenth percentile takes
        its place. The others are fences: so many interquartile ranges from the quartile.
    minimum_signals : int, default 2
        Independent kinds of signal (``FAMILIES``) that flag a row; measures of one kind count once.
    exclude : Exclude, default "none"
        "none" keeps every row; "flagged" leaves flagged rows out of ``kept``.
    exclude_rows : Sequence[int], default ()
        Row numbers, as the user sees them, to leave out after having looked at them.
    critical : float, default 0.6
        Correlation from which item pairs count as synonyms or antonyms.
    scales : Mapping[str, Sequence[str]], optional
        Of a frame, scale to item codes; without them every column is an item, and what needs scales is left
        out with a note.
    values : Sequence[int], optional
        Of a frame, the answer codes offered; None takes those that occur.
    reversed_items : Sequence[str], default ()
        Of a frame, the items that were recoded; its rows are numbered from 1.

    Returns
    -------
    Screened
        Measures, flags, the ledger of flagged rows, and the rows kept.

    Raises
    ------
    UsageError
        GEN001-GEN004: an unknown measure or a value out of range; GEN008: no answers; SCR101: a row that is
        not in the file; SCR310, SCR312: items or scales that the answers do not have, or know themselves.
    UmkmError
        SCR311: a column holds something other than numbers.

    References
    ----------
    Johnson (2005), https://doi.org/10.1016/j.jrp.2004.09.009; Huang, Curran, Keeney, Poposki & DeShon (2012),
    https://doi.org/10.1007/s10869-011-9231-8.

    Examples
    --------
    >>> from umkm_stats import examples, screen
    >>> screened = screen(examples.survey())
    >>> screened.ledger[["row", "families"]].head(2).values.tolist()
    [[20, 'invariability, consistency'], [39, 'invariability, person_fit']]
    """
    responses, known_of = given_answers(
        responses, scales=scales, values=values, reversed_items=reversed_items
    )
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
    notes: list[Note] = list(known_of)
    found = measures_of(responses, kept, critical, notes)
    measures = pd.DataFrame(np.nan, index=responses.items.index, columns=list(MEASURES))
    for name, column in found.items():
        measures.loc[kept, name] = column
    measures.insert(0, "row", responses.sample.rows["row"].to_numpy())
    cutoffs = cutoffs_of(measures.loc[kept], limits, responses.items.shape[1])
    flags = pd.DataFrame(
        {name: signal_of(measures[name], name, cutoffs) for name in FAMILIES}, index=measures.index
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
