"""Random draws that are the same on every machine and for every number of workers.

Draws come in fixed blocks of 256. Block ``k`` of a seed is its own Philox stream (``key=[seed, purpose]``,
``counter=[0, 0, 0, k]``); raw 32-bit words are scaled to row numbers by ``(word · n) >> 32`` and counted.
Draw ``i`` uses the ``i``-th run of words of its block, so draws 1…k of a longer run are the same draws. No
Generator distribution is used: numpy may change those, Philox words it may not. Scaling by multiplication is
biased by at most n/2³² (Lemire 2019, https://doi.org/10.1145/3230636). Compiled counts (:mod:`.path`) are the
same, bit for bit.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray
from scipy.special import ndtri

from umkm_stats.kernels import path
from umkm_stats.kernels.stopping import look

BLOCK = 256
CASES, NORMALS, PARAMETRIC, PERMUTATION, SIMULATION, ANALYSIS = range(
    6
)  # purposes: independent streams of one seed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def new_seed() -> int:
    """A seed for ``seed=None``: eight decimal digits, to be kept and printed."""
    return secrets.randbelow(90_000_000) + 10_000_000


def blocks(draws: int) -> Iterator[tuple[int, int, int]]:
    """(block, first draw, draws in it) for a run of ``draws`` draws."""
    for block in range((draws + BLOCK - 1) // BLOCK):
        first = block * BLOCK
        yield block, first, min(BLOCK, draws - first)


def words(seed: int, block: int, count: int, *, purpose: int = CASES) -> NDArray[np.uint64]:
    """(count,) raw 32-bit words, as uint64, of one block."""
    stream = Philox(
        key=np.array([seed, purpose], dtype=np.uint64), counter=np.array([0, 0, 0, block], dtype=np.uint64)
    )
    raw = stream.random_raw((count + 1) // 2)
    return np.ascontiguousarray(
        np.stack([raw & np.uint64(0xFFFFFFFF), raw >> np.uint64(32)], axis=1).reshape(-1)[:count]
    )


def row_block(seed: int, block: int, size: int, n: int) -> Ints:
    """(size, n) row numbers, from 0, of ``size`` ordinary case draws of ``n`` rows."""
    scaled = (words(seed, block, size * n) * np.uint64(n)) >> np.uint64(32)
    return scaled.astype(np.int64).reshape(size, n)


def counts_of(rows: Ints, n: int) -> Floats:
    """(size, n) how often each of ``n`` rows stands in each draw of ``rows`` (size, any)."""
    size = rows.shape[0]
    flat = (rows + (np.arange(size, dtype=np.int64) * n)[:, None]).ravel()
    return np.bincount(flat, minlength=size * n).reshape(size, n).astype(np.float64)


def count_block(seed: int, block: int, size: int, n: int) -> Floats:
    """(size, n) counts of ordinary case draws; each row sums to ``n``."""
    return strata_block(seed, block, size, (n,))[0]


LONG = 16_000_000  # counts above which they are kept in two bytes each


def counts_type(count: int) -> Any:
    """What holds ``count`` counts: float64, or uint16 when there are many."""
    return np.float64 if count <= LONG else np.uint16


def strata_block(
    seed: int, block: int, size: int, sizes: tuple[int, ...], *, dtype: Any = np.float64
) -> tuple[Floats, ...]:
    """Per stratum (size, N_g) counts of case draws within it; draw i uses the i-th run of ΣN_g words.

    A few draws are counted at a time, so that the words of a block of long samples never stand in memory.
    dtype: of the counts.
    """
    total = sum(sizes)
    compiled = path.native()
    if compiled is not None and total:
        return _compiled_strata(compiled, seed, block, size, sizes, dtype)
    stream = Philox(
        key=np.array([seed, CASES], dtype=np.uint64), counter=np.array([0, 0, 0, block], dtype=np.uint64)
    )
    step = max(2, PIECE // max(total, 1) // 2 * 2)
    out = tuple(np.empty((size, n), dtype=dtype) for n in sizes)
    for start in range(0, size, step):
        look()
        here = min(step, size - start)
        raw = np.asarray(stream.random_raw((here * total + 1) // 2), dtype="<u8").view("<u4")
        words = raw[: here * total].reshape(here, total)
        first = 0
        for n, counts in zip(sizes, out, strict=True):
            rows = (words[:, first : first + n].astype(np.uint64) * np.uint64(n)) >> np.uint64(32)
            counts[start : start + here] = counts_of(rows.astype(np.int64), n)
            first += n
    return out


def _compiled_strata(
    compiled: Any, seed: int, block: int, size: int, sizes: tuple[int, ...], dtype: Any
) -> tuple[Floats, ...]:
    """:func:`strata_block` by the compiled kernel."""
    total = sum(sizes)
    if len(sizes) == 1:
        return (compiled.draw_counts(seed, block, 0, size, total, purpose=CASES, dtype=dtype),)
    span = np.repeat(np.array(sizes, dtype=np.uint32), sizes)
    start = np.repeat(np.cumsum([0, *sizes[:-1]]).astype(np.uint32), sizes)
    made = compiled.draw_counts(
        seed, block, 0, size, total, purpose=CASES, span=span, start=start, dtype=dtype
    )
    return tuple(np.ascontiguousarray(part) for part in np.split(made, np.cumsum(sizes)[:-1], axis=1))


def uniform_block(seed: int, block: int, size: int, k: int, *, purpose: int = NORMALS) -> Floats:
    """(size, k) numbers strictly inside (0, 1)."""
    return ((words(seed, block, size * k, purpose=purpose).astype(np.float64) + 0.5) / 4294967296.0).reshape(
        size, k
    )


def normal_block(seed: int, block: int, size: int, k: int, *, purpose: int = NORMALS) -> Floats:
    """(size, k) standard normal numbers, by inversion."""
    return np.asarray(ndtri(uniform_block(seed, block, size, k, purpose=purpose)), dtype=np.float64)


def root(cov: Floats) -> Floats:
    """(k, k) symmetric square root, on the scale of correlations, that colours standard normal numbers.

    ``root @ root.T`` is ``cov`` (k, k), which may be semi-definite. Unlike a matrix of eigenvectors, whose
    signs (and, among equal eigenvalues, directions) every build of LAPACK chooses for itself, this root is
    unique, so that draws do not depend on the linear algebra at hand; and a variable in other units is drawn
    in those units. Eigenvalues that are zero up to rounding count as zero.
    """
    size = np.sqrt(np.maximum(np.diag(cov), 0.0))
    scale = np.where(size > 0.0, size, 1.0)
    unit = cov / np.outer(scale, scale)
    values, vectors = np.linalg.eigh((unit + unit.T) / 2.0)
    kept = np.where(values > 1e-12 * values[-1], values, 0.0)
    return np.asarray(size[:, None] * ((vectors * np.sqrt(kept)) @ vectors.T))


class Normals:
    """The standard normal numbers of a block in pieces: those of ``normal_block``, bit for bit.

    seed, block, purpose: as there.
    """

    __slots__ = ("_left", "_stream")

    def __init__(self, seed: int, block: int, *, purpose: int = NORMALS) -> None:
        self._stream = Philox(
            key=np.array([seed, purpose], dtype=np.uint64),
            counter=np.array([0, 0, 0, block], dtype=np.uint64),
        )
        self._left = np.zeros(0, dtype=np.uint32)

    def take(self, count: int) -> Floats:
        """The next ``count`` numbers."""
        out = np.empty(count)
        done = 0
        while done < count:
            size = min(count - done, PIECE)
            need = size - len(self._left)
            raw = np.asarray(self._stream.random_raw(max(need + 1, 0) // 2), dtype="<u8")
            words = np.concatenate([self._left, raw.view("<u4")])
            self._left = words[size:]
            np.add(words[:size], 0.5, out=out[done : done + size], casting="unsafe")
            done += size
        out /= 4294967296.0
        return np.asarray(ndtri(out, out=out), dtype=np.float64)


PIECE = 1 << 20  # numbers made at a time


def product_sums(counts: Floats, values: Floats, row: Ints, col: Ints) -> Floats:
    """(D, q) sums over rows of values[:, row] · values[:, col] (N, q) weighted by counts (D, N).

    The products are made for a block of rows at a time, so that they never stand in memory all at once.
    """
    step = max(1, MANY // max(len(row), 1))
    out = np.zeros((len(counts), len(row)))
    for start in range(0, len(values), step):
        look()
        part = values[start : start + step]
        some = counts[:, start : start + step].astype(np.float64, copy=False)
        out += some @ (part[:, row] * part[:, col])
    return out


def value_sums(counts: Floats, values: Floats, row: Ints, col: Ints) -> Floats:
    """(D, k + q) sums of the values (N, k), then ``product_sums``, weighted by counts (D, N)."""
    step = max(1, MANY // max(len(row) + values.shape[1], 1))
    out = np.zeros((len(counts), values.shape[1] + len(row)))
    for start in range(0, len(values), step):
        look()
        part = values[start : start + step]
        some = counts[:, start : start + step].astype(np.float64, copy=False)
        out += some @ np.concatenate([part, part[:, row] * part[:, col]], axis=1)
    return out


MANY = 4_000_000  # products of two columns held at once (32 MB)
WHOLE = 16_000_000  # counts of a block held at once (128 MB)
CELLS = 80_000  # rows times draws counted at a time, which bounds the work memory of long samples


class Counter:
    """Counts of ordinary case draws block by block, bit for bit those of ``count_block``, in reused
    memory.

    Fresh arrays of this size cost more in page faults than the arithmetic; a counter allocates once. Each
    thread needs a counter of its own, and a result is valid until the next call.

    n: units drawn. first, span: (n,) the stratum of every unit (units first … first + span − 1), or None.
    """

    __slots__ = ("_counts", "_offset", "_picked", "_span", "_strata", "n")

    def __init__(self, n: int, first: Ints | None = None, span: Ints | None = None) -> None:
        self.n = n
        step = max(2, min(BLOCK, CELLS // n // 2 * 2))
        self._picked = np.empty((step, n), dtype=np.uint64)
        self._counts: Floats | None = None  # of a whole block, made when one is asked for
        own: Ints | int = 0 if first is None else first
        self._offset = (np.arange(step, dtype=np.int64)[:, None] * n + own).astype(np.uint64)
        self._span = np.uint64(n) if span is None else span.astype(np.uint64)
        self._strata: dict[str, NDArray[np.uint32]] = {}  # the same for the compiled kernel
        if span is not None:
            start = np.zeros(n, dtype=np.int64) if first is None else first
            self._strata = {"span": span.astype(np.uint32), "start": start.astype(np.uint32)}

    @property
    def whole(self) -> bool:
        """Whether the counts of a block fit into memory well at once."""
        return self.n * BLOCK <= WHOLE

    def __call__(self, seed: int, block: int) -> Floats:
        """(256, n) counts of the draws of one block; a view that the next call overwrites."""
        if self._counts is None:
            self._counts = np.empty((BLOCK, self.n))
        for _ in self._filled(seed, block, BLOCK, self._counts, len(self._counts)):
            pass
        return self._counts

    def parts(self, seed: int, block: int, draws: int) -> Iterator[tuple[int, Floats]]:
        """(number of the first draw, counts (size, n)) of the first ``draws`` of a block, a few draws at a
        time; each is overwritten by the next."""
        step = len(self._picked)
        if self._counts is None:
            self._counts = np.empty((step, self.n))
        yield from self._filled(seed, block, draws, self._counts, step)

    def _filled(
        self, seed: int, block: int, draws: int, counts: Floats, room: int
    ) -> Iterator[tuple[int, Floats]]:
        compiled = path.native()
        if compiled is not None:
            for start in range(0, draws, len(self._picked)):
                look()
                size = min(len(self._picked), BLOCK - start)
                here = counts[start % room : start % room + size]
                compiled.draw_counts(
                    seed, block, start, size, self.n, purpose=CASES, out=here, **self._strata
                )
                yield start, here[: draws - start]
            return
        stream = Philox(
            key=np.array([seed, CASES], dtype=np.uint64), counter=np.array([0, 0, 0, block], dtype=np.uint64)
        )
        for start in range(0, draws, len(self._picked)):
            look()
            size = min(len(self._picked), BLOCK - start)  # a whole step, as count_block takes them
            raw = np.asarray(stream.random_raw(size * self.n // 2), dtype="<u8")
            picked = self._picked[:size]
            np.multiply(raw.view("<u4").reshape(size, self.n), self._span, out=picked)
            np.right_shift(picked, np.uint64(32), out=picked)
            np.add(picked, self._offset[:size], out=picked)
            here = counts[start % room : start % room + size]
            counted = here.reshape(-1)
            counted.fill(0.0)
            np.add.at(counted, picked.reshape(-1).view(np.int64), 1.0)
            yield start, here[: draws - start]
