"""Where draws come from: a source gives the sample of any block, again and again the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import BLOCK
from umkm_stats.kernels.sem.many import rows as batch_rows
from umkm_stats.kernels.sem.structure import Floats, Ints


@dataclass(frozen=True)
class Drawn:
    """The sample of D draws.

    given: per group (D, N_g) counts, times the weights of the rows where they have some; data: per group
    (N_g, p) shared, or (D, N_g, p). For draws of rows without weights that leave one unit out ``given`` is
    empty: units, per group (N_g,); first, size: the first unit left out, and D.
    """

    given: tuple[Floats, ...]
    data: tuple[Floats, ...]
    units: tuple[Ints, ...] = ()
    first: int = 0
    size: int = 0

    def __len__(self) -> int:
        return self.size if self.units else len(self.given[0])

    def some(self, rows: Ints) -> Drawn:
        """Some of the draws."""
        gone = (self.first + rows)[:, None]
        given = tuple((entry[None, :] != gone).astype(np.float64) for entry in self.units)
        return Drawn(
            given or tuple(entry[rows] for entry in self.given),
            tuple(data if data.ndim == 2 else data[rows] for data in self.data),
        )

    @classmethod
    def joined(cls, parts: Sequence[Drawn]) -> Drawn:
        """The draws of all parts, which come from the same rows."""
        given = zip(*(part.given for part in parts), strict=True)
        data = zip(*(part.data for part in parts), strict=True)
        return cls(
            tuple(np.concatenate(entry) for entry in given),
            tuple(entry[0] if entry[0].ndim == 2 else np.concatenate(entry) for entry in data),
        )

    @cached_property
    def counts(self) -> tuple[Floats, ...]:
        """Per group (D, N_g) how often each row stands in each draw."""
        if self.units:
            return batch_rows.without_one(self.units, self.first, self.size)
        return tuple(entry.astype(np.float64, copy=False) for entry in self.given)

    @cached_property
    def sizes(self) -> tuple[Floats, ...]:
        """Per group (D,) rows of each draw."""
        if not self.units:
            return tuple(entry.sum(axis=1, dtype=np.float64) for entry in self.given)
        ends = self.first, self.first + self.size
        return tuple(
            len(entry)
            - np.bincount(
                entry[(entry >= ends[0]) & (entry < ends[1])] - self.first, minlength=self.size
            ).astype(np.float64)
            for entry in self.units
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Draws of one run in blocks of 256.

    data: per group (N_g, p). kind: "ordinary", "bollen-stine" (data already turned), "parametric", "rows" or
    "jackknife". draws: how many. clusters: per group (N_g,), numbered from 0 within the group, or empty. rows
    (draws, any) and order (N,) for "rows"; units: per group (N_g,) number of the unit for "jackknife"; mean,
    cov: per group moments for "parametric". weights: per group (N_g,) sampling weights, or empty.
    """

    data: tuple[Floats, ...]
    kind: str
    draws: int
    seed: int = 0
    clusters: tuple[Ints, ...] = ()
    rows: Ints | None = None
    order: Ints | None = None
    units: tuple[Ints, ...] = ()
    mean: tuple[Floats, ...] = ()
    cov: tuple[Floats, ...] = ()
    weights: tuple[Floats, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each group."""
        return tuple(len(entry) for entry in self.data)

    @property
    def n_blocks(self) -> int:
        """Blocks of the run."""
        return -(-self.draws // BLOCK)

    @property
    def whole_blocks(self) -> bool:
        """Whether a block always holds 256 draws, of which the last block's tail is cut off afterwards: so
        the draws
        of a short run are bit for bit those of a longer one."""
        return self.kind in ("ordinary", "bollen-stine", "parametric")

    def wanted(self, block: int) -> int:
        """Draws of this run in ``block``."""
        return min(BLOCK, self.draws - block * BLOCK)

    def parts(self, block: int) -> tuple[tuple[int, int], ...]:
        """(first draw, draws) of the slices a block is worked through in; more than one only for simulated
        rows."""
        size = BLOCK if self.whole_blocks else self.wanted(block)
        if self.kind != "parametric":
            return ((0, size),)
        values = sum(len(entry) * entry.shape[1] for entry in self.data)
        width = max(8, min(size, (1 << 22) // max(values, 1)))
        return tuple((first, min(width, size - first)) for first in range(0, size, width))

    def sample(self, block: int, first: int, size: int) -> Drawn:
        """The sample of ``size`` draws of ``block`` from draw ``first`` on."""
        if self.kind == "parametric":
            return self._simulated(block, first, size)
        if self.kind == "jackknife" and not self.weights:
            return Drawn((), self.data, self.units, block * BLOCK + first, size)
        return Drawn(self._weighed(self._counts(block, first, size)), self.data)

    def _counts(self, block: int, first: int, size: int) -> tuple[Floats, ...]:
        """Per group (D, N_g): how often each row stands in each draw."""
        if self.rows is not None and self.order is not None:
            start = block * BLOCK + first
            return batch_rows.row_counts(self.rows[start : start + size], self.sizes, self.order)
        if self.kind == "jackknife":
            return batch_rows.without_one(self.units, block * BLOCK + first, size)
        if self.clusters:
            counts = batch_rows.cluster_counts(self.seed, block, self.clusters)
        else:
            counts = batch_rows.stratified_counts(self.seed, block, self.sizes)
        return tuple(entry[first : first + size] for entry in counts)

    def _weighed(self, counts: tuple[Floats, ...]) -> tuple[Floats, ...]:
        """Counts times weights, scaled so that a draw weighs as much as it has rows."""
        if not self.weights:
            return counts
        heavy = [entry * weight for entry, weight in zip(counts, self.weights, strict=True)]
        total = np.sum([entry.sum(axis=1) for entry in heavy], axis=0)
        rows = np.sum([entry.sum(axis=1) for entry in counts], axis=0)
        factor = np.divide(rows, total, out=np.zeros(len(total)), where=total > 0)
        return tuple(entry * factor[:, None] for entry in heavy)

    def _simulated(self, block: int, first: int, size: int) -> Drawn:
        p = self.data[0].shape[1]
        total = sum(self.sizes)
        normal = batch_rows.normals(self.seed, block, first, size, total * p).reshape(size, total, p)
        made: list[Floats] = []
        begin = 0
        for count, data, mean, cov in zip(self.sizes, self.data, self.mean, self.cov, strict=True):
            part = normal[:, begin : begin + count].reshape(size, -1)
            rows = batch_rows.simulated(part, mean, cov)
            rows[:, np.isnan(data)] = np.nan
            made.append(rows)
            begin += count
        return Drawn(tuple(np.ones((size, count)) for count in self.sizes), tuple(made))


def numbered(clusters: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Cluster numbers from 0 without holes, within each group."""
    return tuple(np.unique(entry, return_inverse=True)[1].reshape(-1).astype(np.int64) for entry in clusters)


def left_out(
    arrays: tuple[Floats, ...], clusters: tuple[Ints, ...], weights: tuple[Floats, ...] = ()
) -> Source:
    """The source of the jackknife: one row, or one cluster, left out at a time; groups behind each other.

    Raises ``UsageError`` SEM505 when there are no rows.
    """
    if not arrays:
        raise UsageError("SEM505", params={"kind": "jackknife"})
    units: list[Ints] = []
    first = 0
    for entry in numbered(clusters) if clusters else tuple(np.arange(len(rows)) for rows in arrays):
        units.append(entry + first)
        first += int(entry.max()) + 1
    return Source(arrays, "jackknife", first, units=tuple(units), weights=weights)
