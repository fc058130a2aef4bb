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
    """A label inside a sentence: small first letter, unless the second letter is a capital (an
    abbreviation)."""
    return words[0].lower() + words[1:] if len(words) > 1 and not words[1].isupper() else words
