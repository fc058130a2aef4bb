"""Workbooks cell by cell, with what a number's format says of it.

Stored numbers are not always what a person sees: 85 % is stored as 0.85, and a format that writes a unit
(``0 th``) can be taken for a date by programs. Both are read as they are seen. Rows that are hidden or
filtered away are read like the others, and counted. Strict OOXML is read through its transitional names.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats.errors import UmkmError
from umkm_stats.responses._cells import Row, put, row_of
from umkm_stats.responses._files import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED, place
from umkm_stats.responses._raw import Percent, Uncomputed, letters

Progress = Callable[[float], None]
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"[^>]*>")
_NUMBER = re.compile(rb"\br=\"(\d+)\"")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_SECONDS = re.compile(r"s+\.0+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """One worksheet: name, rows of cells, and row numbers that are hidden."""

    name: str
    rows: list[Row]
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """What the XML of a worksheet shows before it is parsed."""

    formulas: bool = False
    hidden: frozenset[int] = frozenset()


def pages(path: Path, wanted: str | None, progress: Progress | None) -> Iterator[Page]:
    """The worksheets, or the one ``wanted``. Raises RSP106 for a damaged workbook, RSP109 for an unknown
    sheet, RSP116 for one that is too large."""
    parts = _scan(path)
    with warnings.catch_warnings():  # openpyxl warns of styles and extensions that do not matter here
        warnings.simplefilter("ignore", UserWarning)
        with _stream(path) as stream:  # ours, so that it is closed whatever happens to openpyxl
            yield from _open(path, stream, wanted, parts, progress)


def _stream(path: Path) -> Any:
    """The file, or a copy in memory with transitional names when it is Strict OOXML."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return path.open("rb")
            if _STRICT not in archive.read("xl/workbook.xml"):
                return path.open("rb")
            copy = io.BytesIO()
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as out:
                for name in archive.namelist():
                    data = archive.read(name)
                    if name.endswith((".xml", ".rels")):
                        for old, new in _TRANSITIONAL:
                            data = data.replace(old, new)
                    out.writestr(name, data)
                    if copy.tell() > MAX_UNPACKED:
                        raise UmkmError("RSP107", place(path), {"limit": MAX_UNPACKED // 1024**2})
            copy.seek(0)
            return copy
    except UmkmError:
        raise
    except Exception as fault:  # whatever a damaged member raises
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None


def _open(
    path: Path, stream: Any, wanted: str | None, parts: dict[str, _Part], progress: Progress | None
) -> Iterator[Page]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        names = [ws.title for ws in book.worksheets]
    except UmkmError:
        raise
    except Exception as fault:  # any of openpyxl's own faults on a damaged workbook
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    try:
        if wanted is not None and wanted not in names:
            raise UmkmError("RSP109", place(path, sheet=wanted), {"sheet": wanted, "sheets": names})
        percents = _number_formats(book)
        budget = Budget()
        for ws in book.worksheets:
            if wanted is not None and ws.title != wanted:
                continue
            part = parts.get(str(getattr(ws, "_worksheet_path", "")).lstrip("/"), _Part())
            rows = _rows(path, ws, budget, percents, progress)
            if part.formulas:
                _mark_uncomputed(path, str(ws.title), rows)
            yield Page(str(ws.title), rows, tuple(sorted(n for n in part.hidden if n <= len(rows))))
    finally:
        book.close()


def _number_formats(book: Any) -> frozenset[int]:
    """Styles that write a percent sign; on the way, styles whose unit was taken for a date are numbers
    again."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    custom = list(getattr(book, "_number_formats", ()))
    percents = set()
    for style, array in enumerate(getattr(book, "_cell_styles", ())):
        number = array.numFmtId
        code = custom[number - 164] if 164 <= number < 164 + len(custom) else BUILTIN_FORMATS.get(number, "")
        plain = _QUOTED.sub("", code or "")
        if "%" in plain:
            percents.add(style)
        if re.search(r"[0#?]", _SECONDS.sub("", plain.split(";")[0])):
            for dates in ("_date_formats", "_timedelta_formats"):
                known = getattr(book, dates, None)
                if isinstance(known, set):
                    known.discard(style)
    return frozenset(percents)


def _rows(
    path: Path, ws: Any, budget: Budget, percents: frozenset[int], progress: Progress | None
) -> list[Row]:
    rows: list[Row] = []
    try:
        ws.reset_dimensions()
        for number, row in enumerate(ws.iter_rows(values_only=not percents), 1):
            cells = [_seen(cell, percents) for cell in row] if percents else row
            filled = [at for at, cell in enumerate(cells) if cell is not None]
            last = filled[-1] if filled else 0
            limit = budget.over(number, last, len(filled), len(cells))
            if limit:
                here = place(path, sheet=ws.title, row=number, column=letters(last))
                raise UmkmError("RSP116", here, {"limit": limit})
            rows.append(row_of(cells, filled))
            if progress is not None and len(rows) % 2000 == 0:
                progress(min(1.0 - budget.cells / MAX_CELLS, 0.99))
    except UmkmError:
        raise
    except Exception as fault:
        raise UmkmError(
            "RSP106", place(path, sheet=str(ws.title)), {"why": fault.__class__.__name__}
        ) from None
    while rows and not rows[-1]:
        rows.pop()
    return rows


class Budget:
    """What may still be read of a workbook: filled cells, and places walked through to find them."""

    def __init__(self) -> None:
        self.cells = MAX_CELLS
        self.places = 10 * MAX_CELLS

    def over(self, row: int, column: int, filled: int, places: int) -> int | None:
        """The limit that a row breaks, or None."""
        self.cells -= filled + 1
        self.places -= places
        if row > MAX_ROWS:
            return MAX_ROWS
        if column >= MAX_COLUMNS:
            return MAX_COLUMNS
        return MAX_CELLS if self.cells < 0 or self.places < 0 else None


def _seen(cell: Any, percents: frozenset[int]) -> Any:
    """The value of a cell, a number under a percent format as the number that is seen."""
    value = cell.value
    if getattr(cell, "_style_id", None) in percents and isinstance(value, (int, float)):
        return value if isinstance(value, bool) else Percent(round(value * 100, 10))
    return value


def _scan(path: Path) -> dict[str, _Part]:
    """Part name → whether it holds formulas, and its hidden rows."""
    found: dict[str, _Part] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with archive.open(name) as stream:
                        found[name] = _scan_part(stream)
    except Exception as fault:  # zlib.error and whatever else a damaged member raises
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    return found


def _scan_part(stream: Any) -> _Part:
    formulas, hidden, tail = False, set(), b""
    while chunk := stream.read(1 << 20):
        text = tail + chunk
        formulas = formulas or bool(_FORMULA.search(text))
        if b"hidden=" in text:
            for row in _HIDDEN.findall(text):
                number = _NUMBER.search(row)
                if number:
                    hidden.add(int(number[1]))
        tail = chunk[-300:]
    return _Part(formulas, frozenset(hidden))


def _mark_uncomputed(path: Path, title: str, rows: list[Row]) -> None:
    """Put ``Uncomputed`` where the file holds a formula but no stored result."""
    import openpyxl

    try:
        with _stream(path) as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            ws = book[title]
            ws.reset_dimensions()
            for number, row in enumerate(ws.iter_rows(values_only=True)):
                for column, value in enumerate(row):
                    text = value if isinstance(value, str) else getattr(value, "text", None)
                    if isinstance(text, str) and text.startswith("="):
                        put(rows, number, column, Uncomputed(text[:60]))
            book.close()
    except Exception as fault:
        raise UmkmError("RSP106", place(path, sheet=title), {"why": fault.__class__.__name__}) from None
