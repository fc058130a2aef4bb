"""From what the user hands over to arrays: columns by name, groups, clusters, rows used and rows dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.sem.structure import Floats, Ints
from umkm_stats.results import SampleUsed


@dataclass(frozen=True, slots=True)
class Prepared:
    """arrays: one (N_g,p) a group, NaN only under FIML, empty when only moments were given; means, covs
    (G,p),
    (G,p,p) with divisor N (complete rows) ; counts (G,); rows: positions of the used rows in the data, by
    group;
    clusters: (N_g,) numbers or empty; weights: (N_g,) weights of the rows, together as many as there are
    rows,
    or empty."""

    arrays: tuple[Floats, ...]
    means: Floats
    covs: Floats
    counts: tuple[int, ...]
    rows: tuple[Ints, ...]
    clusters: tuple[Ints, ...]
    group_labels: tuple[str, ...]
    sample: SampleUsed
    has_means: bool
    weights: tuple[Floats, ...] = ()

    @property
    def sizes(self) -> tuple[float, ...]:
        """Rows of each group, or the sum of their weights."""
        return tuple(float(part.sum()) for part in self.weights) if self.weights else self.counts


def as_frame(data: Any) -> pd.DataFrame:
    """The data as a frame: a frame, a mapping of columns, or an object with ``.kept_items``
    (``Responses``)."""
    if isinstance(data, pd.DataFrame):
        return data
    kept = getattr(data, "kept_items", None)
    if isinstance(kept, pd.DataFrame):
        return kept
    if isinstance(data, Mapping):
        return pd.DataFrame(dict(data))
    raise UsageError("SEM201", params={"received": type(data).__name__})


def _column(frame: pd.DataFrame, name: str, ordered: bool = False) -> Floats:
    chosen = frame[name]
    if isinstance(chosen, pd.DataFrame):
        raise UmkmError("SEM204", Place(column=name), {"column": name})
    if isinstance(chosen.dtype, pd.CategoricalDtype):
        kinds = chosen.cat.categories
        if ordered and chosen.cat.ordered and not pd.api.types.is_numeric_dtype(kinds):
            codes = chosen.cat.codes.to_numpy(dtype=float)
            return np.where(codes < 0, np.nan, codes + 1.0)
        chosen = chosen.astype(object)
    try:
        if _no_real_numbers(chosen):
            raise TypeError
        values = pd.to_numeric(chosen, errors="raise").to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as problem:
        raise UmkmError(
            "SEM203", Place(column=name), {"column": name, "kind": str(frame[name].dtype)}
        ) from problem
    if np.isinf(values).any():
        raise UmkmError("SEM205", Place(column=name), {"column": name})
    return np.asarray(values, dtype=float)


def _no_real_numbers(column: pd.Series[Any]) -> bool:
    """Whether pandas would make numbers of what is none: dates, durations, complex numbers."""
    if pd.api.types.is_object_dtype(column.dtype):
        given = column.to_numpy()[column.notna().to_numpy()]
        odd = (complex, np.complexfloating, dt.date, dt.timedelta, np.datetime64, np.timedelta64)
        return any(isinstance(value, odd) for value in given)
    return not (
        pd.api.types.is_numeric_dtype(column.dtype)
        or pd.api.types.is_bool_dtype(column.dtype)
        or pd.api.types.is_string_dtype(column.dtype)
    ) or pd.api.types.is_complex_dtype(column.dtype)


def columns(frame: pd.DataFrame, names: Sequence[str], ordered: Sequence[str] = ()) -> Floats:
    """(N,p) numbers of the columns; ``a:b`` is the product of two columns unless a column bears that name.
    Ordered categories with texts become 1, 2, … in their order where ``ordered`` names them.

    Raises ``UmkmError`` SEM202 (columns not in the data), SEM203 (not numbers), SEM204 (a name twice), SEM205
    (infinite values).
    """
    present = {str(column): column for column in frame.columns}
    missing = [
        n
        for n in names
        if n not in present and not (":" in n and all(part in present for part in n.split(":")))
    ]
    if missing:
        raise UmkmError("SEM202", params={"columns": missing})
    if list(names) and all(name in frame.columns for name in names) and frame.columns.is_unique:
        block = frame[list(names)]
        if all(isinstance(kind, np.dtype) and kind.kind in "fiu" for kind in block.dtypes):
            values = block.to_numpy(dtype=float)
            if not np.isinf(values).any():
                return values
    out = np.empty((len(frame), len(names)))
    for index, name in enumerate(names):
        if name in present:
            out[:, index] = _column(frame, present[name], name in ordered)
        else:
            out[:, index] = np.prod([_column(frame, present[part]) for part in name.split(":")], axis=0)
    return out


def group_values(frame: pd.DataFrame, group: str) -> tuple[pd.Series[Any], list[Hashable]]:
    """The grouping column and its levels in order of appearance. Raises SEM202, SEM207 (fewer than two
    groups)."""
    if group not in frame.columns:
        raise UmkmError("SEM202", params={"columns": [group]})
    values = frame[group]
    levels = [level for level in dict.fromkeys(values.tolist()) if not pd.isna(level)]
    if len(levels) < 2:
        raise UmkmError("SEM207", Place(column=group), {"column": group, "count": len(levels)})
    return values, levels


def prepare(
    data: Any,
    names: Sequence[str],
    *,
    exogenous: Sequence[str],
    group: str | None,
    cluster: str | None,
    missing: str,
    fixed_x: bool,
    ordered: Sequence[str] = (),
    weights: str | None = None,
) -> Prepared:
    """Arrays and moments of the rows that can be used.

    missing: "listwise", "fiml" (rows without any answer, or without x where it is fixed, are left out) or
    "pairwise" (the same).

    Raises SEM201–SEM207 and SEM208 (too few rows), SEM209 (a variable that does not vary), SEM523 (weights).
    """
    frame = as_frame(data)
    values = columns(frame, names, ordered)
    lost = np.isnan(values)
    dropped: dict[str, int] = {}
    keep = np.ones(len(frame), dtype=bool)
    marks: list[Hashable] = [""]
    codes = np.zeros(len(frame), dtype=np.int64)
    if group is not None:
        series, marks = group_values(frame, group)
        lookup = {level: index for index, level in enumerate(marks)}
        codes = np.array([-1 if pd.isna(v) else lookup[v] for v in series.tolist()], dtype=np.int64)
        dropped["missing_group"] = int((codes < 0).sum())
        keep &= codes >= 0
    numbers = np.zeros(len(frame), dtype=np.int64)
    if cluster is not None:
        if cluster not in frame.columns:
            raise UmkmError("SEM202", params={"columns": [cluster]})
        found, _ = pd.factorize(frame[cluster])
        numbers = np.asarray(found, dtype=np.int64)
        dropped["missing_cluster"] = int((keep & (numbers < 0)).sum())
        keep &= numbers >= 0
    heavy = _weights(frame, weights)
    if missing != "listwise":
        empty = lost.all(axis=1)
        dropped["all_missing"] = int((keep & empty).sum())
        keep &= ~empty
        if fixed_x and len(exogenous):
            index = [list(names).index(name) for name in exogenous]
            gone = lost[:, index].any(axis=1)
            dropped["missing_x"] = int((keep & gone).sum())
            keep &= ~gone
    else:
        gone = lost.any(axis=1)
        dropped["missing"] = int((keep & gone).sum())
        keep &= ~gone
    sample = SampleUsed(
        len(frame), int(keep.sum()), {reason: count for reason, count in dropped.items() if count}
    )
    if heavy is not None:
        heavy = heavy / heavy[keep].sum() * keep.sum()
    arrays, rows, clusters, means, covs, loads = [], [], [], [], [], []
    for code in range(len(marks)):
        here = np.flatnonzero(keep & (codes == code))
        block = np.ascontiguousarray(values[here])
        label = _told(marks[code]) if group is not None else ""
        if len(here) < 3:
            raise UmkmError("SEM208", params={"rows": len(here), "group": label or "whole"})
        load = np.ones(len(block)) if heavy is None else heavy[here]
        mean, cov = _moments(block, load)
        level = 1e-14 * np.maximum(1.0, mean**2)
        still = [name for name, v in zip(names, np.diagonal(cov) <= level, strict=True) if v]
        if still:
            raise UmkmError("SEM209", params={"columns": still, "group": label})
        arrays.append(block)
        rows.append(here)
        clusters.append(numbers[here])
        loads.append(load)
        means.append(mean)
        covs.append((cov + cov.T) / 2.0)
    return Prepared(
        tuple(arrays),
        np.array(means),
        np.array(covs),
        tuple(len(block) for block in arrays),
        tuple(rows),
        tuple(clusters) if cluster is not None else (),
        tuple(_told(mark) for mark in marks),
        sample,
        True,
        tuple(loads) if heavy is not None else (),
    )


def _moments(block: Floats, load: Floats) -> tuple[Floats, Floats]:
    """Means and covariances (divisor: the weights) of what is seen, each pair by the rows that have both."""
    together = (~np.isnan(block)).astype(float)
    counts = load @ together
    mean = np.divide(load @ np.nan_to_num(block), counts, out=np.zeros(len(counts)), where=counts > 0)
    apart = np.where(np.isnan(block), 0.0, block - mean)
    pairs = together.T @ (together * load[:, None])
    cov = np.divide(apart.T @ (apart * load[:, None]), pairs, out=np.zeros_like(pairs), where=pairs > 0)
    return mean, cov


def _weights(frame: pd.DataFrame, name: str | None) -> Floats | None:
    """The column of weights. Raises ``UmkmError`` SEM523 for one that misses, is negative, or all 0."""
    if name is None:
        return None
    values = columns(frame, [name])[:, 0]
    bad = np.isnan(values) | (values < 0)
    if bad.any() or not values.any():
        raise UmkmError("SEM523", Place(column=name), {"column": name, "rows": int(bad.sum())})
    return values


def _told(mark: Hashable) -> str:
    """A group's label: whole numbers without the ".0" that a gap in the column gave them."""
    return str(int(mark)) if isinstance(mark, float) and mark.is_integer() else str(mark)


def _entries(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def prepare_moments(
    names: Sequence[str], sample_cov: Any, sample_mean: Any, sample_sd: Any, n_obs: Any
) -> Prepared:
    """Moments the user gives: covariances (divisor N − 1) or correlations with SDs, one frame or one a group.

    Raises SEM210 (no or wrong ``n_obs``), SEM202, SEM211 (not a symmetric positive definite matrix with
    names).
    """
    frames = _entries(sample_cov)
    counts = [int(v) for v in _entries(n_obs)] if n_obs is not None else []
    if len(counts) != len(frames) or any(count < 3 for count in counts):
        raise UsageError("SEM210", params={"groups": len(frames)})
    labels = (
        [str(key) for key in sample_cov]
        if isinstance(sample_cov, Mapping)
        else [str(i + 1) for i in range(len(frames))]
    )
    extras = (
        _entries(sample_mean) if sample_mean is not None else [],
        _entries(sample_sd) if sample_sd is not None else [],
    )
    means, covs = [], []
    for index, (frame, count) in enumerate(zip(frames, counts, strict=True)):
        if not isinstance(frame, pd.DataFrame):
            raise UsageError("SEM211", params={"name": "sample_cov"})
        known = [str(column) for column in frame.columns]
        lost = [name for name in names if name not in known]
        if lost:
            raise UmkmError("SEM202", params={"columns": lost})
        at = [known.index(name) for name in names]
        matrix = frame.to_numpy(dtype=float)
        if matrix.shape != (len(known), len(known)):
            raise UsageError("SEM211", params={"name": "sample_cov"})
        matrix = matrix[np.ix_(at, at)]
        if extras[1]:
            scale = _vector(extras[1][index], names, "sample_sd")
            matrix = matrix * np.outer(scale, scale)
        good = np.isfinite(matrix).all() and np.allclose(matrix, matrix.T, rtol=1e-6, atol=1e-10)
        if not good or np.linalg.eigvalsh((matrix + matrix.T) / 2.0)[0] <= 0:
            raise UmkmError("SEM211", params={"name": "sample_cov"})
        covs.append((matrix + matrix.T) / 2.0 * (count - 1) / count)
        means.append(_vector(extras[0][index], names, "sample_mean") if extras[0] else np.zeros(len(names)))
    total = sum(counts)
    return Prepared(
        (),
        np.array(means),
        np.array(covs),
        tuple(counts),
        (),
        (),
        tuple(labels) if len(labels) > 1 else ("",),
        SampleUsed(total, total),
        bool(extras[0]),
    )


def _vector(value: Any, names: Sequence[str], what: str) -> Floats:
    entries = value.to_dict() if isinstance(value, pd.Series) else value
    if isinstance(entries, Mapping):
        lost = [name for name in names if name not in entries]
        if lost:
            raise UmkmError("SEM202", params={"columns": lost})
        return np.array([float(entries[name]) for name in names])
    raise UsageError("SEM211", params={"name": what})
