"""``report.docx``: real styles, captions with fields, cross-references, wide tables on landscape pages.

A user's template is honoured: its styles and page setup are kept, its body text is replaced.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from umkm_stats.errors import Place, UmkmError
from umkm_stats.report._docx_cells import last_section, remember_styles
from umkm_stats.report._docx_table import add_table, pieces, too_wide
from umkm_stats.report._inline import plain, runs
from umkm_stats.report._spec import Block, Document, Failure, Figure, Paragraph, Table
from umkm_stats.report._timeless import timeless
from umkm_stats.report._voice import Voice

_FONT = {"skripsi": ("Times New Roman", 12), "apa": ("Times New Roman", 12)}
PARAGRAPHS = {
    "normal": "Normal",
    "note": "Umkm Note",
    "warning": "Umkm Warning",
    "code": "Umkm Code",
    "open": "Umkm Open",
    "formula": "Umkm Formula",
}
_EPOCH = dt.datetime(2026, 1, 1)
_REFERENCE = re.compile(r"\{\{(\w+)\}\}")


def write_docx(document: Document, voice: Voice, path: Path, *, template: Path | None = None) -> Path:
    """Write the report to ``path``.

    Raises ``UmkmError`` RPT101 when the template cannot be opened as a Word document.
    """
    word = _open(template, voice)
    _styles(word, voice, keep=template is not None)
    remember_styles(word)
    thesis = any(section.chapter for section in document.sections)
    _front(word, document, voice, thesis=thesis)
    names = {table.key: document.mark(table) for table in document.tables}
    names |= {figure.key: document.mark(figure) for figure in document.figures}
    upright = word.sections[0]
    room = int(upright.page_width or 0) - int(upright.left_margin or 0) - int(upright.right_margin or 0)
    wide = {table.key for table in document.tables if not thesis and too_wide(table, voice, room)}
    for number, section in enumerate(document.sections):
        if thesis and section.level == 1 and number:
            fresh = word.add_section(WD_SECTION.NEW_PAGE)  # its first page bears its number below
            fresh.different_first_page_header_footer = True
        _turn(
            word,
            WD_ORIENT.LANDSCAPE
            if section.blocks and _is_wide(section.blocks[0], wide)
            else WD_ORIENT.PORTRAIT,
        )
        word.add_paragraph(plain(section.title), style=f"Heading {min(section.level, 3)}")
        for place, block in enumerate(section.blocks):
            if isinstance(block, Table) or not _between_wide(section.blocks, place, wide):
                _turn(word, WD_ORIENT.LANDSCAPE if _is_wide(block, wide) else WD_ORIENT.PORTRAIT)
            if isinstance(block, Table) and thesis:
                _whole_table(word, block, document, voice)
            elif isinstance(block, Table):
                _table(word, block, document, voice)
            elif isinstance(block, Figure):
                _figure(word, block, document, voice)
            elif isinstance(block, Failure):
                _styled(word, f"{block.title}. {document.words['failed']} {block.reason}", "Umkm Warning")
            else:
                _paragraph(word, block, names, justified=thesis)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = plain(document.title), "", "umkm-stats"
    properties.created = properties.modified = _EPOCH
    properties.language = document.lang
    stream = io.BytesIO()
    word.save(stream)
    path.write_bytes(timeless(stream.getvalue()))
    return path


def _is_wide(block: Block, wide: set[str]) -> bool:
    return isinstance(block, Table) and block.key in wide


def _between_wide(blocks: tuple[Block, ...], place: int, wide: set[str]) -> bool:
    """A note between two wide tables stays on their page."""
    return (
        0 < place < len(blocks) - 1
        and _is_wide(blocks[place - 1], wide)
        and _is_wide(blocks[place + 1], wide)
    )


def _open(template: Path | None, voice: Voice) -> WordDocument:
    if template is None:
        word = docx.Document()
        section = word.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        left, other = (4.0, 3.0) if voice.style == "skripsi" else (2.54, 2.54)
        section.left_margin, section.top_margin = Cm(left), Cm(left if voice.style == "skripsi" else other)
        section.right_margin, section.bottom_margin = Cm(other), Cm(other)
        return word
    try:
        word = docx.Document(str(template))
    except Exception as error:
        raise UmkmError("RPT101", Place(file=Path(template).name)) from error
    body = word.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return word


def _styles(word: WordDocument, voice: Voice, *, keep: bool) -> None:
    family, size = _FONT[voice.style]
    points: float
    styles = word.styles
    if not keep:
        normal: Any = styles["Normal"]
        _font(normal, family, size)
        normal.paragraph_format.space_after = Pt(6)
        normal.paragraph_format.line_spacing = 1.5
        thesis = voice.style == "skripsi"
        for level, points in ((1, 12 if thesis else 14), (2, 12), (3, 12)):
            heading: Any = styles[f"Heading {level}"]
            _font(heading, family, points)
            heading.font.bold, heading.font.italic = True, level == 3 and not thesis
            if thesis and level == 1:
                heading.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            heading.font.color.rgb = RGBColor(0, 0, 0)
            heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(14), Pt(6)
            heading.paragraph_format.keep_with_next = True
        title: Any = styles["Title"]
        _font(title, family, 18)
        title.font.color.rgb = RGBColor(0, 0, 0)
        for border in title.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    if "Caption" not in [style.name for style in styles]:
        styles.add_style("Caption", WD_STYLE_TYPE.PARAGRAPH)
    caption: Any = styles["Caption"]
    if not keep:
        _font(caption, family, 11)
        caption.font.bold, caption.font.italic = True, False
        caption.font.color.rgb = RGBColor(0, 0, 0)
        caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(12), Pt(2)
        caption.paragraph_format.line_spacing = 1.0
        caption.paragraph_format.keep_with_next = True
    for name, points, italic, colour in (
        ("Umkm Table Title", 11, voice.style == "apa", None),
        ("Umkm Table Text", 10 if voice.style == "skripsi" else 9.5, False, None),
        ("Umkm Table Note", 9.5, False, None),
        ("Umkm Figure", 11, False, None),
        ("Umkm Note", 11, False, None if voice.style == "skripsi" else "1F3864"),
        ("Umkm Open", 12, False, None),
        ("Umkm Formula", 12, False, None),
        ("Umkm Continued", 11, False, None),
        ("Umkm Warning", 11, False, "7F3F00"),
        ("Umkm Code", 8.5, False, None),
    ):
        if name in [style.name for style in styles]:
            continue
        style: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.font.size, style.font.italic = Pt(points), italic
        if name == "Umkm Code":
            style.font.name = "Courier New"
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.line_spacing = 1.0
        style.paragraph_format.space_after = Pt(
            1 if name == "Umkm Table Text" else 2 if "Table" in name else 6
        )
        style.paragraph_format.keep_with_next = name in ("Umkm Table Title", "Umkm Figure", "Umkm Continued")
        if name == "Umkm Open":
            _shade(style)
            style.paragraph_format.line_spacing = 1.5


def _shade(style: Any) -> None:
    """A pale ground: a place that the author still has to fill is seen at once."""
    mark = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF2CC")):
        mark.set(qn(f"w:{key}"), value)
    style.element.get_or_add_rPr().append(mark)


def _font(style: Any, family: str, size: float) -> None:
    style.font.name, style.font.size = family, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for side in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(side), family)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def _front(word: WordDocument, document: Document, voice: Voice, *, thesis: bool = False) -> None:
    """Title and facts of the run; a chapter of a thesis begins with its own heading."""
    if not thesis:
        word.add_paragraph(plain(document.title), style="Title")
        _styled(word, document.subtitle, "Normal")
    if document.banner:
        _styled(word, document.banner, "Umkm Warning")
    section = word.sections[0]
    if document.banner:
        header = section.header.paragraphs[0]
        header.text = document.banner
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in header.runs:
            run.font.size, run.font.bold, run.font.color.rgb = Pt(9), True, RGBColor(0x7A, 0x1F, 0x1F)
    if voice.style == "skripsi":  # bottom centre on the first page, then top right
        section.different_first_page_header_footer = True
        first = section.first_page_footer.paragraphs[0]
        first.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(first, "PAGE", "1")
        top = section.header.paragraphs[0] if not document.banner else section.header.add_paragraph()
        top.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _field(top, "PAGE", "2")
        return
    footer = section.footer.paragraphs[0]
    if not footer.text:
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(footer, "PAGE", "1")


def _styled(word: WordDocument, text: str, style: str) -> Any:
    paragraph = word.add_paragraph(style=style)
    for piece, italic in runs(text):
        paragraph.add_run(piece).italic = True if italic else None
    return paragraph


def _paragraph(
    word: WordDocument, block: Paragraph, names: dict[str, str], *, justified: bool = False
) -> None:
    style = PARAGRAPHS[block.kind]
    if block.kind == "code":
        paragraph = word.add_paragraph(style=style)
        for position, line in enumerate(block.text.split("\n")):
            run = paragraph.add_run(line)
            if position < block.text.count("\n"):
                run.add_break()
        return
    paragraph = word.add_paragraph(style=style)
    if block.kind == "formula":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif justified:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if block.kind in ("normal", "open"):
            paragraph.paragraph_format.first_line_indent = Cm(1.25)
    for piece, italic in runs(block.text):
        last = 0
        for found in re.finditer(
            "|".join(re.escape(name) + r"(?!\d)" for name in sorted(names.values(), key=len, reverse=True))
            or r"(?!)",
            piece,
        ):
            paragraph.add_run(piece[last : found.start()]).italic = True if italic else None
            key = next(key for key, name in names.items() if name == found.group())
            shown = found.group().replace(" ", "\N{NO-BREAK SPACE}")
            _field(paragraph, f"REF {_bookmark(key)} \\h", shown)
            last = found.end()
        paragraph.add_run(piece[last:]).italic = True if italic else None


def _bookmark(key: str) -> str:
    return "_Ref" + re.sub(r"\W", "", key)[:34]


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A Word field with its last result, so that it reads right before it is updated."""
    steps = (("begin", None), (None, instruction), ("separate", None), ("shown", shown), ("end", None))
    for kind, text in steps:
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind == "shown":
            run.text = text
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {text} "
            run._r.append(code)


def _caption(word: WordDocument, block: Table | Figure, document: Document, voice: Voice) -> None:
    kind = "table" if isinstance(block, Table) else "figure"
    paragraph = word.add_paragraph(style="Caption")
    number = 1 + document.captions.index(block.key)
    start = OxmlElement("w:bookmarkStart")
    start.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _bookmark(block.key))
    paragraph._p.append(start)
    chapter = f"{block.chapter}." if block.chapter else document.words.get("chapter", "")
    counter = f"{document.words[kind]}_{block.chapter}" if block.chapter else document.words[kind]
    paragraph.add_run(f"{document.words[kind]} {chapter}")
    _field(paragraph, f"SEQ {counter} \\* ARABIC", str(block.number))
    end = OxmlElement("w:bookmarkEnd")
    end.set(qn("w:id"), str(number))
    paragraph._p.append(end)
    if voice.style == "skripsi":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(" ")
        for piece, italic in runs(block.title):
            paragraph.add_run(piece).italic = True if italic else None
        if isinstance(block, Figure):
            paragraph.paragraph_format.keep_with_next = bool(block.notes or block.source)
        return
    title = word.add_paragraph(style="Umkm Table Title")
    for piece, italic in runs(block.title):
        title.add_run(piece).italic = False if italic else None
    if kind == "figure":
        title.paragraph_format.keep_with_next = True


def _turn(word: WordDocument, orientation: Any) -> None:
    section = last_section(word)
    if section.orientation == orientation:
        return
    fresh = word.add_section(WD_SECTION.NEW_PAGE)
    fresh.orientation = orientation
    fresh.page_width, fresh.page_height = section.page_height, section.page_width
    fresh.left_margin = fresh.right_margin = Cm(2.5)
    fresh.top_margin, fresh.bottom_margin = Cm(3.0), Cm(2.0)
    if orientation == WD_ORIENT.PORTRAIT:
        first = word.sections[0]
        fresh.left_margin, fresh.top_margin = first.left_margin, first.top_margin
        fresh.right_margin, fresh.bottom_margin = first.right_margin, first.bottom_margin


def _table(word: WordDocument, table: Table, document: Document, voice: Voice) -> None:
    _caption(word, table, document, voice)
    section = last_section(word)
    width = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    add_table(word, table, voice, width)
    _notes(word, table)


def _whole_table(word: WordDocument, table: Table, document: Document, voice: Voice) -> None:
    """A table of a thesis: never cut by the end of a page; one that needs more goes on under "Lanjutan"."""
    _caption(word, table, document, voice)
    section = last_section(word)
    width = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    for place, piece in enumerate(pieces(table, voice, width)):
        if place:
            paragraph = word.add_paragraph(
                f"{document.words['continued']} {document.mark(table)}", "Umkm Continued"
            )
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.page_break_before = True
        add_table(word, piece, voice, width, part_of=table)
    _notes(word, table)


def _figure(word: WordDocument, figure: Figure, document: Document, voice: Voice) -> None:
    if voice.style == "apa":
        _caption(word, figure, document, voice)
    holder = word.add_paragraph(style="Umkm Figure")
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if voice.style == "apa" and not figure.notes and not figure.source:
        holder.paragraph_format.keep_with_next = (
            False  # else two figures in a row would be one unbreakable block
        )
    section = last_section(word)
    room = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    picture = holder.add_run().add_picture(
        io.BytesIO(figure.files["png"]), width=min(int(Cm(figure.width_cm)), room)
    )
    described = picture._inline.docPr
    described.set("descr", figure.alt)
    described.set("title", plain(figure.title))
    if voice.style == "skripsi":
        _caption(word, figure, document, voice)
    _notes(word, figure)


def _notes(word: WordDocument, block: Table | Figure) -> None:
    """Notes and source under a table or picture, set apart from the text that follows."""
    for note in (*block.notes, *((block.source,) if block.source else ())):
        last = _styled(word, note, "Umkm Table Note")
        last.paragraph_format.keep_with_next = True
    if block.notes or block.source:
        last.paragraph_format.space_after = Pt(10)
        last.paragraph_format.keep_with_next = False
