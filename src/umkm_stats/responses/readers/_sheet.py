"""Any other table: sheets made by hand, exports of other tools, tables saved from the web."""

from __future__ import annotations

from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "table"


def sniff(head: Head) -> Match:
    """Always possible for a table of cells, never preferred."""
    if head.opened.kind in ("workbook", "text", "archive", "html"):
        return Match(0.1, (("source.table", {"count": str(head.heading.matches)}),))
    return NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """The table of the chosen sheet."""
    return read_grid(head, index)
