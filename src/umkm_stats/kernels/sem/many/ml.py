"""Maximum likelihood from moments, for many draws at once (complete data, one or several groups).

F = Σ_g w_g [log|Σ| + tr(S*Σ⁻¹) − log|S| − p], S* = S + (x̄ − μ)(x̄ − μ)ᵀ when means take part, w_g = N_g/N.

Two ways to Σ⁻¹: the Woodbury form costs p²m and serves draws whose Θ is diagonal and clearly positive;
Cholesky serves every other draw (Heywood draws have Θ at or below zero and a positive definite Σ all the
same). Variances are never clipped: a draw whose Σ is not positive definite at a trial point gets F = ∞ and
the solver halves its step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels import path
from umkm_stats.kernels.draws import value_sums
from umkm_stats.kernels.sem.many.algebra import inverse_pd, log_determinant, pivots, positive_definite
from umkm_stats.kernels.sem.many.model import (
    Bools,
    Floats,
    GroupPlan,
    Mats,
    Plan,
    cell_curvature,
    cell_information,
    chain,
    free_curvature,
    free_information,
    implied,
    matrices,
    parameters,
    residual_variances,
    to_free,
)
from umkm_stats.kernels.sem.many.solve import Origin, Settings, Solved

Ints = NDArray[np.int64]

WOODBURY_FLOOR = 1e-3
"""Θ below this share of its observed variance goes through Cholesky: the Woodbury form loses digits as θ →
0."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sample moments of D draws of one group: cov (D,p,p) with divisor N, mean (D,p) or None, n (D,)."""

    cov: Floats
    mean: Floats | None
    n: Floats

    @property
    def level(self) -> Floats:
        """(D, p) means, 0 where the model has none."""
        return np.zeros(self.cov.shape[:2]) if self.mean is None else self.mean

    def take(self, rows: Ints) -> Moments:
        """The moments of some of the draws."""
        return Moments(self.cov[rows], None if self.mean is None else self.mean[rows], self.n[rows])

    @classmethod
    def joined(cls, parts: Sequence[Moments]) -> Moments:
        """The draws of all parts."""
        means = [part.mean for part in parts if part.mean is not None]
        return cls(
            np.concatenate([part.cov for part in parts]),
            np.concatenate(means) if means else None,
            np.concatenate([part.n for part in parts]),
        )


CELLS = 16_000_000  # numbers of the moment product held at once (128 MB)


def cross_products(data: Floats) -> tuple[Floats, Floats]:
    """The right side of the moment product and the (p,) centre.

    (N, p + p(p+1)/2) centred values and their products; of long data (more than ``CELLS`` numbers) the (N, p)
    centred values alone, whose products ``weighted_moments`` makes block by block.
    """
    centre = data.mean(axis=0)
    z = data - centre
    row, col = np.tril_indices(data.shape[1])
    if len(z) * (len(row) + len(centre)) > CELLS:
        return z, centre
    return np.concatenate([z, z[:, row] * z[:, col]], axis=1), centre


ROUNDING = 1e-12  # of a mean square about the sample's mean: less variance than this is rounding error


def weighted_moments(counts: Floats, products: Floats, centre: Floats) -> Moments:
    """Moments of D draws from (D, N) counts: one matrix product, or one a block of rows.

    A variable with one value in every drawn row has variance 0, not the rounding error of the product.
    """
    n = counts.sum(axis=1, dtype=np.float64)
    return moments_of(weighted_sums(counts, products, len(centre)), n, centre)


def weighted_sums(counts: Floats, products: Floats, p: int) -> Floats:
    """(D, p + p(p+1)/2) sums of the centred values and of their products, weighted by (D, N) counts."""
    if products.shape[1] > p:
        return counts @ products
    row, col = np.tril_indices(p)
    return value_sums(counts, products, row, col)


WHOLE = 0.99  # of a variable's sum of squares in one unit: what is left without it is summed anew


def left_out_moments(
    total: Floats, products: Floats, centre: Floats, units: Ints, first: int, size: int
) -> Moments:
    """Moments without unit first, first + 1, …: the unit's own products are taken from ``total`` (1, q).

    units: (N,) the unit of every row. Where nearly all of a sum of squares goes, the difference would keep
    few digits, and the sums are made from the other rows instead.
    """
    p = len(centre)
    row, col = np.tril_indices(p)
    at = np.flatnonzero((units >= first) & (units < first + size))
    own = products[at]
    if own.shape[1] == p:
        own = np.concatenate([own, own[:, row] * own[:, col]], axis=1)
    sums = np.repeat(total, size, axis=0)
    np.subtract.at(sums, units[at] - first, own)
    squares = p + np.flatnonzero(row == col)
    anew = np.flatnonzero((sums[:, squares] < (1.0 - WHOLE) * total[:, squares]).any(axis=1))
    if len(anew):
        others = (units[None, :] != (first + anew)[:, None]).astype(np.float64)
        sums[anew] = weighted_sums(others, products, p)
    n = len(units) - np.bincount(units[at] - first, minlength=size).astype(np.float64)
    return moments_of(sums, np.where(n > 0, n, 1.0), centre)


def moments_of(sums: Floats, n: Floats, centre: Floats) -> Moments:
    """Moments from sums about ``centre`` (overwritten) and the (D,) sizes."""
    compiled = path.native()
    if compiled is not None:
        cov, level = compiled.moments(sums, n, centre, ROUNDING)
        return Moments(cov=cov, mean=level, n=n)
    p = len(centre)
    row, col = np.tril_indices(p)
    sums /= n[:, None]
    mean = sums[:, :p]
    place = np.empty((p, p), dtype=np.int64)
    place[row, col] = place[col, row] = np.arange(len(row)) + p
    own = p + np.flatnonzero(row == col)
    size = sums[:, own]
    sums[:, p:] -= mean[:, row] * mean[:, col]
    flat = sums[:, own] <= ROUNDING * size
    if flat.any():
        sums[:, p:][flat[:, row] | flat[:, col]] = 0.0
    return Moments(cov=sums.take(place.ravel(), axis=1).reshape(-1, p, p), mean=mean + centre, n=n)


def _woodbury(group: GroupPlan, mats: Mats, s: Floats) -> tuple[Floats, Floats, Floats, Bools]:
    """F without its constant, RΛ (D,p,m), diag R (D,p), ok; R = W − WSW with W = Θ⁻¹ − TMTᵀ, T = Θ⁻¹Λ."""
    inverse = 1.0 / mats.theta
    t = mats.lam * inverse[:, :, None]
    j = np.matmul(mats.lam.transpose(0, 2, 1), t)
    inner = np.eye(group.m) + mats.phi @ j
    sign, logdet = np.linalg.slogdet(inner)
    ok = sign > 0
    inner[~ok] = np.eye(group.m)
    middle = np.linalg.solve(inner, mats.phi)
    st = s @ t
    tst = np.matmul(t.transpose(0, 2, 1), st)
    tm = t @ middle
    keep = np.eye(group.m) - middle @ j
    w_lam = t @ keep
    s_w_lam = st @ keep
    ws_w_lam = s_w_lam * inverse[:, :, None] - tm @ np.matmul(t.transpose(0, 2, 1), s_w_lam)
    s_diag = np.diagonal(s, axis1=1, axis2=2)
    w_diag = inverse - (tm * t).sum(axis=2)
    cross = (tm * st).sum(axis=2)
    quad = ((tm @ tst) * tm).sum(axis=2)
    wsw_diag = inverse * inverse * s_diag - 2.0 * inverse * cross + quad
    value = (
        np.log(mats.theta).sum(axis=1)
        + logdet
        + (s_diag * inverse).sum(axis=1)
        - (middle * tst).sum(axis=(1, 2))
    )
    return value, w_lam - ws_w_lam, w_diag - wsw_diag, ok


def _general(group: GroupPlan, mats: Mats, s: Floats) -> tuple[Floats, Floats, Floats, Bools, Floats]:
    """As ``_woodbury`` by Cholesky; also W."""
    sigma, _ = implied(group, mats)
    w, logdet, ok = inverse_pd(sigma)
    ws = w @ s
    r = w - ws @ w
    value = logdet + np.einsum("dii->d", ws)
    return value, r @ mats.lam, np.diagonal(r, axis1=1, axis2=2) if group.diagonal else r, ok, w


@dataclass(frozen=True, slots=True)
class MlBatch:
    """The ML discrepancy of D draws.

    model; moments: per group; constant (D,): −Σ w_g (log|S_g| + p); share (D, G): N_g/N.
    """

    model: Plan
    moments: tuple[Moments, ...]
    constant: Floats
    share: Floats

    @classmethod
    def of(cls, model: Plan, moments: tuple[Moments, ...]) -> tuple[MlBatch, Bools]:
        """The batch, and which draws have positive definite sample covariances in every group."""
        n = np.stack([entry.n for entry in moments], axis=1)
        share = n / n.sum(axis=1, keepdims=True)
        usable = np.ones(len(n), dtype=bool)
        constant = np.zeros(len(n))
        for which, entry in enumerate(moments):
            logdet, positive = log_determinant(entry.cov)
            usable &= positive
            constant -= share[:, which] * (logdet + entry.cov.shape[1])
        return cls(model, moments, constant, share), usable

    @classmethod
    def joined(cls, parts: Sequence[MlBatch]) -> MlBatch:
        """The draws of all parts, of one model."""
        groups = zip(*(part.moments for part in parts), strict=True)
        return cls(
            parts[0].model,
            tuple(Moments.joined(entry) for entry in groups),
            np.concatenate([part.constant for part in parts]),
            np.concatenate([part.share for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.constant)

    def take(self, rows: Ints) -> MlBatch:
        """The same for some of the draws."""
        return MlBatch(
            self.model,
            tuple(entry.take(rows) for entry in self.moments),
            self.constant[rows],
            self.share[rows],
        )

    def matrices(self, free: Floats, which: int) -> Mats:
        """Model matrices of group ``which`` at (D, q) ``free``."""
        entry = self.moments[which]
        return matrices(self.model.groups[which], parameters(self.model, free), entry.cov, entry.mean)

    def value(self, free: Floats) -> tuple[Floats, Floats]:
        """F (D,), ∞ where Σ is not positive definite, and its gradient (D, q)."""
        total = self.constant.copy()
        gradient = np.zeros((len(total), self.model.n_free))
        params = parameters(self.model, free)
        for which, (group, entry) in enumerate(zip(self.model.groups, self.moments, strict=True)):
            mats = matrices(group, params, entry.cov, entry.mean)
            value, cells, ok = _group_value(group, mats, entry)
            weight = self.share[:, which]
            total += weight * np.where(ok, value, np.inf)
            gradient += weight[:, None] * to_free(self.model, which, cells)
        return total, gradient

    def information(self, free: Floats) -> Floats:
        """(D, q, q) expected second derivatives of F."""
        out = np.zeros((len(free), self.model.n_free, self.model.n_free))
        for which, group, mats, weight in self._weights(free):
            part = free_information(self.model, which, cell_information(group, mats, weight))
            if len(self.model.groups) == 1:
                return part
            out += part * self.share[:, which, None, None]
        return out

    def curvature(self, free: Floats) -> Floats:
        """(D, q) the diagonal of the information (without cross terms of shared parameters)."""
        out = np.zeros((len(free), self.model.n_free))
        for which, group, mats, weight in self._weights(free):
            out += self.share[:, which, None] * free_curvature(
                self.model, which, cell_curvature(group, mats, weight)
            )
        return out

    def certificate(self, free: Floats) -> tuple[Floats, Floats]:
        """Least relative pivot (D,) and diagonal (D, q) of the information."""
        own = self.information(free)
        return pivots(own), np.diagonal(own, axis1=1, axis2=2)

    def extent(self, free: Floats) -> Floats:
        """(D,) largest |θᵢᵢ| / sᵢᵢ."""
        out = np.zeros(len(free))
        for which, entry in enumerate(self.moments):
            theta = residual_variances(self.model.groups[which], self.matrices(free, which))
            out = np.maximum(out, (np.abs(theta) / np.diagonal(entry.cov, axis1=1, axis2=2)).max(axis=1))
        return out

    def _weights(self, free: Floats) -> Iterator[tuple[int, GroupPlan, Mats, Floats]]:
        params = parameters(self.model, free)
        for which, (group, entry) in enumerate(zip(self.model.groups, self.moments, strict=True)):
            mats = matrices(group, params, entry.cov, entry.mean)
            yield which, group, mats, _weight(group, mats, entry.cov)


def _clear(group: GroupPlan, mats: Mats, cov: Floats) -> Bools:
    """(D,) draws that the Woodbury form serves."""
    if not group.diagonal:
        return np.zeros(len(cov), dtype=bool)
    floor = WOODBURY_FLOOR * np.diagonal(cov, axis1=1, axis2=2)
    return np.asarray((mats.theta > floor).all(axis=1) & positive_definite(mats.phi))


def _weight(group: GroupPlan, mats: Mats, cov: Floats) -> Floats:
    """Σ⁻¹ (D, p, p); which way a draw takes depends on itself alone."""
    clear = _clear(group, mats, cov)
    if not clear.any():
        return inverse_pd(implied(group, mats)[0])[0]
    if not clear.all():
        whole = np.empty((len(clear), group.p, group.p))
        for rows in (np.flatnonzero(clear), np.flatnonzero(~clear)):
            whole[rows] = _weight(group, mats.take(rows), cov[rows])
        return whole
    inverse = 1.0 / mats.theta
    t = mats.lam * inverse[:, :, None]
    inner = np.eye(group.m) + mats.phi @ np.matmul(mats.lam.transpose(0, 2, 1), t)
    out = -np.matmul(t @ np.linalg.solve(inner, mats.phi), t.transpose(0, 2, 1))
    index = np.arange(group.p)
    out[:, index, index] += inverse
    return np.asarray(out, dtype=np.float64)


def _group_value(group: GroupPlan, mats: Mats, entry: Moments) -> tuple[Floats, Floats, Bools]:
    s = entry.cov
    d: Floats | None = None
    if group.means and entry.mean is not None:
        d = entry.mean - mats.nu - np.matmul(mats.lam, mats.eta[:, :, None])[:, :, 0]
        s = s + d[:, :, None] * d[:, None, :]
    if group.diagonal:
        fast = _clear(group, mats, entry.cov)
        if fast.all():
            value, r_lam, r_theta, ok = _woodbury(group, mats, s)
            g_mu = None if d is None else _mean_gradient(mats, d)
            return value, chain(group, mats, r_lam, r_theta, g_mu), ok
        if fast.any():
            return _mixed(group, mats, entry, fast)
    value, r_lam, r_theta, ok, w = _general(group, mats, s)
    g_mu = None if d is None else -2.0 * np.matmul(w, d[:, :, None])[:, :, 0]
    return value, chain(group, mats, r_lam, r_theta, g_mu), ok


def _mean_gradient(mats: Mats, d: Floats) -> Floats:
    """−2 W d by the Woodbury form."""
    inverse = 1.0 / mats.theta
    t = mats.lam * inverse[:, :, None]
    inner = np.eye(mats.phi.shape[1]) + mats.phi @ np.matmul(mats.lam.transpose(0, 2, 1), t)
    right = mats.phi @ np.matmul(t.transpose(0, 2, 1), d[:, :, None])
    return np.asarray(-2.0 * (d * inverse - np.matmul(t, np.linalg.solve(inner, right))[:, :, 0]))


def _mixed(group: GroupPlan, mats: Mats, entry: Moments, fast: Bools) -> tuple[Floats, Floats, Bools]:
    value = np.empty(len(fast))
    cells = np.empty((len(fast), len(group.take)))
    ok = np.empty(len(fast), dtype=bool)
    for rows in (np.flatnonzero(fast), np.flatnonzero(~fast)):
        value[rows], cells[rows], ok[rows] = _group_value(group, mats.take(rows), entry.take(rows))
    return value, cells, ok


def compiled_model(model: Plan) -> Any:
    """The model laid out for the compiled kernel, or None where numpy computes."""
    room = path.native()
    if room is None or not room.MlModel.serves(model, room.variant()):
        return None
    return room.MlModel(model, room.variant())


def compiled_ends(compiled: Any, batch: MlBatch, begin: Origin, settings: Settings | None = None) -> Solved:
    """What ``solve.solve`` gives without ``retry``, by the compiled kernel."""
    settings = settings or Settings()
    origin = {"free": begin.free, "inverse": begin.inverse, "curvature": begin.curvature}
    return _solved(compiled, batch, settings, settings.rounds, **origin)


def compiled_from(compiled: Any, batch: MlBatch, starts: Floats) -> Solved:
    """What ``solve.solve_from`` gives, by the compiled kernel: every draw from its own start (D, q), with its
    own information."""
    settings = Settings()
    return _solved(compiled, batch, settings, 4 * settings.rounds, free=starts)


def _solved(compiled: Any, batch: MlBatch, settings: Settings, limit: int, **origin: Floats) -> Solved:
    found = compiled.draws(
        tuple(entry.cov for entry in batch.moments),
        tuple(entry.level for entry in batch.moments),
        batch.share,
        **origin,
        tolerance=settings.tolerance,
        limit=limit,
    )
    return Solved(found.free, found.value, found.gradient, found.scaled, found.end, found.rounds)
