"""From the parameter table to index arrays: where each parameter stands in Λ, B, Ψ, Θ, ν, α."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.sem.structure import (
    ALPHA,
    BETA,
    DELTA,
    LAMBDA,
    NU,
    PSI,
    TAU,
    THETA,
    Floats,
    Structure,
)
from umkm_stats.sem.text._expression import Expression, expanded, gradient
from umkm_stats.sem.text._language import Constraint
from umkm_stats.sem.text._table import PATHS, ParameterTable, Row


@dataclass(frozen=True, slots=True)
class Compiled:
    """The structure with the names of its axes; ``states`` are latent variables first, then observed
    variables
    that stand as latents of their own."""

    structure: Structure
    observed: tuple[str, ...]
    states: tuple[str, ...]
    table: ParameterTable
    asked: Constraints

    def place(self, row: Row) -> tuple[int, int, int]:
        """(matrix, row, column) of a table row; thresholds and scales stand in TAU and DELTA."""
        return _place(
            row, {n: i for i, n in enumerate(self.observed)}, {n: i for i, n in enumerate(self.states)}
        )


def _place(row: Row, seen: dict[str, int], state: dict[str, int]) -> tuple[int, int, int]:
    if row.op == "=~":
        if row.rhs in state:
            return BETA, state[row.rhs], state[row.lhs]
        return LAMBDA, seen[row.rhs], state[row.lhs]
    if row.op in PATHS:
        return BETA, state[row.lhs], state[row.rhs]
    if row.op == "~~":
        if row.lhs in state and row.rhs in state:
            first, second = state[row.lhs], state[row.rhs]
            return PSI, max(first, second), min(first, second)
        first, second = seen[row.lhs], seen[row.rhs]
        return THETA, max(first, second), min(first, second)
    if row.op == "~1":
        return (ALPHA, state[row.lhs], 0) if row.lhs in state else (NU, seen[row.lhs], 0)
    if row.op == "|":
        return TAU, seen[row.lhs], int(row.rhs[1:]) - 1
    return DELTA, seen[row.lhs], 0


def standing(rows: Sequence[Row], latent: Sequence[str]) -> list[str]:
    """Observed variables that need a latent of their own: those in regressions, those that covary with a
    latent
    variable or with another of them."""
    known = set(latent)
    found = dict.fromkeys(
        name for row in rows if row.op in PATHS for name in (row.lhs, row.rhs) if name not in known
    )
    growing = True
    while growing:
        growing = False
        for row in rows:
            if row.op == "~~" and row.lhs != row.rhs:
                inside = [name in known or name in found for name in (row.lhs, row.rhs)]
                if any(inside) and not all(inside):
                    found[row.rhs if inside[0] else row.lhs] = None
                    growing = True
    return list(found)


@dataclass(frozen=True, slots=True)
class Condition:
    """``left - right == 0`` or ``>= 0`` where the difference is no linear equation; places: label →
    parameter; fixed: label → value."""

    difference: Expression
    equality: bool
    places: Mapping[str, int]
    fixed: Mapping[str, float]
    linear: bool = False

    def at(self, params: Floats) -> tuple[float, Floats]:
        """Value and (P,) gradient."""
        values = {**self.fixed, **{name: float(params[index]) for name, index in self.places.items()}}
        out = np.zeros(len(params))
        for name, slope in zip(
            self.places, gradient(self.difference, values, list(self.places)), strict=True
        ):
            out[self.places[name]] += slope
        return float(np.real(self.difference.evaluate(values))), out


@dataclass(frozen=True, slots=True)
class Constraints:
    """matrix (k,P) @ parameters == right (k,); bounds: parameter → (lower, upper); conditions: the rest."""

    matrix: Floats
    right: Floats
    bounds: Mapping[int, tuple[float, float]]
    conditions: tuple[Condition, ...] = ()


def constraints_of(lines: Sequence[Constraint], table: ParameterTable) -> Constraints:
    """What the ``==``, ``<`` and ``>`` lines ask; a ``:=`` name in them stands for its expression.

    Raises ``UmkmError`` SEM112 (an unknown label).
    """
    labels, fixed = table.labels, table.fixed_labels
    named = {**{name: index for index, name in enumerate(table.names)}, **labels}
    defined = {entry.name: entry.expression for entry in table.definitions}
    count = len(table.names)
    rows, right = [], []
    bounds: dict[int, tuple[float, float]] = {}
    conditions: list[Condition] = []
    for members, total in table.sums:
        vector = np.zeros(count)
        np.add.at(vector, list(members), 1.0)
        rows.append(vector)
        right.append(total)
    for line in lines:
        left, other = expanded(line.left, defined), expanded(line.right, defined)
        used = sorted(left.names() | other.names())
        for name in used:
            if name not in named and name not in fixed:
                raise UmkmError("SEM112", Place(line=line.line), {"token": name, "line": line.line})
        pair = (other, left) if line.op == "<" else (left, other)
        difference = Expression("-", pair, 0.0, "", f"{pair[0].text} - {pair[1].text}")
        condition = Condition(
            difference,
            line.op == "==",
            {name: named[name] for name in used if name in named},
            {name: fixed[name] for name in used if name in fixed},
        )
        vector, constant, linear = _linear(condition, count)
        inside = np.flatnonzero(vector)
        if linear and condition.equality:
            rows.append(vector)
            right.append(-constant)
        elif linear and len(inside) == 1:
            index = int(inside[0])
            limit = float(-constant / vector[index])
            low, high = bounds.get(index, (-np.inf, np.inf))
            bounds[index] = (max(low, limit), high) if vector[index] > 0 else (low, min(high, limit))
        else:
            conditions.append(replace(condition, linear=linear))
    matrix = np.array(rows, dtype=float).reshape(len(rows), count)
    return Constraints(matrix, np.array(right, dtype=float), bounds, tuple(conditions))


def _linear(condition: Condition, count: int) -> tuple[Floats, float, bool]:
    """Slope and constant of a condition, and whether it is linear: slopes are the same at three places."""
    rng = np.random.Generator(np.random.Philox(key=7))
    used = sorted(set(condition.places.values()))
    places = []
    for _ in range(3):
        params = np.zeros(count)
        params[used] = rng.random(len(used)) + 0.5
        value, slope = condition.at(params)
        places.append((params, value, slope))
    params, value, slope = places[0]
    linear = all(np.allclose(other, slope, rtol=1e-9, atol=1e-9) for _, _, other in places)
    return slope, value - float(slope @ params), linear


def free_space(matrix: Floats, right: Floats, count: int) -> tuple[Floats, Floats]:
    """(basis (P,q), offset (P,)): all parameters with ``matrix @ params == right`` are ``basis @ free +
    offset``.

    Raises ``UmkmError`` SEM115 when the constraints contradict each other.
    """
    if not len(matrix):
        return np.eye(count), np.zeros(count)
    offset = np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0], dtype=np.float64)
    if not np.allclose(matrix @ offset, right, atol=1e-8):
        raise UmkmError("SEM115")
    _, sizes, vt = np.linalg.svd(matrix)
    rank = int((sizes > 1e-10 * max(sizes[0], 1e-300)).sum())
    touched = np.abs(matrix).sum(axis=0) > 0
    if rank == len(matrix) and (~touched).any():  # keep untouched parameters as plain directions
        inner = np.flatnonzero(touched)
        _, _, small = np.linalg.svd(matrix[:, inner])
        basis = np.zeros((count, count - rank))
        free = np.flatnonzero(~touched)
        basis[free, np.arange(len(free))] = 1.0
        basis[inner, len(free) :] = small[rank:].T
        return basis, offset
    return np.ascontiguousarray(vt[rank:].T), offset


def compile_table(table: ParameterTable, constraints: Sequence[Constraint] = ()) -> Compiled:
    """The index arrays of a table. Raises what ``constraints_of`` and ``free_space`` raise."""
    who = table.variables
    groups = table.n_groups
    one = [row for row in table.rows if row.group == 1]
    states = (*who.latent, *standing(one, who.latent))
    observed = who.observed
    seen = {name: index for index, name in enumerate(observed)}
    state = {name: index for index, name in enumerate(states)}
    p, m, count = len(observed), len(states), len(table.names)
    fixed = {
        LAMBDA: np.zeros((groups, p, m)),
        BETA: np.zeros((groups, m, m)),
        PSI: np.zeros((groups, m, m)),
        THETA: np.zeros((groups, p, p)),
        NU: np.zeros((groups, p)),
        ALPHA: np.zeros((groups, m)),
    }
    for name in states[len(who.latent) :]:
        fixed[LAMBDA][:, seen[name], state[name]] = 1.0
    cells: list[tuple[int, int, int, int, int]] = []
    tau: dict[tuple[int, int, int], float] = {}
    delta: dict[tuple[int, int], float] = {}
    lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
    for row in table.rows:
        matrix, i, j = _place(row, seen, state)
        if row.free:
            cells.append((matrix, row.group - 1, i, j, row.free - 1))
            lower[row.free - 1] = max(lower[row.free - 1], row.lower)
            upper[row.free - 1] = min(upper[row.free - 1], row.upper)
        elif row.origin != "sample" and row.value == row.value:
            if matrix == TAU:
                tau[row.group - 1, i, j] = row.value
            elif matrix == DELTA:
                delta[row.group - 1, i] = row.value
            elif matrix in (NU, ALPHA):
                fixed[matrix][row.group - 1, i] = row.value
            else:
                fixed[matrix][row.group - 1, i, j] = row.value
                if matrix in (PSI, THETA):
                    fixed[matrix][row.group - 1, j, i] = row.value
    asked = constraints_of(constraints, table)
    for index, (low, high) in asked.bounds.items():
        lower[index], upper[index] = max(lower[index], low), min(upper[index], high)
    basis, offset = free_space(asked.matrix, asked.right, count)
    derived = {row.lhs for row in one if row.origin == "derived"}
    scaled = {row.lhs for row in one if row.origin == "scaled"}
    sampled = [row.lhs for row in one if row.origin == "sample" and row.op == "~~" and row.lhs == row.rhs]
    columns = np.array(cells, dtype=np.int64).reshape(len(cells), 5)
    structure = Structure(
        groups,
        p,
        m,
        fixed[LAMBDA],
        fixed[BETA],
        fixed[PSI],
        fixed[THETA],
        fixed[NU],
        fixed[ALPHA],
        columns[:, 0],
        columns[:, 1],
        columns[:, 2],
        columns[:, 3],
        columns[:, 4],
        basis,
        offset,
        lower,
        upper,
        np.array([(seen[name], state[name]) for name in sampled], dtype=np.int64).reshape(len(sampled), 2),
        table.means,
        tau,
        delta,
        np.array([name in derived for name in observed]) if derived else np.zeros(0, dtype=bool),
        np.array(
            [(seen[name], state[name]) for name in observed if name in derived and name in state],
            dtype=np.int64,
        ).reshape(-1, 2),
        np.array([name in scaled for name in observed]) if scaled else np.zeros(0, dtype=bool),
    )
    return Compiled(structure, observed, states, table, asked)
