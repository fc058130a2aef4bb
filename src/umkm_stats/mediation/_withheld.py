"""When no verdict is drawn: a model that does not fit, an improper solution, too many failed draws, or a
verdict that rests on inadmissible draws. The coefficients stay; no meaning is read from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import ways
from umkm_stats.kernels.intervals import several
from umkm_stats.mediation._effects import Named
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation

IMPROPER = ("SEM401", "SEM404", "SEM405", "SEM406")  # not converged; negative variance; not positive definite


def of_analysis(result: Mediation) -> tuple[str, ...]:
    """Reasons that hold for every effect: "fit", "improper", "draws"."""
    out = []
    if result.fit is not None:
        from umkm_stats.sem import headline

        if headline(result.fit).verdict() == "poor":
            out.append("fit")
        if any(note.code in IMPROPER for note in result.fit.notes):
            out.append("improper")
    if result.withheld(result.primary):
        out.append("draws")
    return tuple(out)


def of_effect(result: Mediation, entry: Named) -> tuple[str, ...]:
    """All reasons for one effect; "inadmissible" when its verdict by the percentile interval changes without
    the inadmissible draws and a method on draws decides."""
    out = of_analysis(result)
    if result.fit is None:  # inadmissible draws are those of fitted models
        return out
    table = result.effects
    if ways.ADMISSIBLE not in set(table["method"]):
        return out
    rows = table[(table["effect"] == entry.kind) & (table["path"] == entry.path)].set_index("method")
    if ways.ADMISSIBLE in rows.index and ways.WAYS[result.primary].takes("draws"):
        without = {**rows.loc[ways.ADMISSIBLE].to_dict(), "method": ways.ADMISSIBLE}
        found = {ways.excludes_zero(one, result.level) for one in (_percentile(result, entry), without)}
        if len(found) > 1:
            out += ("inadmissible",)
    return out


def _percentile(result: Mediation, entry: Named) -> dict[str, Any]:
    """The percentile interval of an effect on all draws that converged, asked for or not: an interval of
    another kind may differ from one without inadmissible draws for reasons of its own."""
    drawn = result.draws[entry.key].to_numpy(dtype=np.float64)
    found = several(("percentile",), 0.0, drawn[:, None], None, result.level)["percentile"]
    limits = {"ci_low": float(found.low[0]), "ci_high": float(found.high[0])}
    return {"method": "percentile", "p": float(found.p[0]), **limits}


def notes(result: Mediation, effects: Iterable[Named]) -> list[Note]:
    """One note for the effects that share their reasons."""
    found: dict[tuple[str, ...], list[str]] = {}
    for entry in effects:
        if reasons := of_effect(result, entry):
            found.setdefault(reasons, []).append(entry.path)
    return [Note("MED449", {"paths": paths, "reasons": list(reasons)}) for reasons, paths in found.items()]
