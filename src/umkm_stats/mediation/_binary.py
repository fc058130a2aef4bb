"""Mediation with a two-valued mediator or outcome: logistic regressions and counterfactual effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats.adapters.statsmodels_logit import logit
from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.logit import counterfactual, least_squares, logistic
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns, check, read
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._spec import build
from umkm_stats.options import share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
EFFECTS = ("direct", "indirect", "total")


def mediate_binary(
    data: pd.DataFrame,
    *,
    x: str,
    m: str,
    y: str,
    covariates: str | Sequence[str] = (),
    contrast: tuple[float, float] | None = None,
    interaction: bool = False,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
) -> Detail:
    """Natural direct and indirect effects when m, y or both have two values (logistic regression for these).

    Effects are differences in the mean of y (of its upper value's probability) as x moves over ``contrast``
    (None: its two values, or from its mean to 1 SD above), averaged over the rows' covariates: direct E[Y(x₁,
    M(x₀))] − E[Y(x₀, M(x₀))], indirect E[Y(x₁, M(x₁))] − E[Y(x₁, M(x₀))]. Case draws give the limits; a
    separated draw fails and is counted.

    ``interaction`` adds x·m to the regression of y. intervals: one or several of
    ``umkm_stats.ways.names("binary")``, or "all". Frame: the effects frame of ``mediate`` (method also
    "logit" or "ols" rows for a and b, on the scale of their regression).

    Raises
    ------
    UsageError: MED031 (neither m nor y has two values), MED003, MED435 (several names), GEN001–GEN006.
    UmkmError: MED004–MED010, MED032 (separated).
    """
    import pandas as pd

    for role, name in (("x", x), ("m", m), ("y", y)):
        if not isinstance(name, str):
            raise UsageError("MED435", params={"role": role, "received": repr(name)})
    spec = build(x=x, m=m, y=y, covariates=covariates)
    methods = ways.in_order(ways.chosen(intervals, "binary"))
    draws, level = whole("draws", draws, low=2, high=1_000_000), share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    columns = read(data, spec)
    check(columns, spec)
    xs, ms, ys = columns.column(x), columns.column(m), columns.column(y)
    two_m, two_y = np.unique(ms).size == 2, np.unique(ys).size == 2
    if not (two_m or two_y):
        raise UsageError("MED031", params={"m": m, "y": y})
    m01 = (ms == ms.max()).astype(np.float64) if two_m else ms
    y01 = (ys == ys.max()).astype(np.float64) if two_y else ys
    low, high = _contrast(xs, contrast)
    extra = (
        columns.values[:, [columns.index((name,)) for name in spec.covariates]]
        if spec.covariates
        else np.empty((len(xs), 0))
    )
    one = np.ones(len(xs))
    design_m = np.column_stack([one, xs, extra])
    design_y = np.column_stack([one, xs, m01, extra, *([xs * m01] if interaction else [])])

    def effects(weights: Floats) -> Floats:
        if two_m:
            beta_m, sd = logistic(m01, design_m, weights), None
        else:
            beta_m, sd = least_squares(m01, design_m, weights)
        beta_y = logistic(y01, design_y, weights) if two_y else least_squares(y01, design_y, weights)[0]

        def mean(x_outcome: float, x_mediator: float) -> Floats:
            return counterfactual(
                beta_m, sd, beta_y, bool(two_y), extra, weights, x_outcome, x_mediator, interaction
            )

        base, moved, full = mean(low, low), mean(high, low), mean(high, high)
        return np.column_stack([moved - base, full - moved, full - base])

    point = effects(one[None, :])[0]
    if not np.all(np.isfinite(point)):
        raise UmkmError("MED032", params={"m": m, "y": y})
    source = engine.units(columns.values)
    values = np.empty((draws, 3))
    count = engine.counter(source)
    for block, first, size in streams.blocks(draws):
        values[first : first + size] = effects(count(seed, block))[:size]
    paths = {"direct": f"{x} -> {y}", "indirect": f"{x} -> {m} -> {y}", "total": f"{x} -> {y}"}
    named = [Named(kind, paths[kind], (), ()) for kind in EFFECTS]
    left = None
    if ways.needing("jackknife", among=methods):
        left = effects(1.0 - np.eye(len(xs)))
    rows, notes = _rows.drawn(named, point, values, left, level, methods)
    frame = pd.DataFrame(
        [*_arrows(columns, spec, (m01, y01), (bool(two_m), bool(two_y)), design_m, design_y, level), *rows],
        columns=list(_rows.COLUMNS),
    )
    failed = int(np.isnan(values).any(axis=1).sum())
    if failed:
        notes.append(Note("MED424", {"failed": failed, "requested": draws}))
    meta: dict[str, Any] = {"x_from": low, "x_to": high, "requested": draws, "failed": failed}
    change = Note("MED439", {"x": x, "low": low, "high": high, "y": y})
    return Detail("binary", frame, columns.sample, seed, (change, Note("MED201", {}), *notes), meta)


def _contrast(xs: Floats, given: tuple[float, float] | None) -> tuple[float, float]:
    if given is not None:
        low, high = float(given[0]), float(given[1])
        if not (np.isfinite(low) and np.isfinite(high)) or low == high:
            raise UsageError("MED033", params={})
        return low, high
    distinct = np.unique(xs)
    if distinct.size == 2:
        return float(distinct[0]), float(distinct[1])
    return float(xs.mean()), float(xs.mean() + xs.std(ddof=1))


def _arrows(
    columns: Columns,
    spec: Any,
    outcomes: tuple[Floats, Floats],
    two: tuple[bool, bool],
    design_m: Floats,
    design_y: Floats,
    level: float,
) -> list[dict[str, Any]]:
    from scipy import stats

    rows = []
    x, m, y = spec.x[0], spec.m[0], spec.y[0]
    for kind, path, outcome, design, index, logistic_one in (
        ("a", (x, m), outcomes[0], design_m, 1, two[0]),
        ("b", (m, y), outcomes[1], design_y, 2, two[1]),
    ):
        if logistic_one:
            found = logit(outcome, design[:, 1:])
            if found is None:
                raise UmkmError("MED032", Place(column=path[1]), {"m": m, "y": y})
            est, se, df = float(found.params[index]), float(np.sqrt(found.cov[index, index])), np.inf
        else:
            plain = ols(outcome, design[:, 1:])
            est, se, df = float(plain.params[index]), float(plain.se[index]), plain.df
        half = float(stats.t.ppf((1 + level) / 2, df)) * se
        p = float(2 * stats.t.sf(abs(est / se), df))
        entry = Named(kind, " -> ".join(path), path, ())
        rows.append(_rows.row(entry, "logit" if logistic_one else "ols", est, se, est - half, est + half, p))
    return rows
