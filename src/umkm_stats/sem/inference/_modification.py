"""Modification indices: score tests of parameters that are fixed or absent, with expected changes.

MI = n s² / V, EPC = s / V, with s the score and V the information of the parameter that is left when the free
parameters have adapted (Sörbom 1989, https://doi.org/10.1007/BF02294623).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem, ordinal_problem
from umkm_stats.kernels.sem.one.problem import problem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.sem.estimate._compile import compile_table
from umkm_stats.sem.inference._information import directions, invert, least_squares_share
from umkm_stats.sem.inference._standard import row_scales
from umkm_stats.sem.text._table import ParameterTable, Row

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem._fit import Fit


def candidates(table: ParameterTable) -> list[Row]:
    """Rows that could be freed: fixed ones the user or a default wrote, then loadings, covariances and paths
    that
    are absent from the model."""
    who = table.variables
    out: list[Row] = []
    structural = [row for row in table.rows if row.op == "~"]
    movers = [*dict.fromkeys(name for row in structural for name in (row.lhs, row.rhs))]
    inside = {row.rhs for row in table.rows if row.op == "=~"}
    exogenous = set(who.exogenous)
    for group in range(1, table.n_groups + 1):
        rows = [row for row in table.rows if row.group == group]
        seen = {(row.lhs, row.op, row.rhs) for row in rows} | {
            (r.rhs, r.op, r.lhs) for r in rows if r.op == "~~"
        }
        loads = {(row.lhs, row.rhs) for row in rows if row.op == "=~"}
        paths = {(row.rhs, row.lhs) for row in rows if row.op == "~"}
        ordinal = {row.lhs for row in rows if row.origin == "derived"}
        out += [row for row in rows if _fixed_and_testable(row, who.latent, ordinal)]
        for latent in who.latent:
            for item in who.observed:
                if item in inside and (latent, "=~", item) not in seen and (latent, item) not in paths:
                    out.append(Row(latent, "=~", item, group, value=0.0))
        plain = [name for name in who.observed if name not in exogenous and name in inside]
        for left, right in [*combinations(plain, 2), *combinations(who.latent, 2)]:
            if (left, "~~", right) not in seen:
                out.append(Row(left, "~~", right, group, value=0.0))
        for left in movers:
            for right in movers:
                fresh = left != right and left not in exogenous and (left, "~", right) not in seen
                if fresh and (right, left) not in loads and (left, right) not in loads:
                    out.append(Row(left, "~", right, group, value=0.0))
    return out


def _fixed_and_testable(row: Row, latent: tuple[str, ...], ordinal: set[str]) -> bool:
    """Whether a row of the table is fixed and could be freed: not a sample moment, the mean of a latent
    variable, or
    what the responses of ordinal items derive or fix."""
    if row.free or row.origin in ("sample", "derived") or row.op in ("|", "~*~"):
        return False
    return not (row.op == "~1" and (row.lhs in latent or row.lhs in ordinal))


def modification_indices(fit: Fit, *, minimum: float = 0.0) -> pd.DataFrame:
    """lhs op rhs group mi epc p sepc_lv sepc_all, largest index first; rows below ``minimum`` are left out.

    A candidate that the model cannot identify gets NaN.
    """
    import pandas as pd

    table = fit.table
    offered = candidates(table)
    count = fit.compiled.n_params
    names = (*table.names, *(f"{row.name}.{index}" for index, row in enumerate(offered)))
    chosen = {id(row): count + index + 1 for index, row in enumerate(offered)}
    known = [replace(row, free=chosen.get(id(row), row.free)) for row in table.rows]
    fresh = [
        replace(row, free=count + index + 1)
        for index, row in enumerate(offered)
        if row.value == 0.0 and row.origin == "default" and id(row) not in {id(r) for r in table.rows}
    ]
    wide = replace(table, rows=(*known, *fresh), names=names)
    structure = compile_table(wide).structure
    task = problem(structure, fit.task.kind, fit.task.samples)
    if isinstance(fit.task, OrdinalProblem):
        task = ordinal_problem(structure, fit.task.kind, fit.task.samples)
    params = np.concatenate([fit.params, [row.value for row in offered]])
    point = task.point(params) if fit.converged else None
    mi = np.full(len(offered), np.nan)
    epc = mi.copy()
    if point is not None:
        score = -task.gradient(point)[count:] / 2.0 * least_squares_share(fit)
        info = task.information(point)
        mi, epc = _tests(info, score, directions(fit), count, fit.n)
    scales = {kind: row_scales(fit, offered, kind) for kind in ("std_lv", "std_all")}
    frame = pd.DataFrame(
        {
            "lhs": [row.lhs for row in offered],
            "op": [row.op for row in offered],
            "rhs": [row.rhs for row in offered],
            "group": [fit.group_labels[row.group - 1] for row in offered],
            "mi": mi,
            "epc": epc,
            "p": chdtrc(1.0, np.maximum(mi, 0.0)),
            "sepc_lv": epc * scales["std_lv"],
            "sepc_all": epc * scales["std_all"],
        }
    )
    frame = frame.sort_values("mi", ascending=False, kind="stable", na_position="last")
    return frame[~(frame["mi"] < minimum)].reset_index(drop=True)


def _tests(info: Floats, score: Floats, basis: Floats, count: int, n: int) -> tuple[Floats, Floats]:
    bad = np.full(len(score), np.nan)
    inner = invert(basis.T @ info[:count, :count] @ basis)
    if inner is None:
        return bad, bad.copy()
    cross = basis.T @ info[:count, count:]
    own = np.diagonal(info)[count:]
    left = own - np.einsum("ij,ik,kj->j", cross, inner, cross)
    good = left > 1e-8 * np.maximum(np.abs(own), 1e-300)
    safe = np.where(good, left, 1.0)
    return np.where(good, n * score**2 / safe, np.nan), np.where(good, score / safe, np.nan)
