"""Rows that pull: leverage, Cook's distance, dfbetas, and verdicts that hang on one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from umkm_stats.adapters.statsmodels_ols import ols
from umkm_stats.kernels.mediation.tests import two_sided
from umkm_stats.kernels.regression.influence import Influence
from umkm_stats.kernels.regression.influence import influence as kernel
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._equations import Equation
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

REFITS = 20  # rows of largest dfbetas that are left out one by one where there is no closed form


def of(entry: Equation) -> Influence:
    """Influence of every row on one full model."""
    return kernel(entry.y, entry.design.values, entry.weights)


def frame(equations: Sequence[Equation], columns: Columns) -> pd.DataFrame:
    """One row a respondent and outcome: outcome, row (number from 1 in the data given), leverage,
    studentised, cook, dffits, and ``dfbetas: term`` of every slope."""
    import pandas as pd

    parts = []
    for entry in equations:
        found = of(entry)
        table = pd.DataFrame(
            {
                "outcome": entry.outcome,
                "row": columns.positions + 1,
                "leverage": found.leverage,
                "studentised": found.studentised,
                "cook": found.cook,
                "dffits": found.dffits,
            }
        )
        for k, name in enumerate(entry.design.names):
            table[f"dfbetas: {name}"] = found.dfbetas[:, k + 1]
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def verdicts(equations: Sequence[Equation], columns: Columns, level: float) -> list[Note]:
    """A note (REG154) for every slope whose verdict at 1 − level changes when one row is left out.

    Classical errors: every row, in closed form. Robust errors: the rows of largest dfbetas are left out and
    the model is fitted again; with clusters nothing is said, because a row is not what was drawn.
    """
    notes: list[Note] = []
    for entry in equations:
        if entry.errors == "cluster":
            continue
        found = of(entry)
        n, q = len(entry.y), len(entry.fit.params)
        if n <= q + 1:
            continue
        for k, name in enumerate(entry.design.names):
            place = k + 1
            p = float(entry.fit.p[place])
            if entry.errors == "classical":
                rows = np.flatnonzero(np.isfinite(found.t[:, place]))
                without = np.array([two_sided(float(t), n - q - 1) for t in found.t[rows, place]])
            else:
                size = np.nan_to_num(np.abs(found.dfbetas[:, place]))
                rows = np.sort(np.argsort(-size, kind="stable")[:REFITS])
                rows = rows[np.isfinite(found.t[rows, place])]
                without = np.array([_refit(entry, int(row), place) for row in rows])
            changed = np.flatnonzero((without < 1 - level) != (p < 1 - level))
            if changed.size:
                own = rows[changed]
                worst = own[int(np.argmax(np.abs(found.dfbetas[own, place])))]
                p_without = float(without[np.flatnonzero(rows == worst)[0]])
                words = {"term": name, "outcome": entry.outcome, "row": int(columns.positions[worst]) + 1}
                numbers = {"p": p, "p_without": p_without, "count": int(changed.size)}
                notes.append(Note("REG154", {**words, **numbers}, name, "p"))
    return notes


def _refit(entry: Equation, row: int, place: int) -> float:
    keep = np.arange(len(entry.y)) != row
    weights = None if entry.weights is None else entry.weights[keep]
    found = ols(entry.y[keep], entry.design.values[keep], errors=entry.errors, weights=weights)
    return float(found.p[place])
