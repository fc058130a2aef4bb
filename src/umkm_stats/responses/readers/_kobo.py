"""KoboToolbox and ODK Central: XML values or labels, group paths with "/" or "-", metadata columns with
"_"."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid, role_of

NAME = "kobotoolbox"
_KOBO = {
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_index",
    "_submitted_by",
    "__version__",
    "_tags",
    "_status",
}
_ODK = {
    "submissiondate",
    "key",
    "submitterid",
    "submittername",
    "formversion",
    "instanceid",
    "attachmentspresent",
    "reviewstate",
    "meta-instanceid",
    "devicename",
}


def sniff(head: Head) -> Match:
    """Three of Kobo's own metadata columns, or of ODK Central's, are enough."""
    names = {name.strip().casefold() for name in head.names}
    kobo, odk = names & _KOBO, names & _ODK
    if "__id" in names and any(name.startswith("__system/") for name in names):
        return Match(1.0, (("source.columns", {"names": "__id, __system"}),))
    if len(kobo) >= 2:
        return Match(
            min(1.0, 0.5 + 0.15 * len(kobo)), (("source.columns", {"names": ", ".join(sorted(kobo)[:4])}),)
        )
    if len(odk) >= 3 or {"key", "submissiondate"} <= names:
        return Match(
            min(1.0, 0.5 + 0.15 * len(odk)), (("source.columns", {"names": ", ".join(sorted(odk)[:4])}),)
        )
    return NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """``start`` and ``end`` are the interview's times; ``_submission_time`` is when it reached the server."""
    table = read_grid(head, index)
    columns = []
    for column in table.columns:
        name = column.header.strip().casefold()
        role = column.role
        if not index.match(column.header):
            tail = _text.last_segment(column.header)
            if name == "_id":
                role = "id"
            elif name in ("_submission_time", "submissiondate", "__system/submissiondate"):
                role = "time"
            elif name in ("_uuid", "key", "meta/instanceid", "meta-instanceid", "instanceid", "__id"):
                role = "uuid"
            elif name.startswith("_") or name in _ODK:
                role = role or "meta"
            elif tail:
                role = role or role_of(tail)
        columns.append(replace(column, role=role))
    return replace(table, columns=tuple(columns), checkbox=" ", unique_ids=True)
