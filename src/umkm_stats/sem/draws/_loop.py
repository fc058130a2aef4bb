"""Draws by single fits: slower, for what is not batched, and for the draws that the batched path could not
end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.sem.many.algebra import log_determinant, pivots
from umkm_stats.kernels.sem.many.model import Plan, plan
from umkm_stats.kernels.sem.many.solve import PIVOT
from umkm_stats.kernels.sem.moments import complete_sample, mean_cov, patterns
from umkm_stats.kernels.sem.one.discrepancy import Kind, Sample
from umkm_stats.kernels.sem.one.optimise import LIMIT, minimise
from umkm_stats.kernels.sem.one.problem import Problem, problem
from umkm_stats.kernels.sem.structure import Floats, Structure
from umkm_stats.sem.draws._kernels import (
    EMPTY_GROUP,
    NOT_CONVERGED,
    OK,
    SAMPLE_COVARIANCE,
    SINGULAR_INFORMATION,
    Batch,
    Improper,
)
from umkm_stats.sem.draws._source import Drawn
from umkm_stats.sem.estimate._compile import Constraints
from umkm_stats.sem.estimate._conditions import settle

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

RESCUE = 50  # iterations of a single search for a draw that the batched path could not end


@dataclass(frozen=True, slots=True)
class LoopKernel:
    """One search a draw, from the sample's estimates, then from its starting values.

    kind: discrepancy; less: rows taken off N in the divisor of the covariance; heavy: rows have weights.
    """

    structure: Structure
    model: Plan
    improper: Improper
    kind: Kind
    less: int
    starts: tuple[Floats, ...]
    asked: Constraints
    limit: int = LIMIT
    heavy: bool = False

    @classmethod
    def of(cls, fit: Fit) -> LoopKernel:
        """The kernel of a fit."""
        model = plan(fit.compiled)
        kind: Kind = "fiml" if fit.missing == "fiml" else fit.method.kind
        return cls(
            fit.compiled,
            model,
            Improper.of(fit, model),
            kind,
            fit.method.less,
            (fit.params, fit.found.start),
            fit.layout.asked,
            heavy=bool(fit.weights),
        )

    def _samples(self, drawn: Drawn, draw: int) -> list[Sample]:
        """The statistics of one draw, by group."""
        if not self.heavy:
            return [self._sample(rows) for rows in self._rows(drawn, draw)]
        found = []
        for counts, rows in zip(drawn.counts, drawn.data, strict=True):
            load = counts[draw]
            found.append(self._sample(rows[load > 0], load[load > 0]))
        return found

    def _rows(self, drawn: Drawn, draw: int) -> list[Floats]:
        """The rows of one draw, by group; each standing as often as it was drawn."""
        out: list[Floats] = []
        for counts, data in zip(drawn.counts, drawn.data, strict=True):
            rows = data if data.ndim == 2 else data[draw]
            out.append(np.repeat(rows, counts[draw].astype(np.int64), axis=0))
        return out

    def _sample(self, rows: Floats, weights: Floats | None = None) -> Sample:
        n = len(rows) if weights is None else float(weights.sum())
        if self.kind == "fiml":
            found = patterns(rows, weights)
            mean = np.array([_mean(column) for column in rows.T])
            cov = np.eye(rows.shape[1])
            fixed = self.structure.fixed_x[:, 0]
            if len(fixed):
                cov[np.ix_(fixed, fixed)] = mean_cov(rows[:, fixed], weights)[1]
            return Sample(n, mean, cov, 0.0, None, found)
        mean, cov = mean_cov(rows, weights)
        return complete_sample(self.kind, n, mean, cov * n / (n - self.less))

    def moments(self, drawn: Drawn) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Sample covariances and means of each draw, by group, as the estimator takes them."""
        groups = range(len(drawn.counts))
        samples = [self._samples(drawn, draw) for draw in range(len(drawn))]
        covs = tuple(np.stack([entry[group].cov for entry in samples]) for group in groups)
        means = tuple(np.stack([entry[group].mean for entry in samples]) for group in groups)
        return covs, means

    def preview(self, drawn: Drawn) -> Floats:
        """(D, P): not offered by single fits; NaN."""
        return np.full((len(drawn), self.structure.n_params), np.nan)

    def estimate(self, drawn: Drawn) -> Batch:
        """Re-estimate every draw."""
        out = Batch.empty(len(drawn), self.structure.n_params)
        for draw in range(len(drawn)):
            if min(counts[draw].sum() for counts in drawn.counts) == 0:
                out.end[draw] = EMPTY_GROUP
                continue
            samples = tuple(self._samples(drawn, draw))
            if self.kind in ("ml", "gls") and not all(
                log_determinant(entry.cov[None])[1][0] for entry in samples
            ):
                out.end[draw] = SAMPLE_COVARIANCE
                continue
            self._one(out, draw, samples)
        return out

    def _one(self, out: Batch, draw: int, samples: tuple[Sample, ...]) -> None:
        task = self._task(samples)
        for start in self.starts:
            if self.asked.conditions:
                found = settle(task, self.asked, start, self.limit).optimum
            else:
                found = minimise(task, start, limit=self.limit)
            out.rounds[draw] += found.iterations
            if not found.converged or found.point is None:
                continue
            basis = self.structure.basis
            own = basis.T @ task.information(found.point) @ basis
            held = np.flatnonzero(found.active)
            if len(held) and basis.shape[0] == basis.shape[1]:
                own[held], own[:, held] = 0.0, 0.0
                own[held, held] = 1.0
            if not pivots(own[None])[0] > PIVOT:
                out.end[draw] = SINGULAR_INFORMATION
                continue
            out.end[draw] = OK
            out.params[draw] = found.point.params
            if self.kind != "fiml":
                out.x2[draw] = (task.n - self.less * len(samples)) * found.point.value
            worst, flags = self.improper.judge(
                found.point.params[None],
                tuple(entry.cov[None] for entry in samples),
                tuple(entry.mean[None] for entry in samples),
            )
            out.worst[draw], out.flags[draw] = worst[0], flags[0]
            return
        if out.end[draw] != SINGULAR_INFORMATION:
            out.end[draw] = NOT_CONVERGED

    def _task(self, samples: tuple[Sample, ...]) -> Problem:
        return problem(self.structure, self.kind, samples)

    def rescue(self, drawn: Drawn, batch: Batch) -> None:
        """Try the draws of ``batch`` that failed to converge once more, in place."""
        failed = np.flatnonzero(batch.end == NOT_CONVERGED)
        if not len(failed):
            return
        again = replace(self, starts=self.starts[:1], limit=RESCUE).estimate(drawn.some(failed))
        better = np.flatnonzero(again.end == OK)
        again.rounds[:] += batch.rounds[failed]
        batch.put(failed[better], again.some(better))


def _mean(column: Floats) -> float:
    seen = column[~np.isnan(column)]
    return float(seen.mean()) if len(seen) else 0.0
