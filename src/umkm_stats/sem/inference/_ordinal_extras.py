"""Factor scores and standard errors of residuals for fits to ordinal items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.factor_scores import modes
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.inference._information import directions, invert

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def ordinal_scores(fit: Fit, task: OrdinalProblem, group: int) -> Floats:
    """(N_g, latent) posterior modes (empirical Bayes) of the rows of a group.

    Raises ``UsageError`` SEM229 (numeric indicators or observed predictors) and SEM227 when a residual
    variance or the latent covariance matrix is not positive.
    """
    at, sample, rows = fit.point.states[group], task.samples[group], fit.arrays[group]
    theta = np.diagonal(at.theta)
    count = len(fit.latent)
    if not sample.ordinal.all() or len(fit.compiled.fixed_x):
        raise UsageError("SEM229")
    if (theta <= 0).any() or np.linalg.eigvalsh(at.phi)[0] <= 0:
        raise UsageError("SEM227")
    tau = np.real(task.cuts(fit.params, group))
    cuts = tuple(tau[sample.cut_item == item] for item in range(len(fit.observed)))
    levels = [np.unique(np.concatenate([part[:, j] for part in fit.arrays])) for j in range(rows.shape[1])]
    codes = np.stack([np.searchsorted(level, rows[:, j]) for j, level in enumerate(levels)], axis=1)
    mean = at.inverse @ at.alpha
    return modes(codes, cuts, at.lam, theta, at.nu, mean, at.phi)[:, :count]


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
