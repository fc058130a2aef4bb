"""Discrepancy functions of one group: value, slopes in Σ and μ, and the weight of the expected curvature.

ML:   F = log|Σ| + tr(SΣ⁻¹) − log|S| − p + (m − μ)ᵀΣ⁻¹(m − μ)
GLS:  F = ½ tr[(S − Σ)S⁻¹]² + (m − μ)ᵀS⁻¹(m − μ)
ULS:  F = ½ tr[(S − Σ)²] + (m − μ)ᵀ(m − μ)
FIML: F = (1/N) Σᵣ nᵣ [log|Σᵣ| + tr(SᵣΣᵣ⁻¹) + dᵣᵀΣᵣ⁻¹dᵣ] over missingness patterns r, less its value at the
      saturated model (Anderson 1957, https://doi.org/10.1080/01621459.1957.10501379)
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import Literal

import numpy as np
from scipy.linalg import lapack

from umkm_stats.kernels.sem.one.algebra import GroupCells, Numbers, State, curvature
from umkm_stats.kernels.sem.one.incomplete import Pattern, Stack, curvature_blocks, pairs, stacked
from umkm_stats.kernels.sem.structure import Floats

__all__ = [
    "Kind",
    "Pattern",
    "Sample",
    "Slopes",
    "evaluate",
    "expected",
    "inverse_of",
    "inverse_pd",
    "slopes",
]

Kind = Literal["ml", "gls", "uls", "fiml", "dwls", "wls", "uls_ordinal"]

ALONE = np.ones(1)
NOTHING = stacked((), 0)
FEW, SMALL = 4, 30
"""Patterns from which, and variables to which, their curvature is summed in the space of the moments."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one group gives the discrepancy: n rows (the sum of their weights where rows have some), mean
    (p,), cov (p,p), log|S| or the saturated FIML value
    in
    ``base``, ``weight`` (p,p) for GLS and ULS, patterns for FIML; stack: the patterns side by side (made: by
    a caller who has them)."""

    n: float
    mean: Floats
    cov: Floats
    base: float
    weight: Floats | None = None
    patterns: tuple[Pattern, ...] = ()
    stack: Stack = field(init=False, repr=False, compare=False)
    made: InitVar[Stack | None] = None

    def __post_init__(self, made: Stack | None) -> None:
        if made is None:
            made = stacked(self.patterns, len(self.mean)) if self.patterns else NOTHING
        object.__setattr__(self, "stack", made)


@dataclass(frozen=True, slots=True)
class Slopes:
    """value F, by_sigma (p,p) symmetric, by_mu (p,) or None, inverses: weights of the expected curvature,
    shares (R,) and matrices (R,p,p)."""

    value: float
    by_sigma: Floats
    by_mu: Floats | None
    inverses: tuple[Floats, Floats]


def inverse_pd(matrix: Floats) -> tuple[Floats, float] | None:
    """(inverse, log determinant) of a symmetric matrix, or None when it is not positive definite."""
    factor, info = lapack.dpotrf(matrix, lower=1, clean=0)
    if info != 0:
        return None
    diagonal = np.einsum("ii->i", factor)
    logdet = 2.0 * float(np.log(diagonal).sum())
    inverse, info = lapack.dpotri(factor, lower=1)
    if info != 0 or not np.isfinite(logdet):
        return None
    full = np.tril(inverse)
    full += np.tril(inverse, -1).T
    return full, logdet


def inverse_of(matrix: Floats) -> Floats:
    """Inverse of a regular symmetric matrix."""
    out = np.linalg.inv(matrix)
    return np.asarray((out + out.T) / 2.0, dtype=np.float64)


def evaluate(kind: Kind, sample: Sample, sigma: Floats, mu: Floats, *, means: bool) -> Slopes | None:
    """F and its slopes; None where Σ (ML, FIML) is not positive definite."""
    if kind == "fiml":
        return _fiml(sample, sigma, mu)
    apart = sample.mean - mu if means else None
    if kind == "ml":
        solved = inverse_pd(sigma)
        if solved is None:
            return None
        inverse, logdet = solved
        seen = sample.cov + np.outer(apart, apart) if apart is not None else sample.cov
        value = logdet + float(np.einsum("ij,ij->", inverse, seen)) - sample.base - len(sigma)
        by_sigma = inverse - inverse @ seen @ inverse
        return Slopes(
            value, by_sigma, None if apart is None else -2.0 * inverse @ apart, (ALONE, inverse[None])
        )
    weight = sample.weight if sample.weight is not None else np.eye(len(sigma))
    gap = sample.cov - sigma
    middle = weight @ gap @ weight
    value = 0.5 * float(np.einsum("ij,ij->", middle, gap))
    by_mu = None
    if apart is not None:
        value += float(apart @ weight @ apart)
        by_mu = -2.0 * weight @ apart
    return Slopes(value, -middle, by_mu, (ALONE, weight[None]))


def _fiml(sample: Sample, sigma: Floats, mu: Floats) -> Slopes | None:
    stack = sample.stack
    solved = stack.inverses(sigma)
    if solved is None:
        return None
    inverse, logdet = solved
    apart, seen = stack.around(mu)
    half = inverse @ seen
    value = float(stack.share @ (logdet + np.einsum("rii->r", half)))
    value -= sample.base if np.isfinite(sample.base) else 0.0
    by_sigma, by_mu = stack.slopes(inverse, apart, half)
    return Slopes(value, (by_sigma + by_sigma.T) / 2.0, by_mu, (stack.share, inverse))


def slopes(
    kind: Kind, sample: Sample, sigma: Numbers, mu: Numbers, *, means: bool
) -> tuple[Numbers, Numbers | None]:
    """(∂F/∂Σ, ∂F/∂μ) for real or complex moments; no value, no check."""
    if kind == "fiml":
        inverse = sample.stack.any_inverses(sigma)
        apart, seen = sample.stack.around(mu)
        return sample.stack.slopes(inverse, apart, inverse @ seen)
    if kind == "ml":
        inverse = np.linalg.inv(sigma)
        if not means:
            return inverse - inverse @ sample.cov @ inverse, None
        apart = sample.mean - mu
        return inverse - inverse @ (sample.cov + np.outer(apart, apart)) @ inverse, -2.0 * inverse @ apart
    weight = sample.weight if sample.weight is not None else np.eye(len(sigma))
    by_sigma = -(weight @ (sample.cov - sigma) @ weight)
    return by_sigma, (-2.0 * weight @ (sample.mean - mu) if means else None)


def expected(at: State, cells: GroupCells, found: Slopes, *, means: bool) -> Floats:
    """(C,C) half the expected curvature of F: the information of one observation under ML and FIML."""
    shares, weights = found.inverses
    if len(shares) > FEW and len(at.sigma) <= SMALL:
        return _by_moments(at, cells, shares, weights, means=means)
    total = np.zeros((len(cells.u),) * 2)
    for share, inverse in zip(shares, weights, strict=True):
        total += share * curvature(at, cells, inverse, means=means)
    return total


def _by_moments(at: State, cells: GroupCells, shares: Floats, weights: Floats, *, means: bool) -> Floats:
    """The same as ΔᵀVΔ: the patterns are visited once, in the space of the moments."""
    row, col, _ = pairs(len(at.sigma))
    left, right = at.stack[:, cells.u], at.stack[:, cells.v]
    delta = cells.w * (left[row] * right[col] + right[row] * left[col])
    total = delta.T @ (curvature_blocks(shares, weights, weights) @ delta)
    if means:
        mean_weight = np.einsum("r,rij->ij", shares, weights)
        total += (left.T @ (mean_weight @ left)) * at.slope[:, None] * at.slope[None, :]
    return np.asarray((total + total.T) / 2.0)
