"""Pictures of a regression in the report: P–P plot under normality, scatterplot under equal variance."""

from __future__ import annotations

from umkm_stats import figures
from umkm_stats.report._inline import title_case
from umkm_stats.report._pictures import guarded
from umkm_stats.report._spec import Failure, Figure
from umkm_stats.report.tables._analysis import model_of
from umkm_stats.report.tables._context import Context
from umkm_stats.report.tables._regression import part_of

KINDS = {"normality": "pp", "glejser": "residuals"}


def regression(ctx: Context, name: str, check: str) -> list[Figure | Failure | None]:
    """One picture an outcome for a check that has one."""
    key = model_of(name)
    part, kind = part_of(ctx, key), KINDS.get(check)
    if part is None or kind is None:
        return []
    return [picture_of(ctx, key, part, kind, outcome) for outcome in part.outcomes]


def picture_of(ctx: Context, key: str, part: object, kind: str, outcome: str) -> Figure | Failure | None:
    """The P–P plot ("pp") or scatterplot ("residuals") of one outcome of a regression."""
    title = ctx.text(f"reg.figure.{kind}", y=title_case(ctx.label(outcome)))
    name = f"fig_{kind}_{key}_{outcome}"

    def draw() -> Figure:
        picture = part.plot(kind, outcome=outcome, lang=ctx.voice.lang)  # type: ignore[attr-defined]
        alt = ctx.text(f"reg.alt.{kind}", y=ctx.label(outcome))
        return Figure(name, title, alt, figures.saved(picture), source=ctx.source)

    return guarded(name, title, ctx, draw)
