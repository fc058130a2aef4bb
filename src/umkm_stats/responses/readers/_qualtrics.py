"""Qualtrics: three heading rows (code, question, import id), previews and unfinished responses among the
answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading, build_table
from umkm_stats.responses._raw import RawColumn, RawTable
from umkm_stats.responses._sheets import Sheet
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid, with_roles

NAME = "qualtrics"
_OWN = {
    "startdate",
    "enddate",
    "status",
    "ipaddress",
    "progress",
    "duration (in seconds)",
    "finished",
    "recordeddate",
    "responseid",
    "distributionchannel",
    "userlanguage",
    "responseset",
}
_META = {"distributionchannel", "userlanguage", "responseset", "status", "finished", "progress"}
_PREVIEWS = {"survey preview", "survey test", "offline survey preview", "1", "2", "17"}
_SPAM = {"spam", "survey preview spam", "imported spam", "ex spam", "8", "9", "12", "40"}


def _codes_row(sheet: Sheet) -> int | None:
    """The row (from 0) of Qualtrics' own column names, or None."""
    for number, row in enumerate(sheet.head[:5]):
        if len({_text.key(str(c)) for c in row if c is not None} & _OWN) >= 3:
            return number
    return None


def _is_import_row(row: list[object]) -> bool:
    filled = [str(cell) for cell in row if cell is not None and str(cell).strip()]
    return bool(filled) and all(cell.lstrip().startswith('{"ImportId"') for cell in filled)


def sniff(head: Head) -> Match:
    """Its own columns; the row of import ids makes it certain."""
    if head.sheet is None or (first := _codes_row(head.sheet)) is None:
        return NO
    names = [str(c) for c in head.sheet.head[first] if c is not None and _text.key(str(c)) in _OWN]
    ids = any(_is_import_row(row) for row in head.sheet.head[first + 1 : first + 4])
    return Match(1.0 if ids else 0.85, (("source.columns", {"names": ", ".join(names[:4])}),))


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Codes with the question texts as further names; the row of import ids is no answer.

    Previews and tests of the form, spam, and responses that were not finished are held, each with a count.
    """
    assert head.sheet is not None
    first = _codes_row(head.sheet)
    if first is None:
        return read_grid(head, index)
    rows = head.sheet.head
    ids = next((n for n in range(first + 1, min(first + 4, len(rows))) if _is_import_row(rows[n])), None)
    if ids is None:
        texts = first + 1 < len(rows) and "Start Date" in [str(c) for c in rows[first + 1]]
        heading = Heading((first, first + 1) if texts else (first,), head.heading.matches)
    else:
        heading = Heading(tuple(range(first, ids)), head.heading.matches, below=1)
    table = with_roles(build_table(head.sheet, heading, head.opened.path, index), index)
    columns = tuple(replace(c, role="meta") if _names(c) & _META else c for c in table.columns)
    held = table.held.copy()
    for column in columns:
        names = _names(column)
        if "status" in names:
            held[_among(column, _PREVIEWS | _SPAM)] = "preview"
        elif "finished" in names:
            held[_among(column, {"false", "0"}) & (held == "")] = "unfinished"
    return replace(table, columns=columns, held=held, checkbox=",", unique_ids=True)


def _names(column: RawColumn) -> set[str]:
    return {_text.key(name) for name in (column.header, *column.keys)}


def _among(column: RawColumn, words: set[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    codes = [i for i, value in enumerate(column.values) if _text.key(str(value)).removesuffix(".0") in words]
    return np.isin(column.codes, codes)
