"""The sections of a regression without a mediator, in the order of a thesis chapter.

Assumptions, the equation with R², then the F and t tests. The latent view of the same model has its own
section. A chapter in another order takes the pieces from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from umkm_stats.report import _regression_pictures as pictures
from umkm_stats.report import _regression_sentences as say
from umkm_stats.report._spec import Block, Failure, Figure, Paragraph, Section
from umkm_stats.report.tables._context import Context
from umkm_stats.report.tables._regression import REGRESSION_TABLES, checks_of
from umkm_stats.results import Note, Unavailable

Safe = Callable[[Context, str, Callable[[], object]], list[Block]]
CHECKS = (("normality", "lilliefors"), ("vif", "vif"), ("glejser", "glejser"), ("linearity", "linearity"))


def is_regression(ctx: Context, key: str) -> bool:
    """Whether the study has a regression of the model."""
    return ctx.get(f"regression_scores_{key}") is not None


def sections(ctx: Context, key: str, safe: Safe) -> list[Section]:
    """Every section of the regression of a model; a table that cannot be made leaves its reason."""
    name = f"regression_scores_{key}"
    found = ctx.get(name)
    title = ctx.text("reg.section.regression", model=key)
    if isinstance(found, Unavailable):
        return [Section(f"regression_{key}", title, (Failure(name, title, found.message(ctx.voice.lang)),))]

    def table(what: str) -> list[Block]:
        return safe(ctx, f"{what}_{key}", lambda: REGRESSION_TABLES[what](ctx, name))

    out = [Section(f"assumptions_{key}", ctx.text("reg.section.assumptions", model=key), ())]
    for what, check in CHECKS:
        blocks = [
            *table(what),
            *_drawn(pictures.regression(ctx, name, what)),
            *_para(say.assumption_sentences(ctx, key, check)),
        ]
        out.append(Section(f"{what}_{key}", ctx.text(f"reg.section.{what}"), tuple(blocks), 2))
    checks = checks_of(ctx, key)
    if checks is not None:
        last = out.pop()
        notes = _notes(ctx, [note for note in checks.notes if note.code == "REG175"])
        out.append(Section(last.key, last.title, (*last.blocks, *notes), 2))
    head = next(entry for entry in ctx.results.meta["models"] if entry["key"] == key)
    out.append(Section(f"regression_{key}", title, tuple(_para([f"{head['title'][ctx.voice.lang]}."]))))
    parts: tuple[tuple[str, list[Block]], ...] = (
        ("equation", [*table("coefficients"), *_para(say.equation_sentences(ctx, key))]),
        ("moderation", [*table("blocks"), *_para(say.moderation_sentences(ctx, key)), *table("slopes")]),
        ("determination", [*table("determination"), *_para(say.determination_sentences(ctx, key))]),
        ("f", [*table("anova"), *_para(say.f_sentences(ctx, key))]),
        ("t", [*_para(say.t_sentences(ctx, key)), *table("bootstrap"), *_notes(ctx, found.notes)]),
    )
    for what, blocks in parts:
        if blocks:
            out.append(Section(f"{what}_{key}", ctx.text(f"reg.section.{what}"), tuple(blocks), 2))
    return out


def _para(sentences: Iterable[str]) -> list[Block]:
    said = " ".join(sentence for sentence in sentences if sentence)
    return [Paragraph(said)] if said else []


def _drawn(found: Iterable[Figure | Failure | None]) -> list[Block]:
    return [entry for entry in found if entry is not None]


def _notes(ctx: Context, notes: Iterable[Note]) -> list[Block]:
    said = dict.fromkeys(ctx.note(note).replace("*", "∗") for note in notes)
    return [Paragraph(line, "note") for line in said]
