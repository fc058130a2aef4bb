"""A check of XLSForm workbooks for faults that converters pass over in silence.

pyxform and ODK Validate accept a misspelt heading, an appearance nobody knows, a label missing in one
language, a default language that no column has, a condition that can never hold. A form with such a fault
loads and then asks wrongly in the field.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._xlsform_terms import (
    FREE_LOOKS,
    GROUP_LOOKS,
    LANGUAGE,
    NAME,
    PLAIN,
    SELECT_LOOKS,
    SELECTS,
    SIZED,
    TRANSLATED,
    TYPES,
    WITHOUT_ANSWER,
)
from umkm_stats.questionnaire._xpath import comparisons, references
from umkm_stats.questionnaire._xpath import faults as xpath_faults
from umkm_stats.results import Note

_MANY = 200  # faults after which no nearest heading is looked for
_TRUTHS = {"yes", "no", "true", "false", "true()", "false()"}


@dataclass(slots=True)
class _Sheet:
    """A sheet as it stands: headings, and rows as (row number, heading → text)."""

    name: str
    heads: list[str]
    rows: list[tuple[int, dict[str, str]]]
    translated: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.translated = {
            column: [head for head in self.heads if head.startswith(f"{column}::")]
            for column in sorted(TRANSLATED)
        }

    def languages(self, column: str) -> list[str]:
        return [head.split("::", 1)[1] for head in self.translated[column]]


@dataclass(slots=True)
class _Form:
    survey: _Sheet
    choices: _Sheet
    settings: _Sheet
    found: list[Note] = field(default_factory=list)

    def add(self, code: str, sheet: str, row: int | None, column: str, **params: Any) -> None:
        self.found.append(
            Note(code, {"sheet": sheet, "row": row or 1, "column": column, **params}, str(row or 1), column)
        )


def check_xlsform(
    path: str | Path, *, required: Mapping[str, Sequence[str]] | None = None
) -> tuple[Note, ...]:
    """Faults of an XLSForm workbook, in the order of its rows; empty when none was found.

    Each fault is a note with a code QST201-QST219 and the parameters sheet, row and column.

    Parameters
    ----------
    path : str or Path
        An .xlsx file with the sheets survey, choices and settings.
    required : Mapping[str, Sequence[str]], optional
        Question name to the choice names that must be offered (the answer codes of an instrument, see
        ``expected_choices``); None skips that comparison.

    Returns
    -------
    tuple[Note, ...]
        The faults.

    Raises
    ------
    UmkmError
        QST107: the file is no workbook.

    Examples
    --------
    >>> from umkm_stats import write_questionnaire
    >>> from umkm_stats.questionnaire import check_xlsform
    >>> form = write_questionnaire("msme_colombia", format="xlsform", out="form")
    >>> check_xlsform(form)
    ()
    """
    source = Path(path)
    try:
        book = _files.open_workbook(source)
    except Exception as fault:
        raise UmkmError("QST107", Place(file=source.name), {"name": source.name}) from fault
    titles = {str(name).strip().lower(): name for name in book.sheetnames}
    sheets = {
        name: _read(book[titles[name]], name) if name in titles else None
        for name in ("survey", "choices", "settings")
    }
    missing = [name for name, sheet in sheets.items() if sheet is None]
    empty = _Sheet("", [], [])
    form = _Form(sheets["survey"] or empty, sheets["choices"] or empty, sheets["settings"] or empty)
    for name in missing:
        form.add("QST201", name, None, name)
    for sheet in sheets.values():
        if sheet is not None:
            _headings(form, sheet)
    _languages(form)
    _settings(form)
    _choices(form)
    _survey(form, required or {})
    return tuple(form.found)


def expected_choices(plan: Any) -> dict[str, list[str]]:
    """Choice names of every question of a plan that is answered by choosing.

    Parameters
    ----------
    plan : Any
        A ``Plan``.

    Returns
    -------
    dict[str, list[str]]
        Question code to choice names, as XLSForm spells them.

    Examples
    --------
    >>> from umkm_stats.questionnaire import expected_choices, make_plan
    >>> expected_choices(make_plan("umkm_inovasi"))["PID1"]
    ['1', '2', '3', '4', '5']
    """
    return {
        asked.code: [str(answer.value) for answer in asked.answers]
        for part in plan.faced(enumerator=plan.spoken)
        for asked in part.asked
    }


def _read(sheet: Any, name: str) -> _Sheet:
    heads = ["" if cell.value is None else str(cell.value) for cell in sheet[1]]
    while heads and not heads[-1]:
        heads.pop()
    rows = []
    for number, cells in enumerate(
        sheet.iter_rows(min_row=2, max_col=max(len(heads), 1), values_only=True), start=2
    ):
        row = {
            head: "" if value is None else str(value)
            for head, value in zip(heads, cells, strict=False)
            if head
        }
        if any(value.strip() for value in row.values()):
            rows.append((number, row))
    return _Sheet(name, [head for head in heads if head], rows)


def _headings(form: _Form, sheet: _Sheet) -> None:
    seen: set[str] = set()
    for head in sheet.heads:
        base, _, language = head.partition("::")
        known = PLAIN[sheet.name]
        if head in seen:
            form.add("QST203", sheet.name, 1, head)
        seen.add(head)
        if (
            base not in known
            or (language and base not in TRANSLATED)
            or (language and language != language.strip())
        ):
            near = (
                difflib.get_close_matches(base.strip().lower(), sorted(known), n=1)
                if len(form.found) < _MANY
                else []
            )
            form.add("QST202", sheet.name, 1, head, near=near[0] if near else "–")
        elif language and not LANGUAGE.match(language):
            form.add("QST204", sheet.name, 1, head)


def _languages(form: _Form) -> None:
    """The label columns of the survey name the languages; every other translated column must have the same
    ones."""
    expected = form.survey.languages("label")
    for sheet in (form.survey, form.choices):
        for column in sorted(TRANSLATED):
            have = sheet.languages(column)
            if (have or column in sheet.heads) and sorted(have) != sorted(expected):
                form.add("QST205", sheet.name, 1, column, languages=expected)


def _settings(form: _Form) -> None:
    row = form.settings.rows[0][1] if form.settings.rows else {}
    languages = form.survey.languages("label")
    default = row.get("default_language", "")
    if languages and default not in languages:
        form.add("QST206", "settings", 2, "default_language", received=default, languages=languages)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", row.get("form_id", "")):
        form.add("QST207", "settings", 2, "form_id", received=row.get("form_id", ""))
    if not row.get("version", "").strip():
        form.add("QST208", "settings", 2, "version")


def _choices(form: _Form) -> None:
    seen: set[tuple[str, str]] = set()
    for number, row in form.choices.rows:
        entry = (row.get("list_name", ""), row.get("name", ""))
        if entry in seen:
            form.add("QST209", "choices", number, "name", name=entry[1], list=entry[0])
        seen.add(entry)
        if not entry[1].strip() or re.search(r"\s", entry[1]):
            form.add("QST210", "choices", number, "name", name=entry[1])
        _texts(form, form.choices, number, row, entry[1])


def _texts(form: _Form, sheet: _Sheet, number: int, row: Mapping[str, str], name: str) -> None:
    """A translated column is filled in all languages of a row or in none; a label is always there."""
    for column, heads in sheet.translated.items():
        filled = [head for head in heads if row.get(head, "").strip()]
        if heads and len(filled) < len(heads) and (filled or column == "label"):
            for head in heads:
                if head not in filled:
                    form.add("QST211", sheet.name, number, head, name=name)


def _survey(form: _Form, required: Mapping[str, Sequence[str]]) -> None:
    lists = {
        name: [row["name"] for _, row in form.choices.rows if row.get("list_name") == name]
        for name in {row.get("list_name", "") for _, row in form.choices.rows}
    }
    types = {
        row.get("name", ""): row.get("type", "").strip() for _, row in form.survey.rows if row.get("name")
    }
    offered = {
        name: lists.get(kind.split()[1], [])
        for name, kind in types.items()
        if kind.startswith(SELECTS) and len(kind.split()) > 1
    }
    before: set[str] = set()
    seen: set[str] = set()
    for number, row in form.survey.rows:
        kind, name = row.get("type", "").strip(), row.get("name", "")
        first = kind.split()[0] if kind else ""
        if first not in TYPES:
            form.add("QST212", "survey", number, "type", received=kind)
        if kind.startswith("end ") or kind in ("end_group", "end_repeat"):
            continue
        if not NAME.match(name) and name != "audit":
            form.add("QST213", "survey", number, "name", name=name)
        if name in seen:
            form.add("QST214", "survey", number, "name", name=name)
        seen.add(name)
        if first not in WITHOUT_ANSWER and first not in ("calculate", "hidden"):
            _texts(form, form.survey, number, row, name)
        _look(form, number, row, first)
        if (
            row.get("required", "").strip()
            and row["required"].strip().lower() not in _TRUTHS
            and "${" not in row["required"]
        ):
            form.add("QST216", "survey", number, "required", received=row["required"])
        if row.get("constraint", "").strip() and not any(
            v.strip() for h, v in row.items() if h.startswith("constraint_message")
        ):
            form.add("QST217", "survey", number, "constraint_message", name=name)
        for column in ("relevant", "constraint", "calculation", "choice_filter"):
            _expression(form, number, column, row.get(column, ""), types, offered, before)
        before.add(name)
    for name, values in required.items():
        if name not in types:
            form.add("QST219", "survey", None, "name", name=name, missing="–")
        elif sorted(values) != sorted(offered.get(name, [])):
            form.add("QST219", "survey", None, "type", name=name, missing=", ".join(values))


def _look(form: _Form, number: int, row: Mapping[str, str], first: str) -> None:
    allowed = GROUP_LOOKS if first == "begin" else SELECT_LOOKS if first in SELECTS else FREE_LOOKS
    for word in row.get("appearance", "").split():
        if word not in allowed and not SIZED.fullmatch(word):
            form.add("QST215", "survey", number, "appearance", received=word, type=row.get("type", ""))


def _expression(
    form: _Form,
    number: int,
    column: str,
    text: str,
    types: Mapping[str, str],
    offered: Mapping[str, list[str]],
    before: set[str],
) -> None:
    for reason in _unsound(text, column, types, offered, before):
        form.add("QST218", "survey", number, column, reason=reason, text=text)


def _unsound(
    text: str, column: str, types: Mapping[str, str], offered: Mapping[str, list[str]], before: set[str]
) -> Iterator[str]:
    if not text.strip():
        return
    yield from xpath_faults(text)
    for name in references(text):
        if name not in types:
            yield f"${{{name}}}: unknown"
        elif name not in before and column == "relevant":
            yield f"${{{name}}}: later"
    for name, value in comparisons(text):
        if name in offered and value not in offered[name]:
            yield f"${{{name}}} ≠ {value!r}"
