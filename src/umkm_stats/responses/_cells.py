"""Cells of a sheet before anything is built: far ones cost nothing, and one that is no answer is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.responses._files import place
from umkm_stats.responses._raw import Ints32, letters

MAX_CELL = 200_000  # characters; a workbook holds 32,767 in a cell
WIDE = 256  # columns from which empty ones are looked for
_NARROW = 64  # cells of a row that are all taken as filled, which is quicker than looking

Row = list[Any] | dict[int, Any]
EMPTY: list[Any] = []  # every empty row is this one, so that a million of them take no memory


def row_of(cells: Sequence[Any], filled: list[int]) -> Row:
    """A row that ends with its last filled cell; a wide and nearly empty one by its filled cells alone."""
    if not filled:
        return EMPTY
    if len(cells) > WIDE and 4 * len(filled) < filled[-1]:
        return {at: cells[at] for at in filled}
    return list(cells[: filled[-1] + 1])


def put(rows: list[Row], number: int, column: int, value: Any) -> None:
    """Put a value into an empty place of the rows."""
    while len(rows) <= number:
        rows.append(EMPTY)
    cells = rows[number]
    if isinstance(cells, dict):
        cells.setdefault(column, value)
        return
    filled = cells + [None] * (column + 1 - len(cells))
    if filled[column] is None:
        filled[column] = value
        rows[number] = filled


def compact(rows: list[Row]) -> tuple[list[list[Any]], tuple[int, ...] | None]:
    """Rows without the empty columns of a wide sheet, and which columns are left (None: all).

    One empty column stays behind every run of filled ones: it ends the reach of a heading over several cells.
    """
    width = max((_width(row) for row in rows), default=0)
    if width <= WIDE:
        return [row if isinstance(row, list) else _dense(row, range(width)) for row in rows], None
    used: set[int] = set()
    for row in rows:
        if isinstance(row, dict):
            used.update(row)
        elif len(row) <= _NARROW:
            used.update(range(len(row)))
        else:
            used.update(at for at, cell in enumerate(row) if cell is not None and cell != "")
    kept = sorted(used | {at + 1 for at in used if at + 1 < width})
    return [_dense(row, kept) if row else EMPTY for row in rows], tuple(kept)


def _width(row: Row) -> int:
    return len(row) if isinstance(row, list) else max(row, default=-1) + 1


def _dense(row: Row, kept: Sequence[int]) -> list[Any]:
    if isinstance(row, dict):
        return [row.get(at) for at in kept]
    return [row[at] if at < len(row) else None for at in kept]


def refuse_long(
    path: Path,
    sheet: str | None,
    columns: Sequence[tuple[Ints32, Sequence[Any]]],
    names: Sequence[str],
    rows: NDArray[np.int64],
) -> None:
    """Raise RSP129 at the first cell that is longer than an answer can be; rows: their numbers."""
    for (codes, values), name in zip(columns, names, strict=True):
        for code, value in enumerate(values):
            if isinstance(value, str) and len(value) > MAX_CELL:
                row = int(rows[int(np.argmax(codes == code))])
                raise UmkmError(
                    "RSP129",
                    place(path, sheet=sheet, row=row, column=name),
                    {"size": len(value), "limit": MAX_CELL},
                )


def refuse_long_head(
    path: Path, sheet: str | None, head: Sequence[Sequence[Any]], at: Sequence[int] | None
) -> None:
    """Raise RSP129 at the first cell of the first rows that is longer than a heading or an answer can be."""
    for number, row in enumerate(head, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and len(cell) > MAX_CELL:
                name = letters(column if at is None else at[column])
                raise UmkmError(
                    "RSP129",
                    place(path, sheet=sheet, row=number, column=name),
                    {"size": len(cell), "limit": MAX_CELL},
                )
