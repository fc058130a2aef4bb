"""The trace matrix (passage → theme → construct → dimension → indicator → item → hypothesis) as a
workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.instrument import trace
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._files import put
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._words import say

_CLAIMS = ("passage", "section", "hypothesis", "statement", "test", "sign", "models", "items")


def write(plan: Plan, folder: Path) -> Path:
    """``<name>_trace.xlsx`` in ``folder``, with the same tables as ``.html`` and ``.md``; the workbook.

    All questions of the instrument are traced unless a form was named.
    """
    lang = plan.languages[0]
    found = trace(plan.instrument, form=plan.named_form)
    label = plan.label if plan.named_form else plan.instrument.name
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = say("trace.sheet_items", lang)
    _table(first, found.headings(lang), found.rows(lang))
    claims = found.claims(lang)
    if claims:
        _table(
            book.create_sheet(say("trace.sheet_claims", lang)), found.headings(lang, names=_CLAIMS), claims
        )
    target = folder / f"{label}_trace.xlsx"
    with _files.writing(target) as part:
        book.save(part)
    _files.write_text(folder / f"{label}_trace.html", found.html(lang))
    _files.write_text(folder / f"{label}_trace.md", found.markdown(lang))
    return target


def _table(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for r, row in enumerate([heads, *rows], start=1):
        for c, value in enumerate(row, start=1):
            cell = put(sheet.cell(r, c), value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if r == 1:
                cell.font, cell.fill = (
                    Font(bold=True, color="FFFFFFFF"),
                    PatternFill("solid", fgColor="FF0B5C6B"),
                )
    for c in range(1, len(heads) + 1):
        longest = max(len(str(row[c - 1])) for row in [heads, *rows])
        sheet.column_dimensions[get_column_letter(c)].width = min(max(10, longest + 2), 46)
    _files.fit_rows(sheet)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
