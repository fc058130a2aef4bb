"""Whole tables under the convention of one program.

Conventions tried on one number at a time acquit many altered digits, so they are never: with the program
named its conventions hold for the whole table; without, a number that the textbook formula does not give is
"not checkable" when one program explains every such number of its table and contradicts none, else
"inconsistent".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from umkm_stats.kernels.review import conventions, programs
from umkm_stats.review._verdict import Verdict


def whole_tables(verdicts: Sequence[Verdict], named: Sequence[str]) -> tuple[Verdict, ...]:
    """The verdicts after their tables were looked at as wholes.

    verdicts: in the order of the file, ``table`` filled in. named: the program of each (free text or "").
    """
    tables: dict[str, list[int]] = {}
    for place, (verdict, program) in enumerate(zip(verdicts, named, strict=True)):
        tables.setdefault(f"{program}\n{verdict.table}", []).append(place)
    out = list(verdicts)
    for places in tables.values():
        mine = [verdicts[place] for place in places]
        program, version = conventions.named(named[places[0]])
        settled = _under(mine, program, version) if program else _without(mine)
        for place, verdict in zip(places, settled, strict=True):
            out[place] = verdict
    return tuple(out)


def _under(mine: Sequence[Verdict], program: str, version: str) -> list[Verdict]:
    """Every number by the conventions of the named program."""
    word = f"{conventions.title(program)} {version}".strip()
    return [_one(verdict, program, version, word) for verdict in mine]


def _one(verdict: Verdict, program: str, version: str, word: str) -> Verdict:
    if verdict.verdict == "consistent" or not verdict.readings:
        return dataclasses.replace(verdict, program=word)
    own = [key for key in verdict.readings if programs.BY_KEY[key].holds_for(program, version)]
    for key in own:
        reading = verdict.readings[key]
        if reading.agrees:
            return dataclasses.replace(
                verdict,
                verdict="consistent",
                low=reading.low,
                high=reading.high,
                working=reading.working,
                explanation=key,
                program=word,
                decision=False,
            )
    always = [key for key in own if programs.BY_KEY[key].always_for(program, version)]
    if always and verdict.explanation not in programs.KEYS and verdict.verdict == "not checkable":
        reading = verdict.readings[always[0]]  # no textbook formula from print, but this program has one
        return dataclasses.replace(
            verdict,
            verdict="inconsistent",
            low=reading.low,
            high=reading.high,
            working=reading.working,
            explanation="",
            program=word,
        )
    if verdict.explanation in programs.KEYS:
        row = programs.BY_KEY[verdict.explanation]
        if row.choice or verdict.check in UNCOUNTED:
            return dataclasses.replace(verdict, program=word)
        if always and verdict.check in TEXTLESS:
            reading = verdict.readings[always[0]]
            return dataclasses.replace(
                verdict,
                verdict="inconsistent",
                low=reading.low,
                high=reading.high,
                working=reading.working,
                program=word,
            )
        if verdict.check in TEXTLESS:
            return dataclasses.replace(verdict, program=word)
        return dataclasses.replace(verdict, verdict="inconsistent", program=word)
    return dataclasses.replace(verdict, program=word)


TEXTLESS = frozenset({"gfi", "aic", "bic", "limits"})
"""Checks without a textbook formula from printed numbers: only a named program can be held to its own."""
UNCOUNTED = frozenset({"limits"})


def _without(mine: Sequence[Verdict]) -> list[Verdict]:
    """No program named: the numbers off the textbook need one common program."""
    needing = [
        verdict
        for verdict in mine
        if verdict.explanation in programs.KEYS
        and verdict.verdict == "not checkable"
        and not programs.BY_KEY[verdict.explanation].choice
        and verdict.check not in TEXTLESS
    ]
    common = [program for program in conventions.ALIASES if all(_fits(one, program) for one in needing)]
    common = [program for program in common if not any(_contradicts(one, program) for one in mine)]
    if not needing or common:
        return [_shown(verdict, common) if verdict in needing else verdict for verdict in mine]
    return [
        dataclasses.replace(verdict, verdict="inconsistent", explanation="mixed_conventions")
        if verdict in needing
        else verdict
        for verdict in mine
    ]


def _shown(verdict: Verdict, common: Sequence[str]) -> Verdict:
    """The convention of the first common program that explains the number."""
    for program in common:
        for key, reading in verdict.readings.items():
            if reading.agrees and programs.BY_KEY[key].holds_for(program):
                return dataclasses.replace(verdict, explanation=key)
    return verdict


def _fits(verdict: Verdict, program: str) -> bool:
    return any(
        reading.agrees and programs.BY_KEY[key].holds_for(program)
        for key, reading in verdict.readings.items()
    )


def _contradicts(verdict: Verdict, program: str) -> bool:
    """Whether a number agrees with the textbook, and not with the program; an option of it counts as taken
    for the whole table or for none of it."""
    if verdict.verdict != "consistent" or verdict.explanation == "truncated":
        return False
    rows = (programs.BY_KEY[key] for key in verdict.readings)
    own = [row.key for row in rows if row.holds_for(program) and not row.choice]
    return bool(own) and not any(verdict.readings[key].agrees for key in own)
