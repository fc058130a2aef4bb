"""The parameters of an analysis: paths, labelled loadings and covariances, and their regressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.mediation.normal_equations import Regression
from umkm_stats.sem.text._language import Model

Floats = NDArray[np.float64]


def coefficients_of(model: Model) -> tuple[list[tuple[str, str]], dict[str, int], dict[str, float], bool]:
    """Free paths, label → path, fixed labels, and whether each path is a parameter of its own."""
    coefs: list[tuple[str, str]] = []
    labels: dict[str, int] = {}
    constants: dict[str, float] = {}
    plain = not model.constraints
    for term in model.terms:
        if term.op != "~":
            continue
        value = next(
            (m.values[0] for m in term.modifiers if m.kind == "fix" and isinstance(m.values[0], float)), None
        )
        label = next((str(m.values[0]) for m in term.modifiers if m.kind == "label"), "")
        if isinstance(value, float):
            plain = False
            if label:
                constants[label] = value
            continue
        if label in labels:
            plain = False
        elif label:
            labels[label] = len(coefs)
        coefs.append((term.lhs, term.rhs))
    return coefs, labels, constants, plain


def others_of(model: Model, labels: dict[str, int], first: int, *, every: bool) -> list[tuple[str, str, str]]:
    """Labelled loadings and covariances, all free ones with ``every``; their labels join ``labels``."""
    out: list[tuple[str, str, str]] = []
    for term in model.terms:
        if term.op not in ("=~", "~~") or (term.op == "~~" and term.lhs == term.rhs):
            continue
        fixed = any(m.kind == "fix" and isinstance(m.values[0], float) for m in term.modifiers)
        label = next((str(m.values[0]) for m in term.modifiers if m.kind == "label"), "")
        if not fixed and (label or every):
            if label:
                labels.setdefault(label, first + len(out))
            out.append((term.op, term.lhs, term.rhs))
    return out


def equations_of(coefs: Sequence[tuple[str, str]], columns: Sequence[str]) -> tuple[Regression, ...]:
    """One regression an outcome; coefficients in the order of ``coefs`` after ``in_order``."""
    by_outcome: dict[str, list[int]] = {}
    for outcome, cause in coefs:
        by_outcome.setdefault(outcome, []).append(columns.index(cause))
    return tuple(Regression(columns.index(outcome), tuple(causes)) for outcome, causes in by_outcome.items())


def in_order(coefs: Sequence[tuple[str, str]]) -> list[int]:
    """Where each coefficient stands when the regressions are written one after the other."""
    outcomes = list(dict.fromkeys(outcome for outcome, _ in coefs))
    order = sorted(range(len(coefs)), key=lambda k: (outcomes.index(coefs[k][0]), k))
    return [order.index(k) for k in range(len(coefs))]


def least_squares(cov: Floats, equations: Sequence[Regression]) -> Any:
    parts = [
        np.linalg.solve(cov[np.ix_(e.predictors, e.predictors)], cov[list(e.predictors), e.outcome])
        for e in equations
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
