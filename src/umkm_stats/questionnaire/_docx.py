"""The printed questionnaire: A4, one language or two side by side, for self-completion or for an
enumerator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx.shared import Pt

from umkm_stats.errors import UsageError
from umkm_stats.questionnaire import _word
from umkm_stats.questionnaire._codes import answers_text
from umkm_stats.questionnaire._plan import Answer, Asked, Group, Part, Plan
from umkm_stats.questionnaire._printing import conditions, tables
from umkm_stats.questionnaire._word import ACCENT, CENTRE, SOFT, Sheet
from umkm_stats.questionnaire._words import say

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LINE = "_" * 30


def write(plan: Plan, folder: Path) -> Path:
    """``<label>.docx`` in ``folder``. Raises ``UsageError`` QST106 for more than two languages."""
    if len(plan.languages) > 2:
        raise UsageError("QST106", params={"languages": list(plan.languages)})
    spoken = plan.spoken
    lang = plan.languages[0]
    sheet = Sheet(title=plan.instrument.title[lang], lang=lang)
    _cover(sheet, plan, spoken)
    for index, part in enumerate(plan.faced()):
        _part(sheet, plan, part, _LETTERS[index % 26], spoken)
    _ending(sheet, plan)
    if plan.mode == "enumerator":
        _show_cards(sheet, plan)
    form = f"{plan.label} · {say('docx.version', lang)} {plan.instrument.version}"
    if plan.seed is not None:
        form += f" · {say('docx.order', lang)} {plan.seed}"
    sheet.footer(form, say("docx.page", lang), say("docx.of", lang))
    return sheet.save(folder / f"{plan.label}.docx")


def joined(plan: Plan, texts: Any, separator: str = " / ") -> str:
    """A text in every language of the plan, once when they agree."""
    return separator.join(dict.fromkeys(texts[lang] for lang in plan.languages if lang in texts))


def _say(plan: Plan, key: str, **params: Any) -> str:
    return " / ".join(dict.fromkeys(say(f"docx.{key}", lang, **params) for lang in plan.languages))


# ---------------------------------------------------------------------- cover: numbers, consent, how to
# answer
def _cover(sheet: Sheet, plan: Plan, spoken: bool) -> None:
    widths = (sheet.width - 6.2, 6.2)
    table = sheet.table(widths, borders=False)
    left, right = _word.row(table, widths)
    _word.fill(left, _say(plan, "questionnaire").upper(), bold=True, size=9, colour=SOFT)
    for index, lang in enumerate(plan.languages):
        _word.fill(
            left,
            plan.instrument.title[lang],
            bold=index == 0,
            italic=index > 0,
            size=14 if index == 0 else 11,
            colour=ACCENT,
        )
    blank = "_" * (14 if len(plan.languages) == 1 else 9)
    for label in _office(plan, spoken):
        _word.fill(right, f"{label}: {blank}", size=9)
    sheet.text(after=0, size=4)
    thirds = (sheet.width / 3,) * 3
    office = sheet.table(thirds)
    for cell, key in zip(
        _word.row(office, thirds), ("office_checked", "office_entry1", "office_entry2"), strict=True
    ):
        _word.fill(cell, f"{say(f'docx.{key}', plan.languages[0])}: {'_' * 10}", size=8, colour=SOFT)
    sheet.text(after=0)
    if not spoken:
        _introduction(sheet, plan)
        _example(sheet, plan)
        return
    _script(sheet, plan, _say(plan, "script_rules" if plan.mode == "enumerator" else "script_rules_phone"))
    _introduction(sheet, plan)


def _office(plan: Plan, spoken: bool) -> list[str]:
    """Labels of the blanks at the top: what the instrument says others fill in, else form number and date."""
    labels = [joined(plan, asked.text) for asked in plan.asked if asked.filled_by == "enumerator"]
    if not labels:
        labels = [_say(plan, "number"), _say(plan, "date"), *([_say(plan, "enumerator")] if spoken else [])]
    return labels + ([_say(plan, "start"), _say(plan, "stop")] if spoken else [])


def _introduction(sheet: Sheet, plan: Plan) -> None:
    consent = plan.instrument.consent
    if consent is not None:
        sheet.text(joined(plan, consent.title), bold=True, size=11, colour=ACCENT, before=4, keep=True)
    if len(plan.languages) == 2 and plan.consent():
        widths = (sheet.width / 2, sheet.width / 2)
        table = sheet.table(widths, borders=False)
        for text in plan.consent():
            for cell, lang in zip(_word.row(table, widths), plan.languages, strict=True):
                _word.fill(cell, text[lang], size=9)
    else:
        for text in plan.consent():
            sheet.text(text[plan.languages[0]], size=9.5)
    if consent is None or not {"menit", "minutes"} & set(consent.fill_in):
        sheet.text(_say(plan, "minutes", minutes=plan.minutes), italic=True, size=9, colour=SOFT, before=2)


def _example(sheet: Sheet, plan: Plan) -> None:
    """How to answer, with one invented statement answered."""
    group = next((group for part in plan.parts for group in part.groups if group.grid), None)
    if group is None:
        return
    sheet.text(_say(plan, "how_title"), bold=True, size=11, colour=ACCENT, before=6, keep=True)
    for lang in plan.languages:
        sheet.text(say("docx.how", lang), size=9.5, keep=True)
    answers = [answer for answer in group.answers if not answer.aside]
    widths = _grid_widths(sheet, plan, answers)
    table = sheet.table(widths)
    _grid_head(table, widths, plan, answers)
    cells = _word.row(table, widths)
    _word.fill(cells[0], say("docx.example", plan.languages[0]), italic=True, size=8, align=CENTRE)
    for cell, lang in zip(cells[1 : 1 + len(plan.languages)], plan.languages, strict=True):
        _word.fill(cell, say("docx.example_item", lang), italic=True, size=9)
    chosen = answers[-2] if len(answers) > 1 else answers[-1]
    for cell, answer in zip(cells[1 + len(plan.languages) :], answers, strict=True):
        paragraph = _word.fill(cell, "", align=CENTRE)
        run = _word.write(paragraph, str(answer.value), bold=answer is chosen, size=11)
        if answer is chosen:
            _word.circle(run)
    for lang in plan.languages:
        sheet.text(say("docx.example_meaning", lang, answer=chosen.text[lang]), size=9, italic=True, before=2)


def _script(sheet: Sheet, plan: Plan, text: str) -> None:
    """What the enumerator does: a grey box."""
    widths = (sheet.width,)
    table = sheet.table(widths)
    (cell,) = _word.row(table, widths)
    _word.shade(cell, "EEF1F5")
    _word.fill(cell, text, size=9)
    sheet.text(after=2)


# ---------------------------------------------------------------------- the questions
def _part(sheet: Sheet, plan: Plan, part: Part, letter: str, spoken: bool) -> None:
    sheet.heading(f"{_say(plan, 'part')} {letter}. {joined(plan, part.section.title)}")
    if part.section.intro:
        sheet.text(joined(plan, part.section.intro, "\n"), size=9.5, keep=True)
    if spoken:
        grid = "script_grid" if plan.mode == "enumerator" else "script_grid_phone"
        key = grid if any(group.grid for group in part.groups) else "script_part"
        sheet.text(
            _say(plan, key, title=joined(plan, part.section.title)),
            bold=True,
            size=9,
            colour=ACCENT,
            keep=True,
        )
    stem = plan.stem(part)
    for table in tables(part):
        if table[0] is part.first_statements and stem:
            for lang in plan.languages:
                sheet.text(stem[lang], size=9.5, italic=lang != plan.languages[0], keep=True)
        if table[0].grid:
            _grid(sheet, plan, table)
        else:
            _single(sheet, plan, table[0].asked[0])


def _grid(sheet: Sheet, plan: Plan, groups: Sequence[Group]) -> None:
    answers = max((group.answers for group in groups), key=len)
    for lang in plan.languages:
        legend = " · ".join(
            f"{_head(answer, lang)} = {answer.text[lang]}"
            for answer in answers
            if _head(answer, lang) != answer.text[lang]
        )
        if legend:
            sheet.text(legend, size=8.5, colour=SOFT, keep=True, after=2)
    widths = _grid_widths(sheet, plan, answers)
    table = sheet.table(widths)
    _grid_head(table, widths, plan, answers)
    for position, asked in enumerate(asked for group in groups for asked in group.asked):
        offered = {answer.value for answer in asked.answers}
        cells = _word.row(table, widths, height=0.85)
        _word.fill(cells[0], str(asked.number), size=9, align=CENTRE)
        for cell, lang in zip(cells[1 : 1 + len(plan.languages)], plan.languages, strict=True):
            _word.fill(cell, asked.text[lang], size=9.5 if len(plan.languages) == 1 else 9)
        for cell, answer in zip(cells[1 + len(plan.languages) :], answers, strict=True):
            if answer.value in offered:
                _word.fill(
                    cell, str(answer.value), size=10, align=CENTRE, colour=SOFT if answer.aside else None
                )
            else:  # "does not fit" is not offered for this statement
                _word.shade(cell, "C9CED6")
        if position % 2:
            for cell, code in zip(
                cells,
                [None] * (len(cells) - len(answers)) + [answer.value for answer in answers],
                strict=True,
            ):
                if code is None or code in offered:
                    _word.shade(cell, "F6F8FA")
    sheet.text(after=4)


def _grid_widths(sheet: Sheet, plan: Plan, answers: Sequence[Answer]) -> tuple[float, ...]:
    """Number, statement columns, one column an answer: together the text width."""
    each = min(1.25, 8.0 / len(answers))
    number = 1.1
    rest = sheet.width - number - each * len(answers)
    return (number, *([rest / len(plan.languages)] * len(plan.languages)), *([each] * len(answers)))


def _grid_head(table: Any, widths: Sequence[float], plan: Plan, answers: Sequence[Answer]) -> None:
    cells = _word.row(table, widths, header=True)
    _word.fill(cells[0], say("docx.no", plan.languages[0]), bold=True, size=8.5, align=CENTRE)
    for cell, lang in zip(cells[1 : 1 + len(plan.languages)], plan.languages, strict=True):
        _word.fill(cell, say("docx.statement", lang), bold=True, size=8.5)
    for cell, answer in zip(cells[1 + len(plan.languages) :], answers, strict=True):
        for head in dict.fromkeys(_head(answer, lang) for lang in plan.languages):
            _word.fill(cell, head, bold=True, size=8, align=CENTRE)
    for cell in cells:
        _word.shade(cell, "E3F1F3")


def _head(answer: Answer, lang: str) -> str:
    """Heading of an answer's column: its abbreviation, else its code."""
    return answer.short[lang] if answer.short and lang in answer.short else str(answer.value)


def _single(sheet: Sheet, plan: Plan, asked: Asked) -> None:
    question = asked.question
    for lang in plan.languages if asked.chain else ():
        met = [
            say("docx.answered", lang, number=number, answers=words)
            for number, words in conditions(plan, asked, lang)
        ]
        sheet.text(
            say("docx.only_if_all", lang, conditions=f", {say('and', lang)} ".join(met)),
            italic=True,
            size=8.5,
            colour=ACCENT,
            keep=True,
            before=3,
        )
    if question.personal:
        sheet.text(f"✂ {'- ' * 60}", size=8, colour=SOFT, before=6, keep=True)
        sheet.text(
            f"{_say(plan, 'cut')} {plan.label}. {_say(plan, 'number')}: {'_' * 10}",
            size=8,
            colour=SOFT,
            keep=True,
        )
    for index, lang in enumerate(plan.languages):
        number = f"{asked.number}.  " if index == 0 else "      "
        sheet.text(
            number + asked.text[lang],
            bold=index == 0,
            italic=index > 0,
            keep=True,
            before=3 if index == 0 else 0,
            after=1,
        )
    if question.hint:
        sheet.text(joined(plan, question.hint), italic=True, size=8.5, colour=SOFT, keep=True, indent=0.7)
    if question.anchors or _bare(asked):
        _poles(sheet, plan, asked)
    elif asked.answers:
        _options(sheet, plan, asked)
    else:
        unit = f" {joined(plan, question.unit)}" if question.unit else ""
        if asked.latest is not None:
            limits = {lang: answers_text(asked, lang) for lang in plan.languages}
            unit = f" ({joined(plan, limits)})"
        blank = "_" * (16 if asked.input == "number" else 60)
        sheet.text(f"{blank}{unit}", indent=0.7, before=4, after=6)


def _poles(sheet: Sheet, plan: Plan, asked: Asked) -> None:
    anchors = asked.question.anchors
    scale = [answer for answer in asked.answers if not answer.aside]
    ends = 3.6 if anchors else 0.0
    each = min(1.2, (sheet.width - 2 * ends) / len(scale))
    widths = (ends, *([each] * len(scale)), ends) if anchors else (each,) * len(scale)
    table = sheet.table(widths)
    cells = _word.row(table, widths, height=0.8)
    if anchors:
        _word.fill(cells[0], joined(plan, anchors.low), size=9)
        _word.fill(cells[-1], joined(plan, anchors.high), size=9)
        cells = cells[1:-1]
    for cell, answer in zip(cells, scale, strict=True):
        _word.fill(cell, str(answer.value), align=CENTRE)
    for answer in (entry for entry in asked.answers if entry.aside):
        sheet.text(f"☐ {answer.value}  {joined(plan, answer.text)}", size=9.5, indent=0.7, before=2)
    sheet.text(after=4)


def _bare(asked: Asked) -> bool:
    """Whether the answers are numbers without words, which stand in one row."""
    return bool(asked.answers) and all(
        text == str(answer.value)
        for answer in asked.answers
        if not answer.aside
        for text in answer.text.values()
    )


def _options(sheet: Sheet, plan: Plan, asked: Asked) -> None:
    """Boxes in one, two or three columns, as the words allow; a screening answer that ends the form says
    so."""
    texts = [_option(plan, asked, answer) for answer in asked.answers]
    longest = max(map(len, texts))
    count = 3 if longest <= 24 and len(texts) > 2 else 2 if longest <= 50 and len(texts) > 1 else 1
    lines = -(-len(texts) // count)
    indent = 0.7
    widths = (indent, *([(sheet.width - indent) / count] * count))
    table = sheet.table(widths, borders=False)
    for line in range(lines):
        cells = _word.row(table, widths)
        cells[0].paragraphs[0].paragraph_format.keep_with_next = line < lines - 1
        for column in range(count):
            place = column * lines + line
            if place < len(texts):
                paragraph = _word.fill(cells[column + 1], texts[place], size=9.5, keep=line < lines - 1)
                paragraph.paragraph_format.left_indent = Pt(14)
                paragraph.paragraph_format.first_line_indent = Pt(-14)
    sheet.text(after=2)


def _option(plan: Plan, asked: Asked, answer: Answer) -> str:
    text = f"☐ {answer.value}  {joined(plan, answer.text)}"
    if answer.other:
        text += f": {'_' * 14}"
    if asked.accept is not None and answer.value not in asked.accept:
        text += f"  → {_say(plan, 'stop_here')}"
    return text


# ---------------------------------------------------------------------- the end
def _ending(sheet: Sheet, plan: Plan) -> None:
    words = joined(plan, plan.closing) if plan.closing else _say(plan, "thanks")
    sheet.text(words, bold=True, align=CENTRE, before=10, after=0)


def _show_cards(sheet: Sheet, plan: Plan) -> None:
    """One page a scale, in letters that can be read at arm's length."""
    cards: dict[str, Asked] = {}
    for asked in plan.asked:
        scale = asked.question.response_scale
        if (
            scale is not None
            and asked.question.anchors is None
            and not _bare(asked)
            and (scale.name not in cards or asked.question.na_code is not None)
        ):
            cards[scale.name] = asked
    for asked in cards.values():
        _card(sheet, plan, asked)


def _card(sheet: Sheet, plan: Plan, asked: Asked) -> None:
    sheet.break_page()
    sheet.text(
        _say(plan, "card").upper(), bold=True, size=20, align=CENTRE, colour=ACCENT, before=20, after=20
    )
    widths = (3.0, sheet.width - 3.0)
    table = sheet.table(widths)
    height = min(2.6, 20.0 / len(asked.answers))
    for answer in asked.answers:
        cells = _word.row(table, widths, height=height)
        _word.fill(cells[0], str(answer.value), bold=True, size=26 if height > 2 else 16, align=CENTRE)
        for index, lang in enumerate(plan.languages):
            size = (22 if index == 0 else 14) if height > 2 else 14
            _word.fill(
                cells[1],
                answer.text[lang],
                size=size,
                italic=index > 0,
                colour=SOFT if answer.aside or index else None,
            )
        if answer.aside:
            for cell in cells:
                _word.shade(cell, "EEF1F5")
