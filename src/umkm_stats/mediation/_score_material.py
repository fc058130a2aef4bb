"""What regressions of observed scores offer to the interval methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats._threads import one_thread
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import evaluate
from umkm_stats.kernels.mediation.normal_equations import regress
from umkm_stats.kernels.mediation.posterior import permutation_p, posterior_draws
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._pipeline import ARROWS, Cases, LeftOut, Part, Request, Scale
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._score_draws import plan_of, run, source_of
from umkm_stats.mediation._spec import Spec
from umkm_stats.mediation._summary import NATURAL
from umkm_stats.results import Note

Floats = NDArray[np.float64]


NO_SIZE = ("index", "conditional_index")  # changes per unit of a moderator


def is_linear(entry: Named, spec: Spec) -> bool:
    """Whether the effect is one coefficient or a weighted sum of them."""
    if entry.kind == "total":
        return spec.saturated
    return entry.kind in (*ARROWS, "direct", "conditional_direct", "controlled_direct")


@dataclass(frozen=True, slots=True)
class ScoreMaterial:
    """Columns, their model, its coefficients and its effects; ``source`` is what is drawn."""

    columns: Columns
    spec: Spec
    found: Coefficients
    named: Sequence[Named]
    source: engine.Units
    scales: tuple[Scale, ...]
    variances: tuple[int, ...]  # columns whose variances standardise
    ends: Mapping[Scale, tuple[int | None, int]]  # their places: of the start (None: 1) and of the end
    test: str = field(default="ols", init=False)

    @property
    def own(self) -> Mapping[str, Callable[[Sequence[Named], Request], Part]]:
        """Posterior draws and permutations need the data."""
        return {"bayes": self._bayes, "permutation": self._permutation}

    def is_linear(self, entry: Named) -> bool:
        """Whether the effect is one coefficient or a weighted sum of them."""
        return is_linear(entry, self.spec)

    def cases(self, request: Request) -> Cases:
        """Case draws, always: VAF, contrasts and pictures read them."""
        bare = [entry.bare for entry in self.named]
        count = len(bare)
        plan = plan_of(self.columns, self.spec, bare, variances=self.variances)
        done = run(self.source, plan, request, jackknife=request.jackknife)
        values, left = done.values[:, :count], done.left
        if left is not None:
            left = LeftOut(left.values[:, :count], left.first, left.values[:, count:])
        good = int(np.isfinite(values).all(axis=1).sum())
        failed = request.draws - good
        ledger = {
            "requested": request.draws,
            "converged": good,
            "inadmissible": 0,
            "failed": failed,
            "reasons": {"collinear": failed} if failed else {},
        }
        notes = (Note("MED202", {"failed": failed, "requested": request.draws}),) if failed else ()
        spread, own = done.values[:, count:], done.point[None, count:]
        return Cases(done.point[:count], values, left, spread, own, None, ledger, notes)

    def simulated(self, request: Request) -> Cases:
        """Never needed: there are case draws."""
        return self.cases(request)

    def errors(self, effects: Sequence[Named], request: Request) -> tuple[Floats, Floats] | None:
        """Standard errors of effects: of the sample and, on the same draws, of every draw."""
        plan = plan_of(self.columns, self.spec, [entry.bare for entry in effects], errors=True)
        own = engine.whole(self.source, plan)[1]
        with one_thread():
            drawn = engine.bootstrap(
                self.source,
                plan,
                draws=request.draws,
                seed=request.seed,
                workers=request.workers,
                rows=request.rows,
            )
        return None if own is None or drawn.errors is None else (own, drawn.errors)

    def factor(self, scale: Scale, spread: Floats) -> Floats:
        """√(variance of the start / variance of the end) of every draw."""
        start, end = self.ends[scale]
        top = 1.0 if start is None else spread[:, start]
        return np.asarray(np.sqrt(top / spread[:, end]), dtype=np.float64)

    def _bayes(self, effects: Sequence[Named], request: Request) -> Part:
        """Equal-tailed credible intervals; p is NaN because a posterior has none. The total effect of the
        separate regression is left out."""
        kept = [entry for entry in effects if entry.kind != "total" or not self.spec.saturated]
        unknown = [entry for entry in kept if entry.kind in NATURAL]
        kept = [entry for entry in kept if entry.kind not in NATURAL]
        data, plan = engine.total_moments(self.source), plan_of(self.columns, self.spec, [])
        posterior = posterior_draws(data, plan.equations, request.draws, request.seed)
        bare = [entry.bare for entry in kept]
        point = evaluate(regress(data, plan.equations).slopes, bare)[:, 0]
        values, name = evaluate(posterior, bare).T, {"percentile": "bayes"}
        rows, notes = _rows.drawn(kept, point, values, None, request.level, ["percentile"], name=name)
        notes += [Note("MED470", {})] if unknown else []
        return [{**entry, "p": float("nan")} for entry in rows], notes

    def _permutation(self, effects: Sequence[Named], request: Request) -> Part:
        """p of a path: the largest permutation p of its arrows; arrows that are sums of coefficients have
        none."""
        nan = float("nan")
        known: dict[int, float] = {}
        out: list[dict[str, Any]] = []
        for entry, est in zip(effects, _rows.points(self.found, effects), strict=True):
            edges = entry.paths[0]
            worst = nan
            if all(len(edge) == 1 and edge[0][1] == 1.0 for edge in edges):
                for ((index, _),) in edges:
                    if index not in known:
                        known[index] = self._permuted(index, request)
                worst = max(known[edge[0][0]] for edge in edges)
            out.append(_rows.row(entry, "permutation", float(est), nan, nan, nan, worst))
        return out, []

    def _permuted(self, index: int, request: Request) -> float:
        columns = self.columns
        outcome, role, term = dict(enumerate(self.spec.place))[index]
        equation = next(e for e in self.spec.equations if e.outcome == outcome and e.role == role)
        others = [columns.index(name) for name in equation.terms if name != term]
        return permutation_p(
            columns.column(outcome),
            columns.column(*term),
            columns.values[:, others],
            draws=request.draws,
            seed=request.seed,
        )


def score_material(
    columns: Columns, spec: Spec, found: Coefficients, named: Sequence[Named], request: Request
) -> ScoreMaterial:
    """The material of regressions; raises what ``source_of`` raises."""
    kept: list[int] = []

    def place(name: str) -> int:
        column = columns.index((name,))
        if column not in kept:
            kept.append(column)
        return kept.index(column)

    ends: dict[Scale, tuple[int | None, int]] = {}
    for k, entry in enumerate(named):
        if entry.kind in NO_SIZE or (entry.at and entry.kind in (*ARROWS, "direct")):
            continue
        start, end = place(entry.route[0]), place(entry.route[-1])
        if entry.kind not in NATURAL:
            ends[Scale(k, "std_xy")] = (start, end)
        if entry.route[0] in spec.x:
            ends[Scale(k, "std_y")] = (None, end)
    source = source_of(columns, request)
    return ScoreMaterial(columns, spec, found, named, source, tuple(ends), tuple(kept), ends)
