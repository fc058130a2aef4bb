"""How programs print: one table of conventions that differ from the textbook formula.

A row says which program (and version) prints what, by which formula, and how that was found. The review,
the page *Reading output* and the second opinion on a fit all read this table; its words are
``convention.KEY.says`` and ``convention.KEY.compare`` in ``messages/``. Rows without ``checks`` concern
numbers that a printed table alone does not let anybody recompute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ALIASES: dict[str, tuple[str, ...]] = {
    "pyprocessmacro": ("pyprocessmacro",),
    "process": ("process",),
    "smartpls": ("smartpls", "smart pls", "smart-pls"),
    "warppls": ("warppls",),
    "seminr": ("seminr",),
    "plspm": ("plspm",),
    "semopy": ("semopy",),
    "omnisem": ("omnisem",),
    "pysemforge": ("pysemforge",),
    "semtools": ("semtools",),
    "lavaan": ("lavaan",),
    "mplus": ("mplus", "m-plus"),
    "amos": ("amos",),
    "psych": ("psych",),
    "statsmodels": ("statsmodels",),
    "pingouin": ("pingouin",),
    "factor_analyzer": ("factor_analyzer", "factor-analyzer", "factoranalyzer"),
    "reliabilipy": ("reliabilipy",),
    "jamovi": ("jamovi", "medmod"),
    "jasp": ("jasp",),
    "spss": ("spss",),
    "boot": ("r boot", "boot"),
    "numpy": ("numpy",),
    "arch": ("arch",),
    "scipy": ("scipy",),
    "researchpy": ("researchpy",),
    "simple-statistics": ("simple-statistics",),
}
"""Canonical name of a program → how it is written, longer names first."""

NAMES = {
    "pyprocessmacro": "pyprocessmacro",
    "process": "PROCESS",
    "smartpls": "SmartPLS",
    "warppls": "WarpPLS",
    "semtools": "semTools",
    "mplus": "Mplus",
    "amos": "AMOS",
    "psych": "psych",
    "spss": "SPSS",
    "jasp": "JASP",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """A program that prints this way: canonical name, version seen, and the versions it holds for.

    since, below: first version it holds for and the first it no longer holds for (empty: not bounded).
    option: true when the program prints so only on request; source: name of how it is known of this program
    (``convention.source.NAME`` in ``messages/``), when not by the run that the row tells of.
    """

    program: str
    version: str = ""
    since: str = ""
    below: str = ""
    option: bool = False
    source: str = ""

    @property
    def name(self) -> str:
        """As its makers write it, with the version seen."""
        word = NAMES.get(self.program, self.program)
        return f"{word} {self.version}".strip()

    def covers(self, version: str) -> bool:
        """Whether the convention holds for this version; a version that is not told counts as covered."""
        if not version:
            return True
        told = _parts(version)
        return (not self.since or told >= _parts(self.since)) and (
            not self.below or told < _parts(self.below)
        )


@dataclass(frozen=True, slots=True)
class Convention:
    """One way of printing.

    key: name of the row; makers: programs that print so; checks: verdicts of a review that are recomputed
    under it; choice: an author may have done so with any program. ``convention.KEY.PART`` in ``messages/`` is
    its words: number (what is printed), formula (what it is), textbook (what one expects), source (how it is
    known), seen (figures of the measurement, convention / textbook; not every row has them), says, compare.
    """

    key: str
    makers: tuple[Maker, ...]
    checks: tuple[str, ...]
    choice: bool = False

    def holds_for(self, program: str, version: str = "") -> bool:
        """Whether the program prints so in this version."""
        return any(maker.program == program and maker.covers(version) for maker in self.makers)

    def source_for(self, program: str) -> str:
        """Key of the words for how it is known of a program."""
        own = [maker.source for maker in self.makers if maker.program == program]
        return f"convention.source.{own[0]}" if own and own[0] else f"convention.{self.key}.source"

    def always_for(self, program: str, version: str = "") -> bool:
        """Whether it does so without being asked."""
        return any(
            maker.program == program and maker.covers(version) and not maker.option for maker in self.makers
        )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def named(text: str) -> tuple[str, str]:
    """(canonical program, version) of a name such as ``"SPSS 26"`` or ``"PROCESS v3.5"``; ("", "") if
    unknown."""
    low = " ".join(text.lower().split())
    for program, spellings in ALIASES.items():
        for spelling in spellings:
            found = re.search(rf"(?<![a-z]){re.escape(spelling)}(?![a-z])", low)
            if found:
                version = re.search(r"(\d+(?:\.\d+)*)", low[found.end() :])
                return program, version.group(1) if version else ""
    return "", ""


def title(program: str) -> str:
    """A canonical name as its makers write it."""
    return NAMES.get(program, program)
