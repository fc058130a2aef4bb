"""Numbers and small tables as text in a language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from umkm_stats import columns, messages
from umkm_stats.regression._frames import INTERCEPT

if TYPE_CHECKING:
    import pandas as pd

R2 = "r2"  # the term whose estimate is R²
P_COLUMNS = ("p", "p_holm", "p_moderator", "p_product")


def show(value: Any, lang: str, digits: int = 3) -> str:
    """A number in the language's marks; an en dash when it is not available; ``∞`` for infinite df."""
    if isinstance(value, float) and math.isinf(value):
        return "∞"
    if value is None or not math.isfinite(value):
        return "–"
    return messages.number(f"{value:.{digits}f}", lang)


def show_p(value: float, lang: str) -> str:
    """``0.012``; ``< 0.001``, never 0.000."""
    if not math.isfinite(value):
        return "–"
    return f"< {messages.number('0.001', lang)}" if value < 0.001 else show(value, lang)


def shown(column: str, value: Any, lang: str) -> str:
    """A cell."""
    if isinstance(value, str):
        if value == INTERCEPT:
            return messages.text("regression.intercept", lang)
        if column == "method":
            return messages.text(f"mediation.method.{value}", lang)
        if column in ("source", "moderator_type"):
            return messages.text(f"regression.{column}.{value}", lang)
        return "R²" if value == R2 else messages.settings(value, lang)
    if column in P_COLUMNS:
        return show_p(float(value), lang)
    if column in ("n", "block", "df1", "row", "number") or (
        column in ("df", "df2") and float(value).is_integer()
    ):
        return messages.number(f"{int(value)}", lang)
    return show(float(value), lang)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def table(rows: Sequence[dict[str, Any]], names: Sequence[str], lang: str) -> list[str]:
    """Lines of an aligned table with the labels of its columns; text left, numbers right."""
    head = [columns.label(name, lang) for name in names]
    body = [[shown(name, record[name], lang) for name in names] for record in rows]
    return aligned(head, body, [isinstance(rows[0][name], str) for name in names])


def aligned(head: Sequence[str], body: Sequence[Sequence[str]], left: Sequence[bool]) -> list[str]:
    """Lines of equal width."""
    wide = [max(len(row[k]) for row in (head, *body)) for k in range(len(head))]
    return [
        "  "
        + "  ".join(
            cell.ljust(size) if first else cell.rjust(size)
            for cell, size, first in zip(row, wide, left, strict=True)
        ).rstrip()
        for row in (head, *body)
    ]
