"""The numbered model templates of PROCESS (Hayes 2022, appendix A) as arrows and their moderators."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

Product = tuple[str, ...]
Arrow = tuple[str, str]

W: tuple[Product, ...] = (("w",),)
Z: tuple[Product, ...] = (("z",),)
BOTH: tuple[Product, ...] = (("w",), ("z",))
FULL: tuple[Product, ...] = (("w",), ("z",), ("w", "z"))
X: tuple[Product, ...] = (("x",),)

# letter of the arrow → what moderates every arrow of that kind; mediators, where there are any, are parallel
PARALLEL: Mapping[str, Mapping[str, tuple[Product, ...]]] = {
    "4": {},
    "5": {"c": W},
    "7": {"a": W},
    "8": {"a": W, "c": W},
    "9": {"a": BOTH},
    "10": {"a": BOTH, "c": BOTH},
    "11": {"a": FULL},
    "12": {"a": FULL, "c": FULL},
    "13": {"a": FULL, "c": W},
    "14": {"b": W},
    "15": {"b": W, "c": W},
    "16": {"b": BOTH},
    "17": {"b": BOTH, "c": BOTH},
    "18": {"b": FULL},
    "19": {"b": FULL, "c": FULL},
    "20": {"b": FULL, "c": W},
    "21": {"a": W, "b": Z},
    "22": {"a": W, "b": Z, "c": W},
    "28": {"a": W, "b": Z, "c": Z},
    "29": {"a": W, "b": Z, "c": BOTH},
    "58": {"a": W, "b": W},
    "59": {"a": W, "b": W, "c": W},
    "60": {"a": BOTH, "b": W},
    "61": {"a": BOTH, "b": W, "c": W},
    "62": {"a": BOTH, "b": W, "c": Z},
    "63": {"a": BOTH, "b": W, "c": BOTH},
    "64": {"a": W, "b": BOTH},
    "65": {"a": W, "b": BOTH, "c": W},
    "66": {"a": W, "b": BOTH, "c": Z},
    "67": {"a": W, "b": BOTH, "c": BOTH},
    "68": {"a": FULL, "b": W},
    "69": {"a": FULL, "b": W, "c": FULL},
    "70": {"a": W, "b": FULL},
    "71": {"a": W, "b": FULL, "c": FULL},
    "72": {"a": FULL, "b": FULL},
    "73": {"a": FULL, "b": FULL, "c": FULL},
    "74": {"b": X},
    "75": {"a": BOTH, "b": BOTH},
    "76": {"a": BOTH, "b": BOTH, "c": BOTH},
}
ALONE: Mapping[str, Mapping[str, tuple[Product, ...]]] = {  # without a mediator
    "1": {"c": W},
    "2": {"c": BOTH},
    "3": {"c": FULL},
}
# of a chain x → m1 → … → mk → y with all its arrows: the arrows that w moderates
CHAIN: Mapping[str, tuple[str, ...]] = {
    "6": (),
    "83": ("first a",),
    "84": ("a",),
    "85": ("a", "c"),
    "86": ("first a", "c"),
    "87": ("last b",),
    "88": ("b",),
    "89": ("b", "c"),
    "90": ("last b", "c"),
    "91": ("d",),
    "92": ("a", "b", "c", "d"),
}


def number(
    kind: str,
    stages: Sequence[Sequence[str]],
    arrows: Mapping[Arrow, str],
    products: Mapping[Arrow, tuple[Product, ...]],
    *,
    x: str,
) -> str | None:
    """The template's number, where the model is one. ``kind``: "parallel", "serial", "mixed" (stages),
    "chains" (two of two) or "drawn"; ``arrows``: (source, target) → letter."""
    moderators = tuple(dict.fromkeys(name for found in products.values() for one in found for name in one))
    if not products:
        if kind == "mixed" and len(stages) == 2:
            return {(False, True): "80", (True, False): "81"}.get((len(stages[0]) == 1, len(stages[1]) == 1))
        if kind == "chains":
            return "82"
    if kind == "serial" and len(stages) > 1:
        return _chain(stages, arrows, products, moderators)
    if kind not in ("parallel", "serial"):
        return None
    if moderators == (x,):
        letters = [{x: "x"}]
    elif x in moderators or len(moderators) > 2:
        return None
    else:
        letters = [dict(zip(moderators, given, strict=False)) for given in itertools.permutations(("w", "z"))]
    table = PARALLEL if stages else ALONE
    for names in letters:
        found: dict[str, set[tuple[Product, ...]]] = {}
        for arrow, letter in arrows.items():
            own = sorted(tuple(sorted(names[name] for name in one)) for one in products.get(arrow, ()))
            found.setdefault(letter, set()).add(tuple(sorted(own, key=lambda one: (len(one), one))))
        for key, wanted in table.items():
            if all(found.get(letter, {()}) == {wanted.get(letter, ())} for letter in ("a", "b", "c")):
                return key
    return None


def _chain(
    stages: Sequence[Sequence[str]],
    arrows: Mapping[Arrow, str],
    products: Mapping[Arrow, tuple[Product, ...]],
    moderators: Sequence[str],
) -> str | None:
    if len(moderators) > 1 or any(len(found) != 1 for found in products.values()):
        return None
    first, last = stages[0][0], stages[-1][0]
    for key, wanted in CHAIN.items():
        own = {
            arrow
            for arrow, letter in arrows.items()
            if letter in wanted
            or ("first a" in wanted and letter == "a" and arrow[1] == first)
            or ("last b" in wanted and letter == "b" and arrow[0] == last)
        }
        if own == set(products):
            return key
    return None
