"""Errors that speak to the person at the keyboard: a stable code, a place, and what to do about it.

Codes carry the room (``RSP104``), are never reused, and have their texts in ``messages/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from umkm_stats import messages

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: any of file, sheet, row, column, item, line, key. Rows and lines count from 1."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    item: str | None = None
    line: int | None = None
    key: str | None = None

    def describe(self, lang: str = "en") -> str:
        """``file answers.csv, row 14, column F`` in the language; empty when nothing is known."""
        parts = [(name, value) for name, value in asdict(self).items() if value is not None]
        return ", ".join(messages.text(f"place.{name}", lang, value=str(value)) for name, value in parts)


class UmkmError(Exception):
    """Base of every error a user can meet.

    Parameters
    ----------
    code : str
        catalogue code, for instance ``RSP104``.
    place : Place | None, optional
        where it is (a ``Place``), or None.
    params : Mapping[str, Any] | None, optional
        values for the placeholders of the catalogue texts; never an answer or an identifier.
    """

    exit_code = 1

    def __init__(
        self, code: str, place: Place | None = None, params: Mapping[str, Any] | None = None
    ) -> None:
        self.code = code
        self.place = place or Place()
        self.params = dict(params or {})
        super().__init__(code)

    def message(self, lang: str = "en") -> str:
        """What is wrong and where."""
        said = messages.message(self.code, lang, **self.params)
        where = self.place.describe(lang)
        return f"{said} ({where})" if where else said

    def remedy(self, lang: str = "en") -> str:
        """What to do."""
        return messages.remedy(self.code, lang, **self.params)

    def __str__(self) -> str:
        return f"[{self.code}] {self.message()} {self.remedy()}".rstrip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.code, self.place, self.params))

    def to_dict(self) -> dict[str, Any]:
        """Code, place, and both texts in every language: what ``--json`` prints."""
        return {
            "code": self.code,
            "place": {key: value for key, value in asdict(self.place).items() if value is not None},
            "message": {lang: self.message(lang) for lang in messages.languages()},
            "remedy": {lang: self.remedy(lang) for lang in messages.languages()},
        }


class UsageError(UmkmError):
    """The call is wrong (an unknown option, a missing name): exit code 2 at the command line."""

    exit_code = 2
