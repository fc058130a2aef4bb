"""Implied moments of a structure and their derivatives, by index gathering.

Every ∂Σ/∂θ is ``w (u vᵀ + v uᵀ)`` and every ∂μ/∂θ is ``s u`` with u and v columns of ``T = [I, ΛA, ΛΦ, 0]``
(Φ = AΨAᵀ, A = (I − B)⁻¹):

    Λ[i,j]: u = eᵢ,      v = (ΛΦ)ⱼ,  w = 1,          s = (Aα)ⱼ
    B[j,k]: u = (ΛA)ⱼ,   v = (ΛΦ)ₖ,  w = 1,          s = (Aα)ₖ
    Ψ[j,k]: u = (ΛA)ⱼ,   v = (ΛA)ₖ,  w = 1 (½ if j = k), s = 0
    Θ[i,k]: u = eᵢ,      v = eₖ,     w = 1 (½ if i = k), s = 0
    ν[i]:   u = eᵢ, v = 0, s = 1          α[j]: u = (ΛA)ⱼ, v = 0, s = 1

Everything works on real and on complex parameters: complex steps through the analytic gradient give the
Hessian to machine precision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Floats, Ints, Structure

Numbers = NDArray[Any]  # real, or complex for derivatives


@dataclass(frozen=True, slots=True)
class GroupCells:
    """Cells of one group. For each matrix ``at[m]`` = (rows, cols, params); u, v (C,) columns of T; w (C,);
    s_state (C,) index into Aα or −1; s_one (C,) 1.0 for ν and α; param (C,); plain: every cell its own
    parameter;
    code, row, col (C,) the cells."""

    at: tuple[tuple[Ints, Ints, Ints], ...]
    u: Ints
    v: Ints
    w: Floats
    s_state: Ints
    s_one: Floats
    param: Ints
    plain: bool
    code: Ints
    row: Ints
    col: Ints


@dataclass(frozen=True, slots=True)
class Layout:
    """The structure with its cells sorted by group."""

    structure: Structure
    groups: tuple[GroupCells, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Model matrices of one group and what follows: sigma (p,p), mu (p,), T (p, p+2m+1), s (C,)."""

    lam: Numbers
    beta: Numbers
    psi: Numbers
    theta: Numbers
    nu: Numbers
    alpha: Numbers
    inverse: Numbers
    phi: Numbers
    sigma: Numbers
    mu: Numbers
    stack: Numbers
    slope: Numbers


def layout(structure: Structure) -> Layout:
    """Cells of ``structure`` by group, with their u, v, w, s."""
    p, m = structure.n_observed, structure.n_latent
    zero = p + 2 * m
    groups = []
    for g in range(structure.n_groups):
        here = structure.cell_group == g
        code, row, col = structure.cell_matrix[here], structure.cell_row[here], structure.cell_col[here]
        param = structure.cell_param[here]
        by_state = (code == BETA) | (code == PSI) | (code == ALPHA)
        u = np.where(by_state, p + row, row)
        v = np.select(
            [(code == LAMBDA) | (code == BETA), code == PSI, code == THETA],
            [p + m + col, p + col, col],
            default=zero,
        )
        w = np.where(((code == PSI) | (code == THETA)) & (row == col), 0.5, 1.0)
        w = np.where((code == NU) | (code == ALPHA), 0.0, w)
        s_state = np.where((code == LAMBDA) | (code == BETA), col, -1)
        s_one = np.where((code == NU) | (code == ALPHA), 1.0, 0.0)
        at = tuple((row[code == k], col[code == k], param[code == k]) for k in range(6))
        plain = len(np.unique(param)) == len(param)
        groups.append(GroupCells(at, u, v, w, s_state, s_one, param, plain, code, row, col))
    return Layout(structure, tuple(groups))


def state(plan: Layout, group: int, params: Numbers, cov: Floats, mean: Floats) -> State:
    """Matrices and implied moments of one group at ``params`` (P,); exogenous x take theirs from cov and
    mean."""
    structure, cells = plan.structure, plan.groups[group]
    kind = np.result_type(params.dtype, np.float64)
    fixed = (structure.lam, structure.beta, structure.psi, structure.theta, structure.nu, structure.alpha)
    filled: list[Numbers] = []
    for code, base in enumerate(fixed):
        value = base[group].astype(kind)
        row, col, param = cells.at[code]
        if len(row):
            if code in (NU, ALPHA):
                value[row] = params[param]
            else:
                value[row, col] = params[param]
                if code in (PSI, THETA):
                    value[col, row] = params[param]
        filled.append(value)
    lam, beta, psi, theta, nu, alpha = filled
    if len(structure.fixed_x):
        seen, hidden = structure.fixed_x[:, 0], structure.fixed_x[:, 1]
        psi[hidden[:, None], hidden[None, :]] = cov[seen[:, None], seen[None, :]]
        if structure.means:
            alpha[hidden] = mean[seen]
    p, m = structure.n_observed, structure.n_latent
    if len(cells.at[BETA][0]) or structure.beta[group].any():
        inverse = np.linalg.inv(np.eye(m) - beta)
        la = lam @ inverse
        phi = inverse @ psi @ inverse.T
    else:
        inverse, la, phi = np.eye(m, dtype=kind), lam, psi
    lf = lam @ phi
    sigma = lf @ lam.T + theta
    stack = np.zeros((p, p + 2 * m + 1), dtype=kind)
    stack[:, :p].flat[:: p + 2 * m + 1] = 0.0
    stack[np.arange(p), np.arange(p)] = 1.0
    stack[:, p : p + m] = la
    stack[:, p + m : p + 2 * m] = lf
    slope: Numbers = cells.s_one
    if structure.means:
        lifted = inverse @ alpha
        mu = nu + lam @ lifted
        slope = np.append(lifted, 0.0)[cells.s_state] + cells.s_one
    else:
        mu = np.zeros(p, dtype=kind)
    return State(lam, beta, psi, theta, nu, alpha, inverse, phi, sigma, mu, stack, slope)


def with_psi(at: State, psi: Numbers) -> State:
    """The state with another Ψ and what follows from it; the slopes of μ stay."""
    m = len(psi)
    phi = at.inverse @ psi @ at.inverse.T
    lf = at.lam @ phi
    stack = at.stack.astype(np.result_type(at.stack.dtype, lf.dtype))
    stack[:, -1 - m : -1] = lf
    return replace(at, psi=psi, phi=phi, sigma=lf @ at.lam.T + at.theta, stack=stack)


def collect(values: Numbers, cells: GroupCells, count: int) -> Numbers:
    """(P,) from values of cells (C,): cells that share a parameter are added."""
    out = np.zeros(count, dtype=values.dtype)
    if cells.plain:
        out[cells.param] = values
    else:
        np.add.at(out, cells.param, values)
    return out


def collect_square(values: Numbers, cells: GroupCells, count: int) -> Numbers:
    """(P,P) from values of cell pairs (C,C)."""
    out = np.zeros((count, count), dtype=values.dtype)
    if cells.plain:
        out[cells.param[:, None], cells.param[None, :]] = values
    else:
        np.add.at(out, (cells.param[:, None], cells.param[None, :]), values)
    return out


def chain(at: State, cells: GroupCells, by_sigma: Numbers, by_mu: Numbers | None) -> Numbers:
    """(C,) derivatives of a function of (Σ, μ) from its symmetric ∂/∂Σ (p,p) and its ∂/∂μ (p,)."""
    inner = at.stack.T @ (by_sigma @ at.stack)
    out: Numbers = np.asarray(2.0 * cells.w * inner[cells.u, cells.v])
    if by_mu is not None:
        out = out + at.slope * (by_mu @ at.stack)[cells.u]
    return out


def curvature(
    at: State, cells: GroupCells, weight: Numbers, mean_weight: Numbers | None = None, *, means: bool
) -> Numbers:
    """(C,C) ½ tr(W ∂ₖΣ W ∂ₗΣ) + ∂ₖμᵀ W ∂ₗμ: the expected information of one observation when W = Σ⁻¹.

    ``mean_weight`` replaces W in the mean part.
    """
    gram = at.stack.T @ (weight @ at.stack)
    u, v = cells.u, cells.v
    rows_u, rows_v = gram[u], gram[v]
    uu, uv = rows_u[:, u], rows_u[:, v]
    vv = rows_v[:, v]
    out = uu * vv + uv * uv.T
    out *= cells.w[:, None]
    out *= cells.w[None, :]
    if means:
        if mean_weight is not None:
            uu = (at.stack.T @ (mean_weight @ at.stack))[u[:, None], u[None, :]]
        out = out + uu * at.slope[:, None] * at.slope[None, :]
    return np.asarray(out)


def jacobian(plan: Layout, group: int, at: State) -> tuple[Floats, Floats]:
    """(∂vech Σ (p*, P), ∂μ (p, P)) of one group; vech runs down the columns of the lower triangle."""
    cells, structure = plan.groups[group], plan.structure
    p, count = structure.n_observed, structure.n_params
    col, row = np.triu_indices(p)
    left, right = at.stack[:, cells.u], at.stack[:, cells.v]
    sigma = cells.w * (left[row] * right[col] + right[row] * left[col])
    mu = left * at.slope
    out_sigma, out_mu = np.zeros((len(row), count)), np.zeros((p, count))
    np.add.at(out_sigma.T, cells.param, np.real(sigma).T)
    np.add.at(out_mu.T, cells.param, np.real(mu).T)
    return out_sigma, out_mu
