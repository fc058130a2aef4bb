"""What re-estimates the draws of a sample: one kernel an estimator, behind one small interface.

A kernel takes the sample of some draws and returns a ``Batch``. The driver knows nothing of estimators;
a new one (ordinal DWLS, say) is a class with ``estimate`` and an entry in ``kernel_for``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.many import fiml as batch_fiml
from umkm_stats.kernels.sem.many import ml as batch_ml
from umkm_stats.kernels.sem.many.admissible import admissible
from umkm_stats.kernels.sem.many.model import Plan, matrices, parameters, plan
from umkm_stats.kernels.sem.many.solve import (
    CONVERGED,
    Solved,
    one_step,
)
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.sem.draws._search import Search, search_for
from umkm_stats.sem.draws._source import Drawn

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

Bools = NDArray[np.bool_]

OK, NOT_CONVERGED, SINGULAR_INFORMATION, NO_MINIMUM, SAMPLE_COVARIANCE, EMPTY_GROUP, NO_CATEGORY = range(7)
FAILURES = (
    "",
    "not_converged",
    "singular_information",
    "no_minimum",
    "sample_covariance",
    "empty_group",
    "no_category",
)
_ENDS = np.array([OK, NOT_CONVERGED, SINGULAR_INFORMATION, NO_MINIMUM])  # of CONVERGED, SLOW, FLAT, RUNAWAY


@dataclass(frozen=True, slots=True)
class Batch:
    """D re-estimated draws. params (D, P), NaN when failed; end (D,) index into ``FAILURES``; x2 (D,) χ²
    or NaN; worst (D,) cell (see ``Improper.names``) with the most negative variance or −1; flags (D,) 1
    negative variance, 2 latent covariances indefinite, 4 residual covariances indefinite, 8 categories of an
    item lost; rounds
    (D,) evaluations."""

    params: Floats
    end: Ints
    x2: Floats
    worst: Ints
    flags: Ints
    rounds: Ints

    @classmethod
    def empty(cls, draws: int, count: int) -> Batch:
        """Room for ``draws`` draws of ``count`` parameters."""
        return cls(
            np.full((draws, count), np.nan),
            np.full(draws, NOT_CONVERGED, dtype=np.int64),
            np.full(draws, np.nan),
            np.full(draws, -1, dtype=np.int64),
            np.zeros(draws, dtype=np.int64),
            np.zeros(draws, dtype=np.int64),
        )

    def put(self, at: slice | Ints, other: Batch) -> None:
        """Write ``other`` into the draws ``at``."""
        self.params[at], self.end[at], self.x2[at] = other.params, other.end, other.x2
        self.worst[at], self.flags[at], self.rounds[at] = other.worst, other.flags, other.rounds

    def some(self, at: slice | Ints) -> Batch:
        """Some of the draws."""
        return Batch(
            self.params[at], self.end[at], self.x2[at], self.worst[at], self.flags[at], self.rounds[at]
        )


@dataclass(frozen=True, slots=True)
class Later:
    """Draws that the compiled kernel could not certify and numpy has still to search. at: their places; task:
    what is searched; drawn: their sample."""

    at: Ints
    task: batch_ml.MlBatch
    drawn: Drawn

    def __len__(self) -> int:
        return len(self.at)

    @property
    def numbers(self) -> int:
        """Numbers that are held."""
        own = (entry.size for entry in self.drawn.data if entry.ndim == 3)
        return sum(entry.size for entry in self.drawn.given) + sum(own)

    def before(self, end: int, by: int) -> Later:
        """Those with places below ``end``, their places moved by ``by``."""
        rows = np.flatnonzero(self.at < end)
        return Later(self.at[rows] + by, self.task.take(rows), self.drawn.some(rows))

    @classmethod
    def joined(cls, parts: Sequence[Later]) -> Later:
        """The draws of all parts."""
        at = np.concatenate([part.at for part in parts])
        tasks, drawn = [part.task for part in parts], [part.drawn for part in parts]
        return cls(at, batch_ml.MlBatch.joined(tasks), Drawn.joined(drawn))


class Kernel(Protocol):
    """Re-estimation of the draws of a sample."""

    def estimate(self, drawn: Drawn) -> Batch: ...
    def preview(self, drawn: Drawn) -> Floats: ...
    def moments(self, drawn: Drawn) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]: ...


@dataclass(frozen=True, slots=True)
class Improper:
    """Names the variances that can be negative: ``names`` by group: p residual ones, then m latent ones."""

    model: Plan
    names: tuple[str, ...]

    @classmethod
    def of(cls, fit: Fit, model: Plan) -> Improper:
        """The names as the parameter table has them."""
        several = len(fit.group_labels) > 1
        names: list[str] = []
        for group in range(len(model.groups)):
            suffix = f".g{group + 1}" if several else ""
            names += [f"{name}~~{name}{suffix}" for name in (*fit.layout.observed, *fit.layout.states)]
        return cls(model, tuple(names))

    def judge(self, params: Floats, covs: tuple[Floats, ...], means: tuple[Floats, ...]) -> tuple[Ints, Ints]:
        """(worst, flags) of ``Batch`` for converged draws."""
        flags = np.zeros(len(params), dtype=np.int64)
        variances: list[Floats] = []
        for group, cov, mean in zip(self.model.groups, covs, means, strict=True):
            found = admissible(group, matrices(group, params, cov, mean))
            variances += [found.residual, found.latent]
            flags |= 2 * found.latent_bad + 4 * found.residual_bad
        together = np.concatenate(variances, axis=1)
        worst = together.argmin(axis=1)
        negative = together[np.arange(len(params)), worst] < 0
        return np.where(negative, worst, -1), flags | negative


@dataclass(frozen=True, slots=True)
class MlKernel:
    """ML (and its robust companions: the same estimates) on complete data."""

    search: Search
    improper: Improper
    data: tuple[Floats, ...]
    products: tuple[tuple[Floats, Floats], ...]
    totals: tuple[Floats, ...]

    def _moments(self, drawn: Drawn) -> tuple[batch_ml.Moments, ...]:
        if drawn.units:
            each = zip(self.totals, self.products, drawn.units, strict=True)
            return tuple(
                batch_ml.left_out_moments(total, *products, units, drawn.first, drawn.size)
                for total, products, units in each
            )
        out = []
        for group, (counts, data) in enumerate(zip(drawn.given, drawn.data, strict=True)):
            if data.ndim == 2:
                known = group < len(self.data) and data is self.data[group]
                products, centre = self.products[group] if known else batch_ml.cross_products(data)
                filled = drawn.sizes[group] > 0
                safe = counts if filled.all() else np.where(filled[:, None], counts, 1.0)
                out.append(batch_ml.weighted_moments(safe, products, centre))
            else:
                mean = data.mean(axis=1)
                z = data - mean[:, None, :]
                cov = np.matmul(z.transpose(0, 2, 1), z) / data.shape[1]
                out.append(batch_ml.Moments(cov, mean, np.full(len(data), float(data.shape[1]))))
        return tuple(out)

    def moments(self, drawn: Drawn) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Sample covariances (divisor n) and means of each draw, by group."""
        found = self._moments(drawn)
        return tuple(entry.cov for entry in found), tuple(entry.level for entry in found)

    def preview(self, drawn: Drawn) -> Floats:
        """(D, P) one-step estimates."""
        batch, _ = batch_ml.MlBatch.of(self.search.model, self._moments(drawn))
        return parameters(self.search.model, one_step(batch, self.search.begin))

    def estimate(self, drawn: Drawn) -> Batch:
        """Re-estimate every draw."""
        out, left = self.begin(drawn)
        if left is not None:
            out.put(left.at, self.finish(left))
        return out

    def begin(self, drawn: Drawn) -> tuple[Batch, Later | None]:
        """Re-estimate what the compiled kernel can certify (or everything where numpy computes); and what is
        left."""
        moments = self._moments(drawn)
        batch, usable = batch_ml.MlBatch.of(self.search.model, moments)
        empty = np.any([entry == 0 for entry in drawn.sizes], axis=0)
        out = Batch.empty(len(drawn), len(self.search.model.offset))
        out.end[~usable] = SAMPLE_COVARIANCE
        out.end[empty] = EMPTY_GROUP
        rows = np.flatnonzero(usable & ~empty)
        if not len(rows):
            return out, None
        some = batch if len(rows) == len(drawn) else batch.take(rows)
        solved, params, left = self.search.quick(some)
        out.put(rows, self._judged(some, solved, params))
        if not len(left):
            return out, None
        return out, Later(rows[left], some.take(left), drawn.some(rows[left]))

    def finish(self, left: Later) -> Batch:
        """Re-estimate what was left: a draw's numbers do not depend on the others."""
        return self._judged(left.task, *self.search.every_way(left.task))

    def _judged(self, batch: batch_ml.MlBatch, solved: Solved, params: Floats) -> Batch:
        n = np.sum([entry.n for entry in batch.moments], axis=0)
        covs, means = tuple(e.cov for e in batch.moments), tuple(e.level for e in batch.moments)
        return _finish(self.improper, solved, params, covs, means, n * solved.value)


def _finish(
    improper: Improper,
    solved: Solved,
    params: Floats,
    covs: tuple[Floats, ...],
    means: tuple[Floats, ...],
    x2: Floats,
) -> Batch:
    out = Batch.empty(*params.shape)
    good = solved.end == CONVERGED
    out.end[:] = _ENDS[solved.end]
    out.rounds[:] = solved.rounds
    if good.any():
        out.params[good] = params[good]
        out.x2[good] = x2[good]
        some = tuple(entry[good] for entry in covs), tuple(entry[good] for entry in means)
        out.worst[good], out.flags[good] = improper.judge(params[good], *some)
    return out


@dataclass(frozen=True, slots=True)
class FimlKernel:
    """FIML on rows with missing values."""

    search: Search
    improper: Improper
    orders: tuple[batch_fiml.RowPlan, ...]

    def _batch(self, drawn: Drawn) -> batch_fiml.FimlBatch:
        rows = tuple(
            batch_fiml.weighted_rows(order, group, data, counts)
            for order, group, data, counts in zip(
                self.orders, self.search.model.groups, drawn.data, drawn.counts, strict=True
            )
        )
        return batch_fiml.FimlBatch.of(self.search.model, self.orders, rows)

    def moments(self, drawn: Drawn) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Moments of the exogenous observed variables; those of the others are not defined and NaN."""
        rows = self._batch(drawn).rows
        covs, means = [], []
        for group, entry in zip(self.search.model.groups, rows, strict=True):
            cov, mean = np.full_like(entry.outer_cov, np.nan), np.full_like(entry.outer_mean, np.nan)
            seen = group.fixed_seen
            cov[:, seen[:, None], seen[None, :]] = entry.outer_cov[:, seen[:, None], seen[None, :]]
            mean[:, seen] = entry.outer_mean[:, seen]
            covs.append(cov)
            means.append(mean)
        return tuple(covs), tuple(means)

    def preview(self, drawn: Drawn) -> Floats:
        """(D, P) one-step estimates."""
        return parameters(self.search.model, one_step(self._batch(drawn), self.search.begin))

    def estimate(self, drawn: Drawn) -> Batch:
        """Re-estimate every draw."""
        empty = np.any([entry == 0 for entry in drawn.sizes], axis=0)
        out = Batch.empty(len(drawn), len(self.search.model.offset))
        out.end[empty] = EMPTY_GROUP
        rows = np.flatnonzero(~empty)
        if len(rows):
            batch = self._batch(drawn)
            some = batch if len(rows) == len(drawn) else batch.take(rows)
            solved, params = self.search(some)
            covs, means = tuple(e.outer_cov for e in some.rows), tuple(e.outer_mean for e in some.rows)
            nothing = np.full(len(rows), np.nan)
            out.put(rows, _finish(self.improper, solved, params, covs, means, nothing))
        return out


def _free_bounds(model: Plan) -> tuple[Floats, Floats] | None:
    """Bounds (q,) of the free directions; None when a bound falls on a combination of directions."""
    q = model.n_free
    lower, upper = np.full(q, -np.inf), np.full(q, np.inf)
    if not (np.isfinite(model.lower).any() or np.isfinite(model.upper).any()):
        return lower, upper
    if not len(model.column):
        return None
    np.maximum.at(lower, model.column, model.lower - model.offset)
    np.minimum.at(upper, model.column, model.upper - model.offset)
    return lower, upper


def kernel_for(fit: Fit) -> Kernel | None:
    """The batched kernel of a fit, or None when its estimator or its bounds are not batched."""
    model = plan(fit.compiled)
    bounds = _free_bounds(model)
    if bounds is None or fit.method.kind != "ml" or fit.layout.asked.conditions:
        return None
    improper = Improper.of(fit, model)
    loads = fit.weights or tuple(np.ones(len(entry)) for entry in fit.arrays)
    ones = Drawn(tuple(load[None] for load in loads), fit.arrays)
    if fit.missing == "fiml":
        orders = tuple(batch_fiml.row_plan(entry) for entry in fit.arrays)
        rows = tuple(
            batch_fiml.weighted_rows(order, group, data, counts)
            for order, group, data, counts in zip(orders, model.groups, ones.data, ones.counts, strict=True)
        )
        whole = batch_fiml.FimlBatch.of(model, orders, rows)
        return FimlKernel(search_for(fit, model, whole, bounds), improper, orders)
    products = tuple(batch_ml.cross_products(entry) for entry in fit.arrays)
    totals = tuple(
        batch_ml.weighted_sums(counts, entry, len(centre))
        for counts, (entry, centre) in zip(ones.counts, products, strict=True)
    )
    if not fit.arrays:
        moments = tuple(
            batch_ml.Moments(sample.cov[None], sample.mean[None], np.array([float(sample.n)]))
            for sample in fit.task.samples
        )
    else:
        moments = tuple(
            batch_ml.moments_of(total.copy(), counts.sum(axis=1), centre)
            for counts, total, (_, centre) in zip(ones.counts, totals, products, strict=True)
        )
    sample_batch, _ = batch_ml.MlBatch.of(model, moments)
    return MlKernel(search_for(fit, model, sample_batch, bounds), improper, fit.arrays, products, totals)
