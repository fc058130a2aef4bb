"""The same model with latent variances 1 in place of first loadings 1: a scaling that stays finite when a
marker
loads near zero. Used to find starting values; the parameter that was the variance becomes the marker's
loading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from umkm_stats.kernels.sem.one.algebra import State
from umkm_stats.kernels.sem.one.problem import Problem
from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Floats, Structure
from umkm_stats.sem.estimate._compile import Compiled


def stable_structure(compiled: Compiled) -> tuple[Structure, dict[tuple[int, int], tuple[int, int]]]:
    """The structure in the other scaling and (group, state) → (matrix, row) of the markers it frees."""
    structure = compiled.structure
    lam, beta, psi = structure.lam.copy(), structure.beta.copy(), structure.psi.copy()
    code, row, col = structure.cell_matrix.copy(), structure.cell_row.copy(), structure.cell_col.copy()
    markers: dict[tuple[int, int], tuple[int, int]] = {}
    for entry in compiled.table.rows:
        if entry.op != "=~" or entry.free or not entry.value or entry.value != entry.value:
            continue
        g, state = entry.group - 1, compiled.states.index(entry.lhs)
        place = compiled.place(entry)
        here = (structure.cell_matrix == PSI) & (structure.cell_group == g)
        own = np.flatnonzero(here & (structure.cell_row == state) & (structure.cell_col == state))
        if (g, state) in markers or place is None or len(own) != 1:
            continue
        if (structure.cell_param == structure.cell_param[own[0]]).sum() != 1:
            continue
        matrix, item, _ = place
        markers[g, state] = (matrix, item)
        code[own[0]], row[own[0]], col[own[0]] = matrix, item, state
        psi[g, state, state] = 1.0
        (lam if matrix == LAMBDA else beta)[g, item, state] = 0.0
    moved = structure.cell_param[(code != structure.cell_matrix)]
    lower, upper = structure.lower.copy(), structure.upper.copy()
    lower[moved], upper[moved] = -np.inf, np.inf
    changed = replace(
        structure,
        lower=lower,
        upper=upper,
        lam=lam,
        beta=beta,
        psi=psi,
        cell_matrix=code,
        cell_row=row,
        cell_col=col,
    )
    return changed, markers


def read_params(structure: Structure, states: tuple[State, ...], factors: list[Floats]) -> Floats:
    """(P,) parameters of ``structure`` from model matrices whose latent variables are multiplied by
    ``factors``
    (m,) of each group; parameters that stand in several cells take the first."""
    out = np.zeros(structure.n_params)
    for k in range(len(structure.cell_param) - 1, -1, -1):
        g, i, j = int(structure.cell_group[k]), int(structure.cell_row[k]), int(structure.cell_col[k])
        at, d = states[g], factors[g]
        code = int(structure.cell_matrix[k])
        if code == LAMBDA:
            value = at.lam[i, j] / d[j]
        elif code == BETA:
            value = at.beta[i, j] * d[i] / d[j]
        elif code == PSI:
            value = at.psi[i, j] * d[i] * d[j]
        elif code == THETA:
            value = at.theta[i, j]
        elif code == NU:
            value = at.nu[i]
        else:
            value = at.alpha[i] * d[i] if code == ALPHA else 0.0
        out[structure.cell_param[k]] = float(np.real(value))
    return out


def to_stable(
    task: Problem, structure: Structure, markers: dict[tuple[int, int], tuple[int, int]], params: Floats
) -> Floats:
    """Parameters of the other scaling that give the same moments; variances that are not positive count as
    small."""
    states = task.states(params)
    factors = [np.ones(structure.n_latent) for _ in states]
    for g, state in markers:
        factors[g][state] = 1.0 / np.sqrt(max(float(np.real(states[g].psi[state, state])), 1e-4))
    return read_params(structure, states, factors)


def from_stable(
    task: Problem, markers: dict[tuple[int, int], tuple[int, int]], stable: Problem, params: Floats
) -> Floats | None:
    """Parameters of the model's own scaling; None when a marker's loading is 0, so that there are none."""
    states = stable.states(params)
    factors = [np.ones(task.structure.n_latent) for _ in states]
    for (g, state), (matrix, item) in markers.items():
        at = states[g]
        load = float(np.real(at.lam[item, state] if matrix == LAMBDA else at.beta[item, state]))
        fixed = float((task.structure.lam if matrix == LAMBDA else task.structure.beta)[g, item, state])
        if matrix == BETA and item != state and (g, item) in markers:
            continue  # a latent indicator: its own scale is settled first
        if abs(load) < 1e-8:
            return None
        factors[g][state] = load / fixed
    for (g, state), (matrix, item) in markers.items():
        if matrix == BETA and (g, item) in markers:
            load = float(np.real(states[g].beta[item, state]))
            fixed = float(task.structure.beta[g, item, state])
            if abs(load) < 1e-8:
                return None
            factors[g][state] = load * factors[g][item] / fixed
    return read_params(task.structure, states, factors)
