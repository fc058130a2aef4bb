"""The expert sheet: one row an item, relevance and necessity to be rated, for content validity.

Row 1 (hidden) holds machine names, row 2 the headings a reader sees, ratings begin in row 3. One file an
expert.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._files import put
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._words import language_name, say

RATINGS = {"relevance": (1, 2, 3, 4), "clarity": (1, 2, 3, 4), "necessity": (1, 2, 3)}
_HEAD = PatternFill("solid", fgColor="FF0B5C6B")
_OPEN = PatternFill("solid", fgColor="FFFFF8E1")
_THIN = Side(style="thin", color="FFD5DBE3")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_expert.xlsx`` in ``folder``: the sheet of ratings, the expert's details, the instructions."""
    lang = plan.languages[0]
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = say("expert.sheet", lang)
    _ratings(sheet, plan, lang)
    _details(book.create_sheet(say("expert.sheet_about", lang)), plan, lang)
    target = folder / f"{plan.label}_expert.xlsx"
    with _files.writing(target) as part:
        book.save(part)
    return target


def _ratings(sheet: Worksheet, plan: Plan, lang: str) -> None:
    constructs = {entry.code: entry for entry in plan.instrument.constructs}
    dimensions = {part.code: part for entry in plan.instrument.constructs for part in entry.dimensions}
    names = [
        "code",
        "construct",
        "dimension",
        "indicator",
        *[f"text_{other}" for other in plan.languages],
        *RATINGS,
        "comment",
    ]
    heads = [say(f"codebook.{name}", lang) for name in ("code", "construct", "dimension", "indicator")]
    heads += [f"{say('codebook.text', lang)} ({language_name(other)})" for other in plan.languages]
    heads += [say(f"expert.{name}", lang) for name in (*RATINGS, "comment")]
    widths = [9, 24, 22, 26, *[46] * len(plan.languages), 13, 13, 13, 40]
    items = [item for item in plan.items if constructs[item.construct].role != "marker"]
    for c, (name, head, width) in enumerate(zip(names, heads, widths, strict=True), start=1):
        put(sheet.cell(1, c), name)
        top = put(sheet.cell(2, c), head)
        top.font, top.fill, top.border = Font(bold=True, color="FFFFFFFF"), _HEAD, _GRID
        top.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(c)].width = width
    for r, item in enumerate(items, start=3):
        values = [
            item.code,
            constructs[item.construct].label[lang],
            dimensions[item.dimension].label[lang] if item.dimension else "",
            item.indicator[lang] if item.indicator else "",
            *[item.text[other] for other in plan.languages],
        ]
        for c in range(1, len(names) + 1):
            cell = sheet.cell(r, c)
            if c <= len(values):
                put(cell, values[c - 1])
            else:
                cell.protection, cell.fill = Protection(locked=False), _OPEN
            cell.border = _GRID
            cell.alignment = Alignment(
                wrap_text=True, vertical="top", horizontal="center" if names[c - 1] in RATINGS else None
            )
    for name, values_allowed in RATINGS.items():
        codes = ",".join(map(str, values_allowed))
        rule = DataValidation(
            type="list", formula1=f'"{codes}"', allow_blank=True, showErrorMessage=True, showInputMessage=True
        )
        rule.prompt, rule.error = (
            say(f"expert.{name}_prompt", lang)[:255],
            say("xlsx.error_list", lang, codes=", ".join(codes.split(",")))[:255],
        )
        sheet.add_data_validation(rule)
        letter = get_column_letter(names.index(name) + 1)
        rule.add(f"{letter}3:{letter}{len(items) + 2}")
    _files.fit_rows(sheet, 2)
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[2].height = 32
    sheet.freeze_panes = "B3"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = "2:2"


def _details(sheet: Worksheet, plan: Plan, lang: str) -> None:
    """Who rated, and what the numbers mean."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 90
    rows: list[tuple[str, str, bool]] = [
        (say(f"expert.{key}", lang), "", True) for key in ("number", "name", "field", "date")
    ]
    rows += [(say(f"expert.{name}", lang), say(f"expert.{name}_prompt", lang), False) for name in RATINGS]
    rows += [
        (
            say("about.instrument", lang),
            f"{plan.instrument.title[lang]} ({plan.instrument.name} {plan.instrument.version})",
            False,
        )
    ]
    rows += [(say("about.how", lang), say("expert.how", lang), False)]
    for r, (name, value, is_open) in enumerate(rows, start=1):
        put(sheet.cell(r, 1), name).font = Font(bold=True)
        cell = sheet.cell(r, 2)
        if is_open:
            cell.protection, cell.fill, cell.border = Protection(locked=False), _OPEN, _GRID
        else:
            put(cell, value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    _files.fit_rows(sheet)
    sheet.protection.sheet = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
