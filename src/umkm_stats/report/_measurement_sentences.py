"""Sentences on the measurement of the constructs: reliability, and the fit of a model."""

from __future__ import annotations

import math
from typing import Any

from umkm_stats.report.tables._context import Context, number
from umkm_stats.results import Unavailable
from umkm_stats.sem import headline


def reliability_sentences(ctx: Context) -> list[str]:
    """The range of α and the scales below .70."""
    part = ctx.get("reliability")
    if part is None or isinstance(part, Unavailable):
        return []
    frame = part.table[part.table["alpha"].notna()].sort_values("alpha")
    if not len(frame):
        return []
    low, high = frame.iloc[0], frame.iloc[-1]

    def said(row: Any) -> str:
        return ctx.voice.number(number(row["alpha"]), "index", bounded=True)

    out = [
        ctx.text(
            "say.reliability",
            low=said(low),
            low_name=ctx.low(ctx.label(str(low["scale"]))),
            high=said(high),
            high_name=ctx.low(ctx.label(str(high["scale"]))),
        )
    ]
    weak = frame[frame["alpha"] < 0.70]
    if len(weak):
        names = "; ".join(f"{ctx.label(str(row['scale']))} ({said(row)})" for _, row in weak.iterrows())
        out.append(ctx.text("say.reliability.weak", scales=names))
    return out


def fit_sentences(ctx: Context, part: Any) -> list[str]:
    """χ², CFI, TLI, RMSEA, SRMR in a sentence, with how many of the four keep the borders of the report's
    set; nothing for a model that did not converge."""
    if part is None or isinstance(part, Unavailable):
        return []
    found, voice = headline(part), ctx.voice
    verdict = found.verdict(ctx.cutoffs)
    if not math.isfinite(found.chisq) or verdict == "unavailable":
        return []
    if verdict == "saturated":
        return [ctx.text("say.fit.saturated")]
    numbers = ctx.text(
        "say.fit.numbers" if found.kind == "plain" else "say.fit.numbers_scaled",
        x2=voice.number(number(found.chisq), decimals=2),
        df=voice.number(found.df, decimals=0),
        p=voice.p(found.p),
        cfi=voice.number(found.cfi, bounded=True),
        tli=voice.number(found.tli, bounded=True),
        rmsea=voice.number(found.rmsea, bounded=True),
        srmr=voice.number(found.srmr, bounded=True),
        limits=voice.interval(number(found.rmsea_low), number(found.rmsea_high), bounded=True),
    )
    decide = [entry for entry in found.judged(ctx.cutoffs) if entry.decides]
    borders = "; ".join(
        f"{entry.name.upper()} {'≥' if entry.side == 'min' else '≤'} "
        f"{voice.number(entry.limit, decimals=2, bounded=True)}"
        for entry in decide
    )
    out = [
        ctx.text(
            "say.fit.good" if verdict == "adequate" else "say.fit.poor",
            numbers=numbers,
            met=str(sum(entry.met is True for entry in decide)),
            all=str(len(decide)),
            borders=borders,
            source=ctx.cutoffs.source.replace(", ", " ") if voice.comma else ctx.cutoffs.source,
        )
    ]
    if found.p < 0.05 and verdict == "adequate":
        out.append(ctx.text("say.fit.x2"))
    return out
