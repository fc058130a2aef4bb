"""Text of a mediation result: every effect with its formula, the formula with numbers, its intervals and its
draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from umkm_stats import messages, ways
from umkm_stats.mediation._summary_equations import equation_lines, probe_lines

if TYPE_CHECKING:
    from umkm_stats.mediation._effects import Named
    from umkm_stats.mediation._result import Mediation

NATURAL = (
    "natural_direct",
    "natural_indirect",
    "natural_total",
    "natural_direct_total",
    "natural_indirect_pure",
    "controlled_direct",
)
COUNTS = ("requested", "converged", "inadmissible", "failed")


def show(value: float, lang: str, digits: int = 3) -> str:
    """A number in the language's marks; an en dash when it is not available."""
    if value is None or not math.isfinite(value):
        return "–"
    return messages.number(f"{value:.{digits}f}", lang)


def show_p(value: float, lang: str) -> str:
    """``p = 0.012``, ``p < 0.001``, never 0.000."""
    if not math.isfinite(value):
        return "p –"
    return f"p < {messages.number('0.001', lang)}" if value < 0.001 else f"p = {show(value, lang)}"


def interval(low: float, high: float, lang: str) -> str:
    """``[0.1, 0.2]``, in Indonesian ``[0,1; 0,2]``."""
    return f"[{show(low, lang)}{'; ' if lang == 'id' else ', '}{show(high, lang)}]"


def effect_key(result: Mediation, entry: Named) -> str:
    """The text of an effect's kind: an index of two moderators, or beside another moderator, has its own."""
    if entry.kind == "index" and ":" in entry.path.rpartition(" | ")[2]:
        return "mediation.effect.index_moderated"
    if entry.kind == "index" and len(result.spec.touching(*entry.route)) > 1:
        return "mediation.effect.index_partial"
    return f"mediation.effect.{entry.kind}"


def working(entry: Named, theta: Any, lang: str) -> tuple[str, str]:
    """The formula and the formula with numbers of an effect."""
    signs, numbers = [], []
    for place, path in enumerate(entry.paths):
        letters = entry.letters if len(entry.paths) == 1 else ()
        values = [sum(float(theta[index]) * weight for index, weight in edge) for edge in path]
        signs.append(
            " × ".join(letters) if letters else messages.text("mediation.path_number", lang, number=place + 1)
        )
        numbers.append(
            " × ".join(show(value, lang) if value >= 0 else f"({show(value, lang)})" for value in values)
        )
    return " + ".join(signs), " + ".join(numbers)


def _line(row: Mapping[Any, Any]) -> str:
    """The text of a row: with limits, with a p-value alone (a test), with neither (refused)."""
    if math.isfinite(row["ci_low"]):
        return "mediation.line"
    return "mediation.line_p" if math.isfinite(row["p"]) else "mediation.line_none"


def text_of(result: Mediation, lang: str) -> str:
    """The whole summary."""
    say = messages.text
    spec = result.spec
    lines = [
        say(
            "mediation.title",
            lang,
            kind=say(f"mediation.kind.{result.kind}", lang),
            x=list(spec.x),
            m=list(spec.m) or ["–"],
            y=list(spec.y),
        )
    ]
    if result.process:
        lines.append(say("mediation.process", lang, number=result.process))
    lines += [result.sample.describe(lang), ""]
    table = result.effects
    for row in table[table["method"].isin(ways.TESTED)].to_dict("records"):
        lines.append(
            say(
                "mediation.arrow",
                lang,
                effect=say(f"mediation.effect.{row['effect']}", lang),
                path=messages.settings(row["path"], lang),
                est=show(row["est"], lang),
                se=show(row["se"], lang),
                p=show_p(row["p"], lang),
                limits=interval(row["ci_low"], row["ci_high"], lang),
                level=messages.number(f"{100 * result.level:g}", lang),
            )
        )
    if result.codings:
        lines += ["", *result.omnibus().lines(lang)]
    for entry in result.named:
        rows = table[(table["effect"] == entry.kind) & (table["path"] == entry.path)]
        if rows.empty or rows["method"].isin(ways.TESTED).all():
            continue
        lines += ["", f"{say(effect_key(result, entry), lang)}: {messages.settings(entry.path, lang)}"]
        known = rows["method"].isin(ways.TESTED)
        if result.found is not None and not known.any() and entry.kind not in NATURAL:
            formula, numbers = working(entry, result.found.theta, lang)
            lines.append(f"  = {formula}")
            lines.append(f"  = {numbers} = {show(float(rows['est'].iloc[0]), lang)}")
        elif not known.any():
            lines.append(f"  = {show(float(rows['est'].iloc[0]), lang)}")
        for row in rows[~known].to_dict("records"):
            lines.append(
                say(
                    _line(row),
                    lang,
                    method=ways.label(row["method"], lang),
                    limits=interval(row["ci_low"], row["ci_high"], lang),
                    level=messages.number(f"{100 * result.level:g}", lang),
                    se=show(row["se"], lang),
                    p=show_p(row["p"], lang),
                )
            )
    lines += probe_lines(result, lang) + equation_lines(result, lang)
    ledger = result.ledger
    if result.bound is not None and result.named:
        lines += ["", result.equivalence().summary(lang)]
    lines.append("")
    if ledger["requested"]:
        counts = {name: messages.number(f"{ledger[name]:,}", lang) for name in COUNTS}
        lines.append(say("mediation.ledger", lang, **counts))
    if (table["method"] == "monte_carlo").any():
        lines.append(
            say("mediation.ledger_monte_carlo", lang, draws=messages.number(f"{len(result.draws):,}", lang))
        )
    lines.append(say("mediation.seed", lang, seed=str(result.seed)))
    said = [f"* {note.message(lang)}{f' ({note.row})' if note.row else ''}" for note in result.notes]
    lines += dict.fromkeys(said)  # a reason that holds for several methods of one path is told once
    return "\n".join(lines)
