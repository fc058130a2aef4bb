"""REDCap: raw (``used___1``, 0/1) or with labels (``… (choice=Toko)``, Checked/Unchecked)."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "redcap"
_OWN = {
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_survey_identifier",
    "redcap_data_access_group",
    "survey identifier",
    "event name",
    "repeat instrument",
    "repeat instance",
}


def sniff(head: Head) -> Match:
    """The record id first, and columns that only REDCap writes."""
    names = [name.strip().casefold() for name in head.names]
    if not names or head.opened.kind not in ("workbook", "text"):
        return NO
    marks = [
        name
        for name in names[1:]
        if name in _OWN or name in ("complete?", "survey timestamp") or "___" in name or "(choice=" in name
    ]
    marks += [name for name in names[1:] if name.endswith("_complete")]
    if names[0] in ("record_id", "record id", "study_id") and marks:
        shown = ", ".join([names[0], *marks][:4])
        return Match(min(0.7 + 0.1 * len(marks), 0.95), (("source.columns", {"names": shown}),))
    return NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """``…_timestamp`` is when the survey came in; ``…_complete`` is the state of the form."""
    table = read_grid(head, index)
    columns = []
    for position, column in enumerate(table.columns):
        name = column.header.strip().casefold()
        role = column.role
        if not index.match(column.header):
            if position == 0:
                role = "id"
            elif name.endswith("_timestamp") or _text.key(name) == "survey timestamp":
                role = "time"
            elif name in _OWN or name.endswith("_complete") or name == "complete?":
                role = "meta"
        columns.append(replace(column, role=role))
    longitudinal = any(c.header.strip().casefold() in ("redcap_event_name", "event name") for c in columns)
    return replace(table, columns=tuple(columns), unique_ids=not longitudinal)
