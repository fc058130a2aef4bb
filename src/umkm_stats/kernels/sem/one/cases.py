"""Contributions of single rows: scores, their cross-products, and quadratic forms in fourth moments.

For a row y (centred) the vector of its moments is z = (y, vech(yyᵀ − C)) and the normal-theory weight is
V = diag(W, ½Dᵀ(W ⊗ W)D). Neither z nor V is formed: Δᵀ V z and zᵀ V z follow from W y alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from umkm_stats.kernels.sem.one.algebra import GroupCells, State
from umkm_stats.kernels.sem.structure import Floats, Ints


def projected(
    at: State, cells: GroupCells, count: int, weight: Floats, rows: Floats, center: Floats, *, means: bool
) -> Floats:
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
    """(N,P) scores of rows (N,k) that have only the variables ``seen``; rows are centred at the implied
    mean."""
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


def clustered_forms(
    weight: Floats, rows: Floats, center: Floats, clusters: Ints | None, *, means: bool
) -> float:
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
    return np.asarray(out + square if means else out, dtype=np.float64)


def pair_forms(weight: Floats, rows: Floats, others: Floats, center: Floats, *, means: bool) -> Floats:
    """(N,M) zᵢᵀ V zⱼ."""
    square = rows @ weight @ others.T
    inner = weight @ center
    middle = weight @ center @ weight
    left = np.einsum("ij,jk,ik->i", rows, middle, rows)
    right = np.einsum("ij,jk,ik->i", others, middle, others)
    out = 0.5 * (square**2 - left[:, None] - right[None, :] + float(np.einsum("ij,ji->", inner, inner)))
    return np.asarray(out + square if means else out, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Traces:
    """first: tr(UΓ); second: tr(UΓUΓ) or NaN when it was not asked for."""

    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Cases:
    """Rows of one group for fourth moments: rows (N,p) centred, cov (p,p) their covariance; with fixed
    exogenous
    columns also ``fitted`` (N,p), the rows predicted from those, and their covariance ``fitted_cov``."""

    rows: Floats
    cov: Floats
    fitted: Floats | None
    fitted_cov: Floats | None

    @property
    def center(self) -> Floats:
        """Covariance that is left when the prediction is taken out."""
        return self.cov if self.fitted_cov is None else self.cov - self.fitted_cov


def cases(rows: Floats, mean: Floats, cov: Floats, fixed: list[int]) -> Cases:
    """Centre the rows and predict them from the fixed exogenous columns, if any."""
    centred = rows - mean
    if not fixed:
        return Cases(centred, cov, None, None)
    slopes = np.linalg.solve(cov[np.ix_(fixed, fixed)], cov[fixed])
    slopes[:, fixed] = np.eye(len(fixed))
    return Cases(centred, cov, centred[:, fixed] @ slopes, slopes.T @ cov[np.ix_(fixed, fixed)] @ slopes)


def gamma_scores(at: State, cells: GroupCells, count: int, one: Cases, *, means: bool) -> Floats:
    """(N,P) Δᵀ V z with V at the implied moments; given fixed x, z is what x does not predict."""
    weight = np.linalg.inv(at.sigma)
    out = projected(at, cells, count, weight, one.rows, one.cov, means=means)
    if one.fitted is not None and one.fitted_cov is not None:
        out = out - projected(at, cells, count, weight, one.fitted, one.fitted_cov, means=means)
    return out


def case_forms(weight: Floats, left: Cases, right: Cases, part: slice, *, means: bool) -> Floats:
    """(n,M) zᵢᵀ V zⱼ for the rows ``part`` of ``left`` and all rows of ``right``; same center in both."""
    center = left.center
    middle = weight @ center @ weight

    def own(rows: Floats) -> Floats:
        return np.asarray(np.einsum("ij,jk,ik->i", rows, middle, rows))

    rows, others = left.rows[part], right.rows
    square = (rows @ weight @ others.T) ** 2
    down, across = own(rows), own(others)
    lift, against = rows, others
    if left.fitted is not None and right.fitted is not None:
        mine, theirs = left.fitted[part], right.fitted
        square -= (rows @ weight @ theirs.T) ** 2 + (mine @ weight @ others.T) ** 2
        square += (mine @ weight @ theirs.T) ** 2
        down, across = down - own(mine), across - own(theirs)
        lift, against = rows - mine, others - theirs
    out = 0.5 * (square - down[:, None] - across[None, :] + float(np.einsum("ij,ji->", middle, center)))
    return np.asarray(out + lift @ weight @ against.T if means else out)


def _diagonal_forms(weight: Floats, one: Cases, *, means: bool) -> Floats:
    if one.fitted is None or one.fitted_cov is None:
        return forms(weight, one.rows, one.cov, means=means)
    center = one.center
    middle = weight @ center @ weight

    def quad(a: Floats, m: Floats, b: Floats) -> Floats:
        return np.asarray(np.einsum("ij,jk,ik->i", a, m, b))

    square = quad(one.rows, weight, one.rows) ** 2 - 2.0 * quad(one.rows, weight, one.fitted) ** 2
    square += quad(one.fitted, weight, one.fitted) ** 2
    cross = quad(one.rows, middle, one.rows) - quad(one.fitted, middle, one.fitted)
    out = 0.5 * (square - 2.0 * cross + float(np.einsum("ij,ji->", middle, center)))
    gap = one.rows - one.fitted
    return out + quad(gap, weight, gap) if means else out


def form_traces(
    weights: list[Floats],
    groups: list[Cases],
    scores: list[Floats],
    inverse: Floats,
    *,
    means: bool,
    second: bool,
) -> Traces:
    """tr(UΓ) and tr(UΓUΓ), U = V − VΔI⁻¹ΔᵀV, from rows alone (Satorra & Bentler 1994).

    weights (W) and rows a group, scores (N_g,P) = Δᵀ V z, inverse (P,P) = I⁻¹ on the free space.
    """
    total = sum(len(one.rows) for one in groups)
    first = 0.0
    for weight, one, score in zip(weights, groups, scores, strict=True):
        first += float(_diagonal_forms(weight, one, means=means).mean())
        first -= float(np.einsum("ij,jk,ik->i", score, inverse, score).mean()) * len(score) / total
    if not second:
        return Traces(first, np.nan)
    sums = 0.0
    for g, (one, score) in enumerate(zip(groups, scores, strict=True)):
        for h, against in enumerate(scores):
            share_g, share_h = len(score) / total, len(against) / total
            scale = 1.0 / (share_g * share_h * len(score) * len(against))
            for begin in range(0, len(score), 1000):
                part = slice(begin, begin + 1000)
                form = -share_g * share_h * score[part] @ inverse @ against.T
                if g == h:
                    form += share_g * case_forms(weights[g], one, one, part, means=means)
                sums += scale * float((form**2).sum())
    return Traces(first, sums)
