"""Tests on a fitted model: what to set free (score), what to hold (Wald)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from umkm_stats.errors import UsageError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, ordinal_problem
from umkm_stats.kernels.sem.one.problem import Problem, problem
from umkm_stats.kernels.sem.structure import Floats, Structure
from umkm_stats.sem.estimate._compile import constraints_of
from umkm_stats.sem.inference._information import least_squares_share
from umkm_stats.sem.text._expression import read_expression
from umkm_stats.sem.text._language import Constraint
from umkm_stats.sem.text._tokens import statements

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


def _apart(fit: Fit) -> tuple[Problem, Floats]:
    """The task with a parameter of its own for every free cell, and the estimates there."""
    structure = fit.compiled
    count = len(structure.cell_param)
    loose: Structure = replace(
        structure,
        cell_param=np.arange(count),
        basis=np.eye(count),
        offset=np.zeros(count),
        lower=np.full(count, -np.inf),
        upper=np.full(count, np.inf),
    )
    params = fit.params[structure.cell_param]
    if isinstance(fit.task, OrdinalProblem):
        return ordinal_problem(loose, fit.task.kind, fit.task.samples), params
    return problem(loose, fit.task.kind, fit.task.samples), params


def _ties(fit: Fit) -> tuple[Floats, list[str]]:
    """(k, C) equations that hold cells, and their words: shared parameters first, then ``==`` lines."""
    structure = fit.compiled
    rows = [row for row in fit.table.rows if row.free]
    several = len(fit.group_labels) > 1
    names = [f"{row.name} [{fit.group_labels[row.group - 1]}]" if several else row.name for row in rows]
    count = len(structure.cell_param)
    out: list[Floats] = []
    words: list[str] = []
    first: dict[int, int] = {}
    for cell, param in enumerate(structure.cell_param):
        if int(param) in first:
            tie = np.zeros(count)
            tie[first[int(param)]], tie[cell] = 1.0, -1.0
            out.append(tie)
            words.append(f"{names[first[int(param)]]} == {names[cell]}")
        first.setdefault(int(param), cell)
    matrix = fit.layout.asked.matrix if fit.found.equal is None else fit.found.equal
    for number, line in enumerate(matrix):
        tie = np.zeros(count)
        for param, weight in enumerate(line):
            tie[first[param]] = weight
        out.append(tie)
        words.append(f"== {number + 1}")
    return np.array(out).reshape(len(out), count), words


def score_test(fit: Fit) -> pd.DataFrame:
    """Which equality to free: constraint, chisq, df, p for each one released alone, and "all" together.

    Raises ``UsageError`` SEM236 when the fit did not converge.
    """
    import pandas as pd

    if not fit.converged:
        raise UsageError("SEM236", params={"what": "score_test"})
    task, params = _apart(fit)
    ties, words = _ties(fit)
    point = task.point(params)
    assert point is not None
    slope = -task.gradient(point) / 2.0 * least_squares_share(fit)
    info = task.information(point)
    rows = []
    for number, word in [*enumerate(words), (-1, "all")] if words else []:
        kept = np.delete(ties, number, axis=0) if number >= 0 else ties[:0]
        basis = _null(kept)
        inner = basis.T @ info @ basis
        side = basis.T @ slope
        value = fit.n * float(side @ np.linalg.pinv(inner, hermitian=True) @ side)
        df = basis.shape[1] - _null(ties).shape[1]
        rows.append((word, value, df, float(chdtrc(df, value)) if df else np.nan))
    return pd.DataFrame(rows, columns=["constraint", "chisq", "df", "p"])


def _null(matrix: Floats) -> Floats:
    if not len(matrix):
        return np.eye(matrix.shape[1])
    _, sizes, vt = np.linalg.svd(matrix)
    return np.ascontiguousarray(vt[int((sizes > 1e-10).sum()) :].T)


def wald(fit: Fit, constraints: str) -> pd.DataFrame:
    """Wald test of constraints on the estimates, all at once: one row chisq, df, p.

    Raises what the model text raises (SEM112 for an unknown label), ``UsageError`` SEM237 when a line is no
    ``==`` line or the covariance of the estimates does not exist.
    """
    import pandas as pd

    lines = []
    for statement in statements(constraints):
        at = next((k for k, token in enumerate(statement) if token.kind == "op"), 0)
        if statement[at].text != "==":
            raise UsageError("SEM237", params={"text": constraints})
        line = statement[at].line
        left, right = statement[:at], statement[at + 1 :]
        lines.append(Constraint(read_expression(left, line), "==", read_expression(right, line), line))
    asked = constraints_of(lines, replace(fit.table, sums=()))
    found = [condition.at(fit.params) for condition in asked.conditions]
    slopes = np.vstack([asked.matrix, *(slope[None] for _, slope in found)])
    values = np.concatenate([asked.matrix @ fit.params - asked.right, [value for value, _ in found]])
    spread = slopes @ np.asarray(fit.vcov) @ slopes.T
    if not np.isfinite(spread).all():
        raise UsageError("SEM237", params={"text": constraints})
    value = float(values @ np.linalg.pinv(spread, hermitian=True) @ values)
    df = int(np.linalg.matrix_rank(spread, hermitian=True))
    return pd.DataFrame({"chisq": [value], "df": [df], "p": [float(chdtrc(df, value))]})
