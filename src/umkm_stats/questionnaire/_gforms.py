"""Google Forms: an Apps Script that builds one form a language, and the steps to run it.

Headings of the answer sheet are ``CODE. text`` for single questions and ``title [CODE. text]`` for grid rows.
Every screening question ends its page: an answer that is not accepted leads to sending the form.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._plan import Asked, Group, Part, Plan
from umkm_stats.questionnaire._words import language_name, say

ASSETS = Path(__file__).parent / "_assets"
SUBMIT, CONTINUE = "submit", "continue"


@dataclass(frozen=True, slots=True)
class Entry:
    """One call of the script. ``answers`` are (text, where it leads): "", a page code, "continue" or
    "submit"."""

    kind: str
    code: str
    title: str
    help: str = ""
    required: bool = False
    answers: tuple[tuple[str, str], ...] = ()
    rows: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    refusal: str = ""
    ends: tuple[str, str] = ("", "")

    def plain(self) -> dict[str, Any]:
        """As the script reads it."""
        return {
            "kind": self.kind,
            "code": self.code,
            "title": self.title,
            "help": self.help,
            "required": self.required,
            "answers": [{"text": text, "go": go} for text, go in self.answers],
            "rows": list(self.rows),
            "low": _number(self.low),
            "high": _number(self.high),
            "whole": self.whole,
            "refusal": self.refusal,
            "lowText": self.ends[0],
            "highText": self.ends[1],
        }


@dataclass(slots=True)
class _Flow:
    """Where the entries of one language are gathered."""

    plan: Plan
    lang: str
    entries: list[Entry] = field(default_factory=list)
    pages: int = 0
    titles: set[str] = field(default_factory=set)

    def page(self, title: str, help_text: str = "") -> str:
        """A page break; its code."""
        self.pages += 1
        code = f"p{self.pages}"
        self.entries.append(Entry("page", code, title, help_text))
        return code


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_google_forms.gs`` and ``<label>_google_forms_PETUNJUK.html`` in ``folder``; the script."""
    target = _files.write_text(folder / f"{plan.label}_google_forms.gs", script(plan))
    _files.write_text(folder / f"{plan.label}_google_forms_PETUNJUK.html", steps(plan))
    return target


def script(plan: Plan) -> str:
    """The Apps Script: one function a language, named ``build_<language>`` in the picker."""
    template = (ASSETS / "google_forms.js").read_text(encoding="utf-8")
    functions = []
    for lang in plan.languages:
        body = _literal(form_data(plan, lang))
        functions.append(
            f"/** {say('google.function', lang, language=language_name(lang))} */\n"
            f"function {function_name(lang)}() {{\n  build_(FORM_{_ascii(lang)});\n}}\n\n"
            f"/** @type {{Plan}} */\nconst FORM_{_ascii(lang)} = {body};"
        )
    head = _files.one_line(
        say("google.head", plan.languages[0], form=plan.label, version=plan.instrument.version)
    )
    return template.replace("__HEAD__", head).replace("__FUNCTIONS__", "\n\n".join(functions))


def _literal(data: dict[str, Any]) -> str:
    """The data as JavaScript, one entry a line."""
    dumped = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},"
        for key, value in data.items()
        if key != "entries"
    ]
    lines = [f"    {json.dumps(entry, ensure_ascii=False)}," for entry in data["entries"]]
    text = "\n".join(["{", *dumped, '  "entries": [', *lines, "  ],", "}"])
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def function_name(lang: str) -> str:
    """Name under which the script editor offers the function."""
    return {"id": "buatFormulir", "en": "createForm"}.get(lang, f"createForm_{_ascii(lang)}")


def form_data(plan: Plan, lang: str) -> dict[str, Any]:
    """Everything one form holds, as the script reads it."""
    return {
        "title": plan.instrument.title[lang],
        "description": say("google.description", lang, minutes=plan.minutes),
        "confirmation": say("google.confirmation", lang),
        "sheet": f"{plan.instrument.title[lang]} ({say('google.answers', lang)})",
        "entries": [entry.plain() for entry in entries(plan, lang)],
    }


def entries(plan: Plan, lang: str) -> list[Entry]:
    """Calls of the script in order for one language."""
    flow = _Flow(plan, lang)
    parts = plan.faced(enumerator=plan.spoken)
    for index, part in enumerate(parts):
        title = part.section.title[lang]
        sheet = [text[lang] for text in plan.consent()] if part.code == plan.consent_section else []
        intro = "\n\n".join([*([part.section.intro[lang]] if part.section.intro else []), *sheet])
        if index == 0:
            flow.entries.append(Entry("header", part.code, title, intro))
        else:
            flow.page(title, intro)
        _part(flow, part, final=index == len(parts) - 1)
    return flow.entries


def _part(flow: _Flow, part: Part, *, final: bool) -> None:
    title = part.section.title[flow.lang]
    groups = list(part.groups)
    position = 0
    while position < len(groups):
        group = groups[position]
        run = _conditional_run(groups, position)
        last = position + len(run) == len(groups) - 1
        if not run:
            flow.entries.append(_entry(flow, group, {}))
            if group.asked[0].accept is not None and position < len(groups) - 1:
                flow.page(title)
            position += 1
            continue
        trigger = len(flow.entries)
        flow.entries.append(_entry(flow, group, {}))
        inside = flow.page(title)
        for conditional in run:
            flow.entries.append(_entry(flow, conditional, {}))
        if not last:
            after = flow.page(title)
        else:
            after = (
                SUBMIT if final else f"p{flow.pages + 1}"
            )  # the page of the next section, made right after this
        condition = run[0].asked[0].ask_if
        where = dict.fromkeys(condition.values if condition else (), inside)
        flow.entries[trigger] = _entry(flow, group, where, otherwise=after, again=True)
        position += 1 + len(run)


def _conditional_run(groups: list[Group], position: int) -> list[Group]:
    """Groups right after ``position`` that are asked only for some of its answers (one and the same
    condition)."""
    head = groups[position].asked[0]
    if head.input != "one" or groups[position].grid:
        return []
    run: list[Group] = []
    for group in groups[position + 1 :]:
        condition = group.asked[0].ask_if
        if (
            condition is None
            or condition.question != head.code
            or (run and condition != run[0].asked[0].ask_if)
        ):
            break
        if any(other.asked[0].ask_if and other.asked[0].ask_if.question == group.code for other in groups):
            break
        run.append(group)
    return run


def _unreachable(flow: _Flow, asked: Asked) -> bool:
    """Whether its condition cannot be kept by page jumps: then it is asked of all and not required."""
    if asked.ask_if is None:
        return False
    for part in flow.plan.parts:
        groups = list(part.groups)
        for position in range(len(groups)):
            if any(asked in group.asked for group in _conditional_run(groups, position)):
                return False
    return True


def _entry(
    flow: _Flow, group: Group, where: dict[int, str], otherwise: str = "", again: bool = False
) -> Entry:
    lang = flow.lang
    first = group.asked[0]
    if group.grid:
        stem = flow.plan.instrument.stem
        title = _unique(flow, _section_title(flow, first), again)
        rows = tuple(f"{asked.code}. {asked.text[lang]}" for asked in group.asked)
        answers = tuple((answer.text[lang], "") for answer in group.answers)
        return Entry("grid", group.code, title, stem[lang] if stem else "", first.required, answers, rows)
    question = first.question
    hints = [question.hint[lang]] if question.hint else []
    required = first.required
    if _unreachable(flow, first) and first.ask_if is not None:
        required = False
        hints.append(_only_if(flow, first))
    help_text = " ".join(hints)
    title = f"{first.code}. {first.text[lang]}"
    if first.input == "one":
        if (
            question.anchors is not None
            and not any(answer.aside for answer in first.answers)
            and _scale_item(first)
        ):
            ends = (question.anchors.low[lang], question.anchors.high[lang])
            low, high = first.answers[0].value, first.answers[-1].value
            return Entry("scale", first.code, title, help_text, required, low=low, high=high, ends=ends)
        answers = tuple(
            (answer.text[lang], _leads(first, answer.value, where, otherwise)) for answer in first.answers
        )
        return Entry("choice", first.code, title, help_text, required, answers)
    if first.input == "many":
        return Entry(
            "multiple",
            first.code,
            title,
            help_text,
            required,
            tuple((answer.text[lang], "") for answer in first.answers),
        )
    if first.input == "number":
        refusal = say("google.number", lang)
        return Entry(
            "number",
            first.code,
            title,
            help_text,
            required,
            low=question.minimum,
            high=question.maximum,
            whole=question.decimals == 0,
            refusal=refusal,
        )
    return Entry("text", first.code, title, help_text, required)


def _scale_item(asked: Asked) -> bool:
    """Google's linear scale runs from 0 or 1 to at most 10."""
    values = [answer.value for answer in asked.answers]
    return values[0] in (0, 1) and values[-1] <= 10 and values == list(range(values[0], values[-1] + 1))


def _leads(asked: Asked, value: int, where: dict[int, str], otherwise: str) -> str:
    if asked.accept is not None and value not in asked.accept:
        return SUBMIT
    if where:
        return where.get(value, otherwise)
    return CONTINUE if asked.accept is not None else ""


def _only_if(flow: _Flow, asked: Asked) -> str:
    condition = asked.ask_if
    assert condition is not None
    source = flow.plan.asked_of(condition.question)
    words = [answer.text[flow.lang] for answer in source.answers if answer.value in condition.values]
    return say("only_if", flow.lang, code=source.code, answers=f" {say('or', flow.lang)} ".join(words))


def _section_title(flow: _Flow, asked: Asked) -> str:
    return next(
        part.section.title[flow.lang] for part in flow.plan.parts if part.code == asked.question.section
    )


def _unique(flow: _Flow, title: str, again: bool) -> str:
    """Titles of grids differ, so that the headings of the answer sheet do."""
    made, number = title, 1
    while made in flow.titles and not again:
        number += 1
        made = f"{title} ({number})"
    flow.titles.add(made)
    return made


def headings(plan: Plan, lang: str) -> Iterator[tuple[str, str]]:
    """(heading of the answer sheet, question code) in the order of the columns, the time stamp left out."""
    for entry in entries(plan, lang):
        if entry.kind == "grid":
            yield from ((f"{entry.title} [{row}]", row.split(".", 1)[0]) for row in entry.rows)
        elif entry.kind not in ("page", "header"):
            yield entry.title, entry.code


def steps(plan: Plan) -> str:
    """The steps for the researcher, in Indonesian, as a small HTML page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    functions = [function_name(lang) for lang in plan.languages]
    count = sum(1 for entry in entries(plan, plan.languages[0]) if entry.kind not in ("page", "header"))
    listed = [
        say(
            f"google.step_{n}",
            "id",
            script=f"{plan.label}_google_forms.gs",
            functions=functions,
            count=count,
            first=functions[0],
        )
        for n in range(1, 11)
    ]
    return environment.get_template("steps.html.j2").render(
        lang="id",
        title=say("google.steps_title", "id"),
        lead=say("google.steps_lead", "id"),
        steps=listed,
        notes=[say(f"google.note_{n}", "id") for n in (1, 2, 3, 4)],
        notes_title=say("google.notes_title", "id"),
    )


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if math.isfinite(value) and value == int(value) else value


def _ascii(lang: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in lang).upper()
