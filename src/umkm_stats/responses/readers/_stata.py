"""Stata ``.dta``: values with their labels."""

from __future__ import annotations

from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match
from umkm_stats.responses.readers._readstat import parse
from umkm_stats.responses.readers._spss import table_of

NAME = "stata"


def sniff(head: Head) -> Match:
    """The file says so itself."""
    return Match(1.0, (("source.signature", {"name": "Stata"}),)) if head.opened.kind == "dta" else NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Extended missing values (.a … .z) are empty cells."""
    frame, meta = parse("dta", head.opened.path)
    return table_of(head, index, frame, meta)
