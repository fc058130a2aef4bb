"""Google Forms: an Apps Script that builds one form a language, and the steps to run it.

Headings of the answer sheet are ``CODE. text`` for single questions and ``title [CODE. text]`` for grid rows.
Every screening question ends its page: an answer that is not accepted leads to sending the form.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jinja2

from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._plan import Asked, Condition, Group, Plan
from umkm_stats.questionnaire._words import language_name, range_words, say

ASSETS = Path(__file__).parent / "_assets"
SUBMIT, CONTINUE = "submit", "continue"


@dataclass(frozen=True, slots=True)
class Entry:
    """One call of the script. ``answers`` are (text, where it leads): "", a page code, "continue" or
    "submit". ``go`` (a page): where somebody is led who comes to it without a jump. ``latest`` (a number):
    latest year, counted from the year in which the script is run."""

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
    latest: int | None = None
    go: str = ""

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
            "latest": self.latest,
            "go": self.go,
        }


@dataclass(slots=True)
class _Flow:
    """Where the entries of one language are gathered."""

    plan: Plan
    lang: str
    entries: list[Entry] = field(default_factory=list)
    pages: int = 0
    titles: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)

    def page(self, title: str, help_text: str = "", go: str = "") -> str:
        """A page break; its code."""
        self.pages += 1
        code = f"p{self.pages}"
        self.entries.append(Entry("page", code, title, help_text, go=go))
        return code

    def label(self) -> str:
        """A mark for a page that is made later."""
        made = f"@{len(self.places)}"
        self.places[made] = made
        return made

    def placed(self) -> list[Entry]:
        """The entries, every mark replaced by the page it stands for."""
        return [
            replace(
                entry,
                answers=tuple((text, self.places.get(go, go)) for text, go in entry.answers),
                go=self.places.get(entry.go, entry.go),
            )
            for entry in self.entries
        ]


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
        end = flow.label()
        _groups(flow, part.section.title[lang], list(part.groups), end)
        flow.places[end] = SUBMIT if index == len(parts) - 1 else f"p{flow.pages + 1}"
    return flow.placed()


def _groups(flow: _Flow, title: str, groups: list[Group], end: str) -> None:
    """Groups in order. Those that hang on an answer stand on pages of their own; whoever gave another answer,
    or none, is led past them; ``end`` is where the last of them leads."""
    position = 0
    while position < len(groups):
        group = groups[position]
        run = _conditional_run(groups, position)
        if not run:
            flow.entries.append(_entry(flow, group, {}))
            if group.asked[0].accept is not None and position < len(groups) - 1:
                flow.page(title)
            position += 1
            continue
        last = position + len(run) == len(groups) - 1
        after = end if last else flow.label()
        trigger = len(flow.entries)
        flow.entries.append(Entry("", "", ""))
        inside = flow.page(title, go=after)
        _groups(flow, title, run, after)
        if not last:
            flow.places[after] = flow.page(title)
        condition = _condition_on(run[0].asked[0], group.code)
        where = dict.fromkeys(condition.values if condition else (), inside)
        flow.entries[trigger] = _entry(flow, group, where, otherwise=after)
        position += 1 + len(run)


def _condition_on(asked: Asked, code: str) -> Condition | None:
    return next((entry for entry in asked.chain if entry.question == code), None)


def _conditional_run(groups: list[Group], position: int) -> list[Group]:
    """Groups right after ``position`` that hang, themselves or through each other, on one and the same
    condition on its answer."""
    head = groups[position].asked[0]
    if head.input != "one" or groups[position].grid:
        return []
    run: list[Group] = []
    for group in groups[position + 1 :]:
        condition = _condition_on(group.asked[0], head.code)
        if condition is None or (run and condition != _condition_on(run[0].asked[0], head.code)):
            break
        run.append(group)
    return run


def _unreachable(plan: Plan, asked: Asked) -> bool:
    """Whether its conditions cannot be kept by page jumps: then it is asked of all and not required."""
    if not asked.chain:
        return False
    code = asked.chain[-1].question
    for part in plan.parts:
        groups = list(part.groups)
        for position, group in enumerate(groups):
            if group.code == code and any(
                asked in later.asked for later in _conditional_run(groups, position)
            ):
                return _unreachable(plan, group.asked[0])
    return True


def _entry(flow: _Flow, group: Group, where: dict[int, str], otherwise: str = "") -> Entry:
    lang = flow.lang
    first = group.asked[0]
    if group.grid:
        stem = flow.plan.stem(next(part for part in flow.plan.parts if group in part.groups))
        title = _unique(flow, _section_title(flow, first))
        rows = tuple(f"{asked.code}. {asked.text[lang]}" for asked in group.asked)
        answers = tuple((answer.text[lang], "") for answer in group.answers)
        return Entry("grid", group.code, title, stem[lang] if stem else "", first.required, answers, rows)
    question = first.question
    hints = [question.hint[lang]] if question.hint else []
    required = first.required
    if _unreachable(flow.plan, first):
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
        refusal = range_words(first, [lang])[lang]
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
            latest=first.latest,
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
    met = []
    for condition in asked.chain:
        source = flow.plan.asked_of(condition.question)
        words = [answer.text[flow.lang] for answer in source.answers if answer.value in condition.values]
        said = f" {say('or', flow.lang)} ".join(words or map(str, condition.values))
        met.append(say("answered", flow.lang, code=source.code, answers=said))
    return say("only_if_all", flow.lang, conditions=f", {say('and', flow.lang)} ".join(met))


def _section_title(flow: _Flow, asked: Asked) -> str:
    return next(
        part.section.title[flow.lang] for part in flow.plan.parts if part.code == asked.question.section
    )


def _unique(flow: _Flow, title: str) -> str:
    """Titles of grids differ, so that the headings of the answer sheet do."""
    made, number = title, 1
    while made in flow.titles:
        number += 1
        made = f"{title} ({number})"
    flow.titles.add(made)
    return made


def headings(plan: Plan, lang: str) -> Iterator[tuple[str, str]]:
    """(heading of the answer sheet, question code) in the order of the columns, the time stamp left out."""
    for entry in entries(plan, lang):
        if entry.kind == "grid":
            yield from ((f"{entry.title} [{row}]", row.split(". ", 1)[0]) for row in entry.rows)
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
        notes=[say(f"google.note_{n}", "id") for n in (1, 2, 3, 4, 5)],
        notes_title=say("google.notes_title", "id"),
    )


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if math.isfinite(value) and value == int(value) else value


def _ascii(lang: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in lang).upper()
