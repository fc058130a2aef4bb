"""Contributions of single rows: scores, their cross-products, and quadratic forms in fourth moments.

For a row y (centred) the vector of its moments is z = (y, vech(yyᵀ − C)) and the normal-theory weight is
V = diag(W, ½Dᵀ(W ⊗ W)D). Neither z nor V is formed: Δᵀ V z and zᵀ V z follow from W y alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from umkm_stats.kernels.sem_algebra import GroupCells, State
from umkm_stats.kernels.structure import Floats, Ints


def projected(at: State, cells: GroupCells, count: int, weight: Floats, rows: Floats, center: Floats, *, means: bool) -> Floats:
    """(N,P) Δᵀ V z of every row; ``rows`` (N,p) centred, ``center`` the C of z, ``weight`` the W of V."""
    half = weight @ at.stack
    sides = rows @ half
    constant = (half.T @ center @ half)[cells.u, cells.v]
    by_u = sides[:, cells.u]
    values = cells.w * (by_u * sides[:, cells.v] - constant)
    if means:
        values = values + at.slope * by_u
    out = np.zeros((len(rows), count))
    if cells.plain:
        out[:, cells.param] = values
    else:
        np.add.at(out.T, cells.param, values.T)
    return out


def gaps(at: State, cells: GroupCells, count: int, rows: Floats, seen: Ints) -> Floats:
    """(N,P) scores of rows (N,k) that have only the variables ``seen``; rows are centred at the implied mean."""
    inverse = np.linalg.inv(at.sigma[np.ix_(seen, seen)])
    p = len(at.sigma)
    weight = np.zeros((p, p))
    weight[np.ix_(seen, seen)] = inverse
    full = np.zeros((len(rows), p))
    full[:, seen] = rows
    return projected(at, cells, count, weight, full, at.sigma, means=True)


def crossed(scores: Floats, clusters: Ints | None) -> Floats:
    """(P,P) sum of outer products of scores, summed within clusters first (with the factor C / (C − 1))."""
    if clusters is None:
        return scores.T @ scores
    _, numbers = np.unique(clusters, return_inverse=True)
    count = int(numbers.max()) + 1
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, numbers, scores)
    out: Floats = sums.T @ sums * (count / (count - 1.0))
    return out


def clustered_forms(weight: Floats, rows: Floats, center: Floats, clusters: Ints | None, *, means: bool) -> float:
    """Σ zᵀ V z over rows, or over clusters (sums of z) when given."""
    if clusters is None:
        return float(forms(weight, rows, center, means=means).sum())
    _, numbers = np.unique(clusters, return_inverse=True)
    count = int(numbers.max()) + 1
    total = 0.0
    for index in range(count):
        block = rows[numbers == index]
        total += float(pair_forms(weight, block, block, center, means=means).sum())
    return total * count / (count - 1.0)


def forms(weight: Floats, rows: Floats, center: Floats, *, means: bool) -> Floats:
    """(N,) zᵀ V z of every row."""
    half = rows @ weight
    square = np.einsum("ij,ij->i", half, rows)
    inner = weight @ center
    cross = np.einsum("ij,jk,ik->i", half, center, half)
    out = 0.5 * (square**2 - 2.0 * cross + float(np.einsum("ij,ji->", inner, inner)))
    return out + square if means else out


def pair_forms(weight: Floats, rows: Floats, others: Floats, center: Floats, *, means: bool) -> Floats:
    """(N,M) zᵢᵀ V zⱼ."""
    square = rows @ weight @ others.T
    inner = weight @ center
    middle = weight @ center @ weight
    left = np.einsum("ij,jk,ik->i", rows, middle, rows)
    right = np.einsum("ij,jk,ik->i", others, middle, others)
    out = 0.5 * (square**2 - left[:, None] - right[None, :] + float(np.einsum("ij,ji->", inner, inner)))
    return out + square if means else out


@dataclass(frozen=True, slots=True)
class Traces:
    """first: tr(UΓ); second: tr(UΓUΓ) or NaN when it was not asked for."""

    first: float
    second: float


def form_traces(
    weights: list[Floats],
    rows: list[Floats],
    centers: list[Floats],
    scores: list[Floats],
    inverse: Floats,
    fixed: list[int],
    *,
    means: bool,
    second: bool,
) -> Traces:
    """tr(UΓ) and tr(UΓUΓ) of groups, U = V − VΔI⁻¹ΔᵀV, from rows alone (Satorra & Bentler 1994).

    weights (W), rows (centred), centers (C), scores (N_g,P) = Δᵀ V z; inverse (P,P) = I⁻¹ on the free space; the
    marginal part of ``fixed`` exogenous columns is taken out of V.
    """
    total = sum(len(block) for block in rows)
    first = 0.0
    for weight, block, center, score in zip(weights, rows, centers, scores, strict=True):
        value = float(forms(weight, block, center, means=means).mean())
        if fixed:
            inner = np.ix_(fixed, fixed)
            part = forms(np.linalg.inv(center[inner]), block[:, fixed], center[inner], means=means)
            value -= float(part.mean())
        first += value - float(np.einsum("ij,jk,ik->i", score, inverse, score).mean()) * len(block) / total
    if not second:
        return Traces(first, np.nan)
    sums = 0.0
    for g, (block, score) in enumerate(zip(rows, scores, strict=True)):
        for h, (other, against) in enumerate(zip(rows, scores, strict=True)):
            share_g, share_h = len(block) / total, len(other) / total
            scale = 1.0 / (share_g * share_h * len(block) * len(other))
            for begin in range(0, len(block), 1000):
                part = slice(begin, begin + 1000)
                form = -share_g * share_h * score[part] @ inverse @ against.T
                if g == h:
                    form += share_g * pair_forms(weights[g], block[part], other, centers[g], means=means)
                    if fixed:
                        inner = np.ix_(fixed, fixed)
                        form -= share_g * pair_forms(
                            np.linalg.inv(centers[g][inner]), block[part][:, fixed], other[:, fixed], centers[g][inner], means=means
                        )
                sums += scale * float((form**2).sum())
    return Traces(first, sums)
