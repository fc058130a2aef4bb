"""Tables of a mediation for LaTeX: the numbers of the frame, rounded as in the summary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import columns, messages, ways
from umkm_stats.mediation._summary import COUNTS, show
from umkm_stats.messages._tex import escaped
from umkm_stats.options import Language, one_of

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation


def table(
    caption: str, shape: str, heads: Sequence[str], rows: Iterable[Sequence[str]], notes: Sequence[str] = ()
) -> str:
    """A ``table`` float with booktabs rules; every text is made safe for LaTeX here."""
    lines = [
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escaped(caption)}}}",
        r"\small",
        rf"\begin{{tabular}}{{{shape}}}",
        r"\toprule",
        " & ".join(escaped(head) for head in heads) + r" \\",
        r"\midrule",
    ]
    lines += [" & ".join(escaped(cell) for cell in row) + r" \\" for row in rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    lines += [rf"\par\smallskip\raggedright\footnotesize {escaped(note)}" for note in notes]
    return "\n".join([*lines, r"\end{table}", ""])


def _p(value: float, lang: str) -> str:
    if not math.isfinite(value):
        return "–"
    return f"< {messages.number('0.001', lang)}" if value < 0.001 else show(value, lang)


def of(result: Mediation, methods: str | Sequence[str] | None, lang: str) -> str:
    """The effects of a result; see ``Mediation.latex``."""
    one_of("lang", lang, Language)
    frame = result.effects
    there = list(dict.fromkeys(str(name) for name in frame["method"]))
    if methods is not None:
        asked = [methods] if isinstance(methods, str) else list(methods)
        kept = [*ways.TESTED, *(one_of("methods", ways.ALIASES.get(name, name), there) for name in asked)]
        frame = frame[frame["method"].isin(kept)]
    say, rows = messages.text, []
    for row in frame.to_dict("records"):
        path = messages.settings(row["path"], lang).replace("->", "→")
        effect = say(f"mediation.effect.{row['effect']}", lang)
        rows.append(
            (
                f"{effect}, {path}",
                ways.label(str(row["method"]), lang),
                *(show(row[part], lang) for part in ("est", "se", "ci_low", "ci_high")),
                _p(row["p"], lang),
            )
        )
    heads = [columns.label(name, lang) for name in ("effect", "method", "est", "se")]
    heads += [columns.label(name, lang) for name in ("ci_low", "ci_high", "p")]
    notes = [
        f"{result.sample.describe(lang).rstrip('.')}.",
        say("mediation.latex.level", lang, level=messages.number(f"{100 * result.level:g}", lang)),
    ]
    if result.ledger["requested"]:
        counts = {name: messages.number(f"{result.ledger[name]:,}", lang) for name in COUNTS}
        notes.append(say("mediation.ledger", lang, **counts))
    notes.append(say("mediation.seed", lang, seed=str(result.seed)))
    return table(caption(result, lang), "llrrrrr", heads, rows, [" ".join(notes)])


def caption(result: Mediation, lang: str) -> str:
    """The title of the summary."""
    spec = result.spec
    return messages.text(
        "mediation.title",
        lang,
        kind=messages.text(f"mediation.kind.{result.kind}", lang),
        x=list(spec.x),
        m=list(spec.m) or ["–"],
        y=list(spec.y),
    )


def detail(title: str, frame: Any, shown: Any, notes: Sequence[str], lang: str) -> str:
    """A small frame; ``shown``: (column, value, language) → cell."""
    one_of("lang", lang, Language)
    names = [str(name) for name in frame.columns]
    shape = "".join("r" if np.issubdtype(np.asarray(frame[name]).dtype, np.number) else "l" for name in names)
    rows = [
        [shown(name, row[name], lang).replace("->", "→") for name in names]
        for row in frame.to_dict("records")
    ]
    return table(title, shape, [columns.label(name, lang) for name in names], rows, notes)
