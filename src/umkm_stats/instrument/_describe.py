"""An instrument in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from umkm_stats import messages
from umkm_stats.instrument._frames import minutes

if TYPE_CHECKING:
    from umkm_stats.instrument._definition import Definition


def said(text: Mapping[str, str] | None, lang: str) -> str:
    """The text in the language, else in the first language it has; empty when there is none."""
    if not text:
        return ""
    return text.get(lang) or next(iter(text.values()))


def tongue(instrument: Definition, lang: str) -> str:
    """The language of the library's own words beside texts of the instrument in ``lang``: the same, and
    English for one that only the instrument has. Raises ``UsageError`` (GEN001) for any other."""
    if lang in instrument.languages and lang not in messages.languages():
        return messages.FALLBACK
    return messages.spoken(lang)


def summary(instrument: Definition, lang: str) -> str:
    """See ``summary``."""

    def word(key: str, **params: object) -> str:
        return messages.text(f"instrument.{key}", tongue(instrument, lang), **params)

    lines = [said(instrument.title, lang), word("head", name=instrument.name, version=instrument.version)]
    if instrument.source is not None:
        lines.append(f"{instrument.source.citation} {instrument.source.licence}.")
    if instrument.forms:
        lines += ["", word("forms")]
        for form in instrument.forms:
            items = instrument.items_of_form(form.code)
            markers = sum(1 for item in items if item.role == "marker")
            counts = {
                "items": len(items) - markers,
                "markers": markers,
                "minutes": minutes(
                    instrument, instrument.of_form(form.code, mode="online"), instrument.languages[0]
                ),
            }
            lines.append("  " + word("form", code=form.code, title=said(form.title, lang), **counts))
    lines += ["", word("constructs")]
    for construct in instrument.constructs:
        codes = [item.code for item in instrument.items if item.construct == construct.code]
        lines.append(f"  {construct.code:<6}{said(construct.label, lang)} ({len(codes)}): {' '.join(codes)}")
    if instrument.models:
        lines += ["", word("models")]
        for model in instrument.models:
            route = " → ".join(" + ".join(part) for part in (model.x, model.m, model.y) if part)
            lines.append(f"  {model.key:<6}{route}: {said(model.title, lang)}")
    if instrument.hypotheses:
        lines += ["", word("hypotheses")]
        lines += [f"  {entry.code:<6}{said(entry.text, lang)}" for entry in instrument.hypotheses]
    if instrument.contradictions:
        lines += ["", word("contradictions")]
        lines += [
            f"  {entry.code:<6}{said(entry.text, lang)} {said(entry.handled, lang)}"
            for entry in instrument.contradictions
        ]
    return "\n".join(lines)
