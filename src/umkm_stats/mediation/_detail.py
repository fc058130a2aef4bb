"""A small result: one frame with its notes, for what is asked of a finished mediation analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import columns, messages
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Detail:
    """An answer about a mediation analysis: one frame, and what it rests on.

    Attributes
    ----------
    name : str
        What was asked, such as "vaf".
    frame : pandas.DataFrame
        The answer; its columns stand with the method that gave it.
    sample : SampleUsed or None
        Rows read and used.
    seed : int or None
        Of the draws; None without.
    notes : tuple of Note
        What a reader must know.
    meta : dict of str to object or None
        Plain values that hold for all rows.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.mediation().upsilon()
    >>> found.frame.round(3).to_dict("records")
    [{'path': 'OI -> IP -> BP', 'upsilon': 0.024, 'upsilon_adjusted': 0.023}]
    """

    name: str
    frame: pd.DataFrame
    sample: SampleUsed | None
    seed: int | None
    notes: tuple[Note, ...] = ()
    meta: dict[str, Any] | None = None

    def tidy(self) -> pd.DataFrame:
        """The frame, a copy; its columns stand with the method that gave it.

        Returns
        -------
        pandas.DataFrame
            A copy of ``frame``.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> list(examples.mediation().vaf().tidy())
        ['effect', 'path', 'method', 'vaf', 'ci_low', 'ci_high', 'share_opposite']
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns name, n, seed, then what holds for all rows (``meta``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().variance_explained().glance().round(3).to_dict("records")
        [{'name': 'variance_explained', 'n': 200, 'seed': 1, 'r2_mediation': 0.088}]
        """
        import pandas as pd

        first = {"name": self.name, "n": None if self.sample is None else self.sample.used, "seed": self.seed}
        return pd.DataFrame([{**first, **(self.meta or {})}])

    def summary(self, lang: str = "en") -> str:
        """The frame as lines of ``label: value``, then the notes.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.mediation().upsilon().summary())
        Upsilon
        n = 200 of 200 rows
        Seed: 1
          Path: OI -> IP -> BP; Upsilon: 0.024; Upsilon (adjusted): 0.023
        """
        title, *rows = self.lines(lang)
        lines = [title]
        if self.sample is not None:
            lines.append(self.sample.describe(lang))
        if self.seed is not None:
            lines.append(messages.text("mediation.seed", lang, seed=str(self.seed)))
        lines += rows
        lines += [f"* {line}" for line in told(self.notes, lang)]
        return "\n".join(lines)

    def lines(self, lang: str = "en") -> list[str]:
        """The title and a line a row, as the summary shows them.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.mediation().upsilon().lines()
        ['Upsilon', '  Path: OI -> IP -> BP; Upsilon: 0.024; Upsilon (adjusted): 0.023']
        """
        lines = [messages.text(f"mediation.detail.{self.name}", lang)]
        for record in self.frame.to_dict("records"):
            parts = [
                f"{columns.label(str(key), lang)}: {_shown(str(key), value, lang)}"
                for key, value in record.items()
            ]
            lines.append("  " + "; ".join(parts))
        return lines

    def latex(self, *, lang: str = "en") -> str:
        r"""The frame as a LaTeX table (package booktabs), the notes below it.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            To paste into a document.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.mediation().upsilon().latex().splitlines()[4])
        \begin{tabular}{lrr}
        """
        from umkm_stats.mediation._latex import detail

        title = messages.text(f"mediation.detail.{self.name}", lang)
        return detail(title, self.frame, _shown, told(self.notes, lang), lang)

    def to_dict(self) -> dict[str, Any]:
        """Name, frame, meta, sample, seed and notes as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.mediation().upsilon().to_dict())
        ['meta', 'name', 'notes', 'rows', 'sample', 'seed']
        """
        return {
            "name": self.name,
            "rows": jsonable(self.frame),
            "meta": jsonable(self.meta or {}),
            "sample": None if self.sample is None else self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def _shown(column: str, value: Any, lang: str) -> str:
    if isinstance(value, str):
        kind = {"effect": "effect", "method": "method", "method_direct": "method"}.get(column, "word")
        try:
            return messages.text(f"mediation.{kind}.{value}", lang)
        except KeyError:
            return messages.settings(value, lang) or "–"
    if isinstance(value, (bool, np.bool_)):
        return messages.text("mediation.word.yes" if value else "mediation.word.no", lang)
    if value is None or not np.isfinite(value):
        return "–"
    if (column == "p" or column.startswith("p_")) and value < 0.001:
        return f"< {messages.number('0.001', lang)}"
    return messages.number(f"{value:d}" if isinstance(value, (int, np.integer)) else f"{value:.3f}", lang)
