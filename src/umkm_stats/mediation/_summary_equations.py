"""Lines of a summary on the regressions of a score model and on the values its moderators are held at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation
    from umkm_stats.regression import Regression

CLOSE = 1e-9  # of a standard deviation: the value is the one of that name


def _errors(kind: str, lang: str) -> str:
    """The kind of standard errors in words."""
    return messages.text_or(f"regression.errors.{kind}", kind, lang)


def equation_lines(result: Mediation, lang: str) -> list[str]:
    """Of every regression n, R², F, df, p, what its products add, and VIF."""
    if result.columns is None:
        return []
    added = result.interactions().frame
    lines = ["", messages.text("mediation.equations", lang, errors=_errors(result.errors, lang))]
    for entry, found in zip(result.spec.equations, result.regressions, strict=True):
        lines.append(_fit(result, entry.role, found, lang))
        own = added[added["outcome"] == entry.outcome] if entry.role != "total" else added.iloc[:0]
        for row in own.to_dict("records"):
            words = {"term": row["term"], "change": _show(row["r2_change"], lang), **_f(row, lang)}
            lines.append(messages.text("mediation.equation_added", lang, **words))
        vif = [row for row in found.coefficients.to_dict("records") if np.isfinite(row["vif"])]
        if len(vif) > 1:
            listed = "; ".join(f"{row['term']} {_show(row['vif'], lang, 2)}" for row in vif)
            lines.append(messages.text("mediation.equation_vif", lang, values=listed))
    return lines


def _fit(result: Mediation, role: str, found: Regression, lang: str) -> str:
    row = found.fits.to_dict("records")[0]
    words = {
        "outcome": found.outcomes[0],
        "n": messages.number(f"{result.sample.used:,}", lang),
        "r2": _show(row["r2"], lang),
        "adjusted": _show(row["adjusted_r2"], lang),
    }
    key = "equation_total" if role == "total" else "equation"
    return messages.text(f"mediation.{key}", lang, **words, **_f(row, lang))


def _f(row: Any, lang: str) -> dict[str, str]:
    from umkm_stats.mediation._summary import show_p

    return {
        "f": _show(row["f"], lang, 2),
        "df1": messages.number(f"{row['df1']:g}", lang),
        "df2": messages.number(f"{row['df2']:g}", lang),
        "p": show_p(float(row["p"]), lang),
    }


def _show(value: float, lang: str, digits: int = 3) -> str:
    from umkm_stats.mediation._summary import show

    return show(float(value), lang, digits)


def probe_lines(result: Mediation, lang: str) -> list[str]:
    """The values of every moderator on its own scale, with what each is in the sample."""
    lines = []
    for name in result.probes[0] if result.probes else ():
        column = _column(result, name)
        shown = []
        for value in dict.fromkeys(probe[name] for probe in result.probes):
            number = messages.number(f"{value:.6g}", lang)
            words = [messages.text(f"mediation.probe.{key}", lang) for key in place_of(column, value)]
            shown.append(f"{number} ({', '.join(words)})" if words else number)
        lines.append(messages.text("mediation.probes", lang, moderator=name, values="; ".join(shown)))
    return ["", *lines] if lines else []


def place_of(column: Any, value: float) -> list[str]:
    """What a value is among the values of a moderator: "mean", "sd_low", "sd_high", "p16", "p50", "p84",
    "outside" the range of the sample; nothing for the values of a dichotomy or a number of the user's."""
    if column is None or np.unique(column).size <= 2:
        return []
    middle, sd = float(column.mean()), float(column.std(ddof=1))
    low, half, high = (float(one) for one in np.quantile(column, [0.16, 0.5, 0.84], method="weibull"))
    names = {
        "sd_low": middle - sd,
        "mean": middle,
        "sd_high": middle + sd,
        "p16": low,
        "p50": half,
        "p84": high,
    }
    found = [key for key, one in names.items() if abs(value - one) <= CLOSE * sd]
    return found + ([] if column.min() <= value <= column.max() else ["outside"])


def _column(result: Mediation, name: str) -> Any:
    """Observed values of a moderator; None for a latent one."""
    if result.columns is not None:
        return result.columns.column(name)
    if result.fit is None:
        return None
    from umkm_stats.mediation._crossings import observed

    column = observed(result.fit).get(name)
    return None if column is None else column[np.isfinite(column)]
