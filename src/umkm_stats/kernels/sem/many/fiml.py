"""Full-information maximum likelihood with missing values, for many draws at once.

With K = Σ⁻¹ and m the missing variables of a row, everything a row adds follows from K and the small block
K_mm:

    log|Σ_oo| = log|Σ| + log|K_mm|        e_m = −K_mm⁻¹ (K e)_m   (e: row − μ, zero where missing)

so a draw costs one product N × p × p and inverses of size |m|, instead of one inverse of size |o| a pattern.
With T = Σ cᵢ êᵢêᵢᵀ over the completed rows and C = Σ cᵢ K_mm⁻¹ (padded), n = Σ cᵢ:

    F = (1/n) [n log|Σ| + Σ cᵢ log|K_mm| + tr(KT)]
    ∂F/∂Σ = (1/n) [nK − KCK − KTK]      ∂F/∂μ = −(2/n) K Σ cᵢêᵢ

Draws are weights of the rows (or rows of their own, for simulated data). Complete rows enter through their
moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from umkm_stats.kernels.draws import product_sums
from umkm_stats.kernels.sem.many.algebra import inverse_pd, pivots
from umkm_stats.kernels.sem.many.model import (
    Bools,
    Floats,
    GroupPlan,
    Mats,
    Plan,
    cell_curvature,
    cell_information,
    chain,
    frame,
    free_curvature,
    free_information,
    implied,
    matrices,
    mean_scale,
    parameters,
    residual_variances,
    to_free,
)
from umkm_stats.kernels.sem.one.discrepancy import FEW, SMALL
from umkm_stats.kernels.sem.one.incomplete import curvature_blocks, pairs

Ints = NDArray[np.int64]

AT_ONCE = 1 << 18
"""Numbers of completed rows held at once (2 MiB): draws are worked through in slices of this size."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Rows of one group that miss the same number k of variables.

    rows (R,): positions among the incomplete rows; which (R,): pattern of each; missing (A, k): variables
    missing in each pattern; of_pattern (A, R) sparse sums over rows; into (p², A·k²) sparse sums into a p × p
    matrix.
    """

    rows: Ints
    which: Ints
    missing: Ints
    of_pattern: sparse.csr_matrix
    into: sparse.csr_matrix


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Which rows are complete, and the others by the number they miss. centre (p,): values are taken from it;
    variance (p,): of the values seen."""

    complete: Ints
    incomplete: Ints
    gaps: tuple[Gaps, ...]
    centre: Floats
    variance: Floats


def row_plan(data: Floats) -> RowPlan:
    """The plan of (N, p) ``data`` with NaN where missing; no row may be wholly missing."""
    absent = np.isnan(data)
    p = data.shape[1]
    some = absent.any(axis=1)
    incomplete = np.flatnonzero(some)
    held = absent[incomplete]
    number = held.sum(axis=1)
    gaps: list[Gaps] = []
    for k in np.unique(number):
        rows = np.flatnonzero(number == k)
        patterns, which = np.unique(held[rows], axis=0, return_inverse=True)
        which = which.reshape(-1)
        missing = np.nonzero(patterns)[1].reshape(len(patterns), k)
        sums = sparse.csr_matrix(
            (np.ones(len(rows)), (which, np.arange(len(rows)))), shape=(len(patterns), len(rows))
        )
        cell = (missing[:, :, None] * p + missing[:, None, :]).ravel()
        into = sparse.csr_matrix((np.ones(len(cell)), (cell, np.arange(len(cell)))), shape=(p * p, len(cell)))
        gaps.append(Gaps(rows=rows, which=which, missing=missing, of_pattern=sums, into=into))
    present = np.maximum((~absent).sum(axis=0), 1)
    centre = np.where(absent, 0.0, data).sum(axis=0) / present
    variance = np.where(absent, 0.0, (data - centre) ** 2).sum(axis=0) / present
    return RowPlan(np.flatnonzero(~some), incomplete, tuple(gaps), centre, np.maximum(variance, 1e-300))


@dataclass(frozen=True, slots=True)
class Rows:
    """What D draws of one group hold.

    values (1 or D, R, p): the incomplete rows minus the centre, zero where missing; weights (D, R): their
    counts; by_pattern: per gap (D, A) counts; n (D,): all rows; whole (D,): complete rows; cov (D,p,p), mean
    (D,p): moments of the complete rows about the centre (zero when there are none); outer_cov, outer_mean:
    moments of the exogenous observed variables over all rows (other entries zero).
    """

    values: Floats
    weights: Floats
    by_pattern: tuple[Floats, ...]
    n: Floats
    whole: Floats
    cov: Floats
    mean: Floats
    outer_cov: Floats
    outer_mean: Floats

    def take(self, rows: Ints) -> Rows:
        """Some of the draws."""
        return Rows(
            self.values if len(self.values) == 1 else self.values[rows],
            self.weights[rows],
            tuple(entry[rows] for entry in self.by_pattern),
            *(
                entry[rows]
                for entry in (self.n, self.whole, self.cov, self.mean, self.outer_cov, self.outer_mean)
            ),
        )


def weighted_rows(order: RowPlan, group: GroupPlan, data: Floats, counts: Floats) -> Rows:
    """The rows of D draws: ``data`` (N, p) shared or (D, N, p), ``counts`` (D, N)."""
    stacked = (data[None] if data.ndim == 2 else data) - order.centre
    filled = np.where(np.isnan(stacked), 0.0, stacked)
    n = counts.sum(axis=1)
    whole = counts[:, order.complete].sum(axis=1)
    mean, cov = _moments(filled[:, order.complete], counts[:, order.complete])
    seen = group.fixed_seen
    outer_mean, outer_cov = np.zeros_like(mean), np.zeros_like(cov)
    if len(seen):
        some_mean, some_cov = _moments(filled[:, :, seen], counts)
        outer_mean[:, seen] = some_mean + order.centre[seen]
        outer_cov[:, seen[:, None], seen[None, :]] = some_cov
    weights = np.ascontiguousarray(counts[:, order.incomplete])
    by_pattern = tuple(
        np.ascontiguousarray((gap.of_pattern @ weights[:, gap.rows].T).T) for gap in order.gaps
    )
    return Rows(
        np.ascontiguousarray(filled[:, order.incomplete]),
        weights,
        by_pattern,
        n,
        whole,
        cov,
        mean,
        outer_cov,
        outer_mean,
    )


def _moments(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Mean (D,p) and covariance (D,p,p), divisor n, of (1 or D, R, p) values under (D, R) counts; zero when n
    = 0."""
    n = np.maximum(counts.sum(axis=1), 1.0)
    mean = np.matmul(counts[:, None, :], values)[:, 0, :] / n[:, None]
    count, p = len(counts), values.shape[2]
    cov = np.empty((count, p, p))
    if len(values) == 1:
        row, col = np.tril_indices(p)
        products = product_sums(counts, values[0], row, col) / n[:, None]
        cov[:, row, col] = products
        cov[:, col, row] = products
    else:
        for draw in range(count):
            cov[draw] = (values[draw] * counts[draw][:, None]).T @ values[draw] / n[draw]
    return mean, cov - mean[:, :, None] * mean[:, None, :]


@dataclass(frozen=True, slots=True)
class FimlBatch:
    """−2/N times the log-likelihood (without its constant) of D draws. share (D, G): N_g/N."""

    model: Plan
    orders: tuple[RowPlan, ...]
    rows: tuple[Rows, ...]
    share: Floats

    @classmethod
    def of(cls, model: Plan, orders: tuple[RowPlan, ...], rows: tuple[Rows, ...]) -> FimlBatch:
        """The batch."""
        n = np.stack([entry.n for entry in rows], axis=1)
        return cls(model, orders, rows, n / n.sum(axis=1, keepdims=True))

    def __len__(self) -> int:
        return len(self.share)

    def take(self, rows: Ints) -> FimlBatch:
        """The same for some of the draws."""
        return FimlBatch(
            self.model, self.orders, tuple(entry.take(rows) for entry in self.rows), self.share[rows]
        )

    def _groups(self, free: Floats) -> Iterator[tuple[int, GroupPlan, RowPlan, Rows, Mats]]:
        params = parameters(self.model, free)
        for which, (group, order, entry) in enumerate(
            zip(self.model.groups, self.orders, self.rows, strict=True)
        ):
            yield which, group, order, entry, matrices(group, params, entry.outer_cov, entry.outer_mean)

    def value(self, free: Floats) -> tuple[Floats, Floats]:
        """F (D,), ∞ where Σ is not positive definite, and its gradient (D, q)."""
        total, gradient = np.zeros(len(free)), np.zeros((len(free), self.model.n_free))
        for which, group, order, entry, mats in self._groups(free):
            sigma, mu = implied(group, mats)
            inverse, logdet, ok = inverse_pd(sigma)
            value, r, g_mu = _discrepancy(order, entry, inverse, logdet, mu)
            weight = self.share[:, which]
            total += weight * np.where(ok, value, np.inf)
            theta = np.diagonal(r, axis1=1, axis2=2) if group.diagonal else r
            cells = chain(group, mats, r @ mats.lam, theta, g_mu)
            gradient += weight[:, None] * to_free(self.model, which, cells)
        return total, gradient

    def curvature(self, free: Floats) -> Floats:
        """(D, q) diagonal of the information as if nothing were missing: the solver's scale."""
        out = np.zeros((len(free), self.model.n_free))
        for which, group, _, _, mats in self._groups(free):
            inverse, _, _ = inverse_pd(implied(group, mats)[0])
            cells = free_curvature(self.model, which, cell_curvature(group, mats, inverse))
            out += self.share[:, which, None] * cells
        return out

    def extent(self, free: Floats) -> Floats:
        """(D,) largest |θᵢᵢ| in units of the variance of the values seen in the analysed sample."""
        out = np.zeros(len(free))
        for _, group, order, _, mats in self._groups(free):
            out = np.maximum(out, (np.abs(residual_variances(group, mats)) / order.variance).max(axis=1))
        return out

    def floor_information(self, free: Floats) -> Floats:
        """(D, q, q) the part of the information that complete rows give: a lower bound, and cheap."""
        out = np.zeros((len(free), self.model.n_free, self.model.n_free))
        for which, group, _, entry, mats in self._groups(free):
            inverse, _, _ = inverse_pd(implied(group, mats)[0])
            part = free_information(self.model, which, cell_information(group, mats, inverse))
            out += part * (self.share[:, which] * entry.whole / np.maximum(entry.n, 1.0))[:, None, None]
        return out

    def certificate(self, free: Floats) -> tuple[Floats, Floats]:
        """A lower bound of the least relative pivot (D,) and the diagonal (D, q) of the information.

        What complete rows give bounds the information from below; only draws where that is not positive
        definite need all patterns. A scaled gradient computed with the bound's diagonal is too large, never
        too small.
        """
        own = self.floor_information(free)
        least = pivots(own)
        diagonal = np.array(np.diagonal(own, axis1=1, axis2=2))
        few = np.any([entry.whole < 0.1 * entry.n for entry in self.rows], axis=0)
        for draw in np.flatnonzero(few | ~(least > 1e-6)):
            row = np.array([draw])
            full = self.take(row).information(free[row])
            least[draw] = pivots(full)[0]
            diagonal[draw] = np.diagonal(full[0])
        return least, diagonal

    def information(self, free: Floats) -> Floats:
        """(D, q, q) expected second derivatives of F given the patterns."""
        out = self.floor_information(free)
        for which, group, order, entry, mats in self._groups(free):
            inverse, _, _ = inverse_pd(implied(group, mats)[0])
            for draw in range(len(free)):
                shares, weights = _pattern_weights(order, entry, draw, inverse[draw])
                if not len(shares):
                    continue
                shares *= self.share[draw, which] / max(float(entry.n[draw]), 1.0)
                one = mats.take(slice(draw, draw + 1))
                cells = _summed_information(group, one, shares, weights)
                out[draw] += free_information(self.model, which, cells[None])[0]
        return out


def _pattern_weights(order: RowPlan, entry: Rows, draw: int, k: Floats) -> tuple[Floats, Floats]:
    """Counts (A,) and Σ_oo⁻¹ (A, p, p), zero where missing, of the patterns a draw holds; ``k`` = Σ⁻¹."""
    shares, weights = [np.zeros(0)], [np.zeros((0, *k.shape))]
    for gap, weight in zip(order.gaps, entry.by_pattern, strict=True):
        held = np.flatnonzero(weight[draw])
        if len(held):
            some = gap.missing[held]
            side = k[some].transpose(0, 2, 1)
            block = k[some[:, :, None], some[:, None, :]]
            weights.append(k - side @ np.linalg.solve(block, side.transpose(0, 2, 1)))
            shares.append(weight[draw, held])
    return np.concatenate(shares), np.concatenate(weights)


def _summed_information(group: GroupPlan, one: Mats, shares: Floats, weights: Floats) -> Floats:
    """(C, C) of the cells of one draw, added over its patterns; many small ones as moments."""
    if len(shares) <= FEW or group.p > SMALL:
        many = cell_information(group, one.take(np.zeros(len(shares), dtype=np.int64)), weights)
        return np.asarray(np.einsum("a,aij->ij", shares, many))
    row, col, _ = pairs(group.p)
    stack = frame(group, one)[0]
    left, right = stack[:, group.u], stack[:, group.v]
    delta = group.half * (left[row] * right[col] + right[row] * left[col])
    total = delta.T @ (curvature_blocks(shares, weights, weights) @ delta)
    if np.any(group.mean_by >= 0):
        scale = mean_scale(group, one)[0]
        mean_weight = np.einsum("a,aij->ij", shares, weights)
        total += (left.T @ (mean_weight @ left)) * scale[:, None] * scale[None, :]
    return np.asarray(total + total.T)


def _discrepancy(
    order: RowPlan, entry: Rows, inverse: Floats, logdet: Floats, mu: Floats
) -> tuple[Floats, Floats, Floats]:
    """F (D,), R = ∂F/∂Σ (D,p,p), ∂F/∂μ (D,p) of one group."""
    count, p = mu.shape
    centred = mu - order.centre
    d = entry.mean - centred
    square = entry.whole[:, None, None] * (entry.cov + d[:, :, None] * d[:, None, :])
    linear = entry.whole[:, None] * d
    uncertain = np.zeros((count, p * p))
    extra = np.zeros(count)
    width = max(1, AT_ONCE // max(1, order.incomplete.size * p))
    for first in range(0, count if len(order.gaps) else 0, width):
        part = slice(first, first + width)
        k = inverse[part]
        values = entry.values if len(entry.values) == 1 else entry.values[part]
        e = values - centred[part, None, :]
        for gap in order.gaps:
            rows = gap.rows[:, None]
            e[:, rows, gap.missing[gap.which]] = 0.0
        pulled = e @ k
        for gap, held in zip(order.gaps, entry.by_pattern, strict=True):
            rows, missing = gap.rows[:, None], gap.missing[gap.which]
            block = k[:, gap.missing[:, :, None], gap.missing[:, None, :]]
            if gap.missing.shape[1] == 1:
                small = 1.0 / block
                size = np.log(block[:, :, 0, 0])
                e[:, rows, missing] = -small[:, gap.which, 0, :] * pulled[:, rows, missing]
            else:
                small = np.asarray(np.linalg.inv(block), dtype=np.float64)
                size = np.linalg.slogdet(block)[1]
                e[:, rows, missing] = -np.matmul(small[:, gap.which], pulled[:, rows, missing][..., None])[
                    ..., 0
                ]
            extra[part] += (held[part] * size).sum(axis=1)
            known = (small * held[part, :, None, None]).reshape(len(k), -1)
            uncertain[part] += (gap.into @ known.T).T
        weighted = e * entry.weights[part, :, None]
        linear[part] += weighted.sum(axis=1)
        square[part] += np.matmul(weighted.transpose(0, 2, 1), e)
    n = entry.n
    side = inverse @ square
    value = logdet + (extra + np.einsum("dii->d", side)) / n
    inner = square + uncertain.reshape(count, p, p)
    r = inverse - (inverse @ inner @ inverse) / n[:, None, None]
    g_mu = -2.0 * np.matmul(inverse, linear[:, :, None])[:, :, 0] / n[:, None]
    return value, r, g_mu


def usable_rows(entry: Rows) -> Bools:
    """(D,) draws with at least one row."""
    return np.asarray(entry.n > 0)
