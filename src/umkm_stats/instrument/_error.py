"""The error of an instrument file: its words follow the language, and it carries the other faults of the
file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats import messages
from umkm_stats.errors import UmkmError


class Word(str):
    """A parameter that is itself a word of the catalogue (text key ``instrument.word.…``)."""

    __slots__ = ()


def spoken(params: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """``params`` with every ``Word`` in the language."""
    return {
        key: messages.text(f"instrument.word.{value}", lang) if isinstance(value, Word) else value
        for key, value in params.items()
    }


class InstrumentError(UmkmError):
    """A fault in an instrument file; ``.others``: the remaining faults of the same file, by line."""

    others: tuple[UmkmError, ...] = ()

    def message(self, lang: str = "en") -> str:
        """What is wrong and where."""
        said = messages.message(self.code, lang, **spoken(self.params, lang))
        where = self.place.describe(lang)
        return f"{said} ({where})" if where else said

    def remedy(self, lang: str = "en") -> str:
        """What to do."""
        return messages.remedy(self.code, lang, **spoken(self.params, lang))
