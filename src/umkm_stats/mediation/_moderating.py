"""Which moderator changes which arrow: every form of ``moderates`` becomes products an arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.options import one_of

Product = tuple[str, ...]  # ("w",) or ("w", "v"): what the source of an arrow is multiplied by
Arrow = tuple[str, str]
MODERATES = ("a", "b", "c", "d")
MOST = 4  # moderators of one model: each multiplies the conditional effects by its number of values
SAME = {"c'": "c", "direct": "c"}


@dataclass(frozen=True, slots=True)
class Moderation:
    """moderators: those outside the model, in the order they are named. products: arrow → its products,
    moderators alone first. letters: kinds of arrow that are moderated."""

    moderators: tuple[str, ...]
    products: Mapping[Arrow, tuple[Product, ...]]
    letters: tuple[str, ...]


def read_moderates(
    moderates: Any,
    moderators: Sequence[str],
    arrows: Mapping[Arrow, str],
    *,
    x: Sequence[str],
    inside: Sequence[str],
    three_way: bool = False,
) -> Moderation:
    """``moderates`` of the door on the ``arrows`` (source, target) → letter of a model.

    A mapping gives each arrow, or each letter, its moderators: ``{("x", "m1"): "w", "b": "w*v"}``; ``"w*v"``
    is both and their product. Letters alone put every moderator of ``moderator`` on all arrows of that kind.

    Raises ``UsageError`` GEN001, MED012, MED432, MED433, MED460–MED463.
    """
    if isinstance(moderates, Mapping):
        found = _of_arrows(moderates, arrows)
        used = tuple(dict.fromkeys(name for products in found.values() for one in products for name in one))
        idle = [name for name in moderators if name not in used]
        strange = [name for name in used if moderators and name not in (*moderators, *inside)]
        if idle or strange or three_way:
            names = idle or strange or ["three_way"]
            raise UsageError("MED462", params={"names": names})
        outside = tuple(moderators) or tuple(name for name in used if name not in inside)
    else:
        outside = tuple(moderators)
        found = _of_letters(moderates, outside, arrows, three_way)
    if len(outside) > MOST:
        raise UsageError("MED012", params={"given": len(outside)})
    _refuse(found, arrows, x, inside)
    order = {name: place for place, name in enumerate((*outside, *inside))}
    tidy = {
        arrow: tuple(sorted({tuple(sorted(one, key=order.__getitem__)) for one in products}, key=_key(order)))
        for arrow, products in found.items()
    }
    marks = tuple(letter for letter in MODERATES if any(arrows[arrow] == letter for arrow in tidy))
    return Moderation(outside, tidy, marks)


def with_interaction(moderates: Any, moderators: Sequence[str], x: Sequence[str], m: Sequence[str]) -> Any:
    """``moderates`` with x on every arrow from a mediator to y. Raises ``UsageError`` MED469 without one x or
    without a mediator."""
    if len(x) != 1 or not m:
        raise UsageError("MED469", params={"x": list(x), "m": list(m) or ["–"]})
    out: dict[Any, Any] = {}
    if isinstance(moderates, Mapping):
        out = dict(moderates)
    elif moderators:
        marks = [moderates] if isinstance(moderates, str) else list(moderates or ("a",))
        out = {mark: tuple(moderators) for mark in marks}
    own = out.get("b", ())
    return {**out, "b": (*((own,) if isinstance(own, str) else own), x[0])}


def spread(moderates: Any, columns: Mapping[str, Sequence[str]]) -> Any:
    """``moderates`` with an arrow of every column in place of one from a name that became ``columns``."""
    if not isinstance(moderates, Mapping) or not columns:
        return moderates
    out: dict[Any, Any] = {}
    for key, value in moderates.items():
        if isinstance(key, tuple) and len(key) == 2 and key[0] in columns:
            out |= {(name, key[1]): value for name in columns[key[0]]}
        else:
            out[key] = value
    return out


def _key(order: Mapping[str, int]) -> Any:
    return lambda one: (len(one), [order[name] for name in one])


def _of_letters(
    moderates: Any, moderators: Sequence[str], arrows: Mapping[Arrow, str], three_way: bool
) -> dict[Arrow, list[Product]]:
    marks = [moderates] if isinstance(moderates, str) else list(moderates or ())
    marks = [SAME.get(str(mark), mark) for mark in marks]
    for mark in marks:
        one_of("moderates", mark, MODERATES)
    if marks and not moderators:
        raise UsageError("MED432", params={"arrows": marks})
    if len(moderators) > 2 or (three_way and len(moderators) != 2):
        raise UsageError("MED012", params={"given": len(moderators)})
    if not moderators:
        return {}
    there = set(arrows.values())
    marks = marks or (["a"] if "a" in there else ["c"])
    absent = [mark for mark in MODERATES if mark in marks and mark not in there]
    if absent:
        known = [mark for mark in MODERATES if mark in there]
        raise UsageError("MED433", params={"arrows": absent, "there": known})
    products: list[Product] = [(name,) for name in moderators]
    if three_way:
        products.append(tuple(moderators))
    return {arrow: list(products) for arrow, letter in arrows.items() if letter in marks}


def _of_arrows(moderates: Mapping[Any, Any], arrows: Mapping[Arrow, str]) -> dict[Arrow, list[Product]]:
    known = [f"{source} -> {target}" for source, target in arrows]
    found: dict[Arrow, list[Product]] = {}
    for key, value in moderates.items():
        products = _products(key, value)
        if isinstance(key, str):
            mark = one_of("moderates", SAME.get(key, key), MODERATES)
            chosen = [arrow for arrow, letter in arrows.items() if letter == mark]
            if not chosen:
                there = [letter for letter in MODERATES if letter in set(arrows.values())]
                raise UsageError("MED433", params={"arrows": [mark], "there": there})
        else:
            pair = tuple(key) if isinstance(key, (tuple, list)) else (key,)
            if pair not in arrows:
                raise UsageError(
                    "MED461", params={"arrow": " -> ".join(str(part) for part in pair), "known": known}
                )
            chosen = [(str(pair[0]), str(pair[1]))]
        for arrow in chosen:
            found.setdefault(arrow, []).extend(products)
    if not found:
        raise UsageError("MED460", params={"arrow": "moderates", "received": repr(dict(moderates))})
    return found


def _products(key: Any, value: Any) -> list[Product]:
    parts = [value] if isinstance(value, str) else value
    out: list[Product] = []
    fine = isinstance(parts, Sequence) and len(parts) > 0
    for part in parts if fine else ():
        names = tuple(name.strip() for name in part.split("*")) if isinstance(part, str) else ()
        fine = fine and len(names) in (1, 2) and all(names) and len(set(names)) == len(names)
        out += [*((name,) for name in names), names] if len(names) == 2 else [names]
    if not fine:
        shown = " -> ".join(str(one) for one in key) if isinstance(key, (tuple, list)) else str(key)
        raise UsageError("MED460", params={"arrow": shown, "received": repr(value)})
    return out


def _refuse(
    found: Mapping[Arrow, Sequence[Product]],
    arrows: Mapping[Arrow, str],
    x: Sequence[str],
    inside: Sequence[str],
) -> None:
    """A variable of the model may moderate only as x on an arrow out of a mediator, and alone."""
    for arrow, products in found.items():
        for product in products:
            for name in product:
                own = name in x and arrows[arrow] in ("b", "d") and len(product) == 1 and len(x) == 1
                if name in inside and not own:
                    raise UsageError("MED463", params={"name": name, "arrow": " -> ".join(arrow)})
