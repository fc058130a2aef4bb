"""A report is data: frozen parts with no layout in them. The writers (html, docx, xlsx, tex, csv) read only
these.

Text may hold ``*foreign term*`` for italics; everything else in it is literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Form = Literal["text", "integer", "estimate", "mean", "percent", "p", "index"]
Cell = str | int | float | None

DECIMALS: Mapping[str, int] = {"integer": 0, "estimate": 3, "mean": 2, "percent": 1, "p": 3, "index": 3}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, heading, how its numbers are written, and whether they cannot exceed 1 in size."""

    key: str
    head: str
    form: Form = "text"
    bounded: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Spanner:
    """A heading over several neighbouring columns, by key."""

    head: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: rows of true values (None where a number is unavailable, with the reason in ``notes``).

    ``groups`` puts a heading before row i: ``((0, "Product innovation"), (9, "Open innovation"))``.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    spanners: tuple[Spanner, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    number: int = 0
    chapter: str = ""

    def __post_init__(self) -> None:
        width = len(self.columns)
        bad = [position for position, row in enumerate(self.rows) if len(row) != width]
        if bad:
            raise ValueError(f"table {self.key}: rows {bad} do not have {width} cells")

    def numbered(self, number: int, chapter: str = "") -> Table:
        """The table with its number in the document (in its chapter, where there are several)."""
        return replace(self, number=number, chapter=chapter)

    @property
    def landscape(self) -> bool:
        """Too wide for an upright page."""
        width = sum(
            {"text": 1.6}.get(column.form, 1.0) + (2.4 if column.wide else 0.0) for column in self.columns
        )
        return width > 15.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture already drawn: ``files`` maps a suffix (png, svg) to its bytes; ``alt`` says what it
    shows."""

    key: str
    title: str
    alt: str
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    source: str = ""
    number: int = 0
    width_cm: float = 15.0
    chapter: str = ""

    def numbered(self, number: int, chapter: str = "") -> Figure:
        """The figure with its number in the document (in its chapter, where there are several)."""
        return replace(self, number=number, chapter=chapter)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``kind`` warning and note are set apart from it, code keeps its lines, open is a place
    that the author has to fill, formula stands alone."""

    text: str
    kind: Literal["normal", "note", "warning", "code", "open", "formula"] = "normal"


@dataclass(frozen=True, slots=True)
class Failure:
    """A table or figure that could not be made: it keeps its place in the report and says why."""

    key: str
    title: str
    reason: str


Block = Paragraph | Table | Figure | Failure


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; ``chapter``: "3", "4", "L" where numbers begin anew, else ""."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. ``banner`` stands on every page when it is not empty (simulated data)."""

    title: str
    subtitle: str
    lang: str
    sections: tuple[Section, ...]
    banner: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def mark(self, block: Table | Figure) -> str:
        """``Table 3``, ``Tabel 4.3``: what the text calls it."""
        word = self.words["table"] if isinstance(block, Table) else self.words["figure"]
        chapter = f"{block.chapter}." if block.chapter else self.words.get("chapter", "")
        return f"{word} {chapter}{block.number}"

    def label(self, block: Table | Figure) -> str:
        """Mark and title in one line."""
        return f"{self.mark(block)}. {block.title}"

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table in order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Table)
        )

    @property
    def captions(self) -> tuple[str, ...]:
        """The key of everything that has a caption: tables, then figures."""
        return (*(table.key for table in self.tables), *(figure.key for figure in self.figures))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Figure)
        )


def numbered(document: Document) -> Document:
    """The document with its tables and figures numbered in order, from 1 in every chapter."""
    counts: dict[tuple[str, str], int] = {}

    def one(block: Block, chapter: str) -> Block:
        if not isinstance(block, (Table, Figure)):
            return block
        place = (type(block).__name__, chapter)
        counts[place] = counts.get(place, 0) + 1
        return block.numbered(counts[place], chapter)

    sections = [
        replace(section, blocks=tuple(one(block, section.chapter) for block in section.blocks))
        for section in document.sections
    ]
    return replace(document, sections=tuple(sections))
