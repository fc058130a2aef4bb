"""The XML of a Word table, written as text and read in once: several times faster than cell by cell through
python-docx, which searches for the place of every element it adds.

WordprocessingML as in ECMA-376 part 1, 17.4; the order of elements is the schema's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section

from umkm_stats.report._inline import runs

_TWIP = 635  # EMU
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BREAKS = re.compile("([\t\n\r])")
_MARGINS = "".join(f'<w:{side} w:w="58" w:type="dxa"/>' for side in ("left", "right"))  # 0.04 inch
_LOOK = (
    '<w:tblLook w:firstColumn="1" w:firstRow="1" w:lastColumn="0" w:lastRow="0" w:noHBand="0" w:noVBand="1" '
    'w:val="04A0"/>'
)


@dataclass(slots=True)
class Cell:
    """Text of a cell and how it stands: over ``span`` columns, ``merge`` with the row above or below
    ("restart", "continue"), ``top`` and ``bottom`` rules in eighths of a point, ``keep`` with the next row;
    ``literal``: stars are stars."""

    text: str = ""
    span: int = 1
    merge: str = ""
    bold: bool = False
    align: str = ""
    literal: bool = False
    keep: bool = False
    top: int = 0
    bottom: int = 0


def ruled(row: Iterable[Cell], *, top: int = 0, bottom: int = 0) -> None:
    """Give the cells of a row a rule."""
    for cell in row:
        cell.top, cell.bottom = top or cell.top, bottom or cell.bottom


def table_of(
    rows: Sequence[Sequence[Cell]], widths: Sequence[int], heads: int, style: str, *, centred: bool
) -> Any:
    """The element of a table. widths: of the columns, in EMU; heads: rows repeated on every page; style: id
    of the paragraphs' style. No row is cut by the end of a page."""
    parts = [
        f"<w:tbl {nsdecls('w')}><w:tblPr>",
        f'<w:tblW w:type="auto" w:w="0"/><w:jc w:val="{"center" if centred else "left"}"/>',
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>{_LOOK}</w:tblPr><w:tblGrid>',
        *(f'<w:gridCol w:w="{round(wide / _TWIP)}"/>' for wide in widths),
        "</w:tblGrid>",
    ]
    for number, row in enumerate(rows):
        parts.append("<w:tr><w:trPr><w:cantSplit/>" + "<w:tblHeader/>" * (number < heads) + "</w:trPr>")
        place = 0
        for cell in row:
            wide = sum(widths[place : place + cell.span])
            place += cell.span
            parts.append(_cell(cell, round(wide / _TWIP), style))
        parts.append("</w:tr>")
    parts.append("</w:tbl>")
    return parse_xml("".join(parts))


def put(word: WordDocument, element: Any) -> None:
    """Append an element to the body, before the properties of its last section."""
    body = word.element.body
    last = body.find(qn("w:sectPr"))
    if last is None:
        body.append(element)
    else:
        last.addprevious(element)


def last_section(word: WordDocument) -> Section:
    """The last section, without a search through the whole text for the others."""
    return Section(word.element.body.get_or_add_sectPr(), word.part)


def remember_styles(word: WordDocument) -> None:
    """Look up the style of a name once; python-docx searches all styles for every paragraph."""
    search: Any = word.part.get_style_id
    known: dict[tuple[str, Any], Any] = {}

    def get_style_id(style: Any, kind: Any) -> Any:
        if not isinstance(style, str):
            return search(style, kind)
        if (style, kind) not in known:
            known[style, kind] = search(style, kind)
        return known[style, kind]

    word.part.get_style_id = get_style_id  # type: ignore[method-assign]


def _cell(cell: Cell, twips: int, style: str) -> str:
    own = f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{twips}"/>'
    if cell.span > 1:
        own += f'<w:gridSpan w:val="{cell.span}"/>'
    if cell.merge:
        own += f'<w:vMerge w:val="{cell.merge}"/>'
    if cell.top or cell.bottom:
        rules = (("top", cell.top), ("bottom", cell.bottom))
        drawn = (
            f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
            for side, size in rules
            if size
        )
        own += f"<w:tcBorders>{''.join(drawn)}</w:tcBorders>"
    if cell.merge == "restart":
        own += '<w:vAlign w:val="bottom"/>'
    own += f'</w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>'
    if cell.keep:
        own += "<w:keepNext/>"
    if cell.align:
        own += f'<w:jc w:val="{cell.align}"/>'
    pieces = [(cell.text, False)] if cell.literal else runs(cell.text)
    return (
        own + "</w:pPr>" + "".join(_run(text, cell.bold, italic) for text, italic in pieces) + "</w:p></w:tc>"
    )


def _run(text: str, bold: bool, italic: bool) -> str:
    marks = "<w:b/>" * bold + "<w:i/>" * italic
    own = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    for piece in _BREAKS.split(_NO_XML.sub("", text)):
        if piece == "\t":
            own += "<w:tab/>"
        elif piece in ("\n", "\r"):
            own += "<w:br/>"
        elif piece:
            kept = ' xml:space="preserve"' if piece != piece.strip() else ""
            own += f"<w:t{kept}>{escape(piece)}</w:t>"
    return f"<w:r>{own}</w:r>"
