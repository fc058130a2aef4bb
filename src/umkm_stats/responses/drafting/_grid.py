"""A response file as columns under headings, without an instrument to compare it with.

The heading may take several rows: a title row is passed over; rows of sections, codes, question texts or
import marks join. Where the upper of two heading rows leaves cells blank, its last word reaches to the right.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._layout import SUMMARY_WORDS
from umkm_stats.responses._raw import RawColumn, RawTable, empty_cell
from umkm_stats.responses._sheets import Opened, Sheet

_LOOK = 14
_IMPORT = re.compile(r'^\s*\{\s*"?ImportId"?', re.IGNORECASE)
_ANSWER_ROW = frozenset({"response", "open-ended response", "antwort", "respuesta", "réponse", "resposta"})


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its heading cells from top to bottom, its raw answers, its value labels.

    ``codes`` (n,): position in ``values``, −1 where empty. ``label``: variable label of a statistical file.
    ``kind``: what a form says it is ("closed", "several", "number", "text", "time", "personal"), "" for
    answers. ``spellings``: codes of a form's answers → value.
    """

    position: int
    letter: str
    cells: tuple[str, ...]
    codes: NDArray[np.int32] = field(repr=False)
    values: tuple[Any, ...] = field(repr=False)
    labels: dict[Any, str] = field(default_factory=dict, repr=False)
    label: str = ""
    kind: str = ""
    spellings: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def heading(self) -> str:
        """The heading as the reader sees it: the lowest heading cell."""
        return self.cells[-1] if self.cells else ""

    @property
    def filled(self) -> int:
        """Answers that are not empty."""
        return int((self.codes >= 0).sum())

    def counts(self) -> list[int]:
        """How often each of ``values`` was given."""
        return [int(c) for c in np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))]


@dataclass(frozen=True, slots=True)
class Codebook:
    """What further sheets say: code → (text, section), abbreviation → (meaning, point)."""

    questions: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: dict[str, tuple[str, int]] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Grid:
    """The columns of one sheet, and the rows (as the user counts them) that hold answers."""

    columns: tuple[Column, ...]
    rows: NDArray[np.int64]
    sheet: str | None
    header_rows: tuple[int, ...]
    codebook: Codebook
    dropped: int = 0
    form: bool = False

    @property
    def n(self) -> int:
        """Rows of answers."""
        return len(self.rows)


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and not empty_cell(cell) and not _number(cell)


def _number(cell: Any) -> bool:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return True
    return isinstance(cell, str) and bool(re.fullmatch(r"\s*-?\d+([.,]\d+)?\s*", cell))


def _filled(row: list[Any]) -> list[int]:
    return [i for i, cell in enumerate(row) if not empty_cell(cell)]


def heading_rows(sheet: Sheet) -> tuple[int, ...]:
    """Rows (from 0) of the heading; empty when the sheet has none."""
    head = sheet.head
    width = max((len(_filled(row)) for row in head), default=0)
    if width < 2:
        return ()
    below: list[Counter[Any]] = []
    for j in range(sheet.width):
        below.append(
            Counter(_text.key(str(row[j])) for row in head[1:] if j < len(row) and not empty_cell(row[j]))
        )
    first = next((i for i, row in enumerate(head[:_LOOK]) if _heads(row, below, width)), None)
    if first is None:
        return ()
    rows = [first]
    for r in range(first + 1, min(first + 4, len(head))):
        if not _joins(head, rows, r, below, width):
            break
        rows.append(r)
    above = first - 1
    if (
        above >= 0
        and len(_filled(head[above])) >= 2
        and all(_is_text(head[above][i]) for i in _filled(head[above]))
        and len(_filled(head[first])) > len(_filled(head[above]))
    ):
        rows.insert(0, above)
    return tuple(rows)


def _novel(row: list[Any], below: list[Counter[Any]]) -> float:
    """Share of the row's filled cells that stand nowhere else in their column."""
    cells = _filled(row)
    fresh = sum(below[i][_text.key(str(row[i]))] <= 1 for i in cells)
    return fresh / max(1, len(cells))


def _heads(row: list[Any], below: list[Counter[Any]], width: int) -> bool:
    cells = _filled(row)
    if len(cells) < max(2, 0.3 * width):
        return False
    texts = sum(_is_text(row[i]) for i in cells)
    return texts >= 0.8 * len(cells) and _novel(row, below) >= 0.85


def _joins(head: list[list[Any]], rows: list[int], r: int, below: list[Counter[Any]], width: int) -> bool:
    row, last = head[r], head[rows[-1]]
    cells = _filled(row)
    if not cells:
        return False
    if sum(bool(_IMPORT.match(str(row[i]))) for i in cells) >= 0.6 * len(cells):
        return True
    top = _filled(last)
    gaps = [
        i for i in range(width if width > len(last) else len(last)) if i >= len(last) or empty_cell(last[i])
    ]
    covered = [i for i in gaps if i < len(row) and not empty_cell(row[i])]
    if len(gaps) >= 0.15 * width and covered and len(covered) >= 0.6 * len(gaps):
        texts = [i for i in cells if _is_text(row[i])]
        ticks = sum(len(below[i]) == 1 and below[i][_text.key(str(row[i]))] > 1 for i in cells)
        if len(texts) >= 0.8 * len(cells) and _novel(row, below) + ticks / len(cells) >= 0.8:
            return True  # a ticked choice stands below its own words and nothing else does
        return _restarts([row[i] for i in cells])
    same = all(_text.key(str(row[i])) == _text.key(str(last[i])) for i in cells if i in top)
    if same and len(cells) >= 0.8 * len(top):
        return True
    texts = [i for i in cells if _is_text(row[i])]
    if len(texts) < 0.9 * len(cells) or len(cells) < 0.6 * len(top) or _novel(row, below) < 0.95:
        return False
    short = [" " not in str(last[i]).strip() and len(str(last[i])) < 24 for i in top]
    mine = [" " not in str(row[i]).strip() and len(str(row[i])) < 24 for i in cells]
    return sum(short) >= 0.7 * len(short) or sum(mine) >= 0.9 * len(mine) > 0.9 * len(cells) - 1


def _restarts(cells: list[Any]) -> bool:
    """Whether numbers run 1, 2, 3 … and begin again at 1."""
    numbers = [int(float(str(c).replace(",", "."))) for c in cells if _number(c)]
    if len(numbers) < 3 or len(numbers) < 0.8 * len(cells) or numbers[0] != 1:
        return False
    return all(b == a + 1 or b == 1 for a, b in itertools.pairwise(numbers))


def _header_cells(sheet: Sheet, rows: tuple[int, ...], width: int) -> list[tuple[str, ...]]:
    out: list[list[str]] = [[] for _ in range(width)]
    for at, r in enumerate(rows):
        row = sheet.head[r]
        if sum(bool(_IMPORT.match(str(c))) for c in row if not empty_cell(c)) > 1:
            continue
        lower = rows[at + 1 :]
        carried = ""
        for j in range(width):
            cell = row[j] if j < len(row) else None
            if not empty_cell(cell):
                carried = str(cell)
                text = carried
            else:
                under = any(j < len(sheet.head[k]) and not empty_cell(sheet.head[k][j]) for k in lower)
                text = carried if under else ""
                if not under:
                    carried = carried if not lower else ""
            if text and _text.key(text) not in _ANSWER_ROW:
                out[j].append(text)
    return [tuple(dict.fromkeys(names)) for names in out]


def _summary(value: Any) -> bool:
    word = _text.key(str(value))
    return word in SUMMARY_WORDS or word.split(" ")[0] in ("total", "jumlah", "rata-rata", "rerata", "mean")


def grid_of(sheet: Sheet, path: Path, codebook: Codebook) -> Grid:
    """The columns below the heading of one sheet. RSP301 when the sheet has no heading row."""
    rows = heading_rows(sheet)
    if not rows:
        raise UmkmError("RSP301", place(path, sheet=sheet.name))
    width = max(len(row) for row in sheet.head)
    bodies, places = sheet.body(rows[-1] + 1, width)
    count = len(places)
    names = _header_cells(sheet, rows, width)
    columns = [
        Column(j, sheet.letter(j), names[j], codes, values)
        for j, (codes, values) in enumerate(bodies)
        if names[j] or (codes >= 0).any()
    ]
    keep = np.zeros(count, dtype=bool)
    for column in columns:
        keep |= column.codes >= 0
    summary = np.zeros(count, dtype=bool)
    for column in columns[:4]:
        marks = [i for i, v in enumerate(column.values) if isinstance(v, str) and len(v) < 40 and _summary(v)]
        summary |= np.isin(column.codes, marks)
    again = np.zeros(count, dtype=int)
    for column in columns:
        marks = [i for i, v in enumerate(column.values) if column.cells and str(v) == column.heading]
        again += np.isin(column.codes, marks)
    keep &= ~summary & (again < max(2, 0.6 * len(columns)))
    numbers = places + (rows[-1] + 2)
    columns = [replace(column, codes=column.codes[keep]) for column in columns]
    return Grid(
        tuple(columns),
        numbers[keep],
        sheet.name,
        tuple(r + 1 for r in rows),
        codebook,
        int(summary.sum() + (again >= max(2, 0.6 * len(columns))).sum()),
    )


def codebook_of(sheets: tuple[Sheet, ...], main: Sheet) -> Codebook:
    """Sheets beside the answers that pair codes with texts, or abbreviations with meanings and points."""
    questions: dict[str, tuple[str, str]] = {}
    answers: dict[str, tuple[str, int]] = {}
    used = []
    heads = [main.head[r] for r in heading_rows(main)]
    codes = {_text.key(str(c)) for row in heads for c in row if not empty_cell(c)}
    given = {_text.key(str(c)) for row in main.head[1:] for c in row if _is_text(c)}
    for sheet in sheets:
        if sheet is main or sheet.blank:
            continue
        rows = [list(row) for row in sheet.head]
        width = max(len(row) for row in rows)
        bodies, _ = sheet.body(0, width)
        full = [[None if k < 0 else values[k] for k in found] for found, values in bodies]
        code_at = next((j for j in range(width) if _hits(full[j], codes) >= 3), None)
        if code_at is not None and width >= 2:
            text_at = max((j for j in range(width) if j != code_at), key=lambda j: _mean_length(full[j]))
            section = next(
                (j for j in range(width) if j not in (code_at, text_at) and _repeats(full[j])),
                None,
            )
            for i, code in enumerate(full[code_at]):
                if code is not None and _text.key(str(code)) in codes and full[text_at][i] is not None:
                    part = "" if section is None or full[section][i] is None else str(full[section][i])
                    questions[_text.key(str(code))] = (str(full[text_at][i]), part)
            used.append(sheet.name or "")
            continue
        most = max(range(width), key=lambda j: _hits(full[j], given))
        short_at = most if _hits(full[most], given) >= 2 else None
        points = next((j for j in reversed(range(width)) if _points(full[j])), None)
        if short_at is not None and points is not None:
            text_at = max(
                (j for j in range(width) if j not in (short_at, points)),
                key=lambda j: _mean_length(full[j]),
                default=short_at,
            )
            for i, short in enumerate(full[short_at]):
                if short is not None and _number(full[points][i]):
                    meaning = full[text_at][i]
                    answers[_text.key(str(short))] = (
                        str(meaning if meaning is not None else short),
                        int(float(str(full[points][i]).replace(",", "."))),
                    )
            used.append(sheet.name or "")
    return Codebook(questions, answers, tuple(used))


def _hits(cells: list[Any], known: set[str]) -> int:
    return len({_text.key(str(c)) for c in cells if c is not None} & known)


def _mean_length(cells: list[Any]) -> float:
    texts = [len(str(c)) for c in cells if isinstance(c, str)]
    return float(np.mean(texts)) if texts else 0.0


def _repeats(cells: list[Any]) -> bool:
    texts = [c for c in cells[1:] if isinstance(c, str)]
    return len(texts) >= 3 and len(set(texts)) < len(texts)


def _points(cells: list[Any]) -> int:
    return sum(_number(c) for c in cells) if sum(_number(c) for c in cells) >= 2 else 0


def grid_of_table(table: RawTable) -> Grid:
    """The same view on a statistical file, whose names, labels and value labels are known."""
    columns = tuple(_from_raw(j, column) for j, column in enumerate(table.columns))
    return Grid(columns, table.rows, table.sheet, table.header_rows, Codebook())


def _from_raw(position: int, column: RawColumn) -> Column:
    label = column.keys[-1] if column.keys else ""
    return Column(
        position, column.letter, (column.header,), column.codes, column.values, dict(column.labels), label
    )


def main_sheet(opened: Opened) -> Sheet:
    """The sheet that looks most like answers: most rows under a heading."""
    ranked = []
    for sheet in opened.sheets:
        if sheet.blank:
            continue
        rows = heading_rows(sheet)
        wide = max((len(_filled(row)) for row in sheet.head), default=0)
        deep = sum(len(_filled(row)) >= 0.5 * wide for row in sheet.head)
        ranked.append((bool(rows), deep * wide, sheet))
    if not ranked:
        raise UmkmError("RSP102", place(opened.path))
    return max(ranked, key=lambda entry: entry[:2])[2]
