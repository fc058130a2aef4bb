"""Writing the files of a questionnaire: whole or not at all, and text that stays text in a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError

_RISKY = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


@contextlib.contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A temporary path that becomes ``target`` when the block ends well.

    Raises ``UmkmError`` QST104 when the target is open in another program or the folder refuses writing; the old
    file is untouched.
    """
    try:
        with atomic.replacing(target) as part:
            yield part
    except PermissionError as fault:
        raise UmkmError("QST104", Place(file=target.name), {"name": target.name}) from fault


def write_text(target: Path, text: str, *, bom: bool = False) -> Path:
    """UTF-8 text with "\\n" line ends, atomically; ``bom`` for files that Excel opens by double click."""
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
    """``value``; a text that begins like a formula gets a leading apostrophe (plain numbers are left alone)."""
    if isinstance(value, str) and _RISKY.match(value) and not _NUMBER.match(value):
        return "'" + value
    return value


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


def one_line(text: str) -> str:
    """Text with every run of white space folded to one blank."""
    return " ".join(text.split())
