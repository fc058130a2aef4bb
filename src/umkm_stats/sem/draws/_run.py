"""Work through the blocks of a source: in this thread, in threads, or in processes; the numbers are the same.

Work is cut at block borders only and a block never depends on the number of workers. BLAS runs with one
thread a worker. An exception, an interruption from the keyboard among them, ends the run without a result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

import numpy as np

from umkm_stats._threads import one_thread
from umkm_stats.kernels import stopping
from umkm_stats.kernels.draws import BLOCK
from umkm_stats.sem.draws._kernels import Batch, Kernel
from umkm_stats.sem.draws._loop import LoopKernel
from umkm_stats.sem.draws._source import Drawn, Source

Progress = Callable[[int, int], None]
MANY = 30_000  # draws from which processes repay their start; below it threads share the work
HEAVY = 4_000_000  # numbers of a sample above which threads share it: a process would need a copy


@dataclass(frozen=True, slots=True)
class Engine:
    """kernel: re-estimates draws; spare: takes the draws it cannot end (the kernel itself when nothing is
    batched)."""

    kernel: Kernel
    spare: LoopKernel

    @property
    def looping(self) -> bool:
        """Whether every draw is a single fit."""
        return self.kernel is self.spare

    def block(self, source: Source, block: int) -> Batch:
        """The draws of one block that belong to the run."""
        wanted = source.wanted(block)
        parts: list[Batch] = []
        for first, size in source.parts(block):
            if first >= wanted:
                break
            drawn = source.sample(block, first, size)
            if self.looping:
                drawn = _head(drawn, wanted - first)
            found = self.kernel.estimate(drawn)
            if not self.looping:
                kept = min(size, wanted - first)
                found = found.some(slice(0, kept))
                self.spare.rescue(_head(drawn, kept), found)
            parts.append(found)
        out = Batch.empty(wanted, parts[0].params.shape[1])
        begin = 0
        for part in parts:
            out.put(slice(begin, begin + len(part.end)), part)
            begin += len(part.end)
        return out


def _head(drawn: Drawn, size: int) -> Drawn:
    if size >= len(drawn):
        return drawn
    return Drawn(
        tuple(entry[:size] for entry in drawn.given),
        tuple(entry if entry.ndim == 2 else entry[:size] for entry in drawn.data),
        drawn.units,
        drawn.first,
        size if drawn.units else 0,
    )


def run(
    engine: Engine, source: Source, *, count: int, workers: int = 1, progress: Progress | None = None
) -> Batch:
    """All draws of a source; ``count`` parameters a draw."""
    out = Batch.empty(source.draws, count)
    done = 0
    with one_thread():
        light = sum(entry.size for entry in source.data) <= HEAVY
        apart = engine.looping or (source.draws >= MANY and light)
        blocks = over_blocks(engine.block, source, workers=workers, processes=apart)
        with contextlib.closing(blocks):  # an interruption ends the threads, wherever it comes
            for block, found in blocks:
                out.put(slice(block * BLOCK, block * BLOCK + len(found.end)), found)
                done += len(found.end)
                if progress is not None:
                    progress(done, source.draws)
    return out


def over_blocks(
    job: Callable[[Source, int], Any], source: Source, *, workers: int, processes: bool
) -> Generator[tuple[int, Any], None, None]:
    """(block, job(source, block)) of every block, as they end."""
    blocks = range(source.n_blocks)
    workers = min(workers, len(blocks))
    if workers <= 1:
        for block in blocks:
            yield block, job(source, block)
    elif processes:
        yield from _processes(job, source, workers)
    else:
        yield from _threads(job, source, workers)


def _threads(job: Callable[[Source, int], Any], source: Source, workers: int) -> Iterator[tuple[int, Any]]:
    with stopping.pool(workers) as pool:
        running: dict[Future[Any], int] = {}
        for block in range(source.n_blocks):
            running[pool.submit(job, source, block)] = block
            if len(running) >= 2 * workers:
                yield from _ended(running)
        while running:
            yield from _ended(running)


def _ended(running: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    done: set[Future[Any]] = set()
    while not done:  # a wait without limit cannot be interrupted on Windows
        done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
    for future in done:
        yield running.pop(future), future.result()


def _processes(job: Callable[[Source, int], Any], source: Source, workers: int) -> Iterator[tuple[int, Any]]:
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator", inner_max_num_threads=1)
    found = pool(delayed(job)(source, block) for block in range(source.n_blocks))
    yield from enumerate(found)


def stack(parts: dict[int, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Block results in the order of the blocks."""
    return np.concatenate([parts[block] for block in sorted(parts)], axis=0)
