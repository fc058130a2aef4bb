"""From coefficients and draws to the rows of the effects frame, for models of observed scores."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import Effect, evaluate
from umkm_stats.kernels.mediation.normal_equations import Regression, regress
from umkm_stats.kernels.mediation.posterior import permutation_p, posterior_draws
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._spec import Spec
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
ARROWS = ("a", "d", "b")


@functools.cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> Any:
    """A context in which linear algebra uses one thread: the same bits on any number of cores."""
    return _pools().limit(limits=1, user_api="blas")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: methods, draws, seed, level, threads, given rows (draws, U) or None, progress."""

    methods: tuple[str, ...]
    draws: int
    seed: int
    level: float
    workers: int = 1
    rows: NDArray[np.int64] | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of the effects frame, notes, the frame of draws, the ledger, a maker of the frame of standardised
    effects."""

    rows: list[dict[str, Any]]
    notes: list[Note]
    draws: pd.DataFrame
    left: LeftOut | None
    ledger: dict[str, Any]
    sizes: Callable[[], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """values (U, E): effects with a unit left out; first (U,): strata of the units, or None."""

    values: Floats
    first: NDArray[np.int64] | None

    def jackknife(self, values: Floats) -> Floats:
        """``values`` (U, K) of statistics of the left-out effects as deviations from the stratum's mean
        (Davison & Hinkley 1997, eq. 5.48), or as they are."""
        if self.first is None:
            return values
        out = values.copy()
        for start in np.unique(self.first):
            here = self.first == start
            out[here] -= out[here].mean(axis=0)
        return out


@dataclass(frozen=True, slots=True)
class Run:
    """point (E,), values (D, E) of the draws, left (U, E) with a unit left out or None, first: strata of the
    units."""

    point: Floats
    values: Floats
    left: Floats | None
    first: NDArray[np.int64] | None

    def part(self, which: Any) -> Run:
        """Some of the effects."""
        left = None if self.left is None else self.left[:, which]
        return Run(self.point[which], self.values[:, which], left, self.first)

    @property
    def jackknife(self) -> Floats | None:
        """(U, E) what an acceleration is computed from."""
        return None if self.left is None else LeftOut(self.left, self.first).jackknife(self.left)

    def scaled(self, scales: Sequence[Scale], count: int) -> Run:
        """The effects of ``scales``; variances stand from column ``count`` on."""

        def each(table: Floats) -> Floats:
            out = np.empty((len(table), len(scales)))
            for place, scale in enumerate(scales):
                top = 1.0 if scale.top is None else table[:, count + scale.top]
                with np.errstate(invalid="ignore", divide="ignore"):
                    out[:, place] = table[:, scale.effect] * np.sqrt(top / table[:, count + scale.bottom])
            return out

        left = None if self.left is None else each(self.left)
        return Run(each(self.point[None, :])[0], each(self.values), left, self.first)


@dataclass(frozen=True, slots=True)
class Scale:
    """A standardised effect: number of the effect, std_xy or std_y, and which kept variances scale it."""

    effect: int
    name: str
    top: int | None
    bottom: int


def source_of(columns: Columns, request: Request) -> engine.Units:
    """What is drawn; raises ``UsageError`` MED016 (clusters across strata), MED020 (given rows do not
    fit)."""
    source = engine.units(columns.values, cluster=columns.cluster, strata=unit_strata(columns))
    rows, count = request.rows, source.size.shape[0]
    if rows is not None and (
        rows.ndim != 2 or rows.shape[1] != count or rows.min() < 0 or rows.max() >= count
    ):
        raise UsageError("MED020", params={"expected": count, "received": str(rows.shape)})
    return source


def run(source: engine.Units, plan: engine.Plan, request: Request, *, jackknife: bool) -> Run:
    """Estimates, draws and leave-one-out values of the effects of ``plan``."""
    with one_thread():
        drawn = engine.bootstrap(
            source,
            plan,
            draws=request.draws,
            seed=request.seed,
            workers=request.workers,
            progress=request.progress,
            rows=request.rows,
        )
    if not jackknife:
        return Run(engine.whole(source, plan)[0], drawn.values, None, source.first)
    point, left = engine.jackknife(source, plan)
    return Run(point, drawn.values, left, source.first)


def infer(
    columns: Columns, spec: Spec, found: Coefficients, named: Sequence[Named], request: Request
) -> Answer:
    """All requested rows for the effects ``named``."""
    import pandas as pd

    chosen, level, count = request.methods, request.level, len(named)
    scales, spread_of = _scales(columns, spec, named)
    source = source_of(columns, request)
    plan = plan_of(columns, spec, [entry.bare for entry in named], variances=spread_of)
    done = run(source, plan, request, jackknife="bca" in chosen)
    good = int(np.isfinite(done.values[:, :count]).all(axis=1).sum())
    failed = request.draws - good
    ledger: dict[str, Any] = {
        "requested": request.draws,
        "converged": good,
        "inadmissible": 0,
        "failed": failed,
    }
    ledger["reasons"] = {"collinear": failed} if failed else {}
    notes = [Note("MED202", {"failed": failed, "requested": request.draws})] if failed else []
    curved = [entry for entry in named if not is_linear(entry, spec)]
    rows = _rows.estimated(found, [entry for entry in named if is_linear(entry, spec)], level, "ols")
    shown = [k for k, entry in enumerate(named) if entry.kind not in ARROWS]
    subset = [named[k] for k in shown]
    methods = ways.needing("draws", among=chosen)
    spread = _spread(columns, spec, source, subset, request) if "studentised" in methods else None
    here = done.part(shown)
    for part in (
        _rows.drawn(subset, here.point, here.values, here.jackknife, level, methods, spread=spread),
        _monte_carlo(found, subset, here.point, request) if "monte_carlo" in chosen else ([], []),
        (_rows.delta(found, curved, level), []),
        *(_rows.second_order(found, _plain(curved), level, name) for name in chosen if name in SECOND),
        (_rows.joint(found, _plain(curved)) if "joint" in chosen else [], []),
        _bayes(columns, spec, source, subset, request) if "bayes" in chosen else ([], []),
        (_permutation(columns, spec, found, _plain(curved), request) if "permutation" in chosen else [], []),
    ):
        rows += part[0]
        notes += part[1]
    table = pd.DataFrame(done.values[:, :count], columns=[entry.key for entry in named])
    left = None if done.left is None else LeftOut(done.left[:, :count], done.first)
    return Answer(
        in_order(rows, named), notes, table, left, ledger, lambda: _sizes(named, scales, done, level, methods)
    )


SECOND = ("aroian", "goodman")


def is_linear(entry: Named, spec: Spec) -> bool:
    """Whether the effect is one coefficient or a weighted sum of them."""
    if entry.kind == "total":
        return spec.saturated
    return entry.kind in (*ARROWS, "direct", "conditional_direct")


def _plain(effects: Sequence[Named]) -> list[Named]:
    return [entry for entry in effects if entry.kind in ("indirect", "conditional_indirect")]


def _spread(
    columns: Columns, spec: Spec, source: engine.Units, effects: Sequence[Named], request: Request
) -> tuple[Floats, Floats] | None:
    plan = plan_of(columns, spec, [entry.bare for entry in effects], errors=True)
    own = engine.whole(source, plan)[1]
    with one_thread():
        drawn = engine.bootstrap(
            source, plan, draws=request.draws, seed=request.seed, workers=request.workers, rows=request.rows
        )
    return None if own is None or drawn.errors is None else (own, drawn.errors)


def _monte_carlo(
    found: Coefficients, effects: Sequence[Named], point: Floats, request: Request
) -> tuple[list[dict[str, Any]], list[Note]]:
    values = _rows.parametric(found, [entry.bare for entry in effects], request.draws, request.seed)
    names = {"percentile": "monte_carlo"}
    return _rows.drawn(effects, point, values, None, request.level, ["percentile"], name=names)


def plan_of(
    columns: Columns,
    spec: Spec,
    effects: Sequence[Effect],
    *,
    errors: bool = False,
    variances: Sequence[int] = (),
) -> engine.Plan:
    """The equations of the model by column number, with effects to evaluate and variances to keep in every
    draw."""
    equations = tuple(
        Regression(columns.index((entry.outcome,)), tuple(columns.index(term) for term in entry.terms))
        for entry in spec.equations
    )
    return engine.Plan(equations, tuple(effects), errors, tuple(variances))


def _scales(columns: Columns, spec: Spec, named: Sequence[Named]) -> tuple[list[Scale], list[int]]:
    """The standardised effects, and the columns whose variances they need."""
    kept: list[int] = []

    def place(name: str) -> int:
        column = columns.index((name,))
        if column not in kept:
            kept.append(column)
        return kept.index(column)

    out = []
    for k, entry in enumerate(named if not spec.moderators else ()):
        start, end = place(entry.route[0]), place(entry.route[-1])
        out.append(Scale(k, "std_xy", start, end))
        if entry.route[0] in spec.x:
            out.append(Scale(k, "std_y", None, end))
    return out, kept


def _bayes(
    columns: Columns, spec: Spec, source: engine.Units, effects: Sequence[Named], request: Request
) -> tuple[list[dict[str, Any]], list[Note]]:
    """Equal-tailed credible intervals; p is NaN because a posterior has none. The total effect of the
    separate
    regression is left out."""
    kept = [entry for entry in effects if entry.kind != "total" or not spec.saturated]
    data, plan = engine.total_moments(source), plan_of(columns, spec, [])
    posterior = posterior_draws(data, plan.equations, request.draws, request.seed)
    bare = [entry.bare for entry in kept]
    point = evaluate(regress(data, plan.equations).slopes, bare)[:, 0]
    values = evaluate(posterior, bare).T
    rows, notes = _rows.drawn(
        kept, point, values, None, request.level, ["percentile"], name={"percentile": "bayes"}
    )
    return [{**entry, "p": float("nan")} for entry in rows], notes


def _permutation(
    columns: Columns, spec: Spec, found: Coefficients, effects: Sequence[Named], request: Request
) -> list[dict[str, Any]]:
    """p of a path: the largest permutation p of its arrows; arrows that are sums of coefficients have
    none."""
    nan = float("nan")
    by_place = dict(enumerate(spec.place))
    cache: dict[int, float] = {}
    out = []
    for entry, est in zip(effects, _rows.points(found, effects), strict=True):
        edges = entry.paths[0]
        worst = nan
        if all(len(edge) == 1 and edge[0][1] == 1.0 for edge in edges):
            for ((index, _),) in edges:
                if index not in cache:
                    outcome, role, term = by_place[index]
                    equation = next(e for e in spec.equations if e.outcome == outcome and e.role == role)
                    others = [columns.index(name) for name in equation.terms if name != term]
                    cache[index] = permutation_p(
                        columns.column(outcome),
                        columns.column(*term),
                        columns.values[:, others],
                        draws=request.draws,
                        seed=request.seed,
                    )
            worst = max(cache[edge[0][0]] for edge in edges)
        out.append(_rows.row(entry, "permutation", float(est), nan, nan, nan, worst))
    return out


def unit_strata(columns: Columns) -> NDArray[np.int64] | None:
    """Stratum of every unit that is drawn; raises ``UsageError`` MED016 when a cluster lies in several."""
    if columns.strata is None or columns.cluster is None:
        return columns.strata
    first = np.unique(columns.cluster, return_index=True)[1]
    if any(np.unique(columns.strata[columns.cluster == group]).size > 1 for group in range(len(first))):
        raise UsageError("MED016", params={})
    found: NDArray[np.int64] = columns.strata[first]
    return found


def in_order(rows: list[dict[str, Any]], named: Sequence[Named]) -> list[dict[str, Any]]:
    """Rows by effect in the order of ``named``, then by method."""
    place = {(entry.kind, entry.path): number for number, entry in enumerate(named)}
    return sorted(rows, key=lambda row: (place[(row["effect"], row["path"])], ways.place(row["method"])))


def _sizes(
    named: Sequence[Named], scales: Sequence[Scale], done: Run, level: float, methods: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    kept = [name for name in methods if name != "studentised"] or ["percentile"]
    entries = [named[scale.effect] for scale in scales]
    here = done.scaled(scales, len(named))
    rows, _ = _rows.drawn(entries, here.point, here.values, here.jackknife, level, kept)
    names = [scale.name for scale in scales for _ in kept]
    for entry, name in zip(rows, names, strict=True):
        entry["scale"] = name
    return pd.DataFrame(rows, columns=["effect", "path", "scale", *_rows.COLUMNS[2:]])
