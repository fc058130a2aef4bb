"""Predictions of rows that were held out: PLS, a linear model on items, and training means.

Every fold is a count vector of its training rows, so the weights of all folds of a division are estimated
together. Held-out items are standardised by the training rows' means and deviations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.estimate import Estimates, estimate
from umkm_stats.kernels.pls.moments import Moments
from umkm_stats.kernels.pls.plan import Model, Plan
from umkm_stats.kernels.pls.products import scores_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Held:
    """Predictions of the endogenous items (n, q) in raw units by PLS, the linear model (NaN where its
    training rows are too few) and training means; constructs (n, J) predicted scores; failed: folds whose
    weights did not settle."""

    pls: Floats
    linear: Floats
    average: Floats
    constructs: Floats
    failed: int


def targets(plan: Plan) -> Ints:
    """(q,) endogenous items, equation by equation."""
    return np.concatenate([np.arange(plan.n_items)[plan.blocks[target]] for target, _ in plan.equations])


def held_out(model: Model, moments: Moments, values: Floats, fold: Ints, technique: str) -> Held:
    """``Held`` of one division: ``fold`` (n,) numbers the fold of every row.

    values (n, p): the model's items without missing cells, in the order of the plan. technique: "DA" predicts
    a construct from its direct antecedents' scores, "EA" from the exogenous constructs alone; the linear
    model uses the items of the same constructs.
    """
    plan = model.plan
    folds = np.unique(fold)
    counts = np.stack([(fold != each).astype(np.float64) for each in folds])
    found = estimate(model, moments, counts)
    wanted = targets(plan)
    out = [np.full((len(values), wanted.size), np.nan) for _ in range(3)]
    scores = np.full((len(values), plan.n_constructs), np.nan)
    for number, each in enumerate(folds):
        test = fold == each
        train = values[~test]
        mean, spread = train.mean(axis=0), train.std(axis=0, ddof=1)
        own = scores_of(plan, (values[test] - mean) / spread, found.found.weights[:, number])
        predicted = propagate(plan, found, own, number, technique)
        scores[test] = predicted
        loadings = found.outer.loadings[wanted, number]
        out[0][test] = mean[wanted] + spread[wanted] * loadings * predicted[:, plan.own[wanted]]
        out[1][test] = _linear(plan, train, values[test], wanted, technique)
        out[2][test] = mean[wanted]
    return Held(out[0], out[1], out[2], scores, int((~found.found.converged).sum()))


def propagate(plan: Plan, found: Estimates, own: Floats, draw: int, technique: str) -> Floats:
    """(m, J) predicted scores from the rows' own scores (m, J); exogenous ones are their own."""
    out = own.copy()
    at = 0
    for target, several in plan.equations:
        slopes = found.inner.paths[at : at + len(several), draw]
        at += len(several)
        source = own if technique == "DA" else out
        out[:, target] = source[:, list(several)] @ slopes
    return out


def _linear(plan: Plan, train: Floats, test: Floats, wanted: Ints, technique: str) -> Floats:
    """(m, q) least squares predictions of each endogenous item from the items of its antecedents."""
    out = np.empty((len(test), wanted.size))
    ends = {target for target, _ in plan.equations}
    exogenous = tuple(j for j in range(plan.n_constructs) if j not in ends)
    place = 0
    for target, several in plan.equations:
        sources = several if technique == "DA" else exogenous
        columns = np.concatenate([np.arange(plan.n_items)[plan.blocks[j]] for j in sources])
        own = slice(place, place + plan.sizes[target])
        place += plan.sizes[target]
        if len(train) <= columns.size + 1:
            out[:, own] = np.nan
            continue
        design = np.column_stack([np.ones(len(train)), train[:, columns]])
        slopes = np.linalg.lstsq(design, train[:, wanted[own]], rcond=None)[0]
        out[:, own] = np.column_stack([np.ones(len(test)), test[:, columns]]) @ slopes
    return out
