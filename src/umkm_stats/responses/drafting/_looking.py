"""Every column looked at: heading, answers, role, construct, scale, direction."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._files import place
from umkm_stats.responses._headers import HeaderIndex
from umkm_stats.responses._layout import Heading
from umkm_stats.responses._sheets import open_file
from umkm_stats.responses.drafting import (
    _doubts,
    _groups,
    _heads,
    _ladders,
    _reversals,
    _roles,
    _scales,
    _several,
    _words,
)
from umkm_stats.responses.drafting._answers import Profile, profile, vector, without_strays
from umkm_stats.responses.drafting._forms import form_grid, is_lss
from umkm_stats.responses.drafting._grid import (
    Column,
    Grid,
    codebook_of,
    grid_of,
    grid_of_table,
    main_sheet,
)
from umkm_stats.responses.drafting._groups import Group
from umkm_stats.responses.drafting._heads import Head
from umkm_stats.responses.drafting._roles import Role
from umkm_stats.responses.drafting._scales import Scale
from umkm_stats.responses.drafting._several import Several
from umkm_stats.responses.readers import READERS
from umkm_stats.responses.readers._base import Head as ReaderHead


@dataclass(frozen=True, eq=False)
class Looked:
    """The file after every column was looked at: heading parts, answers, role (None: an item)."""

    grid: Grid
    heads: list[Head]
    profiles: list[Profile]
    roles: list[Role | None]
    signatures: dict[int, tuple[object, ...]]
    language: str
    several: dict[int, Several] = field(default_factory=dict)

    @property
    def items(self) -> list[int]:
        """Positions (in ``grid.columns``) of the items, in file order."""
        return [i for i, role in enumerate(self.roles) if role is None]


def open_grid(path: Path, sheet: str | None) -> Grid:
    if is_lss(path):
        asked = form_grid(None, path)
        if asked is None:
            raise UmkmError("RSP102", place(path))
        return asked
    opened = open_file(path, sheet=sheet)
    asked = form_grid(opened, path) if opened.kind == "workbook" and sheet is None else None
    if asked is not None:
        return asked
    if opened.sheets:
        main = opened.sheets[0] if sheet is not None else main_sheet(opened)
        return grid_of(main, path, codebook_of(opened.sheets, main))
    index = HeaderIndex(())
    head = ReaderHead(opened, None, Heading((), 0), ())
    reader = max(READERS.values(), key=lambda entry: entry.sniff(head).score)
    return grid_of_table(reader.read(head, index))


def look(grid: Grid) -> Looked:
    columns = grid.columns
    first = [_heads.parse(column, grid.codebook) for column in columns]
    texts = [t for h, c in zip(first, columns, strict=True) for t in (h.text or "", h.stem, c.label) if t]
    profiles = [profile(column) for column in columns]
    language = _words.language_of(texts, [name for seen in profiles if (name := _spoken(seen))])
    book = set(grid.codebook.answers)
    profiles = [
        seen if len(column.labels) >= 2 else without_strays(seen, language, book)
        for seen, column in zip(profiles, columns, strict=True)
    ]
    heads = _heads.compared(first)
    roles = _roles.totals(grid, _roles.first_look(grid, heads, profiles, language), heads)
    signatures = {
        i: _scales.signature(columns[i], profiles[i], heads[i], language, grid.codebook)
        for i, role in enumerate(roles)
        if role is None
    }
    roles = _with_neighbours(roles, signatures, heads, profiles)
    roles = _doubts.asked_roles(grid, roles, heads, profiles, signatures, language)
    items = {i for i, role in enumerate(roles) if role is None}
    free = [
        i
        for i, role in enumerate(roles)
        if role
        and (role.name == "background" or role.clue == "free_text")
        and not _words.REMARKS.match(_text.key(heads[i].text))
    ]
    names = [_heads.heading_name(column) for column in columns]
    several = _several.found_in(grid, names, profiles, items, free)
    roles = [Role("background", "tick") if i in several else role for i, role in enumerate(roles)]
    return Looked(grid, heads, profiles, roles, signatures, language, several)


def _spoken(seen: Profile) -> str:
    """The language of a column's answer words; "" when they are no answers of a scale."""
    words = {word for word, _ in seen.words.values()}
    found = _ladders.find(words, "") if len(words) >= 2 else None
    return found.family.language if found else ""


def _with_neighbours(
    roles: list[Role | None],
    signatures: dict[int, tuple[object, ...]],
    heads: list[Head],
    seen: list[Profile],
) -> list[Role | None]:
    """An item has a sister: the next item, or one of the same code or stem, is answered in the same way."""
    out = list(roles)
    items = [i for i, role in enumerate(roles) if role is None]
    numbered = sum(bool(heads[i].family) and heads[i].number is not None for i in items)
    for at, i in enumerate(items):
        bare = bool(heads[i].code) and heads[i].number is None and not heads[i].text and not heads[i].stem
        if bare and numbered >= 0.6 * len(items):
            out[i] = Role("background", "alone", "ask")
            continue
        near = [items[k] for k in (at - 1, at + 1) if 0 <= k < len(items) and abs(items[k] - i) <= 3]
        alike = [j for j in near if signatures[j] == signatures[i] and abs(j - i) == 1]
        family = [j for j in items if j != i and heads[i].family and heads[j].family == heads[i].family]
        coded = bool(heads[i].family) and heads[i].number is not None and not heads[i].generic
        if not alike and not family and (not coded or seen[i].distinct == 1):
            out[i] = (
                Role("ignored", "constant", "ask")
                if seen[i].distinct == 1
                else Role("background", "alone", "likely")
            )
        elif heads[i].generic and not heads[i].stem and not alike:
            out[i] = Role("background", "alone", "likely")
    return out


def grouped(looked: Looked) -> list[Group]:
    heads, columns = looked.heads, looked.grid.columns
    totals = {
        i: columns[i].heading
        for i, role in enumerate(looked.roles)
        if role is not None and role.clue == "total"
    }
    items = looked.items
    breaks = {
        i
        for i, role in enumerate(looked.roles)
        if role is not None
        and role.name in ("background", "ignored")
        and role.clue not in ("total", "attention")
    }
    near = set()
    for a, b in itertools.pairwise(items):
        if any(k in breaks for k in range(a + 1, b)):
            near.add(a)
    stems = {i: heads[i].stem for i in items if heads[i].stem}
    return _groups.groups_of(items, heads, looked.signatures, near, totals, stems)


def scaled(looked: Looked, groups: list[Group]) -> dict[int, Scale]:
    columns, profiles, heads = looked.grid.columns, looked.profiles, looked.heads
    plain = [profiles[i] for i in looked.items if looked.signatures[i] == ("numbers",)]
    odd = _scales.beyond(plain)
    ceiling = max((v for seen in plain for v in seen.numbers.values() if v not in odd), default=5)
    pooled: dict[tuple[object, ...], list[int]] = {}
    for k, group in enumerate(groups):
        for i in group.members:
            mark = looked.signatures[i]
            numbers = mark[0] == "numbers" and len(mark) == 1
            pooled.setdefault((*mark, k) if numbers else mark, []).append(i)
    out: dict[int, Scale] = {}
    for members in [part for whole in pooled.values() for part in _fitting(looked, whole)]:
        block = [(columns[i], profiles[i], heads[i]) for i in members]
        whole = _scales.scale_of(block, looked.language, looked.grid.codebook, ceiling, odd)
        for i in members:
            out[i] = whole
    return out


def _fitting(looked: Looked, members: list[int]) -> list[list[int]]:
    """The columns together when one ladder holds all their words; apart when one part of the form has
    "netral" and another "kurang setuju", and no column has both."""
    mark = looked.signatures[members[0]]
    if mark[0] != "words" or mark[-1]:
        return [members]
    words = {i: {word for word, _ in looked.profiles[i].words.values()} for i in members}

    def shared(part: list[int]) -> _ladders.Found | None:
        return _ladders.find(set().union(*(words[i] for i in part)), looked.language)

    places = {i: set(f.places.values()) if (f := shared([i])) else set() for i in members}
    whole = shared(members)
    if whole and (not {-1, 0} <= set(whole.places.values()) or any({-1, 0} <= p for p in places.values())):
        return [members]
    parts: dict[int, list[int]] = {}
    side = next((p for i in members for p in (0, -1) if p in places[i]), 0)
    for i in members:
        side = next((p for p in (0, -1) if p in places[i]), side)
        parts.setdefault(side, []).append(i)
    return [one for part in parts.values() for one in ([part] if shared(part) else [[i] for i in part])]


def reversals_of(looked: Looked, groups: list[Group], scales: dict[int, Scale]) -> dict[int, str]:
    out: dict[int, str] = {}
    for group in groups:
        members = list(group.members)
        if group.clue == "none":
            table = np.full((looked.grid.n, len(members)), np.nan)
        else:
            table = np.column_stack([_scored(looked.grid.columns[i], scales[i]) for i in members])
        texts = [looked.heads[i].text for i in members]
        for i, mark in zip(members, _reversals.suspects(texts, table), strict=True):
            out[i] = mark
    return out


def _scored(column: Column, scale: Scale) -> np.ndarray:
    """(n,) answers as codes of the scale."""
    value_of = {_text.key(word): value for value, word in scale.words.items()}
    value_of |= {_text.key(word): value for word, value in scale.synonyms.items()}
    if not value_of or all(isinstance(v, (int, float)) for v in column.values):
        return vector(column)
    lookup = np.full(len(column.values) + 1, np.nan)
    for i, value in enumerate(column.values):
        found = value_of.get(_text.key(str(value)))
        if found is not None:
            lookup[i] = found
    return lookup[column.codes]
