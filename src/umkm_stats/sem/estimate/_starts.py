"""Where the search begins: loadings from the first principal axis of each set of indicators, covariances of
the
latent variables from the cross-covariances of their indicators, regressions from those."""

from __future__ import annotations

import numpy as np

from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Floats
from umkm_stats.sem.estimate._compile import Compiled


def _measures(compiled: Compiled, group: int) -> dict[int, list[tuple[int, bool]]]:
    """State → observed indicators that load on it and on nothing before; True when the row is a state
    itself."""
    structure = compiled.structure
    out: dict[int, list[tuple[int, bool]]] = {}
    position = {name: index for index, name in enumerate(compiled.observed)}
    latent = set(compiled.table.variables.latent)
    for row in compiled.table.rows:
        if row.op == "=~" and row.group == group + 1 and row.rhs in position and row.lhs in latent:
            out.setdefault(compiled.states.index(row.lhs), []).append(
                (position[row.rhs], row.rhs in compiled.states)
            )
    del structure
    return out


def _axis(cov: Floats) -> Floats:
    """(k,) loadings of one factor on standardised variables, inside (−.95, .95)."""
    scale = np.sqrt(np.maximum(np.diagonal(cov), 1e-12))
    corr = cov / scale[:, None] / scale[None, :]
    if len(corr) == 1:
        return np.array([0.9])
    reduced = corr.copy()
    for _ in range(6):  # principal axis with a few communality updates
        values, vectors = np.linalg.eigh(reduced)
        axis = vectors[:, -1] * np.sqrt(max(values[-1], 0.05))
        reduced[np.diag_indices_from(reduced)] = np.clip(axis**2, 0.05, 0.9)
    axis = np.clip(axis, -0.95, 0.95)
    return np.asarray(axis if axis.sum() >= 0 else -axis)


def starting_values(compiled: Compiled, covs: Floats, means: Floats) -> Floats:
    """(P,) starting values from the sample moments (G,p,p) and (G,p); user starts come first."""
    structure, table = compiled.structure, compiled.table
    values = np.zeros(structure.n_params)
    filled = np.zeros(structure.n_params, dtype=bool)
    for group in range(structure.n_groups):
        guess = _group(compiled, group, covs[group], means[group])
        here = np.flatnonzero(structure.cell_group == group)
        for cell in here:
            param = structure.cell_param[cell]
            code = int(structure.cell_matrix[cell])
            if not filled[param] and code in guess:
                filled[param] = True
                values[param] = guess[code][structure.cell_row[cell], structure.cell_col[cell]]
    for row in table.rows:
        if row.free and row.start == row.start:
            values[row.free - 1] = row.start
    return np.clip(values, structure.lower, structure.upper)


def _group(compiled: Compiled, group: int, cov: Floats, mean: Floats) -> dict[int, Floats]:
    structure = compiled.structure
    p, m = structure.n_observed, structure.n_latent
    lam, psi = structure.lam[group].copy(), np.zeros((m, m))
    beta = structure.beta[group].copy()
    theta = np.diag(np.diagonal(cov) * 0.5)
    sets = _measures(compiled, group)
    scale = np.sqrt(np.maximum(np.diagonal(cov), 1e-12))
    fixed_variance = {
        compiled.states.index(row.lhs): row.value
        for row in compiled.table.rows
        if row.op == "~~"
        and row.lhs == row.rhs
        and row.group == group + 1
        and not row.free
        and row.origin != "sample"
        and row.lhs in compiled.states
        and row.value > 0
    }
    common = np.zeros((p, p))
    weights = np.zeros((m, p))
    variance = np.ones(m)
    for state, members in sets.items():
        items = [item for item, _ in members]
        standard = _axis(cov[np.ix_(items, items)]) * scale[items]
        fixed = next(
            (
                (k, structure.lam[group][i, state])
                for k, i in enumerate(items)
                if structure.lam[group][i, state] != 0.0
            ),
            None,
        )
        if fixed is None:
            fixed = next(
                (
                    (k, structure.beta[group][compiled.states.index(compiled.observed[i]), state])
                    for k, (i, own) in enumerate(members)
                    if own
                    and structure.beta[group][compiled.states.index(compiled.observed[i]), state] != 0.0
                ),
                None,
            )
        if fixed is not None:
            axis = standard[fixed[0]] / fixed[1]
            if abs(axis) < 0.15 * scale[items[fixed[0]]]:
                axis = np.copysign(0.15 * scale[items[fixed[0]]], axis)
            variance[state] = axis**2
            loads = standard / axis
        else:
            variance[state] = fixed_variance.get(state, 1.0)
            loads = standard / np.sqrt(variance[state])
        for k, (item, own) in enumerate(members):
            if own:
                beta[compiled.states.index(compiled.observed[item]), state] = loads[k]
            elif lam[item, state] == 0.0:
                lam[item, state] = loads[k]
            common[item, item] = max(common[item, item], min(standard[k] ** 2, 0.95 * cov[item, item]))
        inside = loads / np.maximum(cov[items, items] - standard**2, 0.05 * cov[items, items])
        weights[state, items] = inside / max(float(inside @ loads), 1e-9)
    own_states = {
        s: compiled.observed.index(n) for s, n in enumerate(compiled.states) if n in compiled.observed
    }
    for state, item in own_states.items():
        weights[state] = 0.0
        weights[state, item] = 1.0
    measured = np.abs(weights).sum(axis=1) > 0
    phi = (
        weights
        @ (cov - np.diag(np.where(common.diagonal() > 0, cov.diagonal() - common.diagonal(), 0.0)))
        @ weights.T
    )
    for state in range(m):
        if measured[state] and state in sets and state not in own_states:
            phi[state, state] = variance[state]
    for state in range(m):
        if not measured[state]:
            _second_order(state, compiled, group, beta, phi, fixed_variance)
    phi = _repair(phi)
    for row in range(m):
        free = structure.cell_col[
            (structure.cell_group == group) & (structure.cell_matrix == BETA) & (structure.cell_row == row)
        ]
        free = np.array([c for c in free if beta[row, c] == 0.0], dtype=int)
        if len(free):
            inner = phi[np.ix_(free, free)] + 1e-6 * np.diag(np.diagonal(phi)[free])
            beta[row, free] = np.linalg.lstsq(inner, phi[free, row], rcond=None)[0]
    residual = (np.eye(m) - beta) @ phi @ (np.eye(m) - beta).T
    psi = _repair(residual, floor=0.1, scale=np.diagonal(phi))
    theta = np.diag(np.maximum(cov.diagonal() - common.diagonal(), 0.05 * cov.diagonal()))
    alpha = np.zeros((m, 1))
    for state, item in own_states.items():
        alpha[state, 0] = mean[item] if structure.means else 0.0
    return {LAMBDA: lam, BETA: beta, PSI: psi, THETA: theta, NU: mean[:, None], ALPHA: alpha}


def _second_order(
    state: int, compiled: Compiled, group: int, beta: Floats, phi: Floats, fixed: dict[int, float]
) -> None:
    """Loadings and variance of a latent variable measured by other latent variables; fills beta and phi in
    place."""
    rows = [
        r
        for r in compiled.table.rows
        if r.op == "=~" and r.group == group + 1 and r.lhs == compiled.states[state]
    ]
    items = [compiled.states.index(row.rhs) for row in rows]
    if not items:
        phi[state, state] = fixed.get(state, 1.0)
        return
    scale = np.sqrt(np.maximum(np.diagonal(phi)[items], 1e-12))
    standard = _axis(phi[np.ix_(items, items)]) * scale
    marker = next((k for k, row in enumerate(rows) if not row.free and row.value != 0.0), None)
    unit = standard[marker] / rows[marker].value if marker is not None else 1.0
    if abs(unit) < 1e-3:
        unit = 1e-3
    loads = standard / unit
    phi[state, state] = unit**2 if marker is not None else fixed.get(state, 1.0)
    weight = loads / max(float(loads @ loads), 1e-9)
    across = weight @ phi[items]
    across[state] = phi[state, state]
    phi[state], phi[:, state] = across, across
    for item, load in zip(items, loads, strict=True):
        beta[item, state] = load


def _repair(matrix: Floats, floor: float = 0.05, scale: Floats | None = None) -> Floats:
    """A symmetric matrix with a safe diagonal, its off-diagonal shrunk until it is positive definite."""
    out = (matrix + matrix.T) / 2.0
    diagonal = np.diagonal(out).copy()
    reference = np.maximum(np.abs(diagonal) if scale is None else scale, 1e-8)
    diagonal = np.maximum(diagonal, floor * reference)
    for shrink in (1.0, 0.9, 0.7, 0.4, 0.0):
        trial = out * shrink
        np.fill_diagonal(trial, diagonal)
        unit = trial / np.sqrt(np.outer(diagonal, diagonal))
        if len(unit) == 0 or np.linalg.eigvalsh(unit)[0] > 0.02:
            return trial
    return np.diag(diagonal)
