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
    code, row, col, w = cells.code, cells.row, cells.col, cells.w
    count = len(code)
    out = np.zeros((count, count))
    moves = np.flatnonzero((code == LAMBDA) | (code == BETA))  # l that move ΛA
    if not len(moves):
        return out
    path, spread = np.flatnonzero(code == BETA), np.flatnonzero(code == PSI)
    lifted = np.flatnonzero((code == BETA) | (code == PSI) | (code == ALPHA))  # k with u = ΛA
    a, turned = at.inverse, at.inverse.T
    inner = at.stack.T @ (by_sigma @ at.stack)
    own_u = cells.u[moves]
    of_u = inner[own_u]
    to = col[moves]  # A[j, col_l] of the l that move
    out[np.ix_(moves, moves)] = of_u[:, own_u] * at.phi[to][:, to].T
    if len(path):
        out[np.ix_(moves, path)] += of_u[:, cells.v[path]] * a[to][:, row[path]]
    if len(spread):
        uu, uv = of_u[:, cells.u[spread]], of_u[:, cells.v[spread]]
        across, back = a[to][:, col[spread]], a[to][:, row[spread]]
        out[np.ix_(moves, spread)] += w[spread] * (uu * across + uv * back)
        out[np.ix_(spread, moves)] += inner[cells.u[spread]][:, own_u] * turned[col[spread]][:, to]
    if len(lifted):
        step = turned[row[lifted]][:, to]  # A[col_l, row_k]
        out[np.ix_(lifted, moves)] += step * inner[cells.v[lifted]][:, own_u]
    out *= 2.0 * w[:, None]
    if by_mu is not None:
        pull = by_mu @ at.stack
        raised = np.flatnonzero((code == BETA) | (code == ALPHA))
        if len(raised):
            out[np.ix_(moves, raised)] += pull[own_u][:, None] * a[to][:, row[raised]] * at.slope[raised]
        if len(lifted):
            out[np.ix_(lifted, moves)] += at.slope[lifted][:, None] * pull[own_u] * step
    return np.asarray((out + out.T) / 2.0)


def observed(
    kind: Kind, sample: Sample, at: State, cells: GroupCells, inverse: Floats | None = None, *, means: bool
) -> Floats:
    """(C,C) Hessian of F in the cells but for ``bend``; ML, GLS and ULS. ``inverse``: Σ⁻¹, where known."""
    u, v, ww = cells.u, cells.v, cells.w[:, None] * cells.w[None, :]
    if kind == "ml":
        weight = np.linalg.inv(at.sigma) if inverse is None else inverse
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
