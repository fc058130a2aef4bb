"""The search for the optimum: the best starting values first, others only when that does not converge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.one.optimise import Optimum, minimise
from umkm_stats.kernels.sem.one.problem import Point, Problem, problem
from umkm_stats.kernels.sem.structure import PSI, THETA, Floats
from umkm_stats.sem.estimate._compile import Compiled, free_space
from umkm_stats.sem.estimate._conditions import settle
from umkm_stats.sem.estimate._elsewhere import LOWER, lower_ends, serves
from umkm_stats.sem.estimate._rescale import from_stable, stable_structure, to_stable
from umkm_stats.sem.estimate._starts import starting_values

RESTARTS = 3  # in the scaling with latent variances 1
MOVED = 6  # from values moved at random
CHECKS = 64  # of a solution that looks doubtful
CHECK_LIMIT = 60  # iterations of each
RESTART_LIMIT = 120  # iterations of each


@dataclass(frozen=True, slots=True)
class Found:
    """The optimum kept, the starting values it came from, how many searches were made, and how often a search
    from other starting values found a lower minimum than the best before it. equal, right: the equations with
    tangents of curved ones, None without such; held (h,P): slopes of inequalities that hold as equations."""

    optimum: Optimum
    start: Floats
    searches: int
    lowered: int = 0
    started: int = 1  # number of the search that converged first
    equal: Floats | None = None
    right: Floats | None = None
    held: Floats | None = None


def moment_count(task: Problem) -> int:
    """Number of sample moments the model is fitted to; those of exogenous x are left out."""
    if isinstance(task, OrdinalProblem):
        return sum(len(sample.statistics) for sample in task.samples)
    structure = task.structure
    p, x = structure.n_observed, len(structure.fixed_x)
    one = p * (p + 1) // 2 - x * (x + 1) // 2 + (p - x if structure.means else 0)
    return one * structure.n_groups


def _jitter(compiled: Compiled, start: Floats, attempt: int) -> Floats:
    """Other starting values, the same for every run: loadings and paths moved, covariances shrunk."""
    structure = compiled.structure
    rng = np.random.Generator(np.random.Philox(key=1000 + attempt))
    out = start * (1.0 + 0.4 * (rng.random(len(start)) - 0.5) * min(attempt, 4))
    off = np.isin(structure.cell_matrix, (PSI, THETA)) & (structure.cell_row != structure.cell_col)
    out[structure.cell_param[off]] *= 0.2
    own = np.isin(structure.cell_matrix, (PSI, THETA)) & (structure.cell_row == structure.cell_col)
    variances = structure.cell_param[own]
    out[variances] = np.abs(out[variances]) * (1.0 + rng.random(len(variances)))
    return np.clip(out, structure.lower, structure.upper)


def search(compiled: Compiled, task: Problem, covs: Floats, means: Floats) -> Found:
    """The optimum of ``task``.

    Raises ``UmkmError`` SEM305 (more free parameters than moments), SEM306 (sample covariance matrix not
    positive definite, so that the likelihood has no maximum), SEM307 (no starting values with a positive
    definite Σ).
    """
    structure = task.structure
    moments = moment_count(task)
    curved = sum(condition.equality for condition in compiled.asked.conditions)
    if structure.n_free - curved > moments:
        raise UmkmError("SEM305", params={"free": structure.n_free, "moments": moments})
    if task.kind in ("ml", "gls"):
        for cov in covs:
            scale = np.sqrt(np.diagonal(cov))
            if np.linalg.eigvalsh(cov / np.outer(scale, scale))[0] < 1e-11:
                raise UmkmError("SEM306", params={"rows": task.n, "variables": structure.n_observed})
    start = starting_values(compiled, covs, means)
    if isinstance(task, OrdinalProblem):
        start = task.begin(start)
    best, begun = minimise(task, start), start
    searches = 1
    if not best.converged:
        for trial in _trials(compiled, task, start):
            other = minimise(task, trial, limit=RESTART_LIMIT)
            searches += 1
            better = other.point is not None and (best.point is None or other.point.value < best.point.value)
            if better or (other.converged and not best.converged):
                best, begun = other, trial
            if best.converged:
                break
    if best.point is None:
        raise UmkmError("SEM307")
    lowered, started = 0, searches
    if best.converged and type(task) is Problem and _doubtful(task, best.point, moments):
        trials = [_jitter(compiled, start, 20 + attempt) for attempt in range(1, CHECKS + 1)]
        searches += CHECKS
        for trial, begin in _worth(task, best.point, trials):
            other = minimise(task, begin, limit=CHECK_LIMIT)
            if other.converged and other.point is not None and other.point.value < best.point.value - LOWER:
                best, begun, lowered = other, trial, lowered + 1
    found = Found(best, begun, searches, lowered, started)
    return _conditioned(compiled, task, found) if compiled.asked.conditions else found


def _worth(task: Problem, best: Point, trials: list[Floats]) -> list[tuple[Floats, Floats]]:
    """(starting values, where the last search begins) of the trials that may lead below ``best``."""
    if not serves(task):
        return [(trial, trial) for trial in trials]
    found = lower_ends(task, best.params, np.stack(trials))
    return [(trials[number - 1], params) for number, params in found]


def _conditioned(compiled: Compiled, task: Problem, found: Found) -> Found:
    """The optimum under curved equalities and inequalities, from the one without them or from its start."""
    assert found.optimum.point is not None
    settled = settle(task, compiled.asked, found.optimum.point.params)
    if not settled.optimum.converged:
        again = settle(task, compiled.asked, found.start)
        settled = again if again.optimum.converged else settled
    if settled.optimum.point is None:
        raise UmkmError("SEM307")
    return replace(
        found, optimum=settled.optimum, equal=settled.equal, right=settled.right, held=settled.held
    )


def on_tangents(compiled: Compiled, task: Problem, found: Found) -> tuple[Compiled, Problem]:
    """Structure and task with the tangents of curved equalities as their equations: what errors, degrees of
    freedom and tests are made from."""
    if found.equal is None or found.right is None:
        return compiled, task
    basis, offset = free_space(found.equal, found.right, compiled.structure.n_params)
    structure = replace(compiled.structure, basis=basis, offset=offset)
    return replace(compiled, structure=structure), replace(task, plan=replace(task.plan, structure=structure))


def _doubtful(task: Problem, point: Point, moments: int) -> bool:
    """Whether a solution calls for a look at other starting values: gross misfit (χ² above 4 df), a negative
    variance
    or at most two rows a parameter, where several minima are common. A model that is not identified has one
    minimum
    in many places and is not looked at again."""
    structure = task.structure
    df = moments - structure.n_free
    own = np.isin(structure.cell_matrix, (PSI, THETA)) & (structure.cell_row == structure.cell_col)
    negative = bool((point.params[structure.cell_param[own]] < 0).any())
    few = task.n <= 2 * structure.n_free
    doubt = df > 0 and (negative or few or task.n * point.value > 4.0 * df)
    if not doubt or structure.n_free == 0:
        return False
    inner = structure.basis.T @ task.information(point) @ structure.basis
    scale = np.sqrt(np.maximum(np.diagonal(inner), 1e-300))
    return bool(np.linalg.eigvalsh(inner / np.outer(scale, scale))[0] > 1e-8)


def _trials(compiled: Compiled, task: Problem, start: Floats) -> Iterator[Floats]:
    """Other starting values: solutions in the scaling with latent variances 1, then values moved at random
    (the same
    for every run)."""
    structure = task.structure
    plain = structure.n_params == structure.n_free and type(task) is Problem
    if plain:
        changed, markers = stable_structure(compiled)
        stable = problem(changed, task.kind, task.samples)
        for attempt in range(RESTARTS):
            begin = start if attempt == 0 else _jitter(compiled, start, attempt)
            with np.errstate(all="ignore"):
                found = minimise(stable, to_stable(task, changed, markers, begin), limit=RESTART_LIMIT)
            if found.point is None or not found.converged:
                continue
            back = from_stable(task, markers, stable, found.point.params)
            if back is not None and np.isfinite(back).all():
                yield back
    for attempt in range(1, MOVED + 1):
        yield _jitter(compiled, start, attempt)
