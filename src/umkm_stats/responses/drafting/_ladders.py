"""Families of answer words: each word has a place on its family's line, so any set of them can be ordered.

Places run from the low to the high answer. A *ladder* is a set of places that questionnaires use together;
the smallest ladder that holds every word seen tells how many points the scale has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from umkm_stats.responses import _text
from umkm_stats.responses.drafting import _families, _families_europe
from umkm_stats.responses.drafting._families import Family

FAMILIES: tuple[Family, ...] = (*_families.FAMILIES, *_families_europe.FAMILIES)
NOT_A_POINT = frozenset(
    _text.key(word)
    for word in (
        "tidak tahu",
        "tidak berlaku",
        "tidak sesuai dengan usaha saya",
        "tidak relevan",
        "tidak menjawab",
        "tt",
        "n/a",
        "na",
        "not applicable",
        "don't know",
        "dont know",
        "no answer",
        "prefer not to say",
        "prefer not to answer",
        "weiß nicht",
        "keine angabe",
        "no sabe",
        "no aplica",
        "no sé",
        "não sei",
        "não se aplica",
        "ne sait pas",
        "sans objet",
        "weet niet",
        "geen mening",
        "bilmiyorum",
    )
)
LONG = {
    "sts": "sangat tidak setuju",
    "ts": "tidak setuju",
    "ks": "kurang setuju",
    "ats": "agak tidak setuju",
    "cts": "cukup tidak setuju",
    "n": "netral",
    "r": "ragu-ragu",
    "rr": "ragu-ragu",
    "as": "agak setuju",
    "cs": "cukup setuju",
    "s": "setuju",
    "ss": "sangat setuju",
    "tp": "tidak pernah",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A set of answer words placed on a ladder: word (normal form) → place, and whether it must be asked."""

    family: Family
    ladder: tuple[int, ...]
    places: dict[str, int]
    unsure: str = ""

    @property
    def unused(self) -> tuple[int, ...]:
        """Places of the ladder that nobody chose."""
        return tuple(p for p in self.ladder if p not in self.places.values())


def _place(family: Family) -> dict[str, int]:
    out: dict[str, int] = {}
    for place, words in family.words.items():
        for word in words:
            out.setdefault(_text.key(word), place)
    return out


_PLACES = {id(family): _place(family) for family in FAMILIES}


def find(words: set[str], language: str) -> Found | None:
    """The family and the smallest ladder that hold every word (normal forms), or None.

    Families of ``language`` come first. "KS"/"kurang setuju" beside both neutral and disagreeing words is
    unsure, as is a set without its own ends.
    """
    if not words:
        return None
    fits = []
    for order, family in enumerate(FAMILIES):
        places = _PLACES[id(family)]
        if not words <= set(places):
            continue
        seen = {places[w] for w in words}
        if len(seen) < len(words) and len(seen) < 2:
            continue
        ladders = [ladder for ladder in family.ladders if seen <= set(ladder)]
        short = max(len(w) for w in words) <= 3
        for ladder in ladders:
            lone = not short or len(seen) >= 3
            fits.append(
                (
                    not lone,
                    family.language != language,
                    len(ladder) if _whole(seen, ladder) else len(ladder) + 10,
                    _plainness(ladder),
                    order,
                    family,
                    ladder,
                    {w: places[w] for w in words},
                )
            )
    if not fits:
        return None
    best = min(fits, key=lambda entry: entry[:5])
    family, ladder, found = best[5], best[6], best[7]
    unsure = ""
    places_seen = set(found.values())
    if -1 in places_seen and 0 in places_seen and 1 not in places_seen and family.kind != "frequency":
        unsure = "between"
    elif not {ladder[0], ladder[-1]} <= places_seen:
        unsure = "ends"
    return Found(family, ladder, found, unsure)


def most(words: Mapping[str, int], language: str) -> set[str]:
    """The words of one ladder, three or more, that hold most answers (word → how often); the rarest of a
    family give way until the rest fits. Empty when there is no such ladder.
    """
    best: set[str] = set()
    for places in _PLACES.values():
        known = sorted((w for w in words if w in places), key=lambda w: (words[w], w))
        while len(known) >= 3 and find(set(known), language) is None:
            known = known[1:]
        if len(known) >= 3 and sum(words[w] for w in known) > sum(words[w] for w in best):
            best = set(known)
    return best


def _whole(seen: set[int], ladder: tuple[int, ...]) -> bool:
    return {ladder[0], ladder[-1]} <= seen or len(seen) < len(ladder)


def _plainness(ladder: tuple[int, ...]) -> int:
    """Common sets of answers before rare ones of the same length."""
    common = ((-3, -2, 0, 2, 3), (-3, -2, 2, 3), (0, 2, 3, 4, 6), (-2, -1, 0, 1, 2), (0, 1, 2, 3, 4))
    return 0 if ladder in common else 1 if tuple(-p for p in reversed(ladder)) == ladder else 2


def words_for(found: Found) -> dict[int, str]:
    """Place → words for the YAML: the first spelling of the family."""
    return {place: found.family.words[place][0] for place in found.ladder if place in found.family.words}
