"""LimeSurvey: UTF-8 with BOM and ";", codes ``PI[PI1]`` or full headings ``Question [sub-question]``."""

from __future__ import annotations

from dataclasses import replace

from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._raw import RawTable
from umkm_stats.responses.readers._base import NO, TIME, Head, Match, read_grid

NAME = "limesurvey"
_IDS = {
    "id",
    "response id",
    "answer id",
    "antwort id",
    "id jawaban",
    "id respons",
    "submitdate",
    "date submitted",
    "lastpage",
    "last page",
    "startlanguage",
    "start language",
    "seed",
    "startdate",
    "datestamp",
    "datum abgeschickt",
    "letzte seite",
    "start-sprache",
    "zufallsstartwert",
}


def sniff(head: Head) -> Match:
    """Its first columns are its own; brackets in many headings and ";" after a BOM support it."""
    if head.opened.kind not in ("workbook", "text") or not head.keys:
        return NO
    own = [name for name, key in zip(head.names, head.keys, strict=True) if {key, *key.split(". ", 1)} & _IDS]
    grids = sum(_text.grid_parts(name) is not None for name in head.names)
    form = head.opened.text_form
    marked = form is not None and form.delimiter == ";" and form.encoding == "utf-8-sig"
    score = 0.0
    why: list[tuple[str, dict[str, str]]] = []
    first = bool(
        {head.keys[0], *head.keys[0].split(". ", 1)}
        & {"id", "response id", "answer id", "antwort id", "id jawaban", "id respons"}
    )
    if first and (len(own) >= 3 or grids >= 2):
        score = 0.6 + 0.1 * min(len(own), 3)
        why.append(("source.columns", {"names": ", ".join(own[:4])}))
        if grids:
            why.append(("source.grid", {}))
    if score and marked:
        score = min(score + 0.1, 1.0)
        why.append(("source.bom", {}))
    return Match(min(score, 1.0), tuple(why))


def read(head: Head, index: HeaderIndex) -> RawTable:
    """ "N/A" means that a question was not shown, an empty cell that it was left out. HTML in headings is
    dropped."""
    table = read_grid(head, index)
    columns = []
    for column in table.columns:
        parts = _text.grid_parts(column.header)
        more: tuple[str, ...] = (parts[1],) if parts and "[" not in parts[1] else ()
        if not parts and index.match(column.header) is None:  # PL_PL1: names of the R and SPSS exports
            more = tuple(t for t in (column.header.partition("_")[2],) if t)
        role = column.role
        names = {_text.key(column.header), *_text.key(column.header).split(". ", 1)} & _IDS
        if not role and names & {"response id", "answer id", "antwort id"}:
            role = "id"
        role = role or next((TIME[name] for name in sorted(names) if name in TIME), "")
        columns.append(
            replace(column, role=role, keys=(*column.keys, *(name for name in more if index.match(name))))
        )
    return replace(table, columns=tuple(columns), not_shown=("N/A",), unique_ids=True)
