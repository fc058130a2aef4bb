"""SPSS ``.sav`` and ``.zsav``: values with their labels; user-missing values are kept apart, not
swallowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, columns_of, with_roles
from umkm_stats.responses.readers._readstat import parse
from umkm_stats.responses.readers._sav_weight import weight_of

NAME = "spss"


def sniff(head: Head) -> Match:
    """The file says so itself."""
    return Match(1.0, (("source.signature", {"name": "SPSS"}),)) if head.opened.kind == "sav" else NO


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Rows count from 1 as in the data view. A value declared user-missing becomes an empty cell with a
    note."""
    frame, meta = parse("sav", head.opened.path)
    table = table_of(head, index, frame, meta)
    weight = weight_of(head.opened.path)
    if weight is None or weight >= len(table.columns):
        return table
    return replace(table, facts=(*table.facts, ("RSP278", {"column": table.columns[weight].header})))


def table_of(head: Head, index: HeaderIndex, frame: Any, meta: Any) -> RawTable:
    """A RawTable of what pyreadstat returns for ``.sav`` or ``.dta``."""
    labels = {name: label for name, label in (meta.column_names_to_labels or {}).items() if label}
    ranges = getattr(meta, "missing_ranges", None) or {}
    facts: list[tuple[str, dict[str, Any]]] = []
    columns = []
    for column in columns_of(frame, labels, meta.variable_value_labels or {}):
        declared = ranges.get(column.header) or []
        codes = column.codes.copy()
        for position, value in enumerate(column.values):
            if any(_inside(value, entry) for entry in declared):
                count = int((codes == position).sum())
                codes[codes == position] = -1
                if count:
                    facts.append(("RSP249", {"column": column.header, "value": f"{value}", "count": count}))
        columns.append(replace(column, codes=codes))
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    table = RawTable(
        tuple(columns),
        rows,
        np.full(len(frame), "", dtype=object),
        head.opened.path.name,
        None,
        (),
        tuple(facts),
    )
    return with_roles(table, index)


def _inside(value: Any, entry: dict[str, Any]) -> bool:
    low, high = entry.get("lo"), entry.get("hi")
    try:
        return bool(low <= value <= high)
    except TypeError:
        return bool(value == low)
