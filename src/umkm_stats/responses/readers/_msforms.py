"""Microsoft Forms: an Excel table that begins with ID, start and completion time; ticks end in ";"."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "ms-forms"
_START = {"start time", "waktu mulai", "hora de inicio", "hora de início", "startzeit", "heure de début"}
_END = {
    "completion time",
    "waktu penyelesaian",
    "waktu selesai",
    "hora de finalización",
    "hora de conclusão",
    "fertigstellungszeit",
    "heure de fin",
}


def sniff(head: Head) -> Match:
    """The first three headings, in this order, in any language of the service that is known here."""
    keys = head.keys[:3]
    if len(keys) < 3 or keys[0] != "id" or keys[1] not in _START or keys[2] not in _END:
        return NO
    return Match(0.95, (("source.columns", {"names": ", ".join(head.names[:3])}),))


def read(head: Head, index: HeaderIndex) -> RawTable:
    """``ID`` counts the responses; start and completion are the respondent's times."""
    table = read_grid(head, index)
    roles = {0: "id", 1: "start", 2: "end"}
    columns = tuple(replace(c, role=roles.get(i, c.role)) for i, c in enumerate(table.columns))
    return replace(table, columns=columns, checkbox=";", unique_ids=True)
