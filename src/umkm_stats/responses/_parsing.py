"""First step: a file is a table of cells with headings, whatever program wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from umkm_stats.errors import UmkmError
from umkm_stats.responses._cells import refuse_long
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading, find_heading
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses._result import Source
from umkm_stats.responses._sheets import Opened, open_file
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head, Match, choose_sheet

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Parsed:
    """The sheet is chosen, the source recognised, the heading found; cells stand as in the file."""

    path: Path
    table: RawTable
    source: Source


def parse(
    path: Path,
    index: HeaderIndex,
    *,
    sheet: str | None = None,
    source: str | None = None,
    progress: Progress | None = None,
) -> Parsed:
    """The table of one file and what it was recognised as.

    ``index`` helps to find the sheet and the heading row; one without questions will do.
    """
    opened = open_file(path, sheet=sheet, progress=progress)
    if opened.kind in ("workbook", "text", "archive", "html") and not opened.sheets:
        raise UmkmError("RSP102", place(path))
    head, others = _head(opened, index, sheet)
    name, match = _recognised(head, source)
    table = READERS[name].read(head, index)
    if others:
        table = replace(table, facts=(*table.facts, ("RSP244", {"sheets": others})))
    if not opened.sheets:
        found = [(column.codes, column.values) for column in table.columns]
        refuse_long(path, None, found, [column.letter for column in table.columns], table.rows)
    form = opened.text_form
    seen = Source(
        name,
        source is not None,
        opened.name,
        table.sheet,
        table.header_rows,
        () if source else match.why,
        table.n,
        len(table.columns),
        form.encoding if form else None,
        form.delimiter if form else None,
    )
    return Parsed(path, table, seen)


def _head(opened: Opened, index: HeaderIndex, sheet: str | None) -> tuple[Head, list[str]]:
    """What readers may look at, and the names of other sheets that hold questions too."""
    if not opened.sheets:
        return Head(opened, None, Heading((), 0), ()), []
    others: list[str] = []
    if sheet is not None:
        chosen, heading = opened.sheets[0], find_heading(opened.sheets[0], index)
    else:
        chosen, heading, others = choose_sheet(opened, index)
    names = tuple(
        str(c) for row in heading.rows[-1:] for c in chosen.head[row] if c is not None and str(c).strip()
    )
    return Head(opened, chosen, heading, names), others


def _recognised(head: Head, wanted: str | None) -> tuple[str, Match]:
    """The reader that is surest, or the one wanted; RSP113 when that one cannot read the file."""
    matches = {name: reader.sniff(head) for name, reader in READERS.items()}
    if wanted is None:
        name = max(matches, key=lambda entry: matches[entry].score)
        return name, matches[name]
    own_files = matches[wanted].score == 0 and not head.opened.sheets
    if own_files or (wanted in ("spss", "stata", "parquet") and head.opened.sheets):
        raise UmkmError("RSP113", place(head.opened.path), {"source": wanted})
    return wanted, matches[wanted]
