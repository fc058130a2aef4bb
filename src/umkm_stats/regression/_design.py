"""The columns of the regressions: products formed, centred when asked, and what cannot be estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.kernels.mediation.normal_equations import SINGULAR
from umkm_stats.regression._columns import Columns
from umkm_stats.regression._plan import Plan

Floats = NDArray[np.float64]
INVOLVED = 1e-6  # a standardised weight above this: the column is part of the linear dependence


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the design. owner: the predictor or the two predictors it belongs to. parts: the columns
    whose product it is. block: number, from 1, of the block with which it enters."""

    owner: tuple[str, ...]
    parts: tuple[str, ...]
    block: int

    @property
    def name(self) -> str:
        """``x``, ``group[B]`` or ``x:w``."""
        return ":".join(self.parts)


@dataclass(frozen=True, slots=True)
class Design:
    """terms: in order of entry. values (n, p): as analysed. raw (n, p): without centring. centres: column
    name → what was subtracted."""

    terms: tuple[Term, ...]
    values: Floats
    raw: Floats
    centres: dict[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms."""
        return tuple(term.name for term in self.terms)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return max(term.block for term in self.terms)

    def upto(self, block: int) -> list[int]:
        """Term numbers of the model after ``block``."""
        return [k for k, term in enumerate(self.terms) if term.block <= block]


def design(columns: Columns, plan: Plan, *, center: bool) -> Design:
    """Terms of ``plan`` in order of entry; products enter in a block of their own, the last."""
    terms = [
        Term((name,), (column,), number)
        for number, block in enumerate(plan.blocks, start=1)
        for name in block
        for column in columns.parts[name]
    ]
    last = len(plan.blocks) + 1
    terms += [
        Term((first, second), (one, two), last)
        for first, second in plan.products
        for one in columns.parts[first]
        for two in columns.parts[second]
    ]
    coded = {entry.name for entry in columns.categories}
    moved = [name for name in (*plan.x, *plan.moderators) if name not in coded] if center else []
    centres = {name: columns.mean(name) for name in moved}

    def table(shift: dict[str, float]) -> Floats:
        return np.column_stack(
            [np.prod([columns.values[p] - shift.get(p, 0.0) for p in term.parts], axis=0) for term in terms]
        )

    return Design(tuple(terms), table(centres), table({}), centres)


def check(columns: Columns, plan: Plan, found: Design, *, two_valued: bool = False) -> None:
    """Raise when a regression cannot be estimated: REG107 too few rows, REG108 constant, REG109 collinear,
    REG110 an outcome its predictors determine, REG113 an outcome of two values (unless ``two_valued``)."""
    n, p = found.values.shape
    if n < p + 2:
        raise UmkmError(
            "REG107", params={"n": n, "needed": p + 2, "terms": p, "rows_in": columns.sample.rows_in}
        )
    outcomes = np.column_stack([columns.values[name] for name in plan.y])
    everything = np.column_stack([outcomes, found.values])
    labels = (*plan.y, *found.names)
    centred = everything - everything.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    for k, name in enumerate(labels):
        if spread[k] <= 1e-12 * float(np.abs(everything[:, k]).max()):
            raise UmkmError("REG108", Place(column=name), {"name": name})
    for name in () if two_valued else plan.y:
        distinct = np.unique(columns.values[name])
        if distinct.size == 2:
            values = [messages.Figures(f"{value:g}") for value in distinct]
            raise UmkmError("REG113", Place(column=name), {"name": name, "values": values})
    scaled = centred / spread
    first = len(plan.y)
    kept: list[int] = []
    for k in range(first, first + p):
        left, weight = _unexplained(scaled[:, k], scaled[:, kept])
        if left < SINGULAR:
            others = [labels[j] for j, size in zip(kept, weight, strict=True) if abs(size) > INVOLVED]
            raise UmkmError("REG109", Place(column=labels[k]), {"name": labels[k], "others": others})
        kept.append(k)
    for k, name in enumerate(plan.y):
        left, weight = _unexplained(scaled[:, k], scaled[:, kept])
        if left < SINGULAR:
            others = [labels[j] for j, size in zip(kept, weight, strict=True) if abs(size) > INVOLVED]
            raise UmkmError("REG110", Place(column=name), {"name": name, "others": others})


def _unexplained(column: Floats, others: Floats) -> tuple[float, Floats]:
    """1 − R² of a standardised column on others, and their weights."""
    if others.shape[1] == 0:
        return 1.0, np.empty(0)
    weight = np.asarray(np.linalg.lstsq(others, column, rcond=None)[0], dtype=np.float64)
    rest = column - others @ weight
    return float((rest**2).mean()), weight
