"""The codebook of a plan as plain rows: what each column holds, and where the form comes from."""

from __future__ import annotations

from umkm_stats.instrument import Item
from umkm_stats.questionnaire._plan import Asked, Plan
from umkm_stats.questionnaire._words import language_name, plain, say


def codebook_rows(plan: Plan) -> list[list[object]]:
    """Heading row, then one row a question in order, all languages side by side."""
    lang = plan.languages[0]
    heads: list[object] = [say(f"codebook.{key}", lang) for key in ("code", "number", "section")]
    heads += [f"{say('codebook.text', lang)} ({language_name(other)})" for other in plan.languages]
    heads += [f"{say('codebook.answers', lang)} ({language_name(other)})" for other in plan.languages]
    heads += [
        say(f"codebook.{key}", lang)
        for key in ("kind", "required", "construct", "dimension", "keying", "asked_if")
    ]
    rows: list[list[object]] = [heads]
    sections = {part.code: part.section.title[lang] for part in plan.parts}
    for asked in plan.asked:
        question = asked.question
        item = question if isinstance(question, Item) else None
        row: list[object] = [asked.code, asked.number or "–", sections[question.section]]
        row += [asked.text[other] for other in plan.languages]
        row += [answers_text(asked, other) for other in plan.languages]
        row += [
            say(f"kind.{question.kind}", lang),
            say("yes" if asked.required else "no", lang),
            item.construct if item else "",
            (item.dimension or "") if item else "",
            say("keying.reverse" if item.reverse else "keying.direct", lang) if item else "",
            condition_text(asked),
        ]
        rows.append(row)
    return rows


def answers_text(asked: Asked, lang: str) -> str:
    """``1 = …; 2 = …`` or the range of a number."""
    question = asked.question
    if asked.answers:
        return "; ".join(f"{answer.value} = {answer.text[lang]}" for answer in asked.answers)
    if asked.input == "number":
        low, high = question.minimum, question.maximum
        unit = f" {question.unit[lang]}" if question.unit and lang in question.unit else ""
        if asked.latest is not None:
            latest = say("year.now" if asked.latest == 0 else "year.ago", lang, years=-asked.latest)
            return f"{plain(low, lang)} {say('to', lang)} {latest}" if low is not None else f"≤ {latest}"
        if low is not None and high is not None:
            return f"{plain(low, lang)} {say('to', lang)} {plain(high, lang)}{unit}"
        if low is not None:
            return f"≥ {plain(low, lang)}{unit}"
        if high is not None:
            return f"≤ {plain(high, lang)}{unit}"
        return unit.strip()
    return ""


def condition_text(asked: Asked) -> str:
    """``CODE = 1, 2`` for the screening answers before it and the conditions it hangs on; a screening
    question that was not asked of all bears its own condition in brackets."""
    parts = []
    for clause in asked.clauses:
        text = _equals(clause.question, clause.values)
        if clause.only_if:
            text += f" ({'; '.join(_equals(entry.question, entry.values) for entry in clause.only_if)})"
        parts.append(text)
    return "; ".join(parts)


def _equals(code: str, values: tuple[int, ...]) -> str:
    return f"{code} = {', '.join(map(str, values))}"


def meta_rows(plan: Plan, lang: str) -> list[list[object]]:
    """What the file is, where it comes from, and how to use it: rows of (name, value)."""
    instrument = plan.instrument
    pairs: list[tuple[str, object]] = [
        ("instrument", f"{instrument.title[lang]} ({instrument.name} {instrument.version})"),
        ("form", plan.form or "–"),
        ("questions", len(plan.asked)),
        ("items", len(plan.items)),
        ("minutes", plan.minutes),
        ("mode", say(f"mode.{plan.mode}", lang)),
        ("screening", plan.screening or "–"),
        ("seed", plan.seed if plan.seed is not None else say("about.file_order", lang)),
        ("order", say(f"order.{plan.order}", lang)),
        ("digest", instrument.digest or "–"),
    ]
    if instrument.source is not None:
        pairs.append(("source", f"{instrument.source.citation} ({instrument.source.licence})"))
    rows: list[list[object]] = [[say("about.name", lang), say("about.value", lang)]]
    rows += [[say(f"about.{key}", lang), value] for key, value in pairs]
    rows += [[say("about.how", lang), say(f"about.how_{step}", lang)] for step in (1, 2, 3, 4)]
    return rows
