"""Writing the files of a questionnaire: whole or not at all, and text that stays text in a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError

_RISKY = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


@contextlib.contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A temporary path that becomes ``target`` when the block ends well.

    Raises ``UmkmError`` QST104 when the target is open in another program or the folder refuses writing; the
    old file is untouched.
    """
    try:
        with atomic.replacing(target) as part:
            yield part
    except PermissionError as fault:
        raise UmkmError("QST104", Place(file=target.name), {"name": target.name}) from fault


def write_text(target: Path, text: str, *, bom: bool = False) -> Path:
    r"""UTF-8 text with "\n" line ends, atomically; ``bom`` for files that Excel opens by double click."""
    with writing(target) as part:
        part.write_text(text, encoding="utf-8-sig" if bom else "utf-8", newline="\n")
    return target


def csv_text(rows: Iterable[Sequence[Any]], *, delimiter: str = ",") -> str:
    """Rows as CSV; user text that a spreadsheet would run as a formula is preceded by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    for row in rows:
        writer.writerow([inert(value) for value in row])
    return out.getvalue()


def inert(value: Any) -> Any:
    """``value``; a text that begins like a formula gets a leading apostrophe (plain numbers are left
    alone)."""
    if isinstance(value, str) and _RISKY.match(value) and not _NUMBER.match(value):
        return "'" + value
    return value


def open_workbook(path: Path) -> Workbook:
    """A workbook whole in memory, its file closed again; raises what openpyxl raises. Parts openpyxl does not
    know
    (which it would announce as warnings) do not matter to a reader of cells."""
    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(stream.read()))


def put(cell: Cell | MergedCell, value: Any) -> Cell:
    """Set ``value`` in a worksheet cell; text is stored as text whatever it begins with."""
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        if _RISKY.match(value):
            cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def fit_rows(sheet: Worksheet, first: int = 1) -> None:
    """Row heights for wrapped text, from row ``first`` on; spreadsheet programs do not all work them out by
    themselves."""
    for number, row in enumerate(sheet.iter_rows(min_row=first), start=first):
        lines = 1
        for cell in row:
            if isinstance(cell.value, str):
                width = sheet.column_dimensions[cell.column_letter].width or 10
                lines = max(
                    lines,
                    sum(math.ceil(max(len(part), 1) / max(width - 2, 5)) for part in cell.value.split("\n")),
                )
        sheet.row_dimensions[number].height = min(15 * lines + 3, 400)


def one_line(text: str) -> str:
    """Text with every run of white space folded to one blank."""
    return " ".join(text.split())
