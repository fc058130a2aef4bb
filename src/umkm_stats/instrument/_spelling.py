"""How a code is written where a format does not allow it as it is: one function for every format.

Codes stay as the user's file has them (``X``, ``X1.1``). LimeSurvey takes letters and digits only, XLSForm
and KoboToolbox read a dot as a border between groups, SPSS reserves some words and wants no dot at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from umkm_stats.errors import Place, UsageError

RESERVED_BY_MODELS = frozenset(
    {
        "NA",
        "NaN",
        "NULL",
        "Inf",
        "TRUE",
        "FALSE",
        "if",
        "else",
        "for",
        "in",
        "while",
        "repeat",
        "next",
        "break",
        "function",
    }
)
"""Words that R, and so lavaan's model text, never reads as a name."""

_SPSS_WORDS = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
_FORM_WORDS = frozenset(["start", "end", "today", "audit", "meta", "endconsent", "endnote", "instanceid"])
_LIME_WORDS = frozenset(
    ["lang", "sid", "token", "savedid", "qid", "gid", "self", "that", "this", "time", "id"]
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A format's rule: ``write`` respells a code; the words in ``reserved`` (lower case) get a ``v`` behind
    them."""

    write: Callable[[str], str]
    reserved: frozenset[str] = frozenset()

    def of(self, code: str) -> str:
        """``code`` as the format takes it."""
        found = self.write(code)
        return f"{found}v" if found.casefold() in self.reserved else found


def _with_underscores(code: str) -> str:
    return code.replace(".", "_")


def _letters_and_digits(code: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", code)


def _without_end(code: str) -> str:
    return code.rstrip("._")


SPELLINGS: Mapping[str, Spelling] = MappingProxyType(
    {
        "xlsform": Spelling(_with_underscores, _FORM_WORDS),
        "limesurvey": Spelling(_letters_and_digits, _LIME_WORDS),
        "spss": Spelling(_without_end, _SPSS_WORDS),
    }
)


def spellings(codes: Iterable[str], format: str) -> dict[str, str]:
    """How a format writes each code.

    Parameters
    ----------
    codes : Iterable[str]
        Codes of questions.
    format : str
        "xlsform", "limesurvey" or "spss"; any other format takes codes as they are.

    Returns
    -------
    dict[str, str]
        Code to spelling.

    Raises
    ------
    UsageError
        INS128: two codes would be written alike (letter case does not tell them apart).

    Examples
    --------
    >>> from umkm_stats.instrument import spellings
    >>> spellings(["X1.1", "Y"], "limesurvey")
    {'X1.1': 'X11', 'Y': 'Y'}
    >>> spellings(["X1.1", "by"], "spss")
    {'X1.1': 'X1.1', 'by': 'byv'}
    """
    rule = SPELLINGS.get(format)
    out = {code: rule.of(code) if rule else code for code in codes}
    taken: dict[str, str] = {}
    for code, spelled in out.items():
        other = taken.setdefault(spelled.casefold(), code)
        if other != code:
            raise UsageError(
                "INS128",
                Place(item=code),
                {"codes": [other, code], "spelled": spelled, "format": format},
            )
    return out


def loosely(name: str) -> str:
    """A code in the form in which all its spellings are equal: letters and digits, lower case.

    Parameters
    ----------
    name : str
        A code, or a heading that may be one.

    Returns
    -------
    str
        The form to compare.

    Examples
    --------
    >>> from umkm_stats.instrument import loosely
    >>> loosely("X1.1"), loosely("x1_1")
    ('x11', 'x11')
    """
    return _letters_and_digits(name).casefold()


def separated(name: str) -> str:
    """A code in the form in which its separators are equal: ``x1.1``, ``X1_1`` and ``X1-1`` alike.

    Parameters
    ----------
    name : str
        A code, or a heading that may be one.

    Returns
    -------
    str
        The form to compare.

    Examples
    --------
    >>> from umkm_stats.instrument import separated
    >>> separated("X1_1"), separated("X11")
    ('x1.1', 'x11')
    """
    return re.sub(r"[\s._\-]+", ".", name.strip()).casefold().strip(".")
