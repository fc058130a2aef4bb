"""Foreign terms in italics, as Indonesian theses set them, wherever a document speaks.

The terms of a language are the catalogue text ``report.foreign``, with a bar between two of them; labels that
are the same in every language of an instrument (``Open innovation``) join them. Table cells are literal and
stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from umkm_stats.report._inline import runs
from umkm_stats.report._spec import Block, Document, Figure, Paragraph, Table
from umkm_stats.report._voice import Voice


def same_everywhere(labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Labels of several lower-case words that no language translates."""
    first, *others = labels.values()
    return [
        words
        for code, words in first.items()
        if others
        and words != code
        and " " in words
        and words[1:].islower()
        and all(part.get(code) == words for part in others)
    ]


def marked(document: Document, voice: Voice, own: Iterable[str] = ()) -> Document:
    """The document with its foreign terms marked; unchanged in a language that lists none."""
    listed = [term for term in voice.text("foreign").split("|") if term]
    if not listed:
        return document
    terms = sorted({*listed, *own}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)({'|'.join(re.escape(term) for term in terms)})(?!\w)", re.IGNORECASE)

    def text(said: str) -> str:
        return "".join(
            f"*{piece}*" if italic else pattern.sub(r"*\1*", piece) for piece, italic in runs(said)
        )

    def block(entry: Block) -> Block:
        if isinstance(entry, Paragraph):
            return entry if entry.kind == "code" else replace(entry, text=text(entry.text))
        notes = tuple(text(note) for note in getattr(entry, "notes", ()))
        if isinstance(entry, Figure):
            return replace(entry, title=text(entry.title), notes=notes)
        if isinstance(entry, Table):
            return replace(
                entry,
                title=text(entry.title),
                notes=notes,
                columns=tuple(replace(column, head=text(column.head)) for column in entry.columns),
                spanners=tuple(replace(spanner, head=text(spanner.head)) for spanner in entry.spanners),
                groups=tuple((row, text(words)) for row, words in entry.groups),
            )
        return entry

    sections = tuple(
        replace(section, blocks=tuple(block(entry) for entry in section.blocks))
        for section in document.sections
    )
    return replace(document, subtitle=text(document.subtitle), sections=sections)
