"""Discrepancy functions of one group: value, slopes in Σ and μ, and the weight of the expected curvature.

ML:   F = log|Σ| + tr(SΣ⁻¹) − log|S| − p + (m − μ)ᵀΣ⁻¹(m − μ)
GLS:  F = ½ tr[(S − Σ)S⁻¹]² + (m − μ)ᵀS⁻¹(m − μ)
ULS:  F = ½ tr[(S − Σ)²] + (m − μ)ᵀ(m − μ)
FIML: F = (1/N) Σᵣ nᵣ [log|Σᵣ| + tr(SᵣΣᵣ⁻¹) + dᵣᵀΣᵣ⁻¹dᵣ] over missingness patterns r, less its value at the
      saturated model (Anderson 1957, https://doi.org/10.1080/01621459.1957.10501379)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import lapack

from umkm_stats.kernels.sem.one.algebra import GroupCells, Numbers, State, curvature
from umkm_stats.kernels.sem.structure import Floats, Ints

Kind = Literal["ml", "gls", "uls", "fiml", "dwls", "wls", "uls_ordinal"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows that miss the same variables: seen (k,) observed columns, n rows (sum of their weights), mean
    (k,),
    cov (k,k) with divisor n."""

    seen: Ints
    n: float
    mean: Floats
    cov: Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """What one group gives the discrepancy: n rows (the sum of their weights where rows have some), mean
    (p,), cov (p,p), log|S| or the saturated FIML value
    in
    ``base``, ``weight`` (p,p) for GLS and ULS, patterns for FIML."""

    n: float
    mean: Floats
    cov: Floats
    base: float
    weight: Floats | None = None
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Slopes:
    """value F, by_sigma (p,p) symmetric, by_mu (p,) or None, inverses: weights of the expected curvature."""

    value: float
    by_sigma: Floats
    by_mu: Floats | None
    inverses: tuple[tuple[float, Floats], ...]


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
        return Slopes(value, by_sigma, None if apart is None else -2.0 * inverse @ apart, ((1.0, inverse),))
    weight = sample.weight if sample.weight is not None else np.eye(len(sigma))
    gap = sample.cov - sigma
    middle = weight @ gap @ weight
    value = 0.5 * float(np.einsum("ij,ij->", middle, gap))
    by_mu = None
    if apart is not None:
        value += float(apart @ weight @ apart)
        by_mu = -2.0 * weight @ apart
    return Slopes(value, -middle, by_mu, ((1.0, weight),))


def _fiml(sample: Sample, sigma: Floats, mu: Floats) -> Slopes | None:
    value = -sample.base if np.isfinite(sample.base) else 0.0
    by_sigma, by_mu = np.zeros_like(sigma), np.zeros_like(mu)
    inverses = []
    for pattern in sample.patterns:
        at = np.ix_(pattern.seen, pattern.seen)
        solved = inverse_pd(np.ascontiguousarray(sigma[at]))
        if solved is None:
            return None
        inverse, logdet = solved
        apart = pattern.mean - mu[pattern.seen]
        seen = pattern.cov + np.outer(apart, apart)
        share = pattern.n / sample.n
        value += share * (logdet + float(np.einsum("ij,ij->", inverse, seen)))
        by_sigma[at] += share * (inverse - inverse @ seen @ inverse)
        by_mu[pattern.seen] -= 2.0 * share * (inverse @ apart)
        whole = np.zeros_like(sigma)
        whole[at] = inverse
        inverses.append((share, whole))
    return Slopes(value, by_sigma, by_mu, tuple(inverses))


def slopes(
    kind: Kind, sample: Sample, sigma: Numbers, mu: Numbers, *, means: bool
) -> tuple[Numbers, Numbers | None]:
    """(∂F/∂Σ, ∂F/∂μ) for real or complex moments; no value, no check."""
    if kind == "fiml":
        by_sigma, by_mu = np.zeros_like(sigma), np.zeros_like(mu)
        for pattern in sample.patterns:
            at = np.ix_(pattern.seen, pattern.seen)
            inverse = np.linalg.inv(sigma[at])
            apart = pattern.mean - mu[pattern.seen]
            share = pattern.n / sample.n
            by_sigma[at] += share * (inverse - inverse @ (pattern.cov + np.outer(apart, apart)) @ inverse)
            by_mu[pattern.seen] -= 2.0 * share * (inverse @ apart)
        return by_sigma, by_mu
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
    total = None
    for share, inverse in found.inverses:
        part = curvature(at, cells, inverse, means=means)
        total = share * part if total is None else total + share * part
    return np.asarray(total, dtype=np.float64)
