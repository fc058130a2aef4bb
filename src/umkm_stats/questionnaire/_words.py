"""Words of the questionnaires that do not come from the instrument, by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from umkm_stats import messages

_NAMES = {"id": "Bahasa Indonesia", "en": "English"}


def say(key: str, lang: str, /, **params: Any) -> str:
    """The text ``questionnaire.<key>`` in the language, or in English when the language has no texts of its
    own."""
    return messages.text(f"questionnaire.{key}", lang, **params)


def both(key: str, languages: Iterable[str], /, **params: Any) -> Mapping[str, str]:
    """The text in each of the languages."""
    return {lang: say(key, lang, **params) for lang in languages}


def language_name(lang: str) -> str:
    """Name of a language in itself; the code when it is not known."""
    return _NAMES.get(lang, lang)
