"""Second step: every column is a question, a tick box of one, an identifier, or nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _privacy
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex, Matched, match_columns
from umkm_stats.responses._privacy import Privacy
from umkm_stats.responses._raw import RawColumn, RawTable

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument
    from umkm_stats.instrument._questions import Question


@dataclass(frozen=True, eq=False)
class Placed:
    """Columns have their questions; identifiers are split off and hashed.

    private: position → (kind, found by) of the identifier columns.
    """

    path: Path
    table: RawTable
    instrument: Instrument
    matched: Matched
    private: Mapping[int, tuple[str, str]]
    privacy: Privacy

    def column(self, code: str) -> RawColumn | None:
        """The column of a question; None when the file lacks it."""
        position = self.matched.columns.get(code)
        return None if position is None else self.table.columns[position]

    @property
    def questions(self) -> dict[str, Question]:
        """Question code → question, for the questions that have a column."""
        return {code: self.instrument.question(code) for code in self.matched.columns}


def match(path: Path, table: RawTable, instrument: Instrument, index: HeaderIndex) -> Placed:
    """Match every column once. Raises RSP110 or RSP127 when no item is known, RSP111 when two claim one."""
    matched = match_columns(table.columns, index, path, table.sheet)
    _must_know(matched, table, path, index)
    asked = {p: instrument.question(code) for code, p in matched.columns.items()}
    asked |= {p: instrument.question(code) for (code, _), p in matched.options.items()}
    private = _privacy.find(table, asked)
    return Placed(path, table, instrument, matched, private, _privacy.split_off(table, private, path))


def _must_be_wide(table: RawTable, path: Path, index: HeaderIndex) -> None:
    """Questions named down a column: each once, the table is transposed; again and again, it is long."""
    for column in table.columns[:6]:
        named: dict[str, int] = {}
        for position, value in enumerate(column.values[:5000]):
            found = index.match(value) if isinstance(value, str) else None
            if found is not None and index.questions[found.code].is_item:
                named[found.code] = named.get(found.code, 0) + int((column.codes == position).sum())
        if len(named) < 3:
            continue
        rows = sum(named.values())
        here = place(path, sheet=table.sheet)
        if rows >= 2 * len(named):
            raise UmkmError("RSP275", here, {"column": column.letter, "rows": rows})
        if rows >= 0.5 * table.n:
            raise UmkmError("RSP274", here, {"count": len(named) + int(index(column.header))})


def _must_know(matched: Matched, table: RawTable, path: Path, index: HeaderIndex) -> None:
    """RSP127 for headings cut short, RSP274 or RSP275 for a table turned round or one answer a row, RSP110
    when no item is known."""
    if sum(index.questions[code].is_item for code in matched.columns) <= 1:
        _must_be_wide(table, path, index)
    if any(index.questions[code].is_item for code in matched.columns):
        return
    row = table.header_rows[-1] if table.header_rows else None
    here = place(path, sheet=table.sheet, row=row)
    if matched.cut:
        columns = [table.columns[p].letter for p in matched.cut[:8]]
        raise UmkmError("RSP127", here, {"columns": columns})
    raise UmkmError("RSP110", here, {"count": len(table.columns)})
