"""One offline HTML file: fills in on a phone, keeps a draft, downloads the answers, and talks to nobody."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._plan import Answer, Asked, Clause, Part, Plan, Words
from umkm_stats.questionnaire._words import RANGE_KEYS, both, language_name, range_key, say

ASSETS = Path(__file__).parent / "_assets"
_CHROME = (
    "storage",
    "resumed",
    "damaged",
    "elsewhere",
    "take",
    "back",
    "next",
    "ending",
    "thanks",
    "complete",
    "stopped",
    "refused",
    "kept",
    "csv",
    "json",
    "review",
    "again",
    "erase",
    "contacts",
)
_SPOKEN = (
    "progress",
    "language",
    "noscript",
    "required",
    "choose",
    "fill",
    *RANGE_KEYS,
    "incomplete",
    "incomplete_one",
    "incorrect",
    "incorrect_one",
    "confirm_again",
    "confirm_erase",
)


def write(plan: Plan, folder: Path) -> Path:
    """``<label>.html`` in ``folder``."""
    return _files.write_text(folder / f"{plan.label}.html", page(plan))


def page(plan: Plan) -> str:
    """The whole file as text."""
    languages = plan.languages
    css = (ASSETS / "form.css").read_text(encoding="utf-8")
    js = (ASSETS / "form.js").read_text(encoding="utf-8")
    words = {lang: {key: _marks(say(f"html.{key}", lang)) for key in _SPOKEN} for lang in languages}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("form.html.j2").render(
        languages=languages,
        language_names={lang: language_name(lang) for lang in languages},
        title=plan.title(),
        closing=plan.closing,
        lead=both("html.lead", languages, minutes=plan.minutes),
        w={key: both(f"html.{key}", languages) for key in _CHROME}
        | {"footer": both("html.footer", languages, form=plan.label)},
        words=words,
        pages=[_page(plan, part) for part in plan.faced(enumerator=plan.spoken)],
        plan_json=_script(data(plan)),
        words_json=_script(words),
        css=css,
        js=js,
        policy=_policy(js),
        nonce=_mark(js),
    )


def data(plan: Plan) -> dict[str, Any]:
    """What the script of the page needs to know."""
    return {
        "key": key(plan),
        "legacy": legacy_key(plan),
        "form": plan.label,
        "file": plan.label,
        "title": dict(plan.title()),
        "languages": list(plan.languages),
        "screening": [
            {
                "question": asked.code,
                "accept": [str(value) for value in asked.accept],
                "consent": asked.question.role == "consent",
            }
            for asked in plan.asked
            if asked.accept is not None
        ],
        "version": plan.instrument.version,
        "columns": [_column(plan, asked) for asked in plan.asked],
    }


def _column(plan: Plan, asked: Asked) -> dict[str, Any]:
    column: dict[str, Any] = {"code": asked.code, "kind": asked.input}
    if asked.question.personal:
        column["personal"] = True
    if asked.input == "many":
        column["options"] = [str(answer.value) for answer in asked.answers]
    if asked.code in plan.known:
        column["fixed"] = plan.known[asked.code]
    elif asked.code == "BAHASA" and asked.filled_by == "system":
        column["spoken"] = {lang: str(1 + plan.instrument.languages.index(lang)) for lang in plan.languages}
    return column


def key(plan: Plan) -> str:
    """Identifies drafts: the form and a digest of the instrument, of everything asked, of the screening mode
    and of the stage, so that a changed form starts afresh and forms of one name do not meet."""
    held = [_asked(plan), plan.instrument.digest, plan.form, plan.screening, dict(plan.known), plan.languages]
    return f"{plan.label}:{plan.instrument.version}:{_digest(held)}"


def legacy_key(plan: Plan) -> str:
    """The key of version 0.1, whose drafts and finished forms are taken over."""
    return f"{plan.label}:{plan.instrument.version}:{_digest(_asked(plan))}"


def _asked(plan: Plan) -> list[Any]:
    return [
        [entry.code, [answer.value for answer in entry.answers], dict(entry.text)] for entry in plan.asked
    ]


def _digest(held: Any) -> str:
    return hashlib.sha256(json.dumps(held, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:12]


def _mark(js: str) -> str:
    """The mark that the page's own scripts bear, and no other script."""
    return hashlib.sha256(js.encode()).hexdigest()[:24]


def _policy(js: str) -> str:
    """No request may leave the page; only its own scripts run."""
    return (
        f"default-src 'none'; script-src 'nonce-{_mark(js)}'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'"
    )


def _script(value: Any) -> str:
    """JSON that cannot end its script element."""
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _marks(text: str) -> str:
    """Placeholders such as «low» become {low}: the page fills them in itself."""
    return text.replace("«", "{").replace("»", "}")


def _page(plan: Plan, part: Part) -> dict[str, Any]:
    common = part.common
    blocks = []
    for group in part.groups:
        stem = plan.stem(part) if group is part.first_statements else None
        blocks.append({"stem": stem, "questions": [_question(plan, asked, common) for asked in group.asked]})
    intro = [part.section.intro] if part.section.intro else []
    sheet = plan.consent() if part.code == plan.consent_section else []
    return {
        "code": part.code,
        "title": part.section.title,
        "intro": intro + sheet,
        "when": when(common),
        "blocks": blocks,
    }


def _question(plan: Plan, asked: Asked, common: tuple[Clause, ...]) -> dict[str, Any]:
    question = asked.question
    anchors = question.anchors
    bare = all(
        text == str(answer.value)
        for answer in asked.answers
        if not answer.aside
        for text in answer.text.values()
    )
    return {
        "code": asked.code,
        "number": asked.number,
        "input": asked.input,
        "text": question.text,
        "hint": question.hint,
        "required": asked.required,
        "when": when(tuple(clause for clause in asked.clauses if clause not in common)),
        "choices": [
            {
                "value": answer.value,
                "text": _choice_text(answer, anchors is not None),
                "aside": answer.aside,
                "alone": answer.alone,
            }
            for answer in asked.answers
        ],
        "scale": question.kind == "scale",
        "numbers": bool(asked.answers) and (bare or anchors is not None),
        "poles": (anchors.low, anchors.high) if anchors else None,
        "unit": question.unit,
        "whole": asked.input == "number" and question.decimals == 0,
        "low": _plain(question.minimum),
        "high": _plain(question.maximum),
        "latest": asked.latest,
        "refusal": range_key(asked) if asked.input == "number" else "",
    }


def _choice_text(answer: Answer, between_poles: bool) -> Words:
    """Words of an answer; between two poles that stand above, its number."""
    return (
        dict.fromkeys(answer.text, str(answer.value)) if between_poles and not answer.aside else answer.text
    )


def _plain(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)


def when(clauses: tuple[Clause, ...]) -> str:
    """Clauses as the JSON the page evaluates."""
    return json.dumps([_clause(clause) for clause in clauses], sort_keys=True)


def _clause(clause: Clause) -> Mapping[str, Any]:
    made: dict[str, Any] = {"question": clause.question, "values": [str(value) for value in clause.values]}
    if clause.only_if:
        made["only_if"] = [
            {"question": entry.question, "values": [str(value) for value in entry.values]}
            for entry in clause.only_if
        ]
    return made
