"""The baseline model: no covariances but those among exogenous observed variables, which stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.sem.one.optimise import minimise
from umkm_stats.kernels.sem.one.problem import Point, Problem, problem
from umkm_stats.kernels.sem.structure import ALPHA, NU, PSI, THETA, Structure

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def baseline_structure(
    observed: int, exogenous: list[int], groups: int, *, fixed: bool, means: bool
) -> Structure:
    """Structure of the baseline: exogenous variables stand as states whose moments are free or the
    sample's."""
    m = len(exogenous)
    rest = [i for i in range(observed) if i not in exogenous]
    lam = np.zeros((groups, observed, m))
    lam[:, exogenous, np.arange(m)] = 1.0
    cells: list[tuple[int, int, int, int]] = []
    for g in range(groups):
        cells += [(THETA, g, i, i) for i in rest]
        if not fixed:
            cells += [(PSI, g, i, j) for i in range(m) for j in range(i + 1)]
        if means:
            cells += [(NU, g, i, 0) for i in rest]
            if not fixed:
                cells += [(ALPHA, g, i, 0) for i in range(m)]
    table = np.array(cells, dtype=np.int64).reshape(len(cells), 4)
    count = len(cells)
    zero_p, zero_m = np.zeros((groups, observed)), np.zeros((groups, m))
    return Structure(
        groups,
        observed,
        m,
        lam,
        np.zeros((groups, m, m)),
        np.zeros((groups, m, m)),
        np.zeros((groups, observed, observed)),
        zero_p,
        zero_m,
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 3],
        np.arange(count),
        np.eye(count),
        np.zeros(count),
        np.full(count, -np.inf),
        np.full(count, np.inf),
        np.array([(i, k) for k, i in enumerate(exogenous)] if fixed else [], dtype=np.int64).reshape(
            m if fixed else 0, 2
        ),
        means,
    )


def baseline_point(fit: Fit) -> tuple[Problem, Point]:
    """The baseline fitted to the samples of ``fit`` with its discrepancy, once a fit."""
    return fit.baseline


def fitted_baseline(fit: Fit) -> tuple[Problem, Point]:
    """Fit it. Without exogenous variables each variable's own mean and variance are its optimum."""
    structure = fit.compiled
    exogenous = [fit.observed.index(name) for name in fit.table.variables.exogenous]
    fixed = len(structure.fixed_x) > 0
    groups = len(fit.task.samples)
    base = baseline_structure(structure.n_observed, exogenous, groups, fixed=fixed, means=structure.means)
    task = problem(base, fit.task.kind, fit.task.samples)
    moments = [
        (sample.stack.margins() if sample.patterns and not exogenous else (sample.mean, sample.cov))
        for sample in fit.task.samples
    ]
    start = np.empty(base.n_params)
    for k, (code, g, i, j) in enumerate(
        zip(base.cell_matrix, base.cell_group, base.cell_row, base.cell_col, strict=True)
    ):
        mean, cov = moments[g]
        if code in (NU, ALPHA):
            start[k] = mean[i if code == NU else exogenous[i]]
        else:
            start[k] = cov[i, j] if code == THETA else cov[exogenous[i], exogenous[j]]
    found = minimise(task, start)
    assert found.point is not None
    return task, found.point
