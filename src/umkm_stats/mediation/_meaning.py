"""How large and of what kind: VAF, upsilon, R² of mediation, f², type of mediation, Baron and Kenny's
steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import ways
from umkm_stats.kernels.intervals import several
from umkm_stats.mediation import _withheld
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation

ALONE = "percentile"  # what needs nothing but draws


def row_of(result: Mediation, kind: str, path: str, methods: tuple[str, ...]) -> dict[str, Any] | None:
    """The first row of an effect whose method is among ``methods``, in their order."""
    table = result.effects
    here = (table["effect"].to_numpy() == kind) & (table["path"].to_numpy() == path)
    ways_of = table["method"].to_numpy()
    for method in methods:
        found = np.flatnonzero(here & (ways_of == method))
        if len(found):
            row = table.iloc[found[:1]].to_dict("records")[0]
            return {str(key): value for key, value in row.items()}
    return None


def _mediated(result: Mediation) -> list[Named]:
    return [entry for entry in result.named if entry.kind in ("indirect", "total_indirect")]


def deciding(result: Mediation, entry: Named) -> dict[str, Any] | None:
    """The row of an effect that decides: that of the primary interval, or the test of a single coefficient
    when it has none; None when the effect has neither."""
    table = result.effects
    rows = table[(table["effect"] == entry.kind) & (table["path"] == entry.path)]
    method = ways.deciding(result.primary, set(rows["method"]))
    return None if method is None else row_of(result, entry.kind, entry.path, (method,))


def on_draws(result: Mediation) -> str:
    """The method for what is computed anew from the draws of the analysis: the primary one where they suffice
    for it, else the percentile interval."""
    found = ways.WAYS[result.primary]
    fits = found.takes("draws") and not found.takes("errors")
    return result.primary if fits and (result.left is not None or not found.takes("jackknife")) else ALONE


def not_primary(result: Mediation, method: str) -> list[Note]:
    """Says that ``method`` stands in for the primary interval, when it does."""
    return [] if method == result.primary else [Note("MED431", {"primary": result.primary, "method": method})]


def nothing(result: Mediation, *, serial: bool = False) -> list[Note]:
    """Why a table of unconditional indirect effects is empty."""
    if result.spec.probed:
        return [Note("MED440", {"moderators": list(result.spec.probed)})]
    if serial and any(entry.kind == "indirect" for entry in result.named):
        return [Note("MED442", {})]
    return [Note("MED441", {})]


def _ends(result: Mediation, kind: str, entry: Named) -> Named | None:
    suffix = entry.path[entry.path.find(" [") :] if " [" in entry.path else ""
    for other in result.named:
        same = other.route[0] == entry.route[0] and other.route[-1] == entry.route[-1]
        if other.kind == kind and same and not other.at and other.path.endswith(suffix):
            return other
    return None


def _estimate(result: Mediation, entry: Named) -> float:
    row = row_of(result, entry.kind, entry.path, (*ways.TESTED, *ways.names()))
    return float("nan") if row is None else float(row["est"])


def vaf(result: Mediation) -> Detail:
    """Share of the total effect that is mediated, ab/(ab + c′), with limits by the primary interval where the
    draws suffice for it (``method``), else by the percentile interval.

    Refused (NaN and a note) when ab and c′ have opposite signs, where the ratio is no share.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    tail = (1 - result.level) / 2
    method = on_draws(result)
    for entry in _mediated(result):
        direct, total = _ends(result, "direct", entry), _ends(result, "total", entry)
        if direct is None or total is None:
            continue
        ab, c = _estimate(result, entry), _estimate(result, direct)
        draws = result.draws[[entry.key, direct.key, total.key]].to_numpy(dtype=np.float64)
        opposite = float(np.nanmean(np.sign(draws[:, 0]) != np.sign(draws[:, 1])))
        row: dict[str, Any] = {"effect": entry.kind, "path": entry.path, "method": method}
        row |= {"vaf": np.nan, "ci_low": np.nan, "ci_high": np.nan}
        if ab * c < 0:
            notes.append(Note("MED410", {"path": entry.path}, entry.path, "vaf"))
        else:
            share = ab / _estimate(result, total)
            low, high, refused = _share_limits(result, entry, total, method, share)
            row.update(vaf=share, ci_low=low, ci_high=high)
            notes += refused
            if opposite > 2 * tail:
                notes.append(Note("MED411", {"path": entry.path, "share": opposite}, entry.path, "ci_low"))
                row.update(ci_low=np.nan, ci_high=np.nan)
        rows.append({**row, "share_opposite": opposite})
    notes += not_primary(result, method) if rows else nothing(result)
    columns = ["effect", "path", "method", "vaf", "ci_low", "ci_high", "share_opposite"]
    return Detail("vaf", pd.DataFrame(rows, columns=columns), result.sample, result.seed, tuple(notes))


def _share_limits(
    result: Mediation, entry: Named, total: Named, method: str, share: float
) -> tuple[float, float, list[Note]]:
    """Limits of the ratio of two effects over the draws; a refusal becomes NaN and a note."""
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (result.draws[entry.key] / result.draws[total.key]).to_numpy(dtype=np.float64)
        jackknife = None
        if result.left is not None and ways.WAYS[method].takes("jackknife"):
            top, bottom = (result.named.index(one) for one in (entry, total))
            values = result.left.values
            jackknife = result.left.jackknife(values[:, [top]] / values[:, [bottom]])
    found = several((method,), share, drawn[:, None], jackknife, result.level)[method]
    refused = found.refused[0]
    notes = (
        []
        if refused is None
        else [Note(refused.code, {**refused.params, "method": method}, entry.path, "ci_low")]
    )
    return float(found.low[0]), float(found.high[0]), notes


def upsilon(result: Mediation) -> Detail:
    """Explained variance of the indirect effect (Lachowicz, Preacher & Kelley 2018): the squared completely
    standardised product, and that product with the squared standard errors taken off each factor
    (adjusted)."""
    import pandas as pd

    rows = []
    spread = {} if result.columns is None else _spread(result)
    for entry in result.named:
        if entry.kind != "indirect" or result.found is None:
            continue
        theta, cov = result.found.theta, np.diag(result.found.cov)
        size = result.sizes
        found = size[
            (size["effect"] == "indirect") & (size["path"] == entry.path) & (size["scale"] == "std_xy")
        ]
        value = float(found["est"].iloc[0]) ** 2 if len(found) else float("nan")
        adjusted = float("nan")
        if spread:
            adjusted = 1.0
            for edge, left, right in zip(entry.paths[0], entry.route[:-1], entry.route[1:], strict=True):
                index = edge[0][0]
                adjusted *= float((theta[index] ** 2 - cov[index]) * (spread[left] / spread[right]) ** 2)
        rows.append({"path": entry.path, "upsilon": value, "upsilon_adjusted": adjusted})
    frame = pd.DataFrame(rows, columns=["path", "upsilon", "upsilon_adjusted"])
    return Detail("upsilon", frame, result.sample, result.seed, tuple([] if rows else nothing(result)))


def _spread(result: Mediation) -> dict[str, float]:
    assert result.columns is not None
    return {name: float(result.columns.column(name).std()) for name in result.spec.names}


def variance_explained(result: Mediation) -> Detail:
    """f² of every coefficient (t²/df with classical errors: the change of R² over 1 − R²) and, with one
    mediator, the
    R² of mediation r²_my − (R²_y.mx − r²_xy) (Fairchild et al. 2009; may be negative)."""
    import pandas as pd

    rows = []
    table = result.coefficients
    if result.columns is not None and result.errors == "classical":
        for record in table[table["term"] != "(intercept)"].to_dict("records"):
            f2 = float(record["t"]) ** 2 / float(record["df"])
            rows.append(
                {"outcome": record["outcome"], "role": record["role"], "term": record["term"], "f2": f2}
            )
    meta = {"r2_mediation": float("nan")}
    spec = result.spec
    if result.columns is not None and (len(spec.x), len(spec.m), len(spec.y)) == (1, 1, 1):
        x, m, y = (result.columns.column(name[0]) for name in (spec.x, spec.m, spec.y))
        r = np.corrcoef(np.array([x, m, y]))
        both = (r[2, 0] ** 2 + r[2, 1] ** 2 - 2 * r[2, 0] * r[2, 1] * r[0, 1]) / (1 - r[0, 1] ** 2)
        meta = {"r2_mediation": float(r[2, 1] ** 2 - (both - r[2, 0] ** 2))}
    frame = pd.DataFrame(rows, columns=["outcome", "role", "term", "f2"])
    return Detail("variance_explained", frame, result.sample, result.seed, (), meta)


def typology(result: Mediation) -> Detail:
    """Type of mediation (Zhao, Lynch & Chen 2010) by the primary interval of ab and of c′.

    complementary, competitive, indirect_only, direct_only or no_effect. With a note: undecided when the
    primary interval of one of them could not be given; withheld when the model does not fit or is improper,
    under 90 % of the draws converged, or the verdict changes without the inadmissible draws. ``method``
    decides on ab, ``method_direct`` on c′.
    """
    import pandas as pd

    rows = []
    notes = [Note("MED412", {})]
    for entry in _mediated(result):
        direct = _ends(result, "direct", entry)
        ab = deciding(result, entry)
        c = None if direct is None else deciding(result, direct)
        if ab is None or c is None:
            continue
        through, beside = (ways.excludes_zero(row, result.level) for row in (ab, c))
        held = [one for one in (entry, direct) if one is not None and _withheld.of_effect(result, one)]
        if held:
            kind = "withheld"
            notes += _withheld.notes(result, held)
        elif through is None or beside is None:
            kind = "undecided"
            where = entry.path if through is None else str(c["path"])
            method = str((ab if through is None else c)["method"])
            notes.append(Note("MED430", {"path": where, "method": method}, entry.path, "mediation_type"))
        elif through and beside:
            kind = "complementary" if ab["est"] * c["est"] > 0 else "competitive"
        else:
            kind = "indirect_only" if through else ("direct_only" if beside else "no_effect")
        row = {"effect": entry.kind, "path": entry.path, "method": ab["method"]}
        rows.append({**row, "method_direct": c["method"], "mediation_type": kind})
    notes += [] if rows else nothing(result)
    frame = pd.DataFrame(rows, columns=["effect", "path", "method", "method_direct", "mediation_type"])
    return Detail("typology", frame, result.sample, result.seed, tuple(notes))


def baron_kenny(result: Mediation) -> Detail:
    """The causal steps of Baron and Kenny 1986 by their p-values, for readers who expect them."""
    import pandas as pd

    rows = []
    for entry in result.named:
        if entry.kind != "indirect" or len(entry.route) != 3:
            continue
        x, m, y = entry.route
        for step, kind, left, right in (
            (1, "total", x, y),
            (2, "a", x, m),
            (3, "b", m, y),
            (4, "direct", x, y),
        ):
            row = row_of(result, kind, f"{left} -> {right}", (*ways.TESTED, ways.ALWAYS))
            if row is not None:
                passed = bool(row["p"] < 1 - result.level)
                rows.append(
                    {
                        "path": entry.path,
                        "step": step,
                        "effect": kind,
                        "est": row["est"],
                        "p": row["p"],
                        "significant": passed,
                    }
                )
    notes = (Note("MED413", {}), *([] if rows else nothing(result, serial=True)))
    frame = pd.DataFrame(rows, columns=["path", "step", "effect", "est", "p", "significant"])
    return Detail("baron_kenny", frame, result.sample, result.seed, notes)


def disagreement(rows: Sequence[Mapping[str, Any]], named: Sequence[Named]) -> list[Note]:
    """One sentence for every indirect effect on which the methods of the effects' ``rows`` disagree about
    zero."""
    out = []
    for entry in named:
        if entry.kind not in ("indirect", "total_indirect"):
            continue
        mine = [row for row in rows if row["effect"] == entry.kind and row["path"] == entry.path]
        yes = [row["method"] for row in mine if row["ci_low"] > 0 or row["ci_high"] < 0]
        no = [row["method"] for row in mine if row["ci_low"] <= 0 <= row["ci_high"]]
        if yes and no:
            out.append(Note("MED414", {"path": entry.path, "yes": yes, "no": no}, entry.path, "ci_low"))
    return out
