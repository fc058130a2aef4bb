"""Google Forms: answers as words under full question texts, from Sheets (xlsx, csv) or the form's zipped
CSV."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, Head, Match, read_grid

NAME = "google-forms"
_STAMPS = {"timestamp", "cap waktu", "stempel waktu", "zeitstempel", "marca temporal", "horodateur"}
_SHEETS = (
    "form responses",
    "respons formulir",
    "jawaban formulir",
    "formulir tanggapan",
    "(jawaban)",
    "(responses)",
    "tanggapan formulir",
)


def sniff(head: Head) -> Match:
    """A timestamp in the first column is the mark; the sheet's name and grid headings make it sure."""
    if head.opened.kind not in ("workbook", "text", "archive") or not head.keys:
        return NO
    why: list[tuple[str, dict[str, str]]] = []
    score = 0.0
    if head.keys[0] in _STAMPS:
        score = 0.6
        why.append(("source.first_column", {"name": head.names[0]}))
    named = (
        head.sheet is not None
        and head.sheet.name is not None
        and any(m in head.sheet.name.casefold() for m in _SHEETS)
    )
    named = named or any(mark in head.opened.name.casefold() for mark in ("(jawaban)", "(responses)"))
    if named:
        score += 0.3
        why.append(
            ("source.sheet_name", {"name": (head.sheet.name if head.sheet else None) or head.opened.name})
        )
    if score and any(_text.grid_parts(name) for name in head.names):
        score += 0.1
        why.append(("source.grid", {}))
    if score and head.opened.kind == "archive":
        score += 0.1
        why.append(("source.zip", {}))
    return Match(min(score, 1.0), tuple(why))


def read(head: Head, index: HeaderIndex) -> RawTable:
    """Tick boxes are joined by ", " in a sheet and by ";" in the zipped CSV."""
    table = read_grid(head, index)
    columns = list(table.columns)
    if columns and not columns[0].role and _text.key(columns[0].header) in _STAMPS:
        columns[0] = replace(columns[0], role="time")
    return replace(table, columns=tuple(columns), checkbox=";" if head.opened.kind == "archive" else ", ")
