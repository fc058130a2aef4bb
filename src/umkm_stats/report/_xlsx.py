"""``tables.xlsx``: a sheet a table, true numbers with formats, text cells that are never live formulas."""

from __future__ import annotations

import datetime as dt
import functools
import io
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.atomic import replacing
from umkm_stats.report._inline import plain
from umkm_stats.report._spec import DECIMALS, Column, Document, Table
from umkm_stats.report._timeless import timeless
from umkm_stats.report._voice import GAP, Voice

_THIN, _THICK = Side(style="thin"), Side(style="medium")
_BOLD, _RULES, _LAST = Font(bold=True), Border(top=_THICK, bottom=_THIN), Border(bottom=_THICK)
_EPOCH = dt.datetime(2026, 1, 1)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_xlsx(document: Document, voice: Voice, path: Path) -> Path:
    """Write every table of the document to ``path``; the first sheet lists them."""
    book = Workbook()
    contents = book.active
    assert isinstance(contents, Worksheet)
    contents.title = plain(document.words["contents"])[:31]
    _text(contents, 1, 1, document.title).font = Font(bold=True, size=14)
    _text(contents, 2, 1, document.banner or document.subtitle)
    used: set[str] = {contents.title}
    for place, table in enumerate(document.tables):
        name = _sheet_name(f"{table.chapter}{table.number} {plain(table.title)}", used)
        sheet = book.create_sheet(name)
        _fill(sheet, table, document, voice)
        cell = _text(contents, 4 + place, 1, document.label(table))
        cell.hyperlink = f"#'{name}'!A1"
        cell.font = Font(color="0B5394", underline="single")
    contents.column_dimensions["A"].width = 90
    book.properties.creator = "umkm-stats"
    book.properties.created = book.properties.modified = _EPOCH
    path.write_bytes(_saved(book))
    return path


def write_sheet(path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a workbook of one sheet of text: heading row frozen, cells never live formulas.

    Parameters
    ----------
    path : Path
        File to write; it is replaced as a whole.
    title : str
        Name of the sheet.
    headings : Sequence[str]
        Headings of the k columns.
    rows : Iterable[Sequence[str]]
        Cells (k) of each row.

    Returns
    -------
    Path
        The file written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.report import printed_rows, write_sheet
    >>> file = write_sheet(Path("sheet.xlsx"), "Items", ["item", "mean"], [["PID1", "3.5"]])
    >>> printed_rows(file)
    [{'item': 'PID1', 'mean': '3.5'}]
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_name(title, set())
    for column, head in enumerate(headings, start=1):
        _text(sheet, 1, column, head, literal=True).font = _BOLD
        sheet.column_dimensions[get_column_letter(column)].width = 28
    for row, cells in enumerate(rows, start=2):
        for column, value in enumerate(cells, start=1):
            _text(sheet, row, column, str(value), literal=True, placed=_placed(wrap=True))
    sheet.freeze_panes = "A2"
    book.properties.creator = "umkm-stats"
    with replacing(path) as part:
        part.write_bytes(_saved(book))
    return path


def _saved(book: Workbook) -> bytes:
    """The workbook without the time of writing, which openpyxl puts into its properties and the zip."""
    stream = io.BytesIO()
    book.save(stream)
    return timeless(stream.getvalue(), {"docProps/core.xml": (_MODIFIED, rb"\g<1>2026-01-01T00:00:00Z\g<2>")})


def _sheet_name(wanted: str, used: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", " ", wanted).strip()
    if len(base) > 31:  # as many whole words as a sheet's name holds
        base = base[:32].rpartition(" ")[0] or base[:31]
    name, again = base, 1
    while name.lower() in {entry.lower() for entry in used}:
        again += 1
        name = f"{base[:28]} {again}"
    used.add(name)
    return name


@functools.cache
def _placed(
    horizontal: Literal["left", "right", "center"] | None = None,
    *,
    top: bool = True,
    wrap: bool | None = False,
) -> Alignment:
    """One object for all cells that stand alike: the workbook compares every new one with all it knows."""
    return Alignment(horizontal=horizontal, vertical="top" if top else None, wrap_text=wrap)


def _text(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str,
    *,
    literal: bool = False,
    placed: Alignment | None = None,
) -> Cell:
    """A text cell: typed as a string, and quoted when it begins like a formula."""
    cell = cast(Cell, sheet.cell(row, column))
    said = ILLEGAL_CHARACTERS_RE.sub(" ", value if literal else plain(value))
    cell.value = said
    cell.data_type = "s"
    if said[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True
    cell.alignment = placed or _placed()
    return cell


def number_format(column: Column, voice: Voice) -> str:
    """The Excel format of a column; the locale tag lets programs that honour it show a decimal comma."""
    places = DECIMALS[column.form]
    digits = "#,##0" if not places else "#,##0." + "0" * places
    locale = "[$-421]" if voice.comma else ""
    if column.form == "p":
        least = voice.number(0.0, "p")
        return f'[<0.001]"{least}";{locale}0.000'
    return locale + digits


def _fill(sheet: Worksheet, table: Table, document: Document, voice: Voice) -> None:
    _text(sheet, 1, 1, document.label(table)).font = _BOLD
    row = 2
    if document.banner:
        _text(sheet, row, 1, document.banner).font = Font(italic=True, color="9C0006")
        row += 1
    row += 1
    if table.spanners:
        for spanner in table.spanners:
            places = [
                position + 1 for position, column in enumerate(table.columns) if column.key in spanner.columns
            ]
            over = _placed("center", top=False, wrap=None)
            _text(sheet, row, places[0], spanner.head, placed=over).font = _BOLD
            if len(places) > 1:
                sheet.merge_cells(start_row=row, end_row=row, start_column=places[0], end_column=places[-1])
        row += 1
    for position, column in enumerate(table.columns, start=1):
        side: Literal["left", "right"] = "left" if column.form == "text" else "right"
        cell = _text(sheet, row, position, column.head, placed=_placed(side, wrap=True))
        cell.font, cell.border = _BOLD, _RULES
    sheet.freeze_panes = f"A{row + 1}"
    first = row + 1
    headings = dict(table.groups)
    for index, values in enumerate(table.rows):
        row += 1
        if index in headings:
            _text(sheet, row, 1, headings[index]).font = Font(bold=True, italic=True)
            row += 1
        for position, (value, column) in enumerate(zip(values, table.columns, strict=True), start=1):
            side = "left" if column.form == "text" else "right"
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                gap = _placed(side, top=False, wrap=None)
                _text(sheet, row, position, GAP if column.form != "text" else "", placed=gap)
            elif isinstance(value, str):
                _text(sheet, row, position, value, literal=True, placed=_placed(side, wrap=column.wide))
            else:
                number = sheet.cell(row, position)
                number.value = value
                number.number_format = number_format(column, voice) if column.form != "text" else "General"
                number.alignment = _placed(wrap=None)
    for position in range(1, len(table.columns) + 1):
        last = sheet.cell(row, position)
        last.border = _LAST
    sheet.auto_filter.ref = None
    for note in (*table.notes, *((table.source,) if table.source else ())):
        row += 1
        _text(sheet, row, 1, note).font = Font(italic=note == table.source)
    for position, column in enumerate(table.columns, start=1):
        longest = max(
            [len(column.head)] + [len(voice.cell(values[position - 1], column)) for values in table.rows]
        )
        sheet.column_dimensions[get_column_letter(position)].width = min(max(longest + 2, 9), 60)
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"{first - 1}:{first - 1}"
    sheet.page_setup.orientation = "landscape" if table.landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
