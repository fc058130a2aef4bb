"""What stands in the way of a column that is nearly an item, and columns that are there twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from umkm_stats.responses import _text
from umkm_stats.responses.drafting import _ladders
from umkm_stats.responses.drafting._answers import HIGHEST, Profile
from umkm_stats.responses.drafting._grid import Column, Grid
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._heads import Head
from umkm_stats.responses.drafting._roles import Role

SHOWN = 8  # words that are named; the rest are counted
LONGEST = 30  # letters of an answer that is copied
CHANCE = 1e-6  # of two columns of independent answers being the same throughout
LETTERS = 6  # columns that are named with each


@dataclass(frozen=True, slots=True)
class Near:
    """A column whose answers are mostly points. family: of their words, "" for numbers. between: the other
    answers and how often each was given."""

    family: str
    between: dict[str, int]


def near(column: Column, seen: Profile, language: str) -> Near | None:
    """The column as nearly an item, or None: two in five answers are words of one ladder (in two languages,
    each has half), or three in five are whole numbers of a scale."""
    bare = {i: word for i, (word, beside) in seen.words.items() if beside is None}
    words: Counter[str] = Counter()
    for i, word in bare.items():
        words[word] += seen.counts[i]
    points = {i for i, value in seen.numbers.items() if 0 <= value <= HIGHEST}
    scored = sum(seen.counts[i] for i in points)
    known = _ladders.most(words, language)
    spoken = sum(words[word] for word in known)
    if spoken >= 0.4 * seen.n and len(known) >= 3:
        found = _ladders.find(known, language)
        family = found.family.name if found else ""
        left = {i for i, word in bare.items() if word not in known}
    elif scored >= 0.6 * seen.n and len({seen.numbers[i] for i in points}) > 2:
        family, left = "", set(bare)
    else:
        return None
    between = {_text.tidy(str(column.values[i])): seen.counts[i] for i in left}
    return Near(family, between) if between else None


def asked_roles(
    grid: Grid,
    roles: list[Role | None],
    heads: list[Head],
    profiles: list[Profile],
    signatures: dict[int, tuple[object, ...]],
    language: str,
) -> list[Role | None]:
    """The roles; a column of no scale that has the code, the stem or most answers of items is asked about."""
    items = [i for i, role in enumerate(roles) if role is None]
    families = {mark[1] for i in items if (mark := signatures.get(i)) and mark[0] == "words"}
    out = list(roles)
    for i, role in enumerate(roles):
        if role is None or role.name not in ("background", "ignored"):
            continue
        if role.clue not in ("answers", "free_text"):
            continue
        close = near(grid.columns[i], profiles[i], language)
        kin = _kin(heads[i], [heads[k] for k in items])
        if (close and (kin or close.family in families)) or (
            kin and not heads[i].generic and role.clue == "answers"
        ):
            out[i] = Role(role.name, role.clue, "ask")
    return out


def _kin(head: Head, others: list[Head]) -> bool:
    """Whether the column has the code or the stem of items."""
    coded = bool(head.family) and head.number is not None
    return any(
        (coded and other.number is not None and other.family.casefold() == head.family.casefold())
        or (head.stem and _text.key(other.stem) == _text.key(head.stem))
        for other in others
    )


def hindered(
    grid: Grid, roles: list[Role | None], heads: list[Head], profiles: list[Profile], language: str
) -> dict[str, Counter[str]]:
    """What stands in the way where no column is an item (as ``between``). A column or two of numbers without
    a code are no items that something hinders."""
    found = {
        i: close
        for i, role in enumerate(roles)
        if role
        and role.clue in ("answers", "free_text")
        and (close := near(grid.columns[i], profiles[i], language))
    }
    several = len(found) >= 3
    columns = [i for i, close in found.items() if close.family or heads[i].number is not None or several]
    return between(grid, profiles, columns, language)


def between(
    grid: Grid, profiles: list[Profile], columns: Iterable[int], language: str
) -> dict[str, Counter[str]]:
    """Answer → column letter → how often, of the answers in the way in these columns."""
    out: dict[str, Counter[str]] = {}
    for i in columns:
        close = near(grid.columns[i], profiles[i], language)
        for word, times in close.between.items() if close else ():
            out.setdefault(word, Counter())[grid.columns[i].letter] += times
    return out


def named(found: dict[str, Counter[str]]) -> list[str]:
    """The commonest answers as "Netrl" (4×: A B C), in no language; long texts, addresses and numbers of
    persons are counted, not copied."""
    ordered = sorted(found, key=lambda word: (-found[word].total(), word))
    plain = [word for word in ordered if len(word) <= LONGEST and not re.search(r"@|\d{4}", word)][:SHOWN]
    out = []
    for word in plain:
        letters = list(found[word])
        more = ["…"] if len(letters) > LETTERS else []
        bare = "".join(ch for ch in word if ch.isprintable())
        out.append(f'"{bare}" ({found[word].total()}×: {" ".join([*letters[:LETTERS], *more])})')
    rest = len(ordered) - len(plain)
    return [*out, f"… (+{rest})"] if rest else out


def same_codes(groups: list[Group], heads: list[Head]) -> list[int]:
    """Items of one construct that bear the same code."""
    out = []
    for group in groups:
        borne = Counter(heads[i].code.casefold() for i in group.members if heads[i].code)
        out += [i for i in group.members if borne[heads[i].code.casefold()] > 1]
    return sorted(out)


def same_answers(grid: Grid, items: list[int]) -> list[int]:
    """Items that everyone answered exactly as another item, more often than chance would have it: a column
    copied."""
    told: dict[tuple[str, ...], list[int]] = {}
    for i in items:
        column = grid.columns[i]
        words = np.array([*(_text.key(str(value)) for value in column.values), ""], dtype=object)
        answers = tuple(words[column.codes].tolist())
        shares = np.array([times for word, times in Counter(answers).items() if word]) / max(1, len(answers))
        if shares.sum() > 0.5 and float((shares**2).sum() + (1 - shares.sum()) ** 2) ** len(answers) < CHANCE:
            told.setdefault(answers, []).append(i)
    return sorted(i for alike in told.values() if len(alike) > 1 for i in alike)
