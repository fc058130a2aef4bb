"""Missingness patterns side by side: what one visit of all of them costs a few products of stacked arrays.

For a pattern that misses the variables m, with K = Σ⁻¹ and M = K_mm⁻¹,

    Σ_oo⁻¹ = (K − K_·m M K_m·)_oo        log|Σ_oo| = log|Σ| + log|K_mm|

so that only blocks of the size |m| are inverted. Where Σ is nearly singular these differences keep few
digits, and every Σ_oo is factorised by itself, with ones in the places that are missing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from umkm_stats.kernels.sem.structure import Floats, Ints

PIVOT = 1e-7
"""Least squared pivot of Σ, relative to its variance, at which inverses are taken from Σ⁻¹."""


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
class Stack:
    """R patterns of p variables: n (R,); seen (R, p); both (R, p, p) 1 where two variables are seen, else 0;
    mean (R, p) and cov (R, p, p), zero where missing. gap (A,): patterns that miss something, missing (A, k):
    what they miss, filled up to the most that one misses, held (A, k): 1 for a variable, 0 for what fills up.
    """

    n: Floats
    seen: NDArray[np.bool_]
    both: Floats
    mean: Floats
    cov: Floats
    gap: Ints
    missing: Ints
    held: Floats

    @property
    def share(self) -> Floats:
        """(R,) n over its sum."""
        return np.asarray(self.n / self.n.sum())

    def inverses(self, sigma: Floats) -> tuple[Floats, Floats] | None:
        """Σ_oo⁻¹ (R, p, p), zero where missing, and log|Σ_oo| (R,); None where one is not positive
        definite."""
        factor, info = lapack.dpotrf(sigma, lower=1, clean=1)
        own = np.diagonal(factor)
        if info != 0 or not (own**2 > PIVOT * np.diagonal(sigma)).all():
            return self._singly(sigma)
        root, _ = lapack.dtrtri(factor, lower=1)
        out, blocks = self._reduced(root.T @ root)
        logs = np.full(len(self.n), 2.0 * float(np.log(own).sum()))
        logs[self.gap] += np.linalg.slogdet(blocks)[1]
        return out, logs

    def _reduced(self, whole: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Σ_oo⁻¹ (R, p, p) and the blocks K_mm (A, k, k), filled up with ones, from ``whole`` = K."""
        out = np.repeat(whole[None], len(self.n), axis=0)
        place = np.arange(self.missing.shape[1])
        side = whole[self.missing] * self.held[:, :, None]
        block = whole[self.missing[:, :, None], self.missing[:, None, :]]
        block *= self.held[:, :, None] * self.held[:, None, :]
        block[:, place, place] += 1.0 - self.held
        out[self.gap] -= side.transpose(0, 2, 1) @ np.linalg.solve(block, side)
        out *= self.both
        return out, block

    def _singly(self, sigma: Floats) -> tuple[Floats, Floats] | None:
        place = np.arange(self.seen.shape[1])
        padded = self.both * sigma
        padded[:, place, place] += ~self.seen
        try:
            factor = np.linalg.cholesky(padded)
            out = np.linalg.inv(padded)
        except np.linalg.LinAlgError:
            return None
        logs = 2.0 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
        if not np.isfinite(logs).all():
            return None
        out[:, place, place] -= ~self.seen
        return (out + out.transpose(0, 2, 1)) / 2.0, logs

    def any_inverses(self, sigma: NDArray[Any]) -> NDArray[Any]:
        """Σ_oo⁻¹ (R, p, p) of real or complex Σ; no check."""
        if not np.iscomplexobj(sigma):
            found = self.inverses(sigma)
            if found is not None:
                return found[0]
        return self._reduced(np.linalg.inv(sigma))[0]

    def margins(self) -> tuple[Floats, Floats]:
        """Mean (p,) and variances, on the diagonal of (p, p), of the values seen of each variable."""
        weight = self.seen * self.n[:, None]
        total = weight.sum(axis=0)
        mean = (weight * self.mean).sum(axis=0) / total
        own = np.diagonal(self.cov, axis1=1, axis2=2) + (self.mean - mean) ** 2
        return mean, np.diag((weight * own).sum(axis=0) / total)

    def around(self, mu: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Mean less μ (R, p) and second moments about μ (R, p, p), zero where missing."""
        apart = np.where(self.seen, self.mean - mu, 0.0)
        return apart, self.cov + apart[:, :, None] * apart[:, None, :]

    def slopes(
        self, inverse: NDArray[Any], apart: NDArray[Any], half: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """(∂F/∂Σ, ∂F/∂μ) = Σᵣ share (W − WBW), −2 Σᵣ share W d, with half (R, p, p) = WB."""
        share, (count, p, _) = self.share, inverse.shape
        weighted = inverse * share[:, None, None]
        left = half.transpose(1, 0, 2).reshape(p, count * p)
        by_sigma = weighted.sum(axis=0) - left @ weighted.reshape(count * p, p)
        by_mu = -2.0 * np.einsum("rij,rj->i", weighted, apart)
        return by_sigma, by_mu


def stacked(found: tuple[Pattern, ...], p: int) -> Stack:
    """Patterns of p variables side by side."""
    count = len(found)
    seen, mean, cov = np.zeros((count, p), dtype=bool), np.zeros((count, p)), np.zeros((count, p, p))
    for index, pattern in enumerate(found):
        seen[index, pattern.seen] = True
        mean[index, pattern.seen] = pattern.mean
        cov[index][pattern.seen[:, None], pattern.seen] = pattern.cov
    number = (~seen).sum(axis=1)
    gap = np.flatnonzero(number)
    most = int(number.max(initial=0))
    held = (np.arange(most) < number[gap, None]).astype(np.float64)
    missing = np.zeros((len(gap), most), dtype=np.int64)
    missing[held > 0.0] = np.nonzero(~seen[gap])[1]
    both = (seen[:, :, None] & seen[:, None, :]).astype(np.float64)
    n = np.array([pattern.n for pattern in found], dtype=np.float64)
    return Stack(n, seen, both, mean, cov, gap, missing, held)


def pairs(p: int) -> tuple[Ints, Ints, Floats]:
    """Rows and columns of vech, down the columns of the lower triangle, and ½ on its diagonal, else 1."""
    col, row = np.triu_indices(p)
    half: Floats = np.where(row == col, 0.5, 1.0)
    return row.astype(np.int64), col.astype(np.int64), half


@functools.lru_cache(maxsize=4)
def _crossed(p: int) -> tuple[Ints, Ints]:
    """(p*, p*) places in a flat (p*, p*) matrix of vech × vech: (ad, bc) and (ac, bd), for (ab, cd)."""
    row, col, _ = pairs(p)
    number = np.empty((p, p), dtype=np.int64)
    number[row, col] = number[col, row] = np.arange(len(row))
    a, b, c, d = row[:, None], col[:, None], row[None, :], col[None, :]
    count = len(row)
    return number[a, d] * count + number[b, c], number[a, c] * count + number[b, d]


def curvature_blocks(shares: Floats, left: Floats, right: Floats) -> Floats:
    """(p*,p*) Σᵣ shareᵣ ½Dᵀ(Lᵣ ⊗ Rᵣ)D symmetrised, left and right (R,p,p) symmetric."""
    row, col, half = pairs(left.shape[1])
    lower = left[:, row, col]
    tensor = (lower * shares[:, None]).T @ (lower if right is left else right[:, row, col])
    if right is not left:
        tensor = (tensor + tensor.T) / 2.0
    first, second = _crossed(left.shape[1])
    total = tensor.take(first) + tensor.take(second)
    total *= half[:, None] * half[None, :]
    return np.asarray((total + total.T) / 2.0)
