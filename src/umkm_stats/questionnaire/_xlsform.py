"""XLSForm for KoboToolbox and ODK: three sheets, every text in every language, screening as ``relevant``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from umkm_stats.errors import Place, UmkmError
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._files import put
from umkm_stats.questionnaire._plan import Answer, Asked, Clause, Condition, Part, Plan, Words
from umkm_stats.questionnaire._words import both, language_name, range_words

Row = dict[str, str]
_HEAD = PatternFill("solid", fgColor="FFE3F1F3")


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_xlsform.xlsx`` in ``folder``. Raises ``UmkmError`` QST103 for a text that holds a reference
    mark."""
    survey, choices, settings = sheets(plan)
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "survey"
    _fill(first, survey_columns(plan), survey)
    _fill(book.create_sheet("choices"), ["list_name", "name", *_translated("label", plan)], choices)
    _fill(book.create_sheet("settings"), list(settings[0]), settings)
    target = folder / f"{plan.label}_xlsform.xlsx"
    with _files.writing(target) as part:
        book.save(part)
    return target


def language_heading(lang: str) -> str:
    """How XLSForm names a language: ``English (en)``."""
    return f"{language_name(lang)} ({lang})"


def survey_columns(plan: Plan) -> list[str]:
    """Columns of the survey sheet in order."""
    return [
        "type",
        "name",
        *_translated("label", plan),
        *_translated("hint", plan),
        "required",
        *_translated("required_message", plan),
        "relevant",
        "constraint",
        *_translated("constraint_message", plan),
        "appearance",
        "calculation",
    ]


def sheets(plan: Plan) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of the sheets survey, choices and settings."""
    survey: list[Row] = [{"type": kind, "name": kind} for kind in ("start", "end", "today")]
    if plan.audit:
        survey.append({"type": "audit", "name": "audit"})
    lists: dict[str, Sequence[Answer]] = {}
    names = {asked.code for asked in plan.asked}
    survey += [
        {"type": "calculate", "name": code, "calculation": f"'{value}'"}
        for code, value in plan.known.items()
        if "'" not in value
    ]
    for part in plan.faced(enumerator=plan.spoken):
        survey += _group(plan, part, lists, names)
    survey += _language_chosen(plan)
    for name, words, gates in (
        ("ENDCONSENT", "html.refused", plan.consents),
        ("ENDNOTE", "html.stopped", plan.gates),
    ):
        if gates:
            survey.append(
                {
                    "type": "note",
                    "name": name,
                    "relevant": " or ".join(f"({_refused(plan, asked)})" for asked in gates),
                    **_texts("label", both(words, plan.languages)),
                }
            )
    if plan.closing:
        ended = " or ".join(f"({_refused(plan, asked)})" for asked in (*plan.consents, *plan.gates))
        thanks: Row = {"type": "note", "name": "THANKS", **_texts("label", plan.closing, plan.languages)}
        survey.append({**thanks, "relevant": f"not({ended})" if ended else ""})
    choices = [
        {"list_name": name, "name": str(answer.value), **_texts("label", answer.text, plan.languages)}
        for name, answers in lists.items()
        for answer in answers
    ]
    settings = {
        "form_title": plan.instrument.title[plan.languages[0]],
        "form_id": plan.label,
        "version": plan.instrument.version,
        "default_language": language_heading(plan.languages[0]),
        "style": "pages",
    }
    for row in (*survey, *choices, settings):
        for column, value in row.items():
            if "::" in column and "${" in value:
                raise UmkmError(
                    "QST103", Place(item=row.get("name")), {"item": row.get("name", ""), "mark": "${"}
                )
    return survey, choices, [settings]


def _language_chosen(plan: Plan) -> list[Row]:
    """BAHASA of a form in several languages, told by the words of an answer in the language chosen.

    The expression names the first and the last question that must be answered, so that it is computed anew
    after the language was changed on the way.
    """
    asked = next((a for a in plan.asked if a.code == "BAHASA" and a.filled_by == "system"), None)
    if asked is None or asked.code in plan.known:
        return []
    needed = [
        entry
        for part in plan.faced(enumerator=plan.spoken)
        for entry in part.asked
        if entry.required and entry.input == "one" and not entry.chain
    ]
    for entry in needed:
        for answer in entry.answers:
            words = [answer.text[lang] for lang in plan.languages]
            if len(set(words)) == len(words) and not any("'" in text or "$" in text for text in words):
                spoken = f"jr:choice-name('{answer.value}', '${{{entry.code}}}')"
                given = f"string-length(concat(${{{entry.code}}}, ${{{needed[-1].code}}})) >= 0"
                values = [str(1 + plan.instrument.languages.index(lang)) for lang in plan.languages]
                found = values[0]
                for text, value in zip(words[1:], values[1:], strict=True):
                    found = f"if({spoken} = '{text}' and {given}, {value}, {found})"
                return [{"type": "calculate", "name": asked.code, "calculation": found}]
    return []


def group_name(part: Part, names: Iterable[str]) -> str:
    """Name of a section's group: its code, with a mark when a question bears the same code."""
    return f"{part.code}_S" if part.code in set(names) else part.code


def _group(plan: Plan, part: Part, lists: dict[str, Sequence[Answer]], names: set[str]) -> list[Row]:
    one_a_screen = plan.spoken
    section = part.section
    rows: list[Row] = [
        {
            "type": "begin group",
            "name": group_name(part, names),
            **_texts("label", section.title, plan.languages),
            "relevant": expression(plan, part.common),
            "appearance": "" if one_a_screen else "field-list",
        }
    ]
    told: list[Row] = []
    if section.intro:
        told.append(
            {"type": "note", "name": f"{part.code}_INTRO", **_texts("label", section.intro, plan.languages)}
        )
    if part.code == plan.consent_section:
        told += [
            {"type": "note", "name": f"{part.code}_INFO{n}", **_texts("label", text, plan.languages)}
            for n, text in enumerate(plan.consent(), start=1)
        ]
    if one_a_screen and len(told) > 1:  # what is only read out stands on one screen
        head: Row = {
            "type": "begin group",
            "name": f"{part.code}_SHEET",
            **_texts("label", section.title, plan.languages),
            "appearance": "field-list",
        }
        told = [head, *told, {"type": "end group"}]
    rows += told
    for group in part.groups:
        stem = plan.stem(part)
        if group is part.first_statements and stem:
            rows.append(
                {"type": "note", "name": f"{part.code}_STEM", **_texts("label", stem, plan.languages)}
            )
        rows += [_question(plan, asked, part.common, lists, one_a_screen) for asked in group.asked]
    rows.append({"type": "end group"})
    return rows


def _question(
    plan: Plan,
    asked: Asked,
    common: tuple[Clause, ...],
    lists: dict[str, Sequence[Answer]],
    one_a_screen: bool,
) -> Row:
    question = asked.question
    languages = plan.languages
    own = tuple(clause for clause in asked.clauses if clause not in common)
    row: Row = {
        "name": asked.code,
        **_texts("label", asked.text, languages),
        "relevant": expression(plan, own),
    }
    if asked.answers:
        name = list_name(asked)
        lists.setdefault(name, asked.answers)
        row["type"] = f"{'select_multiple' if asked.input == 'many' else 'select_one'} {name}"
    else:
        # A whole number is a text of digits: in an integer both engines cut 3.5 to 3 and drop 2,5 unseen.
        row["type"] = "decimal" if asked.input == "number" and not asked.whole else "text"
        if asked.whole:
            row["appearance"] = "numbers"
    if asked.required:
        row["required"] = "yes"
        row |= _texts("required_message", both("html.choose" if asked.answers else "html.fill", languages))
    if question.hint:
        row |= _texts("hint", question.hint, languages)
    elif question.anchors:
        row |= _texts(
            "hint",
            {lang: f"{question.anchors.low[lang]} – {question.anchors.high[lang]}" for lang in languages},
        )
    constraint, message = _constraint(plan, asked)
    if constraint:
        row["constraint"] = constraint
        row |= _texts("constraint_message", message)
    if (
        question.kind == "scale"
        and not one_a_screen
        and asked.answers
        and not any(answer.aside for answer in asked.answers)
    ):
        row["appearance"] = "likert"
    return row


def list_name(asked: Asked) -> str:
    """Name of its choice list: the scale's (``_na`` when "does not fit" is offered), or its own."""
    scale = asked.question.response_scale
    if scale is None or asked.question.anchors is not None:
        return f"{asked.code}_list"
    return f"{scale.name}_na" if asked.question.na_code is not None else scale.name


def _constraint(plan: Plan, asked: Asked) -> tuple[str, Words]:
    if asked.input == "number":
        return _number(plan, asked)
    if asked.input == "many":
        alone = [answer.value for answer in asked.answers if answer.alone]
        rules = [f"not(selected(., '{value}') and count-selected(.) > 1)" for value in alone]
        return " and ".join(rules), both("alone", plan.languages)
    return "", {}


def _number(plan: Plan, asked: Asked) -> tuple[str, Words]:
    """Bounds, whole numbers and the latest year, with the words that say what is accepted."""
    low, high = asked.question.minimum, asked.question.maximum
    sign = "" if low is not None and low >= 0 else "-?"
    bounds = [f"regex(., '^{sign}[0-9]+$')"] if asked.whole else []
    bounds += [f". >= {low:.15g}"] if low is not None else []
    bounds += [f". <= {high:.15g}"] if high is not None else []
    if asked.latest is not None:
        shift = f" {'-' if asked.latest < 0 else '+'} {abs(asked.latest)}" if asked.latest else ""
        bounds.append(f". <= number(format-date(today(), '%Y')){shift}")
    return " and ".join(bounds), range_words(asked, plan.languages) if bounds else {}


def expression(plan: Plan, clauses: Sequence[Clause]) -> str:
    """The clauses as an XPath expression; empty when there are none."""
    parts = []
    for clause in clauses:
        met = _any_of(plan, clause.question, clause.values)
        if clause.only_if:
            met = f"{met} or not({_all_of(plan, clause.only_if)})"
        parts.append(met)
    if len(parts) == 1:
        return parts[0]
    return " and ".join(f"({part})" if " or " in part else part for part in parts)


def _any_of(plan: Plan, code: str, values: Sequence[int]) -> str:
    closed = bool(plan.asked_of(code).answers)
    return " or ".join(
        f"selected(${{{code}}}, '{value}')" if closed else f"${{{code}}} = {value}" for value in values
    )


def _all_of(plan: Plan, chain: Sequence[Condition]) -> str:
    met = [_any_of(plan, entry.question, entry.values) for entry in chain]
    return met[0] if len(met) == 1 else " and ".join(f"({part})" if " or " in part else part for part in met)


def _refused(plan: Plan, asked: Asked) -> str:
    """An answer that does not let the respondent go on, given to a question that is shown."""
    refused = [answer.value for answer in asked.answers if answer.value not in (asked.accept or ())]
    given = " or ".join(f"selected(${{{asked.code}}}, '{value}')" for value in refused) or "false()"
    if not asked.chain:
        return given
    return (
        f"({given}) and {_all_of(plan, asked.chain)}"
        if len(refused) > 1
        else (f"{given} and ({_all_of(plan, asked.chain)})")
    )


def _translated(column: str, plan: Plan) -> list[str]:
    return [f"{column}::{language_heading(lang)}" for lang in plan.languages]


def _texts(column: str, text: Words, languages: Iterable[str] | None = None) -> Row:
    return {
        f"{column}::{language_heading(lang)}": text[lang]
        for lang in (languages if languages is not None else text)
    }


def _fill(sheet: Worksheet, columns: list[str], rows: Sequence[Row]) -> None:
    """Columns that no row uses are left out, so that no empty translation column stands in the file."""
    used = [column for column in columns if any(row.get(column) for row in rows)]
    for c, column in enumerate(used, start=1):
        head = put(sheet.cell(1, c), column)
        head.font = Font(bold=True)
        head.fill = _HEAD
        wide = "::" in column or column in ("relevant", "constraint", "form_title")
        sheet.column_dimensions[get_column_letter(c)].width = 48 if wide else 20
    for r, row in enumerate(rows, start=2):
        for c, column in enumerate(used, start=1):
            value = row.get(column, "")
            if value:
                put(sheet.cell(r, c), value).alignment = Alignment(vertical="top", wrap_text="::" in column)
    sheet.freeze_panes = "A2"
