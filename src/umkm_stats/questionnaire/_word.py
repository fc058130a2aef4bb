"""Pieces of a Word document: fixed tables with real widths, repeated headings, page numbers, boxes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from umkm_stats.questionnaire import _files

ACCENT = RGBColor(0x0B, 0x5C, 0x6B)
SOFT = RGBColor(0x56, 0x61, 0x74)
FONT = "Arial"
MARGIN = 2.0
LOCALES = {"id": "id-ID", "en": "en-GB"}
CENTRE = WD_ALIGN_PARAGRAPH.CENTER


class Sheet:
    """An A4 document that knows its text width (cm)."""

    def __init__(self, *, title: str, lang: str, landscape: bool = False, size: float = 10.0) -> None:
        self.doc = Document()
        self.width = (29.7 if landscape else 21.0) - 2 * MARGIN
        section = self.doc.sections[0]
        section.page_width, section.page_height = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = Cm(MARGIN)
        section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
        section.header_distance = section.footer_distance = Cm(0.9)
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(size)
        for name in ("Normal", "Heading 2"):
            fonts = self.doc.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(qn(f"w:{script}"), FONT)
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), LOCALES.get(lang, lang))
        style.element.get_or_add_rPr().append(spoken)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.space_before = Pt(0)
        properties = self.doc.core_properties
        properties.title, properties.author, properties.comments, properties.language = (
            title,
            "",
            "",
            LOCALES.get(lang, lang),
        )

    def text(
        self,
        text: str = "",
        *,
        bold: bool = False,
        italic: bool = False,
        size: float | None = None,
        colour: RGBColor | None = None,
        align: Any = None,
        before: float = 0,
        after: float = 3,
        keep: bool = False,
        indent: float = 0.0,
        hanging: float = 0.0,
    ) -> Any:
        """A paragraph of one run."""
        paragraph = self.doc.add_paragraph()
        write(paragraph, text, bold=bold, italic=italic, size=size, colour=colour)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        paragraph.paragraph_format.keep_with_next = keep
        if indent:
            paragraph.paragraph_format.left_indent = Cm(indent)
        if hanging:
            paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = (
                Cm(hanging),
                Cm(-hanging),
            )
        if align is not None:
            paragraph.alignment = align
        return paragraph

    def heading(self, text: str) -> None:
        """A section bar that stays with what follows; a real heading, so that Word lists it."""
        paragraph = self.doc.add_paragraph(style="Heading 2")
        write(paragraph, text, bold=True, size=11, colour=RGBColor(0xFF, 0xFF, 0xFF))
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(12), Pt(5)
        paragraph.paragraph_format.keep_with_next = True
        properties = paragraph._p.get_or_add_pPr()
        properties.append(_shade("0B5C6B"))

    def table(self, widths: Sequence[float], *, borders: bool = True, header: bool = False) -> Any:
        """An empty fixed-layout table of these column widths (cm)."""
        table = self.doc.add_table(rows=0, cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        if borders:
            table.style = "Table Grid"
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        return table

    def footer(self, left: str, page: str, of: str) -> None:
        """Form number at the left, page x of y at the right."""
        paragraph = self.doc.sections[0].footer.paragraphs[0]
        paragraph.style = self.doc.styles["Normal"]  # the footer style brings tab stops of its own
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(self.width), WD_TAB_ALIGNMENT.RIGHT)
        write(paragraph, f"{left}\t{page} ", size=8, colour=SOFT)
        _field(paragraph, "PAGE")
        write(paragraph, f" {of} ", size=8, colour=SOFT)
        _field(paragraph, "NUMPAGES")

    def break_page(self) -> None:
        """A page break."""
        self.doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def save(self, target: Path) -> Path:
        """Write the document; ``target``."""
        held = io.BytesIO()
        self.doc.save(held)
        with _files.writing(target) as part:
            part.write_bytes(held.getvalue())
        return target


def write(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
    colour: RGBColor | None = None,
) -> Any:
    """A run of text at the end of a paragraph; characters that XML forbids are left out."""
    run = paragraph.add_run("".join(sign for sign in text if sign >= " " or sign in "\t\n"))
    run.bold, run.italic = bold or None, italic or None
    if size is not None:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def row(
    table: Any, widths: Sequence[float], *, header: bool = False, height: float | None = None
) -> list[Any]:
    """A new row of cells with these widths that does not break over two pages; ``header`` repeats on every
    page."""
    added = table.add_row()
    properties = added._tr.get_or_add_trPr()
    _flag(properties, "w:cantSplit")
    if header:
        _flag(properties, "w:tblHeader")
    if height is not None:
        added.height = Cm(height)
    cells = list(added.cells)
    for cell, width in zip(cells, widths, strict=True):
        cell.width = Cm(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return cells


def fill(
    cell: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
    align: Any = None,
    colour: RGBColor | None = None,
    keep: bool = False,
) -> Any:
    """Text in a cell, tight above and below."""
    paragraph = cell.paragraphs[0] if not cell.paragraphs[0].runs else cell.add_paragraph()
    write(paragraph, text, bold=bold, italic=italic, size=size, colour=colour)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = keep
    if align is not None:
        paragraph.alignment = align
    return paragraph


def shade(cell: Any, colour: str) -> None:
    """Background of a cell."""
    cell._tc.get_or_add_tcPr().append(_shade(colour))


def merge_down(cell: Any, *, first: bool) -> None:
    """Join a cell with the one above it (``first``: the one the text stands in)."""
    merge = OxmlElement("w:vMerge")
    merge.set(qn("w:val"), "restart" if first else "continue")
    cell._tc.get_or_add_tcPr().append(merge)
    if first:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP


def circle(run: Any) -> None:
    """A box around a run: the marked answer of the example."""
    border = OxmlElement("w:bdr")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", "0B5C6B")):
        border.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(border)


def _shade(colour: str) -> Any:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), colour)
    return shading


def _flag(properties: Any, name: str) -> None:
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    properties.append(flag)


def _field(paragraph: Any, name: str) -> None:
    for kind in ("begin", None, "separate", "1", "end"):
        run = write(paragraph, "1" if kind == "1" else "", size=8, colour=SOFT)
        if kind is None:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {name} "
            run._r.append(code)
        elif kind != "1":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
