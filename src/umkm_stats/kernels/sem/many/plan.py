"""A structural model prepared for batches: index arrays of every group, made once a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.structure import (
    ALPHA,
    BETA,
    DELTA,
    LAMBDA,
    NU,
    PSI,
    SYMMETRIC,
    TAU,
    THETA,
    Structure,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Index arrays of one group. L: length of the flat vector; C: free cells; q: free directions of the
    model.

    starts: where Λ, B, Ψ, Θ, ν, α begin in the flat vector, then L. template (L,): fixed values. put,
    put_param: positions and the parameter each takes. take (C,), times (C,): where a cell's derivative stands
    in the flat gradient, and its factor. cell_param (C,). u, v (C,): columns of F; half (C,): h; mean_by
    (C,): −1 no mean, m constant one, else the latent whose (Aα) multiplies. fixed_seen, fixed_hidden (k,):
    exogenous observed variables and their latents. depth: longest path through B, so that A = I + B + … +
    B^depth; −1 when paths form a cycle. derived (d,): observed variables whose residual variance is 1/δ² less
    the explained variance; own_seen, own_hidden (k,): derived ones that are latents of their own (observed
    and latent index); scale (p,): δ where fixed; scale_at, scale_param: free ones.
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
    depth: int
    diagonal: bool
    means: bool
    derived: Ints
    own_seen: Ints
    own_hidden: Ints
    scale: Floats
    scale_at: Ints
    scale_param: Ints


@dataclass(frozen=True, slots=True)
class Plan:
    """A model ready for batches.

    simple: every parameter is one free direction (plus an offset); then ``column`` (P,) names it, else
    ``column`` is empty and ``basis`` (P, q) is used. spread: per group (C, q) map from cells to directions,
    or None when the group's cells are distinct directions (then ``directions`` (C,) names them).
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
        depth=_depth(structure.beta[group], row[matrix == BETA], col[matrix == BETA]),
        diagonal=diagonal,
        means=structure.means,
        derived=np.setdiff1d(np.flatnonzero(structure.derived), structure.derived_state[:, 0]),
        own_seen=structure.derived_state[:, 0],
        own_hidden=structure.derived_state[:, 1],
        scale=np.array([structure.delta.get((group, i), 1.0) for i in range(p)]),
        scale_at=structure.cell_row[scales],
        scale_param=structure.cell_param[scales],
    )


def _depth(fixed: Floats, row: Ints, col: Ints) -> int:
    """Longest path through B, or −1 when its paths form a cycle."""
    paths = fixed != 0
    paths[row, col] = True
    reach = paths.copy()
    for depth in range(len(fixed) + 1):
        if not reach.any():
            return depth
        reach = (reach.astype(np.int64) @ paths.astype(np.int64)) > 0
    return -1


def parameters(model: Plan, free: Floats) -> Floats:
    """(D, P) parameters of (D, q) free directions."""
    if len(model.column):
        return np.asarray(free[:, model.column] + model.offset)
    return np.asarray(np.matmul(free[:, None, :], model.basis.T)[:, 0, :] + model.offset)
