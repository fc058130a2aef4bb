"""The model cards: which parts each needs, and what a picture writes into the two files."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats import messages
from umkm_stats.app import _instrument
from umkm_stats.app._study import KINDS

PARTS = ("x", "m", "y", "z")


@dataclass(frozen=True, slots=True)
class Card:
    """One picture card. needs: part → (fewest, most) variables."""

    kind: str
    needs: Mapping[str, tuple[int, int]]


MANY = 20
CARDS = {
    "regression": Card("regression", {"x": (1, MANY), "y": (1, MANY)}),
    "mediation": Card("mediation", {"x": (1, MANY), "m": (1, 1), "y": (1, MANY)}),
    "parallel": Card("parallel", {"x": (1, MANY), "m": (2, 10), "y": (1, MANY)}),
    "serial": Card("serial", {"x": (1, MANY), "m": (2, 4), "y": (1, MANY)}),
    "moderation": Card("moderation", {"x": (1, 1), "z": (1, 1), "y": (1, 1)}),
    "cfa": Card("cfa", {}),
    "pls": Card("pls", {"x": (1, MANY), "m": (0, 10), "y": (1, MANY)}),
}
assert tuple(CARDS) == KINDS


def lacking(card: Card, parts: Mapping[str, Sequence[str]]) -> list[tuple[str, int, int, int]]:
    """(part, fewest, most, chosen) of every part that does not fit the card."""
    out = []
    for part in PARTS:
        low, high = card.needs.get(part, (0, 0))
        count = len(parts.get(part, ()))
        if card.needs and not low <= count <= high:
            out.append((part, low, high, count))
    return out


@dataclass(frozen=True, slots=True)
class Claim:
    """One hypothesis as the picture gives it."""

    test: str
    constructs: tuple[str, ...]


def claims(kind: str, parts: Mapping[str, Sequence[str]]) -> list[Claim]:
    """The hypotheses of a picture, arrow by arrow, then through the mediators."""
    x, m, y, z = (tuple(parts.get(part, ())) for part in PARTS)
    if kind == "cfa":
        return []
    if kind == "moderation":
        return [Claim("moderation", (x[0], z[0], y[0]))]  # with the product in it, no arrow stands alone
    out = [Claim("path", pair) for pair in itertools.product(x, m)]
    if kind == "serial":
        out += [Claim("path", pair) for pair in itertools.combinations(m, 2)]
    out += [Claim("path", pair) for pair in itertools.product(m, y)]
    out += [Claim("path", pair) for pair in itertools.product(x, y)]
    for one, end in itertools.product(x, y):
        if kind == "serial":
            for size in range(1, len(m) + 1):
                for chain in itertools.combinations(m, size):
                    out.append(Claim("serial" if size > 1 else "indirect", (one, *chain, end)))
        else:
            out += [Claim("indirect", (one, middle, end)) for middle in m]
    return out[:99]


def sentence(claim: Claim, labels: Mapping[str, str], lang: str) -> str:
    """The hypothesis in words."""
    names = [labels.get(code, code) for code in claim.constructs]
    return messages.text(
        f"app.claim.{claim.test}", lang, x=names[0], y=names[-1], m=messages.listing(names[1:-1], lang)
    )


def free_key(document: Mapping[str, Any], made: str | None) -> str:
    """The key of the page's own model: the one it has, else the first that no model of the file bears."""
    if made:
        return made
    taken = {str(model.get("key")) for model in _instrument.entries(document, "models")}
    return next(f"M{n}" for n in range(1, len(taken) + 2) if f"M{n}" not in taken)


def write(
    document: Any, key: str, kind: str, parts: Mapping[str, Sequence[str]], texts: Mapping[int, str]
) -> None:
    """The page's model and its hypotheses into the instrument document; others of the file stay.

    ``texts``: number of a hypothesis → what the user made of its sentence.
    """
    tongues = _instrument.languages(document)
    hypotheses = document.setdefault("hypotheses", [])
    for place in reversed(range(len(hypotheses))):
        if [str(m) for m in hypotheses[place].get("models") or []] == [key]:
            del hypotheses[place]
    models = document.setdefault("models", [])
    at = next((i for i, model in enumerate(models) if str(model.get("key")) == key), None)
    if kind == "cfa":
        if at is not None:
            del models[at]
        for name in ("models", "hypotheses"):
            if not document[name]:
                del document[name]
        return
    labels = {
        tongue: {
            str(c["code"]): _instrument.label_of(c, tongue)
            for c in _instrument.entries(document, "constructs")
        }
        for tongue in tongues
    }
    taken = {str(h.get("code")) for h in hypotheses}
    codes = (f"H{n}" for n in range(1, 100) if f"H{n}" not in taken)
    made = []
    for number, (claim, code) in enumerate(zip(claims(kind, parts), codes, strict=False), 1):
        own = texts.get(number, "")
        words = {tongue: own or sentence(claim, labels[tongue], tongue) for tongue in tongues}
        made.append(
            {
                "code": code,
                "text": words,
                "test": claim.test,
                "constructs": list(claim.constructs),
                "models": [key],
            }
        )
    hypotheses.extend(made)
    model: dict[str, Any] = {
        "key": key,
        "title": {tongue: title(parts, labels[tongue]) for tongue in tongues},
    }
    if kind == "serial":
        model["structure"] = "serial"
    model |= {part: list(parts.get(part, ())) for part in ("x", "m", "y")}
    if kind == "moderation":
        model |= {"moderator": parts["z"][0], "moderates": ["direct"]}
    model["hypotheses"] = [entry["code"] for entry in made]
    if at is None:
        models.append(model)
    else:
        models[at] = model


def renamed(
    document: Any, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> None:
    """Hypotheses and titles that stand as the picture wrote them follow the names of their variables
    (language → code → name); sentences of the user's own stay."""
    if before == after:
        return
    for entry in _instrument.entries(document, "hypotheses"):
        texts, constructs = entry.get("text"), entry.get("constructs") or []
        for tongue in before if isinstance(texts, dict) and len(constructs) > 1 else ():
            with contextlib.suppress(KeyError):
                claim = Claim(str(entry.get("test")), tuple(map(str, constructs)))
                if texts.get(tongue) == sentence(claim, before[tongue], tongue):
                    texts[tongue] = sentence(claim, after[tongue], tongue)
    for model in _instrument.entries(document, "models"):
        titles = model.get("title")
        for tongue in before if isinstance(titles, dict) else ():
            if titles.get(tongue) == title(model, before[tongue]):
                titles[tongue] = title(model, after[tongue])


def title(parts: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The title of a model: names of x, m, y with arrows."""
    return " \N{RIGHTWARDS ARROW} ".join(
        ", ".join(labels.get(code, code) for code in map(str, parts[part]))
        for part in ("x", "m", "y")
        if parts.get(part)
    )


def parts_of(
    model: Mapping[str, Any] | None, constructs: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Who stands where: as the model says, else as the roles of the variables do."""
    if model is not None:
        out = {part: [str(code) for code in model.get(part) or []] for part in ("x", "m", "y")}
        return {**out, "z": [str(model["moderator"])] if model.get("moderator") else []}
    role = {"x": "x", "m": "m", "y": "y", "moderator": "z"}
    out = {part: [] for part in PARTS}
    for entry in constructs:
        part = role.get(str(entry.get("role")))
        if part:
            out[part].append(str(entry.get("code")))
    return out
