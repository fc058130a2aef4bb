"""Mediation on observed scores: regressions, and case draws of the whole system of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats.adapters.statsmodels_ols import OlsFit, ols
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import mediation_draws as engine
from umkm_stats.kernels.mediation_effects import Effect
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns, check, read
from umkm_stats.mediation._effects import Named, conditional_direct, indices, indirect, single, totals
from umkm_stats.mediation._frames import coefficient_frame, equation_frame
from umkm_stats.mediation._probes import johnson_neyman, probe_values
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._spec import Spec, build, names
from umkm_stats.options import Errors, Missing, one_of, share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SMALL = 200  # below this a note stands beside BC and BCa
FEW_CLUSTERS = 30


def mediate(
    data: pd.DataFrame,
    *,
    x: str | Sequence[str],
    m: str | Sequence[str | Sequence[str]] | None,
    y: str | Sequence[str],
    structure: Literal["parallel", "serial"] | Sequence[tuple[str, str]] = "parallel",
    covariates: str | Sequence[str] = (),
    moderator: str | Sequence[str] | None = None,
    moderates: str | Sequence[str] = ("a",),
    errors: Errors = "classical",
    cluster: str | None = None,
    missing: Missing = "listwise",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bca"),
    strata: str | None = None,
    three_way: bool = False,
    probes: Mapping[str, Sequence[float]] | Literal["percentiles", "sd"] = "percentiles",
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Direct, indirect and total effects of ``x`` on ``y`` through ``m`` from least-squares regressions.

    Parameters
    ----------
    data: frame with one row a respondent; columns are named by strings. Rows with a missing value in any variable
        of the model are left out and counted (``missing="listwise"``), or kept by full information maximum
        likelihood (``missing="fiml"``).
    x, m, y: predictors, mediators, outcomes; one name or several. ``m`` may hold lists, which are the stages of a
        serial–parallel model (``structure="serial"``). With a moderator ``m`` may be None (PROCESS model 1).
    structure: "parallel", "serial", or the arrows between mediators as (from, to) pairs.
    covariates: added to every regression.
    moderator, moderates: one or two moderators and the arrows they moderate: "a" (x to mediators), "b" (mediators
        to y), "c" (direct), "d" (between mediators). Products are of the raw columns. ``three_way`` adds the product
        of both moderators.
    probes: moderator values for conditional effects: {"w": [1, 2]}, "percentiles" (16th, 50th, 84th of the sample)
        or "sd" (mean and ± 1 SD); a moderator with two values is held at these.
    errors: "classical", "HC0" … "HC4", or "cluster"; they serve the regressions and the delta method.
    cluster: column of cluster labels; whole clusters are drawn, and left out by the jackknife. strata: column of
        strata; draws keep the size of every stratum.
    intervals: any of percentile, basic, bc, bca, studentised, monte_carlo, delta, aroian, goodman, joint, bayes,
        permutation, or "all". The delta (Sobel) row is always there.
    draws, seed: bootstrap draws and their seed; None draws a seed and keeps it. workers: threads; any number gives
        the same numbers. progress: called with (done, draws).
    Returns
    -------
    :class:`Mediation`. b is the coefficient of m in the regression of y on m *and* x.

    Raises
    ------
    UsageError: MED001–MED003, MED011–MED016, MED018, GEN001–GEN004. UmkmError: MED004–MED010, MED017.
    """
    chosen = _methods(intervals)
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    one_of("errors", errors, Errors)
    one_of("missing", missing, ("listwise",))
    workers = whole("workers", workers, low=1, high=256)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    if errors == "cluster" and cluster is None:
        raise UsageError("MED015", params={})
    spec = build(
        x=x,
        m=m,
        y=y,
        structure=structure,
        covariates=covariates,
        moderator=moderator,
        moderates=moderates,
        three_way=three_way,
    )
    columns = read(data, spec, cluster=cluster, strata=strata)
    check(columns, spec)
    at = probe_values(columns, spec, probes)
    fits = _regressions(columns, spec, errors)
    found = coefficients_of(fits, spec)
    named = [*single(spec), *totals(spec), *indirect(spec, at), *conditional_direct(spec, at), *indices(spec)]
    notes = _notes(columns, spec, chosen, cluster)
    rows, said, table, ledger, sizes = _infer(
        columns, spec, found, named, chosen, draws, seed, level, workers, progress
    )
    import pandas as pd

    return Mediation(
        kind="scores",
        spec=spec,
        effects=pd.DataFrame(rows, columns=list(_rows.COLUMNS)),
        coefficients=coefficient_frame(fits, spec, level),
        equations=equation_frame(fits, spec),
        sizes=sizes,
        draws=table,
        ledger=ledger,
        level=level,
        errors=errors,
        sample=columns.sample,
        seed=seed,
        notes=(*notes, *said),
        probes=tuple(at),
        johnson_neyman=johnson_neyman(columns, spec, found, level),
        columns=columns,
        named=tuple(named),
        found=found,
    )


def _methods(intervals: str | Sequence[str]) -> tuple[str, ...]:
    asked = _rows.ALL if intervals == "all" else names(intervals)
    for name in asked:
        one_of("intervals", name, _rows.ALL)
    return tuple(name for name in _rows.ALL if name in asked)


def _regressions(columns: Columns, spec: Spec, errors: str) -> list[OlsFit]:
    out = []
    for entry in spec.equations:
        design = columns.values[:, [columns.index(term) for term in entry.terms]]
        out.append(ols(columns.column(entry.outcome), design, errors=errors, cluster=columns.cluster))
    return out


def coefficients_of(fits: Sequence[OlsFit], spec: Spec) -> Coefficients:
    """Slopes of all equations in the order of ``spec.place``; equations are independent of each other."""
    size = len(spec.place)
    theta, cov, df = np.empty(size), np.zeros((size, size)), np.empty(size)
    start = 0
    for found in fits:
        end = start + len(found.params) - 1
        theta[start:end], cov[start:end, start:end], df[start:end] = (
            found.params[1:],
            found.cov[1:, 1:],
            found.df,
        )
        start = end
    return Coefficients(theta, cov, df)


def plan_of(columns: Columns, spec: Spec, effects: Sequence[Effect], *, errors: bool = False) -> engine.Plan:
    """The equations of the model by column number, with effects to evaluate in every draw."""
    equations = tuple(
        engine.Regression(columns.index((entry.outcome,)), tuple(columns.index(term) for term in entry.terms))
        for entry in spec.equations
    )
    return engine.Plan(equations, tuple(effects), errors)


def _scaled(columns: Columns, spec: Spec, named: Sequence[Named]) -> list[tuple[Named, str, Effect]]:
    if spec.moderators:
        return []
    out = []
    for entry in named:
        start, end = columns.index((entry.route[0],)), columns.index((entry.route[-1],))
        out.append((entry, "std_xy", Effect(entry.paths, start, end)))
        if entry.route[0] in spec.x:
            out.append((entry, "std_y", Effect(entry.paths, None, end)))
    return out


def _infer(
    columns: Columns,
    spec: Spec,
    found: Coefficients,
    named: Sequence[Named],
    chosen: tuple[str, ...],
    draws: int,
    seed: int,
    level: float,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[dict[str, Any]], list[Note], pd.DataFrame, dict[str, Any], pd.DataFrame]:
    import pandas as pd

    scaled = _scaled(columns, spec, named)
    linear = [
        entry for entry in named if entry.kind in ("a", "d", "b", "direct", "total", "conditional_direct")
    ]
    if not spec.saturated:
        linear = [entry for entry in linear if entry.kind != "total"]
    curved = [entry for entry in named if entry not in linear]
    plan = plan_of(columns, spec, [*(entry.bare for entry in named), *(effect for _, _, effect in scaled)])
    source = engine.units(columns.values, cluster=columns.cluster, strata=_unit_strata(columns))
    drawn = engine.bootstrap(source, plan, draws=draws, seed=seed, workers=workers, progress=progress)
    count = len(named)
    values = drawn.values
    good = int(np.isfinite(values[:, 0]).sum()) if count else 0
    failed = draws - good
    ledger = {
        "requested": draws,
        "converged": good,
        "inadmissible": 0,
        "failed": failed,
        "reasons": {"collinear": failed} if failed else {},
    }
    notes = [Note("MED202", {"failed": failed, "requested": draws})] if failed else []
    point, _ = engine.whole(source, plan)
    loo = engine.jackknife(source, plan) if "bca" in chosen else None
    rows = _rows.estimated(found, linear, level, "ols")
    shown = [k for k, entry in enumerate(named) if entry.kind not in ("a", "d", "b")]
    subset = [named[k] for k in shown]
    methods = [name for name in chosen if name in _rows.DRAWN]
    spread = None
    if "studentised" in methods:
        bare = plan_of(columns, spec, [entry.bare for entry in subset], errors=True)
        again = engine.bootstrap(source, bare, draws=draws, seed=seed, workers=workers)
        own = engine.whole(source, bare)[1]
        spread = (own, again.errors) if own is not None and again.errors is not None else None
    more, said = _rows.drawn(
        subset,
        point[shown],
        values[:, shown],
        None if loo is None else loo[:, shown],
        level,
        methods,
        spread=spread,
    )
    rows += more
    notes += said
    if "monte_carlo" in chosen:
        simulated = _rows.parametric(found, [entry.bare for entry in subset], draws, seed)
        more, said = _rows.drawn(
            subset, point[shown], simulated, None, level, ["percentile"], name={"percentile": "monte_carlo"}
        )
        rows += more
        notes += said
    rows += _rows.delta(found, curved, level)
    for method in ("aroian", "goodman"):
        if method in chosen:
            more, said = _rows.second_order(
                found, [entry for entry in curved if entry.kind == "indirect"], level, method
            )
            rows += more
            notes += said
    if "joint" in chosen:
        rows += _rows.joint(found, [entry for entry in curved if entry.kind == "indirect"])
    rows = _in_order(rows, named)
    sizes, said = _sizes(
        scaled, point[count:], values[:, count:], None if loo is None else loo[:, count:], level, methods
    )
    notes += said
    table = pd.DataFrame(values[:, :count], columns=[entry.key for entry in named])
    return rows, notes, table, ledger, sizes


def _unit_strata(columns: Columns) -> NDArray[np.int64] | None:
    if columns.strata is None or columns.cluster is None:
        return columns.strata
    first = np.unique(columns.cluster, return_index=True)[1]
    if any(np.unique(columns.strata[columns.cluster == group]).size > 1 for group in range(len(first))):
        raise UsageError("MED016", params={})
    found: NDArray[np.int64] = columns.strata[first]
    return found


def _in_order(rows: list[dict[str, Any]], named: Sequence[Named]) -> list[dict[str, Any]]:
    place = {(entry.kind, entry.path): number for number, entry in enumerate(named)}
    methods = {name: number for number, name in enumerate(("ols", *_rows.ALL))}
    return sorted(rows, key=lambda row: (place[(row["effect"], row["path"])], methods[row["method"]]))


def _sizes(
    scaled: Sequence[tuple[Named, str, Effect]],
    point: Floats,
    values: Floats,
    loo: Floats | None,
    level: float,
    methods: Sequence[str],
) -> tuple[pd.DataFrame, list[Note]]:
    import pandas as pd

    kept = [name for name in methods if name != "studentised"]
    named = [Named(entry.kind, entry.path, entry.route, entry.paths) for entry, _, _ in scaled]
    rows, notes = _rows.drawn(named, point, values, loo, level, kept)
    scales = [scale for _, scale, _ in scaled for _ in kept]
    for entry, scale in zip(rows, scales, strict=True):
        entry["scale"] = scale
    frame = pd.DataFrame(rows, columns=["effect", "path", "scale", *_rows.COLUMNS[2:]])
    return frame, [note for note in notes if note.code not in ("MED205",)]


def _notes(columns: Columns, spec: Spec, chosen: Sequence[str], cluster: str | None) -> list[Note]:
    out = [Note("MED201", {})]
    n = columns.sample.used
    corrected = [name for name in ("bc", "bca") if name in chosen]
    if corrected and n < SMALL:
        out.append(
            Note("MED203", {"n": n, "methods": [name.upper().replace("BCA", "BCa") for name in corrected]})
        )
    for name in (*spec.m, *spec.y):
        if np.unique(columns.column(name)).size == 2:
            out.append(Note("MED204", {"name": name}))
    if not spec.saturated and not spec.moderators:
        out.append(Note("MED206", {}))
    if columns.cluster is not None:
        groups = int(columns.cluster.max()) + 1
        if groups < FEW_CLUSTERS:
            out.append(Note("MED207", {"clusters": groups, "column": cluster or ""}))
    return out
