"""A structural model for many parameter vectors at once: matrices, chain rule and expected information.

All functions work on one group and D draws. The model matrices of a draw stand in one flat vector
``[Λ | B | Ψ | Θ | ν | α]`` (Θ only its diagonal when no residual covariance exists), so that filling is one
assignment and the gradient one gather.

With Λ̃ = ΛA, A = (I − B)⁻¹, Φ = AΨAᵀ every derivative of Σ is h(uvᵀ + vuᵀ), where u and v are columns of
F = [I, Λ̃, ΛΦ], and every derivative of μ is s·u. The expected information is therefore gathered from FᵀWF:
2 hₖhₗ[(uₖᵀWuₗ)(vₖᵀWvₗ) + (uₖᵀWvₗ)(vₖᵀWuₗ)] + 2 sₖsₗ uₖᵀWuₗ, without a product over the p(p+1)/2 moments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.structure import ALPHA, BETA, DELTA, LAMBDA, NU, PSI, SYMMETRIC, TAU, THETA, Structure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Index arrays of one group. L: length of the flat vector; C: free cells; q: free directions of the model.

    starts: where Λ, B, Ψ, Θ, ν, α begin in the flat vector, then L.
    template (L,): fixed values. put, put_param: positions and the parameter each takes.
    take (C,), times (C,): where a cell's derivative stands in the flat gradient, and its factor.
    cell_param (C,). u, v (C,): columns of F; half (C,): h; mean_by (C,): −1 no mean, m constant one, else the
    latent whose (Aα) multiplies.
    fixed_seen, fixed_hidden (k,): exogenous observed variables and their latents.
    derived (d,): observed variables whose residual variance is 1/δ² less the explained variance; scale (p,): δ where
    fixed; scale_at, scale_param: free ones.
    """

    p: int
    m: int
    starts: tuple[int, ...]
    template: Floats
    put: Ints
    put_param: Ints
    take: Ints
    times: Floats
    cell_param: Ints
    u: Ints
    v: Ints
    half: Floats
    mean_by: Ints
    fixed_seen: Ints
    fixed_hidden: Ints
    has_beta: bool
    diagonal: bool
    means: bool
    derived: Ints
    scale: Floats
    scale_at: Ints
    scale_param: Ints


@dataclass(frozen=True, slots=True)
class Plan:
    """A model ready for batches.

    simple: every parameter is one free direction (plus an offset); then ``column`` (P,) names it, else ``column``
    is empty and ``basis`` (P, q) is used. spread: per group (C, q) map from cells to directions, or None when the
    group's cells are distinct directions (then ``directions`` (C,) names them).
    """

    groups: tuple[GroupPlan, ...]
    basis: Floats
    offset: Floats
    lower: Floats
    upper: Floats
    column: Ints
    directions: tuple[Ints, ...]
    spread: tuple[Floats | None, ...]

    @property
    def n_free(self) -> int:
        """q."""
        return int(self.basis.shape[1])


@dataclass(frozen=True, slots=True)
class Mats:
    """Model matrices of D draws of one group, as views of the flat vector, and what follows from them.

    lam (D,p,m), psi (D,m,m), theta (D,p) or (D,p,p), nu (D,p), alpha (D,m); a (D,m,m) = A or None without B;
    phi (D,m,m) = AΨAᵀ; eta (D,m) = Aα.
    """

    lam: Floats
    psi: Floats
    theta: Floats
    nu: Floats
    a: Floats | None
    phi: Floats
    eta: Floats


def plan(structure: Structure) -> Plan:
    """Index arrays for every group of ``structure``."""
    basis = np.asarray(structure.basis, dtype=np.float64)
    nonzero = (basis != 0).sum(axis=1)
    simple = bool(np.all(nonzero == 1) and np.all(basis[basis != 0] == 1.0))
    column = basis.argmax(axis=1).astype(np.int64) if simple else np.zeros(0, dtype=np.int64)
    groups = tuple(_group_plan(structure, group) for group in range(structure.n_groups))
    directions: list[Ints] = []
    spread: list[Floats | None] = []
    for group in groups:
        here = column[group.cell_param] if simple else np.zeros(0, dtype=np.int64)
        if simple and len(np.unique(here)) == len(here):
            directions.append(here)
            spread.append(None)
        else:
            directions.append(np.zeros(0, dtype=np.int64))
            spread.append(np.ascontiguousarray(basis[group.cell_param]))
    return Plan(
        groups=groups,
        basis=basis,
        offset=structure.offset,
        lower=structure.lower,
        upper=structure.upper,
        column=column,
        directions=tuple(directions),
        spread=tuple(spread),
    )


def _group_plan(structure: Structure, group: int) -> GroupPlan:
    p, m = structure.n_observed, structure.n_latent
    scales = (structure.cell_group == group) & (structure.cell_matrix == DELTA)
    here = (structure.cell_group == group) & (structure.cell_matrix < TAU)
    matrix, row, col = structure.cell_matrix[here], structure.cell_row[here], structure.cell_col[here]
    param = structure.cell_param[here]
    theta = structure.theta[group]
    off = (matrix == THETA) & (row != col)
    diagonal = not off.any() and not np.any(theta - np.diag(np.diag(theta)))
    lengths = [p * m, m * m, m * m, p if diagonal else p * p, p, m]
    starts = tuple(int(value) for value in np.concatenate([[0], np.cumsum(lengths)]))
    template = np.concatenate(
        [
            structure.lam[group].ravel(),
            structure.beta[group].ravel(),
            structure.psi[group].ravel(),
            np.diag(theta) if diagonal else theta.ravel(),
            structure.nu[group],
            structure.alpha[group],
        ]
    ).astype(np.float64)
    width = {LAMBDA: m, BETA: m, PSI: m, THETA: p}
    place = np.empty(len(matrix), dtype=np.int64)
    u, v = np.zeros(len(matrix), dtype=np.int64), np.zeros(len(matrix), dtype=np.int64)
    half, times = np.ones(len(matrix)), np.ones(len(matrix))
    mean_by = np.full(len(matrix), -1, dtype=np.int64)
    extra_put: list[int] = []
    extra_param: list[int] = []
    for cell, (code, i, j) in enumerate(zip(matrix, row, col, strict=True)):
        start = starts[code]
        if code in (NU, ALPHA) or (code == THETA and diagonal):
            place[cell] = start + i
        else:
            place[cell] = start + i * width[code] + j
            if code in SYMMETRIC and i != j:
                extra_put.append(start + j * width[code] + i)
                extra_param.append(int(param[cell]))
        if code == LAMBDA:
            u[cell], v[cell], mean_by[cell] = i, p + m + j, j
        elif code == BETA:
            u[cell], v[cell], mean_by[cell] = p + i, p + m + j, j
        elif code == PSI:
            u[cell], v[cell] = p + i, p + j
        elif code == THETA:
            u[cell], v[cell] = i, j
        else:
            u[cell] = v[cell] = i if code == NU else p + i
            half[cell], mean_by[cell] = 0.0, m
        if code in SYMMETRIC:
            half[cell], times[cell] = (0.5, 1.0) if i == j else (1.0, 2.0)
    fixed = np.asarray(structure.fixed_x, dtype=np.int64).reshape(-1, 2)
    return GroupPlan(
        p=p,
        m=m,
        starts=starts,
        template=template,
        put=np.concatenate([place, np.array(extra_put, dtype=np.int64)]),
        put_param=np.concatenate([param, np.array(extra_param, dtype=np.int64)]),
        take=place,
        times=times,
        cell_param=param,
        u=u,
        v=v,
        half=half,
        mean_by=mean_by if structure.means else np.full(len(matrix), -1, dtype=np.int64),
        fixed_seen=fixed[:, 0],
        fixed_hidden=fixed[:, 1],
        has_beta=bool((matrix == BETA).any() or structure.beta[group].any()),
        diagonal=diagonal,
        means=structure.means,
        derived=np.flatnonzero(structure.derived),
        scale=np.array([structure.delta.get((group, i), 1.0) for i in range(p)]),
        scale_at=structure.cell_row[scales],
        scale_param=structure.cell_param[scales],
    )


def parameters(model: Plan, free: Floats) -> Floats:
    """(D, P) parameters of (D, q) free directions."""
    if len(model.column):
        return np.asarray(free[:, model.column] + model.offset)
    return np.asarray(np.matmul(free[:, None, :], model.basis.T)[:, 0, :] + model.offset)


def matrices(group: GroupPlan, params: Floats, cov: Floats, mean: Floats | None) -> Mats:
    """Model matrices of (D, P) ``params``; ``cov`` (D, p, p) and ``mean`` feed the exogenous observed block."""
    count, p, m = params.shape[0], group.p, group.m
    flat = np.empty((count, len(group.template)))
    flat[:] = group.template
    flat[:, group.put] = params[:, group.put_param]
    part = [flat[:, group.starts[k] : group.starts[k + 1]] for k in range(6)]
    psi = part[PSI].reshape(count, m, m)
    alpha = part[ALPHA]
    if len(group.fixed_seen):
        seen, hidden = group.fixed_seen, group.fixed_hidden
        psi = psi.copy()
        psi[:, hidden[:, None], hidden[None, :]] = cov[:, seen[:, None], seen[None, :]]
        if group.means and mean is not None:
            alpha = alpha.copy()
            alpha[:, hidden] = mean[:, seen]
    a: Floats | None = None
    phi, eta = psi, alpha
    if group.has_beta:
        turn = np.asarray(np.linalg.inv(np.eye(m) - part[BETA].reshape(count, m, m)), dtype=np.float64)
        phi = turn @ psi @ turn.transpose(0, 2, 1)
        eta = np.matmul(turn, alpha[:, :, None])[:, :, 0] if group.means else alpha
        a = turn
    theta = part[THETA] if group.diagonal else part[THETA].reshape(count, p, p)
    lam = part[LAMBDA].reshape(count, p, m)
    if len(group.derived):
        _derive(group, theta, lam, phi, params)
    return Mats(lam=lam, psi=psi, theta=theta, nu=part[NU], a=a, phi=phi, eta=eta)


def residual_variances(group: GroupPlan, mats: Mats) -> Floats:
    """(D, p) diagonal of Θ."""
    return mats.theta if group.diagonal else np.diagonal(mats.theta, axis1=1, axis2=2)


def _derive(group: GroupPlan, theta: Floats, lam: Floats, phi: Floats, params: Floats) -> None:
    """Residual variances of latent responses, in place: 1/δ² less the explained variance."""
    at = group.derived
    scale = np.repeat(group.scale[None], len(params), axis=0)
    scale[:, group.scale_at] = params[:, group.scale_param]
    loads = lam[:, at]
    rest = 1.0 / scale[:, at] ** 2 - np.einsum("dim,dim->di", loads @ phi, loads)
    if group.diagonal:
        theta[:, at] = rest
    else:
        theta[:, at, at] = rest


def implied(group: GroupPlan, mats: Mats) -> tuple[Floats, Floats]:
    """Σ (D, p, p) and μ (D, p)."""
    sigma = np.matmul(mats.lam @ mats.phi, mats.lam.transpose(0, 2, 1))
    if group.diagonal:
        index = np.arange(group.p)
        sigma[:, index, index] += mats.theta
    else:
        sigma += mats.theta
    mu = mats.nu + np.matmul(mats.lam, mats.eta[:, :, None])[:, :, 0]
    return sigma, mu


def chain(group: GroupPlan, mats: Mats, r_lam: Floats, r_theta: Floats, g_mu: Floats | None) -> Floats:
    """(D, C) derivatives of a function of Σ and μ for the free cells.

    r_lam (D,p,m) = R Λ and r_theta (D,p) or (D,p,p) = diag R or R, with R = ∂F/∂Σ; g_mu (D,p) = ∂F/∂μ or None.
    """
    count, m, starts = r_lam.shape[0], group.m, group.starts
    flat = np.zeros((count, starts[-1]))
    inner = np.matmul(mats.lam.transpose(0, 2, 1), r_lam)
    by_lam = 2.0 * (r_lam @ mats.phi)
    if mats.a is not None:
        turned = np.matmul(mats.a.transpose(0, 2, 1), inner)
        by_beta = 2.0 * (turned @ mats.phi)
        by_psi = turned @ mats.a
    else:
        by_psi = inner
    if g_mu is not None:
        by_lam += g_mu[:, :, None] * mats.eta[:, None, :]
        by_alpha = np.matmul(g_mu[:, None, :], mats.lam)
        if mats.a is not None:
            by_alpha = by_alpha @ mats.a
            by_beta += by_alpha.transpose(0, 2, 1) * mats.eta[:, None, :]
        flat[:, starts[NU] : starts[NU + 1]] = g_mu
        flat[:, starts[ALPHA] :] = by_alpha[:, 0, :]
    flat[:, : starts[1]] = by_lam.reshape(count, -1)
    if mats.a is not None:
        flat[:, starts[1] : starts[2]] = by_beta.reshape(count, m * m)
    flat[:, starts[2] : starts[3]] = by_psi.reshape(count, m * m)
    flat[:, starts[3] : starts[4]] = r_theta.reshape(count, -1)
    return np.asarray(flat[:, group.take] * group.times)


def to_free(model: Plan, which: int, cells: Floats) -> Floats:
    """(D, q) of (D, C) derivatives of one group, added over equal cells."""
    count, spread = cells.shape[0], model.spread[which]
    if spread is None:
        out = np.zeros((count, model.n_free))
        out[:, model.directions[which]] = cells
        return out
    return np.asarray(np.matmul(cells[:, None, :], spread)[:, 0, :])


def frame(group: GroupPlan, mats: Mats) -> Floats:
    """F = [I, Λ̃, ΛΦ], (D, p, p + 2m)."""
    count, p, m = mats.lam.shape[0], group.p, group.m
    out = np.zeros((count, p, p + 2 * m))
    index = np.arange(p)
    out[:, index, index] = 1.0
    out[:, :, p : p + m] = mats.lam if mats.a is None else mats.lam @ mats.a
    out[:, :, p + m :] = mats.lam @ mats.phi
    return out


def cell_information(group: GroupPlan, mats: Mats, weight: Floats) -> Floats:
    """(D, C, C) expected second derivatives of F = log|Σ| + tr(SΣ⁻¹) for the cells; ``weight`` (D,p,p) = Σ⁻¹."""
    left = frame(group, mats)
    size, cells = left.shape[2], len(group.u)
    gram = np.matmul(left.transpose(0, 2, 1), weight @ left).reshape(left.shape[0], -1)
    row, col = np.tril_indices(cells)
    u, v, half = group.u, group.v, group.half
    first = gram.take(u[row] * size + u[col], axis=1)
    out = gram.take(v[row] * size + v[col], axis=1)
    out *= first
    cross = gram.take(u[row] * size + v[col], axis=1)
    cross *= gram.take(v[row] * size + u[col], axis=1)
    out += cross
    out *= 2.0 * half[row] * half[col]
    if np.any(group.mean_by >= 0):
        scale = _mean_scale(group, mats)
        out += 2.0 * first * (scale[:, row] * scale[:, col])
    full = np.empty((len(out), cells * cells))
    full[:, row * cells + col] = out
    full[:, col * cells + row] = out
    return full.reshape(-1, cells, cells)


def _mean_scale(group: GroupPlan, mats: Mats) -> Floats:
    """(D, C) the factor s of ∂μ = s·u: an element of Aα, one, or zero."""
    known = np.concatenate([mats.eta, np.ones((len(mats.eta), 1)), np.zeros((len(mats.eta), 1))], axis=1)
    return np.asarray(known[:, group.mean_by])


def cell_curvature(group: GroupPlan, mats: Mats, weight: Floats) -> Floats:
    """(D, C) the diagonal of :func:`cell_information`, without the rest."""
    count, p, m = mats.lam.shape[0], group.p, group.m
    right = frame(group, mats)[:, :, p:]
    side = weight @ right
    square = np.matmul(right.transpose(0, 2, 1), side)
    first = np.diagonal(weight, axis1=1, axis2=2)
    own = np.concatenate([first, np.diagonal(square, axis1=1, axis2=2)], axis=1)
    size = p + 2 * m
    mixed = np.empty((count, size, size))
    mixed[:, :p, :p] = weight
    mixed[:, :p, p:] = side
    mixed[:, p:, p:] = square
    low, high = np.minimum(group.u, group.v), np.maximum(group.u, group.v)
    out = own[:, group.u] * own[:, group.v]
    out += mixed.reshape(count, -1)[:, low * size + high] ** 2
    out *= 2.0 * group.half**2
    if np.any(group.mean_by >= 0):
        out += 2.0 * own[:, group.u] * _mean_scale(group, mats) ** 2
    return np.asarray(out)


def free_information(model: Plan, which: int, cells: Floats) -> Floats:
    """(D, q, q) of the (D, C, C) information of one group."""
    spread = model.spread[which]
    if spread is not None:
        return np.asarray(np.matmul(spread.T, cells @ spread))
    here, q = model.directions[which], model.n_free
    if len(here) == q and np.array_equal(here, np.arange(q)):
        return cells
    out = np.zeros((cells.shape[0], q, q))
    out[:, here[:, None], here[None, :]] = cells
    return out


def free_curvature(model: Plan, which: int, cells: Floats) -> Floats:
    """(D, q) diagonal from the (D, C) one of a group; with shared parameters the sum, which leaves out cross terms."""
    spread = model.spread[which]
    if spread is None:
        return to_free(model, which, cells)
    return np.asarray(np.matmul(cells[:, None, :], spread**2)[:, 0, :])
