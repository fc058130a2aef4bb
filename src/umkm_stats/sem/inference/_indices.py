"""All fit indices of a fit, under lavaan's names with "_" for "." and ci_low/ci_high."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem import fit_indices as kernel
from umkm_stats.kernels.sem.moments import log_determinant, pairwise
from umkm_stats.sem.inference import _ordinal_indices as ordinal

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def exogenous_index(fit: Fit) -> list[int]:
    """Columns of the exogenous observed variables."""
    return [fit.observed.index(name) for name in fit.table.variables.exogenous]


def baseline_df(fit: Fit) -> int:
    """Degrees of freedom of the baseline: all covariances 0 but those among exogenous observed variables."""
    if isinstance(fit.task, OrdinalProblem):
        return sum(len(sample.first) for sample in fit.task.samples)
    p, x = len(fit.observed), len(fit.table.variables.exogenous)
    extra = p * (p - 1) // 2 - x * (x - 1) // 2
    return extra * len(fit.task.samples)


def baseline_x2(fit: Fit) -> float:
    """χ² of the baseline model."""
    if isinstance(fit.task, OrdinalProblem):
        return ordinal.baseline_x2(fit.task, fit.method.less)
    if fit.task.kind == "ml":
        exog = exogenous_index(fit)
        total = 0.0
        for sample in fit.task.samples:
            rest = [i for i in range(len(sample.cov)) if i not in exog]
            own = float(np.log(np.diagonal(sample.cov)[rest]).sum())
            own += log_determinant(sample.cov[np.ix_(exog, exog)]) if exog else 0.0
            total += sample.n * (own - log_determinant(sample.cov))
        return total
    from umkm_stats.sem.inference._baseline import baseline_point

    task, point = baseline_point(fit)
    pairs = zip(task.samples, point.found, strict=True)
    return max(sum((sample.n - fit.method.less) * found.value for sample, found in pairs), 0.0)


def _logl(fit: Fit) -> tuple[float, float]:
    """(log-likelihood, that of the saturated model); fixed exogenous variables are left out."""
    fixed = [int(index) for index in fit.compiled.fixed_x[:, 0]]
    h1, known = 0.0, True
    for sample in fit.task.samples:
        if fit.task.kind == "fiml":
            seen = sum(pattern.n * len(pattern.seen) for pattern in sample.patterns)
            known = known and sample.base == sample.base
            h1 -= 0.5 * (
                seen * math.log(2 * math.pi) + sample.n * (sample.base if sample.base == sample.base else 0.0)
            )
        else:
            p = len(sample.cov)
            h1 -= 0.5 * sample.n * (p * math.log(2 * math.pi) + sample.base + p)
        if fixed:
            inner = sample.cov[np.ix_(fixed, fixed)]
            k = len(fixed)
            h1 += 0.5 * sample.n * (k * math.log(2 * math.pi) + log_determinant(inner) + k)
    return h1 - 0.5 * fit.n * fit.point.value, h1 if known else math.nan


def _gfi(fit: Fit) -> tuple[float, int]:
    """(Jöreskog–Sörbom GFI, elements of the moment vectors): 1 − e′We / s′Ws with the weight at the solution,
    averaged over groups by their size; under FIML s holds pairwise moments, as in lavaan."""
    if isinstance(fit.task, OrdinalProblem):
        return ordinal.goodness(fit, fit.task)
    means = fit.compiled.means
    value, p = 0.0, len(fit.observed)
    low = np.tril_indices(p)
    fixed = [int(index) for index in fit.compiled.fixed_x[:, 0]]
    for g, (share, sample, at, found) in enumerate(
        zip(fit.task.shares, fit.task.samples, fit.point.states, fit.point.found, strict=True)
    ):
        level, seen = sample.mean.copy(), sample.cov.copy()
        if fit.task.kind == "fiml":
            level, seen = pairwise(fit.arrays[g] - sample.mean)
            level, seen = level + sample.mean, seen * (sample.n - 1) / sample.n
        gap, apart = seen - at.sigma, level - at.mu
        if fit.task.kind == "uls":
            top, bottom = float((gap[low] ** 2).sum()), float((sample.cov[low] ** 2).sum())
            if means:
                top, bottom = top + float(apart @ apart), bottom + float(sample.mean @ sample.mean)
        else:
            if fixed:
                seen[np.ix_(fixed, fixed)], level[fixed] = 0.0, 0.0
            top = bottom = 0.0
            parts, weights = found.inverses
            for matrix, vector, below in ((gap, apart, False), (seen, level, True)):
                half = weights @ matrix
                size = 0.5 * np.einsum("rij,rji->r", half, half)
                if means:
                    size += (weights @ vector) @ vector
                if below:
                    bottom = float(parts @ size)
                else:
                    top = float(parts @ size)
        value += share * (1.0 - top / bottom)
    return value, (p * (p + 1) // 2 + (p if means else 0)) * len(fit.task.samples)


def indices(fit: Fit) -> dict[str, float]:
    """The mapping ``Fit.indices``; NaN, counts apart, where the search did not converge."""
    found = _computed(fit)
    if fit.converged:
        return found
    kept = ("npar", "df", "baseline_df", "df_scaled", "baseline_df_scaled")
    return {name: value if name in kept else math.nan for name, value in found.items()}


def _computed(fit: Fit) -> dict[str, float]:
    x2, df, n, groups = fit.x2, fit.df, fit.n, len(fit.task.samples)
    base, base_df = baseline_x2(fit), baseline_df(fit)
    rows = n - fit.method.less * groups
    out: dict[str, float] = {
        "npar": float(fit.compiled.n_free),
        "fmin": x2 / (2.0 * n),
        "chisq": x2,
        "df": float(df),
        "pvalue": kernel.chi2_p(x2, df),
        "baseline_chisq": base,
        "baseline_df": float(base_df),
        "baseline_pvalue": kernel.chi2_p(base, base_df),
        "cfi": kernel.cfi(x2, df, base, base_df),
        "tli": kernel.tli(x2, df, base, base_df),
        "nnfi": kernel.tli(x2, df, base, base_df),
        "nfi": kernel.nfi(x2, base),
        "ifi": kernel.ifi(x2, df, base),
        "rni": kernel.rni(x2, df, base, base_df),
        "rmsea": kernel.rmsea(x2, df, rows, groups),
        "rmsea_pvalue": kernel.rmsea_close(x2, df, rows, groups),
        "cn_05": kernel.critical_n(x2, df, rows),
    }
    out["rmsea_ci_low"], out["rmsea_ci_high"] = kernel.rmsea_interval(x2, df, rows, groups)
    if fit.method.likelihood:
        logl, h1 = _logl(fit)
        out["logl"], out["unrestricted_logl"] = logl, h1
        out.update(kernel.information_criteria(logl, fit.compiled.n_free, n))
    means = fit.compiled.means
    sums: dict[str, float] = {}
    for sample, at in zip(fit.task.samples, fit.point.states, strict=True):
        for key, value in kernel.srmr(sample.cov, sample.mean, at.sigma, at.mu, means=means).items():
            sums[key] = sums.get(key, 0.0) + sample.n / n * value
    out["rmr"], out["srmr"] = sums["rmr"], sums["bentler"]
    out["srmr_bentler"], out["srmr_bentler_nomean"], out["srmr_mplus"] = (
        sums["bentler"],
        sums["bentler_nomean"],
        sums["mplus"],
    )
    if isinstance(fit.task, OrdinalProblem):
        out.update(ordinal.residual_indices(fit, fit.task))
        del out["srmr_mplus"]
    gfi, count = _gfi(fit)
    out["gfi"] = gfi
    out["agfi"] = 1.0 - count / df * (1.0 - gfi) if df > 0 else 1.0
    out["pgfi"] = df / count * gfi
    out.update(small_sample(fit))
    if x2 != x2:  # no saturated model: nothing that compares with it exists
        kept = ("npar", "df", "baseline_df", "logl", "aic", "bic", "bic2")
        return {name: value if name in kept else math.nan for name, value in out.items()}
    if fit.method.test != "standard":
        from umkm_stats.sem.inference._robust import robust_indices

        out.update(robust_indices(fit, out))
    elif fit.task.kind == "fiml":
        from umkm_stats.sem.inference._robust import corrected_fiml

        out.update(corrected_fiml(fit, out, scaled=False))
    return out


PLAIN = (
    "fmin",
    "chisq",
    "pvalue",
    "baseline_chisq",
    "baseline_pvalue",
    "cfi",
    "tli",
    "nnfi",
    "nfi",
    "ifi",
    "rni",
    "rmsea",
    "rmsea_pvalue",
    "rmsea_ci_low",
    "rmsea_ci_high",
    "cn_05",
    "rmr",
    "srmr",
    "srmr_bentler",
    "srmr_bentler_nomean",
    "gfi",
    "agfi",
    "pgfi",
    "logl",
    "unrestricted_logl",
    "aic",
    "bic",
    "bic2",
)
SCALED = ("chisq", "pvalue", "baseline_chisq", "baseline_pvalue", "cfi", "tli")
SCALED_RMSEA = ("rmsea", "rmsea_pvalue", "rmsea_ci_low", "rmsea_ci_high")


def no_indices(fit: Fit) -> dict[str, float]:
    """The mapping of a search that did not converge: the counts stand, everything that the estimates would
    have told is NaN, as lavaan refuses fit measures of such a model."""
    df, base = float(fit.df), float(baseline_df(fit))
    out = {"npar": float(fit.compiled.n_free), "df": df, "baseline_df": base}
    out |= dict.fromkeys(PLAIN, math.nan)
    if fit.method.test != "standard":
        out |= {"df_scaled": df, "baseline_df_scaled": base}
        out |= dict.fromkeys((f"{name}_scaled" for name in (*SCALED, *SCALED_RMSEA)), math.nan)
    return out


def small_sample(fit: Fit) -> dict[str, float]:
    """χ² corrected for small samples, one group under ML on complete rows: Swain 1975 and Bartlett 1950."""
    if fit.task.kind != "ml" or len(fit.task.samples) > 1 or fit.df == 0:
        return {}
    p, k, n, df = len(fit.observed), len(fit.latent), fit.n, fit.df
    free = p * (p + 1) // 2 - df
    q = (math.sqrt(1.0 + 8.0 * free) - 1.0) / 2.0
    top = p * (2 * p**2 + 3 * p - 1) - q * (2 * q**2 + 3 * q - 1)
    out = {}
    for name, factor in (
        ("swain", 1.0 - top / (12.0 * df * n)),
        ("bartlett", 1.0 - (2 * p + 4 * k + 5) / (6.0 * n)),
    ):
        value = factor * fit.x2 if factor > 0 else math.nan
        out[f"chisq_{name}"], out[f"pvalue_{name}"] = value, kernel.chi2_p(value, df)
    return out
