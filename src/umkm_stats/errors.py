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
    """Where something is, as far as it is known.

    Rows and lines count from 1, as the user's program shows them.

    Attributes
    ----------
    file : str or None
        Bare name of the file.
    sheet : str or None
        Name of the sheet of a workbook.
    row : int or None
        Row number in the file, from 1.
    column : str or None
        Letter or heading of the column.
    item : str or None
        Code of the question.
    line : int or None
        Line of a text file, from 1.
    key : str or None
        Key of a YAML or JSON file.

    Examples
    --------
    >>> from umkm_stats.errors import Place
    >>> Place(file="answers.csv", row=14).row
    14
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    item: str | None = None
    line: int | None = None
    key: str | None = None

    def describe(self, lang: str = "en") -> str:
        """The place in words, such as ``file answers.csv, row 14``; empty when nothing is known.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            What is known, joined by commas.

        Examples
        --------
        >>> from umkm_stats.errors import Place
        >>> Place(file="answers.csv", row=14, column="F").describe()
        'file answers.csv, row 14, column F'
        >>> Place(row=14).describe("id")
        'baris 14'
        """
        parts = [(name, value) for name, value in asdict(self).items() if value is not None]
        return ", ".join(messages.text(f"place.{name}", lang, value=str(value)) for name, value in parts)


class UmkmError(Exception):
    """Base of every error a user can meet.

    Parameters
    ----------
    code : str
        Code of the catalogue, for instance ``RSP104``.
    place : Place, optional
        Where it is; None says nothing of a place.
    params : Mapping[str, Any], optional
        Values of the placeholders in the catalogue's texts; never an answer or an identifier.

    Attributes
    ----------
    code : str
        As given.
    place : Place
        As given; an empty place when None.
    params : dict[str, Any]
        As given.
    exit_code : int
        What the command line ends with: 1, and 2 for ``UsageError``.

    Examples
    --------
    >>> from umkm_stats import UmkmError, load_instrument
    >>> try:
    ...     load_instrument("umkm_inovasy")
    ... except UmkmError as fault:
    ...     fault.code
    'INS006'
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
        """What is wrong and where.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            The sentence of the catalogue, its placeholders filled in, and the place in brackets.

        Examples
        --------
        >>> from umkm_stats.errors import Place, UmkmError
        >>> UmkmError("GEN004", Place(key="level"), {"name": "level", "received": "95"}).message()
        'level must be a number between 0 and 1, not 95. (key level)'
        """
        said = messages.message(self.code, lang, **self.params)
        where = self.place.describe(lang)
        return f"{said} ({where})" if where else said

    def remedy(self, lang: str = "en") -> str:
        """What to do.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            The advice of the catalogue, its placeholders filled in.

        Examples
        --------
        >>> from umkm_stats import UmkmError
        >>> UmkmError("GEN004", params={"name": "level", "received": "95"}).remedy()
        'Change level and run again, for instance 0.95 for a level.'
        """
        return messages.remedy(self.code, lang, **self.params)

    def __str__(self) -> str:
        return f"[{self.code}] {self.message()} {self.remedy()}".rstrip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.code, self.place, self.params))

    def to_dict(self) -> dict[str, Any]:
        """Code, place, and both texts in every language: what ``--json`` prints.

        Returns
        -------
        dict[str, Any]
            Keys ``code`` (str), ``place`` (what is known of it), ``message`` and ``remedy`` (language to
            text).

        Examples
        --------
        >>> from umkm_stats import UmkmError
        >>> sorted(UmkmError("GEN004", params={"name": "level", "received": "95"}).to_dict())
        ['code', 'message', 'place', 'remedy']
        """
        return {
            "code": self.code,
            "place": {key: value for key, value in asdict(self.place).items() if value is not None},
            "message": {lang: self.message(lang) for lang in messages.languages()},
            "remedy": {lang: self.remedy(lang) for lang in messages.languages()},
        }


class UsageError(UmkmError):
    """The call is wrong: an unknown option, a missing name. Exit code 2 at the command line.

    Examples
    --------
    >>> from umkm_stats import UsageError, options
    >>> try:
    ...     options.share("level", 95)
    ... except UsageError as fault:
    ...     (fault.code, fault.exit_code)
    ('GEN004', 2)
    """

    exit_code = 2
