"""Validity from one solution: AVE, CR and ω of the factors, HTMT and correlations of the pairs,
cross-loadings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from umkm_stats.kernels.measurement import factor_validity as kernel
from umkm_stats.kernels.measurement import scale_reliability as reliability_kernel
from umkm_stats.kernels.measurement.heterotrait import against
from umkm_stats.kernels.measurement.items import r_table
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


HIGHER = ("factor", "ave", "cr_std", "omega_l1", "omega_l2", "omega_partial", "omega_hierarchical")
PAIRS = (
    *("construct", "other", "r", "r_low", "r_high", "htmt", "htmt2", "fornell_larcker", "problem"),
    *("htmt_signed", "problem_htmt"),
)
CLASSES = ("none", "marginal", "moderate", "severe")
GRADES = (0.80, 0.90, 1.00)  # of the limit of a correlation farther from zero (Rönkkö & Cho 2022)
HTMT_GRADES = (0.85, 0.90, 1.00)  # of HTMT itself (Henseler, Ringle & Sarstedt 2015)


def measures(parts: Parts, params: Floats, cov: Floats) -> kernel.FactorMeasures:
    own = cov if cov.shape[0] == params.shape[0] else None
    _, phi, sigma = parts.implied(params, own)
    return kernel.factor_measures(parts.pattern(params, own), phi, sigma, cov, parts.members, parts.columns)


def tables(
    parts: Parts, point: kernel.FactorMeasures, phi: Floats, corr: Floats, level: float
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
    ratio, geometric = kernel.htmt(corr, parts.members), kernel.htmt2(corr, parts.members)
    signed = kernel.htmt_signed(corr, parts.members)
    turned = keyed(parts, corr)
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
                    "problem": _keying(_grade(max(abs(low), abs(high)), GRADES), turned, names[i], names[j]),
                    "htmt_signed": signed[i, j],
                    "problem_htmt": _keying(_grade(ratio[i, j], HTMT_GRADES), turned, names[i], names[j]),
                }
            )
    return table, pd.DataFrame(rows, columns=list(PAIRS))


def unknown_tables(parts: Parts, *, drawn: bool, tested: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames of a model that did not converge: its constructs, no number and no verdict."""
    names = list(parts.factors)
    table = pd.DataFrame(np.nan, index=range(len(names)), columns=list(TABLE)).astype(object)
    table = table.assign(construct=names, k=[len(items) for items in parts.factors.values()])
    for name in TABLE:
        if name not in ("construct", "k", "fornell_larcker", "convergent"):
            table[name] = table[name].astype(float)
    table[["fornell_larcker", "convergent"]] = None
    ends = [(names[i], names[j]) for j in range(len(names)) for i in range(j)]
    pairs = pd.DataFrame({"construct": [a for a, _ in ends], "other": [b for _, b in ends]})
    for name in PAIRS[2:]:
        pairs[name] = None if name in ("fornell_larcker", "problem", "problem_htmt") else np.nan
    if drawn:
        for name in ("ave", "cr_std", "omega"):
            table[f"{name}_low"] = table[f"{name}_high"] = np.nan
        for name in ("htmt_low", "htmt_high", "htmt2_low", "htmt2_high"):
            pairs[name] = np.nan
        for name in ("below_085", "below_090", "below_1"):
            pairs[name] = None
    if tested:
        for name in ("chisq_diff", "df", "p"):
            pairs[name] = np.nan
    return table, pairs


def _grade(value: float, borders: Sequence[float]) -> str | None:
    """none, marginal, moderate or severe; None without a value."""
    return CLASSES[int(np.searchsorted(borders, value, side="right"))] if np.isfinite(value) else None


def _keying(grade: str | None, turned: Mapping[str, Sequence[str]], *names: str) -> str | None:
    """ "keying" in place of "none" (or of no value) where items of a construct run against each other."""
    return "keying" if grade in (None, "none") and any(name in turned for name in names) else grade


def keyed(parts: Parts, corr: Floats) -> dict[str, list[str]]:
    """construct → its items that run against the others; only constructs that have any."""
    border, observed = r_table(parts.fit.n), list(parts.fit.observed)
    found = {
        name: [observed[item] for item in against(corr, items, border)]
        for name, items in zip(parts.factors, parts.members, strict=True)
    }
    return {name: items for name, items in found.items() if items}


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
        _, phi, _ = parts.implied(parts.fit.params[None])
        lam = parts.pattern(parts.fit.params[None])
        place = list(parts.factors).index(GENERAL)
        share = kernel.hierarchical_omega(
            lam, phi, parts.cov[None], parts.members[place], parts.columns[place]
        )
        rows.append({"factor": GENERAL, "omega_hierarchical": float(share[0])})
    return pd.DataFrame(
        rows,
        columns=list(HIGHER),
    )
