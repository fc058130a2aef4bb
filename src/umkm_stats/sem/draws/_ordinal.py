"""Draws of fits to ordinal items: thresholds, correlations, weights and model anew in each draw.

Rule for a category that a draw does not hold: its neighbours join (the thresholds on both sides of it
coincide, so the likelihood of the table is that of the joined one), its threshold is NaN, all other columns
are kept, and the draw counts as "categories_lost" in the ledger's reasons without being inadmissible. A draw
in which an item has one answer only fails ("no_category").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.kernels import path
from umkm_stats.kernels.ordinal import many_dwls as batch_dwls
from umkm_stats.kernels.ordinal import polychoric_tables as polychoric
from umkm_stats.kernels.ordinal.many_polychoric import PairTables, correlations, pair_tables
from umkm_stats.kernels.ordinal.moments import influences, ordinal_moments
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, OrdinalSample, ordinal_problem
from umkm_stats.kernels.ordinal.one_variable import Separated
from umkm_stats.kernels.sem.many.model import Plan, plan
from umkm_stats.kernels.sem.one.discrepancy import Sample
from umkm_stats.kernels.sem.one.problem import Problem
from umkm_stats.kernels.sem.structure import DELTA, TAU, Floats, Ints, Structure
from umkm_stats.sem.draws._kernels import (
    EMPTY_GROUP,
    NO_CATEGORY,
    NOT_CONVERGED,
    OK,
    SAMPLE_COVARIANCE,
    Batch,
    Improper,
)
from umkm_stats.sem.draws._loop import LoopKernel
from umkm_stats.sem.draws._source import Drawn
from umkm_stats.sem.estimate._categories import Coding, answers, coded, coding, ordinal_sample

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def reduced(structure: Structure) -> tuple[Structure, Ints] | None:
    """The structure without thresholds, with the parameters it keeps; None when a constraint touches a
    threshold,
    thresholds are shared or fixed, there are several groups, or the responses have other scales than 1."""
    cuts = structure.cell_matrix == TAU
    params = np.unique(structure.cell_param[cuts])
    shared = len(params) < int(cuts.sum())
    if structure.n_groups > 1 or structure.tau or shared or len(structure.fixed_x):
        return None
    own = (structure.cell_matrix == DELTA).any() or any(scale != 1.0 for scale in structure.delta.values())
    if len(structure.scaled) or own:
        return None  # theta, or scales of their own: more than correlations is asked of an item
    keep = np.setdiff1d(np.arange(structure.n_params), params)
    block = structure.basis[params]
    plain = ((block != 0).sum(axis=1) == 1).all() and (block[block != 0] == 1.0).all()
    columns = np.flatnonzero((structure.basis[keep] != 0).any(axis=0))
    own = np.flatnonzero((block != 0).any(axis=0))
    if not plain or len(np.intersect1d(columns, own)) or structure.offset[params].any():
        return None
    number = np.full(structure.n_params, -1, dtype=np.int64)
    number[keep] = np.arange(len(keep))
    rest = ~cuts
    return (
        replace(
            structure,
            cell_matrix=structure.cell_matrix[rest],
            cell_group=structure.cell_group[rest],
            cell_row=structure.cell_row[rest],
            cell_col=structure.cell_col[rest],
            cell_param=number[structure.cell_param[rest]],
            basis=structure.basis[np.ix_(keep, columns)],
            offset=structure.offset[keep],
            lower=structure.lower[keep],
            upper=structure.upper[keep],
            means=False,
            derived=np.zeros(0, dtype=bool),
        ),
        keep,
    )


@dataclass(frozen=True, slots=True)
class DwlsKernel:
    """DWLS and its robust companions (the same estimates), one group, thresholds unrestricted.

    codes (N, p) categories from 0; categories (p,); groups: pairs by table shape; centre (pairs,) and
    influence (N, pairs) of the sample's correlations; kept: parameters that are no thresholds; cut_param: per
    item the numbers of its thresholds' parameters; unit: every correlation weighs 1; kernel: what computes.
    """

    model: Plan
    improper: Improper
    codes: Ints
    categories: Ints
    groups: tuple[PairTables, ...]
    first: Ints
    second: Ints
    centre: Floats
    influence: Floats
    start: Floats
    kept: Ints
    cut_param: tuple[Ints, ...]
    count: int
    unit: bool
    kernel: str

    @classmethod
    def of(cls, fit: Fit) -> DwlsKernel | None:
        """The kernel of a fit, or None when its thresholds are restricted or it has bounds."""
        structure = fit.compiled
        found = reduced(structure)
        if fit.layout.asked.conditions:
            return None
        bounded = np.isfinite(structure.lower).any() or np.isfinite(structure.upper).any()
        how = fit_coding(fit)
        if found is None or bounded or fit.method.kind not in ("dwls", "uls_ordinal") or not how.plain:
            return None
        small, kept = found
        codes, categories = coded(fit.arrays[0], how.levels).astype(np.int64), how.categories
        moments = ordinal_moments(codes, categories)
        cuts = len(moments.statistics) - len(moments.first)
        at = structure.cell_matrix == TAU
        numbers = [structure.cell_param[at & (structure.cell_row == item)] for item in range(len(categories))]
        order = [structure.cell_col[at & (structure.cell_row == item)] for item in range(len(categories))]
        model = plan(small)
        start = np.linalg.lstsq(small.basis, fit.params[kept] - small.offset, rcond=None)[0]
        return cls(
            model,
            Improper.of(fit, plan(structure)),
            codes,
            categories,
            pair_tables(codes, categories),
            moments.first,
            moments.second,
            moments.rho[moments.first, moments.second],
            influences(codes, moments)[:, cuts:],
            np.asarray(start, dtype=np.float64),
            kept,
            tuple(number[np.argsort(place)] for number, place in zip(numbers, order, strict=True)),
            structure.n_params,
            fit.method.kind == "uls_ordinal",
            path.kernel(),
        )

    def _correlations(self, counts: Floats) -> tuple[Floats, Floats, Floats]:
        found = correlations(self.groups, counts, self.centre, self.influence, self.kernel)
        whole = np.repeat(np.eye(len(self.categories))[None], len(counts), axis=0)
        whole[:, self.first, self.second] = whole[:, self.second, self.first] = found.rho
        return whole, found.rho, np.where(found.sound, found.variance, np.nan)

    def moments(self, drawn: Drawn) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Polychoric correlations of each draw, and zeros."""
        whole, _, _ = self._correlations(drawn.counts[0])
        return (whole,), (np.zeros(whole.shape[:2]),)

    def preview(self, drawn: Drawn) -> Floats:
        """(D, P): not offered for ordinal items; NaN."""
        return np.full((len(drawn), self.count), np.nan)

    def estimate(self, drawn: Drawn) -> Batch:
        """Re-estimate every draw."""
        counts = drawn.counts[0]
        out = Batch.empty(len(counts), self.count)
        n = counts.sum(axis=1)
        whole, rho, variance = self._correlations(counts)
        margins = [counts @ (self.codes[:, [item]] == np.arange(k)) for item, k in enumerate(self.categories)]
        single = np.any([(margin > 0).sum(axis=1) < 2 for margin in margins], axis=0)
        weights = np.where(np.isnan(variance), np.nan, 1.0) if self.unit else variance
        pairs = self.first, self.second
        solved = batch_dwls.solve(self.model, self.start, rho, weights, n, *pairs, self.kernel)
        good = solved.converged & ~single
        out.end[:] = np.where(good, OK, np.where(single, NO_CATEGORY, NOT_CONVERGED))
        out.rounds[:] = solved.iterations
        rows = np.flatnonzero(good)
        if len(rows):
            params = np.full((len(rows), self.count), np.nan)
            free = solved.free[rows]
            params[:, self.kept] = np.matmul(free[:, None, :], self.model.basis.T)[:, 0] + self.model.offset
            lost = np.zeros(len(rows), dtype=np.int64)
            for margin, numbers in zip(margins, self.cut_param, strict=True):
                cuts, gone = draw_thresholds(margin[rows])
                params[:, numbers] = cuts
                lost += gone
            out.params[rows] = params
            out.x2[rows] = (n[rows] - 1.0) * solved.value[rows]
            nothing = np.zeros((len(rows), len(self.categories)))
            out.worst[rows], out.flags[rows] = self.improper.judge(params, (whole[rows],), (nothing,))
            out.flags[rows] |= np.where(lost > 0, LOST, 0)
        return out


LOST = 8
"""Flag of a draw that lost a category of an item."""

FAINT = 1e-9
"""Share of the smallest weight that a lost threshold keeps, so that its parameter has a place without a
say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinalLoop(LoopKernel):
    """One search a draw: several groups, restricted thresholds, numeric indicators, observed predictors, full
    WLS,
    bounds.

    how: how columns become statistics; whole: the first group's statistics, for thresholds that a draw has
    lost.
    """

    how: Coding
    whole: OrdinalSample

    @classmethod
    def of(cls, fit: Fit) -> OrdinalLoop:
        """The kernel of a fit."""
        model = plan(fit.compiled)
        task = fit.task
        assert isinstance(task, OrdinalProblem)
        return cls(
            fit.compiled,
            model,
            Improper.of(fit, model),
            fit.method.kind,
            fit.method.less,
            (fit.params, fit.found.start),
            fit.layout.asked,
            how=fit_coding(fit),
            whole=task.samples[0],
        )

    def _task(self, samples: tuple[Sample, ...]) -> Problem:
        found = tuple(sample for sample in samples if isinstance(sample, OrdinalSample))
        return ordinal_problem(self.structure, self.kind, found)

    def _sample(self, rows: Floats, weights: Floats | None = None) -> Sample:
        """Statistics of one draw; a lost category's threshold keeps the sample's value with a faint
        weight."""
        seen = tuple(
            None if level is None else answers(rows[:, j]) for j, level in enumerate(self.how.levels)
        )
        made = ordinal_sample(rows, replace(self.how, levels=seen))
        cuts = len(self.whole.cut_item)
        place = np.concatenate([self._places(made, seen), np.arange(cuts, len(self.whole.statistics))])
        if len(place) == len(self.whole.statistics):
            return made
        total = len(self.whole.statistics)
        statistics = self.whole.statistics.copy()
        statistics[place] = made.statistics
        wide = np.zeros((total, total))
        wide[np.ix_(place, place)] = made.gamma
        lost = np.setdiff1d(np.arange(cuts), place)
        faint = FAINT * float(np.min(made.pull if made.pull.ndim == 1 else np.diagonal(made.pull)))
        if made.pull.ndim == 1:
            pull = np.full(total, faint)
            pull[place] = made.pull
        else:
            pull = np.zeros((total, total))
            pull[np.ix_(place, place)] = made.pull
            pull[lost, lost] = faint
        return replace(
            made,
            statistics=statistics,
            gamma=wide,
            pull=pull,
            cut_item=self.whole.cut_item,
            cut_number=self.whole.cut_number,
        )

    def _places(self, made: OrdinalSample, seen: tuple[Floats | None, ...]) -> Ints:
        """Where the draw's thresholds and means stand among all: a threshold is the one below its upper
        category."""
        position = {
            (int(item), int(number)): t
            for t, (item, number) in enumerate(zip(self.whole.cut_item, self.whole.cut_number, strict=True))
        }
        out = []
        for item, number in zip(made.cut_item, made.cut_number, strict=True):
            level, mine = self.how.levels[item], seen[item]
            if level is not None and mine is not None:
                number = int(np.searchsorted(level, mine[number + 1])) - 1
            out.append(position[int(item), int(number)])
        return np.array(out, dtype=np.int64)

    def estimate(self, drawn: Drawn) -> Batch:
        """Re-estimate every draw; thresholds of lost categories become NaN where no other statistic holds
        them."""
        out = Batch.empty(len(drawn), self.structure.n_params)
        for draw in range(len(drawn)):
            rows = self._rows(drawn, draw)
            if min(len(entry) for entry in rows) == 0:
                out.end[draw] = EMPTY_GROUP
                continue
            if any(len(answers(entry[:, j])) < 2 for entry in rows for j in self.how.outcomes):
                out.end[draw] = NO_CATEGORY
                continue
            try:
                samples = tuple(self._sample(entry) for entry in rows)
            except (UmkmError, np.linalg.LinAlgError, Separated):
                out.end[draw] = SAMPLE_COVARIANCE
                continue
            self._one(out, draw, samples)
            self._mark(out, draw, samples)
        return out

    def _mark(self, out: Batch, draw: int, samples: tuple[Sample, ...]) -> None:
        if out.end[draw] != OK:
            return
        structure = self.structure
        held: set[int] = set()
        lost: set[int] = set()
        for group, sample in enumerate(samples):
            assert isinstance(sample, OrdinalSample)
            gone = np.diagonal(sample.gamma)[: len(sample.cut_item)] == 0.0
            position = {
                (int(i), int(k)): bool(g)
                for i, k, g in zip(sample.cut_item, sample.cut_number, gone, strict=True)
            }
            here = np.flatnonzero((structure.cell_group == group) & (structure.cell_matrix == TAU))
            for cell in here:
                missing = position[int(structure.cell_row[cell]), int(structure.cell_col[cell])]
                (lost if missing else held).add(int(structure.cell_param[cell]))
        if lost:
            out.params[draw, sorted(lost - held)] = np.nan
            out.flags[draw] |= LOST


def draw_thresholds(margin: Floats) -> tuple[Floats, Ints]:
    """(D, k−1) thresholds of one item from counts (D, k), NaN above a lost category (below the first one that
    is
    there), and (D,) how many categories are lost."""
    there = margin > 0
    cuts = polychoric.thresholds(margin)
    seen_below = np.cumsum(there, axis=1)[:, :-1] > 0
    sound = there[:, 1:] & seen_below
    return np.where(sound & np.isfinite(cuts), cuts, np.nan), (~there).sum(axis=1)


def fit_coding(fit: Fit) -> Coding:
    """How the columns of a fit became statistics."""
    task = fit.task
    assert isinstance(task, OrdinalProblem)
    ordinal = task.samples[0].ordinal
    levels = {
        name: answers(np.concatenate([rows[:, j] for rows in fit.arrays]))
        for j, name in enumerate(fit.observed)
        if ordinal[j]
    }
    exogenous, fixed_x = fit.table.variables.exogenous, fit.compiled.fixed_x
    gaps = fit.missing == "pairwise"
    return coding(fit.method.kind, fit.observed, exogenous, levels, fixed_x, gaps=gaps)


def is_ordinal(fit: Fit) -> bool:
    """Whether a fit is to ordinal items."""
    return isinstance(fit.task, OrdinalProblem)
