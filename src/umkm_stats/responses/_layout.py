"""Where the table stands in a sheet: lines above it, one or two heading rows, sums and notes glued below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._raw import RawColumn, RawTable, empty_cell
from umkm_stats.responses._sheets import Sheet

SUMMARY_WORDS = frozenset(
    {
        "total",
        "jumlah",
        "sum",
        "grand total",
        "jumlah total",
        "total skor",
        "skor total",
        "rata-rata",
        "rerata",
        "rata rata",
        "rata2",
        "mean",
        "average",
        "std",
        "sd",
        "stdev",
        "std dev",
        "standar deviasi",
        "simpangan baku",
        "minimum",
        "maksimum",
        "maximum",
        "min",
        "max",
        "subtotal",
        "sub total",
        "median",
        "modus",
        "varians",
        "variance",
        "keterangan",
        "persentase",
        "jumlah skor",
        "total score",
        "r hitung",
        "r-hitung",
        "r tabel",
        "r-tabel",
    }
)
_SEARCH = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows (from 0) that make the heading, how many of its cells name a question, and how many rows below
    it are no answers either."""

    rows: tuple[int, ...]
    matches: int
    below: int = 0


def find_heading(sheet: Sheet, known: Callable[[str], bool]) -> Heading:
    """The best heading among the first rows; ``rows`` is empty when the sheet holds nothing.

    A row counts by the cells that ``known`` recognises. Its neighbours join when they name questions too
    (text above codes) or give names to columns the row leaves empty (cells merged over two rows).
    """
    counts: list[int] = []
    for row in sheet.head[:_SEARCH]:
        seen = {
            _text.key(str(c))
            for c in row
            if isinstance(c, (str, int, float)) and not empty_cell(c) and known(str(c))
        }
        counts.append(len(seen))
    if not counts or sheet.blank:
        return Heading((), 0)
    best = int(np.argmax(counts))
    pairs = [_pair_matches(sheet, row, known) for row in range(min(_SEARCH, len(sheet.head) - 1))]
    if pairs and max(pairs) > counts[best]:
        first = int(np.argmax(pairs))
        return Heading((first, first + 1), pairs[first])
    filled = [len(_filled(row)) for row in sheet.head[:_SEARCH]]
    first = next(i for i, count in enumerate(filled) if count >= max(1, 0.6 * max(filled)))
    chance = counts[best] <= 0.2 * filled[best] and _looks_answered(sheet.head[best])
    if counts[best] == 0 or (chance and first < best and not _looks_answered(sheet.head[first])):
        return Heading((first,), counts[first])
    rows = [best]
    below = best + 1
    if below < len(counts) and (counts[below] >= max(2, counts[best] / 2) or _names_row(sheet, below, best)):
        rows.append(below)
    if best > 0 and _names_empty(sheet, best - 1, best, known):
        rows.insert(0, best - 1)
    return Heading(tuple(rows), max(counts[row] for row in rows))


def carried(upper: list[Any], lower: list[Any]) -> list[str]:
    """Names of columns under two heading rows: "stem | row". A blank upper cell takes the last name to its
    left where the lower row has a name; a column without a lower name ends the reach of its neighbour's.
    """
    out, stem = [], ""
    for i in range(max(len(upper), len(lower))):
        top = upper[i] if i < len(upper) else None
        low = lower[i] if i < len(lower) else None
        if not empty_cell(top):
            stem = str(top)
        elif empty_cell(low):
            stem = ""
        out.append(f"{stem} | {low}" if stem and not empty_cell(low) and str(low) != stem else "")
    return out


def _pair_matches(sheet: Sheet, row: int, known: Callable[[str], bool]) -> int:
    """How many columns are known by the names of a row and the one below it together."""
    return sum(bool(name) and known(name) for name in carried(sheet.head[row], sheet.head[row + 1]))


def _filled(row: list[Any]) -> list[int]:
    return [i for i, cell in enumerate(row) if not empty_cell(cell)]


def _looks_answered(row: list[Any]) -> bool:
    """Whether a row is answers rather than names: cells repeat, as answers do and names of columns do not. An
    answer can be the name of a question by chance ("Kota")."""
    words = [_text.key(str(row[i])) for i in _filled(row)]
    return len(set(words)) < len(words)


def _names_row(sheet: Sheet, below: int, best: int) -> bool:
    """A second heading row of codes: only short words without blanks, all different, no numbers."""
    cells = [sheet.head[below][i] for i in _filled(sheet.head[below])]
    words = [
        c
        for c in cells
        if isinstance(c, str) and " " not in c.strip() and any(ch.isalpha() for ch in c) and len(c) < 20
    ]
    wide = len(_filled(sheet.head[best]))
    return (
        len(words) == len(cells) >= max(3, 0.8 * wide - 2)
        and len({w.casefold() for w in words}) == len(words)
        and sum(any(ch.isdigit() for ch in w) for w in words) >= 0.6 * len(words)
    )


def _names_empty(sheet: Sheet, above: int, best: int, known: Callable[[str], bool]) -> bool:
    """The row above names columns that the heading row leaves empty, or groups of them (several cells)."""
    top, row = sheet.head[above], sheet.head[best]
    names = [i for i in _filled(top) if isinstance(top[i], str)]
    covers = [i for i in names if i >= len(row) or empty_cell(row[i])]
    return len(names) >= 2 and (
        bool(covers) or sum(known(str(top[i])) for i in names) >= 2 or len(names) >= 0.5 * len(_filled(row))
    )


def build_table(sheet: Sheet, heading: Heading, path: Path, known: Callable[[str], bool]) -> RawTable:
    """The ``RawTable`` below ``heading``; RSP102 when nothing stands there."""
    if not heading.rows:
        raise UmkmError("RSP102", place(path, sheet=sheet.name))
    first, last = heading.rows[0], heading.rows[-1] + heading.below
    width = max((len(row) for row in sheet.head), default=0)
    bodies, places = sheet.body(last + 1, width)
    rows = places + (last + 2)
    filled = np.zeros(len(rows), dtype=np.int32)
    for codes, _ in bodies:
        filled += codes >= 0
    facts: list[tuple[str, dict[str, Any]]] = list(sheet.facts)
    if first > 0:
        above = sum(bool(_filled(row)) for row in sheet.head[:first])
        if above:
            facts.append(("RSP229", {"count": above, "row": first + 1}))
    if len(heading.rows) > 1:
        facts.append(("RSP230", {"first": first + 1, "second": last + 1}))
    keep = filled > 0
    inner = (int(places[keep][-1]) + 1 if keep.any() else 0) - int(keep.sum())
    if inner > 0:
        facts.append(("RSP227", {"count": inner}))
    columns = _columns(sheet, heading, bodies, known)
    unnamed = [c.letter for c in columns if not c.header and (c.codes >= 0).any()]
    if unnamed:
        facts.append(("RSP228", {"columns": unnamed[:20], "count": len(unnamed)}))
    if not keep.all():
        columns = [column.take(keep) for column in columns]
        rows, filled = rows[keep], filled[keep]
    columns = [column for column in columns if column.header or (column.codes >= 0).any()]
    held = _held(columns, filled)
    return RawTable(
        tuple(columns), rows, held, path.name, sheet.name, tuple(range(first + 1, last + 2)), tuple(facts)
    )


def _columns(
    sheet: Sheet, heading: Heading, bodies: list[Any], known: Callable[[str], bool]
) -> list[RawColumn]:
    out = []
    stems = (
        carried(sheet.head[heading.rows[0]], sheet.head[heading.rows[1]]) if len(heading.rows) == 2 else []
    )
    for i, (codes, values) in enumerate(bodies):
        names = [stems[i]] if i < len(stems) and stems[i] else []
        for row in heading.rows:
            cells = sheet.head[row]
            cell = cells[i] if i < len(cells) else None
            if not empty_cell(cell):
                names.append(str(cell))
        named = [name for name in names if known(name)]
        header = (named or list(reversed(names)) or [""])[-1 if named else 0]
        out.append(RawColumn(header, codes, values, sheet.letter(i), tuple(n for n in names if n != header)))
    return out


def _held(columns: list[RawColumn], filled: NDArray[np.int32]) -> NDArray[np.object_]:
    """ "summary_row" for rows that begin with TOTAL, rata-rata and the like; "note_row" for lone texts at the
    end; "heading_row" for rows that repeat the headings."""
    held = np.full(len(filled), "", dtype=object)
    held[_repeats_heading(columns, filled)] = "heading_row"
    before = np.zeros(len(filled), dtype=bool)
    for column in columns[:8]:
        words = [
            code
            for code, value in enumerate(column.values)
            if isinstance(value, str) and len(value) < 40 and _is_summary(value)
        ]
        if words:
            held[np.isin(column.codes, words) & ~before] = "summary_row"
        before |= column.codes >= 0
    if len(columns) < 4:
        return held
    row = len(filled) - 1
    while row >= 0 and (held[row] or filled[row] == 1):
        if not held[row]:
            column = next(c for c in columns if c.codes[row] >= 0)
            value = column.cell(row)
            if not isinstance(value, str) or _number_like(value) or len(value.strip()) < 4:
                break
            held[row] = "note_row"
        row -= 1
    return held


def _repeats_heading(columns: list[RawColumn], filled: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Rows in which most cells, and at least three, say what their column's heading says."""
    same = np.zeros(len(filled), dtype=np.int32)
    for column in columns:
        names = {column.header.strip(), *(name.strip() for name in column.keys)} - {""}
        codes = [i for i, v in enumerate(column.values) if v.__class__ is str and v.strip() in names]
        if codes:
            same += np.isin(column.codes, codes)
    return (same >= 3) & (same >= 0.6 * filled)


def _is_summary(value: str) -> bool:
    word = _text.key(value)
    return word in SUMMARY_WORDS or (
        word.split(" ")[0] in ("total", "jumlah", "rata-rata") and len(word) < 30
    )


def _number_like(value: str) -> bool:
    return value.strip().replace(",", "").replace(".", "").replace("-", "").isdigit()
