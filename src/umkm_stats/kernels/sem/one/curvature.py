"""Second derivatives of a discrepancy in the parameters, gathered like the first ones.

With ∂ₖΣ = wₖ(uₖvₖᵀ + vₖuₖᵀ) and ∂ₖμ = sₖuₖ the Hessian has two parts: how the slopes of F change with the
moments (``observed``), and how u, v and s themselves change (``bend``):

    ∂ₗuₖ = uₗ A[colₗ, j]                          for uₖ = (ΛA)ⱼ and l in Λ, B
    ∂ₗ(ΛΦ)ⱼ = uₗ Φ[colₗ, j] + vₗ A[j, rowₗ]        for l in B (the second term only there)
            = wₗ (uₗ A[j, colₗ] + vₗ A[j, rowₗ])   for l in Ψ
"""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.one.algebra import GroupCells, State
from umkm_stats.kernels.sem.one.discrepancy import Kind, Sample
from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, PSI, Floats


def bend(at: State, cells: GroupCells, by_sigma: Floats, by_mu: Floats | None) -> Floats:
    """(C,C) ⟨∂F/∂Σ, ∂ₖₗΣ⟩ + ⟨∂F/∂μ, ∂ₖₗμ⟩ with the slopes of F held still."""
    code, row, col = cells.code, cells.row, cells.col
    u, v, w = cells.u, cells.v, cells.w
    inner = at.stack.T @ (by_sigma @ at.stack)
    m = max(at.phi.shape[0], 1)
    a = np.zeros((m, m)) if at.phi.shape[0] == 0 else at.inverse
    phi = np.zeros((m, m)) if at.phi.shape[0] == 0 else at.phi
    row_state = np.where(np.isin(code, (BETA, PSI, ALPHA)), row, 0)
    col_state = np.where(np.isin(code, (LAMBDA, BETA, PSI)), col, 0)
    moves = np.isin(code, (LAMBDA, BETA))  # l that move ΛA
    path, spread = code == BETA, code == PSI
    lifted = np.isin(code, (BETA, PSI, ALPHA))  # k with u = ΛA
    first = np.where(
        lifted[:, None] & moves[None, :], a[col_state[None, :], row_state[:, None]] * inner[v][:, u], 0.0
    )
    uu, uv = inner[u][:, u], inner[u][:, v]
    own = a[col_state[None, :], col_state[:, None]]  # A[col_l, col_k]
    back = a[col_state[:, None], row_state[None, :]]  # A[col_k, row_l]
    across = a[col_state[:, None], col_state[None, :]]  # A[col_k, col_l]
    second = np.where(spread[:, None] & moves[None, :], uu * own, 0.0)
    second += np.where(moves[:, None] & moves[None, :], uu * phi[col_state[None, :], col_state[:, None]], 0.0)
    second += np.where(moves[:, None] & path[None, :], uv * back, 0.0)
    second += np.where(moves[:, None] & spread[None, :], w[None, :] * (uu * across + uv * back), 0.0)
    out = 2.0 * w[:, None] * (first + second)
    if by_mu is not None:
        pull = by_mu @ at.stack
        step = np.where(path | (code == ALPHA), at.slope, 0.0)
        out += np.where(moves[:, None], pull[u][:, None] * back * step[None, :], 0.0)
        out += np.where(
            lifted[:, None] & moves[None, :],
            at.slope[:, None] * pull[u][None, :] * a[col_state[None, :], row_state[:, None]],
            0.0,
        )
    return np.asarray((out + out.T) / 2.0)


def observed(kind: Kind, sample: Sample, at: State, cells: GroupCells, *, means: bool) -> Floats:
    """(C,C) Hessian of F in the cells but for ``bend``; ML, GLS and ULS."""
    u, v, ww = cells.u, cells.v, cells.w[:, None] * cells.w[None, :]
    if kind == "ml":
        weight = np.linalg.inv(at.sigma)
        apart = sample.mean - at.mu if means else np.zeros(len(at.sigma))
        middle = 2.0 * weight @ (sample.cov + np.outer(apart, apart)) @ weight - weight
    else:
        weight = sample.weight if sample.weight is not None else np.eye(len(at.sigma))
        apart, middle = np.zeros(len(at.sigma)), weight
    left, right = at.stack.T @ (weight @ at.stack), at.stack.T @ (middle @ at.stack)
    vu, uu, vv, uv = (left[x][:, y] for x, y in ((v, u), (u, u), (v, v), (u, v)))
    other = {"vu": right[v][:, u], "uu": right[u][:, u], "vv": right[v][:, v], "uv": right[u][:, v]}
    out = ww * (vu * other["vu"].T + vv * other["uu"].T + uu * other["vv"].T + uv * other["uv"].T)
    if means:
        slope = at.slope
        out = out + 2.0 * slope[:, None] * slope[None, :] * uu
        if kind == "ml":
            pull = (weight @ apart) @ at.stack
            cross = 2.0 * slope[:, None] * cells.w[None, :] * (uu * pull[v][None, :] + uv * pull[u][None, :])
            out = out + cross + cross.T
    return np.asarray((out + out.T) / 2.0)
