"""The curvature of weighted least squares on correlations, compiled: ``cpp/dwls.cpp``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native._load import ADDRESS, INT, Entry, pointer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_inverse = Entry("umkm_dwls_inverse", *[INT] * 5, *[ADDRESS] * 16)
_LANES = 8


@dataclass(frozen=True, slots=True)
class Slots:
    """Where the derivatives of correlations are not 0.

    first, second (pairs,); slot_start (pairs + 1,) into direction (rising within a pair); entry_start
    (pairs + 1,) into cell, by and to: ``by`` times the derivative of a cell goes to slot number ``to`` of
    its pair. u, v, half (cells,) as in a GroupPlan; p variables, q free directions, across columns behind the
    unit matrix.
    """

    first: Ints
    second: Ints
    slot_start: Ints
    direction: Ints
    entry_start: Ints
    cell: Ints
    by: Floats
    to: Ints
    u: Ints
    v: Ints
    half: Floats
    p: int
    q: int
    across: int

    def __post_init__(self) -> None:
        pairs, entries, cells, places = len(self.first), len(self.cell), len(self.u), len(self.direction)
        for starts, end in ((self.slot_start, places), (self.entry_start, entries)):
            if len(starts) != pairs + 1 or starts[0] or starts[-1] != end or (np.diff(starts) < 0).any():
                raise ValueError("a pair's entries do not follow each other")
        width, columns = np.diff(self.slot_start), self.p + self.across
        for numbers, count, ends in (
            (self.first, pairs, self.p),
            (self.second, pairs, self.p),
            (self.direction, places, self.q),
            (self.cell, entries, cells),
            (self.to, entries, np.repeat(width, np.diff(self.entry_start))),
            (self.u, cells, columns),
            (self.v, cells, columns),
            (width, pairs, self.q + 1),
        ):
            if len(numbers) != count or ((numbers < 0) | (numbers >= ends)).any():
                raise ValueError("a number points outside its table")
        if len(self.by) != entries or len(self.half) != cells:
            raise ValueError("factors without cells")
        later = np.ones(places, dtype=bool)
        later[self.slot_start[:-1][width > 0]] = False
        if (np.diff(self.direction)[later[1:]] <= 0).any():
            raise ValueError("directions do not rise within a pair")
        for name in self.__slots__:
            if isinstance(held := getattr(self, name), np.ndarray):
                held.flags.writeable = False


def slots_of(
    first: Ints, second: Ints, u: Ints, v: Ints, half: Floats, spread: Floats, p: int, across: int
) -> Slots:
    """The slots of pairs of variables, from the columns of each cell and its directions, spread (cells, q).

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats import native
    >>> one = np.array([1]), np.array([0]), np.array([0, 1]), np.array([2, 2]), np.ones(2), np.eye(2)
    >>> native.slots_of(*one, 2, 1).direction.tolist()
    [0, 1]
    """
    shown = (u >= p) | (u == first[:, None]) | (u == second[:, None])
    shown &= (v >= p) | (v == first[:, None]) | (v == second[:, None])
    pair, cell = np.nonzero(shown)
    of_cell, where = np.nonzero(spread)  # by cell
    number = np.bincount(of_cell, minlength=len(u))
    start = np.cumsum(number) - number
    times = number[cell]
    begun = np.cumsum(times) - times
    entry = np.repeat(start[cell] - begun, times) + np.arange(times.sum())
    pair, cell = np.repeat(pair, times), np.repeat(cell, times)
    keys, slot = np.unique(pair * spread.shape[1] + where[entry], return_inverse=True)
    slot_start = np.searchsorted(keys, np.arange(len(first) + 1) * spread.shape[1])
    return Slots(
        _ints(first),
        _ints(second),
        _ints(slot_start),
        _ints(keys % spread.shape[1]),
        _ints(np.searchsorted(pair, np.arange(len(first) + 1))),
        _ints(cell),
        np.array(spread[cell, where[entry]], dtype=np.float64),
        _ints(slot.reshape(-1) - slot_start[pair]),
        _ints(u),
        _ints(v),
        np.array(half, dtype=np.float64),
        p,
        spread.shape[1],
        across,
    )


def _ints(values: Ints) -> Ints:
    return np.array(values, dtype=np.int64, order="C")


def dwls_inverse(slots: Slots, right: Floats, weight: Floats, chosen: str = "") -> tuple[Floats, Floats]:
    """Inverse (D, q, q) of 2JᵀWJ and the least relative pivot (D,), 0 or less where there is none.

    right (D, p, across): the columns behind the unit matrix; weight (D, pairs); D a multiple of four;
    chosen: the variant, or the one that computes now.

    Examples
    --------
    >>> import numpy as np
    >>> from umkm_stats import native
    >>> one = np.array([1]), np.array([0]), np.array([0]), np.array([2]), np.ones(1), np.eye(1)
    >>> slots = native.slots_of(*one, 2, 1)
    >>> given = np.full((4, 2, 1), 0.5), np.ones((4, 1))
    >>> native.kernel() == "numpy" or round(float(native.dwls_inverse(slots, *given)[0][0, 0, 0]), 9) == 2.0
    True
    """
    draws, pairs, q, p = len(right), len(slots.first), slots.q, slots.p
    entries, cells, places = len(slots.cell), len(slots.u), len(slots.direction)
    if draws % 4:
        raise ValueError("draws come in fours")
    out, least = np.empty((draws, q, q)), np.empty(draws)
    room = np.empty(_LANES * (3 * q * q + 2 * q + p * slots.across))
    _inverse(
        draws,
        p,
        slots.across,
        pairs,
        q,
        pointer(right, (draws, p, slots.across)),
        pointer(weight, (draws, pairs)),
        pointer(slots.first, (pairs,), np.int64),
        pointer(slots.second, (pairs,), np.int64),
        pointer(slots.slot_start, (pairs + 1,), np.int64),
        pointer(slots.direction, (places,), np.int64),
        pointer(slots.entry_start, (pairs + 1,), np.int64),
        pointer(slots.cell, (entries,), np.int64),
        pointer(slots.by, (entries,)),
        pointer(slots.to, (entries,), np.int64),
        pointer(slots.u, (cells,), np.int64),
        pointer(slots.v, (cells,), np.int64),
        pointer(slots.half, (cells,)),
        pointer(room, room.shape),
        pointer(out, (draws, q, q)),
        pointer(least, (draws,)),
        chosen=chosen,
    )
    return out, least
