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
        """The main table, one row an object, stable column names (a copy)."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row about the whole."""
        used = self.sample.used if self.sample is not None else np.nan
        return pd.DataFrame([{"rows": len(self.table), "n": used}])

    def lines(self, lang: str) -> list[str]:
        """The sentences between heading and notes of the summary; subclasses say what matters."""
        return table_lines(self.table, lang)

    def summary(self, lang: str = "en") -> str:
        """Heading, sample, numbers and notes as text."""
        parts = [messages.text(self.TITLE, lang)]
        if self.sample is not None:
            parts.append(self.sample.describe(lang))
        parts += self.lines(lang)
        parts += [f"- {line}" for line in told(self.notes, lang)]
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: table, parts, glance, notes, sample, seed."""
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
