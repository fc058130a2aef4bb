"""The order of a scale's words: moved, turned round, or its ends set."""

from __future__ import annotations

from typing import Any

from umkm_stats.app import _instrument
from umkm_stats.app._columns import Scale


def move(document: Any, scale: Scale, at: int, by: int) -> None:
    """Swap the words of two neighbouring points."""
    to = at + by
    if scale.moves and 0 <= at < len(scale.points) and 0 <= to < len(scale.points):
        one, other = scale.points[at][0], scale.points[to][0]
        _exchange(document["response_scales"][scale.name], {one: other, other: one})


def flip(document: Any, scale: Scale) -> None:
    """Turn a scale round: its words, or its items where the file's own numbers give the order."""
    if scale.moves:
        values = [value for value, _ in scale.points]
        turned = dict(zip(values, reversed(values), strict=True))
        _exchange(document["response_scales"][scale.name], turned)
        return
    for question in _instrument.entries(document, "questions"):
        name = question.get("scale") or document.get("default_scale")
        if question.get("construct") and name == scale.name:
            if question.get("reverse"):
                del question["reverse"]
            else:
                question["reverse"] = True


def ends(document: Any, scale: Scale, low: int, high: int) -> None:
    """Other ends for a scale of bare numbers."""
    if not scale.worded and low < high and high - low <= 20:
        values = document["response_scales"][scale.name]
        if [int(v) for v in values["values"]] != list(range(low, high + 1)):
            values["values"] = list(range(low, high + 1))


def _exchange(entry: Any, to: dict[int, int]) -> None:
    """Move the words of every value to the value that ``to`` names."""
    for part in ("labels", "short"):
        for words in (entry.get(part) or {}).values():
            turned = {to.get(value, value): word for value, word in words.items()}
            for value in list(words):
                del words[value]
            for value in sorted(turned):
                words[value] = turned[value]
    synonyms = entry.get("synonyms")
    if synonyms:
        for word in list(synonyms):
            if synonyms[word] in to:
                synonyms[word] = to[synonyms[word]]
