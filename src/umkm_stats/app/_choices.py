"""Choices of a question about the person or firm, from the answers of its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from umkm_stats import messages
from umkm_stats.responses.drafting._ranked import ranked
from umkm_stats.responses.drafting._several import joined


def listed(counts: Mapping[str, int], tongues: Sequence[str], *, whole: bool) -> list[Any]:
    """Choices of cells that hold several answers; empty where no separator cuts them into some that come
    back. ``whole``: ``counts`` holds every answer of the column."""
    found = joined(counts) or joined(counts, sure=True)
    if found is None:
        return []
    _, words, other = found
    made: list[Any] = [
        {"value": k, "label": dict.fromkeys(tongues, word), "synonyms": [word]}
        for k, word in enumerate(words, 1)
    ]
    if other or not whole:
        label = {tongue: messages.text("draft.other", "id" if tongue == "id" else "en") for tongue in tongues}
        made.append({"value": len(made) + 1, "label": label, "other": True})
    return made


def single(counts: Mapping[str, int], tongues: Sequence[str], *, whole: bool) -> list[Any]:
    """Choices of cells that hold one answer each, where these are few and none is one person's alone."""
    if not whole or not 2 <= len(counts) <= 12 or min(counts.values()) < 2:
        return []
    return [{"value": k, "label": dict.fromkeys(tongues, word)} for k, word in enumerate(ranked(counts), 1)]
