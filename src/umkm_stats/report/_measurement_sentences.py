"""Sentences on the measurement of the constructs: reliability, and the fit of a model."""

from __future__ import annotations

from typing import Any

from umkm_stats.report._inline import low_first
from umkm_stats.report.tables._context import Context, number
from umkm_stats.results import Unavailable


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
            low_name=low_first(ctx.label(str(low["scale"]))),
            high=said(high),
            high_name=low_first(ctx.label(str(high["scale"]))),
        )
    ]
    weak = frame[frame["alpha"] < 0.70]
    if len(weak):
        names = "; ".join(f"{ctx.label(str(row['scale']))} ({said(row)})" for _, row in weak.iterrows())
        out.append(ctx.text("say.reliability.weak", scales=names))
    return out


def fit_sentences(ctx: Context, part: Any) -> list[str]:
    """χ², CFI, TLI, RMSEA, SRMR in a sentence, with the verdict of most indices."""
    if part is None or isinstance(part, Unavailable):
        return []
    given, voice = dict(getattr(part, "fit", part).indices), ctx.voice
    scaled = "chisq_scaled" in given

    def index(name: str) -> float | None:
        return number(given.get(f"{name}_scaled", given.get(name)) if scaled else given.get(name))

    p = number(given["pvalue_scaled" if scaled else "pvalue"])
    met = [
        (value := index(name)) is not None and (value >= limit if side == "min" else value <= limit)
        for name, side, limit in (
            ("cfi", "min", 0.90),
            ("tli", "min", 0.90),
            ("rmsea", "max", 0.08),
            ("srmr", "max", 0.08),
        )
    ]
    df = given["df"]
    numbers = ctx.text(
        "say.fit.numbers",
        x2=voice.number(number(given["chisq_scaled" if scaled else "chisq"]), decimals=2),
        df=voice.number(df, decimals=0),
        p=voice.p(p),
        cfi=voice.number(index("cfi"), bounded=True),
        tli=voice.number(index("tli"), bounded=True),
        rmsea=voice.number(index("rmsea"), bounded=True),
        srmr=voice.number(index("srmr"), bounded=True),
        limits=voice.interval(
            number(given.get("rmsea_ci_low")), number(given.get("rmsea_ci_high")), bounded=True
        ),
    )
    out = [ctx.text("say.fit.good" if sum(met) >= 3 else "say.fit.poor", numbers=numbers)]
    if p is not None and p < 0.05 and sum(met) >= 3:
        out.append(ctx.text("say.fit.x2"))
    return out
