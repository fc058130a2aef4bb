"""Missing answers: by item, by person, by pattern, Little's test, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.kernels.screening import missing_normal
from umkm_stats.results import Note, SampleUsed, Unavailable, jsonable, told
from umkm_stats.screening._plain_answers import given_answers

MAX_PATTERNS = 3000


@dataclass(frozen=True, eq=False, repr=False)
class Missingness:
    """Missing answers of the rows kept.

    Attributes
    ----------
    items : pandas.DataFrame
        One row an item: ``item``, ``n`` (answered), ``missing``, ``share`` (missing, 0-1), ``not_applicable``
        ("does not apply") and ``not_shown`` (questions not shown).
    persons : pandas.DataFrame
        One row a row kept: ``row``, ``missing`` and ``share`` (0-1).
    patterns : pandas.DataFrame
        One row a pattern, most frequent first: ``pattern`` (number), ``rows`` and ``missing`` (item codes).
    little : missing_normal.LittleTest or Unavailable
        Little's test of missing completely at random: ``statistic``, ``df``, ``p``, ``patterns``,
        ``converged`` and ``iterations``; or ``Unavailable``.
    sample : SampleUsed
        Rows received, used and set aside by reason; None when there are no rows.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.
    seed : int or None
        Seed of the draws; None when nothing is drawn.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.screening import missing
    >>> found = missing(examples.survey(), items=["PID1", "PID2", "PID3"])
    >>> found.items[["item", "n", "missing"]].values.tolist()
    [['PID1', 97, 3], ['PID2', 96, 4], ['PID3', 94, 6]]
    """

    items: pd.DataFrame
    persons: pd.DataFrame
    patterns: pd.DataFrame
    little: missing_normal.LittleTest | Unavailable
    sample: SampleUsed
    notes: tuple[Note, ...]
    seed: int | None = None

    def __repr__(self) -> str:
        return f"Missingness({int(self.items['missing'].sum())} answers missing in {self.sample.used} rows)"

    def tidy(self) -> pd.DataFrame:
        """The table of items.

        Returns
        -------
        pandas.DataFrame
            One row an item:

            - ``item``: Item code.
            - ``n``: rows with an answer.
            - ``missing``: rows without an answer.
            - ``share``: share of the rows without an answer (0-1).
            - ``not_applicable``: rows that answered "does not apply".
            - ``not_shown``: rows to which the question was not shown.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import missing
        >>> found = missing(examples.survey(), items=["PID1", "PID2", "PID3"])
        >>> found.tidy()["share"].tolist()
        [0.03, 0.04, 0.06]
        """
        return self.items

    def glance(self) -> pd.DataFrame:
        """The missing answers in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``n``: rows kept.
            - ``items``: items looked at.
            - ``cells``: answers that could have been given.
            - ``missing``: answers missing.
            - ``share``: share of the cells (0-1).
            - ``complete``: rows without a missing answer.
            - ``patterns``: different patterns of missing answers.
            - ``little``: statistic of Little's test; NaN when it could not be made.
            - ``df``: its degrees of freedom.
            - ``p``: its p-value.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import missing
        >>> found = missing(examples.survey(), items=["PID1", "PID2", "PID3"])
        >>> found.glance()[["cells", "missing", "complete"]].values.tolist()
        [[300, 13, 87]]
        """
        k = len(self.items)
        cells = self.sample.used * k
        missing = int(self.items["missing"].sum())
        test = self.little
        known = isinstance(test, missing_normal.LittleTest)
        return pd.DataFrame(
            [
                {
                    "n": self.sample.used,
                    "items": k,
                    "cells": cells,
                    "missing": missing,
                    "share": missing / max(cells, 1),
                    "complete": int((self.persons["missing"] == 0).sum()),
                    "patterns": len(self.patterns),
                    "little": test.statistic if isinstance(test, missing_normal.LittleTest) else np.nan,
                    "df": test.df if isinstance(test, missing_normal.LittleTest) else np.nan,
                    "p": test.p if known and isinstance(test, missing_normal.LittleTest) else np.nan,
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """How much is missing, whether completely at random, and the advice.

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
        >>> from umkm_stats.screening import missing
        >>> found = missing(examples.survey(), items=["PID1", "PID2", "PID3"])
        >>> print(found.summary().splitlines()[0])
        Missing answers: 13 of 300 (4.3 %); 87 of 100 rows are complete.
        """
        row = self.glance().iloc[0]
        lines = [
            messages.text(
                "screening.missing",
                lang,
                missing=int(row.missing),
                cells=int(row.cells),
                share=100 * float(row["share"]),
                complete=int(row.complete),
                n=int(row.n),
            )
        ]
        if isinstance(self.little, missing_normal.LittleTest):
            lines.append(
                messages.text(
                    "screening.little",
                    lang,
                    statistic=self.little.statistic,
                    df=self.little.df,
                    p=self.little.p,
                )
            )
        else:
            lines.append(self.little.message(lang))
        return "\n".join([*lines, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values; no answers.

        Returns
        -------
        dict[str, Any]
            Keys ``sample``, ``items``, ``patterns`` (the 50 most frequent), ``glance`` and ``notes``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.screening import missing
        >>> found = missing(examples.survey(), items=["PID1", "PID2", "PID3"])
        >>> found.to_dict()["sample"]["used"]
        100
        """
        return {
            "sample": self.sample.to_dict(),
            "items": jsonable(self.items),
            "patterns": jsonable(self.patterns.head(50)),
            "glance": jsonable(self.glance()),
            "notes": [note.to_dict() for note in self.notes],
        }


def missing(
    responses: Any, *, items: list[str] | None = None, scales: Mapping[str, Sequence[str]] | None = None
) -> Missingness:
    """Describe missing answers of the rows kept.

    Answers "does not apply" and questions not shown are counted apart, but are missing for the patterns and
    the test.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returns, or answers (rows, items), NaN missing.
    items : list[str], optional
        Item codes; None takes every reflective item in the file.
    scales : Mapping[str, Sequence[str]], optional
        Of a frame, scale to item codes; every column when None.

    Returns
    -------
    Missingness
        Items, persons, patterns and Little's test.

    Raises
    ------
    UsageError
        GEN008: no answers; SCR310, SCR312: items or scales that the answers do not have, or know themselves.
    UmkmError
        SCR311: a column holds something other than numbers.

    References
    ----------
    Little (1988), https://doi.org/10.1080/01621459.1988.10478722.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats.screening import missing
    >>> missing(pd.DataFrame({"q1": [1, 2, None], "q2": [2, 2, 3]})).items["missing"].tolist()
    [1, 0]
    """
    responses, _ = given_answers(responses, scales=scales)
    kept = responses.kept
    codes = items if items is not None else [c for c in responses.items.columns if _reflective(responses, c)]
    frame = responses.items.loc[kept, codes]
    x = frame.to_numpy(dtype=np.float64)
    gone = np.isnan(x)
    n = len(frame)
    by_item = pd.DataFrame(
        {
            "item": codes,
            "n": (~gone).sum(axis=0),
            "missing": gone.sum(axis=0),
            "share": gone.mean(axis=0) if n else np.nan,
            "not_applicable": responses.not_applicable.loc[kept, codes].sum().to_numpy(),
            "not_shown": responses.not_shown.loc[kept, codes].sum().to_numpy(),
        }
    )
    persons = pd.DataFrame(
        {
            "row": responses.sample.rows.loc[kept, "row"].to_numpy(),
            "missing": gone.sum(axis=1),
            "share": gone.mean(axis=1),
        },
        index=frame.index,
    )
    found = missing_normal.patterns(x)
    table = pd.DataFrame(
        {
            "pattern": range(1, len(found.counts) + 1),
            "rows": found.counts,
            "missing": [
                ", ".join(c for c, seen in zip(codes, row, strict=True) if not seen) for row in found.observed
            ],
        }
    )
    test, notes = _little(x, found)
    share = float(gone.mean()) if gone.size else 0.0
    high = [c for c, s in zip(codes, gone.mean(axis=0), strict=True) if s > 0.05]
    if high:
        notes.append(Note("SCR206", {"items": high}))
    if share > 0:
        rejected = isinstance(test, missing_normal.LittleTest) and test.p < 0.05
        notes.append(Note("SCR207" if rejected else "SCR205", {"share": 100 * share}))
    return Missingness(
        by_item,
        persons,
        table,
        test,
        SampleUsed(responses.sample.rows_in, n, dict(responses.sample.dropped)),
        tuple(notes),
    )


def _reflective(responses: Any, code: str) -> bool:
    return bool(
        responses.instrument.construct(responses.instrument.item(code).construct).kind == "reflective"
    )


def _little(
    x: Any, found: missing_normal.Patterns
) -> tuple[missing_normal.LittleTest | Unavailable, list[Note]]:
    if not np.isnan(x).any():
        return Unavailable("SCR301"), []
    if len(found.counts) > MAX_PATTERNS:
        return Unavailable("SCR304", {"patterns": len(found.counts)}), []
    if len(x) <= x.shape[1] + 1:
        return Unavailable("SCR303", {"n": len(x), "items": x.shape[1]}), []
    try:
        test = missing_normal.little_mcar(x)
    except np.linalg.LinAlgError:
        return Unavailable("SCR302"), []
    return test, [] if test.converged else [Note("SCR204", {"iterations": test.iterations})]
