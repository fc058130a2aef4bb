"""What the results of this room share: reading the answers handed in, checking scales, the result
protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.options import finite_columns
from umkm_stats.results import SampleUsed

Floats = NDArray[np.float64]
Scales = dict[str, list[str]]


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers ready for arithmetic: ``frame`` (rows kept, items as float, NaN missing), where the rows went
    before
    (``rows_in``, ``dropped``), and the instrument when the answers came with one."""

    frame: pd.DataFrame
    rows_in: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    instrument: Any = None

    def sample(self, used: int, *, reason: str = "missing") -> SampleUsed:
        """The sample when ``used`` of the rows of ``frame`` took part; the others fell out for ``reason``."""
        dropped = {key: int(value) for key, value in self.dropped.items() if value}
        lost = len(self.frame) - used
        if lost:
            dropped[reason] = dropped.get(reason, 0) + lost
        return SampleUsed(self.rows_in, used, dropped)


def answers(source: Any, *, items: Sequence[str] | None = None) -> Answers:
    """Answers of a ``Responses`` (its kept rows) or a frame; only ``items`` when given.

    Raises ``UsageError`` MEA001 (not a frame of answers), MEA002 (an item is not among the columns), MEA003
    (a column name stands twice); ``UmkmError`` MEA004 (a column holds something other than numbers),
    MEA029 (infinite values).
    """
    instrument = getattr(source, "instrument", None)
    rows_in, dropped = None, {}
    frame = source
    if hasattr(source, "kept_items"):
        frame = source.kept_items
        rows_in = len(source.items)
        before = getattr(source, "sample", None)
        if before is not None and before.rows_in == rows_in:
            dropped = dict(before.dropped)
        if rows_in - sum(dropped.values()) != len(frame):
            dropped = {"held": rows_in - len(frame)}
    if not isinstance(frame, pd.DataFrame):
        raise UsageError("MEA001", params={"received": type(source).__name__})
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UsageError("MEA003", Place(column=twice[0]), {"items": twice})
    wanted = names if items is None else list(dict.fromkeys(items))
    missing = [name for name in wanted if name not in names]
    if missing:
        raise UsageError("MEA002", Place(column=missing[0]), {"items": missing})
    frame = frame.set_axis(names, axis=1)[wanted]
    taken = finite_columns(frame, wanted, unread="MEA004", endless="MEA029")
    clean = pd.DataFrame(taken, index=frame.index, columns=wanted)
    return Answers(clean, len(frame) if rows_in is None else rows_in, dropped, instrument)


def check_scales(source: Any, scales: Mapping[str, Sequence[str]] | None, *, least: int = 1) -> Scales:
    """``scales`` as a plain dict; those of the instrument, with the items that somebody answered, when None.

    Raises ``UsageError`` MEA005 (no scales given or known), MEA006 (a scale without items), MEA007 (an item
    twice in one scale), and ``UmkmError`` MEA008 (a scale with fewer than ``least`` items).
    """
    if scales is None:
        instrument = getattr(source, "instrument", None)
        if instrument is None:
            raise UsageError("MEA005")
        frame = source.kept_items if hasattr(source, "kept_items") else source
        scales = instrument.scales(items=[str(name) for name in frame.columns if frame[name].notna().any()])
    if not scales:
        raise UsageError("MEA005")
    out: Scales = {}
    for name, members in scales.items():
        listed = [members] if isinstance(members, str) else [str(entry) for entry in members]
        if not listed:
            raise UsageError("MEA006", Place(key=str(name)), {"scale": name})
        if len(set(listed)) < len(listed):
            twice = sorted({entry for entry in listed if listed.count(entry) > 1})
            raise UsageError("MEA007", Place(item=twice[0]), {"scale": name, "items": twice})
        if len(listed) < least:
            raise UmkmError(
                "MEA008", Place(item=listed[0]), {"scale": name, "item": listed[0], "least": least}
            )
        out[str(name)] = listed
    return out


def complete(frame: pd.DataFrame) -> Floats:
    """Rows of ``frame`` without a missing answer, as floats (n, k)."""
    values = frame.to_numpy(dtype=np.float64)
    return np.asarray(values[np.isfinite(values).all(axis=1)])


def constant(values: Floats) -> NDArray[np.bool_]:
    """(k,) which columns of complete rows (n, k) hold one value only."""
    return (
        np.asarray(values.max(axis=0) == values.min(axis=0))
        if values.shape[0]
        else np.ones(values.shape[1], dtype=bool)
    )


def usable_rows(held: Answers, names: Sequence[str]) -> Floats:
    """Complete rows of ``names`` for a multivariate analysis.

    Raises ``UmkmError`` MEA010 (no complete row), MEA011 (not more rows than items), MEA012 (a constant
    item).
    """
    values = complete(held.frame[list(names)])
    n, k = values.shape
    if n == 0:
        raise UmkmError("MEA010", params={"items": list(names), "rows": len(held.frame)})
    if n <= k:
        raise UmkmError("MEA011", params={"n": n, "k": k})
    flat = [name for name, same in zip(names, constant(values), strict=True) if same]
    if flat:
        raise UmkmError("MEA012", Place(item=flat[0]), {"items": flat, "n": n})
    return values
