"""Counts of draws and the weighted moment product, compiled: ``cpp/draws.cpp``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, WORD, Entry, pointer

Floats = NDArray[np.float64]

_counts = Entry("umkm_draw_counts", WORD, WORD, WORD, INT, INT, INT, ADDRESS, ADDRESS, INT, ADDRESS)
_sums = Entry("umkm_weighted_sums", INT, INT, INT, ADDRESS, INT, ADDRESS, ADDRESS)
_LARGE = 2**31


def draw_counts(
    seed: int,
    block: int,
    first: int,
    size: int,
    n: int,
    *,
    purpose: int = 0,
    span: NDArray[np.uint32] | None = None,
    start: NDArray[np.uint32] | None = None,
    dtype: Any = np.float64,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """(size, n) counts of draws first … of a block, bit for bit those of ``kernels.draws.count_block``.

    span, start: (n,) size and first unit of every unit's stratum, or neither. dtype: float64 or uint16.
    out: (size, n) memory to use.

    Examples
    --------
    >>> from umkm_stats import native
    >>> native.kernel() == "numpy" or native.draw_counts(7, 0, 0, 2, 5).sum(axis=1).tolist() == [5.0, 5.0]
    True
    """
    if not (0 < n < _LARGE and first >= 0 and 0 <= size < _LARGE and block >= 0):
        raise ValueError("sizes of the draws out of range")
    if (span is None) != (start is None):
        raise ValueError("span and start belong together")
    kind = np.dtype(dtype)
    if kind not in (np.dtype(np.float64), np.dtype(np.uint16)):
        raise ValueError(f"counts are float64 or uint16, not {kind}")
    strata: tuple[int | None, int | None] = (None, None)
    if span is not None and start is not None:
        strata = pointer(span, (n,), np.uint32), pointer(start, (n,), np.uint32)
        if (start.astype(np.int64) + span > n).any():
            raise ValueError("a stratum ends behind the last unit")
    made = np.empty((size, n), dtype=kind) if out is None else out
    _counts(seed, purpose, block, first, size, n, *strata, kind.itemsize, pointer(made, (size, n), kind))
    return made


def weighted_sums(counts: Floats, values: Floats) -> Floats:
    """(D, q) sums over rows of ``values`` (N, q) weighted by ``counts`` (D, N).

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats import native
    >>> ones = np.ones((1, 3))
    >>> native.kernel() == "numpy" or float(native.weighted_sums(ones, np.ones((3, 1)))[0, 0]) == 3.0
    True
    """
    (draws, rows), columns = counts.shape, values.shape[1]
    counts = np.ascontiguousarray(counts, dtype=np.float64)
    values = np.ascontiguousarray(values, dtype=np.float64)
    out = np.empty((draws, columns))
    places = pointer(counts, (draws, rows)), rows, pointer(values, (rows, columns))
    _sums(draws, rows, columns, *places, pointer(out, (draws, columns)))
    return out
