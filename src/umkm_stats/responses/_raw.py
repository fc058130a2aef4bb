"""What a reader hands on: columns of codes into the distinct raw answers, with the row numbers the user
sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A formula whose result is not stored in the file."""

    formula: str


class Percent(float):
    """A number under a percent format, as it is seen: 85.0 for 85 %, which the file stores as 0.85."""

    __slots__ = ()

    @property
    def stored(self) -> float:
        """The number in the file."""
        return float(self) / 100


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column as it stands in the file.

    header: the heading as written. codes (rows,): position in ``values``, −1 for an empty cell. values: the
    distinct raw answers. letter: the column's name in a spreadsheet. keys: other names under which the
    heading may be matched (a question text beside its code, the last part of a group path). role: "" or what
    the source says the column is: "time", "start", "end", "uuid", "id", "meta". labels: raw value → label,
    where the source carries value labels.
    """

    header: str
    codes: Ints32 = field(repr=False)
    values: tuple[Any, ...] = field(repr=False)
    letter: str = ""
    keys: tuple[str, ...] = ()
    role: str = ""
    labels: dict[Any, str] = field(default_factory=dict, repr=False)

    def take(self, rows: NDArray[Any]) -> RawColumn:
        """The column with only these rows (a mask or positions)."""
        return replace(self, codes=self.codes[rows])

    def cell(self, row: int) -> Any:
        """The raw answer of a row (from 0), None when empty."""
        code = int(self.codes[row])
        return None if code < 0 else self.values[code]

    def full(self) -> NDArray[np.object_]:
        """(rows,) raw answers, None where empty."""
        lookup = np.empty(len(self.values) + 1, dtype=object)
        lookup[: len(self.values)] = self.values
        lookup[-1] = None
        return lookup[self.codes]


@dataclass(frozen=True, eq=False)
class RawTable:
    """A sheet as read: nothing recoded, nothing left out except blank rows and blank columns.

    rows (n,): row number of every row as the user sees it. held (n,): "" or the reason why a row is not an
    answer ("summary_row", "note_row", "preview", …). header_rows: row numbers of the heading. facts: what was
    recognised in the layout, as (code, params) notes. unique_ids: whether the platform gives an id once.
    dates: "day" or "month" when the source always writes that first.
    """

    columns: tuple[RawColumn, ...]
    rows: Ints64
    held: NDArray[np.object_]
    file: str
    sheet: str | None = None
    header_rows: tuple[int, ...] = (1,)
    facts: tuple[tuple[str, dict[str, Any]], ...] = ()
    not_shown: tuple[str, ...] = ()
    checkbox: str = ", "
    unique_ids: bool = False
    dates: str = ""

    @property
    def n(self) -> int:
        """Rows read."""
        return len(self.rows)


def letters(position: int) -> str:
    """The spreadsheet name of a column from 0: A, …, Z, AA, …"""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def empty_cell(value: Any) -> bool:
    """None, NaN, NaT or a text of blanks only."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip().strip("\u00a0\u200b\ufeff")
    return bool(isinstance(value, float) and value != value) or value.__class__.__name__ in (
        "NaTType",
        "NAType",
    )


def factorise(cells: list[Any]) -> tuple[Ints32, tuple[Any, ...]]:
    """Codes and distinct values of a list of cells; 1, 1.0, True and "1" stay apart."""
    seen: dict[Any, int] = {}
    codes = np.empty(len(cells), dtype=np.int32)
    values: list[Any] = []
    for row, value in enumerate(cells):
        if empty_cell(value):
            codes[row] = -1
            continue
        mark = value if value.__class__ is str else (value.__class__, value)
        code = seen.get(mark)
        if code is None:
            code = seen[mark] = len(values)
            values.append(value)
        codes[row] = code
    return codes, tuple(values)
