"""Where the search begins: loadings from the first principal axis of each set of indicators, covariances of
the
latent variables from the cross-covariances of their indicators, regressions from those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from umkm_stats.kernels.sem.structure import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Floats, Structure
from umkm_stats.sem.estimate._compile import Compiled


def _measures(compiled: Compiled, group: int) -> dict[int, list[tuple[int, bool]]]:
    """State → observed indicators that load on it and on nothing before; True when the row is a state
    itself."""
    out: dict[int, list[tuple[int, bool]]] = {}
    position = {name: index for index, name in enumerate(compiled.observed)}
    latent = set(compiled.table.variables.latent)
    for row in compiled.table.rows:
        if row.op == "=~" and row.group == group + 1 and row.rhs in position and row.lhs in latent:
            out.setdefault(compiled.states.index(row.lhs), []).append(
                (position[row.rhs], row.rhs in compiled.states)
            )
    return out


def _axis(cov: Floats) -> Floats:
    """(…, k) loadings of one factor on standardised variables (…, k, k), inside (−.95, .95)."""
    scale = np.sqrt(np.maximum(np.diagonal(cov, axis1=-2, axis2=-1), 1e-12))
    reduced = cov / scale[..., :, None] / scale[..., None, :]
    count = cov.shape[-1]
    if count == 1:
        return np.full(scale.shape, 0.9)
    index = np.arange(count)
    for _ in range(6):  # principal axis with a few communality updates
        values, vectors = np.linalg.eigh(reduced)
        axis = vectors[..., -1] * np.sqrt(np.maximum(values[..., -1], 0.05))[..., None]
        reduced[..., index, index] = np.clip(axis**2, 0.05, 0.9)
    axis = np.clip(axis, -0.95, 0.95)
    return np.asarray(np.where(axis.sum(axis=-1, keepdims=True) >= 0, axis, -axis))


Axes = Mapping[tuple[int, int], Floats]
"""(group, state) → (k,) loadings of its indicators, standardised."""


def _axes(compiled: Compiled, covs: Floats) -> Axes:
    """The axes of every set of indicators in covs (G,p,p), sets of one size at once."""
    sizes: dict[int, dict[tuple[int, int], list[int]]] = {}
    for group in range(compiled.structure.n_groups):
        for state, members in _measures(compiled, group).items():
            sizes.setdefault(len(members), {})[group, state] = [item for item, _ in members]
    found: dict[tuple[int, int], Floats] = {}
    for sets in sizes.values():
        blocks = [covs[group][np.ix_(items, items)] for (group, _), items in sets.items()]
        found |= zip(sets, _axis(np.stack(blocks)), strict=True)
    return found


def many_starting_values(compiled: Compiled, covs: Floats, means: Floats) -> Floats:
    """(D, P) starting values of D samples with moments (D,G,p,p) and (D,G,p)."""
    many = {
        (group, state): _axis(
            covs[:, group][:, [item for item, _ in members]][:, :, [item for item, _ in members]]
        )
        for group in range(compiled.structure.n_groups)
        for state, members in _measures(compiled, group).items()
    }
    rows = [
        starting_values(compiled, covs[draw], means[draw], {key: axis[draw] for key, axis in many.items()})
        for draw in range(len(covs))
    ]
    return np.stack(rows)


def starting_values(compiled: Compiled, covs: Floats, means: Floats, axes: Axes | None = None) -> Floats:
    """(P,) starting values from the sample moments (G,p,p) and (G,p); user starts come first."""
    structure, table = compiled.structure, compiled.table
    axes = _axes(compiled, covs) if axes is None else axes
    values = np.zeros(structure.n_params)
    filled = np.zeros(structure.n_params, dtype=bool)
    for group in range(structure.n_groups):
        guess = _group(compiled, group, covs[group], means[group], axes)
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


@dataclass(slots=True)
class _Guess:
    """Values of one group in the making: loadings lam (p,m), paths beta (m,m), variances of latent variables
    (m,), common (p,) what the factors explain of each item, weights (m,p) that turn items into scores."""

    lam: Floats
    beta: Floats
    variance: Floats
    common: Floats
    weights: Floats


def _group(compiled: Compiled, group: int, cov: Floats, mean: Floats, axes: Axes) -> dict[int, Floats]:
    """Starting matrices of one group."""
    structure = compiled.structure
    p, m = structure.n_observed, structure.n_latent
    sets = _measures(compiled, group)
    fixed_variance = _fixed_variances(compiled, group)
    guess = _Guess(
        structure.lam[group].copy(),
        structure.beta[group].copy(),
        np.ones(m),
        np.zeros(p),
        np.zeros((m, p)),
    )
    for state, members in sets.items():
        axis = axes[group, state]
        _measure(guess, compiled, group, state, members, cov, fixed_variance.get(state, 1.0), axis)
    own_states = {
        s: compiled.observed.index(n) for s, n in enumerate(compiled.states) if n in compiled.observed
    }
    for state, item in own_states.items():
        guess.weights[state] = 0.0
        guess.weights[state, item] = 1.0
    phi = _latent_covariances(guess, compiled, group, cov, set(sets) - set(own_states), fixed_variance)
    beta = guess.beta
    _paths(beta, structure, group, phi)
    residual = (np.eye(m) - beta) @ phi @ (np.eye(m) - beta).T
    psi = _repair(residual, floor=0.1, scale=np.diagonal(phi))
    theta = np.diag(np.maximum(cov.diagonal() - guess.common, 0.05 * cov.diagonal()))
    alpha = np.zeros((m, 1))
    for state, item in own_states.items():
        alpha[state, 0] = mean[item] if structure.means else 0.0
    return {LAMBDA: guess.lam, BETA: beta, PSI: psi, THETA: theta, NU: mean[:, None], ALPHA: alpha}


def _fixed_variances(compiled: Compiled, group: int) -> dict[int, float]:
    """State → its variance where the model fixes it to a positive number."""
    return {
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


def _marker(
    compiled: Compiled, group: int, state: int, members: list[tuple[int, bool]]
) -> tuple[int, float] | None:
    """(place among the indicators, value) of the first fixed loading that is not 0; those in Λ before those
    in B."""
    structure = compiled.structure
    for k, (item, _) in enumerate(members):
        if structure.lam[group][item, state] != 0.0:
            return k, float(structure.lam[group][item, state])
    for k, (item, own) in enumerate(members):
        value = structure.beta[group][compiled.states.index(compiled.observed[item]), state] if own else 0.0
        if value != 0.0:
            return k, float(value)
    return None


def _measure(
    guess: _Guess,
    compiled: Compiled,
    group: int,
    state: int,
    members: list[tuple[int, bool]],
    cov: Floats,
    variance: float,
    axis: Floats,
) -> None:
    """Loadings, variance and score weights of one latent variable from the axis of its indicators."""
    items = [item for item, _ in members]
    scale = np.sqrt(np.maximum(np.diagonal(cov), 1e-12))[items]
    standard = axis * scale
    marker = _marker(compiled, group, state, members)
    if marker is not None:
        place, value = marker
        unit = standard[place] / value
        if abs(unit) < 0.15 * scale[place]:
            unit = np.copysign(0.15 * scale[place], unit)
        guess.variance[state] = unit**2
        loads = standard / unit
    else:
        guess.variance[state] = variance
        loads = standard / np.sqrt(variance)
    for k, (item, own) in enumerate(members):
        if own:
            guess.beta[compiled.states.index(compiled.observed[item]), state] = loads[k]
        elif guess.lam[item, state] == 0.0:
            guess.lam[item, state] = loads[k]
        guess.common[item] = max(guess.common[item], min(standard[k] ** 2, 0.95 * cov[item, item]))
    inside = loads / np.maximum(cov[items, items] - standard**2, 0.05 * cov[items, items])
    guess.weights[state, items] = inside / max(float(inside @ loads), 1e-9)


def _latent_covariances(
    guess: _Guess,
    compiled: Compiled,
    group: int,
    cov: Floats,
    factors: set[int],
    fixed_variance: dict[int, float],
) -> Floats:
    """Φ from the scores of the indicators; fills loadings of second-order factors into ``guess.beta``."""
    weights, common = guess.weights, guess.common
    measured = np.abs(weights).sum(axis=1) > 0
    noise = np.diag(np.where(common > 0, cov.diagonal() - common, 0.0))
    phi = weights @ (cov - noise) @ weights.T
    for state in range(len(weights)):
        if measured[state] and state in factors:
            phi[state, state] = guess.variance[state]
    for state in range(len(weights)):
        if not measured[state]:
            _second_order(state, compiled, group, guess.beta, phi, fixed_variance)
    return _repair(phi)


def _paths(beta: Floats, structure: Structure, group: int, phi: Floats) -> None:
    """Regressions among the states from Φ, in place."""
    here = (structure.cell_group == group) & (structure.cell_matrix == BETA)
    for row in range(len(beta)):
        columns = structure.cell_col[here & (structure.cell_row == row)]
        free = np.array([c for c in columns if beta[row, c] == 0.0], dtype=int)
        if len(free):
            inner = phi[np.ix_(free, free)] + 1e-6 * np.diag(np.diagonal(phi)[free])
            beta[row, free] = np.linalg.lstsq(inner, phi[free, row], rcond=None)[0]


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
