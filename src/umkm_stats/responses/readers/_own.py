"""The library's own files: the data-entry workbook and what the offline HTML questionnaire downloads."""

from __future__ import annotations

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "umkm-stats"


def sniff(head: Head) -> Match:
    """Nearly every heading is a question code, and all codes stand there as they are written in the instrument."""
    if head.opened.kind not in ("workbook", "text") or not head.names:
        return NO
    share = head.heading.matches / max(len(head.names), 1)
    marks = {"form_id", "form id", "instrument", "umkm-stats", "schema", "nomor formulir", "started", "finished", "umkm_form", "umkm_version"}
    own = marks & set(head.keys)
    sheets = {_text.key(s.name or "") for s in head.opened.sheets}
    if own and share > 0.6:
        return Match(0.95, (("source.columns", {"names": ", ".join(sorted(own))}),))
    if share > 0.6 and {"data", "kode"} <= sheets:
        return Match(0.8, (("source.sheet_name", {"name": "data"}),))
    return NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Codes as headings, values as answers."""
    return read_grid(head, index)
