"""The cognitive interview: one row an item to be read aloud and talked about, then the protocol of the pilot
and the record of what ten interviews change."""

from __future__ import annotations

from pathlib import Path

from umkm_stats.questionnaire import _word
from umkm_stats.questionnaire._plan import Plan
from umkm_stats.questionnaire._word import ACCENT, CENTRE, SOFT, Sheet
from umkm_stats.questionnaire._words import say

PROBES = ("meaning", "words", "answer")
RECORD = ("item", "problem", "count", "decision", "wording", "date")
INTERVIEWS, STEPS, RULES = 10, 7, 4


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_interview.docx`` in ``folder``: sheet, pilot protocol, record of changes; base language."""
    lang = plan.languages[0]
    sheet = Sheet(title=say("interview.title", lang), lang=lang, landscape=True, size=9.5)
    sheet.text(say("interview.title", lang), bold=True, size=14, colour=ACCENT, after=2)
    sheet.text(
        f"{plan.instrument.title[lang]} ({plan.label}, {plan.instrument.version})", colour=SOFT, size=9
    )
    blank = "_" * 18
    heads = [say(f"interview.{key}", lang) for key in ("number", "date", "interviewer", "craft")]
    sheet.text("   ".join(f"{head}: {blank}" for head in heads), before=6, after=6)
    for rule in range(1, RULES + 1):
        sheet.text(f"{rule}. {say(f'interview.rule_{rule}', lang)}", size=9, hanging=0.5)
    for part in plan.faced():
        asked = [entry for entry in part.asked if entry.question.kind == "scale"]
        if not asked:
            continue
        sheet.heading(part.section.title[lang])
        stem = plan.stem(part)
        if part.section.intro:
            sheet.text(part.section.intro[lang], size=9, keep=True)
        if stem:
            sheet.text(stem[lang], size=9, italic=True, keep=True)
        _items(sheet, lang, [(entry.code, entry.text[lang]) for entry in asked])
    sheet.break_page()
    _protocol(sheet, lang)
    _record(sheet, lang)
    form = f"{plan.label} · {say('docx.version', lang)} {plan.instrument.version}"
    sheet.footer(form, say("docx.page", lang), say("docx.of", lang))
    return sheet.save(folder / f"{plan.label}_interview.docx")


def _items(sheet: Sheet, lang: str, items: list[tuple[str, str]]) -> None:
    each = (sheet.width - 1.8 - 7.0) / len(PROBES)
    widths = (1.8, 7.0, *([each] * len(PROBES)))
    table = sheet.table(widths)
    heads = [say("codebook.code", lang), say("interview.read", lang)]
    heads += [say(f"interview.{probe}", lang) for probe in PROBES]
    _head(table, widths, heads)
    for code, text in items:
        cells = _word.row(table, widths, height=1.5)
        _word.fill(cells[0], code, size=8.5, align=CENTRE, colour=SOFT)
        _word.fill(cells[1], text, size=10)
    sheet.text(after=4)


def _protocol(sheet: Sheet, lang: str) -> None:
    sheet.heading(say("interview.protocol", lang))
    for step in range(1, STEPS + 1):
        text = say(f"interview.step_{step}", lang, interviews=INTERVIEWS)
        sheet.text(f"{step}. {text}", size=9.5, hanging=0.6)


def _record(sheet: Sheet, lang: str) -> None:
    sheet.heading(say("interview.record", lang))
    sheet.text(say("interview.record_how", lang), size=9, keep=True)
    share = (2.0, 6.0, 2.6, 3.4, 8.2, sheet.width - 22.2)
    table = sheet.table(share)
    _head(table, share, [say(f"interview.record_{name}", lang) for name in RECORD])
    for _ in range(12):
        _word.row(table, share, height=1.0)


def _head(table: object, widths: tuple[float, ...], heads: list[str]) -> None:
    for cell, head in zip(_word.row(table, widths, header=True), heads, strict=True):
        _word.fill(cell, head, bold=True, size=8.5)
        _word.shade(cell, "E3F1F3")
