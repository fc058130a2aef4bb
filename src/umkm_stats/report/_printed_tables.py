"""Rows of a published table from csv, xlsx or docx, every cell as the text a reader sees."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError, UsageError

MAX_BYTES = 20_000_000
MAX_PARTS = 200_000_000
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".docx")


def printed_rows(path: str | Path, *, sheet: str | None = None, table: int = 1) -> list[dict[str, str]]:
    r"""The rows of a table in a workbook, csv or Word file, cells as printed text.

    The first row that is not empty holds the headings; one that stands twice gets " (2)" the second time.
    Numbers of a workbook are written with the decimals its cell format shows.

    Parameters
    ----------
    path : str or Path
        The file.
    sheet : str, optional
        Sheet of a workbook; None takes the first.
    table : int, default 1
        Number of the table in a Word file, from 1.

    Returns
    -------
    list[dict[str, str]]
        One dict a row, heading to text.

    Raises
    ------
    UmkmError
        RPT110: it cannot be read; RPT111: no such sheet or table, or no rows.
    UsageError
        RPT112: ``sheet`` given and it is no workbook, or ``table`` other than 1 and it is no Word file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.report import printed_rows
    >>> _ = Path("table.csv").write_text("path,a,b\nPI - OI - NP,.48,.50\n", encoding="utf-8")
    >>> printed_rows("table.csv")
    [{'path': 'PI - OI - NP', 'a': '.48', 'b': '.50'}]
    """
    file = Path(path)
    if not file.is_file() or file.suffix.lower() not in SUFFIXES or file.stat().st_size > MAX_BYTES:
        raise UmkmError("RPT110", Place(file=file.name), {"expected": [suffix[1:] for suffix in SUFFIXES]})
    kind = file.suffix.lower()
    if sheet is not None and kind not in (".xlsx", ".xlsm"):
        raise UsageError(
            "RPT112", Place(file=file.name), {"option": "--sheet", "received": sheet, "kind": kind[1:]}
        )
    if table != 1 and kind != ".docx":
        raise UsageError(
            "RPT112", Place(file=file.name), {"option": "--table", "received": table, "kind": kind[1:]}
        )
    try:
        if kind == ".docx":
            lines = _word(file, table)
        elif kind in (".xlsx", ".xlsm"):
            lines = _workbook(file, sheet)
        else:
            lines = _text(file)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, csv.Error) as problem:
        raise UmkmError(
            "RPT110", Place(file=file.name), {"expected": [suffix[1:] for suffix in SUFFIXES]}
        ) from problem
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    if len(filled) < 2:
        raise UmkmError("RPT111", Place(file=file.name, sheet=sheet), {"table": table})
    heads: list[str] = []
    for position, cell in enumerate(filled[0], start=1):
        name = " ".join(cell.split()) or f"column {position}"
        count = sum(1 for head in heads if head == name or head.startswith(f"{name} ("))
        heads.append(name if not count else f"{name} ({count + 1})")
    return [dict(zip(heads, [*line, *[""] * len(heads)], strict=False)) for line in filled[1:]]


def printed_text(path: str | Path) -> list[str]:
    r"""The paragraphs of a text (txt, md) or Word file (docx).

    Those of tables, notes and content controls are included; deleted text is left out.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    list[str]
        Paragraphs.

    Raises
    ------
    UmkmError
        RPT110: it cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.report import printed_text
    >>> _ = Path("paper.txt").write_text("Brand trust differed, t(97) = 5.15, p < .001.\n", encoding="utf-8")
    >>> printed_text("paper.txt")
    ['Brand trust differed, t(97) = 5.15, p < .001.']
    """
    file = Path(path)
    fault = UmkmError("RPT110", Place(file=file.name), {"expected": ["txt", "md", "docx"]})
    if (
        not file.is_file()
        or file.suffix.lower() not in (".txt", ".md", ".docx")
        or file.stat().st_size > MAX_BYTES
    ):
        raise fault
    try:
        if file.suffix.lower() == ".docx":
            return _paragraphs(file)
        from umkm_stats.responses._delimited import decode

        return decode(file.read_bytes())[0].splitlines()
    except (OSError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as problem:
        raise fault from problem


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTS = (f"{_W}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
_MARKS = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}noBreakHyphen": "-"}


def _paragraphs(file: Path) -> list[str]:
    """Text of every ``w:p`` of body, footnotes and endnotes, in order, whatever stands around it."""
    from xml.etree import ElementTree

    _guarded(file)
    out = []
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        if "word/document.xml" not in names:
            raise ValueError("no document")
        for part in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
            if part not in names:
                continue
            for paragraph in ElementTree.fromstring(archive.read(part)).iter(f"{_W}p"):
                out.append("".join(_pieces(paragraph)))
    return out


def _pieces(node: Any) -> Iterator[str]:
    """Text below a node in order, formulas included; a paragraph inside (a text box) speaks for itself."""
    for child in node:
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif child.tag != f"{_W}p":
            yield from _pieces(child)


def _text(file: Path) -> list[list[str]]:
    from umkm_stats.responses._delimited import decode, delimiter_of

    text = decode(file.read_bytes())[0]
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter_of(text))]


def _guarded(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_PARTS:
            raise ValueError("too large")
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(2048):
                        raise ValueError("document type")


def _workbook(file: Path, sheet: str | None) -> list[list[str]]:
    from openpyxl import load_workbook

    _guarded(file)
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UmkmError("RPT111", Place(file=file.name, sheet=sheet), {"table": 1})
        page: Any = book[sheet] if sheet is not None else book.worksheets[0]
        return [[_shown(cell) for cell in row] for row in page.iter_rows()]
    finally:
        book.close()


def _shown(cell: Any) -> str:
    """A number with the decimals of its format, anything else as text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    form = str(getattr(cell, "number_format", "General") or "General").split(";")[0]
    found = re.search(r"[0#](?:\.(0+))?(%?)", re.sub(r'"[^"]*"|\[[^\]]*\]', "", form))
    if form == "General" or found is None:
        return repr(value) if isinstance(value, float) else str(value)
    decimals = len(found.group(1) or "")
    return f"{value * 100:.{decimals}f}" if found.group(2) else f"{value:.{decimals}f}"


def _word(file: Path, number: int) -> list[list[str]]:
    from docx import Document as open_document

    _guarded(file)
    tables = open_document(str(file)).tables
    if not 1 <= number <= len(tables):
        raise UmkmError("RPT111", Place(file=file.name), {"table": number})
    return [[cell.text for cell in row.cells] for row in tables[number - 1].rows]
