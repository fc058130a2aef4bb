"""A Word table: editable cells, rules above and below as APA has them, repeated header, columns as wide as
their words."""

from __future__ import annotations

import re
from dataclasses import replace

from docx.document import Document as WordDocument

from umkm_stats.report._docx_cells import Cell, put, ruled, table_of
from umkm_stats.report._inline import plain
from umkm_stats.report._spec import Table
from umkm_stats.report._voice import Voice

STYLE = "Umkm Table Text"
STYLE_ID = "UmkmTableText"


LINES = 38  # lines of a table that a page of a thesis holds beside its caption


def pieces(table: Table, voice: Voice, width: int) -> list[Table]:
    """The table in parts that each fit a page; a part begins at a group where one is near."""
    needs = _row_lines(table, voice, width)
    starts = {row for row, _ in table.groups}
    cuts, used, group = [0], 0, 0
    for row, lines in enumerate(needs):
        lines += row in starts
        if row in starts:
            group = row
        if used + lines > LINES and row > cuts[-1]:
            near = group > cuts[-1] and sum(needs[cuts[-1] : group]) > LINES // 2
            cuts.append(group if near else row)
            used = sum(needs[cuts[-1] : row])
        used += lines
    out = []
    for first, last in zip(cuts, [*cuts[1:], len(table.rows)], strict=True):
        own = tuple((row - first, words) for row, words in table.groups if first <= row < last)
        out.append(replace(table, rows=table.rows[first:last], groups=own))
    return out


def _row_lines(table: Table, voice: Voice, width: int) -> list[int]:
    """Lines of every row at the widths the columns will have."""
    sizes = [size / 914400 for size in _stretched(_widths(table, voice, width), table, width)]
    out = []
    for row in table.rows:
        texts = [voice.cell(value, column) for value, column in zip(row, table.columns, strict=True)]
        out.append(
            max(
                [
                    1,
                    *(
                        -(-int(1000 * len(t) * 0.072) // int(1000 * max(s - 0.1, 0.1)))
                        for t, s in zip(texts, sizes, strict=True)
                    ),
                ]
            )
        )
    return out


def add_table(
    word: WordDocument, table: Table, voice: Voice, width: int, *, part_of: Table | None = None
) -> None:
    """Append ``table`` to the document, ``width`` EMU wide at most. ``part_of``: the whole table of which it
    is a part; it stays on one page with the note under it, with columns as wide as the whole's."""
    whole = part_of is not None
    headings = dict(table.groups)
    widths = _widths(part_of or table, voice, width)
    if whole:
        widths = _stretched(widths, table, width)
    head = _head(table)
    rows = [*head]
    for index, values in enumerate(table.rows):
        if index in headings:
            rows.append([Cell(headings[index], span=len(table.columns), bold=True, keep=True)])
        rows.append(
            [
                Cell(voice.cell(value, column), align="" if column.form == "text" else "right", literal=True)
                for value, column in zip(values, table.columns, strict=True)
            ]
        )
    ruled(rows[0], top=12)
    ruled(rows[len(head) - 1], bottom=6)
    ruled(rows[-1], bottom=12)
    if whole or len(table.rows) <= 12:
        for row in rows if whole and (table.notes or table.source) else rows[:-1]:
            for cell in row:
                cell.keep = True
    put(word, table_of(rows, widths, len(head), STYLE_ID, centred=voice.style == "skripsi"))


def _head(table: Table) -> list[list[Cell]]:
    """One row of headings, or two where some columns stand under a common one."""
    sides = ["" if column.form == "text" else "right" for column in table.columns]
    if not table.spanners:
        return [[Cell(c.head, bold=True, align=side) for c, side in zip(table.columns, sides, strict=True)]]
    spanned = {key: spanner for spanner in table.spanners for key in spanner.columns}
    upper, lower = [], []
    for column, side in zip(table.columns, sides, strict=True):
        spanner = spanned.get(column.key)
        if spanner is None:
            upper.append(Cell(column.head, bold=True, align=side, merge="restart"))
            lower.append(Cell(merge="continue"))
            continue
        lower.append(Cell(column.head, bold=True, align=side))
        if spanner.columns[0] == column.key:
            upper.append(Cell(spanner.head, span=len(spanner.columns), bold=True, align="center", bottom=4))
    return [upper, lower]


def too_wide(table: Table, voice: Voice, width: int) -> bool:
    """Whether the table needs more than ``width`` EMU to keep its words whole, with room for two words in
    wide columns."""
    _, least = _needs(table, voice)
    extra = sum(0.55 for column in table.columns if column.wide)
    return (sum(least) + extra) * 914400 > width


def _needs(table: Table, voice: Voice) -> tuple[list[float], list[float]]:
    """(wanted, least) width of every column in inches."""
    wanted, least = [], []
    for position, column in enumerate(table.columns):
        texts = [voice.cell(row[position], column) for row in table.rows]
        head = plain(column.head)
        longest_word = max(
            [
                _ems(word)
                for text in [head, *(texts if column.form == "text" else [])]
                for word in re.split(r"[ \n\t]+", text)  # a no-break space keeps an interval whole
            ]
            + [3]
        )
        longest = max([len(text) for text in texts] + [longest_word])
        floor = max(longest_word, longest if column.form != "text" else 0)
        least.append(floor * 0.074 + 0.11)
        wanted.append(max(min(longest, 46 if column.wide else 30), floor) * 0.072 + 0.16)
    return wanted, least


def _stretched(widths: list[int], table: Table, width: int) -> list[int]:
    """Widths that fill the line, so that title, table and source stand under each other: wide columns take
    what is left, or all columns where none is wide."""
    spare = width - sum(widths)
    if spare <= 0:
        return widths
    wide = [place for place, column in enumerate(table.columns) if column.wide]
    if wide and spare > width // 3:  # a short table: half of the room goes to the other columns
        others = [place for place in range(len(widths)) if place not in wide]
        for place in others:
            widths[place] += spare // 2 // max(len(others), 1)
        spare -= spare // 2 if others else 0
    chosen = wide or list(range(len(widths)))
    for place in chosen:
        widths[place] += spare // len(chosen)
    return widths


def _ems(word: str) -> float:
    """Letters of a word, capitals counted as one and a third."""
    return sum(1.35 if letter.isupper() else 1.0 for letter in word)


def _widths(table: Table, voice: Voice, width: int) -> list[int]:
    """Widths in proportion to what the columns hold; no word of a number or heading is cut."""
    wanted, least = _needs(table, voice)
    room = width / 914400
    if sum(least) >= room:
        sizes = [size * room / sum(least) for size in least]
    else:
        spare, need = (
            room - sum(least),
            [max(want - low, 0.0) for want, low in zip(wanted, least, strict=True)],
        )
        share = min(1.0, spare / sum(need)) if sum(need) else 0.0
        sizes = [low + more * share for low, more in zip(least, need, strict=True)]
    return [int(size * 914400) for size in sizes]
