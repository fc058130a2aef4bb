"""From the parameter table to index arrays: where each parameter stands in Λ, B, Ψ, Θ, ν, α."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from umkm_stats.sem.text._expression import gradient
from umkm_stats.sem.text._language import Constraint
from umkm_stats.sem.text._table import ParameterTable, Row


@dataclass(frozen=True, slots=True)
class Compiled:
    """The structure with the names of its axes; ``states`` are latent variables first, then observed
    variables
    that stand as latents of their own."""

    structure: Structure
    observed: tuple[str, ...]
    states: tuple[str, ...]
    table: ParameterTable

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
    if row.op == "~":
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
        name for row in rows if row.op == "~" for name in (row.lhs, row.rhs) if name not in known
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


def linear_constraints(
    constraints: Sequence[Constraint], table: ParameterTable
) -> tuple[Floats, Floats, dict[int, tuple[float, float]]]:
    """(A, b, bounds): ``A @ params == b`` for the ``==`` lines; bounds of single parameters for ``<`` and
    ``>``.

    Raises ``UmkmError`` SEM112 (an unknown label), SEM113 (a constraint that is not linear), SEM114 (an
    inequality between several parameters).
    """
    labels, fixed = table.labels, table.fixed_labels
    named = {**{name: index for index, name in enumerate(table.names)}, **labels}
    rows, right = [], []
    bounds: dict[int, tuple[float, float]] = {}
    rng = np.random.Generator(np.random.Philox(key=7))
    for line in constraints:
        used = sorted(line.left.names() | line.right.names())
        for name in used:
            if name not in named and name not in fixed:
                raise UmkmError("SEM112", Place(line=line.line), {"token": name, "line": line.line})
        wanted = [name for name in used if name in named]

        def side(
            values: dict[str, float], line: Constraint = line, wanted: list[str] = wanted
        ) -> tuple[list[float], float]:
            left, other = gradient(line.left, values, wanted), gradient(line.right, values, wanted)
            gap = float(np.real(line.left.evaluate(values))) - float(np.real(line.right.evaluate(values)))
            return [a - b for a, b in zip(left, other, strict=True)], gap

        points = [
            {**fixed, **{n: float(v) for n, v in zip(wanted, rng.random(len(wanted)) + 0.5, strict=True)}}
            for _ in range(3)
        ]
        slopes, gaps = zip(*(side(point) for point in points), strict=True)
        if not np.allclose(slopes, slopes[0], rtol=1e-9, atol=1e-9):
            raise UmkmError(
                "SEM113",
                Place(line=line.line),
                {"text": f"{line.left.text} {line.op} {line.right.text}", "line": line.line},
            )
        start = gaps[0] - sum(s * points[0][n] for s, n in zip(slopes[0], wanted, strict=True))
        vector = np.zeros(len(table.names))
        for slope, name in zip(slopes[0], wanted, strict=True):
            vector[named[name]] += slope
        if line.op == "==":
            rows.append(vector)
            right.append(-start)
            continue
        inside = np.flatnonzero(vector)
        if len(inside) != 1:
            raise UmkmError(
                "SEM114",
                Place(line=line.line),
                {"text": f"{line.left.text} {line.op} {line.right.text}", "line": line.line},
            )
        index = int(inside[0])
        limit = float(-start / vector[index])
        low, high = bounds.get(index, (-np.inf, np.inf))
        above = (line.op == ">") == (vector[index] > 0)
        bounds[index] = (max(low, limit), high) if above else (low, min(high, limit))
    count = len(table.names)
    matrix = np.array(rows, dtype=float).reshape(len(rows), count)
    return matrix, np.array(right, dtype=float), bounds


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
    """The index arrays of a table. Raises what :func:`linear_constraints` and :func:`free_space` raise."""
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
    matrix_, right, limits = linear_constraints(constraints, table)
    for index, (low, high) in limits.items():
        lower[index], upper[index] = max(lower[index], low), min(upper[index], high)
    basis, offset = free_space(matrix_, right, count)
    derived = {row.lhs for row in one if row.origin == "derived"}
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
    )
    return Compiled(structure, observed, states, table)
