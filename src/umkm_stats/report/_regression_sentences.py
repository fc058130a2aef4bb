"""Sentences about a regression without a mediator: assumptions, equation, tests, R²."""

from __future__ import annotations

from typing import Any

from umkm_stats import ways
from umkm_stats.report.tables._context import Context, number
from umkm_stats.report.tables._regression import INTERCEPT, checks_of, part_of, words


def assumption_sentences(ctx: Context, key: str, check: str) -> list[str]:
    """The decision of a check (lilliefors, vif, glejser, linearity), one sentence an outcome, and what
    follows from it."""
    part, checks = part_of(ctx, key), checks_of(ctx, key)
    if part is None or checks is None:
        return []
    out = []
    for outcome in part.outcomes:
        frame = checks.frame
        own = frame[(frame["outcome"] == outcome) & (frame["check"] == check)]
        bad = own[own["decision"] == "not_met"]
        if not len(own) or (own["decision"] == "unavailable").all():
            out += [ctx.text("reg.say.unchecked", y=ctx.label(outcome))] if len(own) else []
            continue
        row = (bad if len(bad) else own).iloc[0]
        p = number(row["p_holm"] if check == "linearity" else row["p"])
        bound = check == "lilliefors" and p is not None and p >= 0.2
        out.append(
            ctx.text(
                f"reg.say.{check}.{'not_met' if len(bad) else 'met'}",
                y=ctx.low(ctx.label(outcome)),
                terms=[ctx.low(words(ctx, str(term))) for term in (bad if len(bad) else own)["term"]],
                p=f"≥ {ctx.voice.number(0.2, 'p')}" if bound else _sig(ctx, p),
                value=ctx.voice.number(number(row["statistic"])),
                alpha=ctx.voice.number(1 - part.level, decimals=2),
                draws=ctx.voice.count(int(part.ledger["converged"])),
                errors=part.errors,
                change=ctx.text(f"reg.square.{row['with_square']}") if row["with_square"] else "",
            )
        )
    return out


def _sig(ctx: Context, p: float | None) -> str:
    """``= 0,012`` or ``< 0,001``."""
    said = ctx.voice.number(p, "p")
    return said if said.startswith("<") else f"= {said}"


def equation(ctx: Context, part: Any, outcome: str) -> str:
    """``Ŷ = 0,968 + 0,356 X1 − 0,120 X2``, in codes."""
    own = part.coefficients[part.coefficients["outcome"] == outcome]
    said = f"Ŷ = {ctx.voice.number(float(own['est'].iloc[0]))}"
    for row in own.iloc[1:].to_dict("records"):
        est = float(row["est"])
        sign = "+" if est >= 0 else "\N{MINUS SIGN}"
        said += f" {sign} {ctx.voice.number(abs(est))} {row['term']}"
    return said


def equation_sentences(ctx: Context, key: str) -> list[str]:
    """The equation, what the constant means, and every slope of x."""
    part = part_of(ctx, key)
    if part is None:
        return []
    out = []
    for outcome in part.outcomes:
        y = ctx.low(ctx.label(outcome))
        own = part.coefficients[part.coefficients["outcome"] == outcome]
        out.append(ctx.text("reg.say.equation", y=y, equation=equation(ctx, part, outcome)))
        constant = ctx.voice.number(float(own["est"].iloc[0]))
        alone = len(own) == 2 and not part.plan.moderators
        zero = ctx.low(words(ctx, str(own["term"].iloc[1]))) if alone else ctx.text("reg.say.all")
        out.append(ctx.text("reg.say.constant", y=y, est=constant, zero=zero))
        for row in own.iloc[1:].to_dict("records"):
            if ":" in row["term"] or part.plan.moderators:
                continue  # where a moderator decides, the simple slopes speak
            est, p = float(row["est"]), float(row["p"])
            kind = "up" if est >= 0 else "down"
            key_ = f"reg.say.slope.{kind}" if p < 1 - part.level else "reg.say.slope.unsure"
            x = ctx.low(words(ctx, str(row["term"])))
            size, held = ctx.voice.number(abs(est)), "" if alone else ctx.text("reg.say.held")
            told = {"est": ctx.voice.number(est), "size": size, "p": ctx.voice.p(p), "held": held}
            out.append(ctx.text(key_, x=x, y=y, **told))
    return out


def f_sentences(ctx: Context, key: str) -> list[str]:
    """The model's F with its critical value."""
    part = part_of(ctx, key)
    out = []
    for row in part.fits.to_dict("records") if part is not None else ():
        f, table = number(row["f"]), number(row["f_table"])
        if f is None or table is None:
            continue
        yes = f > table
        out.append(
            ctx.text(
                f"reg.say.f.{'yes' if yes else 'no'}",
                y=ctx.low(ctx.label(str(row["outcome"]))),
                f=ctx.voice.number(f),
                table=ctx.voice.number(table),
                df1=ctx.voice.count(int(row["df1"])),
                df2=ctx.voice.count(int(row["df2"])),
                p=ctx.voice.p(number(row["p"])),
                sig=_sig(ctx, number(row["p"])),
            )
        )
    return out


def t_sentences(ctx: Context, key: str) -> list[str]:
    """One sentence a slope: t against its critical value, p, and what it says; the bootstrap interval where
    the residuals are not normal."""
    part, checks = part_of(ctx, key), checks_of(ctx, key)
    if part is None:
        return []
    out = []
    skewed = set()
    if checks is not None and len(part.intervals):
        frame = checks.frame
        skewed = set(frame[(frame["check"] == "lilliefors") & (frame["decision"] == "not_met")]["outcome"])
    for row in part.coefficients.to_dict("records"):
        term, outcome = str(row["term"]), str(row["outcome"])
        if term == INTERCEPT:
            continue
        t, p, est = float(row["t"]), float(row["p"]), float(row["est"])
        table = float(part.fits.set_index("outcome").loc[outcome, "t_table"])
        yes = p < 1 - part.level
        kind = ("positive" if est > 0 else "negative") if yes else "no"
        out.append(
            ctx.text(
                f"reg.say.t.{kind}",
                x=words(ctx, term),
                y=ctx.low(ctx.label(outcome)),
                t=ctx.voice.number(t),
                mark=">" if abs(t) > table else "≤",
                table=ctx.voice.number(table),
                df=ctx.voice.count(int(row["df"])),
                alpha=ctx.voice.number(100 * (1 - part.level), decimals=0),
                est=ctx.voice.number(est),
                p=ctx.voice.p(p),
                sig=_sig(ctx, p),
            )
        )
        if outcome in skewed:
            own = part.intervals[(part.intervals["outcome"] == outcome) & (part.intervals["term"] == term)]
            low, high = float(own["ci_low"].iloc[0]), float(own["ci_high"].iloc[0])
            state = "excludes" if low > 0 or high < 0 else "includes"
            out.append(ctx.text(f"reg.say.boot.{state}", limits=ctx.voice.interval(low, high)))
    return out


def determination_sentences(ctx: Context, key: str) -> list[str]:
    """Adjusted R² in per cent."""
    part = part_of(ctx, key)
    out = []
    for row in part.fits.to_dict("records") if part is not None else ():
        adjusted = float(row["adjusted_r2"])
        out.append(
            ctx.text(
                "reg.say.r2.some" if adjusted > 0 else "reg.say.r2.none",
                y=ctx.low(ctx.label(str(row["outcome"]))),
                r2=ctx.voice.number(float(row["r2"]), "index", bounded=True),
                adjusted=ctx.voice.number(adjusted, "index", bounded=True),
                percent=ctx.voice.percent(100 * adjusted),
            )
        )
    return out


def moderation_sentences(ctx: Context, key: str) -> list[str]:
    """The test of every product."""
    part = part_of(ctx, key)
    if part is None or not part.plan.moderators:
        return []
    out = []
    for row in part.moderation.to_dict("records"):
        shown = float(row["p_product"]) < 1 - part.level
        out.append(
            ctx.text(
                "reg.say.moderation.yes" if shown else "reg.say.moderation.no",
                w=ctx.label(str(row["moderator"])),
                x=ctx.low(ctx.label(str(row["term"]))),
                y=ctx.low(ctx.label(str(row["outcome"]))),
                p=ctx.voice.p(float(row["p_product"])),
            )
        )
    return out


def headline(ctx: Context, key: str) -> list[str]:
    """R² and the slopes that are shown, in one sentence an outcome."""
    part = part_of(ctx, key)
    if part is None:
        return []
    out = []
    for row in part.fits.to_dict("records"):
        own = part.effects
        ends = own["path"].str.partition(" | ")[0].str.endswith(f" -> {row['outcome']}")
        own = own[ends & (own["method"] == ways.TESTED[0])]
        shown = own[own["p"] < 1 - part.level]
        paths = dict.fromkeys(str(path).partition(" -> ")[0] for path in shown["path"])
        moderated = bool(part.plan.moderators)  # with a product in it no slope stands alone
        out.append(
            ctx.text(
                "reg.main.moderated" if moderated else "reg.main.some" if paths else "reg.main.none",
                w=[ctx.low(ctx.label(code)) for code in part.plan.moderators],
                alpha=f"{100 * (1 - part.level):g}",
                y=ctx.low(ctx.label(str(row["outcome"]))),
                x=[ctx.low(ctx.label(code)) for code in part.plan.x],
                shown=[ctx.low(words(ctx, code)) for code in paths],
                r2=ctx.voice.number(float(row["r2"]), "index", bounded=True),
                p=ctx.voice.p(number(row["p"])),
                n=ctx.voice.count(part.sample.used),
            )
        )
    return [*out, *moderation_sentences(ctx, key)]
