"""What a reader must know about a fit: every note names the parameters it speaks of."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem
from umkm_stats.kernels.sem.structure import Floats
from umkm_stats.results import Note
from umkm_stats.sem.inference._delta_errors import moved_errors
from umkm_stats.sem.inference._information import directions, information_matrix
from umkm_stats.sem.inference._values import row_values
from umkm_stats.sem.text._defaults import HIDDEN
from umkm_stats.sem.text._language import read_model

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit


def _shown(fit: Fit, group: int) -> str:
    return f" [{fit.group_labels[group - 1]}]" if len(fit.group_labels) > 1 else ""


def notes(fit: Fit) -> tuple[Note, ...]:
    """All notes of a fit, the gravest first."""
    found: list[Note] = list(fit.options.told)
    optimum = fit.found.optimum
    if not optimum.converged:
        found.append(Note("SEM401", {"iterations": optimum.iterations, "searches": fit.found.searches}))
    elif fit.found.lowered:
        found.append(Note("SEM419", {"searches": fit.found.searches}))
    elif fit.found.started > 1:
        found.append(Note("SEM402", {"searches": fit.found.started}))
    found += _identification(fit)
    found += _improper(fit)
    names = fit.param_names
    held = [names[i] for i in np.flatnonzero(optimum.active)]
    if held:
        found.append(Note("SEM407", {"parameters": held}))
    free = fit.compiled.n_free
    if fit.n < 5 * free:
        ordinal = isinstance(fit.task, OrdinalProblem)
        found.append(Note("SEM434" if ordinal else "SEM408", {"n": fit.n, "free": free}))
    if fit.options.missing == "listwise" and fit.sample.dropped.get("missing", 0):
        found.append(Note("SEM409", {"dropped": fit.sample.dropped["missing"], "rows": fit.sample.rows_in}))
    if fit.options.missing == "fiml" and fit.sample.dropped.get("missing_x", 0):
        found.append(Note("SEM410", {"dropped": fit.sample.dropped["missing_x"], "rows": fit.sample.rows_in}))
    if fit.options.missing == "pairwise":
        found += _pairwise(fit)
    if isinstance(fit.task, OrdinalProblem):
        found += _tables(fit, fit.task)
        found += _latent_responses(fit)
        found += _held_errors(fit, fit.task)
    found += _products(fit)
    found += _over_groups(fit)
    if fit.clusters:
        clusters = len(np.unique(np.concatenate(fit.clusters)))
        if clusters < 30:
            found.append(Note("SEM411", {"clusters": clusters}))
    unknown = any(sample.base != sample.base for sample in fit.task.samples)
    if unknown:
        found.append(Note("SEM420"))
    if fit.task.kind == "uls":
        found.append(Note("SEM413"))
    lost = (
        []
        if not optimum.converged
        else [
            k
            for k, v in fit.indices.items()
            if v != v
            and fit.indices["baseline_df"] > 0
            and not (fit.df == 0 and k.startswith(("pvalue", "rmsea", "cn", "agfi", "chisq")))
        ]
    )
    if lost and not unknown and optimum.converged:
        found.append(Note("SEM412", {"indices": lost}))
    return tuple(found)


def _pairwise(fit: Fit) -> list[Note]:
    """How many rows the statistics come from where each takes those that have its answers."""
    seen = [(~np.isnan(rows)).astype(float) for rows in fit.arrays]
    together = np.sum([there.T @ there for there in seen], axis=0)
    if together.min() == fit.n:
        return []
    most = int(np.diagonal(together).max())
    return [Note("SEM526", {"least": int(together.min()), "most": most, "n": fit.n})]


def _tables(fit: Fit, task: OrdinalProblem) -> list[Note]:
    """Correlations at their limit and tables with empty cells."""
    found: list[Note] = []
    names = fit.observed
    for g, sample in enumerate(task.samples):
        label = _shown(fit, g + 1)
        pairs = [
            (names[j] + label, names[i] + label) for i, j in zip(sample.first, sample.second, strict=True)
        ]
        found += [
            Note("SEM225", {"first": first, "second": second})
            for (first, second), bad in zip(pairs, sample.boundary, strict=True)
            if bad
        ]
        if sample.empty.any():
            first, second = pairs[int(np.flatnonzero(sample.empty)[0])]
            found.append(Note("SEM226", {"count": int(sample.empty.sum()), "first": first, "second": second}))
    return found


def _latent_responses(fit: Fit) -> list[Note]:
    """Ordinal variables that predict something."""
    ordinal = {row.lhs for row in fit.table.rows if row.op == "|"}
    causes = dict.fromkeys(row.rhs for row in fit.table.rows if row.op == "~" and row.rhs in ordinal)
    code = "SEM421" if fit.options.parameterization == "delta" else "SEM522"
    return [Note(code, {"variables": list(causes)})] if causes else []


def _held_errors(fit: Fit, task: OrdinalProblem) -> list[Note]:
    """Errors made as lavaan's, with those of the full derivatives beside them."""
    apart = moved_errors(fit, task)
    if not apart:
        return []
    name, printed, full = max(apart, key=lambda entry: abs(entry[2] / entry[1] - 1.0))
    return [
        Note(
            "SEM521",
            {"parameters": [entry[0] for entry in apart], "worst": name, "printed": printed, "full": full},
        )
    ]


def _products(fit: Fit) -> list[Note]:
    """Products ``a:b`` of variables that the model explains, whose covariances are not written."""
    rows = [row for row in fit.table.rows if row.group == 1]
    explained = {row.lhs for row in rows if row.op == "~"}
    exogenous = fit.table.variables.exogenous
    found = []
    for name in exogenous:
        causes = [part for part in name.split(":") if part in explained]
        if ":" in name and causes:
            pairs = [*((part, name) for part in causes), *combinations(exogenous, 2)]
            lines = "; ".join(f"{left} ~~ {right}" for left, right in pairs)
            found.append(Note("SEM422", {"product": name, "causes": causes, "lines": lines}))
    return found


def _over_groups(fit: Fit) -> list[Note]:
    """Labels of the user's that one modifier put into every group."""
    if fit.table.n_groups < 2:
        return []
    where: dict[str, set[int]] = {}
    for row in fit.table.rows:
        if row.label and row.free and not row.label.startswith(HIDDEN) and row.origin == "user":
            where.setdefault(row.label, set()).add(row.group)
    alone = [
        modifier.values[0]
        for term in read_model(fit.options.model, composites=True).terms
        for modifier in term.modifiers
        if modifier.kind == "label" and len(modifier.values) == 1
    ]
    labels = [name for name, groups in where.items() if len(groups) == fit.table.n_groups and name in alone]
    return [Note("SEM424", {"labels": labels})] if labels else []


def null_directions(fit: Fit) -> list[str]:
    """Parameters that make up the flattest direction of a singular information matrix; empty when it is
    regular."""
    basis: Floats = directions(fit)
    if basis.shape[1] == 0:
        return []
    matrix = basis.T @ fit.task.information(fit.point) @ basis
    if fit.options.information == "observed":
        matrix = basis.T @ information_matrix(fit) @ basis
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(matrix)), 1e-300))
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    flat = np.flatnonzero(values < 1e-8)
    if not len(flat):
        return []
    share = np.zeros(len(basis))
    for index in flat:
        direction = basis @ (vectors[:, index] / scale)
        size = np.abs(direction * np.sqrt(np.maximum(np.diagonal(fit.task.information(fit.point)), 1e-300)))
        share = np.maximum(share, size / max(float(size.max()), 1e-300))
    return [fit.param_names[i] for i in np.argsort(-share) if share[i] > 0.1][:8]


def _identification(fit: Fit) -> list[Note]:
    flat = null_directions(fit)
    return [Note("SEM403", {"parameters": flat})] if flat else []


def _improper(fit: Fit) -> list[Note]:
    found: list[Note] = []
    values = row_values(fit)
    for row, value in zip(fit.table.rows, values, strict=True):
        if row.op == "~~" and row.lhs == row.rhs and row.free and value < 0:
            found.append(
                Note(
                    "SEM404",
                    {"parameter": f"{row.name}{_shown(fit, row.group)}", "value": float(value)},
                    row=row.name,
                    column="est",
                )
            )
    names = fit.layout.states
    for g, at in enumerate(fit.point.states):
        label = _shown(fit, g + 1)
        for what, matrix, members in (("SEM405", at.phi, names), ("SEM406", at.theta, fit.observed)):
            found += _non_pd(what, np.real(matrix), members, label)
    return found


def _non_pd(code: str, matrix: Floats, names: tuple[str, ...], label: str) -> list[Note]:
    """A covariance matrix that is not positive semidefinite, with the variables of its worst direction;
    negative
    variances alone are told elsewhere."""
    diagonal = np.diagonal(matrix)
    if not len(matrix) or (diagonal < 0).any():
        return []
    scale = np.where(diagonal > 0, np.sqrt(np.maximum(diagonal, 1e-300)), 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if values[0] > -1e-8:
        return []
    share = np.abs(vectors[:, 0])
    worst = [names[i] for i in np.argsort(-share) if share[i] > 0.3]
    return [Note(code, {"variables": [f"{name}{label}" for name in worst], "value": float(values[0])})]
