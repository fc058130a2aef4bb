"""The search for the optimum: the best starting values first, others only when that does not converge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from umkm_stats.errors import UmkmError
from umkm_stats.kernels.sem_optimise import LIMIT, Optimum, minimise
from umkm_stats.kernels.sem_ordinal import OrdinalProblem
from umkm_stats.kernels.sem_problem import Problem
from umkm_stats.kernels.structure import PSI, THETA, Floats
from umkm_stats.sem._compile import Compiled
from umkm_stats.sem._starts import starting_values

RESTARTS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The optimum kept, the starting values it came from and how many searches were made."""

    optimum: Optimum
    start: Floats
    searches: int


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

    Raises ``UmkmError`` SEM305 (more free parameters than moments), SEM306 (sample covariance matrix not positive
    definite, so that the likelihood has no maximum), SEM307 (no starting values with a positive definite Σ).
    """
    structure = task.structure
    moments = moment_count(task)
    if structure.n_free > moments:
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
    while not best.converged and searches <= RESTARTS:
        trial = _jitter(compiled, start, searches)
        other = minimise(task, trial, limit=LIMIT)
        searches += 1
        if other.point is not None and (best.point is None or other.converged or other.point.value < best.point.value):
            best, begun = other, trial
    if best.point is None:
        raise UmkmError("SEM307")
    return Found(best, begun, searches)
