"""Words of the questionnaires that do not come from the instrument, by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from umkm_stats import messages

_NAMES = {"id": "Bahasa Indonesia", "en": "English"}


def spoken(lang: str) -> str:
    """The language when the library has texts in it, else English: an instrument may hold more languages."""
    return lang if lang in messages.languages() else messages.FALLBACK


def say(key: str, lang: str, /, **params: Any) -> str:
    """The text ``questionnaire.<key>`` in the language, or in English when the language has no texts of its
    own."""
    return messages.text(f"questionnaire.{key}", spoken(lang), **params)


def both(key: str, languages: Iterable[str], /, **params: Any) -> Mapping[str, str]:
    """The text in each of the languages."""
    return {lang: say(key, lang, **params) for lang in languages}


def plain(value: float, lang: str) -> str:
    """A number with no more digits than it has, in the marks of the language: ``0.5``, ``0,5``."""
    said = f"{value:.15g}"
    return messages.number(said, lang) if lang in messages.languages() else said


RANGE_KEYS = (
    "number",
    "whole",
    "between",
    "least",
    "most",
    "whole_between",
    "whole_least",
    "whole_most",
    "year",
    "year_ago",
)


def range_key(asked: Any) -> str:
    """Which of the texts ``html.<key>`` says what a question for a number accepts."""
    low, high, latest = asked.question.minimum, asked.question.maximum, asked.latest
    if latest is not None and latest <= 0 and low is not None:
        return "year" if latest == 0 else "year_ago"
    whole = "whole_" if asked.whole else ""
    if low is not None and high is not None:
        return f"{whole}between"
    if low is not None or high is not None:
        return f"{whole}{'least' if low is not None else 'most'}"
    return "whole" if asked.whole else "number"


def range_words(asked: Any, languages: Iterable[str]) -> Mapping[str, str]:
    """What a question for a number accepts, in each of the languages: "a number from 0 to 100", "a year from
    1920 to 18 years ago"."""
    low, high, latest = asked.question.minimum, asked.question.maximum, asked.latest
    found = {}
    for lang, text in both(f"html.{range_key(asked)}", languages).items():
        marks = {
            "low": "" if low is None else plain(low, lang),
            "high": "" if high is None else plain(high, lang),
            "years": "" if latest is None else str(-latest),
        }
        for name, value in marks.items():
            text = text.replace(f"«{name}»", value)
        found[lang] = text
    return found


def language_name(lang: str) -> str:
    """Name of a language in itself; the code when it is not known."""
    return _NAMES.get(lang, lang)
