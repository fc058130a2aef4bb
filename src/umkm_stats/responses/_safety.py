"""Cells of workbooks that we write: a text is a text, never a formula, and holds no character a workbook
refuses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

PLAIN = (int, float, bool, dt.datetime, dt.date, dt.time)


def plain_cell(sheet: Any, value: Any) -> Any:
    """A write-only cell that shows ``value`` as it is."""
    if value is None:
        return None
    if isinstance(value, PLAIN):
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            return None
        plain: Any = value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value
        return WriteOnlyCell(sheet, value=plain)
    text = ILLEGAL_CHARACTERS_RE.sub(" ", str(value))[:32_000]
    cell = WriteOnlyCell(sheet, value=text)
    if cell.data_type == "f" or text[:1] in "=+-@":
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell
