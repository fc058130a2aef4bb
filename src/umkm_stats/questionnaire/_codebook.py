"""The codebook: an SPSS file without cases, a table of codes, a data template with its Table Schema, a
readable page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from umkm_stats.instrument import Item
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._codes import answers_text, codebook_rows, condition_text, meta_rows
from umkm_stats.questionnaire._plan import Asked, Plan
from umkm_stats.questionnaire._respelled import respelled
from umkm_stats.questionnaire._words import language_name, say

ASSETS = Path(__file__).parent / "_assets"
_TEXT_WIDTH = 255


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the data file: a question, or one choice of a multiple choice (``tick``)."""

    name: str
    asked: Asked
    tick: int | None = None

    @property
    def measure(self) -> str:
        """SPSS's level of measurement."""
        if self.asked.input == "number":
            return "scale"
        return "ordinal" if self.asked.question.kind == "scale" else "nominal"


def variables(plan: Plan, mark: str = "_") -> Iterator[Variable]:
    """Variables in order; ``mark`` stands between a multiple choice and its value."""
    for asked in plan.asked:
        if asked.input == "many":
            yield from (
                Variable(f"{asked.code}{mark}{answer.value}", asked, answer.value) for answer in asked.answers
            )
        else:
            yield Variable(asked.code, asked)


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_codebook.sav`` and, beside it, ``_codebook.csv``, ``_codebook.html``, ``_data.csv`` (headings
    only),
    ``_data.schema.json`` and ``_datapackage.json``; the .sav is returned."""
    target = _spss(respelled(plan, "spss"), folder / f"{plan.label}_codebook.sav")
    _files.write_text(folder / f"{plan.label}_codebook.csv", _files.csv_text(codebook_rows(plan)), bom=True)
    _files.write_text(folder / f"{plan.label}_codebook.html", _readable(plan))
    data = f"{plan.label}_data.csv"
    _files.write_text(folder / data, _files.csv_text([[variable.name for variable in variables(plan, "/")]]))
    schema = table_schema(plan)
    _files.write_text(folder / f"{plan.label}_data.schema.json", _json(schema))
    _files.write_text(folder / f"{plan.label}_datapackage.json", _json(_package(plan, data, schema)))
    return target


def _spss(plan: Plan, target: Path) -> Path:
    import pandas as pd
    import pyreadstat

    lang = plan.languages[0]
    kept = list(variables(plan))
    frame = pd.DataFrame(
        {v.name: pd.Series([], dtype="object" if v.asked.input == "text" else "float64") for v in kept}
    )
    labels = [_label(v, lang) for v in kept]
    values = {v.name: _value_labels(v, lang) for v in kept if v.asked.answers}
    missing = {v.name: codes for v in kept if (codes := _missing(v))}
    formats = {
        v.name: f"A{_TEXT_WIDTH}" if v.asked.input == "text" else f"F8.{v.asked.question.decimals}"
        for v in kept
    }
    with _files.writing(target) as part:
        pyreadstat.write_sav(
            frame,
            str(part),
            file_label=plan.label[:60],
            column_labels=[*labels],
            variable_value_labels=values,
            missing_ranges=missing,
            variable_measure={v.name: v.measure for v in kept},
            variable_format=formats,
            note=f"{plan.instrument.name} {plan.instrument.version}"[:80],
        )
    return target


def _label(variable: Variable, lang: str) -> str:
    """The wording, within SPSS's 255 bytes; a choice's words after it."""
    text = variable.asked.text[lang]
    if variable.tick is not None:
        text = f"{text} [{next(a.text[lang] for a in variable.asked.answers if a.value == variable.tick)}]"
    while len(text.encode()) > 255:
        text = text[:-2].rstrip() + "…"
    return text


def _value_labels(variable: Variable, lang: str) -> dict[float, str]:
    if variable.tick is not None:
        return {0.0: say("no", lang), 1.0: say("yes", lang)}
    return {float(answer.value): answer.text[lang] for answer in variable.asked.answers}


def _missing(variable: Variable) -> list[Any]:
    """Codes that are answers but no values: "does not fit", "not known", "not given"; SPSS holds three at
    most."""
    if variable.tick is not None:
        return []
    question = variable.asked.question
    codes = [float(choice.value) for choice in question.choices if choice.missing is not None]
    if question.na_code is not None:
        codes.append(float(question.na_code))
    return codes[:3]


def table_schema(plan: Plan) -> dict[str, Any]:
    """Frictionless Table Schema of the data file with codes."""
    lang = plan.languages[0]
    fields: list[dict[str, Any]] = []
    for variable in variables(plan, "/"):
        asked = variable.asked
        field: dict[str, Any] = {"name": variable.name, "title": _label(variable, lang)}
        rules: dict[str, Any] = {}
        if variable.tick is not None:
            field["type"], rules["enum"] = "integer", [0, 1]
        elif asked.answers:
            field["type"], rules["enum"] = "integer", [answer.value for answer in asked.answers]
        elif asked.input == "number":
            field["type"] = "number" if asked.question.decimals else "integer"
            for name, bound in (("minimum", asked.question.minimum), ("maximum", asked.question.maximum)):
                if bound is not None:
                    rules[name] = bound if asked.question.decimals else int(bound)
        else:
            field["type"] = "string"
        described = answers_text(asked, lang)
        if described:
            field["description"] = described
        if rules:
            field["constraints"] = rules
        fields.append(field)
    return {"fields": fields, "missingValues": [""]}


def _package(plan: Plan, data: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": plan.label.replace("_", "-"),
        "title": plan.instrument.title[plan.languages[0]],
        "version": plan.instrument.version,
        "resources": [
            {
                "name": "answers",
                "type": "table",
                "path": data,
                "encoding": "utf-8",
                "format": "csv",
                "schema": schema,
            }
        ],
    }


def _readable(plan: Plan) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    lang = plan.languages[0]
    sections = [
        {
            "title": part.section.title[lang],
            "rows": [_readable_row(asked, plan, lang) for asked in part.asked],
        }
        for part in plan.parts
    ]
    return environment.get_template("codebook.html.j2").render(
        lang=lang,
        title=f"{say('xlsx.sheet_codebook', lang)}: {plan.instrument.title[lang]}",
        about=meta_rows(plan, lang)[1:-4],
        heads=[say(f"codebook.{key}", lang) for key in ("code", "text", "answers", "notes")],
        sections=sections,
    )


def _readable_row(asked: Asked, plan: Plan, lang: str) -> dict[str, Any]:
    question = asked.question
    notes = [say(f"kind.{question.kind}", lang)]
    if isinstance(question, Item):
        notes.append(f"{question.construct}{f' / {question.dimension}' if question.dimension else ''}")
        if question.reverse:
            notes.append(say("keying.reverse", lang))
        if question.source is not None:
            notes.append(str(question.source))
    if asked.clauses:
        notes.append(f"{say('codebook.asked_if', lang)}: {condition_text(asked)}")
    return {
        "code": asked.code,
        "number": asked.number or "",
        "texts": [(other, language_name(other), asked.text[other]) for other in plan.languages],
        "answers": [
            (answer.value, [answer.text[other] for other in plan.languages]) for answer in asked.answers
        ],
        "range": "" if asked.answers else answers_text(asked, lang),
        "notes": notes,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
