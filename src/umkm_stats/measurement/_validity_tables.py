"""Validity from one solution: AVE, CR and ω of the factors, HTMT and correlations of the pairs,
cross-loadings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.measurement._answers import Floats
from umkm_stats.measurement._model import GENERAL, Parts

AVE_LEAST, CR_LEAST = 0.50, 0.70
TABLE = (
    "construct",
    "k",
    "ave",
    "ave_raw",
    "cr_std",
    "cr_raw",
    "omega_total",
    "max_rho",
    "sqrt_ave",
    "max_r",
    "fornell_larcker",
    "convergent",
)


PAIRS = ("construct", "other", "r", "r_low", "r_high", "htmt", "htmt2", "fornell_larcker", "problem")


def measures(parts: Parts, params: Floats, cov: Floats) -> kernel.FactorMeasures:
    lam, phi, sigma = parts.implied(params, cov if cov.shape[0] == params.shape[0] else None)
    return kernel.factor_measures(lam, phi, sigma, cov, parts.members, parts.columns)


def tables(
    parts: Parts, point: kernel.FactorMeasures, phi: Floats, ratio: Floats, geometric: Floats, level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = list(parts.factors)
    k = len(names)
    with np.errstate(invalid="ignore"):
        root = np.sqrt(point.ave[0])
        inner = phi[np.ix_(parts.columns, parts.columns)]
        sd = np.sqrt(np.diag(inner))
        r = inner / np.outer(sd, sd)
    off = np.where(np.eye(k, dtype=bool), np.nan, np.abs(r))
    largest = np.array([np.nanmax(row) if np.isfinite(row).any() else np.nan for row in off])
    table = pd.DataFrame(
        {
            "construct": names,
            "k": [len(items) for items in parts.factors.values()],
            "ave": point.ave[0],
            "ave_raw": point.ave_raw[0],
            "cr_std": point.cr_std[0],
            "cr_raw": point.cr_raw[0],
            "omega_total": point.omega[0],
            "max_rho": point.max_rho[0],
            "sqrt_ave": root,
            "max_r": largest,
            "fornell_larcker": [
                bool(a > b) if np.isfinite(a) and np.isfinite(b) else None
                for a, b in zip(root, largest, strict=True)
            ],
            "convergent": (point.ave[0] >= AVE_LEAST) & (point.cr_std[0] >= CR_LEAST),
        },
        columns=list(TABLE),
    )
    lower, upper = correlation_limits(parts, level)
    rows: list[dict[str, Any]] = []
    for j in range(k):
        for i in range(j):
            low, high = float(lower[i, j]), float(upper[i, j])
            apart = (
                bool(min(root[i], root[j]) > abs(r[i, j]))
                if np.isfinite([root[i], root[j], r[i, j]]).all()
                else None
            )
            row = {"construct": names[i], "other": names[j], "r": r[i, j], "r_low": low, "r_high": high}
            rows.append(
                row
                | {
                    "htmt": ratio[i, j],
                    "htmt2": geometric[i, j],
                    "fornell_larcker": apart,
                    "problem": _grade(low, high),
                }
            )
    return table, pd.DataFrame(rows, columns=list(PAIRS))


def _grade(low: float, high: float) -> str | None:
    """Rönkkö & Cho's classes by the limit farther from zero."""
    far = max(abs(low), abs(high))
    if not np.isfinite(far):
        return None
    return "none" if far < 0.8 else "marginal" if far < 0.9 else "moderate" if far < 1 else "severe"


def correlation_limits(parts: Parts, level: float) -> tuple[Floats, Floats]:
    """(k,k) delta-method limits of the correlations that the model implies between its first-order factors.

    The derivatives are central differences of the implied correlations; NaN where a correlation has no
    standard error.
    """
    params, vcov = parts.fit.params, parts.fit.vcov
    se = np.sqrt(np.maximum(np.diag(vcov), 0))
    step = 1e-3 * np.where(np.isfinite(se) & (se > 0), se, 1e-3)
    moved = np.concatenate([params + np.diag(step), params - np.diag(step), params[None]])
    _, phi, _ = parts.implied(moved)
    inner = phi[:, parts.columns][:, :, parts.columns]
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(np.diagonal(inner, axis1=1, axis2=2))
        r = inner / (sd[:, :, None] * sd[:, None, :])
    count = params.size
    slope = (r[:count] - r[count : 2 * count]) / (2 * step[:, None, None])
    variance = np.einsum("pij,pq,qij->ij", slope, vcov, slope)
    wide = float(norm.isf((1 - level) / 2)) * np.sqrt(np.where(variance > 1e-20, variance, np.nan))
    return r[-1] - wide, r[-1] + wide


def green_yang(parts: Parts, lam: Floats, phi: Floats) -> list[float]:
    """Reliability of the sum of the categories, a factor."""
    out = []
    for items, j in zip(parts.members, parts.columns, strict=True):
        common = np.outer(lam[items, j], lam[items, j]) * phi[j, j]
        total = parts.cov[np.ix_(items, items)]
        out.append(kernel.green_yang(common, total, [parts.thresholds[i] for i in items]))
    return out


def cross(parts: Parts, lam: Floats, phi: Floats, sigma: Floats) -> pd.DataFrame:
    """Correlation of every item with every factor implied by the model."""
    with np.errstate(invalid="ignore"):
        covariance = lam @ phi
        r = covariance / np.sqrt(np.outer(np.diag(sigma), np.diag(phi)))
    rows = []
    observed = list(parts.fit.observed)
    for owner, items in parts.factors.items():
        for item in items:
            for name, j in zip(parts.factors, parts.columns, strict=True):
                rows.append(
                    {
                        "item": item,
                        "factor": name,
                        "loading": r[observed.index(item), j],
                        "own": name == owner,
                    }
                )
    return pd.DataFrame(rows)


def higher(parts: Parts) -> pd.DataFrame:
    """ω of second-order factors and ω hierarchical of a general factor, when the model has one."""
    states = list(parts.fit.layout.states)
    rows: list[dict[str, Any]] = []
    if parts.higher:
        made = parts.matrices(parts.fit.params[None])
        std_loadings = parts.fit.estimates.query("op == '=~'")
        for name, members in parts.higher.items():
            first = np.array([states.index(member) for member in members])
            got = kernel.higher_omega(
                made.lam[:, 0], made.beta[:, 0], made.psi[:, 0], made.theta[:, 0], first, states.index(name)
            )
            std = std_loadings[std_loadings["lhs"] == name]["std_all"].to_numpy(dtype=np.float64)
            row = {
                "factor": name,
                "ave": float((std**2).mean()),
                "cr_std": float(reliability_kernel.composite(std, 1 - std**2)),
            }
            row |= {"omega_l1": got.total[0], "omega_l2": got.factors[0], "omega_partial": got.partial[0]}
            rows.append(row | {"omega_hierarchical": np.nan})
    if GENERAL in parts.factors and len(parts.factors) > 1:
        lam, phi, _ = parts.implied(parts.fit.params[None])
        place = list(parts.factors).index(GENERAL)
        share = kernel.hierarchical_omega(
            lam, phi, parts.cov[None], parts.members[place], parts.columns[place]
        )
        rows.append({"factor": GENERAL, "omega_hierarchical": float(share[0])})
    return pd.DataFrame(
        rows,
        columns=["factor", "ave", "cr_std", "omega_l1", "omega_l2", "omega_partial", "omega_hierarchical"],
    )
