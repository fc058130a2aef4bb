"""Codes and names that an instrument file accepts, from what stands in a response file."""

from __future__ import annotations

import re
from pathlib import Path

from umkm_stats.instrument._values import CODE_RULE
from umkm_stats.responses.drafting._words import LANGUAGES, plain

_STOP = frozenset().union(*LANGUAGES.values())


def legal(code: str) -> bool:
    """Whether an instrument may use this code."""
    return re.fullmatch(CODE_RULE, code) is not None


class Codes:
    """Gives every name a legal code that nothing else bears (case does not tell two codes apart)."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, code: str) -> bool:
        """Whether nothing bears this code."""
        return code.casefold() not in self._taken

    def take(self, *wishes: str) -> str:
        """The first wish that is legal and free; else the first one made legal, with a number when taken."""
        for wish in wishes:
            if wish and legal(wish) and wish.casefold() not in self._taken:
                self._taken.add(wish.casefold())
                return wish
        base = next((made for wish in wishes if (made := _made(wish))), "V")
        made = base if legal(base) else f"V{base}"
        k = 2
        while not legal(made) or made.casefold() in self._taken:
            made = f"{base[:5]}{k}" if len(base) > 1 else f"V{base}{k}"
            k += 1
        self._taken.add(made.casefold())
        return made


def _made(wish: str) -> str:
    bare = re.sub(r"[^A-Za-z0-9]", "", plain(wish)).upper()
    if bare[:1].isdigit():
        bare = f"V{bare}"
    return bare[:8]


def short_of(label: str) -> str:
    """A short code for a label: its first word that says something, in capitals."""
    words = [w for w in re.findall(r"[A-Za-z0-9]+", plain(label)) if w.casefold() not in _STOP and len(w) > 1]
    return (words[0][:4].upper() if words else "").strip()


def numbered(construct: str, number: int) -> str:
    """The code of an item that has none: "KL3"; "V1.3" where the variable's code ends in a digit."""
    return f"{construct}.{number}" if construct[-1:].isdigit() else f"{construct}{number}"


def slug(path: Path) -> str:
    """The instrument's name from the file's name: letters, digits and underscores, never empty.

    A trailing "(Responses)" or "(Jawaban)" and copy marks are left out.
    """
    base = re.sub(r"\((responses|jawaban|respon|copy|\d+)\)", " ", path.stem, flags=re.I)
    base = re.sub(r"[^a-z0-9]+", "_", plain(base).casefold()).strip("_")
    if not base[:1].isalpha():
        base = f"kuesioner_{base}".strip("_")
    return base[:39].rstrip("_") if len(base) >= 2 else "kuesioner"
