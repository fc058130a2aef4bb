"""The form itself instead of its answers: an XLSForm, or a LimeSurvey structure (.lss).

A form tells its words and codes, so nothing about scales has to be guessed from answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._raw import empty_cell, letters
from umkm_stats.responses._sheets import Opened, Sheet
from umkm_stats.responses.drafting import _ladders
from umkm_stats.responses.drafting._grid import Codebook, Column, Grid

LSS_LIMIT = 64 * 1024**2
_TIMES = frozenset({"start", "end", "today", "date", "datetime", "time"})
_PERSONAL = frozenset(
    {"username", "phonenumber", "email", "deviceid", "subscriberid", "simserial", "geopoint"}
)
_SKIPPED = frozenset(
    {"note", "calculate", "hidden", "audit", "begin", "end", "image", "audio", "video", "file"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a form: heading cells, what it is ("closed", "several", "number", "text", "time",
    "personal"), answer codes with their labels in the form's order."""

    cells: tuple[str, ...]
    kind: str
    answers: tuple[tuple[str, str], ...] = ()


def form_grid(opened: Opened | None, path: Path) -> Grid | None:
    """The questions of a form file as columns without answers; None when the file is not a form."""
    if opened is None:
        return _grid(list(_lss(path)))
    named = {_text.key(sheet.name or ""): sheet for sheet in opened.sheets}
    survey = named.get("survey")
    if survey is None or "choices" not in named:
        return None
    rows = _records(survey)
    if not rows or not {"type", "name"} <= {_text.key(k) for k in rows[0]}:
        return None
    return _grid(list(_xlsform(rows, _records(named["choices"]))))


def is_lss(path: Path) -> bool:
    """Whether a file is a LimeSurvey structure file, by its bytes."""
    try:
        with path.open("rb") as stream:
            head = stream.read(600)
    except OSError:
        return False
    return b"<LimeSurveyDocType>" in head


def _records(sheet: Sheet) -> list[dict[str, str]]:
    width = max((len(row) for row in sheet.head), default=0)
    bodies, places = sheet.body(0, width)
    names: list[str] = []
    out: list[dict[str, str]] = []
    for r in range(len(places)):
        cells = [None if codes[r] < 0 else values[codes[r]] for codes, values in bodies]
        if not names:
            if any(not empty_cell(c) for c in cells):
                names = [_text.key(str(c)) if not empty_cell(c) else "" for c in cells]
            continue
        record = {n: _cell(c) for n, c in zip(names, cells, strict=True) if n and not empty_cell(c)}
        if record:
            out.append({**dict.fromkeys([n for n in names if n], ""), **record})
    return out


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _label(record: dict[str, str]) -> str:
    """The label of a row: without a language, else Indonesian, else the first one."""
    labels = {k: v for k, v in record.items() if k.startswith("label") and v}
    for wanted in ("label", *(k for k in labels if "indones" in k or "(id)" in k), *labels):
        if labels.get(wanted):
            return labels[wanted]
    return ""


def _xlsform(survey: list[dict[str, str]], choices: list[dict[str, str]]) -> Iterator[Asked]:
    lists: dict[str, list[tuple[str, str]]] = {}
    for record in choices:
        name = record.get("list_name") or record.get("list name") or ""
        value = record.get("name") or record.get("value") or ""
        if name and value:
            lists.setdefault(name, []).append((value, _label(record) or value))
    groups: list[str] = []
    for record in survey:
        kind = " ".join(record.get("type", "").split())
        first = kind.split(" ")[0].casefold() if kind else ""
        lowered = kind.casefold()
        if lowered.startswith(("begin group", "begin_group", "begin repeat", "begin_repeat")):
            groups.append(_label(record) or record.get("name", ""))
            continue
        if lowered.startswith(("end group", "end_group", "end repeat", "end_repeat")):
            groups = groups[:-1]
            continue
        name = record.get("name", "")
        if not name or (first in _SKIPPED and lowered != "end"):
            continue
        cells = tuple(c for c in (groups[-1] if groups else "", name, _label(record)) if c)
        if first in ("select_one", "select1", "rank") or lowered.startswith("select one"):
            yield Asked(cells, "closed", tuple(lists.get(kind.split(" ")[-1], ())))
        elif first == "select_multiple" or lowered.startswith("select all"):
            yield Asked(cells, "several", tuple(lists.get(kind.split(" ")[-1], ())))
        elif first in ("integer", "decimal", "range"):
            yield Asked(cells, "number")
        elif lowered in _TIMES:
            yield Asked(cells, "time")
        elif first in _PERSONAL:
            yield Asked(cells, "personal")
        else:
            yield Asked(cells, "text")


def _lss(path: Path) -> Iterator[Asked]:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    if path.stat().st_size > LSS_LIMIT:
        raise UmkmError("RSP107", place(path), {"limit": LSS_LIMIT // 1024**2})
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as fault:
        raise UmkmError("RSP106", place(path), {"why": fault.__class__.__name__}) from None

    def rows(name: str) -> list[dict[str, str]]:
        return [{cell.tag: cell.text or "" for cell in row} for row in root.iterfind(f"{name}/rows/row")]

    language = (root.findtext("languages/language") or "").strip()
    texts = {r.get("qid", ""): r for r in rows("question_l10ns") if r.get("language", language) == language}
    words = {r.get("aid", ""): r for r in rows("answer_l10ns") if r.get("language", language) == language}
    answers: dict[str, list[tuple[int, str, str]]] = {}
    for r in rows("answers"):
        if r.get("language", language) != language or r.get("scale_id", "0") not in ("", "0"):
            continue
        said = r.get("answer") or words.get(r.get("aid", ""), {}).get("answer", "")
        rank = int(r["sortorder"]) if r.get("sortorder", "").isdigit() else 0
        answers.setdefault(r.get("qid", ""), []).append((rank, r.get("code", ""), _bare(said)))
    parts: dict[str, list[dict[str, str]]] = {}
    for r in rows("subquestions"):
        if r.get("language", language) == language:
            parts.setdefault(r.get("parent_qid", ""), []).append(r)

    def order(r: dict[str, str]) -> tuple[int, int]:
        def number(key: str) -> int:
            return int(r[key]) if r.get(key, "").isdigit() else 0

        return number("gid"), number("question_order")

    def text(r: dict[str, str]) -> str:
        return _bare(r.get("question") or texts.get(r.get("qid", ""), {}).get("question", ""))

    asked = [r for r in rows("questions") if r.get("language", language) == language]
    for r in sorted(asked, key=order):
        given = tuple((code, said) for _, code, said in sorted(answers.get(r.get("qid", ""), [])))
        title, stem, mine = r.get("title", ""), text(r), sorted(parts.get(r.get("qid", ""), []), key=order)
        kind = r.get("type", "")
        if kind in "FHAB15CE:;K" and mine:
            given = given or tuple(
                (str(n), str(n)) for n in range(1, {"A": 5, "5": 5, "B": 10}.get(kind, 0) + 1)
            )
            for sub in mine:
                head = (stem, f"{title}_{sub.get('title', '')}", text(sub))
                yield Asked(tuple(c for c in head if c), "closed" if given else "text", given)
        elif kind in "L!O":
            yield Asked((title, stem), "closed", given)
        elif kind in "MP":
            yield Asked((title, stem), "several", tuple((one.get("title", ""), text(one)) for one in mine))
        elif kind == "N":
            yield Asked((title, stem), "number")
        elif kind == "D":
            yield Asked((title, stem), "time")
        elif kind in "STUQ":
            yield Asked((title, stem), "text")


def _bare(text: str) -> str:
    return _text.tidy(re.sub(r"<[^<>]{1,400}>", " ", text))


def _grid(questions: list[Asked]) -> Grid | None:
    columns = []
    for j, asked in enumerate(questions):
        if asked.kind == "several":  # choices of their own, in the form's order, whatever they say
            labels: dict[Any, str] = {k: word for k, (_, word) in enumerate(asked.answers, 1)}
            spellings = {code: k for k, (code, _) in enumerate(asked.answers, 1)}
        else:
            labels, spellings = _coded(asked.answers)
        columns.append(
            Column(
                j,
                letters(j),
                asked.cells,
                np.zeros(0, dtype=np.int32),
                (),
                labels,
                kind=asked.kind,
                spellings=spellings,
            )
        )
    if not columns:
        return None
    return Grid(tuple(columns), np.zeros(0, dtype=np.int64), None, (), Codebook(), form=True)


def _coded(answers: tuple[tuple[str, str], ...]) -> tuple[dict[Any, str], dict[str, int]]:
    """(value → label, other spelling → value). Codes that are whole numbers are kept; others are numbered by
    the meaning of their words where it is known, else in the form's order."""
    points = [(c, w) for c, w in answers if _text.key(w) not in _ladders.NOT_A_POINT]
    if points and all(re.fullmatch(r"-?\d{1,3}", code) for code, _ in points):
        return {int(code): word for code, word in points}, {}
    keyed = {_text.key(word) for _, word in points}
    found = None
    for language in ("id", "en", "de", "es", "pt", "fr", "nl", "tr"):
        found = found or _ladders.find(keyed, language)
    if found is not None and len(keyed) == len(points):
        points = sorted(points, key=lambda pair: found.places[_text.key(pair[1])])
    return (
        {k: word for k, (_, word) in enumerate(points, 1)},
        {code: k for k, (code, _) in enumerate(points, 1)},
    )
