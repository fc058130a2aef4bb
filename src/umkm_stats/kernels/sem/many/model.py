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

from umkm_stats.kernels.sem.many.plan import Bools, Floats, GroupPlan, Ints, Plan, parameters, plan
from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA

__all__ = [
    "Bools",
    "Floats",
    "GroupPlan",
    "Ints",
    "Mats",
    "Plan",
    "cell_curvature",
    "cell_information",
    "chain",
    "frame",
    "free_curvature",
    "free_information",
    "implied",
    "matrices",
    "mean_scale",
    "own_rows",
    "parameters",
    "plan",
    "residual_variances",
    "to_free",
]


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

    def take(self, rows: Ints | Bools | slice) -> Mats:
        """The matrices of some of the draws."""
        return Mats(
            self.lam[rows],
            self.psi[rows],
            self.theta[rows],
            self.nu[rows],
            None if self.a is None else self.a[rows],
            self.phi[rows],
            self.eta[rows],
        )


def _turn(beta: Floats, depth: int) -> Floats:
    """A = (I − B)⁻¹ of (D, m, m)."""
    if not 0 <= depth <= 3:
        return np.asarray(np.linalg.inv(np.eye(beta.shape[1]) - beta), dtype=np.float64)
    out = np.eye(beta.shape[1]) + beta
    power = beta
    for _ in range(depth - 1):
        power = power @ beta
        out += power
    return out


def matrices(group: GroupPlan, params: Floats, cov: Floats, mean: Floats | None) -> Mats:
    """Model matrices of (D, P) ``params``; ``cov`` (D, p, p) and ``mean`` feed the exogenous observed
    block."""
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
    turn = _turn(part[BETA].reshape(count, m, m), group.depth) if group.has_beta else None
    if len(group.own_hidden):
        psi = _with_own(group, psi, turn, params)
    phi, eta = psi, alpha
    if turn is not None:
        phi = turn @ psi @ turn.transpose(0, 2, 1)
        eta = np.matmul(turn, alpha[:, :, None])[:, :, 0] if group.means else alpha
        a = turn
    theta = part[THETA] if group.diagonal else part[THETA].reshape(count, p, p)
    lam = part[LAMBDA].reshape(count, p, m)
    if len(group.derived):
        given_x = phi
        if len(group.fixed_seen):
            inner = _given_x(group, psi)
            given_x = inner if a is None else a @ inner @ a.transpose(0, 2, 1)
        _derive(group, theta, lam, given_x, params)
    return Mats(lam=lam, psi=psi, theta=theta, nu=part[NU], a=a, phi=phi, eta=eta)


def residual_variances(group: GroupPlan, mats: Mats) -> Floats:
    """(D, p) diagonal of Θ."""
    return mats.theta if group.diagonal else np.diagonal(mats.theta, axis1=1, axis2=2)


def _given_x(group: GroupPlan, psi: Floats) -> Floats:
    """Ψ with the exogenous observed variables held still."""
    out = psi.copy()
    out[:, group.fixed_hidden[:, None], group.fixed_hidden[None, :]] = 0.0
    return out


def own_rows(group: GroupPlan, a: Floats | None, count: int) -> Floats:
    """(D, k, m) rows of A of the derived variables that are latents of their own."""
    if a is None:
        return np.broadcast_to(np.eye(group.m)[group.own_hidden], (count, len(group.own_hidden), group.m))
    return a[:, group.own_hidden]


def _with_own(group: GroupPlan, psi: Floats, a: Floats | None, params: Floats) -> Floats:
    """Ψ with the variances of the derived variables that are latents of their own: (A∘A) d = 1/δ² − the
    rest."""
    hidden = group.own_hidden
    rows = own_rows(group, a, len(psi))
    rest = np.einsum("dkm,dkm->dk", rows @ _given_x(group, psi), rows)
    wanted = 1.0 / _scales(group, params)[:, group.own_seen] ** 2 - rest
    out = psi.copy()
    out[:, hidden, hidden] += np.linalg.solve(rows[:, :, hidden] ** 2, wanted[:, :, None])[:, :, 0]
    return out


def _scales(group: GroupPlan, params: Floats) -> Floats:
    """(D, p) scales δ."""
    scale = np.repeat(group.scale[None], len(params), axis=0)
    scale[:, group.scale_at] = params[:, group.scale_param]
    return scale


def _derive(group: GroupPlan, theta: Floats, lam: Floats, phi: Floats, params: Floats) -> None:
    """Residual variances of latent responses, in place: 1/δ² less the explained variance."""
    at = group.derived
    loads = lam[:, at]
    rest = 1.0 / _scales(group, params)[:, at] ** 2 - np.einsum("dim,dim->di", loads @ phi, loads)
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

    r_lam (D,p,m) = R Λ and r_theta (D,p) or (D,p,p) = diag R or R, with R = ∂F/∂Σ; g_mu (D,p) = ∂F/∂μ or
    None.
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
    flat[:, : starts[1]] = by_lam.reshape(count, starts[1])
    if mats.a is not None:
        flat[:, starts[1] : starts[2]] = by_beta.reshape(count, m * m)
    flat[:, starts[2] : starts[3]] = by_psi.reshape(count, m * m)
    flat[:, starts[3] : starts[4]] = r_theta.reshape(count, starts[4] - starts[3])
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
    """(D, C, C) expected second derivatives of F = log|Σ| + tr(SΣ⁻¹) for the cells; ``weight`` (D,p,p) =
    Σ⁻¹."""
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
        scale = mean_scale(group, mats)
        out += 2.0 * first * (scale[:, row] * scale[:, col])
    full = np.empty((len(out), cells * cells))
    full[:, row * cells + col] = out
    full[:, col * cells + row] = out
    return full.reshape(-1, cells, cells)


def mean_scale(group: GroupPlan, mats: Mats) -> Floats:
    """(D, C) the factor s of ∂μ = s·u: an element of Aα, one, or zero."""
    known = np.concatenate([mats.eta, np.ones((len(mats.eta), 1)), np.zeros((len(mats.eta), 1))], axis=1)
    return np.asarray(known[:, group.mean_by])


def cell_curvature(group: GroupPlan, mats: Mats, weight: Floats) -> Floats:
    """(D, C) the diagonal of ``cell_information``, without the rest."""
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
    out += mixed.reshape(count, size * size)[:, low * size + high] ** 2
    out *= 2.0 * group.half**2
    if np.any(group.mean_by >= 0):
        out += 2.0 * own[:, group.u] * mean_scale(group, mats) ** 2
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
    """(D, q) diagonal from the (D, C) one of a group; with shared parameters the sum, which leaves out cross
    terms."""
    spread = model.spread[which]
    if spread is None:
        return to_free(model, which, cells)
    return np.asarray(np.matmul(cells[:, None, :], spread**2)[:, 0, :])
