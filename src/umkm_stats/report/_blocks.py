"""Blocks of a section: sentences as a paragraph, a builder's outcome, pictures, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from umkm_stats.report._spec import Block, Failure, Figure, Paragraph
from umkm_stats.report.tables._context import Context
from umkm_stats.results import Note, Unavailable, kinds


def para(sentences: Iterable[str], kind: Any = "normal") -> list[Block]:
    said = " ".join(sentence for sentence in sentences if sentence)
    return [Paragraph(said, kind)] if said else []


def safe(ctx: Context, key: str, build: Callable[[], Any]) -> list[Block]:
    """What a builder makes, as blocks; a builder that fails leaves its reason in the report."""
    try:
        made = build()
    except Exception as error:  # a table must never cost the reader the others
        problem = f"{key}: {type(error).__name__}"
        return [Failure(key, key, Unavailable("RPT103", {"problem": problem}).message(ctx.voice.lang))]
    if made is None:
        return []
    return list(made) if isinstance(made, list) else [made]


def drawn(*found: Figure | Failure | None) -> list[Block]:
    return [entry for entry in found if entry is not None]


def note_lines(ctx: Context, notes: Iterable[Note]) -> list[Block]:
    said = ((note, ctx.note(note).replace("*", "∗")) for note in notes)
    return [Paragraph(line, "note") for line in kinds(said, ctx.voice.lang)]
