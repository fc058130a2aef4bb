"""Text of PLS results: the tables in SmartPLS' order with the labels of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import columns, messages
from umkm_stats.results import told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._bootstrap import PlsDraws
    from umkm_stats.pls._pls import Pls

TABLES = ("loadings", "quality", "htmt", "vif", "r2", "f2", "fit", "effects")
WORDS = ("mode", "kind", "model", "effect", "method", "type", "benchmark", "predictive_power", "judged_by")


def text_of(model: Pls, lang: str) -> str:
    """Heading, sample, every table, notes."""
    title = "pls.title_consistent" if model.options.consistent else "pls.title"
    scheme = messages.text(f"pls.word.{model.options.scheme}", lang)
    lines = [messages.text(title, lang, scheme=scheme), model.sample.describe(lang)]
    for name in TABLES:
        lines += ["", messages.text(f"pls.head.{name}", lang)]
        lines += table_lines(getattr(model, name), lang)
    return "\n".join([*lines, *_said(model.notes, lang)])


def draws_summary(drawn: PlsDraws, lang: str) -> str:
    """What became of the draws, the table, notes."""
    row = drawn.glance().iloc[0]
    lines = [
        messages.text(
            "pls.draws.title", lang, **{k: int(row[k]) for k in ("draws", "used", "failed", "flipped")}
        ),
        drawn.sample.describe(lang),
    ]
    if drawn.seed is not None:
        lines.append(messages.text("pls.seed", lang, seed=str(drawn.seed)))
    table = drawn.tidy().drop(columns=["lhs", "rhs"])
    lines += ["", *table_lines(table, lang), "", messages.text("pls.p_rule", lang)]
    return "\n".join([*lines, *_said(drawn.notes, lang)])


def _said(notes: Any, lang: str) -> list[str]:
    return ["", *(f"* {line}" for line in told(notes, lang))] if notes else []


def table_lines(table: pd.DataFrame, lang: str) -> list[str]:
    """Rows of a frame as aligned text."""
    names = [str(name) for name in table.columns]
    cells = [[columns.label(name, lang) for name in names]]
    for row in table.itertuples(index=False, name=None):
        cells.append([shown(name, value, lang) for name, value in zip(names, row, strict=True)])
    widths = [max(len(line[j]) for line in cells) for j in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def shown(column: str, value: Any, lang: str) -> str:
    """One cell: a word of the language, three decimals, "–" for an unavailable number."""
    if isinstance(value, str):
        return messages.text(f"pls.word.{value}", lang) if column in WORDS else value
    if isinstance(value, (bool, np.bool_)):
        return messages.text("pls.word.yes" if value else "pls.word.no", lang)
    if value is None or not np.isfinite(value):
        return "–"
    if isinstance(value, (int, np.integer)):
        return messages.number(str(int(value)), lang)
    if column == "p" and value < 0.001:
        return f"< {messages.number('0.001', lang)}"
    return messages.number(f"{value:.3f}", lang)
