"""LimeSurvey's tab-separated survey structure: the base language whole, then every other language in the same
order.

A grid is an array question whose rows bear the item codes, so that answers come back as ``GRID[PI1]``. Answer
codes have at most five characters, which LimeSurvey needs to keep them.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from umkm_stats.errors import Place, UmkmError
from umkm_stats.questionnaire import _files
from umkm_stats.questionnaire._plan import Asked, Clause, Group, Part, Plan
from umkm_stats.questionnaire._words import range_words, say

COLUMNS = (
    "class",
    "type/scale",
    "name",
    "relevance",
    "text",
    "help",
    "language",
    "validation",
    "mandatory",
    "other",
    "default",
    "exclude_all_others",
    "min_num_value_n",
    "max_num_value_n",
    "num_value_int_only",
    "em_validation_q",
    "em_validation_q_tip",
    "answer_width",
    "suffix",
    "hidden",
)
Row = dict[str, str]


def write(plan: Plan, folder: Path) -> Path:
    """``<label>_limesurvey.txt`` in ``folder``. Raises ``UmkmError`` QST103 for a text that holds a brace."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    for row in rows(plan):
        writer.writerow([row.get(column, "") for column in COLUMNS])
    return _files.write_text(folder / f"{plan.label}_limesurvey.txt", out.getvalue(), bom=True)


def rows(plan: Plan) -> Iterator[Row]:
    """Every row of the file in order."""
    base, *others = plan.languages
    settings = {
        "language": base,
        "additional_languages": " ".join(others),
        "format": "S" if plan.mode == "phone" else "G",
        "anonymized": "Y",
        "datestamp": "Y",
        "ipaddr": "N",
        "refurl": "N",
        "savetimings": "Y" if plan.audit else "N",
        "allowsave": "Y",
        "allowprev": "Y",
        "showprogress": "Y",
        "showwelcome": "Y",
        "showgroupinfo": "B",
        "shownoanswer": "N",
        "showqnumcode": "X",
        "printanswers": "N",
        "publicstatistics": "N",
    }
    for name, value in settings.items():
        yield {"class": "S", "name": name, "text": value}
    for lang in plan.languages:
        texts = {
            "surveyls_title": markup(plan.instrument.title[lang], "title"),
            "surveyls_welcometext": "".join(
                f"<p>{markup(text[lang], 'consent')}</p>" for text in _welcome(plan)
            ),
            "surveyls_endtext": f"<p>{markup(say('google.confirmation', lang), 'end')}</p>",
        }
        for name, value in texts.items():
            yield {"class": "SL", "name": name, "text": value, "language": lang}
    for lang in plan.languages:
        for number, part in enumerate(plan.faced(enumerator=plan.spoken), start=1):
            yield from _group(plan, part, number, lang)
            if number == 1:
                yield from _hidden(plan, lang)


def _welcome(plan: Plan) -> list[dict[str, str]]:
    lead = {lang: say("html.lead", lang, minutes=plan.minutes) for lang in plan.languages}
    return [lead, *({lang: text[lang] for lang in plan.languages} for text in plan.consent())]


def _group(plan: Plan, part: Part, number: int, lang: str) -> Iterator[Row]:
    intro = part.section.intro[lang] if part.section.intro else ""
    yield {
        "class": "G",
        "type/scale": str(number),
        "name": markup(part.section.title[lang], part.code),
        "relevance": expression(plan, part.common),
        "text": markup(intro, part.code),
        "language": lang,
    }
    for group in part.groups:
        if group.grid:
            yield from _grid(plan, part, group, lang)
        else:
            yield from _single(plan, part, group, lang)


def _hidden(plan: Plan, lang: str) -> Iterator[Row]:
    """What the form itself knows, as hidden equations that are stored with the answers."""
    for asked in plan.asked:
        if asked.filled_by != "system":
            continue
        value = plan.known.get(asked.code, "")
        if not value and asked.code == "BAHASA":
            value = "0"
            for spoken in reversed(plan.languages):
                value = f'if(LANG == "{spoken}", {1 + plan.instrument.languages.index(spoken)}, {value})'
            value = f"{{{value}}}"
        if value:
            yield {
                "class": "Q",
                "type/scale": "*",
                "name": asked.code,
                "relevance": "1",
                "text": value,
                "language": lang,
                "mandatory": "N",
                "other": "N",
                "hidden": "1",
            }


def _grid(plan: Plan, part: Part, group: Group, lang: str) -> Iterator[Row]:
    first = group.asked[0]
    words = plan.stem(part)
    stem = words[lang] if words else part.section.title[lang]
    yield {
        "class": "Q",
        "type/scale": "F",
        "name": group.code,
        "relevance": _own(plan, part, first),
        "text": markup(stem, group.code),
        "language": lang,
        "mandatory": "Y" if first.required else "N",
        "other": "N",
        "answer_width": "40",
    }
    for asked in group.asked:
        yield {
            "class": "SQ",
            "type/scale": "0",
            "name": asked.code,
            "relevance": "1",
            "text": markup(asked.text[lang], asked.code),
            "language": lang,
        }
    yield from _answers(first, lang)


def _single(plan: Plan, part: Part, group: Group, lang: str) -> Iterator[Row]:
    asked = group.asked[0]
    question = asked.question
    hint = question.hint[lang] if question.hint else ""
    if question.anchors and not hint:
        hint = f"{question.anchors.low[lang]} – {question.anchors.high[lang]}"
    text = asked.text[lang]
    stem = plan.stem(part)
    if group is part.first_statements and stem:
        text = f"{stem[lang]}\n{text}"
    row: Row = {
        "class": "Q",
        "type/scale": {"one": "L", "many": "M", "number": "N", "text": "S"}[asked.input],
        "name": asked.code,
        "relevance": _own(plan, part, asked),
        "text": markup(text, asked.code),
        "help": markup(hint, asked.code),
        "language": lang,
        "mandatory": "Y" if asked.required else "N",
        "other": "N",
    }
    if asked.input == "number":
        row |= {
            "min_num_value_n": _bound(question.minimum),
            "max_num_value_n": _bound(question.maximum),
            "num_value_int_only": "0" if question.decimals else "1",
            "suffix": markup(question.unit[lang], asked.code) if question.unit else "",
        }
        if asked.latest is not None:
            year = f'date("Y") {"-" if asked.latest < 0 else "+"} {abs(asked.latest)}'
            row |= {
                "em_validation_q": f"is_empty({asked.code}.NAOK) or {asked.code}.NAOK <= {year}",
                "em_validation_q_tip": range_words(asked, [lang])[lang],
            }
    alone = [str(answer.value) for answer in asked.answers if answer.alone]
    if asked.input == "many" and alone:
        row["exclude_all_others"] = ";".join(alone)
    yield row
    if asked.input == "many":
        for answer in asked.answers:
            yield {
                "class": "SQ",
                "type/scale": "0",
                "name": str(answer.value),
                "relevance": "1",
                "text": markup(answer.text[lang], asked.code),
                "language": lang,
            }
    elif asked.input == "one":
        yield from _answers(asked, lang)


def _answers(asked: Asked, lang: str) -> Iterator[Row]:
    for answer in asked.answers:
        yield {
            "class": "A",
            "type/scale": "0",
            "name": str(answer.value),
            "relevance": "0",
            "text": markup(answer.text[lang], asked.code),
            "language": lang,
        }


def _own(plan: Plan, part: Part, asked: Asked) -> str:
    return expression(plan, [clause for clause in asked.clauses if clause not in part.common])


def expression(plan: Plan, clauses: Sequence[Clause]) -> str:
    """The clauses in LimeSurvey's expression language; "1" (always) when there are none."""
    parts = []
    for clause in clauses:
        met = _any_of(plan, clause.question, clause.values)
        if clause.only_if:
            chain = [_any_of(plan, entry.question, entry.values) for entry in clause.only_if]
            met = f"({met} or !({' and '.join(chain)}))"
        parts.append(met)
    return " and ".join(parts) if parts else "1"


def _any_of(plan: Plan, code: str, values: Sequence[int]) -> str:
    asked = plan.asked_of(code)
    if asked.input == "many":
        parts = [f'{code}_{value}.NAOK == "Y"' for value in values]
    elif asked.input == "number":
        parts = [f"{variable(plan, code)}.NAOK == {value}" for value in values]
    else:
        parts = [f'{variable(plan, code)}.NAOK == "{value}"' for value in values]
    return f"({' or '.join(parts)})"


def variable(plan: Plan, code: str) -> str:
    """Name of an answer in expressions: ``PI1``, or ``GRID_PI1`` inside a grid."""
    for part in plan.parts:
        for group in part.groups:
            if group.grid and any(asked.code == code for asked in group.asked):
                return f"{group.code}_{code}"
    return code


def headings(plan: Plan) -> Iterator[tuple[str, str]]:
    """(heading of LimeSurvey's answer export with codes, question code); a multiple choice has one a
    choice."""
    for part in plan.parts:
        for group in part.groups:
            for asked in group.asked:
                if group.grid:
                    yield f"{group.code}[{asked.code}]", asked.code
                elif asked.input == "many":
                    yield from ((f"{asked.code}[{answer.value}]", asked.code) for answer in asked.answers)
                else:
                    yield asked.code, asked.code


def markup(text: str, item: str) -> str:
    """The text as HTML; a first character that a spreadsheet would take for a formula is written as an
    entity."""
    if "{" in text or "}" in text:
        raise UmkmError("QST103", Place(item=item), {"item": item, "mark": "{"})
    safe = html.escape(text, quote=False).replace("\n", "<br>")
    return f"&#{ord(safe[0])};{safe[1:]}" if safe[:1] in ("=", "+", "-", "@") else safe


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
