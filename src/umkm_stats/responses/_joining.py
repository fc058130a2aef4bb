"""Several files that hold parts of the same respondents' answers, joined by a key or, when told so, by row
order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._findings import Collector
from umkm_stats.responses._raw import RawColumn, RawTable


def join(tables: Sequence[RawTable], how: str | None, findings: Collector, paths: Sequence[Path]) -> RawTable:
    """One table with the rows of the first file. Columns of later files are named ``B2:C`` (file 2, column
    C).

    Raises RSP118 without ``how``, when the key column is absent or row counts differ; RSP119 when a key
    repeats.
    """
    if how is None:
        raise UmkmError("RSP118", place(paths[0]), {"key": "join"})
    first = tables[0]
    columns = list(first.columns)
    for number, (table, path) in enumerate(zip(tables[1:], paths[1:], strict=True), 2):
        if how == "row_order":
            kept = table.held == ""
            if int(kept.sum()) != int((first.held == "").sum()):
                raise UmkmError("RSP118", place(path), {"key": "row_order"})
            where = np.full(first.n, -1, dtype=np.int64)
            where[np.flatnonzero(first.held == "")] = np.flatnonzero(kept)
            findings.add("RSP251", file=path.name)
            skip = None
        else:
            own, theirs = _key(first, how, paths[0]), _key(table, how, path)
            where = _lookup(own, theirs, table, path)
            gone = int((where < 0).sum())
            extra = len(set(range(table.n)) - set(where.tolist()))
            if gone or extra:
                findings.add("RSP260", file=path.name, count=gone, extra=extra)
            skip = theirs.header
        for column in table.columns:
            if column.header != skip:
                codes = np.where(where >= 0, column.codes[where], -1).astype(np.int32)
                columns.append(replace(column, codes=codes, letter=f"{number}:{column.letter}"))
    facts = first.facts + tuple(fact for table in tables[1:] for fact in table.facts)
    return replace(first, columns=tuple(columns), facts=facts)


def _key(table: RawTable, name: str, path: Path) -> RawColumn:
    for column in table.columns:
        if _text.key(column.header) == _text.key(name):
            return column
    raise UmkmError("RSP118", place(path, column=name), {"key": name})


def _norm(value: Any) -> str:
    text = _text.key(str(value))
    return text.removesuffix(".0")


def _lookup(
    own: RawColumn, theirs: RawColumn, table: RawTable, path: Path
) -> np.ndarray[Any, np.dtype[np.int64]]:
    rows: dict[str, int] = {}
    for row in range(table.n):
        value = theirs.cell(row)
        if value is None or table.held[row]:
            continue
        mark = _norm(value)
        if mark in rows:
            raise UmkmError(
                "RSP119", place(path, column=theirs.letter, row=int(table.rows[row])), {"key": theirs.header}
            )
        rows[mark] = row
    marks = [_norm(v) for v in own.values]
    lookup = np.array([rows.get(mark, -1) for mark in marks] + [-1], dtype=np.int64)
    return lookup[own.codes]
