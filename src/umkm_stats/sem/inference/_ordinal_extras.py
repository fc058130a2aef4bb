"""Factor scores and standard errors of residuals for fits to ordinal items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.factor_scores import modes
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.one.algebra import State
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.sem.inference._information import directions, invert

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def ordinal_scores(fit: Fit, task: OrdinalProblem, group: int) -> Floats:
    """(N_g, latent) posterior modes (empirical Bayes) of the rows of a group, given their exogenous
    variables.

    Raises ``UsageError`` SEM229 (an explained observed variable that predicts something, or covaries with a
    latent one) and SEM227 when a residual variance or the latent covariance matrix is not positive.
    """
    at, sample, rows = fit.point.states[group], task.samples[group], fit.arrays[group]
    count, outside = len(fit.latent), fit.compiled.fixed_x
    item = _items(fit, at)
    own = item.state[item.state >= 0]
    if (at.beta[:, own] != 0).any() or (at.psi[np.ix_(own, np.arange(count))] != 0).any():
        raise UsageError("SEM229")
    latent, x = slice(0, count), rows[:, outside[:, 0]]
    lifted = np.linalg.inv(np.eye(count) - at.beta[latent, latent])
    cov = lifted @ at.psi[latent, latent] @ lifted.T
    if (item.rest <= 0).any() or np.linalg.eigvalsh(cov)[0] <= 0:
        raise UsageError("SEM227")
    mean = (at.alpha[latent] + x @ at.beta[latent, outside[:, 1]].T) @ lifted.T
    tau = np.real(task.cuts(fit.params, group))
    cuts = tuple(tau[sample.cut_item == j] if sample.ordinal[j] else None for j in item.column)
    values = rows[:, item.column].copy()
    for place, j in enumerate(item.column):
        if sample.ordinal[j]:
            seen = np.concatenate([part[:, j] for part in fit.arrays])
            codes = np.searchsorted(np.unique(seen[~np.isnan(seen)]), rows[:, j])
            values[:, place] = np.where(np.isnan(rows[:, j]), np.nan, codes)
    level = item.level + x @ item.slopes.T
    return modes(values, cuts, item.loads, item.rest, level, mean, cov)


@dataclass(frozen=True, slots=True)
class _Items:
    """Observed outcomes: column of each, its state or −1, loadings (k, latent), slopes (k, x), intercepts
    (k,)
    and residual variances (k,)."""

    column: Ints
    state: Ints
    loads: Floats
    slopes: Floats
    level: Floats
    rest: Floats


def _items(fit: Fit, at: State) -> _Items:
    count, outside = len(fit.latent), fit.compiled.fixed_x
    column = np.setdiff1d(np.arange(len(fit.observed)), outside[:, 0])
    place = {name: k for k, name in enumerate(fit.layout.states)}
    state = np.array([place.get(fit.observed[j], -1) for j in column], dtype=np.int64)
    alone = state < 0
    loads = np.where(alone[:, None], at.lam[column, :count], at.beta[state, :count])
    slopes = np.where(alone[:, None], 0.0, at.beta[state][:, outside[:, 1]])
    level = np.where(alone, at.nu[column], at.alpha[state] + at.nu[column])
    rest = np.where(alone, np.diagonal(at.theta)[column], np.diagonal(at.psi)[state])
    return _Items(column, state, loads, slopes, level, rest)


def ordinal_residual_errors(fit: Fit, task: OrdinalProblem, group: int) -> Floats:
    """(p,p) standard errors of the residual correlations, √diag(QΓQᵀ/n) with Q = I − J(JᵀWJ)⁻¹JᵀW; NaN on the
    diagonal and where the residual is 0 by construction."""
    basis = directions(fit)
    slopes = [np.real(task.jacobian(fit.params, g, at)) @ basis for g, at in enumerate(fit.point.states)]
    total = sum(
        share * block.T @ sample.weighted(block)
        for share, block, sample in zip(task.shares, slopes, task.samples, strict=True)
    )
    p = len(fit.observed)
    out = np.full((p, p), np.nan)
    inner = invert(np.asarray(total))
    if inner is None:
        return out
    sample, share = task.samples[group], task.shares[group]
    left = np.eye(len(sample.statistics)) - share * slopes[group] @ inner @ sample.weighted(slopes[group]).T
    spread = np.einsum("ij,jk,ik->i", left, sample.gamma, left)[-len(sample.first) :]
    diagonal = np.diagonal(sample.gamma)[-len(sample.first) :]
    errors = np.sqrt(np.where(spread > 1e-10 * diagonal, spread, np.nan) / sample.n)
    out[sample.first, sample.second] = out[sample.second, sample.first] = errors
    return out
