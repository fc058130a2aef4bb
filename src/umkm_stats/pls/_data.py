"""The answers a PLS model is estimated on: checked columns, missing cells, and who was left out."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.options import real_numbers
from umkm_stats.pls._structure import Structure
from umkm_stats.results import Note, SampleUsed

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
MANY = (
    0.05  # share of missing cells of an item above which mean replacement is not advised (Hair et al. 2022)
)


@dataclass(frozen=True, slots=True)
class Answers:
    """values (n, p) of ``items``, NaN where missing; kept (n,): positions of the rows in the data."""

    items: tuple[str, ...]
    values: Floats
    kept: NDArray[np.int64]
    sample: SampleUsed
    notes: tuple[Note, ...]

    @property
    def filled(self) -> Floats:
        """The values with every missing cell replaced by its item's mean."""
        return mean_filled(self.values)


def mean_filled(values: Floats) -> Floats:
    """A copy of ``values`` (n, p) with column means where a cell is missing."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    return np.where(gaps, np.nanmean(values, axis=0), values)


def read_answers(data: Any, structure: Structure, missing: str) -> Answers:
    """Columns of the model's items as numbers.

    Raises ``UsageError`` PLS110 (no frame), PLS111 (no such column), PLS112 (not numbers); ``UmkmError``
    PLS113 (infinite), PLS114 (constant), PLS115 (too few rows), PLS116 (an item without any answer).
    """
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        raise UsageError("PLS110", params={"received": type(data).__name__})
    items = structure.items
    for name in items:
        if name not in data.columns:
            near = difflib.get_close_matches(name, [str(entry) for entry in data.columns], n=1)
            raise UsageError("PLS111", params={"name": name, "near": near[0] if near else "–"})
    values = np.column_stack([_numbers(data[name], name) for name in items])
    rows_in = len(values)
    notes = []
    answered = ~np.isnan(values)
    if missing == "listwise":
        keep = answered.all(axis=1)
    else:
        keep = answered.any(axis=1)
    if rows_in and not answered.any(axis=0).all():
        empty = [name for column, name in enumerate(items) if not answered[:, column].any()]
        raise UmkmError("PLS116", params={"names": empty})
    kept = np.flatnonzero(keep)
    values = values[kept]
    lost = rows_in - len(kept)
    reason = "missing" if missing == "listwise" else "empty"
    sample = SampleUsed(rows_in, len(kept), {reason: lost} if lost else {})
    needed = _needed(structure)
    if len(values) < needed:
        raise UmkmError("PLS115", params={"n": len(values), "needed": needed, "rows_in": rows_in})
    for column, name in enumerate(items):
        known = values[~np.isnan(values[:, column]), column]
        if np.ptp(known) == 0.0:
            raise UmkmError("PLS114", params={"name": name})
    gaps = np.isnan(values)
    if gaps.any():
        share = gaps.mean(axis=0)
        notes.append(
            Note("PLS156", {"cells": int(gaps.sum()), "rows": int(gaps.any(axis=1).sum()), "n": len(values)})
        )
        many = [name for name, part in zip(items, share, strict=True) if part > MANY]
        if many:
            notes.append(Note("PLS157", {"items": many}))
    return Answers(items, values, kept, sample, tuple(notes))


def _needed(structure: Structure) -> int:
    """Rows below which a regression of the model has no residual."""
    blocks = [len(entry.parts) for entry in structure.constructs]
    equations = [
        len(own) + len(structure.products.get(target, ())) for target, own in structure.paths.items()
    ]
    return max(3, max(blocks) + 2, max(equations) + 2)


def _numbers(column: pd.Series[Any], name: str) -> Floats:
    if getattr(column, "ndim", 1) != 1:
        raise UsageError("PLS112", params={"name": name, "dtype": "–"})
    values = real_numbers(column, categories=True)
    if values is None:
        raise UsageError("PLS112", params={"name": name, "dtype": str(column.dtype)})
    if np.isinf(values).any():
        raise UmkmError("PLS113", params={"name": name, "count": int(np.isinf(values).sum())})
    return values
