"""What every result of this room carries: one tidy table, sample, notes, seed, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import columns, messages
from umkm_stats.results import Note, SampleUsed, jsonable, told


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """Rows as named tuples."""
    return list(frame.itertuples(index=False))


@dataclass(frozen=True, eq=False)
class Outcome:
    """A result of this room: one tidy ``table`` and what every result carries.

    ``title`` is the text key of its heading. Subclasses add their own frames and numbers and list their names
    in ``PARTS`` so that ``to_dict`` writes them.
    """

    table: pd.DataFrame
    sample: SampleUsed | None
    notes: tuple[Note, ...]
    seed: int | None

    TITLE: ClassVar[str] = "measurement.title"
    PARTS: ClassVar[tuple[str, ...]] = ()

    def tidy(self) -> pd.DataFrame:
        """The main table, a copy; its columns stand with the class and with the function that made it.

        Returns
        -------
        pandas.DataFrame
            A copy of ``table``.

        Examples
        --------
        >>> from umkm_stats import examples, reliability
        >>> reliability(examples.answers(), scales=examples.SCALES).tidy()["scale"].tolist()
        ['OI', 'IP', 'BP']
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns rows (of the table) and n (rows of data used), unless the class says more.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import omega
        >>> omega(examples.answers()).glance().to_dict("records")
        [{'rows': 4, 'n': 200}]
        """
        used = self.sample.used if self.sample is not None else np.nan
        return pd.DataFrame([{"rows": len(self.table), "n": used}])

    def lines(self, lang: str) -> list[str]:
        """Lines between heading and notes of the summary.

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
        >>> from umkm_stats.measurement import factor_count
        >>> factor_count(examples.answers(), runs=50, seed=1).lines("en")[0]
        'Parallel analysis on components: 2'
        """
        return table_lines(self.table, lang)

    def summary(self, lang: str = "en") -> str:
        r"""Heading, sample, numbers and notes as text.

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
        >>> from umkm_stats import examples, reliability
        >>> found = reliability(examples.answers(), scales=examples.SCALES)
        >>> print("\n".join(line[:60].rstrip() for line in found.summary().splitlines()[:4]))
        Reliability
        n = 200 of 200 rows
        Scale  n    Items  Cronbach's α  α lower  α upper  ω total
        OI     200  3      0.800         0.747    0.844    0.803
        """
        parts = [messages.text(self.TITLE, lang)]
        if self.sample is not None:
            parts.append(self.sample.describe(lang))
        parts += self.lines(lang)
        parts += [f"- {line}" for line in told(self.notes, lang)]
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: table, glance, notes, sample, seed and what the class adds.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import omega
        >>> sorted(omega(examples.answers()).to_dict())
        ['glance', 'loadings', 'method', 'n_factors', 'notes', 'sample', 'seed', 'table']
        """
        out: dict[str, Any] = {
            "table": self.table,
            "glance": self.glance(),
            "notes": self.notes,
            "sample": self.sample,
        }
        out |= {name: getattr(self, name) for name in self.PARTS} | {"seed": self.seed}
        return {key: jsonable(value) for key, value in out.items()}


def table_lines(table: pd.DataFrame, lang: str, *, names: Sequence[str] | None = None) -> list[str]:
    """Rows of a frame as aligned text, labels of the language as headings, numbers to three decimals."""
    chosen = list(table.columns) if names is None else [name for name in names if name in table.columns]
    cells = [[columns.label(name, lang) for name in chosen]]
    for row in table[chosen].itertuples(index=False, name=None):
        cells.append([show(value, lang) for value in row])
    widths = [max(len(line[j]) for line in cells) for j in range(len(chosen))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def show(value: Any, lang: str) -> str:
    """One value for a text table: three decimals, "–" for an unavailable number."""
    if isinstance(value, (bool, np.bool_)):
        return messages.text("measurement.yes" if value else "measurement.no", lang)
    if isinstance(value, (int, np.integer)):
        return messages.number(str(int(value)), lang)
    if isinstance(value, (float, np.floating)):
        return "–" if not np.isfinite(value) else messages.number(f"{value:.3f}", lang)
    return "–" if value is None else str(value)
