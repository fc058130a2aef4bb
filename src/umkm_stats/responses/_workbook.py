"""``findings.xlsx``: the list of findings, and a copy of the sheet with their cells highlighted.

Identifier columns are blank in the copy; cells whose content was withheld are blank too. Rows keep their
numbers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string

from umkm_stats import messages
from umkm_stats.atomic import replacing
from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import WITHHELD
from umkm_stats.responses._raw import Uncomputed
from umkm_stats.responses._safety import plain_cell

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.responses._raw import RawTable

FILL = {
    "error": PatternFill("solid", fgColor="FFF4B6B0"),
    "warning": PatternFill("solid", fgColor="FFFFE3A3"),
    "note": PatternFill("solid", fgColor="FFD9E8F5"),
}
_HEAD = PatternFill("solid", fgColor="FF22313F")
MAX_ROWS = 50_000
_ORDER = {"error": 0, "warning": 1, "note": 2}


def write(findings: pd.DataFrame, table: RawTable, path: Any, *, lang: str = "id") -> Path:
    """Write the workbook atomically; raises RSP128 when it is open in another program."""
    target = Path(path)
    book = Workbook(write_only=True)
    _list(findings, book.create_sheet(messages.text("responses.sheet_findings", lang)), lang)
    _copy(findings, table, book.create_sheet(messages.text("responses.sheet_source", lang)), lang)
    try:
        with replacing(target) as part:
            book.save(part)
    except PermissionError:
        raise UmkmError("RSP128", place(target)) from None
    return target


def _list(findings: pd.DataFrame, ws: Any, lang: str) -> None:
    names = ("code", "severity", "sheet", "row", "column", "item", "value", "message", "remedy")
    for letter, width in zip("ABCDEFGHI", (9, 12, 18, 7, 8, 9, 24, 70, 70), strict=True):
        ws.column_dimensions[letter].width = width
    ws.freeze_panes = "A2"
    head = []
    for name in names:
        cell = plain_cell(ws, messages.text(f"responses.head_{name}", lang))
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), _HEAD
        head.append(cell)
    ws.append(head)
    frame = findings
    said, advice = ("message_id", "remedy_id") if lang == "id" else ("message", "remedy")
    order = frame["severity"].map(_ORDER)
    frame = frame.iloc[order.argsort(kind="stable")].head(MAX_ROWS)
    for row in frame.to_dict("records"):
        number = None if row["row"] is None or row["row"] != row["row"] else int(row["row"])
        cells = [
            plain_cell(ws, value)
            for value in (
                row["code"],
                messages.text(f"severity.{row['severity']}", lang),
                row["sheet"],
                number,
                row["column"],
                row["item"],
                row["value"],
                row[said],
                row[advice],
            )
        ]
        for cell in cells:
            if cell is not None:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        cells[1].fill = FILL[row["severity"]]
        ws.append(cells)


def _copy(findings: pd.DataFrame, table: RawTable, ws: Any, lang: str) -> None:
    marks, hidden = _marks(findings, lang)
    columns = {_position(c.letter): c for c in table.columns if _position(c.letter) is not None}
    width = max((p for p in columns if p is not None), default=0)
    number = 1
    header = table.header_rows[-1] if table.header_rows else 1
    offset = 1 if not table.header_rows else 0
    while number < header:
        ws.append([])
        number += 1
    head = []
    for position in range(1, width + 1):
        cell = plain_cell(ws, columns[position].header if position in columns else None)
        if cell is not None:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            mark = marks.get((None, position))
            if mark:
                cell.fill = FILL[mark[0]]
        head.append(cell)
    ws.append(head)
    number += 1
    order = sorted(range(min(table.n, MAX_ROWS)), key=lambda i: int(table.rows[i]))
    for i in order:
        row = int(table.rows[i])
        while number < row + offset:
            ws.append([])
            number += 1
        cells = []
        for position in range(1, width + 1):
            column = columns.get(position)
            value = column.cell(i) if column is not None else None
            if isinstance(value, Uncomputed):
                value = value.formula
            mark = marks.get((row, position)) or marks.get((row, 0) if position == 1 else (-1, -1))
            if (row, position) in hidden:
                value = WITHHELD
            cell = plain_cell(ws, value if value is not None or mark is None else "")
            if mark is not None and cell is not None:
                cell.fill = FILL[mark[0]]
                cell.comment = Comment(mark[1][:500], "umkm-stats", width=320, height=140)
            cells.append(cell)
        ws.append(cells)
        number += 1


def _marks(
    findings: pd.DataFrame, lang: str
) -> tuple[dict[tuple[int | None, int], tuple[str, str]], set[tuple[int, int]]]:
    """(row, column position) → (severity, text), position 0 for a whole row; cells that must not be shown."""
    said = "message_id" if lang == "id" else "message"
    marks: dict[tuple[int | None, int], tuple[str, str]] = {}
    hidden: set[tuple[int, int]] = set()
    for row in findings.to_dict("records"):
        position = _position(row["column"]) if row["column"] else 0
        if position is None:
            continue
        number = None if row["row"] is None or row["row"] != row["row"] else int(row["row"])
        if number is None and position == 0:
            continue
        old = marks.get((number, position))
        if old is None or _ORDER[row["severity"]] < _ORDER[old[0]]:
            marks[(number, position)] = (row["severity"], f"{row['code']} {row[said]}")
        if row["value"] == WITHHELD and number is not None:
            hidden.add((number, position))
    return marks, hidden


def _position(letter: str) -> int | None:
    """1 for A; None for a column of another file."""
    return column_index_from_string(letter) if re.fullmatch(r"[A-Z]{1,3}", letter) else None
