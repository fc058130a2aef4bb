"""The library's own files: the data-entry workbook and what the offline HTML questionnaire downloads."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats import messages
from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "umkm-stats"


def sniff(head: Head) -> Match:
    """Nearly every heading is a question code, and all codes stand there as they are written in the
    instrument."""
    if head.opened.kind not in ("workbook", "text") or not head.names:
        return NO
    share = head.heading.matches / max(len(head.names), 1)
    names = {name.strip() for name in head.names}
    if share > 0.6 and {"_form", "_uuid"} <= names:
        return Match(1.0, (("source.columns", {"names": "_form, _uuid"}),))
    sheets = {_text.key(s.name or "") for s in head.opened.sheets}
    titles = [
        {
            _text.key(messages.text(f"questionnaire.xlsx.sheet_{part}", lang))
            for part in ("data", "codebook", "about")
        }
        for lang in messages.languages()
    ]
    if share > 0.6 and any(three <= sheets for three in titles):
        return Match(
            0.9, (("source.sheet_name", {"name": head.sheet.name if head.sheet and head.sheet.name else ""}),)
        )
    return NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Codes as headings, values as answers, ticked choices joined by blanks. ``NO`` is the number of the
    form."""
    table = read_grid(head, index)
    columns = []
    for column in table.columns:
        name = column.header.strip()
        role = (
            {"NO": "id", "_uuid": "uuid", "_form": "meta"}.get(name, column.role)
            if not index.match(name)
            else column.role
        )
        columns.append(replace(column, role=role))
    return replace(table, columns=tuple(columns), checkbox=" ")
