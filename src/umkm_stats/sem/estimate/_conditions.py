"""The optimum under conditions that are no linear equations: curved equalities and inequalities.

Each round replaces the conditions by their tangents at the present place and minimises on that plane; at the
end the conditions hold and the gradient is a sum of their slopes (Robinson 1972,
https://doi.org/10.1007/BF01584549). Inequalities enter when they are violated and leave when they pull the
wrong way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats.kernels.sem.one.optimise import LIMIT, Optimum, minimise
from umkm_stats.kernels.sem.one.problem import Problem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.estimate._compile import Condition, Constraints, free_space

ROUNDS = 100
SWAPS = 10
PATIENCE = 3  # searches on a plane that may end without an optimum
CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class Settled:
    """The optimum; equal (k,P) and right (k,): the equations with tangents of the curved ones; held (h,P)
    slopes of the inequalities that hold as equations there."""

    optimum: Optimum
    equal: Floats
    right: Floats
    held: Floats


def _tangents(conditions: Sequence[Condition], params: Floats) -> tuple[Floats, Floats, float]:
    found = [condition.at(params) for condition in conditions]
    slopes = np.array([slope for _, slope in found]).reshape(len(found), len(params))
    values = np.array([value for value, _ in found])
    return slopes, slopes @ params - values, float(np.abs(values).max(initial=0.0))


def settle(task: Problem, asked: Constraints, start: Floats, limit: int = LIMIT) -> Settled:
    """Minimise ``task`` from ``start`` under all that is asked."""
    equal = [condition for condition in asked.conditions if condition.equality]
    others = [condition for condition in asked.conditions if not condition.equality]
    active: list[Condition] = []
    params = start
    for _ in range(SWAPS):
        found, params = _on_curve(task, asked, [*equal, *active], params, limit)
        if found.point is None or not found.converged:
            break
        outside = [
            (value, condition)
            for condition in others
            if condition not in active and (value := condition.at(params)[0]) < -CLOSE
        ]
        wrong = _pulling_wrong(task, asked, equal, active, found)
        if outside:
            active.append(min(outside, key=lambda pair: pair[0])[1])
        elif wrong is not None:
            active.remove(wrong)
        else:
            break
    slopes, right, _ = _tangents(equal, params)
    held, _, _ = _tangents(active, params)
    return Settled(found, np.vstack([asked.matrix, slopes]), np.concatenate([asked.right, right]), held)


def _on_curve(
    task: Problem, asked: Constraints, conditions: list[Condition], params: Floats, limit: int
) -> tuple[Optimum, Floats]:
    """The optimum where the conditions hold as equations."""
    lost = 0
    for _ in range(ROUNDS):
        slopes, right, _ = _tangents(conditions, params)
        plane = np.vstack([asked.matrix, slopes]), np.concatenate([asked.right, right])
        basis, offset = free_space(*plane, len(params))
        begin = offset + basis @ (basis.T @ (params - offset))
        found = minimise(_on_plane(task, basis, offset), begin, limit=limit)
        if found.point is None:
            return found, params
        moved = float(np.abs(found.point.params - params).max(initial=0.0))
        params = found.point.params
        left = _tangents(conditions, params)[2]
        if left < CLOSE and (moved < CLOSE or all(condition.linear for condition in conditions)):
            return found, params
        lost += not found.converged
        if lost > PATIENCE:
            break
    return replace(found, converged=False), params


def _on_plane(task: Problem, basis: Floats, offset: Floats) -> Problem:
    structure = replace(task.structure, basis=basis, offset=offset)
    return replace(task, plan=replace(task.plan, structure=structure))


def _pulling_wrong(
    task: Problem, asked: Constraints, equal: list[Condition], active: list[Condition], found: Optimum
) -> Condition | None:
    """An inequality held as an equation without which F would fall inside the allowed side."""
    if not active or found.point is None:
        return None
    slopes, _, _ = _tangents([*active, *equal], found.point.params)
    sides = np.vstack([slopes, asked.matrix])
    pull = np.linalg.lstsq(sides.T, task.gradient(found.point), rcond=None)[0][: len(active)]
    worst = int(pull.argmin())
    return active[worst] if pull[worst] < -1e-7 else None
