"""The data-entry workbook: one row a respondent, lists that refuse a wrong code, and the codebook beside
it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._codes import codebook_rows, meta_rows
from umkm_stats.questionnaire._files import put
from umkm_stats.questionnaire._plan import Asked, Plan
from umkm_stats.questionnaire._words import say

ROWS = 5000
_HEAD = PatternFill("solid", fgColor="FF0B5C6B")
_ASIDE = PatternFill("solid", fgColor="FF566174")
_THIN = Side(style="thin", color="FFD5DBE3")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the entry sheet: heading, its question (None for the form number), and the choice it
    ticks."""

    name: str
    asked: Asked | None
    tick: int | None = None


def columns(plan: Plan) -> Iterator[Column]:
    """Columns in order: a form number when the instrument has none, then every question; a tick box a
    column."""
    if not any(asked.filled_by == "enumerator" for asked in plan.asked):
        yield Column(say("docx.number_heading", plan.languages[0]), None)
    for asked in plan.asked:
        if asked.input == "many":
            for answer in asked.answers:
                yield Column(f"{asked.code}/{answer.value}", asked, answer.value)
        else:
            yield Column(asked.code, asked)


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_entry.xlsx`` in ``folder``: sheets of answers, codebook and instructions."""
    book = Workbook()
    lang = plan.languages[0]
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = say("xlsx.sheet_data", lang)
    _entry(sheet, plan, lang)
    _table(book.create_sheet(say("xlsx.sheet_codebook", lang)), codebook_rows(plan))
    _table(book.create_sheet(say("xlsx.sheet_about", lang)), meta_rows(plan, lang), widths=(28, 90))
    book.security = WorkbookProtection(lockStructure=True)
    target = folder / f"{plan.label}_entry.xlsx"
    with _files.writing(target) as part:
        book.save(part)
    return target


def _entry(sheet: Worksheet, plan: Plan, lang: str) -> None:
    for index, column in enumerate(columns(plan), start=1):
        letter = get_column_letter(index)
        head = put(sheet.cell(1, index), column.name)
        head.font = Font(bold=True, color="FFFFFFFF")
        head.fill = _HEAD if column.asked is None or column.asked.question.is_item else _ASIDE
        head.alignment = Alignment(horizontal="center", vertical="center")
        text = column.asked is not None and column.asked.input == "text"
        sheet.column_dimensions[letter].width = 24 if text else max(8, len(column.name) + 3)
        rule = _validation(column, lang)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{ROWS + 1}")
        # The style of the whole column: cells below the heading may be filled in, and none has to be written
        # now.
        column_style = sheet.column_dimensions[letter]
        column_style.protection = Protection(locked=False)
        column_style.border = _GRID
        column_style.number_format = "@" if text else "General"
        column_style.alignment = Alignment(horizontal="left" if text else "center")
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "B2"
    sheet.sheet_view.zoomScale = 110
    _protect(sheet)


def _protect(sheet: Worksheet) -> None:
    """Headings cannot be changed; cells may be filled, sized and filtered. No password: it guards against
    slips."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatColumns = False
    guard.formatRows = False
    guard.sort = False
    guard.autoFilter = False


def _validation(column: Column, lang: str) -> DataValidation:
    asked = column.asked
    if asked is None:
        rule = DataValidation(type="textLength", operator="lessThanOrEqual", formula1="20", allow_blank=True)
        rule.promptTitle, rule.prompt = column.name, say("xlsx.form_number", lang)
    else:
        rule = _question_rule(asked, column.tick)
        rule.promptTitle = column.name[:32]
        rule.prompt = _prompt(asked, column.tick, lang)
        rule.errorTitle = column.name[:32]
        rule.error = _refusal(asked, column.tick, lang)
    rule.showInputMessage = True
    rule.showErrorMessage = True
    rule.errorStyle = "stop"
    return rule


def _question_rule(asked: Asked, tick: int | None) -> DataValidation:
    question = asked.question
    if tick is not None:
        return DataValidation(type="list", formula1='"0,1"', allow_blank=True)
    if asked.input == "one":
        codes = ",".join(str(answer.value) for answer in asked.answers)
        if len(codes) > 250:  # a list in a cell rule holds 255 characters
            first, last = asked.answers[0].value, max(answer.value for answer in asked.answers)
            return DataValidation(
                type="whole", operator="between", formula1=str(first), formula2=str(last), allow_blank=True
            )
        return DataValidation(type="list", formula1=f'"{codes}"', allow_blank=True)
    if asked.input == "number":
        low, high = question.minimum, question.maximum
        floor = -1e15 if low is None else low
        ceiling = f"{1e15 if high is None else high:.15g}"
        if asked.latest is not None:
            year = f"YEAR(TODAY()){asked.latest:+d}" if asked.latest else "YEAR(TODAY())"
            ceiling = year if high is None else f"MIN({ceiling},{year})"
        rule = DataValidation(
            type="whole",
            operator="between",
            formula1=f"{floor:.15g}",
            formula2=ceiling,
            allow_blank=True,
        )
        if question.decimals:
            rule.type = "decimal"
        return rule
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1="1000", allow_blank=True)


def _prompt(asked: Asked, tick: int | None, lang: str) -> str:
    """The question and its codes, cut to what a cell prompt can hold (255 characters)."""
    answers = [f"{answer.value} = {answer.text[lang]}" for answer in asked.answers]
    if tick is not None:
        chosen = next(answer for answer in asked.answers if answer.value == tick)
        answers = [f"{chosen.text[lang]}: {say('xlsx.tick', lang)}"]
    text = _files.one_line(asked.text[lang])
    tail = "\n".join(answers)
    room = 255 - len(tail) - 1
    if room < 40:
        tail, room = tail[: 255 - min(len(text), 120) - 2] + "…", min(len(text), 120)
    head = text if len(text) <= room else text[: room - 1] + "…"
    return f"{head}\n{tail}"[:255] if tail else head[:255]


def _refusal(asked: Asked, tick: int | None, lang: str) -> str:
    if tick is not None:
        return say("xlsx.error_list", lang, codes="0, 1")
    if asked.input == "one":
        return say("xlsx.error_list", lang, codes=", ".join(str(answer.value) for answer in asked.answers))
    if asked.input == "number":
        return say("xlsx.error_number", lang)
    return say("xlsx.error_text", lang)


def _table(sheet: Worksheet, rows: list[list[object]], *, widths: tuple[int, ...] = ()) -> None:
    """A plain read-only table with a frozen heading."""
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = put(sheet.cell(r, c), value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if r == 1:
                cell.font = Font(bold=True, color="FFFFFFFF")
                cell.fill = _HEAD
    for c in range(1, len(rows[0]) + 1):
        longest = max(len(str(row[c - 1] if row[c - 1] is not None else "")) for row in rows)
        sheet.column_dimensions[get_column_letter(c)].width = (
            widths[c - 1] if c <= len(widths) else min(max(10, longest + 2), 60)
        )
    _files.fit_rows(sheet)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    _protect(sheet)
