"""Text of a regression result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.regression._text import aligned, records, show, show_p, shown, table
from umkm_stats.results import told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.regression._result import Regression

FIT = ("r", "r2", "adjusted_r2", "sigma", "f", "df1", "df2", "p")
COEFFICIENTS = ("term", "est", "se", "std_all", "t", "p", "ci_low", "ci_high", "tolerance", "vif")
BLOCKS = ("block", "added", "r2", "r2_change", "f_change", "df1", "df2", "p")


def text_of(result: Regression, lang: str) -> str:
    """The whole summary."""
    say = messages.text
    plan = result.plan
    lines = [say("regression.title", lang, y=list(plan.y), x=list(plan.predictors))]
    if plan.moderators:
        lines.append(say("regression.moderated", lang, moderators=list(plan.moderators)))
    lines.append(result.sample.describe(lang))
    for outcome in plan.y:
        if len(plan.y) > 1:
            lines += ["", say("regression.outcome", lang, name=outcome)]
        lines += _outcome(result, outcome, lang)
    lines.append("")
    if result.ledger["requested"]:
        counts = {
            name: messages.number(f"{result.ledger[name]:,}", lang)
            for name in ("requested", "converged", "failed")
        }
        lines.append(say("regression.ledger", lang, **counts))
        lines.append(say("regression.seed", lang, seed=str(result.seed)))
    lines += [f"* {line}" for line in told(result.notes, lang)]
    return "\n".join(lines)


def _part(frame: pd.DataFrame, outcome: str) -> list[dict[str, Any]]:
    if frame.empty:
        return []
    return records(frame[frame["outcome"] == outcome])


def _outcome(result: Regression, outcome: str, lang: str) -> list[str]:
    say = messages.text
    level = messages.number(f"{100 * result.level:g}", lang)
    lines: list[str] = []

    def add(head: str, body: list[str], **words: Any) -> None:
        lines.extend(["", say(f"regression.head.{head}", lang, **words), *body])

    fits = _part(result.fits, outcome)
    critical = {"t": show(fits[0]["t_table"], lang), "f": show(fits[0]["f_table"], lang)}
    add("fit", [*table(fits, FIT, lang), "  " + say("regression.critical", lang, **critical)])
    if anova := _part(result.anova, outcome):
        add("anova", table(anova, ("source", "ss", "df", "ms", "f", "p"), lang))
    words = {"errors": result.errors, "level": level}
    add("coefficients", table(_part(result.coefficients, outcome), COEFFICIENTS, lang), **words)
    if joint := _part(result.joint, outcome):
        add("joint", table(joint, ("term", "f", "df1", "df2", "p"), lang))
    blocks = _part(result.blocks, outcome)
    if len(blocks) > 1:
        add("blocks", table(blocks, BLOCKS, lang))
        add("steps", _side_by_side(_part(result.steps, outcome), len(blocks), lang))
    if slopes := _part(result.slopes, outcome):
        add("slopes", table(slopes, ("term", "at", "est", "se", "t", "p", "ci_low", "ci_high"), lang))
    if borders := _part(result.johnson_neyman, outcome):
        add("johnson_neyman", table(borders, ("term", "moderator", "value", "share_below", "est"), lang))
    if kinds := _part(result.moderation, outcome):
        add(
            "moderation",
            table(kinds, ("term", "moderator", "p_moderator", "p_product", "moderator_type"), lang),
        )
    if limits := _part(result.intervals, outcome):
        add(
            "intervals",
            table(limits, ("term", "method", "est", "se", "ci_low", "ci_high", "p"), lang),
            level=level,
        )
    return lines


def _side_by_side(rows: list[dict[str, Any]], count: int, lang: str) -> list[str]:
    cells = {
        (row["term"], row["block"]): f"{show(row['est'], lang)} ({show_p(row['p'], lang)})" for row in rows
    }
    terms = list(dict.fromkeys(row["term"] for row in rows))
    head = ["", *(messages.text("regression.model", lang, number=k) for k in range(1, count + 1))]
    body = [
        [shown("term", term, lang), *(cells.get((term, k), "") for k in range(1, count + 1))]
        for term in terms
    ]
    return aligned(head, body, [True] + [False] * count)
