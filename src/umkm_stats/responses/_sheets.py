"""A file opened as sheets of cells: the same view on a workbook, a text table, an archive or a saved web
table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.responses import _delimited, _excel, _json
from umkm_stats.responses._cells import Row, compact, refuse_long, refuse_long_head
from umkm_stats.responses._files import MAX_COLUMNS, Kind, kind_of, only_table, place
from umkm_stats.responses._raw import Ints32, Ints64, empty_cell, factorise, letters

HEAD_ROWS = 60
Progress = Callable[[float], None]
Body = tuple[list[tuple[Ints32, tuple[Any, ...]]], Ints64]
"""Columns of codes with their distinct cells, and the places of their rows, from 0 below the heading."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of cells. ``head``: its first 60 rows as lists; ``body(skip, width)`` factorises what
    follows, without its empty rows. ``at``: where the columns stand in the file, when empty ones are left
    out."""

    name: str | None
    head: list[list[Any]]
    body: Callable[[int, int], Body]
    facts: tuple[tuple[str, dict[str, Any]], ...] = ()
    at: tuple[int, ...] | None = None

    @property
    def width(self) -> int:
        """Cells of the widest row in the head."""
        return max((len(row) for row in self.head), default=0)

    def letter(self, column: int) -> str:
        """The spreadsheet name of a column."""
        return letters(column if self.at is None else self.at[column])

    @property
    def blank(self) -> bool:
        """Whether the head holds nothing."""
        return not any(cell is not None and str(cell).strip() for row in self.head for cell in row)


@dataclass(frozen=True, eq=False)
class Opened:
    """A file with its kind and its sheets; statistical formats are left to their readers (``sheets``
    empty)."""

    path: Path
    kind: Kind
    name: str
    sheets: tuple[Sheet, ...] = ()
    text_form: _delimited.TextForm | None = None
    progress: Progress | None = field(default=None, repr=False)


def open_file(path: Path, *, sheet: str | None = None, progress: Progress | None = None) -> Opened:
    """Open ``path`` for recognition. Raises the coded errors of ``_files.kind_of``; RSP109 for an unknown
    sheet, RSP130 for a sheet of a file that is no workbook."""
    kind = kind_of(path)
    if kind != "workbook":
        refuse_sheet(path, sheet)
    if kind == "workbook":
        return Opened(path, kind, path.name, tuple(_workbook(path, sheet, progress)), progress=progress)
    if kind in ("text", "archive"):
        if kind == "archive":
            name, data = only_table(path)
        else:
            name, data = path.name, b""
        opened_sheet, form = _text_sheet(path, data, progress)
        return Opened(path, kind, name, (opened_sheet,), form, progress)
    if kind == "html":
        return Opened(path, kind, path.name, (_html_sheet(path),), progress=progress)
    return Opened(path, kind, path.name, progress=progress)


def refuse_sheet(path: Path, sheet: str | None) -> None:
    """RSP130 when a sheet is asked of a file that has none."""
    if sheet is not None:
        raise UsageError("RSP130", place(path), {"sheet": sheet})


def _from_rows(
    path: Path, given: list[Row], name: str | None, facts: tuple[tuple[str, dict[str, Any]], ...] = ()
) -> Sheet:
    rows, at = compact(given)

    def body(skip: int, width: int) -> Body:
        places = np.array([i for i, row in enumerate(rows[skip:]) if row], dtype=np.int64)
        below = [row for row in rows[skip:] if row]
        columns = [factorise([row[i] if i < len(row) else None for row in below]) for i in range(width)]
        names = [letters(i if at is None or i >= len(at) else at[i]) for i in range(width)]
        refuse_long(path, name, columns, names, places + skip + 1)
        return columns, places

    widest = max((len(row) for row in rows), default=0)
    head = [list(row) for row in rows[:HEAD_ROWS]]
    if head and widest > max(len(row) for row in head):
        head[0] = head[0] + [None] * (widest - len(head[0]))
    refuse_long_head(path, name, head, at)
    return Sheet(name, head, body, facts, at)


def _text_sheet(path: Path, data: bytes, progress: Progress | None) -> tuple[Sheet, _delimited.TextForm]:
    large = not data and path.stat().st_size > _delimited.LARGE
    if large:
        with path.open("rb") as stream:
            data = stream.read(1024**2)
        cut = data.rfind(b"\n")
        text, encoding, replaced = _delimited.decode(data[: cut + 1] or data)
        form = _delimited.TextForm(encoding, _delimited.delimiter_of(text), replaced)
        if encoding.startswith("utf-16") or replaced or _json.looks_like_json(text[:100]):
            large, data = False, b""  # the whole file, not its first part
    if large:
        head: list[list[Any]] = [
            list(row) for row in _delimited.records(text, form.delimiter, path)[:HEAD_ROWS]
        ]

        def body(skip: int, width: int) -> Body:
            blocks = _delimited.read_blocks(
                path, form, width=width, skip=skip, sample=head[skip:], progress=progress
            )
            if blocks is not None:
                columns, places = _merge_blocks(list(blocks), width)
                names = [letters(i) for i in range(width)]
                refuse_long(path, None, columns, names, places + skip + 1)
                return columns, places
            return _small_text(path, path.read_bytes())[0].body(skip, width)

        refuse_long_head(path, None, head, None)
        return Sheet(None, head, body), form
    return _small_text(path, data or path.read_bytes())


def _small_text(path: Path, data: bytes) -> tuple[Sheet, _delimited.TextForm]:
    text, encoding, replaced = _delimited.decode(data)
    listed = _json.rows_of(text)
    if listed is not None:
        return _from_rows(path, list(listed), None), _delimited.TextForm(encoding, "json")
    delimiter = _delimited.delimiter_of(text)
    rows = _delimited.repair_quotes(_delimited.records(text, delimiter, path), text, delimiter)
    facts: list[tuple[str, dict[str, Any]]] = []
    if replaced:
        facts.append(("RSP239", {"encoding": encoding}))
    return _from_rows(path, list(rows), None, tuple(facts)), _delimited.TextForm(
        encoding, delimiter, replaced
    )


def _merge_blocks(blocks: list[_delimited.Block], width: int) -> Body:
    """One code vector a column from the blocks' own words; blocks are emptied on the way to spare memory."""
    sizes = [len(block[0][0]) for block in blocks]
    total = sum(sizes)
    out: list[tuple[Ints32, tuple[Any, ...]]] = []
    for _column in range(width - 1, -1, -1):
        codes = np.empty(total, dtype=np.int32)
        seen: dict[str, int] = {}
        start = 0
        for block, size in zip(blocks, sizes, strict=True):
            part, words = block.pop()
            lookup = np.empty(len(words) + 1, dtype=np.int32)
            lookup[-1] = -1
            for position, word in enumerate(words):
                lookup[position] = seen.setdefault(word, len(seen)) if not empty_cell(word) else -1
            np.take(lookup, part, out=codes[start : start + size], mode="wrap")
            start += size
        out.append((codes, tuple(seen)))
    return out[::-1], np.arange(total, dtype=np.int64)


def _workbook(path: Path, wanted: str | None, progress: Progress | None) -> Iterator[Sheet]:
    for page in _excel.pages(path, wanted, progress):
        facts: tuple[tuple[str, dict[str, Any]], ...] = ()
        if page.hidden:
            facts = (("RSP277", {"count": len(page.hidden), "rows": list(page.hidden[:20])}),)
        yield _from_rows(path, page.rows, page.name, facts)


class _TableParser(HTMLParser):
    """Rows of the first table with more than one row; nested markup is dropped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Any]] = []
        self.cell: list[str] | None = None
        self.done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.done:
            return
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if self.done:
            return
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(" ".join("".join(self.cell).split()) or None)
            self.cell = None
        elif tag == "table" and len(self.rows) > 1:
            self.done = True

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.done:
            self.cell.append(data)


def _html_sheet(path: Path) -> Sheet:
    text, _, _ = _delimited.decode(path.read_bytes())
    parser = _TableParser()
    parser.feed(text)
    if not parser.rows:
        raise UmkmError("RSP104", place(path))
    if max(len(row) for row in parser.rows) > MAX_COLUMNS:
        raise UmkmError("RSP116", place(path), {"limit": MAX_COLUMNS})
    return _from_rows(path, list(parser.rows), None)
