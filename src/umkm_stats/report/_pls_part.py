"""The sections of a PLS chapter: outer model, inner model, direct effects, mediation, moderation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from umkm_stats.report._spec import Block, Failure, Paragraph, Section
from umkm_stats.report.tables._context import Context, number
from umkm_stats.report.tables._pls import PLS_TABLES, part_of, words
from umkm_stats.results import Unavailable

Safe = Callable[[Context, str, Callable[[], object]], list[Block]]
OUTER = (
    ("convergent", ("loadings",)),
    ("discriminant", ("cross", "fornell", "htmt")),
    ("reliability", ("quality",)),
)
INNER = (
    ("collinearity", ("vif",)),
    ("determination", ("r2", "f2")),
    ("fit", ("fit",)),
    ("direct", ("paths",)),
    ("mediation", ("indirect", "mediation", "total")),
    ("moderation", ("slopes",)),
)
LOADING, RELIABLE, AVE, HTMT, VIF, SRMR = 0.708, 0.70, 0.50, 0.90, 5.0, 0.08


def sections(ctx: Context, model: Mapping[str, Any], safe: Safe) -> list[Section]:
    """Every section of a model; a table that cannot be made leaves its reason."""
    key = str(model["key"])
    name = f"mediation_pls_{key}"
    found = ctx.get(name)
    title = ctx.text("pls.section.outer", model=key)
    if found is None:
        return []
    if isinstance(found, Unavailable):
        return [Section(f"pls_outer_{key}", title, (Failure(name, title, found.message(ctx.voice.lang)),))]
    head = f"{model['title'][ctx.voice.lang]}."
    out = [Section(f"pls_outer_{key}", title, (Paragraph(head), Paragraph(ctx.text("pls.say.composites"))))]
    out += _parts(ctx, key, OUTER, safe)
    out.append(Section(f"pls_inner_{key}", ctx.text("pls.section.inner", model=key), ()))
    out += _parts(ctx, key, INNER, safe)
    notes = dict.fromkeys(ctx.note(note).replace("*", "∗") for note in found.notes)
    last = out.pop()
    return [
        *out,
        Section(
            last.key, last.title, (*last.blocks, *(Paragraph(line, "note") for line in notes)), last.level
        ),
    ]


def _parts(ctx: Context, key: str, parts: Iterable[tuple[str, tuple[str, ...]]], safe: Safe) -> list[Section]:
    out = []
    for what, tables in parts:
        blocks: list[Block] = []
        said = SAID[what](ctx, key) if what in SAID else []
        if said:
            blocks.append(Paragraph(" ".join(said)))
        for table in tables:
            blocks += safe(ctx, f"pls_{table}_{key}", functools.partial(PLS_TABLES[table], ctx, key))
        if blocks:
            out.append(Section(f"pls_{what}_{key}", ctx.text(f"pls.section.{what}"), tuple(blocks), 2))
    return out


def _judged(ctx: Context, key: str, good: bool, **params: str) -> list[str]:
    return [ctx.text(f"pls.say.{key}.{'met' if good else 'not_met'}", **params)]


def convergent(ctx: Context, key: str) -> list[str]:
    """Items whose loading is below .708, and constructs whose AVE is below .50."""
    model = part_of(ctx, key).model
    own = model.loadings[model.loadings["mode"] == "A"]
    low = [str(name) for name in own[own["est"].abs() < LOADING]["item"]]
    weak = [words(ctx, str(name)) for name in model.quality[model.quality["ave"] < AVE]["construct"]]
    border = ctx.voice.number(LOADING, "index", bounded=True)
    said = _judged(ctx, "loading", not low, items=", ".join(low), border=border)
    return said + _judged(ctx, "ave", not weak, names=", ".join(weak))


def discriminant(ctx: Context, key: str) -> list[str]:
    """Pairs whose HTMT is .90 or more."""
    frame = part_of(ctx, key).model.htmt
    high = [
        f"{words(ctx, str(row['construct']))} – {words(ctx, str(row['other']))}"
        for row in frame[frame["htmt_plus"] >= HTMT].to_dict("records")
    ]
    return _judged(ctx, "htmt", not high, pairs="; ".join(high)) if len(frame) else []


def reliability(ctx: Context, key: str) -> list[str]:
    """Constructs whose α or ρ_C is below .70."""
    frame = part_of(ctx, key).model.quality
    low = frame[(frame["alpha"] < RELIABLE) | (frame["rho_c"] < RELIABLE)]
    if frame["alpha"].isna().all():
        return []
    names = [words(ctx, str(name)) for name in low["construct"]]
    return _judged(ctx, "reliability", not names, names=", ".join(names))


def collinearity(ctx: Context, key: str) -> list[str]:
    """The largest inner VIF."""
    frame = part_of(ctx, key).model.vif
    high = float(frame[frame["kind"] == "inner"]["vif"].max())
    return _judged(ctx, "vif", high < VIF, value=ctx.voice.number(high))


def determination(ctx: Context, key: str) -> list[str]:
    """R² of every endogenous construct in words."""
    return [
        ctx.text(
            "pls.say.r2",
            y=ctx.low(words(ctx, str(row["construct"]))),
            percent=ctx.voice.number(100 * float(row["r2"]), decimals=1),
        )
        for row in part_of(ctx, key).model.r2.to_dict("records")
    ]


def fit(ctx: Context, key: str) -> list[str]:
    """SRMR of the estimated model against .08."""
    value = number(part_of(ctx, key).model.fit["srmr"].iloc[1])
    if value is None:
        return []
    return _judged(ctx, "srmr", value < SRMR, value=ctx.voice.number(value, "index", bounded=True))


def direct(ctx: Context, key: str) -> list[str]:
    """One sentence a path: coefficient, T, p, and whether its interval leaves out 0."""
    part = part_of(ctx, key)
    frame = part.effects
    method = ctx.primary if ctx.primary in set(frame["method"]) else str(frame["method"].iloc[0])
    own = frame[frame["effect"].isin(("a", "d", "b", "direct", "interaction")) & (frame["method"] == method)]
    out = []
    for row in own.to_dict("records"):
        x, _, y = str(row["path"]).partition(" -> ")
        low, high = number(row["ci_low"]), number(row["ci_high"])
        if low is None or high is None:
            continue
        yes = low > 0 or high < 0
        out.append(
            ctx.text(
                f"pls.say.path.{'yes' if yes else 'no'}",
                x=ctx.low(words(ctx, x)),
                y=ctx.low(words(ctx, y)),
                est=ctx.voice.number(number(row["est"])),
                t=ctx.voice.number(number(row["t"])),
                p=ctx.voice.p(number(row["p"])),
            )
        )
    return out


SAID: dict[str, Callable[[Context, str], list[str]]] = {
    "convergent": convergent,
    "discriminant": discriminant,
    "reliability": reliability,
    "collinearity": collinearity,
    "determination": determination,
    "fit": fit,
    "direct": direct,
}
