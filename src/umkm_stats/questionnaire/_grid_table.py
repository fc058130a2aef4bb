"""Kisi-kisi: the operationalisation tables of Bab III, as a Word document and as a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.instrument import Construct, Item
from umkm_stats.questionnaire import _files, _word
from umkm_stats.questionnaire._files import put
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._word import CENTRE, Sheet
from umkm_stats.questionnaire._words import plain, say

_DEFINITION = ("variable", "dimension", "indicator", "item", "scale", "source")
_BLUEPRINT = ("variable", "dimension", "numbers", "codes", "count")
_WIDTHS = (3.7, 3.4, 4.6, 7.6, 2.6, 3.8)


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_kisi_kisi.docx`` and ``.xlsx`` in ``folder``; the document."""
    lang = plan.languages[0]
    tables = [
        (
            say("kisi.title_definition", lang),
            [say(f"kisi.{key}", lang) for key in _DEFINITION],
            definition_rows(plan, lang),
            _WIDTHS,
            2,
        ),
        (
            say("kisi.title_blueprint", lang),
            [say(f"kisi.{key}", lang) for key in _BLUEPRINT],
            blueprint_rows(plan, lang),
            (6.0, 6.0, 5.0, 6.2, 2.5),
            1,
        ),
        (
            say("kisi.title_scores", lang),
            [say(f"kisi.{key}", lang) for key in ("scale", "answer", "code", "score", "reversed")],
            score_rows(plan, lang),
            (5.0, 9.0, 3.5, 3.5, 4.7),
            1,
        ),
    ]
    sheet = Sheet(title=say("kisi.title_blueprint", lang), lang=lang, landscape=True, size=9.5)
    for title, heads, rows, widths, merged in tables:
        sheet.text(title, bold=True, size=11, align=CENTRE, before=8, keep=True)
        _word_table(sheet, heads, rows, widths, merged)
        sheet.text(
            say("kisi.note", lang, form=plan.label, version=plan.instrument.version),
            size=8.5,
            before=3,
            after=10,
        )
    works = references(plan)
    if works:
        sheet.text(say("kisi.references", lang), bold=True, size=11, align=CENTRE, before=8, keep=True)
        for work in works:
            sheet.text(work, size=9, hanging=1.0)
    sheet.footer(plan.label, say("docx.page", lang), say("docx.of", lang))
    _workbook(tables, folder / f"{plan.label}_kisi_kisi.xlsx")
    return sheet.save(folder / f"{plan.label}_kisi_kisi.docx")


def definition_rows(plan: Plan, lang: str) -> list[list[str]]:
    """Variable, dimension, indicator, item, scale, source: a row an item, in the order of the constructs."""
    rows = []
    for construct, dimension, items in _blocks(plan, lang):
        for item in items:
            scale = item.response_scale
            kind = say(f"kisi.kind_{scale.kind}", lang, points=scale.points) if scale else ""
            sources = "; ".join(dict.fromkeys(cited(plan, key) for key in item.adapted_from)) or "–"
            indicator = item.indicator[lang] if item.indicator else "–"
            text = f"{item.code}. {item.text[lang]}" + (
                f" ({say('keying.reverse', lang)})" if item.reverse else ""
            )
            rows.append(
                [f"{construct.label[lang]} ({construct.code})", dimension, indicator, text, kind, sources]
            )
    return rows


def cited(plan: Plan, key: str) -> str:
    """A reference as it is cited in a text: ``Homburg et al. (2015)``; the key itself when it is not
    listed."""
    whole = plan.instrument.references.get(key)
    found = re.match(r"(?P<authors>.+?)\s*\((?P<year>\d{4}[a-z]?)\)", whole or "")
    if found is None:
        return key
    names = [part.strip(" ,&") for part in re.findall(r"([^,&]+),\s*(?:[A-Z][\w.\- ]*\.)", found["authors"])]
    if not names:
        return f"{found['authors'].strip(' .,')} ({found['year']})"
    if len(names) > 2:
        return f"{names[0]} et al. ({found['year']})"
    return f"{' & '.join(names)} ({found['year']})"


def references(plan: Plan) -> list[str]:
    """The works cited in the table, in full, in alphabetical order."""
    keys = {key for item in plan.items for key in item.adapted_from}
    return sorted(plan.instrument.references[key] for key in keys if key in plan.instrument.references)


def blueprint_rows(plan: Plan, lang: str) -> list[list[str]]:
    """Variable, dimension, numbers in the questionnaire, codes, count; the total last."""
    numbers = {asked.code: asked.number for asked in plan.asked}
    rows = [
        [
            f"{construct.label[lang]} ({construct.code})",
            dimension,
            ", ".join(str(n) for n in sorted(numbers[item.code] for item in items)),
            ", ".join(item.code for item in items),
            str(len(items)),
        ]
        for construct, dimension, items in _blocks(plan, lang)
    ]
    return [*rows, [say("kisi.total", lang), "", "", "", str(sum(int(row[-1]) for row in rows))]]


def score_rows(plan: Plan, lang: str) -> list[list[str]]:
    """Scale, answer, abbreviation, score, score of a reverse-keyed item."""
    rows = []
    seen: set[str] = set()
    for item in plan.items:
        scale = item.response_scale
        if scale is None or scale.name in seen or item.anchors is not None or not scale.labels:
            continue
        seen.add(scale.name)
        title = (
            scale.title[lang] if scale.title else say(f"kisi.kind_{scale.kind}", lang, points=scale.points)
        )
        for value in scale.values:
            short = scale.short.get(lang, {}).get(value, "–")
            rows.append(
                [title, scale.labels[lang][value], short, str(value), plain(scale.reverse(value), lang)]
            )
        if scale.not_applicable is not None and any(
            other.na_code is not None for other in plan.items if other.response_scale is scale
        ):
            rows.append(
                [
                    title,
                    scale.not_applicable.label[lang],
                    str(scale.not_applicable.code),
                    say("kisi.no_score", lang),
                    say("kisi.no_score", lang),
                ]
            )
    return rows


def _blocks(plan: Plan, lang: str) -> list[tuple[Construct, str, list[Item]]]:
    blocks = []
    for construct in plan.instrument.constructs:
        own = [item for item in plan.items if item.construct == construct.code]
        for dimension in construct.dimensions:
            members = [item for item in own if item.dimension == dimension.code]
            if members:
                blocks.append(
                    (construct, f"{dimension.label[lang]} ({dimension.code})", _in_order(plan, members))
                )
        rest = [item for item in own if item.dimension is None]
        if rest:
            blocks.append((construct, "–", _in_order(plan, rest)))
    return blocks


def _in_order(plan: Plan, items: list[Item]) -> list[Item]:
    """Order of the instrument's file: codes count up."""
    place = {item.code: position for position, item in enumerate(plan.instrument.items)}
    return sorted(items, key=lambda item: place[item.code])


def _word_table(
    sheet: Sheet, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], merged: int
) -> None:
    """A table whose first ``merged`` columns show a repeated value once."""
    table = sheet.table(widths)
    for cell, head in zip(_word.row(table, widths, header=True), heads, strict=True):
        _word.fill(cell, head, bold=True, align=CENTRE)
        _word.shade(cell, "E3F1F3")
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else ()
        after = rows[index + 1] if index + 1 < len(rows) else ()
        cells = _word.row(table, widths)
        for column, (cell, value) in enumerate(zip(cells, row, strict=True)):
            key = list(row[: column + 1])
            same = column < merged and list(before[: column + 1]) == key
            for line in ("" if same else value).split("\n"):
                _word.fill(cell, line, size=9)
            if same or (column < merged and list(after[: column + 1]) == key):
                _word.merge_down(cell, first=not same)


def _workbook(
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]], Sequence[float], int]], target: Path
) -> None:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for index, (title, heads, rows, widths, _) in enumerate(tables):
        sheet = first if index == 0 else book.create_sheet()
        sheet.title = title.split(".")[-1].strip()[:31].replace("/", " ")
        put(sheet.cell(1, 1), title).font = Font(bold=True, size=12)
        for r, row in enumerate([heads, *rows], start=2):
            for c, value in enumerate(row, start=1):
                cell = sheet.cell(r, c)
                put(cell, int(value) if value.isdecimal() and r > 2 else value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if r == 2:
                    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE3F1F3")
        for c, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(c)].width = width * 5
        _files.fit_rows(sheet, 2)
        sheet.freeze_panes = "A3"
        sheet.print_title_rows = "2:2"
        sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = (
            "landscape",
            9,
            0,
        )
        sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    with _files.writing(target) as part:
        book.save(part)
