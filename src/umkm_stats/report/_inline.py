"""The one piece of markup that text may hold: ``*foreign term*``."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STARS = re.compile(r"\*([^*\n]+)\*")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """(piece, italic) in order."""
    last = 0
    for found in _STARS.finditer(text):
        if found.start() > last:
            yield text[last : found.start()], False
        yield found.group(1), True
        last = found.end()
    if last < len(text):
        yield text[last:], False


def plain(text: str) -> str:
    """The text without its markup."""
    return _STARS.sub(r"\1", text)


def low_first(words: str) -> str:
    """A label inside a sentence: small first letter, unless the first word is a code or an abbreviation
    ("X1", "UMKM") or the label is written with capitals throughout ("Kualitas Layanan")."""
    first = words.split(" ")[0]
    word = len(first) > 1 and first[1:].islower()
    return words[0].lower() + words[1:] if word and not titled(words) else words


def titled(words: str) -> bool:
    """Whether a label is written with capitals throughout ("Kualitas Layanan")."""
    return any(other[:1].isupper() and other[1:].islower() for other in words.split(" ")[1:])


_SMALL = frozenset(
    (
        "dan",
        "di",
        "ke",
        "dari",
        "pada",
        "terhadap",
        "per",
        "untuk",
        "yang",
        "dengan",
        "atau",
        "of",
        "and",
        "in",
        "on",
    )
)


def title_case(text: str) -> str:
    """Each word with a capital but the small ones, as titles of tables are written."""
    words = text.split(" ")
    return " ".join(
        word if not word or (word in _SMALL and place) else _raised(word) for place, word in enumerate(words)
    )


def _raised(word: str) -> str:
    """A word with a capital, behind a bracket or a quotation mark too."""
    at = next((place for place, letter in enumerate(word) if letter.isalnum()), 0)
    return word[:at] + word[at].upper() + word[at + 1 :] if at < 2 else word
