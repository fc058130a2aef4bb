"""Implied moments and residuals by group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, OrdinalSample
from umkm_stats.kernels.sem.one.algebra import State, jacobian
from umkm_stats.kernels.sem.one.discrepancy import Sample
from umkm_stats.kernels.sem.saturated import moment_scores, observed_information
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.options import one_of
from umkm_stats.sem.inference._information import invert
from umkm_stats.sem.inference._ordinal_extras import ordinal_residual_errors
from umkm_stats.sem.inference._robust import kept_moments, weighted

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


def implied(fit: Fit) -> dict[str, dict[str, pd.DataFrame]]:
    """Group label → "cov", "mean" (observed) and "cov_lv", "mean_lv" (latent) of the model."""
    import pandas as pd

    names, latent = list(fit.observed), list(fit.latent)
    count = len(latent)
    out = {}
    triples = zip(fit.group_labels, fit.task.samples, fit.point.states, strict=True)
    for g, (label, sample, at) in enumerate(triples):
        mean = at.mu if fit.compiled.means else sample.mean
        lifted = at.inverse @ at.alpha
        out[label] = {
            "cov": pd.DataFrame(_responses(fit, g, at), names, names),
            "mean": pd.DataFrame({"mean": mean}, index=names),
            "cov_lv": pd.DataFrame(at.phi[:count, :count], latent, latent),
            "mean_lv": pd.DataFrame({"mean": lifted[:count]}, index=latent),
        }
    return out


def _responses(fit: Fit, group: int, at: State) -> Floats:
    """(p,p) covariances, those of latent responses in their scale δ."""
    if not isinstance(fit.task, OrdinalProblem):
        return at.sigma
    scale = np.real(fit.task.shown_scales(fit.params, group, at))
    return np.asarray(at.sigma * np.outer(scale, scale))


def _compared(fit: Fit, group: int, at: State) -> tuple[Floats, Floats]:
    """Implied means (p,) and covariances (p,p) that the sample's stand against: for ordinal fits those given
    the exogenous variables, in the scale of the latent responses."""
    sample = fit.task.samples[group]
    if not isinstance(fit.task, OrdinalProblem):
        return at.mu, at.sigma
    mean, cov = fit.task.given_x(fit.params, group, at)
    seen = fit.compiled.fixed_x[:, 0]
    mean[seen] = sample.mean[seen]
    cov[seen], cov[:, seen] = sample.cov[seen], sample.cov[:, seen]
    return mean, cov


def residual_errors(fit: Fit, group: int) -> tuple[Floats, Floats]:
    """Standard errors of the mean (p,) and covariance (p,p) residuals by the delta method: Q Γ Qᵀ / n with
    Q = I − Δ(ΔᵀAΔ)⁻¹ΔᵀA; Γ is that of the saturated model, robust when the estimator is. NaN where the
    residual is 0 by construction, and for moments of fixed exogenous variables.
    """
    if isinstance(fit.task, OrdinalProblem):
        return np.full(len(fit.observed), np.nan), ordinal_residual_errors(fit, fit.task, group)
    sample, share = fit.task.samples[group], fit.task.shares[group]
    p, means = len(fit.observed), fit.compiled.means
    keep = kept_moments(p, [int(index) for index in fit.compiled.fixed_x[:, 0]])
    if not means:
        keep = keep[keep >= p]
    inner = np.ix_(keep, keep)
    total = np.zeros((fit.compiled.n_free, fit.compiled.n_free))
    slopes, weight = np.empty((0, 0)), np.empty((0, 0))
    for g, (other, state) in enumerate(zip(fit.task.samples, fit.point.states, strict=True)):
        sigma, mu = jacobian(fit.task.plan, g, state)
        rows = (np.vstack([mu, sigma]) @ fit.compiled.basis)[keep]
        info = _weight(fit, other, state)[inner]
        total += fit.task.shares[g] * rows.T @ info @ rows
        if g == group:
            slopes, weight = rows, info
    back = invert(total)
    errors = np.full(p + p * (p + 1) // 2, np.nan)
    if back is not None:
        saturated = np.linalg.inv(observed_information(sample, sample.mean, sample.cov)[inner])
        gamma = saturated
        if fit.method.errors != "standard":
            found = moment_scores(fit.arrays[group], sample.mean, sample.cov)[:, keep]
            scores = weighted(fit, group, found)
            gamma = saturated @ (scores.T @ scores / sample.n) @ saturated
        left = np.eye(len(keep)) - share * slopes @ back @ slopes.T @ weight
        spread = np.einsum("ij,jk,ik->i", left, gamma, left)
        errors[keep] = np.sqrt(np.where(spread > 1e-10 * np.diagonal(gamma), spread, np.nan) / sample.n)
    col, row = np.triu_indices(p)
    out = np.zeros((p, p))
    out[row, col] = out[col, row] = errors[p:]
    return errors[:p], out


def _weight(fit: Fit, sample: Sample, at: State) -> Floats:
    """(p + p*, p + p*) weight A of the moments of a group: what the estimator itself weighs them by."""
    p, kind = len(at.sigma), fit.task.kind
    if kind == "uls":  # every element of S − Σ counts once
        col, row = np.triu_indices(p)
        return np.diag(np.concatenate([np.ones(p), np.where(row == col, 0.5, 1.0)]))
    if kind == "gls":
        return observed_information(sample, sample.mean, sample.cov)
    level = at.mu if fit.compiled.means else sample.mean
    if fit.options.information == "expected":
        sample = replace(sample, mean=level, cov=at.sigma, patterns=())
    return observed_information(sample, level, at.sigma)


def sample_errors(fit: Fit, group: int) -> tuple[Floats, Floats]:
    """Standard errors of the sample's means (p,) and covariances (p,p): of the saturated model, robust when
    the estimator is; NaN for moments of fixed exogenous variables and where one is no statistic."""
    p = len(fit.observed)
    out, level = np.full((p, p), np.nan), np.full(p, np.nan)
    sample = fit.task.samples[group]
    if isinstance(sample, OrdinalSample):
        spread = np.sqrt(np.diagonal(sample.gamma)[-len(sample.first) :] / sample.n)
        out[sample.first, sample.second] = out[sample.second, sample.first] = spread
        return level, out
    keep = kept_moments(p, [int(index) for index in fit.compiled.fixed_x[:, 0]])
    keep = keep if fit.compiled.means else keep[keep >= p]
    inner = np.ix_(keep, keep)
    gamma = np.linalg.inv(observed_information(sample, sample.mean, sample.cov)[inner])
    if fit.method.errors != "standard":
        found = moment_scores(fit.arrays[group], sample.mean, sample.cov)[:, keep]
        scores = weighted(fit, group, found)
        gamma = gamma @ (scores.T @ scores / sample.n) @ gamma
    errors = np.full(p + p * (p + 1) // 2, np.nan)
    errors[keep] = np.sqrt(np.diagonal(gamma) / sample.n)
    col, row = np.triu_indices(p)
    out[row, col] = out[col, row] = errors[p:]
    return errors[:p], out


def residuals(fit: Fit, kind: str = "raw") -> dict[str, dict[str, pd.DataFrame]]:
    """Sample minus implied moments.

    kind "raw"; "cor.bentler" or "correlation" (covariances divided by the sample SDs, means by the SD);
    "cor.bollen" (sample correlations minus implied ones); "normalized" (divided by the standard errors of the
    sample moments); "standardized" (divided by those of the residuals; NaN where one is 0 by construction).
    """
    import pandas as pd

    known = ("raw", "correlation", "cor.bentler", "cor.bollen", "normalized", "standardized")
    kind = one_of("kind", kind, known)
    names = list(fit.observed)
    out = {}
    for g, (label, sample, at) in enumerate(
        zip(fit.group_labels, fit.task.samples, fit.point.states, strict=True)
    ):
        mu, sigma = _compared(fit, g, at)
        gap = sample.cov - sigma
        apart = sample.mean - mu if fit.compiled.means else np.zeros(len(names))
        scale = np.sqrt(np.diagonal(sample.cov))
        if kind in ("correlation", "cor.bentler"):
            gap, apart = gap / np.outer(scale, scale), apart / scale
        elif kind == "cor.bollen":
            own = np.sqrt(np.diagonal(sigma))
            gap = sample.cov / np.outer(scale, scale) - sigma / np.outer(own, own)
            apart = sample.mean / scale - mu / own if fit.compiled.means else apart
        elif kind == "normalized":
            mean_se, cov_se = sample_errors(fit, g)
            gap, apart = gap / cov_se, apart / mean_se
        elif kind == "standardized":
            mean_se, cov_se = residual_errors(fit, g)
            gap, apart = gap / cov_se, apart / mean_se
        out[label] = {
            "cov": pd.DataFrame(gap, names, names),
            "mean": pd.DataFrame({"mean": apart}, index=names),
        }
    return out
