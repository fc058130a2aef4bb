"""Moderated regressions: simple slopes, regions of significance, kind of moderator."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.tests import half_width, two_sided
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._equations import Equation, wald
from umkm_stats.regression._plan import Plan

if TYPE_CHECKING:
    import pandas as pd

SLOPES = ("outcome", "term", "at", "value", "est", "se", "t", "df", "p", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class Probe:
    """A place in the moderators' space. label: ``w = 2.5``; values: moderator column → value on its own
    scale; value: the only moderator's value, NaN for several or a category."""

    label: str
    values: Mapping[str, float]
    value: float


def probes(columns: Columns, plan: Plan, asked: Any) -> tuple[Probe, ...]:
    """Every combination of moderator values; raises ``UsageError`` REG124 for values that cannot be read.

    ``asked``: {"w": [1, 2]}, "sd" (mean and ± 1 SD) or "percentiles" (16th, 50th, 84th). A moderator of two
    values is held at these, a category at each level.
    """
    if not plan.moderators and asked in ("percentiles", "sd"):
        return ()
    if not isinstance(asked, Mapping) and asked not in ("percentiles", "sd"):
        raise UsageError("REG124", params={"name": str(asked)})
    given = dict(asked) if isinstance(asked, Mapping) else {}
    for name in given:
        if name not in plan.moderators:
            raise UsageError("REG124", params={"name": str(name)})
    if not plan.moderators:
        return ()
    coded = {entry.name: entry for entry in columns.categories}
    several: list[list[Probe]] = []
    for name in plan.moderators:
        if name in coded:
            if name in given:
                raise UsageError("REG124", params={"name": name})
            several.append([_level_probe(coded[name], level) for level in coded[name].levels])
            continue
        column = columns.values[name]
        distinct = np.unique(column)
        if name in given:
            try:
                values = [float(value) for value in given[name]]
            except (TypeError, ValueError):
                values = []
            if not values or not np.all(np.isfinite(values)):
                raise UsageError("REG124", params={"name": name})
        elif distinct.size == 2:
            values = [float(value) for value in distinct]
        elif asked == "percentiles":
            values = [float(v) for v in np.unique(np.quantile(column, [0.16, 0.5, 0.84], method="weibull"))]
        else:
            middle = columns.mean(name)
            spread = float(np.sqrt(np.cov(column, aweights=columns.weights)))
            values = [middle - spread, middle, middle + spread]
        several.append([Probe(f"{name} = {value:.3f}", {name: value}, value) for value in values])
    out = []
    for combined in itertools.product(*several):
        joined = {key: value for probe in combined for key, value in probe.values.items()}
        single = combined[0].value if len(combined) == 1 else float("nan")
        out.append(Probe(", ".join(probe.label for probe in combined), joined, single))
    return tuple(out)


def _level_probe(found: Any, level: str) -> Probe:
    own = [entry for entry in found.levels if entry != found.reference]
    at_reference = -1.0 if found.coding == "effect" else 0.0
    values = {
        column: at_reference if level == found.reference else float(level == entry)
        for column, entry in zip(found.columns, own, strict=True)
    }
    return Probe(f"{found.name} = {level}", values, float("nan"))


def pairs(entry: Equation, column: str) -> list[tuple[int, str]]:
    """(term number, moderator column) of the products of a column."""
    return [
        (k, term.parts[1])
        for k, term in enumerate(entry.design.terms)
        if len(term.parts) == 2 and term.parts[0] == column
    ]


def slopes(
    equations: Sequence[Equation], columns: Columns, plan: Plan, at: Sequence[Probe], level: float
) -> pd.DataFrame:
    """Slope of every x at every probe: outcome, term, at, value, est, se, t, df, p, ci_low, ci_high."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for entry in equations:
        fit, centres = entry.fit, entry.design.centres
        half = half_width(level, fit.df)
        for name in plan.x:
            for column in columns.parts[name]:
                for probe in at:
                    weight = np.zeros(len(fit.params))
                    weight[1 + entry.design.names.index(column)] = 1.0
                    for k, moderator in pairs(entry, column):
                        weight[1 + k] = probe.values[moderator] - centres.get(moderator, 0.0)
                    est, se = float(weight @ fit.params), float(np.sqrt(weight @ fit.cov @ weight))
                    rows.append(
                        {
                            "outcome": entry.outcome,
                            "term": column,
                            "at": probe.label,
                            "value": probe.value,
                            "est": est,
                            "se": se,
                            "t": est / se,
                            "df": fit.df,
                            "p": two_sided(est / se, fit.df),
                            "ci_low": est - half * se,
                            "ci_high": est + half * se,
                        }
                    )
    return pd.DataFrame(rows, columns=list(SLOPES))


def johnson_neyman(equations: Sequence[Equation], columns: Columns, plan: Plan, level: float) -> pd.DataFrame:
    """Moderator values, inside the sample's range, at which the interval of a slope just touches 0: outcome,
    term, moderator, value, share_below, est. One moderator that is a number of more than two values."""
    import pandas as pd

    names = ["outcome", "term", "moderator", "value", "share_below", "est"]
    rows: list[dict[str, Any]] = []
    coded = {entry.name for entry in columns.categories}
    single = plan.moderators[0] if len(plan.moderators) == 1 else None
    if single is None or single in coded or np.unique(columns.values[single]).size == 2:
        return pd.DataFrame(rows, columns=names)
    column = columns.values[single]
    for entry in equations:
        fit, centre = entry.fit, entry.design.centres.get(single, 0.0)
        crit = float(stats.t.ppf((1 + level) / 2, fit.df)) ** 2
        for term in (part for name in plan.x for part in columns.parts[name]):
            ((place, _),) = pairs(entry, term)
            base, slope = 1 + entry.design.names.index(term), 1 + place
            b0, b1 = fit.params[base], fit.params[slope]
            square = b1**2 - crit * fit.cov[slope, slope]
            linear = 2 * (b0 * b1 - crit * fit.cov[base, slope])
            constant = b0**2 - crit * fit.cov[base, base]
            roots = np.roots([square, linear, constant])
            for root in sorted(float(value.real) + centre for value in roots if abs(value.imag) < 1e-12):
                if column.min() <= root <= column.max():
                    rows.append(
                        {
                            "outcome": entry.outcome,
                            "term": term,
                            "moderator": single,
                            "value": root,
                            "share_below": float((column < root).mean()),
                            "est": float(b0 + b1 * (root - centre)),
                        }
                    )
    return pd.DataFrame(rows, columns=names)


def kinds(equations: Sequence[Equation], plan: Plan, level: float) -> pd.DataFrame:
    """Kind of every moderator for every x (Sharma, Durand & Gur-Arie 1981): outcome, term, moderator,
    p_moderator (before the products), p_product, moderator_type.

    pure: product only; quasi: product and moderator; predictor: moderator only; none: neither.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for entry in equations:
        terms, last = entry.design.terms, entry.design.blocks
        before = entry.used(last - 1)
        for x, moderator in plan.products:
            own = [1 + before.index(k) for k in before if terms[k].owner == (moderator,)]
            product = [1 + k for k, term in enumerate(terms) if term.owner == (x, moderator)]
            p_own, p_product = wald(entry.steps[last - 2], own).p, wald(entry.fit, product).p
            shown = (p_own < 1 - level, p_product < 1 - level)
            kind = {(False, True): "pure", (True, True): "quasi", (True, False): "predictor"}.get(
                shown, "none"
            )
            rows.append(
                {
                    "outcome": entry.outcome,
                    "term": x,
                    "moderator": moderator,
                    "p_moderator": p_own,
                    "p_product": p_product,
                    "moderator_type": kind,
                }
            )
    return pd.DataFrame(
        rows, columns=["outcome", "term", "moderator", "p_moderator", "p_product", "moderator_type"]
    )
