"""Rows that pull: what leaving one row out does to every arrow and indirect effect of a score model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.kernels.mediation.tests import all_two_sided, two_sided
from umkm_stats.kernels.regression.influence import influence as kernel
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named
from umkm_stats.mediation._rows import errors, points
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.mediation._result import Mediation

Floats = NDArray[np.float64]
LARGE = (
    1.0  # dfbetas of a row that moves a coefficient by its own standard error (Belsley, Kuh & Welsch 1980)
)
MOST = 100_000  # rows up to which every analysis is checked without being asked
COLUMNS = ("effect", "path", "est", "lowest", "highest", "row", "moved", "p", "p_without", "changes")


def influence(result: Mediation) -> Detail:
    """What leaving one row out does to every arrow and specific indirect effect.

    Frame: ``lowest`` and ``highest`` estimate with one row left out, the ``row`` of the data that moves it
    most and by how many standard errors (``moved``), p with all rows and ``p_without`` it, whether the
    verdict ``changes``. p are classical, that of a product by the delta method. A row that moves an estimate
    by more than one standard error and changes its verdict comes before one that moves it more.

    Raises ``UsageError`` MED028 for anything but a score model with complete rows.
    """
    import pandas as pd

    rows = _rows(result)
    return Detail(
        "influence",
        pd.DataFrame(rows, columns=list(COLUMNS)),
        result.sample,
        result.seed,
        tuple(_note(row) for row in rows if row["changes"]),
    )


def notes(result: Mediation) -> list[Note]:
    """A note (REG154) for every estimate whose verdict hangs on one row that moves it by more than its
    standard error; nothing with robust errors or clusters, whose verdicts are others."""
    columns = result.columns
    if columns is None or result.errors != "classical" or columns.cluster is not None:
        return []
    if len(columns.values) > MOST or _still(result):
        return []
    return [_note(row) for row in _rows(result) if row["changes"]]


def _still(result: Mediation) -> bool:
    """Whether the jackknife of the analysis, where there is one, already shows that no row moves an estimate
    by its standard error."""
    if result.left is None or result.left.first is not None or result.found is None:
        return False
    effects = [(k, entry) for k, entry in enumerate(result.named) if _places(entry)]
    named = [entry for _, entry in effects]
    values = result.left.values[:, [k for k, _ in effects]]
    moved = np.abs(values - points(result.found, named)).max(axis=0)
    return bool((moved < 0.99 * LARGE * errors(result.found, named)).all())


def _note(row: dict[str, Any]) -> Note:
    words = {"term": row["term"], "outcome": row["outcome"], "row": row["row"], "count": row["count"]}
    return Note("REG154", {**words, "p": row["p"], "p_without": row["p_without"]}, row["path"], "p")


def _rows(result: Mediation) -> list[dict[str, Any]]:
    columns, spec, found = result.columns, result.spec, result.found
    if columns is None or found is None:
        raise UsageError("MED028", params={})
    n = len(columns.values)
    size = len(spec.place)
    theta, t = np.empty((size, n)), np.empty((size, n))
    start = 0
    for entry in spec.equations:
        design = columns.values[:, [columns.index(term) for term in entry.terms]]
        if n <= design.shape[1] + 2:
            return []
        each = kernel(columns.column(entry.outcome), design, columns.weights)
        end = start + design.shape[1]
        theta[start:end], t[start:end] = each.params[:, 1:].T, each.t[:, 1:].T
        start = end
    out = []
    for named in result.named:
        places = _places(named)
        if places:
            own = _one(
                named, places, found.theta, np.sqrt(np.diag(found.cov)), found.df, theta, t, result.level
            )
            row = own.pop("at")
            out.append({**own, "row": int(columns.positions[row]) + 1})
    return out


def _places(entry: Named) -> list[int]:
    """Numbers of the coefficients of an arrow or of a product of arrows; empty for anything else."""
    if entry.kind not in ("a", "d", "b", "direct", "indirect") or len(entry.paths) != 1:
        return []
    edges = entry.paths[0]
    return [edge[0][0] for edge in edges] if all(len(e) == 1 and e[0][1] == 1.0 for e in edges) else []


def _one(
    entry: Named,
    places: list[int],
    theta: Floats,
    se: Floats,
    df: Floats,
    without: Floats,
    t: Floats,
    level: float,
) -> dict[str, Any]:
    with np.errstate(invalid="ignore", divide="ignore"):
        est, own_se = _product(theta[places][:, None], se[places][:, None])
        each, each_se = _product(without[places], np.abs(without[places] / t[places]))
        moved = (est[0] - each) / own_se[0]
        ratio = each / each_se
    alone = len(places) == 1
    own_df, each_df = (float(df[places[0]]), float(df[places[0]]) - 1) if alone else (np.inf, np.inf)
    p = two_sided(float(est[0] / own_se[0]), own_df)
    fine = np.flatnonzero(np.isfinite(moved) & np.isfinite(ratio))
    if not fine.size:
        fine = np.array([0])
    p_without = all_two_sided(ratio[fine], each_df)
    size = np.abs(moved[fine])
    flips = ((p_without < 1 - level) != (p < 1 - level)) & (size > LARGE)
    best = int(np.argmax(np.where(flips, size, -1.0) if flips.any() else size))
    return {
        "effect": entry.kind,
        "path": entry.path,
        "est": float(est[0]),
        "lowest": float(each[fine].min()),
        "highest": float(each[fine].max()),
        "moved": float(moved[fine][best]),
        "p": p,
        "p_without": float(p_without[best]),
        "changes": bool(flips.any()),
        "term": entry.route[0] if alone else entry.path,
        "outcome": entry.route[-1],
        "count": int(flips.sum()),
        "at": int(fine[best]),
    }


def _product(values: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Products of independent factors (k, n) and their first-order standard errors."""
    total = np.prod(values, axis=0)
    parts = [
        errors[j] * np.prod(np.delete(values, j, axis=0), axis=0) if len(values) > 1 else errors[j]
        for j in range(len(values))
    ]
    return total, np.sqrt(np.sum(np.square(parts), axis=0))
