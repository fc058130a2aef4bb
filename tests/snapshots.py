"""Reports as plain text that a reviewer reads: Word, web page and workbook, with their structure.

A number with a decimal mark becomes ``#.###`` (its last digit may differ between builds of the linear
algebra); whole numbers, words, order and layout stand as printed. ``compare`` holds a text against its file
in ``tests/report/snapshots`` and fails with the difference; ``pytest --snapshots`` (``make snapshots``)
writes the files anew, and their change is read in review.
"""

from __future__ import annotations

import difflib
import html.parser
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parent / "report" / "snapshots"
ROWS = 10  # of a longer table the first rows stand, and how many follow
KEPT = re.compile(
    r"(?P<kept>(?:Tabel|Gambar|Table|Figure|Lampiran|Lanjutan Tabel|Bab|Subbab|Pasal)\s+\d+(?:\.\d+)*"
    r"|10\.\d{4,}/\S+|https?://\S+)"
    r"|(?P<number>[−+-]?(?:(?<![\w.,])\.\d+|\d+(?:[.,]\d+)+))"
)
MADE = re.compile(
    r"\b(Python|umkm-stats|numpy|scipy|pandas|statsmodels|semopy|factor_analyzer|pingouin) [0-9]\S*"
)


def masked(text: str) -> str:
    """The text with the digits of every number that has a decimal mark as ``#``; its sign goes too."""

    def one(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        tail = re.search(r"[.,]\d+$", found["number"])
        assert tail
        whole = "" if found["number"].lstrip("−+-").startswith(".") else "#"
        return whole + tail[0][0] + "#" * (len(tail[0]) - 1)

    return KEPT.sub(one, MADE.sub(r"\1 #", " ".join(text.split())))


def _heading(text: str) -> str:
    """A heading keeps its own number."""
    own = re.match(r"((?:[A-Z]\.|\d+(?:\.\d+)*)\s+)(?=\D)", text)
    return (own[1] if own else "") + masked(text[own.end() if own else 0 :])


def _rows(cells: list[list[str]]) -> Iterator[str]:
    for row in cells[:ROWS]:
        yield "| " + " | ".join(masked(cell) for cell in row) + " |"
    if len(cells) > ROWS:
        yield f"| … {len(cells) - ROWS} more rows |"


def word_text(path: Path) -> str:
    """A Word file: page layout, then every paragraph with its style, every table, every picture's words."""
    document: Document = docx.Document(str(path))
    out = []
    for section in document.sections:
        edges = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        size = f"{section.page_width.cm:.1f} x {section.page_height.cm:.1f} cm" if section.page_width else ""
        out.append(f"[page {size}, margins {' '.join(f'{edge.cm:.1f}' for edge in edges if edge)}]")
    for block in document.element.body.iterchildren():
        if block.tag == qn("w:tbl"):
            table = Table(block, document)
            cells = []
            for row in table.rows:
                seen, texts = set(), []
                for cell in row.cells:  # a merged cell stands once
                    if id(cell._tc) not in seen:
                        seen.add(id(cell._tc))
                        texts.append(cell.text)
                cells.append(texts)
            out += [*_rows(cells), ""]
        elif block.tag == qn("w:p"):
            paragraph = Paragraph(block, document)
            style = paragraph.style.name if paragraph.style else ""
            said = _heading(paragraph.text) if "Heading" in style else masked(paragraph.text)
            pictures = [
                f"[picture: {masked(str(found.get('descr')))}]" for found in block.iter(qn("wp:docPr"))
            ]
            if said or pictures:
                out += [f"{{{style}}} {' '.join([said, *pictures]).strip()}"]
    return "\n".join(out).rstrip() + "\n"


class _Page(html.parser.HTMLParser):
    """Headings, paragraphs, list entries, captions and tables of a page, in their order."""

    BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "figcaption", "caption", "summary", "button", "title", "div")

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self.words: list[str] = []
        self.cells: list[list[str]] = []
        self.open: list[str] = []
        self.skipped = 0

    def flush(self) -> None:
        said = " ".join("".join(self.words).split())
        self.words = []
        name = next((tag for tag in reversed(self.open) if tag in self.BLOCKS), "")
        if said:
            self.out.append(f"<{name}> {_heading(said) if name[:1] == 'h' else masked(said)}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style", "svg"):
            self.skipped += 1
        elif tag == "html":
            self.out.append(f"[page in {given.get('lang')}]")
        elif tag == "img":
            self.flush()
            self.out.append(f"[picture: {masked(given.get('alt') or '')}]")
        elif tag == "table":
            self.flush()
            self.cells = []
            self.open.append(tag)
        elif tag == "tr":
            self.cells.append([])
        elif tag in ("td", "th"):
            self.cells[-1].append("")
            self.open.append(tag)
        elif tag in self.BLOCKS:
            self.flush()
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg"):
            self.skipped -= 1
        elif tag == "table":
            self.open.pop()
            self.out += [*_rows(self.cells), ""]
        elif tag in ("td", "th"):
            self.open.pop()
        elif tag in self.BLOCKS and tag in self.open:
            self.flush()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1][-1] += data
        else:
            self.words.append(data)


def page_text(path: Path) -> str:
    """A web page: every heading, paragraph, table and picture's words under its tag."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.flush()
    return "\n".join(page.out).rstrip() + "\n"


def book_text(path: Path) -> str:
    """A workbook: sheets, frozen panes, cells; a number as its format, a whole number as it is."""
    out = []
    for sheet in openpyxl.load_workbook(path).worksheets:
        out.append(f"== {sheet.title} ({sheet.freeze_panes or 'nothing frozen'})")
        cells = []
        for row in sheet.iter_rows():
            texts = []
            for cell in row:
                value = cell.value
                if isinstance(value, float):
                    texts.append(f"#{cell.number_format}")
                else:
                    texts.append("" if value is None else masked(str(value)))
            while texts and not texts[-1]:
                texts.pop()
            cells.append(texts)
        out += [*_rows([row for row in cells if row]), ""]
    return "\n".join(out).rstrip() + "\n"


READERS = {"docx": word_text, "html": page_text, "xlsx": book_text}


def compare(name: str, found: str, *, renew: bool) -> None:
    """Hold ``found`` against the file ``name``; with ``renew`` write the file instead."""
    path = FOLDER / f"{name}.txt"
    if renew:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8", newline="\n")
        return
    wanted = path.read_text(encoding="utf-8") if path.is_file() else ""
    if found != wanted:
        lines = difflib.unified_diff(
            wanted.splitlines(),
            found.splitlines(),
            f"{path.name} (reviewed)",
            f"{path.name} (now)",
            "",
            "",
            1,
            "",
        )
        pytest.fail(
            "\n".join(
                [
                    "The report reads differently. When that is meant: make snapshots, and read the change.",
                    *lines,
                ]
            ),
            pytrace=False,
        )
