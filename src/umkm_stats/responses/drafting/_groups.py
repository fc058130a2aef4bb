"""Which items measure the same: by code, codebook, stem, section, numbering, totals, answer scale or gap.

Where nothing in the file tells it, all items stay together and every one is asked. Correlations are never
used: with the right number of blocks given, they found 7 of 17 true borders on five real files.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace

from umkm_stats.responses import _text
from umkm_stats.responses.drafting._heads import GENERIC, Head

ONE_STEM = 12  # more items under one code than a single construct usually has: asked


@dataclass(frozen=True, slots=True)
class Group:
    """A construct as found: its columns, the name the file gives it ("" when none), clue and certainty."""

    members: tuple[int, ...]
    label: str
    family: str
    clue: str
    certainty: str


def _clean(label: str) -> str:
    """The first line of a stem without instruction and "Bagian B."."""
    text = re.split(r"[\n\r]", label.strip())[0]
    text = re.sub(
        r"^(bagian|section|part|bag\.?|sección|abschnitt)\s+\w{1,3}\s*[.:\-]\s*", "", text, flags=re.I
    )
    text = re.sub(r"\s*[\[(]\s*[XYZM]\d?\s*[\])]\s*$", "", text, flags=re.I)
    return _text.tidy(text)[:70]


def groups_of(
    items: list[int],
    heads: list[Head],
    signatures: dict[int, tuple[object, ...]],
    breaks: set[int],
    totals: dict[int, str],
    stems: dict[int, str],
) -> list[Group]:
    """Constructs in file order.

    items: positions of the item columns, in order. breaks: positions after which another question stands.
    totals: position → heading of a total. stems: position → stem of a heading of two rows.
    """
    left: list[int] = []
    by_key: dict[tuple[str, str], list[int]] = {}
    clue_of: dict[tuple[str, str], tuple[str, str]] = {}
    meaningful = _families(items, heads)
    stem_count: dict[str, int] = {}
    for i in items:
        if heads[i].stem:
            stem_count[_text.key(heads[i].stem)] = stem_count.get(_text.key(heads[i].stem), 0) + 1
    for i in items:
        head = heads[i]
        if head.clue == "codebook" and head.section:
            key, clue, label = ("book", _text.key(head.section)), "codebook", head.section
        elif head.family in meaningful and not (head.generic and not head.stem):
            key, clue, label = ("code", head.family.casefold()), "code", head.stem or head.section
        elif head.stem and stem_count[_text.key(head.stem)] >= 2:
            key, clue, label = ("stem", _text.key(head.stem)), head.clue or "grid_stem", head.stem
        elif head.section:
            key, clue, label = (
                ("section", _text.key(head.section)),
                head.clue or "section_prefix",
                head.section,
            )
        else:
            left.append(i)
            continue
        by_key.setdefault(key, []).append(i)
        if key not in clue_of or not clue_of[key][1]:
            clue_of[key] = (clue, label)
    groups = [
        Group(
            tuple(members),
            _clean(clue_of[key][1]) if _same(members, heads) else "",
            heads[members[0]].family if key[0] == "code" else "",
            clue_of[key][0],
            "sure" if len(members) > 1 else "likely",
        )
        for key, found in by_key.items()
        for members in ([found] if key[0] == "code" else _begun_again(found, heads))
    ]
    groups += _segments(left, heads, signatures, breaks, totals, bool(groups))
    groups = _once([_labelled(g, totals) for g in _once(groups)])
    if len(groups) == 1 and len(groups[0].members) > ONE_STEM:
        groups = [replace(groups[0], certainty="ask")]
    return sorted(groups, key=lambda g: g.members[0])


def _begun_again(members: list[int], heads: list[Head]) -> list[list[int]]:
    """The items of one name, cut where they begin again: "Kinerja | 1, 2, 1, 2" is two variables."""
    pieces: list[list[int]] = [[]]
    for i in members:
        if _asked(heads[i]) in {_asked(heads[k]) for k in pieces[-1]}:
            pieces.append([])
        pieces[-1].append(i)
    again = {_asked(heads[i]) for piece in pieces[1:] for i in piece}
    return pieces if len(again) > 1 and min(map(len, pieces)) > 1 else [members]


def _asked(head: Head) -> tuple[str, int | None]:
    return (_text.key(head.text), head.number)


def _once(groups: list[Group]) -> list[Group]:
    """Groups without a name that another of them bears too: which is which is asked."""
    named = Counter(_text.key(g.label) for g in groups if g.label)
    return [replace(g, label="") if named[_text.key(g.label)] > 1 else g for g in groups]


def _families(items: list[int], heads: list[Head]) -> set[str]:
    """Families of codes that tell constructs apart: not one running letter over all items."""
    families: dict[str, list[int]] = {}
    for i in items:
        if heads[i].family:
            families.setdefault(heads[i].family, []).append(i)
    generic = [f for f in families if f.casefold().rstrip("_") in GENERIC]
    if len(families) == 1 and generic:
        return set()
    return {f for f, members in families.items() if len(members) > 1 or heads[members[0]].number is not None}


def _same(members: list[int], heads: list[Head]) -> bool:
    labels = {_text.key(heads[i].stem or heads[i].section) for i in members}
    return len(labels) == 1


def _segments(
    left: list[int],
    heads: list[Head],
    signatures: dict[int, tuple[object, ...]],
    breaks: set[int],
    totals: dict[int, str],
    others: bool,
) -> list[Group]:
    """Items without a name cut where the numbering begins anew, a total, a new scale or a gap stands."""
    if not left:
        return []
    cuts: list[tuple[int, str]] = []
    for a, b in itertools.pairwise(left):
        na, nb = heads[a].number, heads[b].number
        between = [t for t in totals if a < t < b]
        gap = any(a <= k < b for k in breaks)
        if between:
            cuts.append((b, "total"))
        elif na is not None and nb is not None and nb == 1 and na >= 1 and (na > 1 or gap):
            cuts.append((b, "numbering"))
        elif signatures[a] != signatures[b]:
            cuts.append((b, "scale_change"))
        elif gap:
            cuts.append((b, "gap"))
    pieces: list[tuple[list[int], str]] = [([left[0]], cuts[0][1] if cuts else "")]
    where = dict(cuts)
    for i in left[1:]:
        if i in where:
            pieces.append(([i], where[i]))
        else:
            pieces[-1][0].append(i)
    if len(pieces) == 1:
        last = [t for t in totals if t > left[-1]]
        alone = not others and not last
        clue = "none" if alone or others else "gap"
        return [Group(tuple(left), "", "", clue, "ask" if clue == "none" else "likely")]
    certainty = "ask" if others else "likely"
    return [Group(tuple(members), "", "", clue or "gap", certainty) for members, clue in pieces]


def _labelled(group: Group, totals: dict[int, str]) -> Group:
    """A group without a name takes the one of the total right behind it: "Pelatihan (X1)"."""
    if group.label:
        return group
    name = totals.get(max(group.members) + 1, "")
    name = re.sub(r"[\[(][^\[\]()]*[\])]", "", name)
    name = re.sub(
        r"^(sub ?total|total|jumlah|tot4l|tot|jml|skor|rata-rata|mean|average)[\s_.:\-]*",
        "",
        name.strip(),
        flags=re.I,
    ).strip(" _")
    known = {group.family.casefold(), ""}
    if _text.key(name) in known or len(name) < 3:
        return group
    return Group(group.members, _clean(name), group.family, group.clue, group.certainty)
