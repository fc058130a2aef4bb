"""The library's own files: the data-entry workbook and what the offline HTML questionnaire downloads."""

from __future__ import annotations

import re
from dataclasses import replace

from umkm_stats import messages
from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "umkm-stats"
PAGE = ("uuid", "start", "end", "version")  # the first columns of the CSV of the offline page, in this order
_ROLES = {"uuid": "uuid", "start": "start", "end": "end", "version": "meta"}
_GUARDED = re.compile(r"'[=+\-@\t\r]")


def _is_page(head: Head) -> bool:
    """Whether it is the CSV that the offline page downloads."""
    return head.opened.kind == "text" and tuple(name.strip() for name in head.names[: len(PAGE)]) == PAGE


def _unguarded(value: object) -> object:
    """The page writes an apostrophe before a text that a spreadsheet would take for a formula."""
    return value[1:] if isinstance(value, str) and _GUARDED.match(value) else value


def sniff(head: Head) -> Match:
    """Nearly every heading is a question code, and all codes stand there as they are written in the
    instrument."""
    if head.opened.kind not in ("workbook", "text") or not head.names:
        return NO
    share = head.heading.matches / max(len(head.names), 1)
    names = {name.strip() for name in head.names}
    if share > 0.6 and _is_page(head):
        return Match(1.0, (("source.columns", {"names": ", ".join(PAGE)}),))
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
    page = _is_page(head)
    columns = []
    for column in table.columns:
        name = column.header.strip()
        role = (
            {"NO": "id", "_uuid": "uuid", "_form": "meta"}.get(name, column.role)
            if not index.match(name)
            else column.role
        )
        values = column.values
        if page:
            role = _ROLES.get(name, role) if not index.match(name) else role
            values = tuple(map(_unguarded, values))
        columns.append(replace(column, role=role, values=values))
    return replace(table, columns=tuple(columns), checkbox=" ")
