"""Stata ``.dta``: values with their labels."""

from __future__ import annotations

import warnings

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match
from umkm_stats.responses.readers._spss import table_of

NAME = "stata"


def sniff(head: Head) -> Match:
    """The file says so itself."""
    return Match(1.0, (("source.signature", {"name": "Stata"}),)) if head.opened.kind == "dta" else NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Extended missing values (.a … .z) are empty cells."""
    import pyreadstat

    path = head.opened.path
    try:
        with warnings.catch_warnings():  # of columns with the same name, which are refused later
            warnings.simplefilter("ignore", UserWarning)
            frame, meta = pyreadstat.read_dta(str(path))
    except Exception as fault:
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None
    return table_of(head, index, frame, meta)
