"""Sentences about groups: who is compared, what invariance allows, and what the differences show."""

from __future__ import annotations

from umkm_stats import messages
from umkm_stats.report._sentences import excludes_zero
from umkm_stats.report.tables import _groups
from umkm_stats.report.tables._context import Context, number
from umkm_stats.results import Unavailable


def split_sentences(ctx: Context) -> list[str]:
    """Which groups take part, with their rows."""
    part = ctx.get("groups")
    if part is None:
        return []
    used = part.table[part.table["used"]]
    told = "; ".join(
        f"{_groups.name(ctx, str(row.group))} (n = {ctx.voice.count(int(row.n))})"
        for row in used.itertuples()
    )
    return [ctx.text("say.groups", question=ctx.label(part.column), groups=told)] if told else []


def small_groups(ctx: Context) -> list[str]:
    """Groups with too few rows, each with its count."""
    return [ctx.note(note) for note in getattr(ctx.get("groups"), "notes", ())]


def invariance_sentences(ctx: Context, key: str) -> list[str]:
    """What the highest step that holds allows to compare."""
    part = ctx.get(key)
    if part is None or isinstance(part, Unavailable):
        return []
    return [messages.text(f"measurement.invariance.{part.conclusion}", ctx.voice.lang)]


def effect_sentences(ctx: Context) -> list[str]:
    """The effect in each group, then whether the interval of each difference holds zero."""
    part = ctx.get("group_effects")
    if part is None or isinstance(part, Unavailable):
        return []
    out = []
    for effect, route, entries in _groups.compared(ctx):
        if effect != "indirect":
            continue
        single = "; ".join(
            f"{_groups.name(ctx, marks[0])} {_number(ctx, row)}" for marks, row in entries if len(marks) == 1
        )
        out.append(ctx.text("say.groups.effect", path=ctx.path(route), values=single))
        for marks, row in entries:
            sure = excludes_zero(row) if len(marks) == 2 else None
            if sure is not None:
                pair = f" {chr(0x2212)} ".join(_groups.name(ctx, mark) for mark in marks)
                out.append(
                    ctx.text(
                        "say.groups.differ" if sure else "say.groups.same", pair=pair, value=_number(ctx, row)
                    )
                )
    return out


def _number(ctx: Context, row: object) -> str:
    values = [number(row[key]) for key in ("est", "ci_low", "ci_high")]  # type: ignore[index]
    return f"{ctx.voice.number(values[0])} {ctx.voice.interval(values[1], values[2])}"
