"""Replications by PLS-SEM: the paths of ``fit_pls`` and its bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError

if TYPE_CHECKING:
    from umkm_stats.sem.text._language import Model

Floats = NDArray[np.float64]
LEAST_ROWS = 500  # of the exact sample that stands for the population


def pls_text(model: Model) -> str:
    """The measurement and the paths of a model, without labels and covariances."""
    loads: dict[str, list[str]] = {}
    paths: dict[str, list[str]] = {}
    for term in model.terms:
        if term.op == "=~":
            loads.setdefault(term.lhs, []).append(term.rhs)
        elif term.op == "~":
            paths.setdefault(term.lhs, []).append(term.rhs)
    lines = [f"{name} =~ {' + '.join(items)}" for name, items in loads.items()]
    lines += [f"{name} ~ {' + '.join(causes)}" for name, causes in paths.items()]
    return "\n".join(lines)


def pls_population(
    text: str, columns: Sequence[str], cov: Floats, coefs: Sequence[tuple[str, str]]
) -> Floats:
    """(P,) paths that PLS finds in a sample whose covariances are exactly ``cov``."""
    n = max(LEAST_ROWS, 4 * len(cov))
    raw = np.random.default_rng(0).normal(size=(n, len(cov)))
    raw -= raw.mean(axis=0)
    white = np.linalg.qr(raw)[0] * np.sqrt(n - 1)
    return _paths(text, columns, white @ np.linalg.cholesky(cov).T, coefs)


def _paths(text: str, columns: Sequence[str], rows: Floats, coefs: Sequence[tuple[str, str]]) -> Floats:
    table = _fitted(text, columns, rows).paths
    found = {(row.lhs, row.rhs): float(row.est) for row in table.itertuples(index=False)}
    return np.array([found[pair] for pair in coefs])


def _fitted(text: str, columns: Sequence[str], rows: Floats) -> Any:
    import pandas as pd

    from umkm_stats.pls import fit_pls

    return fit_pls(text, pd.DataFrame(rows, columns=list(columns)))


def by_pls(
    text: str, columns: Sequence[str], rows: Floats, coefs: Sequence[tuple[str, str]], draws: int, seed: int
) -> tuple[Floats, Floats, Floats] | None:
    """(paths (P,), covariance of their draws (P, P), draws (P, B)) of one sample; None without a solution."""
    try:
        fitted = _fitted(text, columns, rows)
        table = fitted.paths
        found = {(row.lhs, row.rhs): float(row.est) for row in table.itertuples(index=False)}
        point = np.array([found[pair] for pair in coefs])
        names = [f"{outcome}~{cause}" for outcome, cause in coefs]
        estimates = fitted.bootstrap(draws=max(draws, 100), seed=seed, what=("paths",)).estimates
    except UmkmError:
        return None
    drawn = estimates[names].to_numpy(dtype=np.float64).T
    usable = drawn[:, np.isfinite(drawn).all(axis=0)]
    if usable.shape[1] < 20:
        return None
    return point, np.atleast_2d(np.cov(usable)), drawn[:, :draws] if draws else drawn[:, :0]
