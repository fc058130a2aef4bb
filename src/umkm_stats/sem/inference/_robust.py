"""Sandwich covariances, scaled tests and the indices that come from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem import fit_indices as kernel
from umkm_stats.kernels.sem.moments import complete_sample
from umkm_stats.kernels.sem.one.algebra import jacobian
from umkm_stats.kernels.sem.one.cases import (
    Cases,
    cases,
    clustered_forms,
    crossed,
    form_traces,
    gamma_scores,
    gaps,
    projected,
)
from umkm_stats.kernels.sem.one.discrepancy import evaluate, inverse_of
from umkm_stats.kernels.sem.one.problem import Point, Problem
from umkm_stats.kernels.sem.saturated import moment_scores, observed_information
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.sem.inference import _ordinal_indices as ordinal
from umkm_stats.sem.inference._baseline import baseline_point
from umkm_stats.sem.inference._corrected import Corrected
from umkm_stats.sem.inference._information import bread, invert

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def scores(fit: Fit, task: Problem, point: Point) -> list[Floats]:
    """(N_g,P) derivatives of the log-likelihood of each row, by group, times the row's weight."""
    out = []
    count = task.structure.n_params
    for g, (rows, at, cells) in enumerate(zip(fit.arrays, point.states, task.plan.groups, strict=True)):
        if task.kind == "fiml":
            block = np.zeros((len(rows), count))
            keys, numbers = np.unique(~np.isnan(rows), axis=0, return_inverse=True)
            numbers = np.asarray(numbers).ravel()
            for index, key in enumerate(keys):
                seen, here = np.flatnonzero(key), np.flatnonzero(numbers == index)
                block[here] = gaps(at, cells, count, rows[np.ix_(here, seen)] - at.mu[seen], seen)
            out.append(weighted(fit, g, block))
            continue
        means = task.structure.means
        center = at.mu if means else task.samples[g].mean
        inverse = np.linalg.inv(at.sigma)
        found = projected(at, cells, count, inverse, rows - center, at.sigma, means=means)
        out.append(weighted(fit, g, found))
    return out


def weighted(fit: Fit, group: int, scores: Floats) -> Floats:
    """Scores (N_g,k) times the sampling weights of their rows."""
    return scores * fit.weights[group][:, None] if fit.weights else scores


def _cases(fit: Fit, task: Problem) -> list[Cases]:
    return [
        cases(rows, s.mean, s.cov, _fixed(task)) for rows, s in zip(fit.arrays, task.samples, strict=True)
    ]


def _gamma_scores(fit: Fit, task: Problem, point: Point) -> list[Floats]:
    count, means = task.structure.n_params, task.structure.means
    found = zip(_cases(fit, task), point.states, task.plan.groups, strict=True)
    return [gamma_scores(at, cells, count, one, means=means) for one, at, cells in found]


def _clusters(fit: Fit) -> list[Ints | None]:
    return list(fit.clusters) if fit.clusters else [None] * len(fit.arrays)


def _meat(fit: Fit, task: Problem, point: Point) -> Floats:
    found = _gamma_scores(fit, task, point) if fit.method.errors == "robust_sem" else scores(fit, task, point)
    total = sum(crossed(block, marks) for block, marks in zip(found, _clusters(fit), strict=True))
    return np.asarray(total / task.n)


def gamma_meat(fit: Fit) -> Floats:
    """(P,P) ΔᵀVΓVΔ at the solution, with the fourth moments of the rows."""
    total = sum(block.T @ block for block in _gamma_scores(fit, fit.task, fit.point))
    return np.asarray(total / fit.n)


def meat(fit: Fit) -> Floats:
    """(P,P) middle of the sandwich, per row."""
    return _meat(fit, fit.task, fit.point)


@dataclass(frozen=True, slots=True)
class Scaling:
    """trace tr(UΓ); factor: X² is divided by it; shift is added after; df of the test."""

    trace: float
    factor: float
    shift: float
    df: int

    def scaled(self, x2: float) -> float:
        """The scaled χ²; NaN when the factor is not positive."""
        return x2 / self.factor + self.shift if self.factor > 0 else math.nan


def _fixed(task: Problem) -> list[int]:
    return [int(index) for index in task.structure.fixed_x[:, 0]]


def _free_inverse(task: Problem, point: Point, information: str) -> Floats | None:
    basis = task.structure.basis
    matrix = task.hessian(point.params) / 2.0 if information == "observed" else task.information(point)
    inner = invert(basis.T @ matrix @ basis)
    return None if inner is None else basis @ inner @ basis.T


def _moment_inverse(task: Problem, point: Point) -> Floats | None:
    """Inverse of ΔᵀAΔ with A the observed information of the moments at the implied ones: lavaan's choice for
    the test under clusters where MLR is not asked for."""
    basis = task.structure.basis
    total = np.zeros((basis.shape[1], basis.shape[1]))
    for g, (share, sample, at) in enumerate(zip(task.shares, task.samples, point.states, strict=True)):
        sigma, mu = jacobian(task.plan, g, at)
        slopes = np.vstack([mu, sigma]) @ basis
        total += share * slopes.T @ observed_information(sample, at.mu, at.sigma) @ slopes
    inner = invert(total)
    return None if inner is None else basis @ inner @ basis.T


def scaling(fit: Fit, task: Problem, point: Point | None, df: int) -> Scaling:
    """Scaling of the test of a model (the fitted one or the baseline) by the estimator's rule."""
    bad = Scaling(math.nan, math.nan, 0.0, df)
    if df <= 0:
        return bad
    rule = fit.method.test
    if isinstance(fit.task, OrdinalProblem):
        if point is fit.point and not np.isfinite(fit.vcov).any():  # no regular information, no test
            return bad
        first, second = (
            ordinal.own_traces(fit, fit.task) if point is fit.point else ordinal.baseline_traces(fit.task)
        )
        return _by_traces(rule, first, second, df)
    if point is None:
        return bad
    mine = task is fit.task
    if fit.clusters and fit.estimator == "ML":
        inverse = _moment_inverse(task, point)
    else:
        inverse = bread(fit) if mine else _free_inverse(task, point, fit.options.information)
    if inverse is None:
        return bad
    if rule in ("satorra_bentler", "scaled_shifted"):
        weights = [np.linalg.inv(at.sigma) for at in point.states]
        traces = form_traces(
            weights,
            _cases(fit, task),
            _gamma_scores(fit, task, point),
            inverse,
            means=task.structure.means,
            second=rule == "scaled_shifted",
        )
        return _by_traces(rule, traces.first, traces.second, df)
    trace = _saturated_trace(fit, task) - float(np.einsum("ij,ji->", inverse, _meat(fit, task, point)))
    return Scaling(trace, trace / df, 0.0, df)


def _by_traces(rule: str, first: float, second: float, df: int) -> Scaling:
    """Mean-adjusted, or scaled and shifted."""
    if rule == "satorra_bentler" or not second > 0:
        return Scaling(first, first / df, 0.0, df)
    a = math.sqrt(df / second)
    return Scaling(first, 1.0 / a, df - a * first, df)


def _saturated_trace(fit: Fit, task: Problem) -> float:
    """tr(B₁A₁⁻¹) of the saturated model, fixed exogenous variables left out (Yuan & Bentler 2000)."""
    fixed = _fixed(task)
    total = 0.0
    for g, (rows, sample, marks) in enumerate(zip(fit.arrays, task.samples, _clusters(fit), strict=True)):
        if task.kind == "fiml" or fit.weights:
            keep = kept_moments(len(sample.mean), fixed)
            keep = keep if task.structure.means else keep[keep >= len(sample.mean)]
            info = observed_information(sample, sample.mean, sample.cov)[np.ix_(keep, keep)]
            found = weighted(fit, g, moment_scores(rows, sample.mean, sample.cov)[:, keep])
            meat_ = crossed(found, marks) / sample.n
            total += float(np.trace(np.linalg.solve(info, meat_)))
            continue
        centred = rows - sample.mean
        means = task.structure.means
        value = clustered_forms(inverse_of(sample.cov), centred, sample.cov, marks, means=means)
        if fixed:
            inner = sample.cov[np.ix_(fixed, fixed)]
            value -= clustered_forms(inverse_of(inner), centred[:, fixed], inner, marks, means=means)
        total += value / len(rows)
    return total


def kept_moments(p: int, fixed: list[int]) -> Ints:
    """Positions in (μ, vech Σ) that do not belong to the fixed exogenous variables alone."""
    col, row = np.triu_indices(p)
    inside = np.zeros(p, dtype=bool)
    inside[fixed] = True
    drop = np.concatenate([inside, inside[row] & inside[col]])
    return np.flatnonzero(~drop)


def robust_indices(fit: Fit, plain: dict[str, float]) -> dict[str, float]:
    """Scaled and robust indices beside the plain ones."""
    df, base_df, groups = fit.df, int(plain["baseline_df"]), len(fit.task.samples)
    n = fit.n - fit.method.less * groups
    x2, base = plain["chisq"], plain["baseline_chisq"]
    mine = scaling(fit, fit.task, fit.point, df)
    ordinal_items = isinstance(fit.task, OrdinalProblem)
    task, point = (fit.task, None) if ordinal_items else baseline_point(fit)
    other = scaling(fit, task, point, base_df)
    x2_scaled, base_scaled = mine.scaled(x2), other.scaled(base)
    if df == 0:
        x2_scaled = x2
    out = {
        "chisq_scaled": x2_scaled,
        "df_scaled": float(df),
        "pvalue_scaled": kernel.chi2_p(x2_scaled, df),
        "chisq_scaling_factor": mine.factor,
        "baseline_chisq_scaled": base_scaled,
        "baseline_df_scaled": float(base_df),
        "baseline_pvalue_scaled": kernel.chi2_p(base_scaled, base_df),
        "baseline_chisq_scaling_factor": other.factor,
        "cfi_scaled": kernel.cfi(x2_scaled, df, base_scaled, base_df),
        "tli_scaled": kernel.tli(x2_scaled, df, base_scaled, base_df),
    }
    shifted = fit.method.test == "scaled_shifted"
    if shifted:
        out["chisq_shift_parameter"] = mine.shift
    used, effective = (x2_scaled, float(df)) if shifted else (x2, mine.trace)
    out["rmsea_scaled"] = kernel.rmsea(used, effective, n, groups)
    out["rmsea_ci_low_scaled"], out["rmsea_ci_high_scaled"] = kernel.rmsea_interval(
        used, effective, n, groups
    )
    out["rmsea_pvalue_scaled"] = kernel.rmsea_close(used, effective, n, groups)
    if fit.task.kind == "fiml":
        return {**out, **corrected_fiml(fit, plain, scaled=True)}
    if isinstance(fit.task, OrdinalProblem):
        found = ordinal.categorical_ml(fit, fit.task, df, base_df)
        if df > 0 and not (found.c > 0 and np.isfinite(fit.vcov).any()):
            names = ("cfi", "tli", "rmsea", "rmsea_ci_low", "rmsea_ci_high", "rmsea_pvalue")
            return {**out, **{f"{name}_robust": math.nan for name in names}}
        scaled_ml = found.x2 / found.c if df > 0 else math.nan
        made = Corrected(
            x2=found.x2,
            df=df,
            c=found.c,
            base=found.base,
            base_df=base_df,
            c_base=found.c_base,
            scaled=scaled_ml,
            wide=found.c,
            n=n,
            groups=groups,
        )
        return {**out, **made.indices()}
    c, c_base = mine.factor, other.factor
    if shifted:
        c, c_base = c * (df - mine.shift) / df if df else math.nan, c_base * (base_df - other.shift) / base_df
    made = Corrected(
        x2=x2,
        df=df,
        c=c,
        base=base,
        base_df=base_df,
        c_base=c_base,
        scaled=x2_scaled,
        wide=mine.factor,
        n=n,
        groups=groups,
    )
    return {**out, **made.indices()}


def corrected_fiml(fit: Fit, plain: dict[str, float], *, scaled: bool) -> dict[str, float]:
    """Robust indices under missing data: the complete-data χ² at the saturated moments with its own
    scaling."""
    df, base_df, n, groups = fit.df, int(plain["baseline_df"]), fit.n, len(fit.task.samples)
    task, point = baseline_point(fit)
    weights = _missing_weights(fit, scaled=scaled)
    x2, c = _complete_x2(fit.task, fit.point), _missing_factor(fit.task, fit.point, weights, df)
    base, c_base = _complete_x2(task, point), _missing_factor(task, point, weights, base_df)
    good = c == c and c > 0
    return Corrected(
        x2=x2,
        df=df,
        c=c,
        base=base,
        base_df=base_df,
        c_base=c_base,
        scaled=x2 / c if good else math.nan,
        wide=c,
        n=n,
        groups=groups,
    ).indices()


def _complete_x2(task: Problem, point: Point) -> float:
    total = 0.0
    for sample, at in zip(task.samples, point.states, strict=True):
        full = complete_sample("ml", sample.n, sample.mean, sample.cov)
        found = evaluate("ml", full, at.sigma, at.mu, means=True)
        total += sample.n * found.value if found is not None else math.nan
    return total


@dataclass(frozen=True, slots=True)
class _Weights:
    """Per group: incomplete information, its inverse, complete information, the information whose inverse
    takes the
    parameters out (expected or observed, as the fit's), Γ (None: the inverse stands for it)."""

    keep: Ints
    missing: list[Floats]
    inverse: list[Floats]
    complete: list[Floats]
    curve: list[Floats]
    gamma: list[Floats] | None
    shares: list[float]


def _missing_weights(fit: Fit, *, scaled: bool) -> _Weights:
    fixed = _fixed(fit.task)
    keep = kept_moments(len(fit.observed), fixed)
    inner = np.ix_(keep, keep)
    missing, inverse, complete, curve, gamma = [], [], [], [], []
    for g, (rows, sample, marks) in enumerate(zip(fit.arrays, fit.task.samples, _clusters(fit), strict=True)):
        info = observed_information(sample, sample.mean, sample.cov)[inner]
        full = complete_sample("ml", sample.n, sample.mean, sample.cov)
        back = invert(info)
        if back is None:
            back = np.full_like(info, np.nan)
        missing.append(info)
        inverse.append(back)
        if fit.options.information == "expected":
            level, spread = sample.mean, sample.cov
            hoped = [
                replace(one, mean=level[one.seen], cov=spread[np.ix_(one.seen, one.seen)])
                for one in sample.patterns
            ]
            info = observed_information(replace(sample, patterns=tuple(hoped)), level, spread)[inner]
        curve.append(info)
        complete.append(observed_information(full, sample.mean, sample.cov)[inner])
        if scaled:
            found = weighted(fit, g, moment_scores(rows, sample.mean, sample.cov)[:, keep])
            middle = crossed(found, marks) / sample.n
            gamma.append(back @ middle @ back)
    return _Weights(keep, missing, inverse, complete, curve, gamma if scaled else None, list(fit.task.shares))


def _missing_factor(task: Problem, point: Point, weights: _Weights, df: int) -> float:
    """c of the complete-data χ² under missing data; U from the incomplete information at the saturated
    moments."""
    if df <= 0:
        return math.nan
    deltas = []
    for g, at in enumerate(point.states):
        sigma, mu = jacobian(task.plan, g, at)
        deltas.append((np.vstack([mu, sigma])[weights.keep]) @ task.structure.basis)
    total = sum(
        share * d.T @ w @ d for share, d, w in zip(weights.shares, deltas, weights.curve, strict=True)
    )
    inner = invert(np.asarray(total))
    if inner is None:
        return math.nan
    trace = 0.0
    for g, (share, left) in enumerate(zip(weights.shares, deltas, strict=True)):
        wing = weights.inverse[g] @ weights.complete[g] @ weights.inverse[g]  # W⁻¹ C W⁻¹, shares cancel
        own = weights.missing[g] - share * (weights.missing[g] @ left @ inner @ left.T @ weights.missing[g])
        if weights.gamma is None:
            trace += float(np.einsum("ij,ji->", wing, own))
            continue
        for h, (share_h, right) in enumerate(zip(weights.shares, deltas, strict=True)):
            cross = -share_h * (weights.missing[g] @ left @ inner @ right.T @ weights.missing[h])
            block = own if g == h else cross
            spread = weights.inverse[h] @ weights.complete[h] @ weights.inverse[h]
            back = block.T if g != h else own
            factor = share / share_h if g != h else 1.0
            trace += factor * float(
                np.einsum("ij,jk,kl,li->", block, spread, back, weights.gamma[g], optimize=True)
            )
    return trace / df
