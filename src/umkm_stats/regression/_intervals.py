"""Bootstrap intervals of coefficients, R² and simple slopes: case draws of the whole model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats._threads import one_thread
from umkm_stats.errors import UsageError
from umkm_stats.kernels.intervals import several
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.normal_equations import Regression as Kernel
from umkm_stats.kernels.regression import draws as kernel
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._equations import Equation
from umkm_stats.regression._frames import INTERCEPT
from umkm_stats.regression._moderation import Probe, pairs
from umkm_stats.regression._plan import Plan
from umkm_stats.regression._text import R2
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COLUMNS = ("outcome", "term", "method", "est", "se", "ci_low", "ci_high", "p")


@dataclass(frozen=True, slots=True)
class Request:
    """methods, draws, seed, level, threads, given rows (draws, units) or None, progress."""

    methods: tuple[str, ...]
    draws: int
    seed: int
    level: float
    workers: int = 1
    rows: NDArray[np.int64] | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """rows of the interval frame, draws (D, E) as a frame, the ledger, notes."""

    rows: list[dict[str, Any]]
    draws: pd.DataFrame
    ledger: dict[str, Any]
    notes: list[Note]


def bootstrap(
    equations: Sequence[Equation], columns: Columns, plan: Plan, at: Sequence[Probe], request: Request
) -> Answer:
    """All requested intervals from the same draws; raises ``UsageError`` REG123 for rows that do not fit."""
    import pandas as pd

    found = equations[0].design
    table = np.column_stack([*(entry.y for entry in equations), found.raw])
    first = len(equations)
    place = {name: first + k for k, name in enumerate(found.names)}
    source = kernel.source_of(table, columns.weights, columns.cluster)
    _check_rows(request.rows, len(source.size))
    predictors = tuple(range(first, first + len(found.terms)))
    systems = [Kernel(k, predictors) for k in range(first)]
    labels = [(entry.outcome, name) for entry in equations for name in (INTERCEPT, *found.names, R2)]
    simple = []
    for number, entry in enumerate(equations):
        for column in (part for name in plan.x for part in columns.parts[name]):
            for probe in at:
                where = [(first + k, probe.values[moderator]) for k, moderator in pairs(entry, column)]
                simple.append(kernel.Slope(number, place[column], tuple(where)))
                labels.append((entry.outcome, f"{column} | {probe.label}"))
    products = [
        kernel.Product(place[term.name], (place[term.parts[0]], place[term.parts[1]]))
        for term in found.terms
        if len(term.parts) == 2
    ]
    centred = frozenset(place[name] for name in found.centres)
    plan_ = kernel.statistic(source, systems, products=products, centred=centred, slopes=simple)
    with one_thread():
        drawn = engine.bootstrap(
            source,
            plan_,
            draws=request.draws,
            seed=request.seed,
            workers=request.workers,
            progress=request.progress,
            rows=request.rows,
        ).values
        if ways.needing("jackknife", among=request.methods):
            point, left = engine.jackknife(source, plan_)
        else:
            point, left = engine.whole(source, plan_)[0], None
    good = int(np.isfinite(drawn).all(axis=1).sum())
    failed = request.draws - good
    ledger = {"requested": request.draws, "converged": good, "inadmissible": 0, "failed": failed}
    notes = [Note("REG157", {"failed": failed, "requested": request.draws})] if failed else []
    rows, more = _rows(labels, point, drawn, left, request)
    names = [f"{outcome}: {term}" for outcome, term in labels]
    return Answer(rows, pd.DataFrame(drawn, columns=names), ledger, [*notes, *more])


def _check_rows(rows: NDArray[np.int64] | None, count: int) -> None:
    if rows is not None and (
        rows.ndim != 2 or rows.shape[1] != count or rows.min() < 0 or rows.max() >= count
    ):
        raise UsageError("REG123", params={"expected": count, "received": str(rows.shape)})


def _rows(
    labels: Sequence[tuple[str, str]], point: Floats, drawn: Floats, left: Floats | None, request: Request
) -> tuple[list[dict[str, Any]], list[Note]]:
    limits = several(request.methods, point, drawn, left, request.level)
    rows, notes = [], []
    for k, (outcome, term) in enumerate(labels):
        own = drawn[np.isfinite(drawn[:, k]), k]
        se = float(np.std(own, ddof=1)) if own.size > 1 else float("nan")
        for method in request.methods:
            found = limits[method]
            refused = found.refused[k]
            if refused is not None:
                notes.append(Note(refused.code, {**refused.params, "method": method}, term, "ci_low"))
            elif found.extreme[k]:
                notes.append(Note("REG164", {"method": method, "draws": int(found.used[k])}, term, "ci_low"))
            rows.append(
                {
                    "outcome": outcome,
                    "term": term,
                    "method": method,
                    "est": float(point[k]),
                    "se": se,
                    "ci_low": float(found.low[k]),
                    "ci_high": float(found.high[k]),
                    "p": float("nan") if term == R2 else float(found.p[k]),
                }
            )
    return rows, notes
