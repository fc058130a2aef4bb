"""Columns of a frame as numbers: categories coded, rows with gaps left out and counted."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.options import one_of, real_numbers
from umkm_stats.regression._plan import Plan
from umkm_stats.results import Note, SampleUsed

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Coding = Literal["indicator", "effect"]
MOST_LEVELS = 30
CODE_LIKE = range(3, 8)  # so many distinct whole numbers may be answers of one item or codes of groups


@dataclass(frozen=True, slots=True)
class Category:
    """Levels of a coded predictor in their order; ``reference`` has no column of its own."""

    name: str
    levels: tuple[str, ...]
    reference: str
    coding: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns: ``group[B]``."""
        return tuple(f"{self.name}[{level}]" for level in self.levels if level != self.reference)


@dataclass(frozen=True, slots=True)
class Columns:
    """Analysed values.

    values: column name → (n,), coded categories as their columns. parts: predictor → names of its columns.
    positions (n,): row numbers, from 0, in the frame that was given. weights (n,), cluster (n,) or None.
    """

    values: Mapping[str, Floats]
    parts: Mapping[str, tuple[str, ...]]
    categories: tuple[Category, ...]
    weights: Floats | None
    cluster: NDArray[np.int64] | None
    positions: NDArray[np.int64]
    sample: SampleUsed
    notes: tuple[Note, ...]

    @property
    def n(self) -> int:
        """Rows used."""
        return self.sample.used

    def mean(self, name: str) -> float:
        """Mean of a column, weighted where there are weights."""
        return float(np.average(self.values[name], weights=self.weights))


def frame_of(data: Any) -> pd.DataFrame:
    """``data`` when it is a frame; else ``UsageError`` REG101."""
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        raise UsageError("REG101", params={"received": type(data).__name__})
    return data


def column_of(data: pd.DataFrame, name: str) -> pd.Series:
    """The column; raises ``UsageError`` REG102 (not there), REG112 (there twice)."""
    import pandas as pd

    if name not in data.columns:
        near = difflib.get_close_matches(str(name), [str(entry) for entry in data.columns], n=1)
        raise UsageError("REG102", Place(column=str(name)), {"name": name, "near": near[0] if near else "–"})
    found = data[name]
    if isinstance(found, pd.DataFrame):
        raise UsageError("REG112", Place(column=name), {"name": name})
    return found


def is_number(column: pd.Series) -> bool:
    """Whether the column holds real numbers or truth values."""
    return real_numbers(column) is not None


def numeric(data: pd.DataFrame, name: str) -> Floats:
    """One column as float64, NaN where missing; raises REG102, REG104, REG105, REG112."""
    column = column_of(data, name)
    values = real_numbers(column)
    if values is None:
        if not column.isna().all():
            raise UmkmError("REG104", Place(column=name), {"name": name, "dtype": str(column.dtype)})
        return np.full(len(column), np.nan)
    endless = np.flatnonzero(np.isinf(values))
    if endless.size:
        place = Place(column=name, row=int(endless[0]) + 1)
        raise UmkmError("REG105", place, {"name": name, "count": int(endless.size)})
    return values


def levels_of(data: pd.DataFrame, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Level numbers (−1: missing) and levels of a categorical column."""
    import pandas as pd

    column = column_of(data, name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, levels = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, levels = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.int64), tuple(_level(entry) for entry in levels)


def _level(value: Any) -> str:
    return (
        str(int(value))
        if isinstance(value, (float, np.floating)) and float(value).is_integer()
        else str(value)
    )


def read(
    data: Any,
    plan: Plan,
    *,
    coding: Mapping[str, Coding] | None = None,
    reference: Mapping[str, Any] | None = None,
    weights: str | None = None,
    cluster: str | None = None,
    keep_gaps: bool = False,
) -> Columns:
    """The complete rows of the model's columns; raises REG101–REG106, REG112, REG116, REG119–REG122.

    A predictor whose column holds text is a category; a column of numbers is one when ``coding`` names it.
    ``keep_gaps``: rows with gaps stay (NaN) when at least one value is there.
    """
    frame = frame_of(data)
    coding, reference = dict(coding or {}), dict(reference or {})
    for name in (*coding, *reference):
        if name not in plan.predictors:
            raise UsageError("REG119", params={"name": str(name)})
    for name, chosen in coding.items():
        one_of(f"coding[{name!r}]", chosen, Coding)
    numbers: dict[str, Floats] = {}
    groups: dict[str, tuple[NDArray[np.int64], tuple[str, ...]]] = {}
    for name in plan.names:
        column = column_of(frame, name)
        empty = bool(column.isna().all())
        if name in plan.y or (name not in (*coding, *reference) and (empty or is_number(column))):
            numbers[name] = numeric(frame, name)
        else:
            groups[name] = levels_of(frame, name)
    present = [np.isfinite(values) for values in numbers.values()] + [
        codes >= 0 for codes, _ in groups.values()
    ]
    whole = np.logical_and.reduce(present)
    kept = np.logical_or.reduce(present) if keep_gaps else whole
    share = None if weights is None else numeric(frame, weights)
    dropped = {"missing": int((~kept).sum())}
    if share is not None:
        negative = int((share < 0).sum())
        if negative:
            raise UmkmError("REG121", Place(column=weights), {"name": weights, "count": negative})
        unweighted = kept & ~(share > 0)
        dropped["no_weight"] = int(unweighted.sum())
        kept = kept & ~unweighted
    labels = None
    if cluster is not None:
        labels = levels_of(frame, cluster)[0]
        lost = kept & (labels < 0)
        dropped["missing"] += int(lost.sum())
        kept = kept & ~lost
    used = int(kept.sum())
    sample = SampleUsed(len(frame), used, {key: count for key, count in dropped.items() if count})
    if used == 0:
        empty_names = [name for name, values in numbers.items() if not np.isfinite(values).any()]
        empty_names += [name for name, (codes, _) in groups.items() if not (codes >= 0).any()]
        raise UmkmError("REG106", params={"rows": len(frame), "empty": empty_names or ["–"]})
    if labels is not None:
        labels = np.unique(labels[kept], return_inverse=True)[1].astype(np.int64)
        if labels.max() == 0:
            raise UmkmError("REG116", Place(column=cluster), {"name": cluster})
    values: dict[str, Floats] = {name: column[kept] for name, column in numbers.items()}
    parts: dict[str, tuple[str, ...]] = {name: (name,) for name in plan.predictors}
    notes: list[Note] = []
    categories: list[Category] = []
    for name, (codes, levels) in groups.items():
        found, table = _coded(name, codes[kept], levels, coding.get(name, "indicator"), reference.get(name))
        categories.append(found)
        parts[name] = found.columns
        values.update(zip(found.columns, table.T, strict=True))
        words = {"name": name, "coding": found.coding, "reference": found.reference}
        notes.append(Note("REG153", {**words, "levels": list(found.levels)}, name))
    for name in plan.predictors:
        if name in numbers and (several := _code_like(values[name])):
            notes.append(Note("REG152", {"name": name, "values": several}, name))
    return Columns(
        values=values,
        parts=parts,
        categories=tuple(categories),
        weights=None if share is None else share[kept],
        cluster=labels,
        positions=np.flatnonzero(kept),
        sample=sample,
        notes=tuple(notes),
    )


def _code_like(values: Floats) -> int:
    """Number of distinct values when they are few whole numbers, else 0."""
    distinct = np.unique(values[np.isfinite(values)])
    few = distinct.size in CODE_LIKE and bool(np.all(distinct == np.round(distinct)))
    return int(distinct.size) if few else 0


def _coded(
    name: str, codes: NDArray[np.int64], levels: tuple[str, ...], coding: str, reference: Any
) -> tuple[Category, Floats]:
    """The category and its columns (n, levels − 1); levels without a row are left out."""
    there = [level for number, level in enumerate(levels) if (codes == number).any()]
    if len(there) > min(MOST_LEVELS, max(2, len(codes) // 2)):
        raise UmkmError("REG122", Place(column=name), {"name": name, "levels": len(there), "n": len(codes)})
    if len(there) < 2:
        raise UmkmError("REG108", Place(column=name), {"name": name})
    base = there[0] if reference is None else _level(reference)
    if base not in there:
        raise UsageError("REG120", Place(column=name), {"name": name, "reference": base, "levels": there})
    found = Category(name, tuple(there), base, coding)
    own = [levels.index(level) for level in there if level != base]
    table = np.column_stack([(codes == number).astype(np.float64) for number in own])
    table[codes < 0] = np.nan
    if coding == "effect":
        table[codes == levels.index(base)] = -1.0
    return found, table
