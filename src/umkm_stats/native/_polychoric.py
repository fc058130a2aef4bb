"""Polychoric correlations of many draws, compiled: ``cpp/polychoric.cpp``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, Entry, pointer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_room = Entry("umkm_polychoric_room", INT, INT)
_polychoric = Entry("umkm_polychoric", *[INT] * 6, *[ADDRESS] * 12)
_CELLS = 2**16


def polychoric(
    cells: NDArray[np.uint16],
    shape: tuple[int, int],
    counts: Floats,
    first: Ints,
    second: Ints,
    tau: Floats,
    share: Floats,
    centre: Floats,
    start: Floats,
    chosen: str = "",
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Correlations, their variances and whether both may be used: (pairs, D) each.

    cells (pairs, N) cell numbers of tables of ``shape``; counts (D / 4, N, 4); first, second (pairs,)
    items; tau, share (items, cuts, D) thresholds and the shares at or below them; centre (pairs,)
    and start (pairs, D) correlations; chosen: the variant, or the one that computes now.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats import native
    >>> tau, share = np.zeros((2, 1, 4)), np.full((2, 1, 4), 0.5)
    >>> cells = np.array([[0, 1, 2, 3]], dtype=np.uint16)
    >>> counts = np.repeat([[[3.0], [2.0], [2.0], [3.0]]], 4, 2)
    >>> item, none = np.arange(2), np.zeros((1, 4))
    >>> given = cells, (2, 2), counts, item[:1], item[1:], tau, share, none[:, 0], none
    >>> native.kernel() == "numpy" or native.polychoric(*given)[0].round(6).tolist() == [[0.309017] * 4]
    True
    """
    (pairs, rows), (r, c), draws = cells.shape, shape, 4 * len(counts)
    items, cuts = tau.shape[:2]
    if not (2 <= r <= cuts + 1 and 2 <= c <= cuts + 1 and r * c <= _CELLS):
        raise ValueError("sizes of the tables out of range")
    for numbers, end in ((cells, r * c), (first, items), (second, items)):
        if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) >= end):
            raise ValueError("a number points outside its table")
    out = np.empty((3, pairs, draws))
    room = np.empty(_room(r, c, chosen=chosen))
    _polychoric(
        pairs,
        rows,
        draws,
        r,
        c,
        cuts,
        pointer(cells, (pairs, rows), np.uint16),
        pointer(counts, (draws // 4, rows, 4)),
        pointer(first, (pairs,), np.int64),
        pointer(second, (pairs,), np.int64),
        pointer(tau, (items, cuts, draws)),
        pointer(share, (items, cuts, draws)),
        pointer(centre, (pairs,)),
        pointer(start, (pairs, draws)),
        pointer(room, room.shape),
        *(pointer(one, (pairs, draws)) for one in out),
        chosen=chosen,
    )
    return out[0], out[1], out[2] > 0.0
