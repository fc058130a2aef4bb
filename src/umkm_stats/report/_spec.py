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
    """One column of a table.

    Attributes
    ----------
    key : str
        Its machine name.
    head : str
        Its heading.
    form : Form
        How its numbers are written: "text", "integer", "estimate" (3 decimals), "mean" (2), "percent" (1),
        "p" (3) or "index" (3).
    bounded : bool
        Whether its numbers cannot exceed 1 in size, so that a style may leave out the leading zero.
    wide : bool
        Whether it holds long text.

    Examples
    --------
    >>> from umkm_stats.report import Column
    >>> Column("alpha", "α", "estimate", bounded=True).head
    'α'
    """

    key: str
    head: str
    form: Form = "text"
    bounded: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Spanner:
    """A heading over several neighbouring columns.

    Attributes
    ----------
    head : str
        The heading.
    columns : tuple[str, ...]
        Keys of the columns.

    Examples
    --------
    >>> from umkm_stats.report import Spanner
    >>> Spanner("95% interval", ("ci_low", "ci_high")).columns
    ('ci_low', 'ci_high')
    """

    head: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of true values.

    Attributes
    ----------
    key : str
        Its machine name.
    title : str
        Its title.
    columns : tuple[Column, ...]
        Its columns.
    rows : tuple[tuple[Cell, ...], ...]
        One tuple a row, one cell a column; None where a number is unavailable, with the reason in ``notes``.
    spanners : tuple[Spanner, ...]
        Headings over several columns.
    groups : tuple[tuple[int, str], ...]
        Row (from 0) and the heading that stands before it.
    notes : tuple[str, ...]
        Notes below it.
    source : str
        Where its numbers come from.
    number : int
        Its number in the document, 0 without one.
    chapter : str
        Chapter in whose numbering it stands, or "".

    Examples
    --------
    >>> from umkm_stats import report
    >>> report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),)).rows
    ((60,),)
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
        """The table with its number in the document.

        Parameters
        ----------
        number : int
            The number.
        chapter : str, default ""
            Chapter in whose numbering it stands, or "".

        Returns
        -------
        Table
            A new table.

        Examples
        --------
        >>> from umkm_stats import report
        >>> table = report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),))
        >>> table.numbered(3).number
        3
        """
        return replace(self, number=number, chapter=chapter)

    @property
    def landscape(self) -> bool:
        """Whether it is too wide for an upright page.

        Examples
        --------
        >>> from umkm_stats import report
        >>> report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),)).landscape
        False
        """
        width = sum(
            {"text": 1.6}.get(column.form, 1.0) + (2.4 if column.wide else 0.0) for column in self.columns
        )
        return width > 15.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture already drawn.

    Attributes
    ----------
    key : str
        Its machine name.
    title : str
        Its title.
    alt : str
        What it shows, for who cannot see it.
    files : Mapping[str, bytes]
        Suffix ("png", "svg") to the bytes of the file.
    notes : tuple[str, ...]
        Notes below it.
    source : str
        Where its numbers come from.
    number : int
        Its number in the document, 0 without one.
    width_cm : float
        Width on a page, in centimetres.
    chapter : str
        Chapter in whose numbering it stands, or "".

    Examples
    --------
    >>> from umkm_stats.report import Figure
    >>> Figure("f", "Answers", "Bars of the answers", {"png": b""}).width_cm
    15.0
    """

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
        """The figure with its number in the document.

        Parameters
        ----------
        number : int
            The number.
        chapter : str, default ""
            Chapter in whose numbering it stands, or "".

        Returns
        -------
        Figure
            A new figure.

        Examples
        --------
        >>> from umkm_stats.report import Figure
        >>> Figure("f", "Answers", "Bars of the answers", {"png": b""}).numbered(2, "4").number
        2
        """
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
    """A heading and what stands under it.

    Attributes
    ----------
    key : str
        Its machine name.
    title : str
        The heading.
    blocks : tuple[Block, ...]
        Paragraphs, tables, figures and failures in order.
    level : int
        Level of the heading, from 1.
    chapter : str
        "3", "4" or "L" where numbers begin anew, else "".

    Examples
    --------
    >>> from umkm_stats.report import Section
    >>> Section("sample", "Sample", ()).level
    1
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report as data.

    Attributes
    ----------
    title : str
        Its title.
    subtitle : str
        What stands below it.
    lang : str
        Its language: "id" or "en".
    sections : tuple[Section, ...]
        Its sections in order.
    banner : str
        What stands on every page when it is not empty (simulated data).
    words : Mapping[str, str]
        Words of the style, by key: what tables and figures are called.

    Examples
    --------
    >>> from umkm_stats.report import Document, Section
    >>> Document("A study", "", "en", (Section("s", "Sample", ()),)).sections[0].title
    'Sample'
    """

    title: str
    subtitle: str
    lang: str
    sections: tuple[Section, ...]
    banner: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def mark(self, block: Table | Figure) -> str:
        """What the text calls a table or figure: ``Table 3``, ``Tabel 4.3``.

        Parameters
        ----------
        block : Table or Figure
            A table or figure of this document.

        Returns
        -------
        str
            Word and number.

        Examples
        --------
        >>> from umkm_stats import report
        >>> table = report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),), number=3)
        >>> words = {"table": "Table", "figure": "Figure"}
        >>> report.Document("A study", "", "en", (), words=words).mark(table)
        'Table 3'
        """
        word = self.words["table"] if isinstance(block, Table) else self.words["figure"]
        chapter = f"{block.chapter}." if block.chapter else self.words.get("chapter", "")
        return f"{word} {chapter}{block.number}"

    def label(self, block: Table | Figure) -> str:
        """Mark and title of a table or figure in one line.

        Parameters
        ----------
        block : Table or Figure
            A table or figure of this document.

        Returns
        -------
        str
            Word, number and title.

        Examples
        --------
        >>> from umkm_stats import report
        >>> table = report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),), number=3)
        >>> words = {"table": "Table", "figure": "Figure"}
        >>> report.Document("A study", "", "en", (), words=words).label(table)
        'Table 3. Sample'
        """
        return f"{self.mark(block)}. {block.title}"

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table in order.

        Examples
        --------
        >>> from umkm_stats import report
        >>> table = report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),), number=3)
        >>> document = report.Document("A study", "", "en", (report.Section("s", "Sample", (table,)),))
        >>> [table.title for table in document.tables]
        ['Sample']
        """
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Table)
        )

    @property
    def captions(self) -> tuple[str, ...]:
        """The key of everything that has a caption: tables, then figures.

        Examples
        --------
        >>> from umkm_stats import report
        >>> table = report.Table("t", "Sample", (report.Column("n", "n", "integer"),), ((60,),), number=3)
        >>> document = report.Document("A study", "", "en", (report.Section("s", "Sample", (table,)),))
        >>> document.captions
        ('t',)
        """
        return (*(table.key for table in self.tables), *(figure.key for figure in self.figures))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in order.

        Examples
        --------
        >>> from umkm_stats import report
        >>> figure = report.Figure("f", "Answers", "Bars of the answers", {"png": b""})
        >>> document = report.Document("A study", "", "en", (report.Section("s", "Sample", (figure,)),))
        >>> [figure.title for figure in document.figures]
        ['Answers']
        """
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
