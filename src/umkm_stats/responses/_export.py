"""Answers written the way a form service exports them: for simulated demonstrations and round-trip tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from umkm_stats.atomic import replacing, write_text
from umkm_stats.responses._files import place
from umkm_stats.responses._safety import plain_cell

SHEETS = {"id": "Form Responses 1", "en": "Form Responses 1"}


def write_rows(rows: Sequence[Sequence[Any]], path: Path, *, sheet: str = "Form Responses 1") -> Path:
    """Write rows (heading first) as xlsx or csv, by the suffix of ``path``. Raises RSP128 when it is open
    elsewhere."""
    from umkm_stats.errors import UmkmError

    path = Path(path)
    try:
        if path.suffix.lower() == ".csv":
            return write_text(path, _csv(rows))
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        ws = book.create_sheet(sheet[:31])
        for row in rows:
            ws.append([plain_cell(ws, value) for value in row])
        with replacing(path) as part:
            book.save(part)
    except PermissionError:
        raise UmkmError("RSP128", place(path)) from None
    return path


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if value is None else value for value in row])
    return out.getvalue()
