"""A small result: one frame with its notes, for what is asked of a finished mediation analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import columns, messages
from umkm_stats.mediation._summary import localised
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Detail:
    """``name``: what was asked; ``frame``: the answer; ``meta``: plain values that hold for all rows."""

    name: str
    frame: pd.DataFrame
    sample: SampleUsed | None
    seed: int | None
    notes: tuple[Note, ...] = ()
    meta: dict[str, Any] | None = None

    def tidy(self) -> pd.DataFrame:
        """The frame."""
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row: name, n, seed and what holds for all rows."""
        import pandas as pd

        first = {"name": self.name, "n": None if self.sample is None else self.sample.used, "seed": self.seed}
        return pd.DataFrame([{**first, **(self.meta or {})}])

    def summary(self, lang: str = "en") -> str:
        """The frame as lines of ``label: value``, then the notes."""
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

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.mediation import Detail
        >>> Detail("upsilon", pd.DataFrame({"upsilon": [0.25]}), None, None).lines()
        ['Upsilon', '  Upsilon: 0.250']
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
        """The frame as a LaTeX table (package booktabs), the notes below it.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats.mediation import Detail
        >>> print(Detail("vaf", pd.DataFrame({"vaf": [0.25]}), None, None).latex().splitlines()[4])
        \\begin{tabular}{r}
        """
        from umkm_stats.mediation._latex import detail

        title = messages.text(f"mediation.detail.{self.name}", lang)
        return detail(title, self.frame, _shown, told(self.notes, lang), lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
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
            return localised(value, lang) or "–"
    if isinstance(value, (bool, np.bool_)):
        return messages.text("mediation.word.yes" if value else "mediation.word.no", lang)
    if value is None or not np.isfinite(value):
        return "–"
    if (column == "p" or column.startswith("p_")) and value < 0.001:
        return f"< {messages.number('0.001', lang)}"
    return messages.number(f"{value:d}" if isinstance(value, (int, np.integer)) else f"{value:.3f}", lang)
