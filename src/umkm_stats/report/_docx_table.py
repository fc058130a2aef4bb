"""A Word table: editable cells, rules above and below as APA has them, repeated header, columns as wide as
their words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu
from docx.text.paragraph import Paragraph

from umkm_stats.report._inline import plain, runs
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
    depth = 2 if table.spanners else 1
    grid: Any = word.add_table(rows=depth + len(table.rows) + len(headings), cols=len(table.columns))
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER if voice.style == "skripsi" else WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    _margins(grid)
    widths = _widths(part_of or table, voice, width)
    if whole:
        widths = _stretched(widths, table, width)
    cells = [list(row.cells) for row in grid.rows]
    _head(grid, cells, table, depth)
    line = depth
    for index, values in enumerate(table.rows):
        if index in headings:
            merged = cells[line][0].merge(cells[line][-1])
            _write(merged, headings[index], bold=True)
            _keep(merged)
            line += 1
        for position, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            _write(
                cells[line][position], voice.cell(value, column), right=column.form != "text", literal=True
            )
        line += 1
    for row in grid.rows:
        _row_property(row, "w:cantSplit")
    for position, wide in enumerate(widths):
        grid.columns[position].width = Emu(wide)
    for row in grid._tbl.tr_lst:
        place = 0
        for cell in row.tc_lst:
            span = cell.grid_span
            cell.width = Emu(sum(widths[place : place + span]))
            place += span
    _rule(cells[0], "top", 12)
    _rule(cells[depth - 1], "bottom", 6)
    _rule(cells[-1], "bottom", 12)
    if depth == 2:
        for column, cell in zip(table.columns, cells[0], strict=True):
            if any(column.key in spanner.columns for spanner in table.spanners):
                _rule([cell], "bottom", 4)
    if whole or len(table.rows) <= 12:
        for row in cells if whole and (table.notes or table.source) else cells[:-1]:
            for cell in row:
                _keep(cell)


def _head(grid: Any, cells: list[list[Any]], table: Table, depth: int) -> None:
    for row in list(grid.rows)[:depth]:
        _row_property(row, "w:tblHeader")
    spanned = {key: spanner for spanner in table.spanners for key in spanner.columns}
    keys = [column.key for column in table.columns]
    for position, column in enumerate(table.columns):
        right = column.form != "text"
        if column.key in spanned:
            _write(cells[1][position], column.head, bold=True, right=right)
            spanner = spanned[column.key]
            if spanner.columns[0] == column.key:
                last = keys.index(spanner.columns[-1])
                merged = cells[0][position] if last == position else cells[0][position].merge(cells[0][last])
                _write(merged, spanner.head, bold=True, centre=True)
        elif depth == 2:
            _write(cells[0][position].merge(cells[1][position]), column.head, bold=True, right=right)
            cells[0][position].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        else:
            _write(cells[0][position], column.head, bold=True, right=right)


def _write(
    cell: Any,
    text: str,
    *,
    bold: bool = False,
    right: bool = False,
    centre: bool = False,
    literal: bool = False,
) -> None:
    found = cell._tc.p_lst
    for extra in found[1:]:
        cell._tc.remove(extra)
    properties = found[0].get_or_add_pPr()
    properties.style = STYLE_ID  # by id: looking the style up by name for every cell takes most of the time
    if right or centre:
        properties.jc_val = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.CENTER
    paragraph = Paragraph(found[0], cell)
    for piece, italic in [(text, False)] if literal else runs(text):
        run = paragraph.add_run(piece)
        if bold:
            run.bold = True
        if italic:
            run.italic = True


def _keep(cell: Any) -> None:
    for paragraph in cell._tc.p_lst:
        paragraph.get_or_add_pPr().keepNext_val = True


def _row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))


def _margins(grid: Any) -> None:
    """Narrow cell margins: 0.04 inch left and right."""
    properties = grid._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        mark = OxmlElement(f"w:{side}")
        mark.set(qn("w:w"), "58")
        mark.set(qn("w:type"), "dxa")
        margins.append(mark)
    properties.append(margins)


def _rule(row: list[Any], side: str, eighths: int) -> None:
    done = set()
    for cell in row:
        if id(cell._tc) in done:
            continue
        done.add(id(cell._tc))
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        mark = OxmlElement(f"w:{side}")
        for key, value in (
            ("w:val", "single"),
            ("w:sz", str(eighths)),
            ("w:space", "0"),
            ("w:color", "000000"),
        ):
            mark.set(qn(key), value)
        borders.append(mark)


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
                for word in text.split()
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
