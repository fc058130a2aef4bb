"""Sensitivity of score models: correlated errors, an omitted confounder, E-value, measurement error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats._threads import one_thread
from umkm_stats.errors import UsageError
from umkm_stats.kernels.intervals import several
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.normal_equations import Moments
from umkm_stats.kernels.mediation.sensitivity import e_value, indirect_at, reliable, residual
from umkm_stats.mediation import _rows
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._meaning import ALONE, not_primary
from umkm_stats.mediation._score_draws import plan_of, unit_strata
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._data import Columns
    from umkm_stats.mediation._result import Mediation

Floats = NDArray[np.float64]


def _scores(result: Mediation, *, single: bool) -> Columns:
    spec = result.spec
    if result.columns is None or spec.moderation or not spec.everywhere or (single and len(spec.m) != 1):
        raise UsageError("MED028", params={})
    return result.columns


def _repeat(result: Mediation, columns: Columns, statistic: engine.Statistic) -> tuple[Floats, Floats]:
    source = engine.units(columns.values, cluster=columns.cluster, strata=unit_strata(columns))
    draws = int(result.ledger["requested"])
    seed = 0 if result.seed is None else result.seed
    with one_thread():
        drawn = engine.bootstrap(source, statistic, draws=draws, seed=seed, rows=result.rows)
    return engine.whole(source, statistic)[0], drawn.values


def sensitivity(result: Mediation, rho: Sequence[float] | None = None) -> Detail:
    """Indirect effect x → m → y as the correlation ρ of the errors of m and y varies (one mediator).

    Frame: path, rho, est, ci_low, ci_high (percentile, the draws of the analysis), r2_residual = ρ² (product
    of the shares of residual variance that a confounder explains), r2_total = ρ²(1 − R²_m)(1 − R²_y). meta:
    rho_zero, at which the effect is 0, and rho_border, the smallest |ρ| on the grid at which the interval
    holds 0.
    """
    import pandas as pd

    columns = _scores(result, single=True)
    spec = result.spec
    grid = np.linspace(-0.95, 0.95, 39) if rho is None else np.asarray(rho, dtype=np.float64)
    if grid.size == 0 or not np.all(np.abs(grid) < 1):
        raise UsageError("MED029", params={})
    tables = []
    meta: dict[str, Any] = {}
    r2 = {row["outcome"]: row["r2"] for row in result.equations.to_dict("records") if row["role"] != "total"}
    for target in spec.y:
        for source in spec.x:
            others = tuple(columns.index((name,)) for name in (*spec.x, *spec.covariates) if name != source)
            x, m, y = (columns.index((name,)) for name in (source, spec.m[0], target))

            def statistic(
                data: Moments, x: int = x, m: int = m, y: int = y, others: tuple[int, ...] = others
            ) -> Floats:
                found = residual(data, x, m, y, others)
                return np.vstack([indirect_at(found, grid), found.r[None, :]])

            point, values = _repeat(result, columns, statistic)
            limits = several((ALONE,), point, values, None, result.level)[ALONE]
            inside = (limits.low[:-1] <= 0) & (limits.high[:-1] >= 0)
            path = f"{source} -> {spec.m[0]} -> {target}"
            meta = {
                "rho_zero": float(point[-1]),
                "rho_border": float(np.abs(grid[inside]).min()) if inside.any() else float("nan"),
            }
            share = grid**2
            tables.append(
                pd.DataFrame(
                    {
                        "path": path,
                        "rho": grid,
                        "est": point[:-1],
                        "ci_low": limits.low[:-1],
                        "ci_high": limits.high[:-1],
                        "r2_residual": share,
                        "r2_total": share * (1 - r2[spec.m[0]]) * (1 - r2[target]),
                    }
                )
            )
    frame = pd.concat(tables, ignore_index=True)
    notes = [Note("MED418", {}), *not_primary(result, ALONE)]
    return Detail("sensitivity", frame, result.sample, result.seed, tuple(notes), meta)


def confounder(result: Mediation, *, effect_on_y: Sequence[float], per_m: Sequence[float]) -> Detail:
    """Indirect and direct effect if one confounder u of m and y was left out (linear bias formula, one
    mediator).

    effect_on_y: γ, coefficient of u in the regression of y on x, m and u. per_m: δ, difference in the mean of
    u per unit of m among rows with the same x. b falls by γδ, so ab becomes a(b − γδ) and c′ becomes c′ + aγδ
    (VanderWeele 2010).
    """
    import pandas as pd

    columns = _scores(result, single=True)
    spec = result.spec
    rows = []
    found = result.found
    assert found is not None
    for target in spec.y:
        for source in spec.x:
            a = found.theta[spec.place[(spec.m[0], "mediator", (source,))]]
            b = found.theta[spec.place[(target, "outcome", (spec.m[0],))]]
            c = found.theta[spec.place[(target, "outcome", (source,))]]
            for gamma in effect_on_y:
                for delta in per_m:
                    bias = float(gamma) * float(delta)
                    rows.append(
                        {
                            "path": f"{source} -> {spec.m[0]} -> {target}",
                            "effect_on_y": float(gamma),
                            "per_m": float(delta),
                            "indirect": float(a * (b - bias)),
                            "direct": float(c + a * bias),
                        }
                    )
    names = ["path", "effect_on_y", "per_m", "indirect", "direct"]
    return Detail(
        "confounder", pd.DataFrame(rows, columns=names), columns.sample, result.seed, (Note("MED418", {}),)
    )


def e_values(result: Mediation) -> Detail:
    """Mediational E-values (Smith & VanderWeele 2019) of direct and indirect effects and of the limit nearer
    to 0.

    Effects per SD of x (per unit when x has two values) in SDs of y are turned into approximate risk ratios
    exp(.91·d).
    """
    import pandas as pd

    columns = _scores(result, single=False)
    rows = []
    methods = [str(method) for method in result.sizes["method"].unique()]
    method = result.primary if result.primary in methods else methods[0]
    for record in result.sizes[result.sizes["effect"].isin(["indirect", "direct"])].to_dict("records"):
        start = str(record["path"]).split(" -> ")[0]
        scale = "std_y" if np.unique(columns.column(start)).size == 2 else "std_xy"
        if record["scale"] != scale or record["method"] != method:
            continue
        low, high = record["ci_low"], record["ci_high"]
        near = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        rows.append(
            {
                "effect": record["effect"],
                "path": record["path"],
                "scale": scale,
                "est": record["est"],
                "e_value": e_value(float(np.exp(0.91 * record["est"]))),
                "e_value_limit": e_value(float(np.exp(0.91 * near))),
            }
        )
    names = ["effect", "path", "scale", "est", "e_value", "e_value_limit"]
    return Detail(
        "e_values", pd.DataFrame(rows, columns=names), result.sample, result.seed, (Note("MED418", {}),)
    )


def corrected(result: Mediation, reliabilities: Mapping[str, float]) -> Detail:
    """The effects after taking measurement error off the variances: variance × reliability, covariances
    unchanged.

    reliabilities: variable → reliability in (0, 1]; the others count as free of error. They are treated as
    known; the limits are percentiles of the same draws. A draw whose corrected moments are not positive
    definite is NaN.
    """
    import pandas as pd

    columns = _scores(result, single=False)
    unknown = [name for name in reliabilities if (name,) not in columns.terms]
    if unknown or not all(0 < value <= 1 for value in reliabilities.values()):
        raise UsageError("MED030", params={"names": unknown or list(reliabilities)})
    factor = np.array([reliabilities.get(term[0], 1.0) for term in columns.terms])
    named = list(result.named)
    plan = plan_of(columns, result.spec, [entry.bare for entry in named])

    def statistic(data: Moments) -> Floats:
        return engine.evaluate_moments(reliable(data, factor), plan)[0]

    point, values = _repeat(result, columns, statistic)
    rows, notes = _rows.drawn(named, point, values, None, result.level, [ALONE])
    notes += not_primary(result, ALONE)
    failed = int(np.isnan(values).any(axis=1).sum())
    if failed:
        notes.append(Note("MED419", {"failed": failed, "requested": len(values)}))
    frame = pd.DataFrame(rows, columns=list(_rows.COLUMNS))
    meta = {f"reliability_{name}": value for name, value in reliabilities.items()}
    return Detail("corrected", frame, result.sample, result.seed, tuple(notes), meta)
