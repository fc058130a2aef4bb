"""SurveyMonkey, all responses: two heading rows, a column a statement or an option, month before day."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading, build_table
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses._sheets import Sheet
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid, with_roles

NAME = "surveymonkey"
_OWN = {"respondent id", "collector id", "start date", "end date", "ip address", "custom data 1"}
_META = {"collector id", "custom data 1"}


def _first_row(sheet: Sheet) -> int | None:
    for number, row in enumerate(sheet.head[:3]):
        if {"respondent id", "collector id"} <= {_text.key(str(c)) for c in row if c is not None}:
            return number
    return None


def sniff(head: Head) -> Match:
    """``Respondent ID`` and ``Collector ID`` stand in no other export."""
    if head.sheet is None or (first := _first_row(head.sheet)) is None:
        return NO
    names = [str(c) for c in head.sheet.head[first] if c is not None and _text.key(str(c)) in _OWN]
    return Match(0.95, (("source.columns", {"names": ", ".join(names[:4])}),))


def read(head: Head, index: HeaderIndex) -> RawTable:
    """A ticked option holds its own words, an empty one was not ticked. Dates are month/day/year."""
    assert head.sheet is not None
    first = _first_row(head.sheet)
    if first is None:
        return read_grid(head, index)
    heading = Heading((first, first + 1), head.heading.matches)
    table = with_roles(build_table(head.sheet, heading, head.opened.path, index), index)
    columns = []
    for column in table.columns:
        own = {_text.key(name) for name in (column.header, *column.keys)}
        if "respondent id" in own:
            column = replace(column, role="id")
        elif own & _META:
            column = replace(column, role="meta")
        columns.append(column)
    return replace(table, columns=tuple(columns), unique_ids=True, dates="month")
