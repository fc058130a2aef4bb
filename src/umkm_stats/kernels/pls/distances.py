"""How far the correlations a PLS model implies lie from those of the items: SRMR, d_ULS, d_G, χ², NFI.

A reflective block is implied by its loadings (λ_i λ_j), a formative one exactly; between blocks λ_i λ_j φ_ab.
The saturated φ are the constructs' correlations; the estimated ones follow from the paths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.plan import Plan

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distance:
    """srmr = √(d_uls / (p(p + 1)/2)); d_g with natural logarithms, NaN when the implied matrix is not
    positive definite; chi2 = (N − 1) F_ML; nfi = 1 − χ²/χ² of uncorrelated items."""

    srmr: float
    d_uls: float
    d_g: float
    chi2: float
    nfi: float


def construct_correlations(plan: Plan, corr: Floats, paths: Floats, r2: Floats, *, unit: bool) -> Floats:
    """(J, J) correlations that the paths (m,) imply, with exogenous ones as they are.

    Residual variances are 1 − R² and the diagonal is then set to 1; with ``unit`` every implied variance is
    held at 1 while paths are traced.
    """
    out = corr.copy()
    if unit:
        done = [j for j in range(plan.n_constructs) if j not in {target for target, _ in plan.equations}]
        at = 0
        for target, predictors in plan.equations:
            slopes = paths[at : at + len(predictors)]
            at += len(predictors)
            for entry in done:
                value = float(slopes @ out[list(predictors), entry])
                out[target, entry] = out[entry, target] = value
            done.append(target)
        return out
    size = plan.n_constructs
    arrows = np.zeros((size, size))
    for (left, right), value in zip(plan.arrows, paths, strict=True):
        arrows[right, left] = value
    targets = [target for target, _ in plan.equations]
    source = corr.copy()
    source[targets] = 0.0
    source[:, targets] = 0.0
    source[targets, targets] = 1.0 - r2
    spread = np.linalg.inv(np.eye(size) - arrows)
    out = spread @ source @ spread.T
    np.fill_diagonal(out, 1.0)
    return np.asarray(out)


def implied(plan: Plan, r: Floats, loadings: Floats, corr: Floats, *, composite: bool = False) -> Floats:
    """(p, p) implied item correlations; ``composite``: every block is reproduced exactly."""
    own = plan.own
    out = np.outer(loadings, loadings) * corr[own[:, None], own[None, :]]
    exact = np.array(plan.formative) | composite
    inside = (own[:, None] == own[None, :]) & exact[own][:, None]
    out[inside] = r[inside]
    np.fill_diagonal(out, 1.0)
    return np.asarray(out)


def distance(r: Floats, sigma: Floats, n: int) -> Distance:
    """``Distance`` between item correlations ``r`` and ``sigma`` (p, p) of ``n`` rows."""
    p = len(r)
    lower = np.tril_indices(p)
    square = float(((r - sigma)[lower] ** 2).sum())
    d_g = geodesic(r, sigma)
    sign, logdet = np.linalg.slogdet(sigma)
    base_sign, base = np.linalg.slogdet(r)
    if sign <= 0 or base_sign <= 0:
        return Distance(math.sqrt(square / lower[0].size), square, d_g, math.nan, math.nan)
    chi2 = (n - 1) * float(logdet - base + np.trace(np.linalg.solve(sigma, r)) - p)
    null = -(n - 1) * float(base)
    return Distance(math.sqrt(square / lower[0].size), square, d_g, chi2, 1.0 - chi2 / null)


def geodesic(r: Floats, sigma: Floats) -> float:
    """½ Σ ln² of the eigenvalues of r⁻¹σ (Dijkstra & Henseler 2015); NaN unless all are positive."""
    try:
        half = np.linalg.inv(np.linalg.cholesky(r))
    except np.linalg.LinAlgError:
        return math.nan
    roots = np.linalg.eigvalsh(half @ sigma @ half.T)
    return float(0.5 * (np.log(roots) ** 2).sum()) if roots.min() > 0.0 else math.nan


def transformed(z: Floats, r: Floats, sigma: Floats) -> Floats:
    """(n, p) standardised data ``z`` made to fit: their correlations become ``sigma`` (Bollen–Stine)."""

    def root(matrix: Floats, power: float) -> Floats:
        values, vectors = np.linalg.eigh(matrix)
        return np.asarray((vectors * np.maximum(values, 0.0) ** power) @ vectors.T)

    return np.asarray(z @ root(r, -0.5) @ root(sigma, 0.5))
