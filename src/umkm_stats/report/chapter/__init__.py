"""The thesis chapter: Bab III parts, Bab IV by one route, and Lampiran.

One chapter has one route, one n, one interval and one verdict a hypothesis. What the body leaves out (the
other basis, further intervals, checks of the data) stands in Lampiran.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from umkm_stats.report._spec import Block, Document, Figure, Paragraph, Section, Table, numbered
from umkm_stats.report.chapter import (
    _appendix,
    _classical,
    _method,
    _pls,
    _regression,
    _respondents,
    _structural,
    _testing,
    _verdicts,
)
from umkm_stats.report.chapter._equations import equations_of
from umkm_stats.report.chapter._kit import Kit, Parts
from umkm_stats.report.tables._context import Context


def body(ctx: Context, parts_of: Parts, texts: Mapping[str, str]) -> list[Section]:
    """All sections, headings numbered, references not yet filled. ``texts``: the author's own, by slot."""
    meta: Mapping[str, Any] = ctx.results.meta
    given = dict(meta.get("chapter") or {}) | {
        "texts": {slot.casefold(): text for slot, text in texts.items()}
    }
    key = str(meta["models"][0]["key"])
    kit = Kit(ctx, str(given.get("route") or _route(ctx, key)), key, given)
    equations = [] if kit.route in ("sem", "pls") else equations_of(kit)
    parts = [
        *_method.sections(kit),
        Section("bab4", kit.say("title.four"), (), 1, "4"),
        *_respondents.sections(kit),
        *_testing.sections(kit),
    ]
    if kit.route == "pls":
        parts += _pls.sections(kit)
    elif kit.route == "sem":
        parts += _structural.sections(kit)
    else:
        parts += [
            *_classical.sections(kit, equations),
            *_regression.sections(kit, equations, parts_of.of_model),
        ]
    parts += _verdicts.sections(kit)
    parts = [_with_text(kit, section) for section in parts]
    keys = {block.key for section in parts for block in section.blocks if isinstance(block, (Table, Figure))}
    parts += _appendix.sections(kit, parts_of, equations, keys)
    return _headed(_filled(parts), kit)


SLOTS = {
    "likert": "skala", "pilot": "uji-coba", "techniques": "teknik", "rules": "kriteria",
    "collection": "pengumpulan", "respondents": "responden", "validity": "validitas",
    "loadings": "validitas", "pls_convergent": "validitas", "reliability": "reliabilitas",
    "pls_reliability": "reliabilitas", "linearity": "asumsi", "assumed": "asumsi",
    "determination": "analisis",
    "fit": "analisis", "pls_fit": "analisis", "t_test": "hipotesis", "effects": "hipotesis",
    "pls_indirect": "hipotesis", "recap": "rekapitulasi",
}  # fmt: skip


def _with_text(kit: Kit, section: Section) -> Section:
    """The section with the author's own paragraphs at its end, where the study has some for it."""
    slot = SLOTS.get(section.key, "")
    if section.key.startswith("variable_"):
        slot = f"deskripsi-{section.key.removeprefix('variable_')}"
    own = kit.written(slot) if slot else []
    return replace(section, blocks=(*section.blocks, *own)) if own else section


def _route(ctx: Context, key: str) -> str:
    return "regression" if ctx.get(f"regression_scores_{key}") is not None else "mediation"


def _filled(parts: list[Section]) -> list[Section]:
    """Without headings that have nothing under them."""
    out = []
    for place, section in enumerate(parts):
        below = parts[place + 1].level if place + 1 < len(parts) else 0
        if section.blocks or below > section.level:
            out.append(section)
    return out


def _headed(parts: list[Section], kit: Kit) -> list[Section]:
    """Numbers before the headings: 4.1, 4.1.1; the parts of Bab III begin at 3.3; Lampiran counts 1, 2, 3."""
    second = third = 0
    out = []
    for section in parts:
        if section.level == 1:
            second, third = (2 if section.chapter == "3" else 0), 0
            out.append(section)
            continue
        if section.level == 2:
            second, third = second + 1, 0
            mark = (
                kit.say("appendix.mark", number=str(second))
                if section.chapter == "L"
                else f"{section.chapter}.{second}"
            )
        else:
            third += 1
            mark = f"{section.chapter}.{second}.{third}"
        out.append(replace(section, title=f"{mark} {section.title}"))
    return out


def finished(document: Document) -> Document:
    """Tables and figures numbered within their chapter; ``{{key}}`` replaced by what the text calls them."""
    made = numbered(document)
    names = {block.key: made.mark(block) for block in made.tables}
    names |= {block.key: made.mark(block) for block in made.figures}

    def said(block: Block) -> Block:
        if isinstance(block, Paragraph) and "{{" in block.text:
            text = block.text
            for key, name in names.items():
                text = text.replace("{{" + key + "}}", name)
            return replace(block, text=text)
        return block

    sections = tuple(replace(s, blocks=tuple(said(b) for b in s.blocks)) for s in made.sections)
    return replace(made, sections=sections)


__all__ = ["Parts", "body", "finished"]
