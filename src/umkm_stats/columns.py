"""Output columns: machine names are fixed and ASCII; labels and explanations live in ``messages/``."""

from __future__ import annotations

from umkm_stats import messages


def known() -> tuple[str, ...]:
    """Every registered output column, sorted."""
    return tuple(sorted(messages.catalogue(messages.FALLBACK)["columns"]))


def label(name: str, lang: str = "en") -> str:
    """The heading a reader sees for a machine column; the name itself when it is not registered."""
    for language in (lang, messages.FALLBACK):
        if language in messages.languages():
            entry = messages.catalogue(language)["columns"].get(name)
            if entry:
                return str(entry["label"])
    return name


def about(name: str, lang: str = "en") -> str:
    """One line that explains a column; empty when it is not registered."""
    for language in (lang, messages.FALLBACK):
        if language in messages.languages():
            entry = messages.catalogue(language)["columns"].get(name)
            if entry:
                return str(entry.get("about", ""))
    return ""
