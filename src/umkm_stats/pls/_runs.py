"""Estimates of many draws: blocks of 256 on threads, given rows, leave-one-out; one BLAS thread each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats._threads import one_thread
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import stopping
from umkm_stats.kernels.pls.estimate import Estimates, estimate
from umkm_stats.kernels.pls.moments import Moments
from umkm_stats.kernels.pls.plan import Model
from umkm_stats.kernels.pls.weights import flipped
from umkm_stats.pls._layout import Reader

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with the counts (B, n) of a block; ``sample``: estimates of the sample."""

    model: Model
    moments: Moments
    read: Reader
    sample: Estimates
    signs: str = "none"

    def __call__(self, counts: Floats, size: int) -> Batch:
        """``Batch`` of the first ``size`` draws."""
        found = estimate(self.model, self.moments, counts, signs=self.signs, sample=self.sample)
        with np.errstate(all="ignore"):
            values = np.where(found.found.converged, self.read(found), np.nan)
            turned = flipped(self.model.plan, found.found, self.sample.found)
        rho = found.outer.rho_a
        improper = (rho > 1.0).any(axis=0) | (found.inner.r2 > 1.0).any(axis=0)
        improper |= (rho <= 0.0).any(axis=0) | ~np.isfinite(rho).all(axis=0)
        improper &= self.model.consistent
        good = found.found.converged
        return Batch(
            np.ascontiguousarray(values[:, :size].T),
            good[:size],
            (turned & good)[:, :size].T,
            (improper & good)[:size],
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """values (B, K), NaN where a draw failed; converged (B,); flipped (B, J); improper (B,): ρ_A or R²
    outside (0, 1]."""

    values: Floats
    converged: NDArray[np.bool_]
    flipped: NDArray[np.bool_]
    improper: NDArray[np.bool_]


def joined(parts: list[Batch]) -> Batch:
    """Batches one after the other."""
    return Batch(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.flipped for part in parts]),
        np.concatenate([part.improper for part in parts]),
    )


def seeded(
    job: Callable[[Floats, int], Any], n: int, seed: int, draws: int, workers: int, progress: Progress | None
) -> list[Any]:
    """Results of every block of a seed, in order; blocks are whole whatever ``draws`` is."""
    local = threading.local()

    def run(block: tuple[int, int, int]) -> Any:
        if not hasattr(local, "counter"):
            local.counter = streams.Counter(n)
        return job(local.counter(seed, block[0]), block[2])

    return _collect(run, list(streams.blocks(draws)), workers, draws, progress)


def of_rows(
    job: Callable[[Floats, int], Any],
    rows: NDArray[np.int64],
    n: int,
    workers: int,
    progress: Progress | None,
) -> list[Any]:
    """Results of blocks of given rows (draws, any), in order."""

    def run(block: tuple[int, int, int]) -> Any:
        _, first, size = block
        return job(streams.counts_of(rows[first : first + size], n), size)

    return _collect(run, list(streams.blocks(len(rows))), workers, len(rows), progress)


def _collect(
    run: Callable[[tuple[int, int, int]], Any],
    blocks: list[tuple[int, int, int]],
    workers: int,
    draws: int,
    progress: Progress | None,
) -> list[Any]:
    done, out = 0, []
    with one_thread(), contextlib.closing(_mapped(run, blocks, workers)) as each:
        for block, found in zip(blocks, each, strict=True):
            out.append(found)
            done += block[2]
            if progress is not None:
                progress(done, draws)
    return out


def _mapped(run: Callable[[Any], Any], blocks: list[Any], workers: int) -> Generator[Any, None, None]:
    if workers <= 1 or len(blocks) == 1:
        yield from map(run, blocks)
        return
    with stopping.pool(workers) as pool:
        yield from pool.map(run, blocks)


def leave_one_out(job: Job) -> Floats:
    """(n, K) values with each row left out."""
    n = job.moments.n
    parts = []
    with one_thread():
        for first in range(0, n, streams.BLOCK):
            size = min(streams.BLOCK, n - first)
            counts = np.ones((size, n))
            counts[np.arange(size), first + np.arange(size)] = 0.0
            parts.append(job(counts, size).values)
    return np.concatenate(parts)


def row_numbers(rows: Any, n: int, *, width: int | None = None) -> NDArray[np.int64]:
    """``rows`` (draws, width) as whole numbers from 0 to n − 1; else ``UsageError`` PLS130."""
    try:
        table = np.asarray(rows)
        whole = np.asarray(table, dtype=np.int64)
    except (TypeError, ValueError, OverflowError):
        raise UsageError("PLS130", params={"n": n, "width": width or n}) from None
    good = table.ndim == 2 and table.shape[0] >= 1 and table.shape[1] == (width or n)
    if not good or table.dtype == bool or not (table == whole).all() or whole.min() < 0 or whole.max() >= n:
        raise UsageError("PLS130", params={"n": n, "width": width or n})
    return whole
